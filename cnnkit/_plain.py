"""Plain data: what kinds there are, and how a value is told in a message.

A value's kind is read from its exact type, never by asking the value itself.
"""

from __future__ import annotations

import math

import numpy as np

LONGEST = 80  # characters of a value in a message
ENTRIES = "biufcUS"  # kinds of dtype that hold plain entries: no objects, dates or records

_KINDS = {
    type(None): "None",
    bool: "bool",
    np.bool_: "bool",
    str: "string",
    np.str_: "string",
    bytes: "bytes",
    np.bytes_: "bytes",
    int: "number",
    float: "number",
    complex: "number",
    list: "list",
    tuple: "tuple",
    dict: "dict",
    set: "set",
    frozenset: "set",
    slice: "slice",
    np.ndarray: "array",
}
_KINDS |= {kind: "number" for kind in np.sctypeDict.values() if issubclass(kind, np.number)}
del _KINDS[np.timedelta64]  # a signed integer to NumPy, a duration to everybody else


def kind_of(value: object) -> str:
    """Name the kind of a plain value; '' for anything else, such as an array of objects."""
    kind = _KINDS.get(type(value), "")
    return "" if kind == "array" and value.dtype.kind not in ENTRIES else kind


def is_plain_member(value: object) -> bool:
    """Whether a member of a set or a key of a dict hashes and compares without foreign code."""
    if kind_of(value) in ("tuple", "set"):
        return all(map(is_plain_member, value))
    return kind_of(value) in ("None", "bool", "string", "bytes", "number")


def plain(value: object) -> object:
    """Bring arrays into one form: a subclass becomes a plain array, one of rank 0 its number."""
    if issubclass(type(value), np.ndarray):
        value = np.asarray(value)
        if value.ndim == 0 and kind_of(value):
            return value[()]
    return value


def describe(value: object) -> str:
    """Name a value's type with its article: 'an array', 'a list', 'a Tensor'."""
    kind = kind_of(plain(value))
    if kind == "None":
        return kind
    name = kind or type_name(value)
    if name in ("ndarray", "numpy.ndarray"):
        return "an array of objects, not of numbers"
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def type_name(value: object) -> str:
    """Name a type without running code of its own.

    A grader that cannot carry a value to the test puts an ``Opaque`` in its place, which names
    the type that it stands for.
    """
    name = type.__dict__["__name__"].__get__(type(value))
    if name == "Opaque":
        try:
            told = object.__getattribute__(value, "type_name")
        except AttributeError:
            told = name
        name = told if type(told) is str else name
    return name[:LONGEST]


def show(value: object) -> str:
    """Write a value for a message, cut where it is long."""
    value, kind = plain(value), kind_of(plain(value))
    if kind == "number":
        return _number(value, ".6g")
    if kind == "slice":
        parts = (show(part) for part in (value.start, value.stop, value.step))
        return f"slice({', '.join(parts)})"
    if kind in ("None", "bool", "string", "bytes"):
        return _cut(repr(value.item() if isinstance(value, np.generic) else value))
    if kind == "tuple" and len(value) <= 8:
        inner = ", ".join(map(show, value))
        return _cut(f"({inner},)" if len(value) == 1 else f"({inner})")
    return describe(value)


def show_both(expected: object, got: object) -> tuple[str, str]:
    """Write two numbers with as many digits as it takes to tell them apart."""
    wanted, found = show(expected), show(got)
    if wanted == found and kind_of(expected) == kind_of(got) == "number":
        return _number(expected, ".17g"), _number(got, ".17g")
    return wanted, found


def scale(size: int | float) -> str:
    """Tell between which powers of ten a size lies, and no more.

    Of a hidden test that is as much as may be told: whoever returns zeros would read what is
    expected in the size of the difference.

    >>> scale(13.5), scale(1e-05)
    ('10 to 100', '1e-05 to 0.0001')
    """
    if not 0 < size < 10**300:
        return "less than 1" if not size else "more than 1e+300"
    power = math.floor(math.log10(size))
    return f"{10.0**power:g} to {10.0 ** (power + 1):g}"


def _number(value, digits: str) -> str:
    if isinstance(value, (int, np.integer)):
        whole = int(value)  # 4,300 digits and more would not even be written
        return str(whole) if abs(whole) < 10**30 else f"an int of {whole.bit_length()} bits"
    if isinstance(value, (complex, np.complexfloating)):
        return format(complex(value), digits)
    return format(float(value), digits)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 4] + " ..."
