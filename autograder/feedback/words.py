"""How each status is put into words, for students and for teachers."""

from __future__ import annotations

from dataclasses import dataclass

from autograder import results


@dataclass(frozen=True)
class Word:
    """A status as it is shown: never by colour alone."""

    kind: str  # style class
    mark: str  # one character before the word
    text: str
    sentence: str = ""  # what it means, for the student


CELLS = {
    results.PASSED: Word("good", "\u2713", "passed"),
    results.FAILED: Word("bad", "\u2717", "failed"),
    results.TIMEOUT: Word(
        "bad", "\u25f7", "time-out", "The test was stopped because it ran over its time limit."
    ),
    results.FORBIDDEN: Word(
        "bad", "\u2298", "not allowed", "The exercise used something that it may not use."
    ),
    results.MANUAL: Word(
        "wait", "\u270e", "read by a teacher", "This is graded by hand and has no points yet."
    ),
    results.GRADER_ERROR: Word(
        "wait",
        "!",
        "grader's error",
        "The grader itself made an error here. It is not your fault, no score was written, "
        "and your teachers can see it in their report.",
    ),
}

SUBMISSIONS = {
    results.GRADED: Word("good", "\u2713", "graded"),
    results.UNREADABLE: Word(
        "bad",
        "\u2717",
        "unreadable",
        "Your file could not be read as a notebook, so nothing in it was graded.",
    ),
    results.OTHER_CHAPTER: Word(
        "bad",
        "\u2717",
        "another chapter",
        "What you handed in is a notebook of another chapter, so nothing in it was graded.",
    ),
    results.GRADER_ERROR: Word(
        "wait",
        "!",
        "grader's error",
        "The grader itself made an error with your submission. It is not your fault, no score "
        "was written, and your teachers can see it in their report.",
    ),
}


def cell_word(status: str) -> Word:
    """How the status of a test cell is shown."""
    return CELLS.get(status) or Word("wait", "?", status, f"The outcome is \u201c{status}\u201d.")


def submission_word(status: str) -> Word:
    """How the status of a submission is shown."""
    return SUBMISSIONS.get(status) or Word(
        "wait", "?", status, f"The outcome of this submission is \u201c{status}\u201d."
    )
