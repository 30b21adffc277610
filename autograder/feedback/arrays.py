"""Expected, got and their difference as small tables of coloured numbers.

The numbers come from the tester, but the student's function made half of them: anything that is
not a number is shown as escaped text, and nothing here trusts that a list is rectangular.
"""

from __future__ import annotations

import math

from markupsafe import Markup, escape

from autograder.feedback.text import shorten

MOST = 400  # numbers in one table
WIDTH = 20  # numbers in a row of a one-dimensional list
STEPS = 6  # shades on each side of zero
RTOL, ATOL = 1e-6, 1e-8  # as in the tests' own comparison


def compare(expected: list, got: list, given: list | None = None) -> Markup:
    """Draw the plane that was given, the one expected, the one that came, and where they differ."""
    expected, got = _flat(expected), _flat(got)
    left, right = _rows(expected), _rows(got)
    step = WIDTH if not (_is_plane(expected) or _is_plane(got)) else 0
    pairs = {
        (i, j): (left[i][j], right[i][j])
        for i in range(min(len(left), len(right)))
        for j in range(min(len(left[i]), len(right[i])))
    }
    off = {place for place, (a, b) in pairs.items() if not same(a, b)}
    scale = _scale(v for rows in (left, right) for row in rows for v in row)
    digits = _digits([pairs[place] for place in off])
    tables = [
        _table("expected", _size(expected), left, scale, digits, step),
        _table("got", _size(got), right, scale, digits, step, off),
    ]
    if off and [len(row) for row in left] == [len(row) for row in right]:
        tables.append(_difference(pairs, off, left, digits, step))
    if given:
        tables.insert(0, _given(_flat(given)))
    return Markup('<div class="planes">{}</div>').format(Markup("").join(tables))


def same(a, b) -> bool:
    """Whether two entries agree within the tests' tolerance; NaN agrees with NaN."""
    if not (_is_number(a) and _is_number(b)):
        return type(a) is type(b) and a == b
    if isinstance(a, bool) or isinstance(b, bool):
        return a == b
    x, y = _float(a), _float(b)
    if math.isnan(x) or math.isnan(y):
        return math.isnan(x) and math.isnan(y)
    if math.isinf(x) or math.isinf(y):
        return x == y
    return abs(x - y) <= ATOL + RTOL * abs(x)


def _given(values: list) -> Markup:
    rows = _rows(values)
    note = f"{_size(values)}, of the last call"
    scale, step = _scale(v for row in rows for v in row), 0 if _is_plane(values) else WIDTH
    return _table("input", note, rows, scale, 4, step)


def _difference(pairs, off, shape, digits, step) -> Markup:
    change = {place: _minus(*pair) for place, pair in pairs.items()}
    rows = [
        [change[i, j] if (i, j) in off else 0 for j in range(len(row))]
        for i, row in enumerate(shape)
    ]
    sizes = [abs(change[place]) for place in off if _is_number(change[place])]
    note = f"{len(off)} of {len(pairs)} differ"
    if sizes:
        note += f", by at most {_number(max(sizes), 4)}"
    scale = _scale(v for row in rows for v in row)
    return _table("got \u2212 expected", note, rows, scale, digits, step, off)


def _table(caption, note, rows, scale, digits, step, off=frozenset()) -> Markup:
    width = max((len(row) for row in rows), default=0)
    head = "".join(f'<th scope="col">{j}</th>' for j in range(width))
    body = "".join(
        f'<tr><th scope="row">{i * (step or 1)}</th>'
        + "".join(_entry(v, scale, digits, (i, j) in off) for j, v in enumerate(row))
        + "</tr>"
        for i, row in enumerate(rows)
    )
    return Markup(
        f'<table class="plane"><caption><b>{caption}</b> <span>{escape(note)}</span></caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _entry(value, scale, digits, off) -> str:
    classes = ["off"] if off else []
    if _is_number(value) and not isinstance(value, bool) and math.isfinite(_float(value)):
        shade = round(STEPS * _float(value) / scale)
        if shade:
            classes.append(f"{'p' if shade > 0 else 'm'}{abs(shade)}")
    style = f' class="{" ".join(classes)}"' if classes else ""
    return f"<td{style}>{_number(value, digits)}</td>"


def _number(value, digits: int) -> str:
    if isinstance(value, bool) or not _is_number(value):
        return str(escape(shorten(str(value), 40)))
    if abs(value) < 10**6 and value == int(value):
        return f"{int(value)}".replace("-", "\u2212")
    return f"{_float(value):.{digits}g}".replace("-", "\u2212")


def _digits(pairs: list) -> int:
    """As few digits as show every difference."""
    for digits in (4, 7):
        if all(_number(a, digits) != _number(b, digits) for a, b in pairs):
            return digits
    return 17 if pairs else 4


def _minus(a, b):
    if not (_is_number(a) and _is_number(b)) or isinstance(a, bool) or isinstance(b, bool):
        return "\u2260"
    change = _float(b) - _float(a)
    return change if math.isfinite(change) else "\u2260"


def _scale(values) -> float:
    numbers = (abs(_float(v)) for v in values if _is_number(v))
    return max((v for v in numbers if math.isfinite(v)), default=0.0) or 1.0


def _is_number(value) -> bool:
    return isinstance(value, (int, float))


def _float(value) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _is_plane(values) -> bool:
    return isinstance(values, list) and any(isinstance(row, list) for row in values)


def _flat(values):
    """A plane of a single row as the row itself."""
    single = isinstance(values, list) and len(values) == 1 and isinstance(values[0], list)
    return values[0] if single else values


def _size(values) -> str:
    if not _is_plane(values):
        return f"{len(values)} in a row" if isinstance(values, list) else "one value"
    widths = {len(row) if isinstance(row, list) else 1 for row in values}
    return f"{len(values)} \u00d7 {widths.pop()}" if len(widths) == 1 else f"{len(values)} rows"


def _rows(values) -> list[list]:
    """Entries by row; a flat list is folded, and no more than ``MOST`` entries are kept."""
    if not isinstance(values, list):
        return [[values]]
    if not _is_plane(values):
        flat = values[:MOST]
        return [flat[i : i + WIDTH] for i in range(0, len(flat), WIDTH)]
    rows, left = [], MOST
    for row in values:
        row = (row if isinstance(row, list) else [row])[:left]
        left -= len(row)
        rows.append(row)
        if left <= 0:
            break
    return rows
