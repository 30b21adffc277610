"""Text from outside, made safe and readable to look at.

Names, code, output and answers come from students. Whatever is drawn on a page passes through
:func:`clean`; escaping for HTML is left to Jinja2 and MarkupSafe.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_ANSI = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-~]")
# Control characters, direction marks, invisible characters, lone surrogates, tag characters:
# what can make a page show something other than what was written.
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_EMPHASIS = re.compile(r"(?<![\w*])\*(\w[^*\n<]*)\*(?![\w*])")
_CODE = re.compile(r"`([^`\n]+)`")


def clean(text: str) -> str:
    r"""Make control characters and direction marks visible and drop terminal colours.

    >>> clean("\x1b[31mred\x1b[0m\x07 \u202eback")
    'red␇ ⟨U+202E⟩back'
    """
    text = _ANSI.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return _ODD.sub(_visible, text)


def _visible(match: re.Match) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"\u27e8U+{code:04X}\u27e9"


def shorten(text: str, limit: int) -> str:
    """Keep the beginning and the end of a text that is longer than ``limit``, and clean it."""
    if len(text) > limit:
        head, tail = limit * 2 // 3, limit // 3
        left_out = f"\n\u2026 {len(text) - head - tail:,} characters left out \u2026\n"
        text = text[:head] + left_out + text[len(text) - tail :]
    return clean(text)


def prose(text: str, limit: int = 2000, *, emphasis: bool = False) -> Markup:
    """Escape a message; set `code` between backticks and, for authors' texts, *emphasis*."""
    html = _CODE.sub(r"<code>\1</code>", str(escape(shorten(text, limit))))
    return Markup(_EMPHASIS.sub(r"<em>\1</em>", html) if emphasis else html)


def breakable(name: str) -> Markup:
    """Let a long name go on in the next line behind an underscore, and nowhere else first."""
    return Markup(str(escape(clean(name))).replace("_", "_<wbr>"))


def points(value: float | None) -> str:
    """A score without needless digits; a dash where there is none.

    >>> points(2.0), points(2.25), points(None)
    ('2', '2.25', '–')
    """
    return "\u2013" if value is None else f"{round(value, 2):g}"


def count(number: int, noun: str, plural: str = "") -> str:
    """A number and its noun.

    >>> count(1, "test"), count(1200, "reply", "replies")
    ('1 test', '1,200 replies')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
