"""Patterns of architectures in one line, such as [[CONV -> RELU]*2 -> POOL]*2 -> FC.

    pattern = part -> part -> ...        part = C | R | P | F | [pattern] | [pattern]*number

An arrow is '->' or '→'; the words CONV, RELU, POOL and FC stand for the letters.
"""

from __future__ import annotations

import re

WORDS = {"CONV": "C", "RELU": "R", "POOL": "P", "FC": "F"}
TOKEN = re.compile(r"\s*(?:(?P<layer>CONV|RELU|POOL|FC|[CRPF])|(?P<arrow>->|→)|(?P<open>\[)"
                   r"|(?P<close>\](?:\s*\*\s*(?P<times>[0-9]+))?))")  # fmt: skip
MAX_LAYERS = 10_000  # a slip of the finger must not fill the memory


def parse_arch(text: str) -> list[str]:
    """Write out a pattern as a flat list of layers.

    Parameters
    ----------
    text : str
        A group without a number stands once, one with ``*0`` not at all.

    Returns
    -------
    list of 'C', 'R', 'P', 'F'

    Raises
    ------
    TypeError
        ``text`` is no str.
    ValueError
        The pattern is malformed, or gives more than 10,000 layers.

    Notes
    -----
    The notation is that of the notes of Stanford's course CS231n, "Convolutional Networks".

    Examples
    --------
    >>> "".join(parse_arch("[[C→R]*2→P]*2→[F→R]*1→F"))
    'CRCRPCRCRPFRF'
    """
    if not isinstance(text, str):
        raise TypeError(f"text is {text!r}: it must be a str.")
    groups: list[list[str]] = [[]]  # the innermost open group is the last one
    wants_part, position, end = True, 0, len(text.rstrip())
    while position < end:
        token = TOKEN.match(text, position, end)
        kind = token and token.lastgroup
        if kind is None or wants_part != (kind in ("layer", "open")):
            raise _malformed(text, position, _wanted(wants_part, len(groups) > 1))
        if kind == "layer":
            groups[-1].append(WORDS.get(token["layer"], token["layer"]))
        elif kind == "open":
            groups.append([])
        elif kind == "close":
            if len(groups) == 1:
                raise _malformed(text, position, _wanted(False, False))
            group = groups.pop()
            groups[-1] += _repeat(group, token["times"] or "1")
        wants_part = kind in ("open", "arrow")
        position = token.end()
    if wants_part or len(groups) > 1:
        raise _malformed(text, end, _wanted(wants_part, True))
    return groups[0]


def _repeat(group: list[str], times: str) -> list[str]:
    if len(times) > 9 or max(1, len(group)) * int(times) > MAX_LAYERS:
        raise ValueError(f"A group is repeated {times[:9]} times: more than {MAX_LAYERS} layers.")
    return group * int(times)


def _wanted(part: bool, closing: bool) -> str:
    if part:
        return "a layer or '['"
    return "an arrow or ']'" if closing else "an arrow, or nothing"


def _malformed(text: str, position: int, wanted: str) -> ValueError:
    rest = text[position:].strip()[:12]
    found = f"got {rest!r}" if rest else "the text ends"
    return ValueError(f"{text[:80]!r} is malformed at character {position + 1}: "
                      f"expected {wanted}, {found}.")  # fmt: skip
