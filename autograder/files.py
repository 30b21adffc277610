"""Write files whole or not at all, under names that are safe whatever a student is called."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TEMPORARY = ".tmp-"  # how the names of files begin that are being written
MAX_NAME = 60  # characters of a folder name; with a digest under 255 bytes in any script


class GradeError(Exception):
    """What stops grading, as one sentence for the teacher.

    Attributes
    ----------
    wrong_use : bool
        Whether the command was called with something that cannot be graded (exit status 2),
        rather than that something went wrong on the way (exit status 1).
    """

    def __init__(self, sentence: str, *, wrong_use: bool = False) -> None:
        super().__init__(sentence)
        self.wrong_use = wrong_use


def write_atomic(path: Path, text: str | bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it."""
    # "replace": what a student printed may hold characters that no encoding has
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)  # mkstemp makes files that only their owner may read
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            if temporary:
                os.unlink(temporary)
        if isinstance(error, OSError):
            raise cannot_write(path, error) from error
        raise


def cannot_write(path: Path, error: OSError) -> GradeError:
    """Say that a file could not be written, and what to do."""
    return GradeError(
        f"Cannot write {path}: {error.strerror or error}. Make room or choose another folder "
        "with --out; what is already there is kept, and the same command goes on from it."
    )


def refuse_unwritable(folder: Path) -> None:
    """See, before any work is done, that a folder is there or can be made; nothing is made.

    Raises
    ------
    GradeError
        If it cannot, as far as one can tell without trying.
    """
    folder = Path(folder).absolute()
    there = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    if not there.is_dir():
        raise GradeError(f"Cannot write into {folder}: {there} is no folder. Choose another one.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise GradeError(
            f"Cannot write into {folder}: you may not write in {there}. Choose another one."
        )


def prepare_folder(folder: Path) -> None:
    """Make a folder and see that files can be written into it."""
    refuse_unwritable(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(prefix=TEMPORARY, dir=folder) as probe:
            probe.write(b"probe")
    except OSError as error:
        raise GradeError(
            f"Cannot write into {folder}: {error.strerror or error}. Choose another folder."
        ) from error


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder for this process, so that two runs never write the same books."""
    path = folder / ".lock"
    try:
        file = open(path, "a")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise cannot_write(path, error) from error
    with file:
        try:
            # A record lock belongs to this process alone: no forked child keeps it alive.
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GradeError(
                f"Another 'autograder grade' is writing into {folder}. "
                "Wait until it is done, or choose another folder with --out."
            ) from None
        yield


def printable(name: str) -> str:
    r"""Give a file name as text that any terminal, table or page can show.

    >>> printable("a\tb")
    'a\\x09b'
    """
    return "".join(
        char
        if char.isprintable()
        else (f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}")
        for char in name
    )


def shown(text: str) -> str:
    r"""Give a text of several lines as any terminal, table or page can show it.

    >>> shown("one\n\x1b[2Jtwo")
    'one\n\\x1b[2Jtwo'
    """
    if text.isprintable():
        return text
    return "".join(char if char in "\n\t" else printable(char) for char in text)


def folder_name(student: str) -> str:
    """Give a student's folder name: the id itself where it is harmless, else a safe one.

    Letters, digits and ``. _ - @`` and inner spaces are harmless. An unsafe id keeps what is
    harmless of it, followed by ``~`` and a digest; as no harmless id holds a ``~``, two
    students never share a folder.

    >>> folder_name("anna.b")
    'anna.b'
    >>> folder_name("../x")
    'x~d6b96a97d147'
    """
    harmless = re.sub(r"[^\w.@ -]", "", student).strip(" .-@")[:MAX_NAME].strip()
    if student and harmless == student:
        return student
    digest = hashlib.sha256(student.encode("utf-8", "backslashreplace")).hexdigest()[:12]
    return f"{harmless or 'student'}~{digest}"
