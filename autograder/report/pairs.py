"""The page that shows pairs of submissions side by side, with what they share marked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from autograder.chapter import Chapter
from autograder.feedback.env import load_template
from autograder.feedback.text import clean
from autograder.report.links import page_link, percent

if TYPE_CHECKING:
    from autograder.similar import Likeness

_TEMPLATE = load_template(
    Path(__file__).parent / "templates",
    "similar.html",
    styles=("common.css", "report.css", "similar.css"),
    script="sort.js",
)


def render_pairs(likeness: Likeness, chapter: Chapter) -> str:
    """Draw the pairs and groups of a class as one self-contained HTML page."""
    return _TEMPLATE.render(
        chapter=chapter,
        number=len(likeness.class_),
        pairs=likeness.pairs(),
        groups=likeness.groups(),
        usual=likeness.usual,
        link=page_link(chapter),
        percent=lambda share: percent(share, 1.0),
        marked=marked,
    )


def marked(source: str, slices: list[tuple[int, int]]) -> Markup:
    """Escape a source and mark the slices of it that stand in another one, too.

    >>> marked("a < b", [(0, 3)])
    Markup('<mark>a &lt;</mark> b')
    """
    pieces, end = [], 0
    for start, stop in slices:
        pieces += [escape(clean(source[end:start])), Markup("<mark>")]
        pieces += [escape(clean(source[start:stop])), Markup("</mark>")]
        end = stop
    return Markup("").join([*pieces, escape(clean(source[end:]))])
