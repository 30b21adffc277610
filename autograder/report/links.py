"""What the pages for teachers share."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from autograder.chapter import Chapter
from autograder.files import folder_name
from autograder.results import Result


def page_link(chapter: Chapter) -> Callable[[Result], str]:
    """Give the function that says where a submission's feedback page lies, beside the report."""

    def link(result: Result) -> str:
        parts = ("feedback", folder_name(result.student), result.assignment, f"{chapter.name}.html")
        return "/".join(quote(part, safe="", errors="surrogateescape") for part in parts)

    return link


def percent(part: float, whole: float) -> int:
    """Whole percent; 100 only for all, 0 only for none."""
    if 0 < part < whole:
        return min(99, max(1, round(100 * part / whole)))
    return 100 if part else 0
