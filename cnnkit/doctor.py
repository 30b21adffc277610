"""Look whether this computer is ready for the course, and say how to mend what is not."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

PYTHON = (3, 11)

# What a chapter loses without the package; whatever else is needed is needed by all.
_USES = {
    "torch": "the chapters that look beside NumPy's results at PyTorch's",
    "jupyterlab": "opening the chapters",
    "anywidget": "the widgets",
}

# Where a package is imported under another name.
_MODULES = {"scikit-learn": "sklearn", "pillow": "PIL"}

# Told line by line and at once: the last name stays where Python itself breaks down.
_IMPORTS = """
import importlib, sys
for name in sys.argv[1:]:
    print("importing", name, flush=True)
    try:
        importlib.import_module(name)
    except BaseException as error:
        print("fault", type(error).__name__ + ":", *str(error).split(), flush=True)
print("end")
"""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    fine: bool
    mend: str = ""  # what to do where it is not fine
    needed: bool = True  # without it the course does not run
    package: str = ""  # which this is about

    @property
    def broken(self) -> bool:
        """Whether the course cannot run as it is."""
        return self.needed and not self.fine


def examine(folder: str | Path = ".") -> list[Finding]:
    """Look at Python, the packages and the folder that one works in.

    Parameters
    ----------
    folder : path
        Where notebooks are to be saved.
    """
    folder = Path(folder)
    found = loaded(list(packages()))
    version = python_version(sys.version_info[:3])
    return [version, *found, *hidden(folder, [f.package for f in found]), writable(folder)]


def python_version(version: tuple[int, ...]) -> Finding:
    """Check the version of Python."""
    found, needed = (".".join(map(str, numbers)) for numbers in (version, PYTHON))
    return Finding(
        f"Python {found} (needed: {needed} or newer)",
        tuple(version) >= PYTHON,
        f"Install Python {needed} or newer and make a new environment with it.",
    )


def packages() -> Iterator[Finding]:
    """Check each package that the installed cnnkit says it needs."""
    try:
        requirements = metadata.requires("cnnkit") or []
    except metadata.PackageNotFoundError:
        yield Finding("cnnkit is not installed", False, _pip("-e ."))
        return
    for requirement in requirements:
        name, least, extra = _read(requirement)
        if extra in ("", "torch"):
            yield package(name, least, needed=not extra)


def package(name: str, least: str, *, needed: bool = True) -> Finding:
    """Check that a package is installed, in a version that is new enough."""
    install = _pip(f'"{name}>={least}"' if least else name)
    wanted = f"needed: {least} or newer" if needed else f"optional: {least} or newer"
    use = f", for {_USES[name]}" if name in _USES else ""
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding(f"{name} is not installed ({wanted}{use})", False, install, needed, name)
    what = f"{name} {found} ({wanted}{use})"
    return Finding(what, _new_enough(found, least), install, needed, name)


def loaded(findings: Sequence[Finding]) -> list[Finding]:
    """Import the packages that are fine so far, and say what those that cannot be imported say.

    A package may lie there with the right number and be of no use: half installed, made for
    another NumPy, or lacking a library of the system.
    """
    wrong = faults([_module(f.package) for f in findings if f.fine and f.package])
    told = []
    for finding in findings:
        said = wrong.get(_module(finding.package)) if finding.fine else None
        if said:
            what = f"{finding.what} is here, but importing it fails: {said}"
            finding = replace(
                finding, what=what, fine=False, mend=f"{finding.mend} --force-reinstall"
            )
        told.append(finding)
    return told


def faults(modules: Sequence[str]) -> dict[str, str]:
    """Import modules in a Python of its own; give those that fail with what they say."""
    wrong: dict[str, str] = {}
    rest = list(modules)
    while rest:
        # -P: without this folder, whose own files would be taken for packages
        command = [sys.executable, "-P", "-c", _IMPORTS, *rest]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        tried, lines = [], done.stdout.splitlines()
        for line in lines:
            word, _, said = line.partition(" ")
            if word == "importing" and said in rest:  # a module may print lines of its own
                tried.append(said)
            elif word == "fault":
                wrong[tried[-1]] = said
        if not tried or "end" in lines:
            break
        wrong[tried[-1]] = f"Python breaks down (exit status {done.returncode})"
        rest = rest[len(tried) :]
    return wrong


def hidden(folder: Path, packages: Sequence[str]) -> Iterator[Finding]:
    """Find files that a notebook beside them would import in place of a module of that name."""
    names = (set(map(_module, packages)) | sys.stdlib_module_names) - {"test"}  # nobody misses it
    for path in sorted(folder.glob("*.py")):
        if path.stem in names:
            yield Finding(
                f"the file {path} hides the real {path.stem}: notebooks beside it import it",
                False,
                f"Rename it, for instance my_{path.name}, and restart the notebook's kernel.",
            )


def writable(folder: Path) -> Finding:
    """Check that files can be written into a folder."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            f"the folder {folder.resolve()} cannot be written to ({error.strerror})",
            False,
            "Copy the notebooks into a folder of your own and start there.",
        )
    return Finding(f"the folder {folder.resolve()} can be written to", True)


def _module(package: str) -> str:
    return _MODULES.get(package, package)


def _read(requirement: str) -> tuple[str, str, str]:
    """Name, least version and extra of a requirement such as 'torch>=2.6; extra == "torch"'."""
    name = re.match(r"[\w.-]+", requirement)[0]
    least = re.search(r">=\s*([\w.]+)", requirement)
    extra = re.search(r"extra\s*==\s*['\"]([\w-]+)['\"]", requirement)
    return name.lower(), least[1] if least else "", extra[1] if extra else ""


def _new_enough(found: str, least: str) -> bool:
    one, other = ([int(n) for n in re.findall(r"\d+", text)[:3]] for text in (found, least))
    return one + [0] * (3 - len(one)) >= other


def _pip(what: str) -> str:
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f"Run: {python} -m pip install {what}"
