"""The convolution explorer without a browser: sizes, sums, predictions, students' functions."""

import json

import numpy as np
import pytest

from cnnkit import ops, shapes
from cnnkit.widgets import conv_explorer, student
from cnnkit.widgets import conv_numbers as numbers
from cnnkit.widgets import conv_prediction as prediction
from cnnkit.widgets.conv_numbers import LIMITS, Setting
from cnnkit.widgets.figures import number


def some_settings(count=150, seed=0):
    """Settings from all over the sliders."""
    rng = np.random.default_rng(seed)
    drawn = ({n: int(rng.integers(a, b + 1)) for n, (a, b) in LIMITS.items()} for _ in range(count))
    return [Setting(**values) for values in drawn]


def shown(conv2d=None, **setting):
    """An explorer that hides nothing."""
    widget = conv_explorer(conv2d, **setting)
    widget.on_event({"skip": True})
    return widget


def grids(widget, name):
    """What the stage shows under a name, or under names that begin so."""
    (row,) = widget.view["stage"]["rows"]
    return [figure for figure in row if figure.get("name", "").startswith(name)]


def trouble(widget):
    """What the note on the student's function says."""
    return widget.view["notes"]["trouble"][1].removeprefix("✗ ")


def predicted(widget):
    """What has become of the prediction."""
    return widget.view["prediction"]


# --- numbers


def test_the_flower_is_scikit_learns_photograph():
    from sklearn.datasets import load_sample_image

    crop = load_sample_image("flower.jpg")[75:355, 165:445]
    levels = crop.reshape(10, 28, 10, 28, 3).mean((1, 3)).transpose(2, 0, 1) / 255 * 9
    assert np.abs(numbers.flower() - levels).max() <= 0.6  # decoders differ in the last bit


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_filters_are_whole_numbers_and_none_is_like_its_mirror(kernel):
    w, b = numbers.weights(Setting(kernel=kernel, channels=3, filters=4))
    assert w.shape == (4, 3, kernel, kernel) and w.dtype.kind == "i" and b.tolist() == [1, 2, 3, 4]
    if kernel > 1:
        assert all(not np.array_equal(one, one[:, ::-1, ::-1]) for one in w)
        assert all(not np.array_equal(one, one.swapaxes(1, 2)) for one in w)


def test_every_sum_is_what_the_layer_gives():
    for setting in some_settings():
        if not (size := setting.size()):
            continue
        x = numbers.flower()[: setting.channels, : setting.height, : setting.width]
        w, b = numbers.weights(setting)
        y = ops.conv2d(x[None].astype(float), w, b, **setting.options)[0]
        for o, i, j in np.ndindex(y.shape):
            lines, value = numbers.window_sum(x, w[o], b[o], (i, j), setting)
            written = " + ".join(lines).replace("−", "-").replace("·", "*")
            assert value == y[o, i, j] == eval(written) + b[o], (setting, o, i, j)
        assert y.shape[1:] == size


def test_unread_pixels_are_those_whose_change_changes_nothing():
    for setting in some_settings(60, seed=1):
        if not (size := setting.size()):
            continue
        x = np.ones((1, 1, setting.height, setting.width))
        w = np.ones((1, 1, setting.kernel, setting.kernel))
        count = np.zeros((setting.height, setting.width), bool)
        for i, j in np.ndindex(count.shape):
            probe = x.copy()
            probe[0, 0, i, j] = 2
            before, after = (ops.conv2d(a, w, **setting.options) for a in (x, probe))
            count[i, j] = (before == after).all()
        rows = numbers.unread(setting.height, size[0], setting)
        columns = numbers.unread(setting.width, size[1], setting)
        expected = [
            [i in rows or j in columns for j in range(setting.width)] for i in range(setting.height)
        ]
        assert count.tolist() == expected, setting


def test_the_warning_names_the_unused_row_and_column():
    setting = Setting(stride=3)  # 7 pixels, kernel 3: 2.33 rounds down to 2
    assert "row 6 or column 6" in numbers.warning(setting, setting.size())
    assert numbers.warning(Setting(stride=2), (3, 3)) == ""
    only_columns = Setting(height=6, width=7, stride=3)
    assert "reads column 6 of" in numbers.warning(only_columns, only_columns.size())


def test_the_formula_carries_its_numbers():
    setting = Setting(kernel=3, stride=2, padding=1, dilation=2)
    assert numbers.formula(8, 3, "width", setting) == (
        "width = ⌊(8 + 2·1 − 2·(3 − 1) − 1) / 2⌋ + 1 = ⌊5 / 2⌋ + 1 = 3"
    )


def test_parameters_and_products_are_counted():
    lines = numbers.counts(Setting(channels=3, filters=4, kernel=5), (3, 2))
    assert lines == [
        "Parameters: 4 · 3 · 5 · 5 weights + 4 bias = 304",
        "Products: 4 · 3 · 5 · 5 · 3 · 2 = 1800",
    ]
    assert len(numbers.counts(Setting(), None)) == 1


# --- predictions


@pytest.mark.parametrize(
    ("setting", "predicted", "sentence"),
    [
        ({"padding": 1}, (5, 5), "the padding is left out"),
        ({"padding": 2, "kernel": 5}, (5, 5), "one side only"),
        ({"stride": 2}, (2, 2), "the + 1 is forgotten"),
        ({"stride": 3}, (3, 3), "rounded up"),
        ({"dilation": 2}, (5, 5), "the dilation is ignored"),
        ({"stride": 2}, (5, 5), "the stride is ignored"),
        ({}, (7, 7), "the input's size is kept"),
        ({"stride": 2, "kernel": 1, "height": 9, "width": 9}, (4, 4), "only the stride is counted"),
        ({"height": 5}, (5, 3), "swapped"),
    ],
)
def test_a_wrong_prediction_is_told_its_slip(setting, predicted, sentence):
    setting = Setting(**setting)
    assert predicted != setting.size()
    assert sentence in prediction.verdict(predicted, setting)
    assert prediction.verdict(predicted, setting).startswith("Not right.")


def test_a_right_prediction_is_right_and_no_slip_is_named():
    for setting in some_settings():
        if size := setting.size():
            assert prediction.verdict(size, setting).startswith("Right.")
            assert prediction.slips(size, setting) == []


def test_a_prediction_with_one_right_axis_says_which():
    assert "Your height is right" in prediction.verdict((5, 9), Setting())
    assert "Your width is right" in prediction.verdict((9, 5), Setting())


@pytest.mark.parametrize("typed", [["", "3"], ["3", "x"], ["-1", "3"], ["3.5", "3"], ["²", "3"]])
def test_what_is_no_whole_number_is_no_prediction(typed):
    widget = conv_explorer()
    widget.on_event({"predict": typed})
    assert "two whole numbers" in predicted(widget)["verdict"] and not predicted(widget)["done"]


def test_the_output_is_hidden_until_its_size_is_predicted():
    widget = conv_explorer(stride=3)
    hidden = json.dumps(widget.view)
    assert not grids(widget, "output") and "Unused" not in hidden and "Products" not in hidden
    widget.on_event({"move": "End"})
    assert grids(widget, "input")[0]["marks"][0][0] == "tap"
    widget.on_event({"predict": ["3", " 3"]})
    assert predicted(widget)["done"] and not predicted(widget)["right"]
    assert "Unused" in widget.view["notes"]["warning"][1]
    assert "rounded up" in predicted(widget)["verdict"]


def test_only_a_change_of_size_asks_for_a_new_prediction():
    widget = conv_explorer()
    widget.on_event({"predict": ["5", "5"]})
    widget.on_event({"set": "filters", "value": 3})
    widget.on_event({"set": "channels", "value": 2})
    assert predicted(widget)["done"] and len(grids(widget, "output")) == 3
    widget.on_event({"set": "padding", "value": 1})
    assert not predicted(widget)["done"] and predicted(widget)["verdict"] == ""


def test_prediction_can_be_skipped():
    widget = shown()
    widget.on_event({"set": "stride", "value": 2})
    assert predicted(widget)["done"] and grids(widget, "output")
    widget.on_event({"skip": False})
    assert not predicted(widget)["done"] and not grids(widget, "output")


# --- the widget


def test_the_view_shows_what_the_layer_gives():
    widget = shown(height=6, width=8, kernel=2, stride=2, padding=1, channels=2, filters=3)
    shown_grids = {name: grids(widget, name) for name in ("input", "kernel", "output")}
    assert shapes.conv2d_shape(6, 8, 2, stride=2, padding=1) == (4, 5)
    assert [len(found) for found in shown_grids.values()] == [2, 2, 3]
    assert len(shown_grids["input"][0]["text"]) == 8
    assert len(shown_grids["output"][0]["text"][0]) == 5
    x = numbers.flower()[None, :2, :6, :8].astype(float)
    w, b = numbers.weights(Setting(kernel=2, channels=2, filters=3))
    y = ops.conv2d(x, w, b, stride=2, padding=1)[0]
    written = [[list(map(number, row)) for row in plane] for plane in y]
    assert [grid["text"] for grid in shown_grids["output"]] == written
    assert trouble(widget) == ""


def test_the_window_is_marked_in_its_padding():
    widget = shown(height=4, width=4, kernel=2, padding=1, dilation=2)
    widget.on_event({"move": "ArrowRight"})
    marks = grids(widget, "input")[0]["marks"]
    assert [(i, j) for i, j in np.ndindex(6, 6) if "tap" in marks[i][j]] == [
        (0, 1), (0, 3), (2, 1), (2, 3)
    ]  # fmt: skip
    assert marks[0] == ["pad", "pad tap", "pad", "pad tap", "pad", "pad"]
    assert widget.view["texts"]["reads"] == "y[0, 0, 0, 1] reads x[0, :, 1:2:2, 0:3:2]"
    assert grids(widget, "output")[0]["marks"][0][1] == "here"


def test_channels_are_named_where_there_are_several():
    widgets = {n: shown(channels=n) for n in (1, 2)}
    captions = {
        n: [grid["caption"] for name in ("input", "kernel") for grid in grids(widget, name)]
        for n, widget in widgets.items()
    }
    assert captions[1] == ["input", "filter 0"]
    assert captions[2] == ["input, red", "input, green", "filter 0, red", "filter 0, green"]
    assert widgets[1].view["texts"]["sum"][0].startswith("products: ")
    assert [line.split(":")[0] for line in widgets[2].view["texts"]["sum"][:3]] == [
        "red",
        "green",
        "bias",
    ]


def test_a_click_on_an_output_moves_there_and_chooses_its_filter():
    widget = shown(filters=2)
    widget.on_event({"go": "output 1", "at": [2, 3]})
    assert widget.state.filter == 1
    assert widget.view["live"].startswith("Row 2, column 3")
    widget.on_event({"go": "output 0", "at": [9, 9]})
    assert widget.view["live"].startswith("Row 2, column 3")


def test_a_kernel_that_does_not_fit_is_told():
    widget = shown(height=3, width=3, kernel=5)
    assert "no output" in widget.view["live"]
    widget.on_event({"move": "ArrowRight"})
    widget.on_event({"predict": ["0", "0"]})
    assert predicted(widget)["verdict"] == "" and not grids(widget, "output")


def test_every_setting_can_be_drawn_and_sent():
    widget = shown()
    for setting in some_settings(60, seed=2):
        for name in LIMITS:
            widget.on_event({"set": name, "value": getattr(setting, name)})
        for key in ("End", "next", "ArrowUp"):
            widget.on_event({"move": key})
        json.dumps(widget.view, allow_nan=False)
        assert widget.still() and widget.describe()


def test_another_image_brings_its_own_limits():
    image = np.linspace(-1, 1, 20).reshape(4, 5)
    widget = shown(image=image, height=4)
    sliders = {control["name"]: control for control in widget.view["controls"]}
    assert (sliders["height"]["low"], sliders["height"]["high"]) == (3, 4)
    assert (sliders["channels"]["low"], sliders["channels"]["high"]) == (1, 1)
    assert grids(widget, "input")[0]["text"][0][0] == "−1"


@pytest.mark.parametrize(
    "image", [[1, 2], np.zeros((2, 9)), np.full((3, 3), np.nan), [["a"] * 3] * 3]
)
def test_an_image_that_cannot_be_used_is_refused(image):
    with pytest.raises(ValueError, match="image"):
        conv_explorer(image=image)


def test_a_setting_outside_its_slider_is_refused():
    with pytest.raises(ValueError, match="kernel is 9: it must be one of 1, 2, 3, 4, 5."):
        conv_explorer(kernel=9)
    with pytest.raises(ValueError, match="size is no control; there are height"):
        conv_explorer(size=3)


def test_sliders_start_where_numpys_integers_say_and_can_be_sent():
    view = conv_explorer(kernel=np.int64(2)).view
    assert '"value": 2' in json.dumps(view["controls"], allow_nan=False)


# --- students' functions


def test_a_stub_is_told_to_be_not_written_yet():
    def conv2d_naive(x, w, b=None, *, stride=1, padding=0, dilation=1):
        raise NotImplementedError()

    widget = conv_explorer(conv2d_naive)
    assert "conv2d_naive is not written yet" in trouble(widget)
    widget.on_event({"predict": ["5", "5"]})
    assert "conv2d_naive gives nothing there, right is" in widget.view["live"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (lambda y: 1 / 0, "raised ZeroDivisionError"),
        (lambda y: exit(), "raised SystemExit"),
        (lambda y: None, "returned nothing"),
        (lambda y: y.tolist(), "returned a list"),
        (lambda y: y.astype(str), "dtype"),
        (lambda y: y[..., 1:], r"returned shape (1, 1, 5, 4); it should be (1, 1, 5, 5)"),
        (lambda y: y + np.nan, "differs in 25 of 25 values"),
    ],
)
def test_whatever_a_function_does_becomes_a_sentence(body, sentence):
    def mine(x, w, b=None, **options):
        return body(ops.conv2d(x, w, b, **options))

    widget = shown(mine)
    assert sentence in trouble(widget)
    json.dumps(widget.view, allow_nan=False)


def test_a_difference_is_marked_in_its_cell_and_kept_back_until_the_reveal():
    def forgets_the_bias(x, w, b=None, **options):
        y = ops.conv2d(x, w, b, **options)
        y[0, 1, 2, 3] -= 5
        return y

    widget = conv_explorer(forgets_the_bias, filters=2)
    assert trouble(widget) == ""
    widget.on_event({"skip": True})
    assert "differs in 1 of 50 values" in trouble(widget)
    assert "y[0, 1, 2, 3]" in trouble(widget)
    marks = [grid["marks"] for grid in grids(widget, "output")]
    assert marks[1][2][3] == "wrong"
    assert sum(mark == "wrong" for plane in marks for row in plane for mark in row) == 1
    widget.on_event({"go": "output 1", "at": [2, 3]})
    assert ", right is" in widget.view["live"]


def test_a_function_that_changes_its_input_is_told_so_and_harms_nothing():
    def changes(x, w, b=None, **options):
        y = ops.conv2d(x, w, b, **options)
        x[:] = 0
        return y

    widget = shown(changes)
    before = grids(widget, "output")
    assert "changed one of its inputs" in trouble(widget)
    widget.on_event({"set": "stride", "value": 2})
    widget.on_event({"set": "stride", "value": 1})
    assert grids(widget, "output") == before


def test_a_callable_without_a_name_has_one_in_sentences():
    class Layer:
        def __call__(self, *arrays, **options):
            raise ValueError("w has 3 channels, x has 1")

    assert student.call(Layer()).trouble == "Layer raised ValueError: w has 3 channels, x has 1"
