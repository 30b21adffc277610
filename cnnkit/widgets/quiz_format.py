"""The form in which a notebook carries a quiz: packed, so that no answer is read by accident.

A quiz is a dictionary ``{"name", "question", "options": [{"text", "right", "why"}, ...]}``.
Packed it is the base64 text of its compressed JSON. This hides nothing from a student who
wants to look; it only keeps the answer out of sight while the question is being read.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib


def encode(quiz: dict) -> str:
    """Pack a quiz into one line of ASCII, the same line for the same quiz.

    Raises
    ------
    ValueError
        The dictionary is not a quiz: the sentence says what is wrong.
    """
    check(quiz)
    text = json.dumps(quiz, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return base64.b64encode(_deflate(text.encode())).decode("ascii")


def decode(encoded: str) -> dict:
    """Unpack what :func:`encode` made.

    Raises
    ------
    ValueError
        The text is damaged, or what it holds is not a quiz.
    """
    try:
        quiz = json.loads(zlib.decompress(base64.b64decode(encoded, validate=True)))
    except (binascii.Error, zlib.error, ValueError) as error:
        raise ValueError(
            "This quiz cannot be read: its text is damaged. Take the cell from a fresh copy of "
            "the notebook."
        ) from error
    check(quiz)
    return quiz


def check(quiz: dict) -> None:
    """Refuse a dictionary that is not a quiz with one right option at least.

    Raises
    ------
    ValueError
    """
    if not isinstance(quiz, dict) or {"name", "question", "options"} - quiz.keys():
        raise ValueError("A quiz is a dictionary with name, question and options.")
    name, options = quiz["name"], quiz["options"]
    for option in options:
        if {"text", "right", "why"} - option.keys():
            raise ValueError(f"An option of quiz {name!r} lacks its text, right or why.")
    if len(options) < 2 or not any(option["right"] for option in options):
        raise ValueError(f"Quiz {name!r} needs two options or more, one of them right.")


def _deflate(raw: bytes) -> bytes:
    """Wrap the bytes as zlib data without compressing them.

    Builds of zlib compress the same bytes differently; notebooks must be byte-identical on
    every machine. Stored blocks are the one form on which all builds agree.
    """
    return zlib.compress(raw, level=0)
