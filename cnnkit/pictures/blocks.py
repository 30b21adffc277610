"""What a net is built of: which channels a filter reads, and the layers of a block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from cnnkit.architectures import layer_table
from cnnkit.architectures.layers import Layer
from cnnkit.pictures import style
from cnnkit.pictures.networks import short
from cnnkit.shapes import whole

ASIDE = 1.9  # how far to the right of the main path the skip path is drawn
FACES = {"conv": "#D6E8F5", "relu": style.PALE}


def channel_wiring(C: int, O: int, groups: Sequence[int]) -> Figure:
    """Draw which channels each filter of a convolution in groups reads, a panel for each number.

    Parameters
    ----------
    C, O : int
        Channels and filters.
    groups : sequence of ints
        Each divides both.

    Raises
    ------
    TypeError, ValueError
        A number is no int of at least 1, or groups do not divide.
    """
    C, O = whole(C, "C", 1), whole(O, "O", 1)
    groups = [whole(g, "groups", 1) for g in groups]
    for g in groups:
        if C % g or O % g:
            raise ValueError(f"{g} groups cannot share {C} channels and {O} filters.")
    told = [f"in {_groups(g)} each filter reads {_count(C // g, 'channel')}" for g in groups]
    figure = style.new_figure(
        2.4 * len(groups) + 0.6, 0.8 + 0.28 * max(C, O),
        f"{C} channels on the left, {O} filters on the right, and a line where a filter reads a "
        f"channel: {'; '.join(told)}.",
    )  # fmt: skip
    for ax, g in zip(figure.subplots(1, len(groups), squeeze=False)[0], groups, strict=True):
        for o in range(O):
            part = o // (O // g)
            color, line = style.SERIES[part % len(style.SERIES)], ("-", "--")[part % 2]
            for c in range(part * (C // g), (part + 1) * (C // g)):
                ax.plot([0, 1], [_at(c, C), _at(o, O)], color=color, linestyle=line, linewidth=1.2)
        for x, number in ((0, C), (1, O)):
            ax.scatter([x] * number, [_at(n, number) for n in range(number)], s=46,
                       color="white", edgecolor=style.INK, zorder=3)  # fmt: skip
        ax.set_title(f"{_groups(g)}: {_count(O * C // g, 'line')}", fontsize=11)
        style.bare(ax)
        ax.set_xlabel("channels  →  filters")
        ax.set_xlim(-0.25, 1.25)
    return figure


def _at(n: int, number: int) -> float:
    """Give the height of a dot: the first one is at the top, columns are centred."""
    return (number - 1) / 2 - n


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + "s" * (number != 1)


def _groups(g: int) -> str:
    return _count(g, "group")


def block_diagrams(blocks: Mapping[str, Sequence[Layer]], in_shape: tuple[int, int, int]) -> Figure:
    """Draw blocks side by side, from the input at the bottom to the output at the top.

    Parameters
    ----------
    blocks : mapping of str to list of layers
        As made by :mod:`cnnkit.architectures.layers`; a residual layer gets a skip path.
    in_shape : (C, H, W)
        What goes into each of them.

    Raises
    ------
    ValueError
        There is no block, or a block does not go with its input.
    """
    if not blocks:
        raise ValueError("blocks is empty: give at least one name with its layers.")
    shapes = {name: layer_table(block, in_shape)[-1]["shape"] for name, block in blocks.items()}
    told = [f"{name}: {_in_words(block)}" for name, block in blocks.items()]
    tallest = max(_height(block) for block in blocks.values())
    figure = style.new_figure(
        2.9 * len(blocks), 0.55 * tallest + 1.5, f"Blocks, from the input up. {'. '.join(told)}."
    )
    axes = figure.subplots(1, len(blocks), squeeze=False)[0]
    for ax, (name, block) in zip(axes, blocks.items(), strict=True):
        ax.text(0, 0, _volume(in_shape), ha="center", va="center", fontsize=9)
        top = _stack(ax, block, 0.0)
        _arrow(ax, top, top + 1)
        ax.text(0, top + 1.15, _volume(shapes[name]), ha="center", va="center", fontsize=9)
        ax.set_title(name, fontsize=11)
        ax.set_xlim(-1.1, ASIDE + 0.9)
        ax.set_ylim(-0.4, tallest + 1.5)
        ax.set_axis_off()
    return figure


def _stack(ax: Axes, block: Sequence[Layer], y: float) -> float:
    """Draw layers on top of each other from y on; give where the last one ends."""
    for layer in block:
        if layer["kind"] == "residual":
            y = _sum(ax, layer, y)
        else:
            _arrow(ax, y, y + 0.72)
            _box(ax, 0, y + 1, layer)
            y += 1
    return y


def _sum(ax: Axes, layer: Layer, y: float) -> float:
    """Draw both paths of a residual layer, and the sum that they meet in."""
    start = y + 0.5
    ax.plot([0, 0], [y + _clear(y), start + 0.3], color=style.INK, linewidth=1)
    top = _stack(ax, layer["main"], start) + 1
    _arrow(ax, top - 1, top - 0.22)
    line = {"color": style.VERMILLION, "linewidth": 1.8, "zorder": 1}
    ax.plot([0, ASIDE, ASIDE], [start, start, top], **line)
    ends = {"shrinkA": 0, "shrinkB": 0}  # from the corner to the rim of the circle
    ax.annotate("", (0.15, top), (ASIDE, top), arrowprops={"arrowstyle": "->", **line, **ends})
    for place, skipped in enumerate(layer["skip"]):
        _box(ax, ASIDE, (start + top) / 2 + place - (len(layer["skip"]) - 1) / 2, skipped)
    if not layer["skip"]:
        ax.text(ASIDE + 0.1, (start + top) / 2, "x", color=style.VERMILLION, fontsize=11,
                fontstyle="italic")  # fmt: skip
    ax.text(0, top, "+", ha="center", va="center", fontsize=11, zorder=3,
            bbox={"boxstyle": "circle,pad=0.15", "facecolor": "white"})  # fmt: skip
    return top


def _box(ax: Axes, x: float, y: float, layer: Layer) -> None:
    width, height = 1.55, 0.5
    ax.add_patch(FancyBboxPatch(
        (x - width / 2, y - height / 2), width, height, boxstyle="round,pad=0.03", zorder=2,
        facecolor=FACES.get(layer["kind"], "white"), edgecolor=style.INK, linewidth=0.9,
    ))  # fmt: skip
    ax.text(x, y, _label(layer), ha="center", va="center", fontsize=9, zorder=3)


def _arrow(ax: Axes, bottom: float, top: float) -> None:
    bottom += _clear(bottom)
    if top > bottom:
        ax.annotate("", (0, top), (0, bottom), arrowprops={"arrowstyle": "->", "color": style.INK})


def _clear(bottom: float) -> float:
    """Say how far above its place a line may begin: above the input's text, or above a box."""
    return 0.2 if bottom == 0 else 0.28


def _label(layer: Layer) -> str:
    if layer["kind"] != "conv":
        return {"relu": "ReLU", "batch_norm": "norm"}.get(layer["kind"], layer["kind"])
    (kh, kw), (stride, _) = layer["kernel"], layer["stride"]
    return f"{kh} × {kw}, {layer['filters']}" + (f", /{stride}" if stride > 1 else "")


def _height(block: Sequence[Layer]) -> float:
    return sum(
        1.5 + _height(layer["main"]) if layer["kind"] == "residual" else 1 for layer in block
    )


def _in_words(block: Sequence[Layer]) -> str:
    parts = []
    for layer in block:
        if layer["kind"] == "residual":
            aside = _in_words(layer["skip"]) if layer["skip"] else "the input itself"
            parts.append(f"the sum of ({_in_words(layer['main'])}) and {aside}")
        elif layer["kind"] == "conv":
            kernel, stride = " × ".join(map(str, layer["kernel"])), layer["stride"][0]
            told = f" with stride {stride}" if stride > 1 else ""
            parts.append(f"{_count(layer['filters'], 'filter')} of {kernel}{told}")
        else:
            parts.append(_label(layer))
    return ", then ".join(parts)


def _volume(shape: tuple[int, ...]) -> str:
    return " × ".join(short(size) for size in shape)
