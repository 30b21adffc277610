"""Names of any length stay within their picture, and leave room for what is drawn."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from cnnkit import pictures

LONG = "a convolutional net with batch normalisation and dropout, learning rate 0.01"
LOSS = {"loss": [1.0, 0.8]}


@pytest.mark.parametrize(
    "figure",
    [
        pictures.learning_curves({LONG: LOSS, "dense": [LOSS, LOSS]}),
        pictures.learning_curves({f"{LONG}, run {n}": LOSS | {"acc": [0.5, 0.6]} for n in "1234"}),
        pictures.spread({LONG: [0.8, 0.9], "none": [0.7]}, what=f"accuracy of {LONG}"),
    ],
    ids=["one panel", "two panels", "spread"],
)
def test_long_names_stay_within_the_picture(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    whole, shown = figure.bbox, [text for text in figure.findobj(Text) if text.get_text()]
    boxes = {text.get_text(): text.get_window_extent(canvas.get_renderer()) for text in shown}
    assert any("dropout" in text for text in boxes)
    outside = [
        text for text, box in boxes.items()
        if box.x0 < -1 or box.x1 > whole.x1 + 1 or box.y0 < -1 or box.y1 > whole.y1 + 1
    ]  # fmt: skip
    assert outside == []
    for ax in figure.axes:
        assert ax.bbox.width > 0.3 * whole.width and ax.bbox.height > 0.35 * whole.height
