"""Keep the books: scores in nbgrader's database, the course folder that formgrader reads.

Importing nbgrader takes two seconds. :class:`Bookkeeper` lets that happen in a thread of its own
while submissions are being graded, and is the only one who writes to the database.
"""

from __future__ import annotations

import hashlib
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.chapter import Chapter
from autograder.files import GradeError, folder_name, write_atomic
from autograder.late import Policy, charged
from autograder.results import GRADER_ERROR, Booked, Result

PATIENCE = 60.0  # seconds for another program that holds the database

CONFIG = """\
import os
import sys

c = get_config()  # noqa: F821
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
if not any(word.startswith("--to") for word in sys.argv):
    c.CsvExportPlugin.to = "nbgrader-grades.csv"  # grades.csv is the grader's own
"""


@dataclass(frozen=True)
class Entry:
    """What goes into the books for one submission."""

    result: Result
    timestamp: str = ""  # as nbgrader's timestamp.txt has it


def write_course(out: Path, chapter: Chapter) -> None:
    """Write what nbgrader's tools look for in a course folder beside the database."""
    config = out / "nbgrader_config.py"
    if not config.exists():  # a course's own configuration is left alone
        write_atomic(config, CONFIG)
    source = out / "source" / chapter.name / f"{chapter.name}.ipynb"
    write_atomic(source, chapter.path.read_bytes())


class Books:
    """The database, open for one chapter. To be used by one thread."""

    def __init__(self, out: Path, chapter: Chapter) -> None:
        from autograder import nbgrader_db, nbgrader_read

        self._db, self._read = nbgrader_db, nbgrader_read
        url = f"sqlite:///{out.absolute()}/gradebook.db?timeout={PATIENCE}"
        self._gradebook = nbgrader_db.open_gradebook(url)
        self._chapter = chapter
        try:
            nbgrader_db.register(self._gradebook, chapter.name, chapter.path)
        except BaseException:
            self.close()
            raise

    def record(self, entry: Entry) -> None:
        """Write one submission's scores in one commit."""
        self._db.record(
            self._gradebook,
            self._chapter.name,
            folder_name(entry.result.student),
            entry.result.student,
            auto_scores(entry.result, self._chapter),
            text_digests(entry.result, self._chapter),
            entry.timestamp,
        )

    def record_missing(self, entries: Iterable[Entry]) -> None:
        """Write the submissions that are not in the database as they should be."""
        stored = self._read.stored(self._gradebook, self._chapter.name)
        for entry in entries:
            scores = auto_scores(entry.result, self._chapter)
            digests = text_digests(entry.result, self._chapter)
            known = stored.get(folder_name(entry.result.student), {})
            wanted = {
                name: (score, digests.get(name, known.get(name, ("", ""))[1]))
                for name, score in scores.items()
            }
            if known != wanted:
                self.record(entry)

    def booked(self, policy: Policy | None = None) -> dict[tuple[str, str], Booked]:
        """Set the penalties that the policy asks for, and read what the books know.

        The keys are the student's folder and the assignment. A penalty follows from points and
        lateness alone: it is the same however often it is set.
        """
        books, name = self._read.booked(self._gradebook), self._chapter.name
        ours = {key: charged(booked, policy) for key, booked in books.items() if key[1] == name}
        changed = {
            student: new.penalty
            for (student, _), new in ours.items()
            if new != books[student, name]
        }
        if changed:
            self._db.set_penalties(self._gradebook, name, changed)
        return books | ours

    def close(self) -> None:
        """Let go of the database."""
        self._gradebook.close()


def auto_scores(result: Result, chapter: Chapter) -> dict[str, float | None]:
    """Give each graded cell its score; None where a human must decide.

    What could not be graded for the student's part (no notebook, another chapter's) scores 0.
    """
    cells = [cell for cell in chapter.cells if cell.role in ("test", "answer")]
    nothing = None if result.status == GRADER_ERROR else 0.0
    scores: dict[str, float | None] = {cell.name: nothing for cell in cells}
    for cell in result.cells:
        if cell.cell in scores:
            scores[cell.cell] = cell.score
    return scores


def text_digests(result: Result, chapter: Chapter) -> dict[str, str]:
    """Digest, for each graded cell, what the student wrote for it: the solution or the answer.

    A result of our own failure tells nothing of the text.
    """
    if result.status == GRADER_ERROR:
        return {}
    texts: dict[str, str] = {}
    for cell in chapter.cells:
        if cell.role == "answer":
            texts[cell.name] = result.answers.get(cell.name, "")
        elif cell.role == "test":
            parts = [code.source for code in result.code if code.cell == cell.exercise]
            texts[cell.name] = "\n".join(parts)
    return {
        name: hashlib.sha256(text.strip().encode("utf-8", "replace")).hexdigest()
        for name, text in texts.items()
    }


class Bookkeeper:
    """Writes entries in a thread, in the order in which they come in."""

    def __init__(
        self, out: Path, chapter: Chapter, policy: Policy | None = None, books: Callable = Books
    ) -> None:
        self._policy = policy
        self._open = lambda: books(out, chapter)
        self._entries: queue.SimpleQueue[Entry | list[Entry] | None] = queue.SimpleQueue()
        self._error: Exception | None = None
        self._booked: dict[tuple[str, str], Booked] = {}
        self._out = out
        self._thread = threading.Thread(target=self._work, name="bookkeeper", daemon=True)
        self._thread.start()

    def put(self, entry: Entry) -> None:
        """Hand over an entry; it is written as soon as may be.

        Raises
        ------
        GradeError
            If the books refuse the chapter: there is no sense in grading on.
        """
        if isinstance(self._error, GradeError):
            raise self._error
        self._entries.put(entry)

    def finish(self, entries: list[Entry]) -> dict[tuple[str, str], Booked]:
        """See that all these are in the books, then close them and tell what else they hold.

        Raises
        ------
        GradeError
            If the database could not be written.
        """
        self._entries.put(entries)
        self._thread.join()
        if isinstance(self._error, GradeError):
            raise self._error
        if self._error is not None:
            raise _in_a_sentence(self._error, self._out) from self._error
        return self._booked

    def dismiss(self) -> None:
        """Let go of the database when there is nothing to finish any more."""
        self._entries.put(None)
        self._thread.join()

    def _work(self) -> None:
        try:
            books = self._open()
            try:
                while isinstance(item := self._entries.get(), Entry):
                    books.record(item)
                if item is not None:
                    books.record_missing(item)
                    self._booked = books.booked(self._policy)
            finally:
                books.close()
        except Exception as error:  # handed to the caller's thread
            self._error = error


def _in_a_sentence(error: Exception, out: Path) -> GradeError:
    why = str(getattr(error, "orig", None) or error).splitlines()[0:1] or [type(error).__name__]
    return GradeError(
        f"Cannot write the gradebook {out / 'gradebook.db'}: {why[0]}. The grades themselves are "
        "kept; the same command again writes what is missing."
    )
