"""The small part of Markdown that quiz texts use, read into plain data.

A text becomes blocks, a block a list of spans ``[kind, text]`` with kind "text", "code",
"em", "strong" or "math"; a fenced block is one span of kind "pre". JavaScript builds elements
from it, so nothing is ever read as HTML.
"""

from __future__ import annotations

import re

Span = list[str]

SPAN = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\$(?P<math>[^$]+)\$"
    r"|\*\*(?P<strong>.+?)\*\*"
    r"|(?<![*\w])\*(?P<em>[^*\s](?:[^*]*[^*\s])?)\*(?![*\w])"
)
FENCE = re.compile(r"```[^\n]*\n(?P<code>.*?)\n?```", re.DOTALL)
SYMBOLS = {
    r"\times": "×", r"\cdot": "·", r"\lfloor": "⌊", r"\rfloor": "⌋", r"\lceil": "⌈",
    r"\rceil": "⌉", r"\leq": "≤", r"\le": "≤", r"\geq": "≥", r"\ge": "≥", r"\neq": "≠",
    r"\ne": "≠", r"\approx": "≈", r"\ldots": "…", r"\dots": "…", r"\infty": "∞",
    r"\sum": "∑", r"\to": "→", r"\left": "", r"\right": "", r"\,": " ", r"\;": " ",
}  # fmt: skip


def blocks(text: str) -> list[list[Span]]:
    """Read a text of several paragraphs and fenced code blocks."""
    found, start = [], 0
    for fence in FENCE.finditer(text):
        found += _paragraphs(text[start : fence.start()])
        found.append([["pre", fence["code"]]])
        start = fence.end()
    return found + _paragraphs(text[start:])


def spans(text: str) -> list[Span]:
    r"""Read one paragraph.

    Examples
    --------
    >>> spans(r"*Stride* $2 \times 2$")
    [['em', 'Stride'], ['text', ' '], ['math', '2 × 2']]
    """
    found, start = [], 0
    for match in SPAN.finditer(text):
        if match.start() > start:
            found.append(["text", text[start : match.start()]])
        kind = match.lastgroup
        found.append([kind, plain_math(match[kind]) if kind == "math" else match[kind]])
        start = match.end()
    if start < len(text):
        found.append(["text", text[start:]])
    return found


def plain_math(tex: str) -> str:
    r"""Write simple TeX as one line of plain text.

    Examples
    --------
    >>> plain_math(r"\lfloor\frac{n - k}{s}\rfloor + 1")
    '⌊(n - k)/s⌋ + 1'
    """
    tex = re.sub(r"\\(?:text|mathrm|operatorname|mathbf)\{([^{}]*)\}", r"\1", tex)
    tex = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", _fraction, tex)
    for name in sorted(SYMBOLS, key=len, reverse=True):
        letter_follows = "(?![a-zA-Z])" if name[-1].isalpha() else ""
        tex = re.sub(re.escape(name) + letter_follows, SYMBOLS[name], tex)
    return re.sub(r"[\\{}]", "", tex)


def _fraction(match: re.Match) -> str:
    return "/".join(part if part.isalnum() else f"({part})" for part in match.groups())


def _paragraphs(text: str) -> list[list[Span]]:
    parts = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return [spans(part) for part in parts if part]
