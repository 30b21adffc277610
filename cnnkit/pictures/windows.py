"""Pictures of a window on an image: where it goes, what it sees, what nobody sees."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnkit import shapes
from cnnkit.pictures import style
from cnnkit.shapes import Option, Pair, pair


def seen_by(
    H: int, W: int, kernel: Option, *, stride: Option = 1, padding: Option = 0, dilation: Option = 1
) -> np.ndarray:
    """Count for each pixel of an H x W image the windows that see it.

    Examples
    --------
    >>> seen_by(3, 3, 2)
    array([[1, 2, 1],
           [2, 4, 2],
           [1, 2, 1]])
    """
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    counts = np.zeros((H, W), dtype=int)
    for i, j in np.ndindex(*shapes.conv2d_shape(H, W, kernel, **options)):
        counts[shapes.receptive_patch(i, j, (H, W), kernel, **options)] += 1
    return counts


def coverage(
    H: int, W: int, kernel: Option, *, stride: Option = 1, padding: Option = 0, dilation: Option = 1
) -> Figure:
    """Draw how many windows see each pixel, as a heat map with numbers."""
    kh, kw = pair(kernel, "kernel", 1)
    counts = seen_by(H, W, kernel, stride=stride, padding=padding, dilation=dilation)
    title = f"Windows that see each pixel: {kh} × {kw} kernel on {H} × {W}"
    options = _in_words(stride, padding, dilation)
    figure = style.new_figure(
        2.2 + 0.52 * W, 1.5 + 0.52 * H,
        f"{title}, {options}. The counts, row by row: {style.rows_in_words(counts)}.",
    )  # fmt: skip
    ax = figure.add_subplot()
    style.pixel_axes(ax, range(H), range(W))
    image = ax.imshow(counts, cmap="Blues", vmin=0, vmax=max(kh * kw, counts.max()))
    for (row, column), count in np.ndenumerate(counts):
        ink = "white" if count > 0.55 * image.get_clim()[1] else style.INK
        ax.text(column, row, count, ha="center", va="center", color=ink, fontsize=11)
    bar = figure.colorbar(image, ax=ax, shrink=0.8)
    bar.set_label("number of windows")
    bar.set_ticks(np.unique(np.linspace(0, image.get_clim()[1], 4).round()))
    ax.set_title(f"{kh} × {kw} kernel, {options}", fontsize=11)
    return figure


def windows(
    H: int, W: int, kernel: Option, *, stride: Option = 1, padding: Option = 0, dilation: Option = 1
) -> Figure:
    """Draw where a window starts, its first and last place, and the pixels that no window sees."""
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    (ph, pw), (dh, dw) = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    Ho, Wo = shapes.conv2d_shape(H, W, kernel, **options)
    unseen = seen_by(H, W, kernel, **options) == 0
    title = f"{Ho} × {Wo} places for {kh} × {kw}, {_in_words(stride, padding, dilation)}"
    figure = style.new_figure(
        1.6 + 0.42 * (W + 2 * pw), 2.0 + 0.42 * (H + 2 * ph),
        f"A grid of {H} × {W} pixels. {title}. {_unseen_in_words(unseen)}",
    )  # fmt: skip
    ax = figure.add_subplot()
    _image(ax, H, W, (ph, pw), hatched=unseen)
    starts = np.mgrid[0:Ho, 0:Wo].reshape(2, -1) * [[sh], [sw]] - [[ph], [pw]]
    ax.plot(starts[1] - 0.25, starts[0] - 0.25, "o", color=style.INK, markersize=5,
            label="a window starts here")  # fmt: skip
    reach = (dh * (kh - 1) + 1, dw * (kw - 1) + 1)
    style.frame(ax, -ph, -pw, *reach, edgecolor=style.BLUE, label="first window")
    style.frame(ax, starts[0][-1], starts[1][-1], *reach, edgecolor=style.VERMILLION,
                linestyle="--", label="last window")  # fmt: skip
    if unseen.any():
        ax.plot([], [], "s", markersize=10, markerfacecolor="#DDDDDD", markeredgecolor=style.GREY,
                label="never seen (hatched)")  # fmt: skip
    ax.set_title(title, fontsize=11)
    figure.legend(loc="outside lower center", ncols=2, fontsize=9, frameon=False)
    return figure


def window(
    H: int,
    W: int,
    kernel: Option,
    *,
    output: Pair = (0, 0),
    stride: Option = 1,
    padding: Option = 0,
    dilation: Option = 1,
) -> Figure:
    """Draw one place of the output and the taps that it sees in the input."""
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    (sh, sw), (dh, dw) = pair(stride, "stride", 1), pair(dilation, "dilation", 1)
    Ho, Wo = shapes.conv2d_shape(H, W, kernel, **options)
    i, j = output
    rows = [i * sh - ph + dh * a for a in range(kh)]
    columns = [j * sw - pw + dw * a for a in range(kw)]
    figure = style.new_figure(
        1.8 + 0.42 * (W + 2 * pw + Wo), 1.4 + 0.42 * (H + 2 * ph),
        f"Left an input of {H} × {W} pixels, right the output of {Ho} × {Wo}. Output ({i}, {j}) "
        f"sees {_lines('row', rows)} and {_lines('column', columns)} of the input. "
        + ("Those inside the image are marked by dots; those outside are zeros." if ph or pw
           else "They are marked by dots."),
    )  # fmt: skip
    left, right = figure.subplots(1, 2, width_ratios=(W + 2 * pw, Wo))
    _image(left, H, W, (ph, pw))
    for row in rows:
        for column in columns:
            inside = 0 <= row < H and 0 <= column < W
            style.cell(left, row, column, facecolor=style.SKY, alpha=0.9 if inside else 0.35)
            if inside:
                left.plot(column, row, "o", color=style.INK, markersize=3)
    style.frame(left, rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1,
                edgecolor=style.BLUE)  # fmt: skip
    left.set_title("input" + (" (0: padding)" if ph or pw else ""), fontsize=11)
    _image(right, Ho, Wo, (0, 0))
    style.cell(right, i, j, facecolor=style.SKY, edgecolor=style.BLUE, linewidth=2.5)
    right.set_title(f"output ({i}, {j})", fontsize=11)
    return figure


def _image(ax: Axes, H: int, W: int, padding: Pair, *, hatched: np.ndarray | None = None) -> None:
    """Draw the pixels of an image and, in grey with a 0, its padding."""
    ph, pw = padding
    style.pixel_axes(ax, range(-ph, H + ph), range(-pw, W + pw))
    for row in range(-ph, H + ph):
        for column in range(-pw, W + pw):
            if not (0 <= row < H and 0 <= column < W):
                style.cell(ax, row, column, facecolor=style.PALE, edgecolor="#CCCCCC")
                ax.text(column, row, "0", ha="center", va="center", color=style.GREY, fontsize=9)
            elif hatched is not None and hatched[row, column]:
                style.cell(ax, row, column, facecolor="#DDDDDD", hatch="////")
            else:
                style.cell(ax, row, column)


def _in_words(stride: Option, padding: Option, dilation: Option) -> str:
    words = [f"stride {_option(stride)}", f"padding {_option(padding)}"]
    if pair(dilation, "dilation", 1) != (1, 1):
        words.append(f"dilation {_option(dilation)}")
    return ", ".join(words)


def _option(value: Option) -> str:
    return str(value) if isinstance(value, int) else f"({value[0]}, {value[1]})"


def _unseen_in_words(unseen: np.ndarray) -> str:
    if not unseen.any():
        return "Every pixel is seen by a window."
    rows, columns = np.flatnonzero(unseen.all(axis=1)), np.flatnonzero(unseen.all(axis=0))
    parts = [_lines(word, lost) for word, lost in (("row", rows), ("column", columns)) if len(lost)]
    where = f": {' and '.join(parts)}" if parts else ""
    return f"{unseen.sum()} of {unseen.size} pixels are never seen{where}."


def _lines(word: str, values: list[int] | np.ndarray) -> str:
    """Write for example "row 6" or "columns 0, 1"."""
    return f"{word}{'s' if len(values) > 1 else ''} {', '.join(str(int(v)) for v in values)}"
