"""Find the first difference between two plain values and say in words what it is.

What is compared may come from a student's code, so no method of it is ever called unless its
type is exactly one of the plain types: an object whose ``__eq__`` is always true decides nothing.
"""

from __future__ import annotations

import numpy as np

from cnnkit._arrays import Difference, Tolerance, compare_arrays, sentence
from cnnkit._plain import describe, is_plain_member, kind_of, plain, scale, show, show_both


def find_difference(got: object, expected: object, tolerance: Tolerance) -> Difference | None:
    """Return the first difference, or None where the values agree.

    Raises
    ------
    TypeError
        ``expected`` is, or holds, something that is not plain data: a fault of the test.
    """
    if got is None and expected is not None:
        return sentence("The function returned None: is there a return?")
    path, difference = _first(got, expected, tolerance, "result")
    return difference if difference is None or path == "result" else difference.within(path)


def _first(got, expected, tolerance: Tolerance, path: str) -> tuple[str, Difference | None]:
    """Return the part of the result in which the first difference lies, and the difference."""
    got, expected = plain(got), plain(expected)
    wanted = kind_of(expected)
    if not wanted:
        raise TypeError(
            f"The expected {path} is {describe(expected)}: only plain data can be compared."
        )
    if kind_of(got) != wanted:
        return path, sentence(f"Type: expected {describe(expected)}, got {describe(got)}.")
    if wanted in ("list", "tuple"):
        return _sequences(got, expected, tolerance, path)
    if wanted == "dict":
        return _dicts(got, expected, tolerance, path)
    return path, _LEAVES[wanted](got, expected, tolerance)


def _sequences(got, expected, tolerance: Tolerance, path: str) -> tuple[str, Difference | None]:
    if len(got) != len(expected):
        return path, sentence(f"Length: expected {len(expected)}, got {len(got)}.")
    for index, (mine, right) in enumerate(zip(got, expected, strict=True)):
        place, difference = _first(mine, right, tolerance, f"{path}[{index}]")
        if difference:
            return place, difference
    return path, None


def _dicts(got, expected, tolerance: Tolerance, path: str) -> tuple[str, Difference | None]:
    difference = _members(got, expected, "Keys")
    if difference:
        return path, difference
    for key, right in expected.items():
        place, difference = _first(got[key], right, tolerance, f"{path}[{show(key)}]")
        if difference:
            return place, difference
    return path, None


def _members(got, expected, what: str) -> Difference | None:
    """Compare the members of two sets, or the keys of two dicts."""
    for member in got:
        if not is_plain_member(member):
            return sentence(f"{what}: {describe(member)} is among them.")
    missing = [member for member in expected if member not in got]
    extra = [member for member in got if member not in expected]
    if not missing and not extra:
        return None
    counts = [f"{len(missing)} missing"] * bool(missing) + [f"{len(extra)} too many"] * bool(extra)
    names = ["missing " + ", ".join(map(show, missing[:5]))] * bool(missing)
    names += ["too many " + ", ".join(map(show, extra[:5]))] * bool(extra)
    return Difference(f"{what}: {', '.join(counts)}.", f"{what}: {'; '.join(names)}.")


def _numbers(got, expected, tolerance: Tolerance) -> Difference | None:
    if isinstance(got, (int, np.integer)) and isinstance(expected, (int, np.integer)):
        size = abs(int(got) - int(expected))
        same = size == 0
    else:
        one, other = _as_array(got), _as_array(expected)
        same = not tolerance.differs(one, other)
        with np.errstate(all="ignore"):
            size = abs(one - other).item()
    if same:
        return None
    by = f" by {scale(size)}" if isinstance(size, int) or np.isfinite(size) else ""
    wanted, found = show_both(expected, got)
    return Difference(f"Value: differs{by}.", f"Value: expected {wanted}, got {found}.")


def _as_array(number) -> np.ndarray:
    try:
        return np.asarray(number, dtype=complex if np.iscomplexobj(number) else float)
    except OverflowError:  # an int beyond every float
        return np.asarray(np.inf if number > 0 else -np.inf)


def _bools(got, expected, tolerance: Tolerance) -> Difference | None:
    if bool(got) == bool(expected):
        return None
    return Difference("Value: differs.", f"Value: expected {bool(expected)}, got {bool(got)}.")


def _texts(got, expected, tolerance: Tolerance) -> Difference | None:
    if got == expected:
        return None
    shorter = min(len(got), len(expected))
    first = next((i for i in range(shorter) if got[i] != expected[i]), shorter)
    return Difference(
        f"Text: differs at character {first}.",
        f"Text: expected {show(expected)}, got {show(got)}.",
    )


def _slices(got, expected, tolerance: Tolerance) -> Difference | None:
    for part in ("start", "stop", "step"):
        mine, right = getattr(got, part), getattr(expected, part)
        if _first(mine, right, tolerance, part)[1]:
            return Difference(
                f"Slice: its {part} differs.",
                f"Slice: expected {show(expected)}, got {show(got)}.",
            )
    return None


_LEAVES = {
    "None": lambda got, expected, tolerance: None,
    "bool": _bools,
    "number": _numbers,
    "string": _texts,
    "bytes": _texts,
    "array": compare_arrays,
    "slice": _slices,
    "set": lambda got, expected, tolerance: _members(got, expected, "Set"),
}
