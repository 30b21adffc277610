"""Assertions for the test cells of the chapters, with messages that a student can use.

A failing one raises :class:`Mismatch`. In a notebook it also shows a picture of the plane in
which the first difference lies: expected, got, difference.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TypeVar

import numpy as np

from cnnkit._arrays import Difference, Tolerance
from cnnkit._differences import find_difference
from cnnkit._plain import describe, kind_of, plain
from cnnkit._planes import show_in_notebook

F = TypeVar("F", bound=Callable[..., Any])


class Mismatch(AssertionError):
    """A result is not what was expected. As text it is ``full`` and the hint.

    Attributes
    ----------
    brief : str
        What differs (kind, shape, first differing index, power of ten of the difference) without
        any value of the input or of the expected result: safe to show for a hidden test.
    full : str
        The same with the first values that differ.
    hint : str
        The test author's hint, or ''.
    expected, got : ndarray or None
        The plane in which the first difference lies, where arrays were compared.
    """

    def __init__(
        self,
        full: str,
        *,
        brief: str | None = None,
        hint: str = "",
        expected: np.ndarray | None = None,
        got: np.ndarray | None = None,
    ) -> None:
        super().__init__(f"{full}\nHint: {hint}" if hint else full)
        self.brief = full if brief is None else brief
        self.full = full
        self.hint = hint
        self.expected = expected
        self.got = got

    def _render_traceback_(self) -> list[str]:
        """Say where and what, in place of a traceback: what IPython shows under the cell."""
        line, source = _place(self.__traceback__)
        where = f"in line {line} of this cell:" if line else "in this cell."
        told = [f"Not as expected, {where}", f"    {source}" if source else "", self.full]
        return [part for part in (*told, f"Hint: {self.hint}" if self.hint else "") if part]


def assert_same(
    got: object, expected: object, *, hint: str = "", rtol: float = 1e-6, atol: float = 1e-8
) -> None:
    """Compare a result with the expected one.

    Arrays, numbers, strings, bools, None, slices, and tuples, lists, dicts and sets of them are
    compared, to any depth. Whole numbers must be equal; others may differ by
    ``atol + rtol * abs(expected)``; NaN agrees with NaN. A NumPy number, or an array of rank 0,
    is a number; a list is no array and no tuple. The dtype is :func:`assert_dtype`'s business.

    Parameters
    ----------
    got, expected : object
        ``expected`` must be plain data.
    hint : str
        A sentence for the student.
    rtol, atol : float
        Float32 results of longer sums need about ``rtol=1e-4, atol=1e-5``.

    Raises
    ------
    Mismatch
    """
    __tracebackhide__ = True
    difference = find_difference(got, expected, Tolerance(rtol, atol))
    if difference:
        show_in_notebook(difference)
        raise _mismatch(difference, hint)


def assert_shape(got: object, shape: tuple[int, ...], *, hint: str = "") -> None:
    """Check that a result is an array of a shape.

    Raises
    ------
    Mismatch
    """
    __tracebackhide__ = True
    shape = tuple(int(size) for size in shape)
    array = _array(got, hint)
    if array.shape != shape:
        raise Mismatch(f"Shape: expected {shape}, got {array.shape}.", hint=hint)


def assert_dtype(got: object, dtype: object, *, hint: str = "") -> None:
    """Check the dtype of a result, an array or a number.

    Raises
    ------
    Mismatch
    """
    __tracebackhide__ = True
    array = _array(got, hint)
    if array.dtype != np.dtype(dtype):
        raise Mismatch(f"Dtype: expected {np.dtype(dtype)}, got {array.dtype}.", hint=hint)


@contextmanager
def assert_raises(
    error: type[Exception] | tuple[type[Exception], ...], *, hint: str = ""
) -> Iterator[None]:
    """Check that the block raises an error of a type, or of one of several types.

    A NotImplementedError (the exercise has not been done) passes through unchanged.

    Raises
    ------
    Mismatch
        The block raised nothing, or something else.

    Examples
    --------
    >>> with assert_raises(ValueError):
    ...     int("three")
    """
    __tracebackhide__ = True
    errors = error if isinstance(error, tuple) else (error,)
    wanted = " or ".join(_with_article(one.__name__) for one in errors)
    try:
        yield
    except Exception as raised:
        undone = isinstance(raised, NotImplementedError) and NotImplementedError not in errors
        if undone or isinstance(raised, Mismatch):
            raise
        if isinstance(raised, errors):
            return
        brief = f"Error: expected {wanted}, but the call raised {describe(raised)}."
        full = f"{brief[:-1]}: {str(raised)[:300]}"
        raise Mismatch(full, brief=brief, hint=hint) from raised
    raise Mismatch(f"Error: expected {wanted}, but the call returned.", hint=hint)


def beside_student(function: F) -> F:
    """Mark a function that must run in the same process as the student's code.

    A grader keeps the tests in one process and the student's code in another, and only plain
    data goes between them. A function with this mark runs on the student's side and brings
    plain data back. So it can test what does not travel: whether an input was changed, a class,
    a generator, a function that is passed on. Inputs and expected values stay in the test cell.

    In a notebook it changes nothing: the function is returned as it is.

    Examples
    --------
    >>> @beside_student
    ... def input_after(function, x):
    ...     function(x)
    ...     return x
    """
    return function


def _array(got: object, hint: str) -> np.ndarray:
    """Read an array or a number as an array; anything else is a mismatch."""
    __tracebackhide__ = True
    if got is None:
        raise Mismatch("The function returned None: is there a return?", hint=hint)
    value = plain(got)
    if kind_of(value) not in ("array", "number", "bool"):
        raise Mismatch(f"Type: expected an array, got {describe(got)}.", hint=hint)
    return np.asarray(value)


def _mismatch(difference: Difference, hint: str) -> Mismatch:
    return Mismatch(
        difference.full,
        brief=difference.brief,
        hint=hint,
        expected=difference.expected,
        got=difference.got,
    )


def _with_article(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOU' else 'a'} {name}"


def _place(frames: TracebackType | None) -> tuple[int, str]:
    """Return number and text of the line, outside this package, that a traceback leads to."""
    line, source = 0, ""
    while frames is not None:
        if not frames.tb_frame.f_globals.get("__name__", "").startswith("cnnkit."):
            line = frames.tb_lineno
            source = linecache.getline(frames.tb_frame.f_code.co_filename, line).strip()
        frames = frames.tb_next
    return line, source
