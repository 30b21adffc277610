"""Look whether this computer is ready for the course, and say how to mend what is not."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

PYTHON = (3, 11)

# What a chapter loses without the package; whatever else is needed is needed by all.
_USES = {
    "torch": "the chapters that look beside NumPy's results at PyTorch's",
    "jupyterlab": "opening the chapters",
    "anywidget": "the widgets",
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    fine: bool
    mend: str = ""  # what to do where it is not fine
    needed: bool = True  # without it the course does not run

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
    return [python_version(sys.version_info[:3]), *packages(), writable(Path(folder))]


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
        return Finding(f"{name} is not installed ({wanted}{use})", False, install, needed)
    return Finding(f"{name} {found} ({wanted}{use})", _new_enough(found, least), install, needed)


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
