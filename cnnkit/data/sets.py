"""The data sets by name: what they hold, where they come from, and what their files must be."""

from __future__ import annotations

from dataclasses import dataclass

from cnnkit.data.content import File

DIGITS = tuple("0123456789")
APPAREL = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
SPLITS = ("train", "test")


@dataclass(frozen=True)
class Packaged:
    """A set that comes with an installed package and needs no network."""

    package: str
    classes: tuple[str, ...]
    counts: tuple[int, int]  # pictures in train and test
    size: tuple[int, int]  # height and width
    source: str


@dataclass(frozen=True)
class Published:
    """A set in its original files, on disk or to be downloaded."""

    bases: tuple[str, ...]  # addresses that the names of files are appended to
    files: dict[str, tuple[File, File]]  # split: images and labels
    classes: tuple[str, ...]
    counts: tuple[int, int]
    size: tuple[int, int]
    source: str

    def all_files(self) -> list[File]:
        """List the files of all splits."""
        return [file for pair in self.files.values() for file in pair]


SETS: dict[str, Packaged | Published] = {
    "digits": Packaged(
        package="scikit-learn",
        classes=DIGITS,
        counts=(1437, 360),
        size=(8, 8),
        source="Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak, 1998), "
        "CC BY 4.0, as scikit-learn has it",
    ),
    "apparel": Packaged(
        package="cnnkit",
        classes=APPAREL,
        counts=(5000, 1000),
        size=(28, 28),
        source="a part of Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf, Zalando SE, 2017), MIT",
    ),
    "mnist": Published(
        bases=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        files={
            "train": (
                File(
                    "train-images-idx3-ubyte.gz",
                    9912422,
                    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                ),
                File(
                    "train-labels-idx1-ubyte.gz",
                    28881,
                    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                ),
            ),
            "test": (
                File(
                    "t10k-images-idx3-ubyte.gz",
                    1648877,
                    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                ),
                File(
                    "t10k-labels-idx1-ubyte.gz",
                    4542,
                    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
                ),
            ),
        },
        classes=DIGITS,
        counts=(60000, 10000),
        size=(28, 28),
        source="MNIST (Y. LeCun, C. Cortes, C. J. C. Burges, 1998), CC BY-SA 3.0",
    ),
    "fashion-mnist": Published(
        bases=(
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        ),
        files={
            "train": (
                File(
                    "train-images-idx3-ubyte.gz",
                    26421880,
                    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                ),
                File(
                    "train-labels-idx1-ubyte.gz",
                    29515,
                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                ),
            ),
            "test": (
                File(
                    "t10k-images-idx3-ubyte.gz",
                    4422102,
                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                ),
                File(
                    "t10k-labels-idx1-ubyte.gz",
                    5148,
                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
                ),
            ),
        },
        classes=APPAREL,
        counts=(60000, 10000),
        size=(28, 28),
        source="Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf, Zalando SE, 2017), MIT",
    ),
}


def find_set(name: str) -> Packaged | Published:
    """Give the data set of a name.

    Raises
    ------
    ValueError
        There is none.
    """
    if name not in SETS:
        raise ValueError(f"There is no data set {name!r}: take {_either(list(SETS))}.")
    return SETS[name]


def _either(names: list[str]) -> str:
    quoted = [repr(name) for name in names]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def owner(content: str) -> str | None:
    """Say whose file has this content (a SHA-256); None if no set has one."""
    for name, found in SETS.items():
        if isinstance(found, Published) and content in {f.content for f in found.all_files()}:
            return name
    return None
