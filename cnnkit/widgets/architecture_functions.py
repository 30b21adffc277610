"""Run a student's count_macs and receptive_field on a net that grows block by block."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise
from numbers import Integral

from cnnkit import architectures
from cnnkit.widgets import architecture_numbers as numbers
from cnnkit.widgets import student


def products(
    count_macs: Callable, rows: list[numbers.Row], shape: numbers.Shape
) -> tuple[list[int | None], str]:
    """Ask for the products of the net; where they are wrong, of the net up to each block.

    Returns
    -------
    counted : list of int or None
        What each block adds to the count; None from where the function failed.
    sentence : str
        What is wrong, at the first block where something is.
    """
    right = list(accumulate(row.macs for row in rows))
    counts, said = [], ""
    if not rows or _count(count_macs, rows, shape)[0] == right[-1]:
        return [row.macs for row in rows], ""
    for at in range(len(rows)):
        got, trouble = _count(count_macs, rows[: at + 1], shape)
        if got is None:
            said = said or f"Block {at + 1}: {trouble}"
            break
        if got != right[at] and not said:
            said = (
                f"{student.name_of(count_macs)} gives {got:,} products up to block {at + 1}, right "
                f"is {right[at]:,}: look at what it makes of “{rows[at].block.words()}”."
            )
        counts.append(got)
    counted = [now - before for before, now in pairwise([0, *counts])]
    return counted + [None] * (len(rows) - len(counts)), said


def _count(
    count_macs: Callable, rows: list[numbers.Row], shape: numbers.Shape
) -> tuple[int | None, str]:
    """Call the function on a net of its own, which it may change."""
    layers = [row.block.layer(row.given[0]) for row in rows]
    outcome = student.call(count_macs, arch={"input_shape": shape, "layers": layers})
    got, name = outcome.value, student.name_of(count_macs)
    if isinstance(got, bool) or not isinstance(got, Integral):
        return None, outcome.trouble or (
            f"{name} returned {got!r:.60}; it should be a whole number."
        )
    return int(got), ""


def fields_seen(receptive_field: Callable, rows: list[numbers.Row]) -> tuple[list[int | None], str]:
    """Ask how far a place behind each block sees; None where it sees all, or nothing is known."""
    name, blocks = student.name_of(receptive_field), tuple(row.block for row in rows)
    seen, said = [], ""
    for at in range(len(rows)):
        steps = numbers.steps(blocks[: at + 1])
        if steps is None:
            break
        outcome = student.call(receptive_field, steps)
        got, right = outcome.value, architectures.receptive_field(steps)[0]
        first = got[0] if isinstance(got, tuple) and got else None
        if isinstance(first, bool) or not isinstance(first, Integral):
            said = outcome.trouble or (
                f"{name} returned {got!r:.60}; it should be three numbers, rf first."
            )
            break
        if first != right and not said:
            said = f"{name} gives rf {first} behind block {at + 1}, right is {right}."
        seen.append(int(first))
    return seen + [None] * (len(rows) - len(seen)), said
