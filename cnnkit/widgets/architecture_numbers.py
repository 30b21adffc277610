"""The arithmetic behind the architecture builder: blocks, and what a net of them comes to."""

from __future__ import annotations

from dataclasses import dataclass

from cnnkit.architectures import layer_table, layers, receptive_field

SHAPES = {
    "1 × 28 × 28": (1, 28, 28),
    "1 × 32 × 32": (1, 32, 32),
    "3 × 32 × 32": (3, 32, 32),
    "3 × 224 × 224": (3, 224, 224),
    "3 × 227 × 227": (3, 227, 227),
}
KINDS = {
    "conv": "convolution",
    "max_pool": "max pool",
    "avg_pool": "average pool",
    "batch_norm": "batch normalisation",
    "residual": "residual block",
    "global": "global average",
    "flatten": "flatten",
    "dense": "dense",
}
WIDTHS = (
    *(1, 2, 3, 4, 6, 8, 10, 12, 16, 24, 32, 48, 64, 84, 96, 120, 128, 192, 256, 384, 512),
    *(1000, 4096),
)
ALONE = 0  # as many groups as channels: each channel alone, "depthwise"
GROUPS = (1, 2, 4, 8, ALONE)
MOST_BLOCKS = 30
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Block:
    """A block of a net; of the numbers those count that its kind has.

    A residual block is two 3 × 3 convolutions with padding 1, the first with the stride, and a
    skip path: empty, or a 1 × 1 convolution where ``project`` is set.
    """

    kind: str = "conv"
    width: int = 16
    kernel: int = 3
    stride: int = 1
    padding: int = 1
    groups: int = 1
    project: bool = False

    def layer(self, channels: int) -> dict:
        """Write it as a layer of :mod:`cnnkit.architectures`, which checks its options."""
        window = {"stride": self.stride, "padding": self.padding}
        match self.kind:
            case "conv":
                groups = channels if self.groups == ALONE else self.groups
                return layers.conv(self.width, self.kernel, **window, groups=groups)
            case "max_pool" | "avg_pool":
                return getattr(layers, self.kind)(self.kernel, **window)
            case "residual":
                first = layers.conv(self.width, 3, stride=self.stride, padding=1)
                second = layers.conv(self.width, 3, padding=1)
                skip = [layers.conv(self.width, 1, stride=self.stride)] if self.project else []
                return layers.residual([first, layers.relu(), second], skip=skip)
            case "global":
                return layers.avg_pool_to(1)
            case "dense":
                return layers.dense(self.width)
        return getattr(layers, self.kind)()

    def words(self) -> str:
        """Say the block in a few words: 'conv 16, 3 × 3, stride 2, padding 1'."""
        name = {"conv": "conv", "global": "global average"}.get(self.kind, KINDS[self.kind])
        said = [f"{name} {self.width}" if self.kind in ("conv", "dense", "residual") else name]
        if self.kind in ("conv", "max_pool", "avg_pool"):
            said += [f"{self.kernel} × {self.kernel}"]
        if self.kind in ("conv", "max_pool", "avg_pool", "residual") and self.stride > 1:
            said += [f"stride {self.stride}"]
        if self.kind in ("conv", "max_pool", "avg_pool") and self.padding:
            said += [f"padding {self.padding}"]
        if self.kind == "conv" and self.groups != 1:
            said += ["each channel alone" if self.groups == ALONE else f"{self.groups} groups"]
        if self.kind == "residual" and self.project:
            said += ["1 × 1 in the skip path"]
        return ", ".join(said)


def fresh(kind: str) -> Block:
    """Give a new block of a kind, with options that often fit."""
    if kind in ("max_pool", "avg_pool"):
        return pool(2, 2, kind)
    return Block(kind, project=kind == "residual")


def pool(kernel: int, stride: int, kind: str = "max_pool") -> Block:
    """Give a pool without padding."""
    return Block(kind, kernel=kernel, stride=stride, padding=0)


def dense(*units: int) -> list[Block]:
    """Give a flatten and dense layers."""
    return [Block("flatten"), *(Block("dense", width=width) for width in units)]


def vgg(widths: tuple[tuple[int, int], ...]) -> list[Block]:
    """Give 3 × 3 convolutions (how many, of how many filters), a pool after each group."""
    groups = ([Block(width=width)] * count + [pool(2, 2)] for count, width in widths)
    return [block for group in groups for block in group]


def starts() -> dict[str, tuple[str, tuple[Block, ...]]]:
    """Give nets to start from: a name, the picture, the blocks."""
    plain, mean = Block("batch_norm"), Block("global")
    small = [Block(width=8), pool(2, 2), Block(width=16), pool(2, 2), *dense(10)]
    lenet = [
        *(Block(width=6, kernel=5, padding=0), pool(2, 2, "avg_pool")),
        *(Block(width=16, kernel=5, padding=0), pool(2, 2, "avg_pool"), *dense(120, 84, 10)),
    ]
    alexnet = [
        *(Block(width=96, kernel=11, stride=4, padding=0), pool(3, 2)),
        *(Block(width=256, kernel=5, padding=2), pool(3, 2)),
        *(Block(width=width) for width in (384, 384, 256)),
        *(pool(3, 2), *dense(4096, 4096, 1000)),
    ]
    vgg16 = vgg(((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)))
    steps = ((32, 1), (64, 2), (128, 2))
    residual = [
        Block("residual", width=width, stride=stride, project=True) for width, stride in steps
    ]
    return {
        "a small net": ("1 × 28 × 28", tuple(small)),
        "LeNet-5": ("1 × 32 × 32", tuple(lenet)),
        "AlexNet": ("3 × 227 × 227", tuple(alexnet)),
        "VGG-16": ("3 × 224 × 224", (*vgg16, *dense(4096, 4096, 1000))),
        "residual": ("3 × 32 × 32", (Block(width=16), plain, *residual, mean, *dense(10))),
    }


@dataclass(frozen=True)
class Row:
    """What a block makes of what it is given; what is wrong, where it does not fit.

    ``macs`` and ``field`` are the right products and receptive field, ``counted`` and ``sees``
    what the student's functions give; ``whole`` says that each number sees the whole picture.
    """

    block: Block
    given: Shape | None
    shape: Shape | None = None
    params: int = 0
    macs: int = 0
    field: int | None = None
    whole: bool = False
    counted: int | None = None
    sees: int | None = None
    trouble: str = ""


def table(blocks: tuple[Block, ...], shape: Shape) -> list[Row]:
    """Follow a picture through the blocks; after one that does not fit nothing is known."""
    rows, given = [], shape
    for at, block in enumerate(blocks, 1):
        rows.append(_row(block, given, blocks[:at]))
        given = rows[-1].shape
    return rows


def _row(block: Block, given: Shape | None, so_far: tuple[Block, ...]) -> Row:
    if given is None:
        return Row(block, None)
    try:
        parts = layer_table([block.layer(given[0])], given)
    except ValueError as error:
        return Row(block, given, trouble=_sentence(str(error)))
    params, macs = (sum(part[what] for part in parts) for what in ("params", "macs"))
    windows = steps(so_far)
    seen = None if windows is None else receptive_field(windows)[0]
    return Row(block, given, parts[-1]["shape"], params, macs, seen, windows is None)


def _sentence(error: str) -> str:
    """Take off the number and name of the layer, which the widget says itself."""
    said = error.split(": ", 1)[1] if error.startswith("Layer 1, ") else error
    return said[0].upper() + said[1:]


def steps(blocks: tuple[Block, ...]) -> list[tuple[int, int, int, int]] | None:
    """Give the windows up to the last block; None behind one that sees the whole picture."""
    if any(block.kind in ("flatten", "dense", "global") for block in blocks):
        return None
    found = []
    for block in blocks:
        if block.kind in ("conv", "max_pool", "avg_pool"):
            found.append((block.kernel, block.stride, block.padding, 1))
        elif block.kind == "residual":
            found += [(3, block.stride, 1, 1), (3, 1, 1, 1)]
    return found


def size(shape: Shape) -> str:
    """Write a shape: '16 × 28 × 28'."""
    return " × ".join(map(str, shape))
