"""Grade a folder of submissions into an output folder."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder import backup, course, executors, export, late, places, store
from autograder.chapter import Chapter
from autograder.collect import (
    Submission,
    find_submissions,
    of_chapter,
    recognise_chapter,
    submissions_folder,
)
from autograder.files import GradeError, only_writer, prepare_folder, printable
from autograder.gradebook import Bookkeeper, Entry, write_course
from autograder.publish import publish
from autograder.results import Result
from autograder.store import Store, Stored

Progress = Callable[[int, int, Result], None]


@dataclass
class Summary:
    """What a run came to."""

    chapter: Chapter
    out: Path
    results: list[Result] = field(default_factory=list)  # of this chapter, in order
    graded: int = 0  # submissions graded in this run
    unchanged: int = 0  # submissions whose earlier result still holds
    remaining: int = 0  # submissions without an outcome, after an interruption
    interrupted: bool = False
    notes: list[str] = field(default_factory=list)  # what a teacher should know of this run
    seconds: float = 0.0

    @property
    def report(self) -> Path:
        """The class report."""
        return self.out / "report.html"


def grade(
    submissions: Path,
    out: Path,
    *,
    chapter: str | None = None,
    root: Path | None = None,
    roster: Path | None = None,
    workers: int | None = None,
    executor: str = "local",
    isolation: str = "sandbox",
    force: bool = False,
    progress: Progress | None = None,
    pool_factory: Callable | None = None,
    bookkeeper: Callable = Bookkeeper,
) -> Summary:
    """Grade what students handed in and write results, feedback, gradebook, tables and report.

    Parameters
    ----------
    submissions : Path
        A folder or an archive: whatever :mod:`autograder.collect` reads.
    out : Path
        The output folder, which becomes an nbgrader course folder.
    chapter : str, optional
        Number, name or path; recognised from the submissions if left out.
    root : Path, optional
        The course's folder.
    roster : Path, optional
        The list of the class; see :mod:`autograder.roster`.
    workers : int, optional
        How many submissions run at once; as many as there are cores if left out.
    executor : str
        Where submissions run: "local" for this machine, "dask://HOST:PORT" for a cluster.
    isolation : {"sandbox", "none"}
        Whether submissions run in a sandbox.
    force : bool
        Grade again what has not changed.
    progress : callable, optional
        Called with the number done, the number in all and the result of each submission.
    pool_factory : callable, optional
        Stands in for :class:`autograder.run.Pool`.
    bookkeeper : callable, optional
        Stands in for :class:`autograder.gradebook.Bookkeeper`.

    Raises
    ------
    GradeError
        If there is nothing to grade, or grading cannot go on.
    """
    if not sys.platform.startswith("linux"):
        raise GradeError(
            "Grading needs Linux, for the sandbox: use WSL or a container here. "
            "Building chapters and working through them needs neither."
        )
    began = time.perf_counter()
    pool_factory = pool_factory or executors.choose(executor, workers)
    submissions, out = submissions_folder(submissions), Path(out)
    chapters = course.load_chapters(course.find_root(root))
    chosen = course.choose_chapter(chapter, chapters) if chapter else None
    if chosen is not None and chosen not in chapters:
        chapters.append(chosen)
    found = find_submissions(submissions, chapters, roster)
    chosen = chosen or recognise_chapter(found, chapters)
    places.refuse_overlap(submissions, out)
    places.refuse_own_folders(course.find_root(root), out)
    if isolation != "none":
        places.refuse_in_sight(submissions=submissions, output=out, chapter=chosen.path.parent)
    collection = of_chapter(found, chosen)
    prepare_folder(out)
    summary = Summary(chosen, out)
    summary.notes += [
        printable(f"Passed over {path.relative_to(submissions)}: {reason}")
        for path, reason in collection.ignored
    ]
    if isolation == "none":
        summary.notes.append("Submissions ran without a sandbox (--isolation none).")
    with only_writer(out):
        workers = workers or len(os.sched_getaffinity(0))
        run = _Run(summary, workers, isolation, progress or (lambda *_: None))
        run.go(collection.submissions, force, pool_factory, bookkeeper)
    summary.seconds = time.perf_counter() - began
    return summary


class _Run:
    """One run over one chapter's submissions."""

    def __init__(self, summary: Summary, workers: int, isolation: str, progress: Progress):
        self.summary = summary
        self.chapter = summary.chapter
        self.store = Store(summary.out, summary.chapter.name)
        self.options = {
            "misconceptions": course.misconceptions_path(summary.chapter),
            "workers": workers,
            "isolation": isolation,
        }
        self.progress = progress
        self.seconds = export.read_timings(summary.out / "timings.csv")
        self.keys: dict[str, str] = {}
        self.total = 0

    def go(self, submissions: list[Submission], force: bool, pool_factory, bookkeeper) -> None:
        """Grade what has to be graded, then write the books, also after Ctrl-C."""
        summary = self.summary
        base = store.grading_key(
            self.chapter, self.options["misconceptions"], self.options["isolation"]
        )
        self.keys = {s.student: submission_key(base, s) for s in submissions}
        held = {} if force else self._held(submissions)
        todo = [s for s in submissions if s.student not in held]
        doubted = [(s, held[s.student]) for s in submissions if held.get(s.student)]
        self.total = len(todo)
        summary.unchanged = len(submissions) - len(todo)
        policy = late.read_policy(summary.out)
        self.store.sweep()
        before = backup.begin(summary.out)
        write_course(summary.out, self.chapter)
        self.keeper = bookkeeper(summary.out, self.chapter, policy)
        try:
            self._grade(todo, doubted, pool_factory)
        except KeyboardInterrupt:
            summary.interrupted = True
        except BaseException:
            self.keeper.dismiss()
            raise
        summary.remaining = self.total - summary.graded
        publish(summary, self.keeper, self.keys, self.seconds, policy, before)

    def _held(self, submissions: list[Submission]) -> dict[str, set[str]]:
        """Find whose earlier result still holds, with the tests that were faulty then."""
        found = ((s.student, self.store.get(s.student, self.keys[s.student])) for s in submissions)
        return {student: kept.result.faulty for student, kept in found if kept is not None}

    def _grade(
        self, todo: list[Submission], doubted: list[tuple[Submission, set[str]]], pool_factory
    ) -> None:
        for submission in todo:
            if submission.status:
                self._keep(submission, _without_grading(submission, self.chapter))
        todo = {s.student: s for s in todo if not s.status}
        if not todo and not doubted:
            _sweep()  # no pool begins, which would
            return
        with _sentences(), pool_factory(self.chapter, **self.options) as pool:
            self._note_faulty(pool.faulty)
            mended = [s for s, faulty in doubted if not faulty <= set(pool.faulty)]
            self.total += len(mended)
            self.summary.unchanged -= len(mended)
            try:
                self._run(pool, todo | {s.student: s for s in mended})
            finally:
                self.summary.notes += getattr(pool, "notes", ())

    def _run(self, pool, todo: dict[str, Submission]) -> None:
        units = ((student, _unit(s, self.chapter)) for student, s in todo.items())
        with contextlib.closing(pool.run(units)) as replies:
            for student, reply in replies:
                result = Result.from_dict(reply["result"])
                self._keep(todo[student], result, reply["feedback"], reply["notebook"])

    def _keep(self, submission: Submission, result: Result, page="", notebook="") -> None:
        """Keep one outcome and hand it to the bookkeeper."""
        if not (page and notebook):
            page, notebook = _pages(result, self.chapter)
        key = self.keys[submission.student]
        result.attempt = submission.attempt
        self.store.put(Stored(key, result, submission.timestamp), page, notebook)
        self.keeper.put(Entry(result, submission.timestamp))
        self.seconds[result.student, result.assignment] = result.seconds
        self.summary.graded += 1
        self.progress(self.summary.graded, self.total, result)

    def _note_faulty(self, faulty: dict[str, str]) -> None:
        self.summary.notes[:0] = [
            f"The chapter's own solution fails the test {cell} on this machine, so that nobody "
            f"was given or refused its points: {why}"
            for cell, why in sorted(faulty.items())
        ]


def submission_key(base: str, submission: Submission) -> str:
    """Digest what one submission's result was made from."""
    about = (
        submission.digest,
        submission.timestamp,
        submission.status,
        submission.reason,
        str(submission.attempt),
        *submission.repairs,
    )
    return store.submission_key(base, submission.student, *about)


def _unit(submission: Submission, chapter: Chapter) -> dict:
    return {
        "student": submission.student,
        "assignment": chapter.name,
        "notebook": submission.notebook,
        "repairs": submission.repairs,
    }


def _without_grading(submission: Submission, chapter: Chapter) -> Result:
    """Give the outcome of a submission that holds nothing to grade."""
    return Result(
        submission.student,
        chapter.name,
        submission.status,
        submission.reason,
        repairs=list(submission.repairs),
    )


def _pages(result: Result, chapter: Chapter) -> tuple[str, str]:
    from autograder import feedback

    return feedback.render_page(result, chapter), feedback.autograded_notebook(result, chapter)


def _sweep() -> None:
    """Remove what killed runs left in the system's folder for temporary files."""
    from autograder.run import folder

    folder.sweep(Path(tempfile.gettempdir()))


@contextlib.contextmanager
def _sentences() -> Iterator[None]:
    """Turn what keeps the pool from working into a GradeError."""
    from autograder.run import NoSandbox, ServerFailed

    try:
        yield
    except (NoSandbox, ServerFailed) as error:
        raise GradeError(str(error)) from error
    except OSError as error:  # no room for temporary files, no more processes
        raise GradeError(
            f"Grading stopped: {error}. What is graded is kept; mend that, and the same command "
            "goes on from here."
        ) from error
