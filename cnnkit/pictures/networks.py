"""Networks on paper: what their layers cost, and how far into the image they see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from cnnkit.architectures import receptive_field as follow
from cnnkit.architectures import window_steps
from cnnkit.architectures.layers import Layer
from cnnkit.pictures import style

LINES = ("-", "--", "-.", ":")


def layer_costs(table: Sequence[dict]) -> Figure:
    """Draw beside each layer its parameters and its products for one image.

    Layers that have neither are left out.

    Parameters
    ----------
    table : list of dicts
        With 'name', 'shape', 'params' and 'macs', as :func:`cnnkit.architectures.layer_table`
        gives them.

    Raises
    ------
    ValueError
        No layer has parameters or products.
    """
    rows = [row for row in table if row["params"] or row["macs"]]
    if not rows:
        raise ValueError("No layer of this table has parameters or products: nothing to draw.")
    columns = (("params", "parameters", style.BLUE), ("macs", "products (MACs)", style.ORANGE))
    figure = style.new_figure(8.6, max(2.3, 0.9 + 0.3 * len(rows)), _costs_in_words(rows))
    for ax, (key, word, color) in zip(figure.subplots(1, 2, sharey=True), columns, strict=True):
        numbers = [row[key] for row in rows]
        total = sum(numbers) or 1
        ax.barh(range(len(rows)), numbers, color=color, edgecolor=style.INK, linewidth=0.5)
        for place, number in enumerate(numbers):
            ax.annotate(_part(number, total), (number, place), (4, 0),
                        textcoords="offset points", va="center", fontsize=9)  # fmt: skip
        ax.set_xlim(0, 1.45 * max(*numbers, 1))  # room for the words behind the longest bar
        ax.set_xticks([])
        ax.set_xlabel(f"{word}, in all {short(sum(numbers))}")
        ax.spines[["top", "right", "bottom"]].set_visible(False)
        ax.tick_params(axis="y", length=0)
    names = [f"{row['name']}  {' × '.join(map(str, row['shape']))}" for row in rows]
    figure.axes[0].set_yticks(range(len(rows)), names, fontsize=9)
    figure.axes[0].set_ylabel("layer and the shape it gives")
    figure.axes[0].set_ylim(len(rows) - 0.4, -0.6)  # the first layer at the top
    return figure


def short(number: int) -> str:
    """Write a count with three digits.

    Examples
    --------
    >>> short(832), short(37748736), short(1813561344)
    ('832', '37.7 M', '1.81 G')
    """
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            part = number / size
            return f"{part:.{2 if part < 9.995 else 1 if part < 99.95 else 0}f} {letter}"
    return str(number)


def _part(number: int, total: int) -> str:
    share = number / total
    percent = "under 1%" if 0 < share < 0.005 else f"{share:.0%}"
    return f"{short(number)} ({percent})" if number else "0"


def _costs_in_words(rows: Sequence[dict]) -> str:
    told = "; ".join(
        f"{row['name']} {short(row['params'])} and {short(row['macs'])}" for row in rows
    )
    params, macs = (max(rows, key=lambda row, key=key: row[key]) for key in ("params", "macs"))
    return (
        f"Parameters and products of {len(rows)} layers: {told}. Most parameters are in "
        f"{params['name']}, most products in {macs['name']}."
    )


def receptive_field(
    image: np.ndarray, layers: Sequence[Layer], *, names: Sequence[str] | None = None
) -> Figure:
    """Draw on an image what the middle place of each layer sees of it.

    Parameters
    ----------
    image : ndarray, shape (1, H, W) or (3, H, W)
        Of uint8, or floats in 0..1.
    layers : list of dicts
        Of a network on paper, as in :mod:`cnnkit.architectures`; those after the last window
        (flatten, dense) are passed over.
    names : sequence of str, optional
        The layers to draw; left out, all convolutions and pools.

    Raises
    ------
    ValueError
        A layer has no window, or differs along the axes; or there is none.
    """
    image, fields = style.array(image, "image", "(C, H, W)"), _fields(layers)
    if names is not None:
        missing = [name for name in names if name not in fields]
        if missing:
            raise ValueError(f"No window belongs to a layer {missing[0]!r}: take {list(fields)}.")
        fields = {name: fields[name] for name in names}
    if not fields:
        raise ValueError("These layers have no window: there is nothing to draw.")
    H, W = image.shape[-2:]
    figure = style.new_figure(
        7.0, max(2.2, 4.4 * H / W), f"An image of {H} × {W} pixels. {_seen(fields, H, W)}"
    )
    ax = figure.add_subplot()
    style.draw_image(ax, image)
    for n, (name, field) in enumerate(fields.items()):
        (top, left), size = _corner(field, (H, W)), field[0]
        frame = Rectangle(
            (left - 0.5, top - 0.5), size, size, fill=False, linewidth=2,
            edgecolor=style.SERIES[n % len(style.SERIES)], linestyle=LINES[n % len(LINES)],
            label=f"{name}: {size} × {size}",
            path_effects=[withStroke(linewidth=4, foreground="w")],
        )  # fmt: skip
        ax.add_patch(frame)  # the limits follow: a field may reach beyond the image
    ax.autoscale_view()
    figure.legend(loc="outside right upper", fontsize=9, frameon=False, handlelength=3,
                  title="one place sees")  # fmt: skip
    return figure


def _fields(layers: Sequence[Layer]) -> dict[str, tuple[int, int, float]]:
    """Follow the receptive field from layer to layer."""
    fields: dict[str, tuple[int, int, float]] = {}
    steps = 0
    for count, layer in enumerate(layers, 1):
        found = window_steps(layers[:count])
        if len(found) > steps:
            name = layer["name"]
            fields[f"{name}, layer {count}" if name in fields else name] = follow(found)
        steps = len(found)
    return fields


def _corner(field: tuple[int, int, float], in_hw: tuple[int, int]) -> list[float]:
    """Top and left of the field of the place whose middle is nearest to the image's."""
    rf, jump, start = field
    places = (max(0, round(((n - 1) / 2 - start) / jump)) for n in in_hw)
    return [start + place * jump - (rf - 1) / 2 for place in places]


def _seen(fields: dict[str, tuple[int, int, float]], H: int, W: int) -> str:
    told = []
    for name, field in fields.items():
        size = field[0]
        top, left = _corner(field, (H, W))
        inside = top >= 0 and left >= 0 and top + size <= H and left + size <= W
        told.append(f"{name} {size} × {size}{'' if inside else ' (beyond the image)'}")
    return f"The place in the middle of each layer sees: {', '.join(told)} pixels."
