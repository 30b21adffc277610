"""The pictures of gradients draw and tell the numbers that the layers compute."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from cnnkit import pictures
from cnnkit.ops import conv2d_backward, max_pool2d_backward

DY = np.array([[2, 1], [3, -1]])
X = np.array([[1, 2, 0], [3, 1, 2], [0, 1, 4]])
W = np.array([[1, 2], [3, -5]])


def written(figure: Figure, panel: int) -> dict[tuple[int, int], str]:
    """The texts of a panel by row and column."""
    return {(t.get_position()[1], t.get_position()[0]): t.get_text()
            for t in figure.axes[panel].texts}  # fmt: skip


def numbers(figure: Figure, panel: int, shape: tuple[int, int]) -> list[list[float]]:
    """The first line of each text of a panel, as an array."""
    grid = np.full(shape, np.nan)
    for place, text in written(figure, panel).items():
        grid[place] = float(text.split("\n")[0].replace("−", "-"))
    return grid.tolist()


def test_gradient_flow_multiplies_what_the_window_and_the_kernel_hold():
    figure = pictures.gradient_flow(DY, X, W, (1, 0))
    assert written(figure, 0) == {
        (0, 0): "0", (0, 1): "0", (0, 2): "0",
        (1, 0): "3·1", (1, 1): "3·2", (1, 2): "0",
        (2, 0): "3·3", (2, 1): "3·(−5)", (2, 2): "0",
    }  # fmt: skip
    assert numbers(figure, 1, (2, 2)) == DY.tolist()
    assert written(figure, 2) == {(0, 0): "3·3", (0, 1): "3·1", (1, 0): "3·0", (1, 1): "3·1"}
    assert "Output row 1, column 0 has dy = 3." in figure.alt
    assert "rows 1 to 2 and columns 0 to 1 of x, dy times the weights: 3·1, 3·2; 3·3, 3·(−5)" in (
        figure.alt
    )


def test_gradient_flow_frames_the_window_of_the_output():
    frames = [p for p in pictures.gradient_flow(DY, X, W, (1, 0)).axes[0].patches
              if not p.get_fill()]  # fmt: skip
    places = [(*p.get_xy(), p.get_width(), p.get_height()) for p in frames]
    assert places == [(-0.5, 0.5, 2, 2)]


def test_gradient_sums_are_the_gradients_of_the_layer():
    figure = pictures.gradient_sums(DY, X, W)
    dx, dw, _ = conv2d_backward(DY[None, None], X[None, None], W[None, None])
    assert [ax.get_title() for ax in figure.axes[:5]] == [
        "dy[0, 0] = 2", "dy[0, 1] = 1", "dy[1, 0] = 3", "dy[1, 1] = −1", "the sum",
    ]  # fmt: skip
    assert numbers(figure, 4, (3, 3)) == dx[0, 0].tolist()
    assert numbers(figure, 9, (2, 2)) == dw[0, 0].tolist()
    parts = [np.array(numbers(figure, n, (3, 3))) for n in range(4)]
    assert parts[2].tolist() == [[0, 0, 0], [3, 6, 0], [9, -15, 0]]
    assert sum(parts).tolist() == dx[0, 0].tolist()


def test_pool_routing_ties_each_output_to_its_pixel():
    x = np.array([[1, 9, 2], [0, 4, 3], [7, 7, 1]])
    dy = np.array([[10, 20], [30, 40]])
    figure = pictures.pool_routing(dy, x, 2, stride=1)
    dx = max_pool2d_backward(dy[None, None], x[None, None], 2, stride=1)[0, 0]
    assert numbers(figure, 0, (3, 3)) == x.tolist()
    assert numbers(figure, 1, (2, 2)) == dy.tolist()
    assert numbers(figure, 2, (3, 3)) == dx.tolist()
    after = written(figure, 2)
    assert (after[0, 1], after[2, 0], after[2, 1]) == ("30\na+b", "30\nc", "40\nd")
    assert "c, 30, goes to row 2, column 0; d, 40, goes to row 2, column 1." in figure.alt


def test_step_errors_draws_a_line_a_kind_and_names_the_best_step():
    steps = 10.0 ** -np.arange(1, 5)
    figure = pictures.step_errors(steps, {"one": steps, "two": [1e-2, 1e-4, 0, 1e-5]})
    ax = figure.axes[0]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert [line.get_label() for line in ax.lines] == ["one", "two"]
    assert ax.lines[1].get_ydata().tolist() == [1e-2, 1e-4, 1e-17, 1e-5]
    assert "one: smallest, 1.0e-04, at h = 1e-04" in figure.alt
    assert "two: smallest, 0.0e+00, at h = 1e-03" in figure.alt
