"""The pictures say what is true, in ink and in words, and no label lies on another."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest
from matplotlib.figure import Figure
from training_pictures import APPAREL, GREY
from training_pictures import EXAMPLES as TRAINING

from cnnkit import pictures
from cnnkit.architectures import layers
from cnnkit.pictures.windows import seen_by

PATCH = np.arange(27).reshape(3, 3, 3)
KERNEL = np.zeros((3, 3, 3), int)
KERNEL[:, 1, 1] = 1, 1, -2
MAPS = np.random.default_rng(0).normal(size=(4, 6, 8))

BLOCK = layers.residual([layers.conv(64, 3, padding=1), layers.relu(), layers.conv(64, 1)])
WIDER = layers.residual(
    [layers.batch_norm(), layers.conv(256, 3, stride=2, padding=1)],
    skip=[layers.conv(256, 1, stride=2), layers.batch_norm()],
)

EXAMPLES = {
    "volume": lambda: pictures.volume(
        ("input", 3, 32, 32), ("filters", 3, 5, 5), ("maps", 6, 28, 28)
    ),
    "a flat volume": lambda: pictures.volume(("image", 1, 224, 100), ("filter", 1, 1, 1)),
    "a deep volume": lambda: pictures.volume(("maps", 512, 7, 7), ("kernel", 512, 3, 3)),
    "coverage": lambda: pictures.coverage(5, 5, 3),
    "coverage, everything": lambda: pictures.coverage(
        6, 9, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2)
    ),
    "windows": lambda: pictures.windows(7, 7, 3, stride=3),
    "windows, all seen": lambda: pictures.windows(5, 7, 3, stride=2),
    "windows, everything": lambda: pictures.windows(
        9, 12, (3, 2), stride=(2, 3), padding=(1, 0), dilation=2
    ),
    "window": lambda: pictures.window(5, 5, 3, output=(1, 2)),
    "window at the border": lambda: pictures.window(7, 9, 3, output=(0, 2), padding=2, dilation=3),
    "pooling": lambda: pictures.pooling(
        np.arange(42).reshape(6, 7), 3, stride=(3, 2), place=(1, 2)
    ),
    "convolution, then pooling": lambda: pictures.conv_then_pool(
        np.arange(11.0) % 4, np.array([-1.0, 1, 0]), size=3, stride=2
    ),
    "window columns": lambda: pictures.window_columns(np.arange(12).reshape(1, 3, 4), 2, column=4),
    "window columns, everything": lambda: pictures.window_columns(
        -np.arange(40).reshape(2, 4, 5), (2, 3), stride=(2, 1), padding=(1, 0), column=5
    ),
    "convolution's matrix": lambda: pictures.conv_matrix(np.arange(1, 5).reshape(1, 1, 2, 2), 4, 5),
    "convolution's matrix, everything": lambda: pictures.conv_matrix(
        np.arange(-6, 6).reshape(3, 2, 1, 2), 2, 3, stride=(1, 2), padding=(1, 0)
    ),
    "running times": lambda: pictures.running_times(
        {"number by number": 3.21, "with windows": 0.0123, "a matrix product": 8e-6}
    ),
    "dot product": lambda: pictures.dot_product(PATCH, KERNEL, ("red", "green", "blue")),
    "dot product, one channel": lambda: pictures.dot_product(PATCH[:1], KERNEL[:1]),
    "responses": lambda: pictures.response_maps(np.ones((6, 8, 3)) / 2, MAPS, "abcd"),
    "filter step": lambda: pictures.filter_step(
        np.arange(-20, 29).reshape(7, 7), KERNEL[0] - 2, (3, 4)
    ),
    "filter step, small": lambda: pictures.filter_step(np.ones((2, 3)), np.ones((1, 2)) / 2),
    "filter bank": lambda: pictures.filter_bank(
        np.ones((30, 40)) / 2, {"brighter to the lower right": KERNEL[0], "mean": KERNEL[1] / 9}
    ),
    "filter bank, two rows": lambda: pictures.filter_bank(
        np.ones((30, 30)) / 2, {str(n): -KERNEL[n] for n in (0, 1, 2)}
    ),
    "borders": lambda: pictures.borders(np.ones((20, 30)) / 2, 9),
    "difference": lambda: pictures.difference(
        np.ones((20, 30)), MAPS[0, :1, :1] * np.ones((20, 30)), ("mean of 9 × 9", "Gaussian")
    ),
    "pixel grid": lambda: pictures.pixel_grid(np.arange(-3, 273, 23).reshape(3, 4)),
    "pixel grid, floats": lambda: pictures.pixel_grid(-np.ones((2, 7)) / 3, low=-1, high=1),
    "gallery": lambda: pictures.gallery(
        [MAPS[0], MAPS[:3], np.ones((1, 9, 4)), np.zeros((3, 3), np.uint8)],
        ["grey", "in colour", "tall", "256 levels, black"],
    ),
    "gallery, one image": lambda: pictures.gallery([MAPS[0]], ["alone"], columns=6),
    "channels": lambda: pictures.channels(np.full((3, 20, 30), 200, np.uint8)),
    "histograms": lambda: pictures.histograms(
        [np.arange(200), np.arange(200) / 255, np.arange(200) / 12_345 - 1, np.array([0, 255])],
        ["8-bit", "unit", "signed", "2 levels"],
    ),
    "histogram of one value": lambda: pictures.histograms([np.zeros((2, 3))], ["black"]),
    "memory order": lambda: pictures.memory_order(2, 3),
    "templates": lambda: pictures.templates(MAPS, ["digit 0", "digit 1", "digit 2", "digit 3"]),
    "class scores": lambda: pictures.class_scores(
        np.zeros((3, 1, 8, 8), np.uint8),
        -np.arange(30.0).reshape(3, 10) - 5,
        ["as it is", "1 to the right", "2 to the right"],
        range(10),
    ),
    "gradient flow": lambda: pictures.gradient_flow(
        np.array([[2, 1], [3, -1]]), KERNEL[0] + 4, np.array([[1, 2], [3, -5]]), (1, 0)
    ),
    "gradient flow, not square": lambda: pictures.gradient_flow(
        np.array([[-12.5, 1, 4]]), np.arange(15).reshape(3, 5), -np.ones((3, 3)), (0, 2)
    ),
    "gradient sums": lambda: pictures.gradient_sums(
        np.array([[2, 1], [3, -1]]), KERNEL[0] + 4, np.array([[1, 2], [3, -5]])
    ),
    "pool routing": lambda: pictures.pool_routing(
        np.arange(4).reshape(2, 2) * 25, np.arange(-25, 0).reshape(5, 5), 3, stride=2
    ),
    "pool routing, not square": lambda: pictures.pool_routing(
        -np.arange(6.0).reshape(2, 3) / 8, np.zeros((4, 6), int), 2
    ),
    "step errors": lambda: pictures.step_errors(
        10.0 ** -np.arange(1, 12), {"one-sided": np.ones(11), "two-sided": np.zeros(11)}
    ),
    "signal by layer": lambda: pictures.signal_by_layer(
        {"as it should be": [1.0, 0.8, 1.1], "too large": [1.0, 1e4, 1e9], "gone": [1, 1e-9, 0]}
    ),
    "slide": lambda: pictures.slide(np.array([5, 7, 0, 2]), np.array([-1, 3, -1]), 1),
    "slide, everything": lambda: pictures.slide(
        -np.arange(9.0) / 7, np.ones(4), 5, mode="full", flip=True, stride=2, dilation=2
    ),
    "modes": lambda: pictures.modes(np.array([5, 7, 0, 2, 4, -3]), np.array([-1, 3, -1])),
    "modes, long numbers": lambda: pictures.modes(np.arange(5) * 1234, np.array([-1, 0.5])),
    "alignments": lambda: pictures.alignments(np.array([0.7, 0.5, 0.3, 1]), np.array([0.8, -0.2])),
    "along a row": lambda: pictures.along_row(MAPS[0], 3, {"a": MAPS[0][3], "b": MAPS[1][0] * 1e5}),
    "along a row, marked": lambda: pictures.along_row(
        np.ones((200, 640)), 199, {"one": np.arange(640.0), "two": np.ones(600)}, marks={"two": 0}
    ),
    "two ways": lambda: pictures.two_ways(MAPS[0], lambda x: -2 * x, 2, -3),
    "moving and staying": lambda: pictures.moving_and_staying(
        [np.ones((8, 8)) / 2] * 3,
        {"conv1": MAPS[:3], "max_pool1": MAPS[1:4]},
        [np.array([0.7, 0.1, 0.2])] * 3,
        ["T-shirt/top", "Trouser", "Ankle boot"],
        ["0 to the right", "1 to the right", "12 to the right"],
    ),  # fmt: skip
    "gradient field": lambda: pictures.gradient_field(np.ones((64, 40)), (20.5, 17), 31),
    "strongest patches": lambda: pictures.strongest_patches(
        np.ones((3, 1, 9, 9)) / 2,
        {
            "layer 1": (np.ones((3, 2, 9, 9)), (3, 1, 0.0)),
            "layer 2": (MAPS[:3, None], (18, 4, 1.5)),
        },
        units=1,
        count=3,
    ),  # fmt: skip
    "kept layers": lambda: pictures.kept_layers(
        {
            "scratch": {"conv1\nbatch_norm1": "fresh", "dense1": "fresh", "dense2": "fresh"},
            "frozen": {"conv1\nbatch_norm1": "frozen", "dense1": "copied", "dense2": "fresh"},
        }
    ),
    "accuracy by number": lambda: pictures.accuracy_by_number(
        {
            name: {f"{n}\nof each": [0.5 + n / 1000, 0.6] for n in (5, 50, 450)}
            for name in ("scratch", "frozen", "fine-tuned")
        },
        "pictures",
    ),
    "errors": lambda: pictures.confident_errors(
        GREY, np.arange(12) % 7, np.eye(7)[np.arange(12) % 5] * 0.9 + 0.1 / 7, APPAREL
    ),
    "one error": lambda: pictures.confident_errors(
        GREY, np.arange(12) % 7, np.eye(7)[np.zeros(12, int)] * 0.8, APPAREL, true=6, count=1
    ),
    "occlusion": lambda: pictures.occlusion(
        list(GREY[:3]), [MAPS[0], -MAPS[1], 0 * MAPS[2]], ["Trouser", "T-shirt/top", "Ankle boot"]
    ),
    "occlusion, one image": lambda: pictures.occlusion([GREY[0]], [np.zeros((9, 9))], ["Bag"]),
    "disturbance curves": lambda: pictures.disturbance_curves(
        {"dense": [[0.8, 0.5, 0.2], [0.7, 0.6, 0.3]], "with augmentation": [[0.9, 0.9, 0.7]]},
        [0, 25, 60],
        "sd of the noise, of 255 grey levels",
    ),
    "filters changed": lambda: pictures.filters_changed(MAPS[:, None], MAPS[::-1, None]),
    "spread": lambda: pictures.spread(
        {f"remedy {n}": [0.7 + n / 100, 0.72, 0.71 - n / 300] for n in range(14)},
        baseline="remedy 3",
        what="accuracy on 1,000 validation pictures",
    ),
    "spread of single runs": lambda: pictures.spread({"one": [0.5], "two": [0.500001]}),
    "stopping": lambda: pictures.stopping([0.9, 0.5, 0.6, 0.7, 0.8] * 4, best=1, stop=17),
    "stopping, never": lambda: pictures.stopping([0.9], best=0),
    "channel wiring": lambda: pictures.channel_wiring(8, 8, (1, 2, 8)),
    "channel wiring, one panel": lambda: pictures.channel_wiring(3, 6, (3,)),
    "block diagrams": lambda: pictures.block_diagrams(
        {"plain": BLOCK["main"], "same shape": [BLOCK], "256 channels, with norm": [WIDER]},
        (64, 56, 56),
    ),
    **TRAINING,
}


@pytest.fixture(scope="module", params=EXAMPLES.values(), ids=EXAMPLES.keys())
def figure(request) -> Figure:
    return request.param()


def texts(figure: Figure) -> list:
    """All texts that can be seen."""
    figure.draw_without_rendering()
    found = list(figure.texts)
    for legend in figure.legends:
        found += legend.get_texts()
    for ax in figure.axes:
        found += [*ax.texts, ax.title]
        if ax.axison:
            for axis in (ax.xaxis, ax.yaxis):
                ticks = axis._update_ticks()  # those within the limits
                found += [axis.label, *(label for t in ticks for label in (t.label1, t.label2))]
    return [text for text in found if text and text.get_text().strip() and text.get_visible()]


def test_no_label_lies_on_another_or_outside_the_figure(figure):
    page = figure.bbox
    boxes = [(t.get_text(), t.get_window_extent()) for t in texts(figure)]
    for text, box in boxes:
        assert page.x0 - 1 <= box.x0 and box.x1 <= page.x1 + 1, text
        assert page.y0 - 1 <= box.y0 and box.y1 <= page.y1 + 1, text
    for (one, a), (other, b) in combinations(boxes, 2):
        assert not a.padded(-1).overlaps(b.padded(-1)), f"{one!r} lies on {other!r}"


def test_every_figure_has_words_and_labelled_axes(figure):
    assert len(figure.alt) > 40
    for ax in figure.axes:
        if ax.axison and (len(ax.get_xticks()) or len(ax.get_yticks())):
            assert ax.get_xlabel() or ax.get_ylabel()


def test_pixels_seen_are_counted_as_by_hand():
    assert seen_by(1, 5, (1, 3)).tolist() == [[1, 2, 3, 2, 1]]
    assert seen_by(1, 7, (1, 3), stride=3).tolist() == [[1, 1, 1, 1, 1, 1, 0]]
    assert seen_by(1, 3, (1, 3), padding=(0, 1)).tolist() == [[2, 3, 2]]
    assert seen_by(1, 5, (1, 2), dilation=4).tolist() == [[1, 0, 0, 0, 1]]


def test_coverage_writes_each_count_on_its_pixel():
    ax = pictures.coverage(3, 4, 2).axes[0]
    written = {t.get_position(): t.get_text() for t in ax.texts}
    counts = seen_by(3, 4, 2)
    assert written == {(c, r): str(counts[r, c]) for r in range(3) for c in range(4)}


def test_windows_tells_what_nobody_sees():
    assert "13 of 49 pixels are never seen: row 6 and column 6." in (
        pictures.windows(7, 7, 3, stride=3).alt
    )
    assert pictures.windows(7, 5, 1, stride=(3, 2)).alt.endswith(
        "never seen: rows 1, 2, 4, 5 and columns 1, 3."
    )
    assert "Every pixel is seen by a window." in pictures.windows(5, 7, 3, stride=2).alt


def test_windows_hatches_just_the_unseen_pixels_and_frames_first_and_last():
    ax = pictures.windows(7, 7, 3, stride=3).axes[0]
    hatched = {p.get_xy() for p in ax.patches if p.get_hatch()}
    assert hatched == {(c - 0.5, r - 0.5) for r in range(7) for c in range(7) if 6 in (r, c)}
    frames = [p for p in ax.patches if not p.get_fill()]
    places = [(*p.get_xy(), p.get_width(), p.get_height()) for p in frames]
    assert places == [(-0.5, -0.5, 3, 3), (2.5, 2.5, 3, 3)]


def test_window_names_the_taps_of_one_output():
    alt = pictures.window(7, 9, 3, output=(0, 2), padding=2, dilation=3).alt
    assert "Output (0, 2) sees rows -2, 1, 4 and columns 0, 3, 6" in alt
    assert alt.endswith("Those inside the image are marked by dots; those outside are zeros.")
    alone = pictures.window(4, 4, 1, output=(1, 2)).alt
    assert alone.endswith("sees row 1 and column 2 of the input. They are marked by dots.")


def test_volume_draws_three_faces_a_box_and_writes_all_sizes():
    figure = EXAMPLES["volume"]()
    filled = [p for p in figure.axes[0].patches if p.get_fill()]
    assert len(filled) == 9
    words = {t.get_text() for t in figure.axes[0].texts}
    assert {"32\nhigh", "5 wide", "6 deep", "maps"} <= words
    assert "; filters: 5 high, 5 wide, 3 deep; maps: 28 high" in figure.alt


def test_dot_product_adds_up_the_channels():
    figure = pictures.dot_product(PATCH, KERNEL)
    centres = PATCH[:, 1, 1]
    total = centres[0] + centres[1] - 2 * centres[2]
    assert figure.alt.endswith(f"together {total}.")
    assert figure.get_supxlabel().endswith(f"= {total}")


def test_responses_share_one_scale_around_zero():
    figure = pictures.response_maps(np.ones((6, 8)), MAPS, "abcd")
    limits = {ax.images[0].get_clim() for ax in figure.axes[1:5]}
    assert len(limits) == 1
    low, high = limits.pop()
    assert low == -high < 0


def test_show_gives_the_words_to_screen_readers():
    shown = pictures.show(pictures.coverage(3, 3, 2), 'A "quoted" <word>')
    bundle = shown._repr_mimebundle_()
    assert 'alt="A &quot;quoted&quot; &lt;word&gt;"' in bundle["text/html"]
    assert bundle["text/plain"] == 'A "quoted" <word>'
    assert shown.png()[:4] == b"\x89PNG"


def test_show_refuses_a_figure_without_words():
    with pytest.raises(ValueError, match="alt="):
        pictures.show(Figure())


def test_pictures_leave_pyplot_alone():
    code = "import sys, cnnkit.pictures; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
