"""What a filter does to a patch, and what it answers to a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from cnnkit.ops.checks import check_same_shape
from cnnkit.pictures import style
from cnnkit.shapes import whole


def dot_product(
    patch: np.ndarray, kernel: np.ndarray, names: Sequence[str] | None = None
) -> Figure:
    """Draw the dot product of a patch with a filter, channel by channel.

    Parameters
    ----------
    patch, kernel : ndarray, shape (C, kH, kW)
    names : sequence of str, optional
        The channels' names.
    """
    patch = style.array(patch, "patch", "(C, kH, kW)")
    kernel = style.array(kernel, "kernel", "(C, kH, kW)")
    check_same_shape("kernel", kernel, "patch", patch.shape)
    C, kh, kw = patch.shape
    names = [f"channel {c}" for c in range(C)] if names is None else names
    sums = (patch * kernel).sum(axis=(1, 2))
    told = ", ".join(f"{name} {value:g}" for name, value in zip(names, sums, strict=True))
    figure = style.new_figure(
        0.9 + C * (0.42 * kw + 0.6), 1.5 + 0.84 * kh,
        f"A patch of {C} channels above, the filter's {C} slices below. Sum of products by "
        f"channel: {told}; together {sums.sum():g}.",
    )  # fmt: skip
    axes = figure.subplots(2, C, squeeze=False)
    for c in range(C):
        used = kernel[c] != 0
        style.number_grid(axes[0, c], patch[c], highlight=used)
        style.number_grid(axes[1, c], kernel[c], highlight=used)
        axes[0, c].set_title(names[c], fontsize=11)
        axes[1, c].set_xlabel(f"sum {sums[c]:g}", fontsize=11)
    axes[0, 0].set_ylabel("patch", fontsize=11)
    axes[1, 0].set_ylabel("filter", fontsize=11)
    if C > 1:
        terms = " + ".join(f"({value:g})" if value < 0 else f"{value:g}" for value in sums)
        figure.supxlabel(f"{terms} = {sums.sum():g}", fontsize=12, fontweight="bold")
    return figure


def response_maps(
    image: np.ndarray, maps: np.ndarray, names: Sequence[str], *, columns: int = 3
) -> Figure:
    """Draw a picture and the response of each filter to it, all on one scale.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3) or (H, W)
        Values in 0..1.
    maps : ndarray, shape (O, Ho, Wo)
    names : sequence of str
        What each filter looks for.
    """
    image, columns = np.asarray(image), whole(columns, "columns", 1)
    if image.ndim not in (2, 3):
        raise ValueError(f"image has shape {image.shape}: it must be (H, W, 3) or (H, W).")
    maps = style.array(maps, "maps", "(O, Ho, Wo)")
    rows = -(-(len(maps) + 1) // columns)
    strongest = ", ".join(
        f"{name} from {plane.min():.2f} to {plane.max():.2f}"
        for name, plane in zip(names, maps, strict=True)
    )
    figure = style.new_figure(
        2.7 * columns + 0.9, 2.85 * rows * image.shape[0] / image.shape[1] + 0.3,
        f"A picture of {image.shape[0]} × {image.shape[1]} pixels and {len(maps)} response maps. "
        f"Smallest and largest response: {strongest}.",
    )  # fmt: skip
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    axes.flat[0].imshow(image, cmap="gray", vmin=0, vmax=1)
    axes.flat[0].set_title("the picture", fontsize=11)
    limit = float(np.quantile(np.abs(maps), 0.995)) or 1.0  # a few extremes would pale the rest
    for ax, plane, name in zip(axes.flat[1:], maps, names, strict=False):
        drawn = ax.imshow(plane, cmap="PuOr_r", vmin=-limit, vmax=limit)
        ax.set_title(name, fontsize=11)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.6, extend="both")
    bar.set_label("response (0: nothing found)")
    return figure
