"""Python source in colours, compactly: only what is coloured gets an element."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String

from autograder.feedback.text import clean

LONGEST = 20_000  # characters; what is longer stays plain, so that no page takes seconds

_LEXER = PythonLexer(stripnl=False, ensurenl=False)
_CLASSES = {
    Comment: "c",
    Keyword: "k",
    Operator.Word: "k",
    String: "s",
    Number: "n",
    Name.Function: "f",
    Name.Class: "f",
    Name.Decorator: "f",
    Name.Builtin: "b",
}


def highlight(source: str) -> Markup:
    """Return escaped HTML for Python source, whether or not it parses."""
    source = clean(source)
    if len(source) > LONGEST:
        return escape(source)
    pieces = []
    for kind, value in _LEXER.get_tokens(source):
        style = _style(kind)
        text = escape(value)
        pieces.append(f'<span class="{style}">{text}</span>' if style else text)
    return Markup("".join(pieces))


@lru_cache(maxsize=256)
def _style(kind) -> str:
    for ancestor in reversed(kind.split()):
        if ancestor in _CLASSES:
            return _CLASSES[ancestor]
    return ""
