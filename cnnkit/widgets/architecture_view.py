"""What the architecture builder shows and says, as plain data."""

from __future__ import annotations

from cnnkit.widgets import controls
from cnnkit.widgets.architecture_numbers import ALONE, GROUPS, WIDTHS, Block, Row, size

KEYS_DO = (
    "Table of the net: arrow keys choose the block before or behind, Page Up and Page Down go on "
    "by five, Home and End to the first and the last."
)
HEAD = ("block", "makes", "parameters", "products", "a place sees")
UNKNOWN = "?"


def question(at: int, row: Row) -> str:
    """Ask for the shape behind the chosen block."""
    if row.shape is None:
        return f"Block {at + 1} gives nothing to predict."
    return f"Predict: what does block {at + 1} ({row.block.words()}) make of {size(row.given)}?"


def options(block: Block, at: int) -> list[dict]:
    """Give the controls that a block of this kind has."""
    found, of = [], f"of block {at + 1}"
    if block.kind in ("conv", "residual", "dense"):
        word = "units" if block.kind == "dense" else "filters"
        widths = [(width, f"{width:,}") for width in WIDTHS]
        found.append(controls.select("width", f"{word} {of}", block.width, widths))
    if block.kind in ("conv", "max_pool", "avg_pool"):
        found.append(controls.slider("kernel", "kernel", block.kernel, 1, 11))
    if block.kind in ("conv", "max_pool", "avg_pool", "residual"):
        found.append(controls.slider("stride", "stride", block.stride, 1, 4))
    if block.kind in ("conv", "max_pool", "avg_pool"):
        found.append(controls.slider("padding", "padding", block.padding, 0, 5))
    if block.kind == "conv":
        groups = [(g, "each channel alone" if g == ALONE else str(g)) for g in GROUPS]
        found.append(controls.select("groups", "groups", block.groups, groups))
    if block.kind == "residual":
        found.append(controls.check("project", "1 × 1 in the skip path", block.project))
    return found


def table(rows: list[Row], at: int, shown: bool) -> dict:
    """Draw the net; until the prediction, nothing is seen from the chosen block on."""
    most = [max(1, *(row.params for row in rows)), max(1, *(row.counted or 0 for row in rows))]
    drawn = []
    for n, row in enumerate(rows):
        hidden = not shown and n >= at
        texts = _texts(row, hidden)
        kind = "bad" if row.trouble else "unknown" if row.shape is None else ""
        name = f"{'▶ ' if n == at else ''}{n + 1} · {row.block.words()}"
        parts = [row.params / most[0], (row.counted or 0) / most[1]]
        shares = [0, 0] if hidden else [round(min(max(part, 0), 1), 3) for part in parts]
        drawn.append({"texts": [name, *texts], "kind": kind, "here": n == at, "shares": shares})
    caption = f"the net: a picture of {size(rows[0].given)} and {len(rows)} blocks"
    return {
        "kind": "table",
        "name": "net",
        "caption": caption,
        "label": "; ".join([caption, *(", ".join(row["texts"]) for row in drawn)]),
        "head": list(HEAD),
        "rows": drawn,
    }


def _texts(row: Row, hidden: bool) -> list[str]:
    if row.trouble and not hidden:
        return ["✗ does not fit", "–", "–", "–"]
    if row.shape is None:
        return ["–"] * 4
    if hidden:
        return [UNKNOWN] * 4
    wrong = "≠ " if row.counted != row.macs else ""
    counted = "–" if row.counted is None else f"{wrong}{row.counted:,}"
    return [size(row.shape), f"{row.params:,}", counted, sees(row)]


def sees(row: Row) -> str:
    """Say how far a place behind a block sees."""
    if row.whole:
        return "all"
    if row.sees is None:
        return "–"
    return f"{'≠ ' * (row.sees != row.field)}{row.sees} × {row.sees}"


def broken(rows: list[Row]) -> str:
    """Say where the net breaks, and what can be done."""
    for at, row in enumerate(rows):
        if row.trouble:
            return f"Block {at + 1}, {row.block.words()}: {row.trouble} {_advice(row)}"
    return ""


def _advice(row: Row) -> str:
    if "kernel does not fit" in row.trouble:
        return (
            "The sizes have vanished: leave out a pool or a stride before it, pad, or take a "
            "smaller kernel."
        )
    if "groups cannot share" in row.trouble:
        return "Groups must divide the channels that come in and the filters."
    if "no sum" in row.trouble:
        return "Let a 1 × 1 convolution stand in the skip path, or keep the shape."
    if "at most half" in row.trouble:
        return "A window that lay in the padding alone would have no maximum."
    if "takes a volume" in row.trouble:
        return "Behind flatten there are no maps any more: move it before that."
    return ""


def live(rows: list[Row], at: int, shown: bool) -> str:
    """Say what the chosen block does."""
    row, said = rows[at], f"Block {at + 1} of {len(rows)}, {rows[at].block.words()}"
    if row.trouble:
        return f"{said}: it does not fit. {row.trouble}"
    if row.shape is None:
        return f"{said}: nothing reaches it, as a block before it does not fit."
    if not shown:
        return f"{said}: predict what it makes of {size(row.given)}."
    counted = "no products are told" if row.counted is None else f"{row.counted:,} products"
    right = f" (right is {row.macs:,})" if row.counted not in (None, row.macs) else ""
    far = {"all": "a number sees the whole picture", "–": ""}.get(sees(row))
    if far is None:
        wrong = f" (right is {row.field})" if row.sees != row.field else ""
        far = f"a place sees {row.sees} × {row.sees} pixels{wrong}"
    told = [f"{row.params:,} parameters", f"{counted}{right}", far]
    return f"{said}: {size(row.given)} becomes {size(row.shape)}; {', '.join(filter(None, told))}."


def counts(rows: list[Row], shown: bool) -> list[str]:
    """Write what the whole net comes to."""
    if not shown or any(row.shape is None for row in rows):
        return []
    params = sum(row.params for row in rows)
    lines = [f"Whole net: {params:,} parameters"]
    if all(row.counted is not None for row in rows):
        lines[0] += f", {sum(row.counted for row in rows):,} products for one picture"
    heavy = max(rows, key=lambda row: row.params)
    if heavy.params:
        lines.append(
            f"Most parameters: block {rows.index(heavy) + 1}, {heavy.block.words()}, "
            f"{100 * heavy.params / params:.0f} % of them."
        )
    busy = max(rows, key=lambda row: row.counted or 0)
    if busy.counted:
        part = busy.counted / sum(row.counted or 0 for row in rows)
        lines.append(
            f"Most products: block {rows.index(busy) + 1}, {busy.block.words()}, "
            f"{100 * part:.0f} % of them."
        )
    return lines
