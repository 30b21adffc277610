"""The slips that lead to a wrong row or column of the matrix."""

from __future__ import annotations

from cnnkit.widgets.conv_numbers import Place
from cnnkit.widgets.im2col_numbers import Setting
from cnnkit.widgets.slips import Slip


def slips(setting: Setting, cell: Place) -> list[Slip]:
    """List the wrong cells that are known, and what leads to them."""
    rows, columns = _rows(setting, cell[0]), _columns(setting, cell)
    row, column = cell
    return [
        *(((t, column), why) for t, why in rows),
        *(((row, m), why) for m, why in columns),
        ((column, row), "row and column are exchanged: taps are rows, places are columns"),
        *(((t, m), f"{one}, and {other}") for t, one in rows for m, other in columns),
    ]


def advice(setting: Setting, cell: Place, typed: tuple[float, ...]) -> str:
    """Say where to look when no slip is known."""
    if typed[0] == cell[0]:
        return "Your row is right. Which number has the place, counted as one reads?"
    if typed[1] == cell[1]:
        return "Your column is right. Which number has the tap, in the order of w?"
    return "A row for each tap, in the order of w; a column for each place, as one reads."


def _rows(setting: Setting, row: int) -> list[tuple[int, str]]:
    (c, a, e), k = setting.tap(row), setting.kernel
    return [
        ((a * k + e) * setting.channels + c, "the channel is counted last; it comes first"),
        ((c * k + e) * k + a, "the taps are counted column by column"),
        (a * k + e, "the taps of the channels before are left out"),
        (row + 1, "the rows are counted from 1"),
    ]


def _columns(setting: Setting, cell: Place) -> list[tuple[int, str]]:
    (i, j), (Ho, _) = setting.place(cell[1]), setting.size()
    _, row, column = setting.pixel(cell)
    return [
        (j * Ho + i, "the places are counted column by column"),
        (i * setting.width + j, "the places are counted with the width of the picture, not of y"),
        (row * setting.width + column, "the pixel's number is taken, not the place's"),
        (cell[1] + 1, "the columns are counted from 1"),
    ]
