"""Write what follows from the results of a run: gradebook, tables, lateness on pages, report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder import backup, export, late, store
from autograder.files import folder_name
from autograder.gradebook import Bookkeeper, Entry
from autograder.results import Booked
from autograder.store import Store, Stored

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from autograder.grade import Summary


def publish(
    summary: Summary,
    keeper: Bookkeeper,
    students: Collection[str],
    seconds: export.Seconds,
    policy: late.Policy | None,
    before: Path | None,
) -> None:
    """Write the books of a run, also of one that was interrupted.

    Parameters
    ----------
    summary : Summary
        The run; gets the chapter's results and what a teacher should know.
    keeper : Bookkeeper
        Who holds the gradebook; is dismissed.
    students : collection of str
        Who handed something in, this time.
    seconds : dict
        What grading took, by student and assignment, in this run and earlier ones.
    policy : Policy or None
        What lateness costs.
    before : Path or None
        The copies of the earlier books.
    """
    out, chapter = summary.out, summary.chapter
    kept = store.read_all(out, chapter.name)
    ours = [stored for stored in kept if stored.result.assignment == chapter.name]
    if gone := sorted({stored.result.student for stored in ours}.difference(students)):
        summary.notes.append(
            f"Kept from an earlier run, no longer among the submissions: {', '.join(gone)}."
        )
    books = keeper.finish([Entry(stored.result, stored.timestamp) for stored in ours])
    results = [stored.result for stored in kept]
    for result in results:
        result.seconds = seconds.get((result.student, result.assignment), 0.0)
    _tell_lateness(summary, ours, books, policy)
    summary.results = sorted((s.result for s in ours), key=lambda result: result.student)
    known = {(result.student, result.assignment) for result in results}
    seconds = {key: value for key, value in seconds.items() if key in known}
    export.write_tables(out, results, seconds, {chapter.name: chapter.max_score}, books)
    if changes := backup.compare(out, before):
        summary.notes.insert(0, backup.note(changes, before))  # the terminal shows only some
    _write_report(summary)
    backup.end(out, before, changes)  # last: until then the next run compares with the same books


def _tell_lateness(
    summary: Summary, ours: list[Stored], books: export.Books, policy: late.Policy | None
) -> None:
    """Draw a page anew where what lateness takes off is not what the page says."""
    from autograder import feedback, misconceptions  # rarely needed, and not quick to load

    keep, known = Store(summary.out, summary.chapter.name), None
    for stored in ours:
        result = stored.result
        said = _lateness(books.get((folder_name(result.student), result.assignment)), policy)
        if said == result.lateness:
            continue
        if known is None:
            known = {each.id: each for each in misconceptions.load(summary.chapter)}
        result.lateness = said
        keep.put_page(stored, feedback.render_page(result, summary.chapter, known))


def _lateness(booked: Booked | None, policy: late.Policy | None) -> str:
    if booked is None or policy is None or booked.late is None:
        return ""
    return late.sentence(booked.late, policy.percent(booked.late), booked.penalty or 0.0)


def _write_report(summary: Summary) -> None:
    from autograder import report

    report.write_report(summary)
