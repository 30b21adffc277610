"""The im2col viewer without a browser: cells and pixels, slips, students' functions."""

import json

import numpy as np
import pytest

from cnnkit import ops
from cnnkit.widgets import im2col_numbers as numbers
from cnnkit.widgets import im2col_slips, im2col_viewer, static_page
from cnnkit.widgets import slips as common
from cnnkit.widgets.im2col_numbers import LIMITS, Setting


def some_settings(count=60, seed=0):
    """Settings from all over the sliders, those with a window."""
    rng = np.random.default_rng(seed)
    found = []
    while len(found) < count:
        drawn = {name: int(rng.integers(a, b + 1)) for name, (a, b) in LIMITS.items()}
        if Setting(**drawn).size():
            found.append(Setting(**drawn))
    return found


def shown(im2col=None, **given):
    """A viewer that hides nothing."""
    widget = im2col_viewer(im2col, **given)
    widget.on_event({"skip": True})
    return widget


def figures_of(widget):
    """The figures of the stage that have a name."""
    rows = widget.view["stage"]["rows"]
    return {one["name"]: one for row in rows for one in row if one.get("name")}


def read(grid):
    """The numbers of a grid."""
    return np.array([[float(t.replace("−", "-")) for t in row] for row in grid["text"]])


def marked(grid, mark):
    """The places that carry a mark."""
    marks = grid["marks"]
    return [(i, j) for i, row in enumerate(marks) for j, t in enumerate(row) if mark in t.split()]


# --- numbers


def test_every_cell_holds_the_pixel_that_is_told():
    for setting in some_settings():
        image = numbers.cut(None, setting)
        cols = ops.im2col(image[None], **setting.arguments)[0]
        assert cols.shape == setting.shape()
        for cell in np.ndindex(cols.shape):
            pixel = setting.pixel(cell)
            assert cols[cell] == (image[pixel] if setting.inside(pixel) else 0)


def test_the_copies_of_a_pixel_are_where_its_number_stands():
    for setting in some_settings(30, seed=1):
        image = numbers.cut(None, setting)  # its numbers all differ
        cols = ops.im2col(image[None], **setting.arguments)[0]
        for pixel in np.ndindex(image.shape):
            expected = [tuple(at) for at in np.argwhere(cols == image[pixel]).tolist()]
            assert setting.copies(pixel) == expected
        once = ops.col2im(np.ones((1, *cols.shape)), (1, *image.shape), **setting.arguments)[0]
        counted = [len(setting.copies(pixel)) for pixel in np.ndindex(image.shape)]
        assert counted == once.ravel().tolist()


# --- predictions


TWO = Setting(channels=2, height=4, width=5, kernel=3, stride=1)


def wrong_matrix(name, image):
    """What somebody makes who has one thing wrong, of a picture (C, H, W), kernel 3."""
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3), axis=(1, 2))  # c, i, j, a, e
    axes = {
        "channel last": (3, 4, 0, 1, 2),
        "taps by columns": (0, 4, 3, 1, 2),
        "places by columns": (0, 3, 4, 2, 1),
    }[name]
    return windows.transpose(axes).reshape(18, -1)


def meant(name, tap, place):
    """The cell of that matrix in which a tap at a place stands."""
    (c, a, e), (i, j) = tap, place
    orders = {
        "channel last": ((a, e, c), (3, 3, 2), (i, j), (2, 3)),
        "taps by columns": ((c, e, a), (2, 3, 3), (i, j), (2, 3)),
        "places by columns": ((c, a, e), (2, 3, 3), (j, i), (3, 2)),
    }
    at, taps, where, places = orders[name]
    return int(np.ravel_multi_index(at, taps)), int(np.ravel_multi_index(where, places))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("channel last", "the channel is counted last"),
        ("taps by columns", "the taps are counted column by column"),
        ("places by columns", "the places are counted column by column"),
    ],
)
def test_a_slip_is_named_by_the_cell_of_its_wrong_matrix(name, sentence):
    image = numbers.cut(None, TWO)
    right = ops.im2col(image[None], 3)[0]
    wrong, told = wrong_matrix(name, image), 0
    for cell in np.ndindex(right.shape):
        c, i, j = TWO.pixel(cell)
        number = right[cell]
        places = np.argwhere(wrong == number)
        # A pixel in several cells: the one meant is that of the same tap at the same place.
        tap, place = TWO.tap(cell[0]), TWO.place(cell[1])
        row, column = meant(name, tap, place)
        assert [row, column] in places.tolist() and image[c, i, j] == number
        if (row, column) == cell:
            continue
        found = common.named((row, column), cell, im2col_slips.slips(TWO, cell))
        assert any(sentence in why for why in found), (cell, row, column, found)
        told += 1
    assert told > 50


@pytest.mark.parametrize(
    ("setting", "cell", "typed", "sentence"),
    [
        (TWO, (16, 4), (7, 4), "the taps of the channels before are left out"),
        (TWO, (16, 4), (17, 4), "the rows are counted from 1"),
        (TWO, (16, 4), (16, 5 + 1), "with the width of the picture, not of y"),  # place (1, 1)
        (TWO, (16, 4), (16, 3 * 5 + 2), "the pixel's number is taken"),  # it lies at (3, 2)
        (TWO, (16, 5), (16, 6), "the columns are counted from 1"),
        (TWO, (16, 4), (4, 16), "row and column are exchanged"),
        (TWO, (9 + 5, 2), (9 + 7, 4), "column by column, and the places are counted column"),
    ],
)
def test_each_slip_is_named_by_its_own_wrong_answer(setting, cell, typed, sentence):
    found = common.named(typed, cell, im2col_slips.slips(setting, cell))
    assert any(sentence in why for why in found), found


def test_no_slip_calls_the_right_cell_wrong_and_half_right_is_told():
    for setting in some_settings(30, seed=2):
        for cell in np.ndindex(setting.shape()):
            assert common.named(cell, cell, im2col_slips.slips(setting, cell)) == []
    widget = im2col_viewer()
    assert widget.state.cell == (2, 4)
    widget.on_event({"predict": ["2", "55"]})
    assert "Your row is right" in widget.view["prediction"]["verdict"]


def test_the_matrix_is_hidden_until_its_cell_is_predicted():
    widget = im2col_viewer()
    hidden = json.dumps([widget.view["stage"]["rows"], widget.view["texts"], widget.view["live"]])
    assert "cols" not in figures_of(widget) and "row = (" not in hidden
    assert "Tap (0, 1, 0) at place (1, 1) meets the pixel 10" in widget.view["live"]
    widget.on_event({"predict": ["two", "4"]})
    assert "Type two whole numbers" in widget.view["prediction"]["verdict"]
    assert "cols" not in figures_of(widget)
    widget.on_event({"predict": ["1", "4"]})
    assert "the taps are counted column by column" in widget.view["prediction"]["verdict"]
    assert np.array_equal(
        read(figures_of(widget)["cols"]), ops.im2col(np.arange(1, 13).reshape(1, 1, 3, 4), 2)[0]
    )
    widget.on_event({"set": "stride", "value": 2})
    assert not widget.view["prediction"]["done"]


# --- what is shown


def test_a_column_is_a_window_and_a_row_is_what_one_tap_sees():
    widget = shown(channels=2, height=4, width=5, padding=1, stride=2)
    widget.on_event({"move": "Home"}, *[{"move": "ArrowDown"}] * 5, {"move": "ArrowRight"})
    view = figures_of(widget)
    assert widget.state.cell == (5, 1)  # tap (1, 0, 1), place (0, 1)
    window = [(0, 2), (0, 3), (1, 2), (1, 3)]
    assert marked(view["x0"], "tap") == marked(view["x1"], "tap") == window
    assert marked(view["x1"], "ring") == [(0, 3)] and marked(view["x0"], "ring") == []
    seen = [(i, j) for i in (0, 2, 4) for j in (1, 3, 5)]
    assert marked(view["x1"], "also") == seen and marked(view["x0"], "also") == []
    assert marked(view["cols"], "tap") == [(t, 1) for t in range(8)]
    assert marked(view["cols"], "ring") == [(5, 1)] and marked(view["cols"], "also") == []
    assert view["cols"]["row_names"][5] == "5: 1,0,1"
    assert "a zero of the rim" in widget.view["live"]


def test_a_click_on_a_pixel_goes_through_its_copies():
    widget = shown(height=4, width=4, kernel=3)
    widget.on_event({"go": "x0", "at": [1, 2]})
    cols = read(figures_of(widget)["cols"])
    copies = [tuple(at) for at in np.argwhere(cols == 7).tolist()]  # the pixel's number
    assert len(copies) == 4 and marked(figures_of(widget)["cols"], "also") == copies
    walked = []
    for event in [{"go": "x0", "at": [1, 2]}] + [{"move": "PageDown"}] * 3:
        walked.append(widget.state.cell)
        assert "gives 7. It is the pixel 7 in row 1, column 2." in widget.view["live"]
        widget.on_event(event)
    assert walked == copies and widget.state.cell == copies[0]
    widget.on_event({"move": "PageUp"})
    assert widget.state.cell == copies[-1]
    assert "stands 4 times in cols" in widget.view["texts"]["sum"][2]
    listed = ", ".join(map(str, copies))
    assert listed in widget.view["texts"]["sum"][2]


def test_the_rim_has_no_copies_to_go_to():
    widget = shown(padding=1)
    before = widget.state.cell
    widget.on_event({"go": "x0", "at": [0, 0]}, {"go": "cols", "at": [99, 0]})
    assert widget.state.cell == before


def test_the_rules_carry_their_numbers():
    widget = shown(channels=2, height=4, width=5, kernel=3)
    widget.on_event({"go": "cols", "at": [16, 4]})
    assert widget.view["texts"]["sum"][:2] == [
        "row = (c·kH + a)·kW + e = (1·3 + 2)·3 + 1 = 16",
        "column = i·Wo + j = 1·3 + 1 = 4",
    ]
    assert widget.view["texts"]["counts"].startswith(
        "cols: C·kH·kW = 2·3·3 = 18 rows, Ho·Wo = 2·3 = 6 columns, 2.7 times"
    )


def test_a_kernel_that_does_not_fit_is_told_and_can_be_left_again():
    widget = shown(height=2, width=2, kernel=3)
    assert "There is no window" in widget.view["live"]
    widget.on_event({"move": "End"}, {"predict": ["1", "1"]}, {"go": "x0", "at": [0, 0]})
    assert widget.describe() and widget.still()
    widget.on_event({"set": "padding", "value": 1})
    assert "Row " in widget.view["live"]


def test_every_setting_can_be_drawn_and_sent():
    widget = shown()
    for setting in some_settings(40, seed=3):
        widget.on_event(
            *({"set": name, "value": value} for name, value in vars(setting).items()),
            {"move": "End"},
            {"move": "PageDown"},
        )
        assert widget.state.setting == setting
        json.dumps(widget.view, allow_nan=False)
        assert widget.still() and widget.describe()


def test_a_static_page_has_every_cell():
    views = static_page.frames(im2col_viewer()).views
    seen = [view["live"] for view in views]
    for row, column in np.ndindex(4, 6):
        assert any(t.startswith(f"Row {row}, tap") and f"column {column}, place" in t for t in seen)
    assert len(views) < 2000


def test_ones_own_picture_is_used():
    image = np.array([[[5, -1, 2], [0, 0, 7]], [[1, 2, 3], [4, 5, 6]]])
    widget = shown(image=image, channels=2)
    assert read(figures_of(widget)["x0"]).tolist() == [[5, -1, 2], [0, 0, 7]]
    assert np.array_equal(read(figures_of(widget)["cols"]), ops.im2col(image[None], 2)[0])


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kernel": 4}, "kernel is 4: it must be one of 1, 2, 3"),
        ({"size": 3}, "size is no control"),
        ({"image": [1, 2]}, "The image has shape"),
        ({"image": [[1, 2]]}, "The image has shape"),
        ({"image": np.full((3, 3), np.inf)}, "finite numbers"),
        ({"image": np.ones((3, 3)), "width": 5}, "width is 5: it must be one of 2, 3"),
    ],
)
def test_a_start_that_cannot_be_is_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        im2col_viewer(**given)


# --- students' functions


def test_a_wrong_order_is_marked_and_told():
    def channel_last(x, kernel, *, stride=1, padding=0, dilation=1):
        right = ops.im2col(x, kernel, stride=stride, padding=padding, dilation=dilation)
        n, c = x.shape[:2]
        return right.reshape(n, c, -1, right.shape[2]).swapaxes(1, 2).reshape(right.shape)

    widget = im2col_viewer(channel_last, channels=2)
    assert widget.view["notes"]["trouble"][1] == ""
    widget.on_event({"skip": True}, {"go": "cols", "at": [1, 0]})
    image = numbers.cut(None, Setting(channels=2))[None]
    got, right = channel_last(image, 2)[0], ops.im2col(image, 2)[0]
    assert np.array_equal(read(figures_of(widget)["cols"]), got)
    wrong = [tuple(at) for at in np.argwhere(got != right).tolist()]
    assert marked(figures_of(widget)["cols"], "wrong") == wrong
    trouble = widget.view["notes"]["trouble"][1]
    assert f"differs in {len(wrong)} of 48 values" in trouble and "cols[0, 1, 0]" in trouble
    assert "channel_last gives 13, right is 2. It is the pixel 2" in widget.view["live"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (lambda cols: 1 / 0, "raised ZeroDivisionError"),
        (lambda cols: None, "returned nothing"),
        (lambda cols: cols[0], "returned shape (4, 6); it should be (1, 4, 6)"),
        (lambda cols: cols.swapaxes(1, 2), "returned shape (1, 6, 4); it should be (1, 4, 6)"),
        (lambda cols: cols[:, :, :0], "returned shape (1, 4, 0)"),
        (lambda cols: cols[:, :2], "returned shape (1, 2, 6)"),
        (lambda cols: cols * np.nan, "differs in 24 of 24 values"),
        (lambda cols: cols.astype(str), "dtype"),
    ],
)
def test_whatever_a_function_gives_becomes_a_sentence(body, sentence):
    def mine(x, kernel, **options):
        return body(ops.im2col(x, kernel, **options))

    widget = shown(mine)
    assert sentence in widget.view["notes"]["trouble"][1]
    for key in ("End", "Home", "PageDown", "next"):
        widget.on_event({"move": key})
        json.dumps(widget.view, allow_nan=False)
    assert "right is" in widget.view["live"] or "differs" not in sentence


def test_a_view_of_the_picture_that_is_written_to_harms_nothing():
    def writes(x, kernel, **options):
        cols = ops.im2col(x, kernel, **options)
        x[:] = 0
        return cols

    widget = shown(writes)
    assert "changed one of its inputs" in widget.view["notes"]["trouble"][1]
    assert read(figures_of(widget)["x0"]).max() == 12
