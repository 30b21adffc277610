"""Keep each submission's result on disk: the truth that tables, report and gradebook follow.

A result is kept with a key of everything that it was made from, so that a later run grades only
what changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

from autograder.chapter import Chapter
from autograder.files import TEMPORARY, folder_name, write_atomic
from autograder.results import GRADER_ERROR, Result

_STEPS = ("source", "feedback", "autograded")


@dataclass(frozen=True)
class Stored:
    """A result with the key that it was graded under."""

    key: str
    result: Result
    timestamp: str = ""


class Store:
    """The results, feedback pages and graded notebooks below an output folder."""

    def __init__(self, out: Path, assignment: str) -> None:
        self.out = out
        self.assignment = assignment

    def result_path(self, student: str) -> Path:
        """Where a student's result is kept."""
        return self.out / "results" / folder_name(student) / f"{self.assignment}.json"

    def feedback_path(self, student: str) -> Path:
        """Where a student's feedback page is kept."""
        return self._page("feedback", student, ".html")

    def notebook_path(self, student: str) -> Path:
        """Where the notebook that formgrader shows is kept."""
        return self._page("autograded", student, ".ipynb")

    def get(self, student: str, key: str) -> Stored | None:
        """Read what an earlier run kept, if it still holds: same key, nothing lost, graded."""
        stored = read(self.result_path(student))
        if stored is None or stored.key != key or stored.result.status == GRADER_ERROR:
            return None
        pages = (self.feedback_path(student), self.notebook_path(student))
        return stored if all(page.is_file() for page in pages) else None

    def put(self, stored: Stored, feedback: str, notebook: str) -> None:
        """Keep a result and its pages."""
        write_atomic(self.notebook_path(stored.result.student), notebook)
        self.put_page(stored, feedback)

    def put_page(self, stored: Stored, feedback: str) -> None:
        """Keep a result and its page; the result comes last, as the mark that all is there."""
        student = stored.result.student
        write_atomic(self.feedback_path(student), feedback)
        lasting = replace(stored.result, seconds=0.0)  # differs from run to run
        text = json.dumps(
            {"key": stored.key, "timestamp": stored.timestamp, "result": lasting.to_dict()},
            ensure_ascii=False,
            indent=1,
        )
        write_atomic(self.result_path(student), text + "\n")

    def sweep(self) -> None:
        """Remove what a run that was killed left half written."""
        for place in (".", "results/*", *(f"{step}/*/{self.assignment}" for step in _STEPS)):
            for left in self.out.glob(f"{place}/{TEMPORARY}*"):
                with contextlib.suppress(OSError):
                    left.unlink()

    def _page(self, step: str, student: str, suffix: str) -> Path:
        folder = self.out / step / folder_name(student) / self.assignment
        return folder / f"{self.assignment}{suffix}"


def read(path: Path) -> Stored | None:
    """Read a kept result; None where there is none that can be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Stored(data["key"], Result.from_dict(data["result"]), data["timestamp"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_all(out: Path, whole: str | None = None) -> list[Stored]:
    """Read every kept result below an output folder.

    Where an assignment is named, only its results are given whole, of others what a table tells:
    those of a course would fill the memory.
    """
    kept = []
    for path in sorted((out / "results").glob("*/*.json")):
        if (stored := read(path)) is not None:
            if whole is not None and stored.result.assignment != whole:
                _thin_out(stored.result)
            kept.append(stored)
    return kept


def _thin_out(result: Result) -> None:
    result.code, result.answers, result.flags = [], {}, result.flags[:1]
    for cell in result.cells:
        cell.expected = cell.got = None


def grading_key(chapter: Chapter, misconceptions: Path | None, isolation: str) -> str:
    """Digest everything but the submission that a result depends on."""
    digest = hashlib.sha256()
    for part in (chapter.name, chapter.digest, isolation, platform.python_version()):
        digest.update(part.encode() + b"\0")
    for installed in installed_versions():
        digest.update(f"{installed}\0".encode())
    if misconceptions is not None:
        digest.update(misconceptions.read_bytes())
    digest.update(packages_digest().encode())
    return digest.hexdigest()


def submission_key(base: str, *parts: str) -> str:
    """Digest what one submission's result depends on."""
    return hashlib.sha256("\0".join((base, *parts)).encode("utf-8", "replace")).hexdigest()


def installed_versions() -> list[str]:
    """List every installed package with its version: any of them may be imported when grading."""
    return sorted({f"{d.metadata['Name']} {d.version}" for d in metadata.distributions()})


def packages_digest() -> str:
    """Digest all files of cnnkit and autograder: sources, data, templates."""
    import cnnkit

    digest = hashlib.sha256()
    for folder in (Path(__file__).parent, Path(cnnkit.__file__).parent):
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder.parent)
            if path.is_file() and "__pycache__" not in name.parts:
                digest.update(f"{name}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
