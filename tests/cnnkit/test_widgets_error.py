"""The error browser without a browser: answers, lists, occlusion, predictions, sentences."""

import base64
import json

import numpy as np
import pytest

from cnnkit import ops, training
from cnnkit.data import load, make_splits
from cnnkit.widgets import error_browser, error_numbers, static_page
from cnnkit.widgets.error_numbers import ANY, Choice
from cnnkit.widgets.shift_nets import PLACES, trained_nets

NAMES = ("shirt", "shoe", "bag", "coat")
LABELS = np.array([0, 0, 0, 0, 0, 1, 1, 2, 2, 3])
SURE = np.array(  # of picture n: the class said, and how surely
    [(0, 0.9), (1, 0.8), (1, 0.95), (2, 0.6), (1, 0.5), (1, 0.99), (0, 0.4), (2, 0.7), (3, 0.9),
     (3, 0.97)]
)  # fmt: skip
SAID = SURE[:, 0].astype(int)
OTHERS = np.array([0, 0, 1, 2, 1, 1, 1, 2, 2, 3])
# A picture says by its pixels which one it is; a shirt is dark, a shoe a little less, and so on.
PICTURES = np.zeros((10, 1, 8, 8), np.uint8)
PICTURES[:, 0, :4] = (20 * LABELS**2)[:, None, None]
PICTURES[:, 0, 0, 0] = np.arange(10)


def table(said, sure):
    """Probabilities (N, 4): so sure of what is said, the rest shared by the others."""
    p = np.repeat((1 - sure)[:, None] / 3, 4, axis=1)
    p[np.arange(len(said)), said] = sure
    return p


def mine(x):
    """Answers by the number that stands in the first pixel."""
    n = x[:, 0, 0, 0]
    return table(SAID[n], SURE[n, 1])


def other(x):
    """Names of classes only."""
    return OTHERS[x[:, 0, 0, 0]]


def browser(predict=mine, *, skip=True, **options):
    """A browser of the ten pictures that hides nothing."""
    given = {"pictures": PICTURES, "labels": LABELS, "classes": NAMES} | options
    widget = error_browser(predict, **given)
    if skip:
        widget.on_event({"skip": True})
    return widget


def figures(widget):
    """The figures of the stage by name."""
    rows = widget.view["stage"]["rows"]
    return {figure["name"]: figure for row in rows for figure in row if "name" in figure}


def control(widget, name):
    return next((c for c in widget.view["controls"] if c["name"] == name), None)


def numbers_listed(widget):
    """The pictures that are listed, in their order."""
    return widget._found(widget.state.model, widget.state.choice).tolist()


def counts(widget):
    """The matrix on the page; an empty cell is 0."""
    return [[int(text or 0) for text in row] for row in figures(widget)["matrix"]["text"]]


def pixels(figure):
    """The bytes of a picture, (H, W, C)."""
    shape = figure["height"], figure["width"], figure["channels"]
    return np.frombuffer(base64.b64decode(figure["bytes"]), np.uint8).reshape(shape)


def trouble(widget):
    return widget.view["notes"]["trouble"][1]


# --- what is listed


def test_the_matrix_counts_what_was_said_of_what():
    expected = np.zeros((4, 4), int)
    for was, said in zip(LABELS, SAID, strict=True):
        expected[was, said] += 1
    assert counts(browser()) == expected.tolist()


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(), [2, 8, 1, 3, 4, 6]),
        (Choice(true=0), [2, 1, 3, 4]),
        (Choice(said=1), [2, 1, 4]),
        (Choice(true=0, said=0), [0]),
        (Choice(true=0, said=1, sure=80), [2, 1]),
        (Choice(sure=95), [2]),
        (Choice(differ=True), [8, 1, 6]),
        (Choice(true=3, said=0), []),
    ],
)
def test_errors_are_listed_by_class_and_confidence_the_most_certain_first(choice, expected):
    widget = browser({"mine": mine, "other": other})
    for name in ("true", "said", "sure", "differ"):
        widget.on_event({"set": name, "value": getattr(choice, name)})
    assert numbers_listed(widget) == expected
    shown = [f["label"] for name, f in figures(widget).items() if name.startswith("thumb ")]
    assert [int(label.split(":")[0].split()[1]) for label in shown] == expected
    if not expected:
        assert widget.view["live"].endswith("there are none.")


def test_the_most_frequent_error_is_no_right_answer_and_the_first_of_equal_ones():
    assert error_numbers.most_frequent(np.array([[9, 1, 2], [2, 9, 0], [0, 0, 5]])) == (0, 2)


def test_the_matrix_follows_confidence_and_dispute():
    widget = browser({"mine": mine, "other": other})
    widget.on_event({"set": "sure", "value": 90})
    assert sum(map(sum, counts(widget))) == (SURE[:, 1] >= 0.9).sum()
    widget.on_event({"set": "sure", "value": 0}, {"set": "differ", "value": True})
    assert sum(map(sum, counts(widget))) == (SAID != OTHERS).sum()


def test_arrows_choose_cells_and_page_keys_pictures():
    widget = browser()
    widget.on_event({"move": "ArrowDown"})  # first to the most frequent error
    assert (widget.state.choice.true, widget.state.choice.said) == (0, 1)
    assert figures(widget)["matrix"]["marks"][0][1] == "here"
    widget.on_event({"move": "PageDown"})
    assert "picture 2 of 3, number 1." in widget.view["live"]
    widget.on_event({"move": "End"}, {"move": "PageDown"})
    assert "picture 3 of 3, number 4." in widget.view["live"]
    widget.on_event({"move": "PageUp"}, {"move": "PageUp"}, {"move": "PageUp"})
    assert "picture 1 of 3, number 2." in widget.view["live"]
    widget.on_event({"move": "ArrowRight"})
    assert "shirt, taken for bag: picture 1 of 1, number 3." in widget.view["live"]
    widget.on_event({"move": "Escape"})
    assert numbers_listed(widget)[0] == 2 and "All errors" in widget.view["live"]


def test_the_mouse_chooses_cells_and_pictures_and_the_next_page():
    widget = browser()
    widget.on_event({"go": "matrix", "at": [2, 3]})
    assert "bag, taken for coat: picture 1 of 1, number 8." in widget.view["live"]
    widget.on_event({"move": "Escape"}, {"go": "thumb 4", "at": [3, 3]})
    assert "picture 5 of 6, number 4." in widget.view["live"]
    assert figures(widget)["thumb 4"]["caption"].startswith("▶ shirt → shoe 50")
    assert control(widget, "page")["disabled"]
    many = browser(lambda x: np.zeros(len(x), int), pictures=np.tile(PICTURES, (2, 1, 1, 1)),
                   labels=np.tile(LABELS, 2))  # fmt: skip
    assert not control(many, "page")["disabled"]
    many.on_event({"press": "page"})
    assert "picture 9 of 10, number 18." in many.view["live"]
    many.on_event({"press": "page"})
    assert "picture 1 of 10, number 5." in many.view["live"]


def test_a_row_and_a_column_are_marked_by_dashes():
    widget = browser()
    widget.on_event({"set": "true", "value": 1})
    marks = figures(widget)["matrix"]["marks"]
    assert marks[1] == ["also", "pad ", "also", "also"] and set(marks[0]) == {"pad ", ""}
    widget.on_event({"set": "true", "value": ANY}, {"set": "said", "value": 1})
    assert [row[1] for row in figures(widget)["matrix"]["marks"]] == [
        "also",
        "pad ",
        "also",
        "also",
    ]


# --- two models, and models that name classes only


def test_two_models_are_compared_and_either_can_be_looked_at():
    widget = browser({"mine": mine, "other": other})
    differ = SAID != OTHERS
    right = [int((differ & (said == LABELS)).sum()) for said in (SAID, OTHERS)]
    assert widget.view["texts"]["summary"][-1] == (
        f"They differ on {differ.sum()} pictures: there mine is right {right[0]} times, other "
        f"{right[1]}, neither {differ.sum() - sum(right)}."
    )
    assert "mine says shoe, 95 % sure; other says shoe." in widget.view["live"]
    assert "says 1" not in figures(widget) and control(widget, "sure")
    widget.on_event({"move": "End"}, {"set": "model", "value": "other"})
    assert "picture 1 of 3, number 2" in widget.view["live"]
    assert control(widget, "sure") is None
    assert "names classes only" in widget.view["notes"]["names"][1]


def test_bars_show_the_probabilities_and_which_class_it_was():
    widget = browser()
    rows = {row["name"]: row for row in figures(widget)["says 0"]["rows"]}
    assert rows["shoe"]["share"] == 0.95 and rows["shoe"]["mark"] == "◀ said"
    assert rows["shirt"]["mark"] == "◀ it was" and rows["bag"]["mark"] == ""
    widget.on_event({"go": "matrix", "at": [0, 0]})
    rows = {row["name"]: row for row in figures(widget)["says 0"]["rows"]}
    assert rows["shirt"]["mark"] == "◀ said, right"


# --- what an answer hangs on


@pytest.mark.parametrize(("fill", "value"), [("black", 0.0), ("mid grey", 128 / 255)])
def test_occlusion_is_that_of_the_course_at_every_other_pixel(fill, value):
    widget = error_browser()
    net, data = trained_nets()[PLACES], widget._data
    widget.on_event({"skip": True}, {"set": "fill", "value": fill}, {"press": "cover"})
    n = numbers_listed(widget)[0]
    said = widget._answers["net by places"].said[n]
    x = data.x[n].astype(np.float32) / 255
    expected = training.occlusion_map(net, x, int(said), size=7, fill=value)[::2, ::2]
    cover = widget._cover("net by places", n, fill)
    np.testing.assert_allclose(cover.fall, expected, atol=1e-6)
    i, j = np.unravel_index(expected.argmax(), expected.shape)
    assert f"around row {2 * i}, column {2 * j} covered" in widget.view["live"]
    photo = figures(widget)["photo"]
    assert photo["boxes"][0]["at"] == [2 * i - 3, 2 * j - 3]
    assert photo["boxes"][0]["size"] == [7, 7]


def test_the_picture_of_what_it_hangs_on_is_dark_where_the_answer_falls():
    def brightness(x):  # sure of class 1 as long as the middle is bright
        p = x[:, 0, 3:5, 3:5].mean(axis=(1, 2)) / 255
        return np.stack([1 - p, p, 0 * p, 0 * p], axis=1)

    pictures = np.full((1, 1, 8, 8), 200, np.uint8)
    widget = browser(brightness, pictures=pictures, labels=np.array([0]))
    widget.on_event({"press": "cover"})
    cover = widget._cover("brightness", 0, "black")
    drawn = figures(widget)["hangs on"]
    assert (drawn["height"], drawn["width"], drawn["channels"]) == (8, 8, 3)
    assert cover.size == 2 and cover.fall[0, 0] == 0
    assert cover.fall.max() == pytest.approx(200 / 255)
    assert pixels(drawn)[4, 4].tolist() == [122, 40, 0] and (pixels(drawn)[0, 0] == 255).all()
    assert cover.worst == (4, 4)  # a square of 2 around (4, 4) covers rows and columns 3 and 4
    assert drawn["boxes"][0]["text"] == "−78" and len(drawn["boxes"]) == 1
    assert "“shoe” falls most, from 78 % to 0 %" in drawn["label"]
    assert "mostly shirt" in widget.view["live"]
    widget.on_event({"press": "cover"})
    assert "hangs on" not in figures(widget)


def test_an_answer_that_falls_nowhere_is_said_to():
    widget = browser()
    widget.on_event({"press": "cover"})
    assert "falls nowhere" not in widget.view["live"]  # the pixel that tells its number is covered
    flat = browser(lambda x: np.full((len(x), 4), 0.25), classes=NAMES)
    flat.on_event({"press": "cover"})
    assert "“shirt” falls nowhere by as much as a point" in flat.view["live"]
    assert figures(flat)["photo"]["boxes"] == [] == figures(flat)["hangs on"]["boxes"]


def test_without_probabilities_it_shows_where_the_class_changes():
    def corner(x):
        return (x[:, 0, 7, 7] > 0).astype(int)

    pictures = np.full((3, 1, 8, 8), 9, np.uint8)
    widget = browser(corner, pictures=pictures, labels=np.array([0, 2, 1]))
    widget.on_event({"press": "cover"})
    drawn = figures(widget)["hangs on"]
    assert "it says something else" in drawn["caption"] and drawn["boxes"] == []
    assert "At 1 of 64 places of the square it says something else, mostly shirt" in drawn["label"]


def test_an_answer_that_depends_on_its_neighbours_is_told():
    def by_batch(x):
        return np.full(len(x), 2 if len(x) > 10 else 1)

    widget = browser(by_batch)
    widget.on_event({"press": "cover"})
    assert "depends on the other pictures in the batch" in widget.view["notes"]["cover"][1]
    assert "hangs on" not in figures(widget)


# --- predictions


def test_nothing_is_shown_before_a_prediction_but_pictures_that_are_not_recognised():
    widget = browser(skip=False)
    drawn = figures(widget)
    assert sorted(drawn) == ["missed 0", "missed 1", "missed 2", "missed 3"]
    assert "4 pictures of shirt are not recognised" in widget.view["live"]
    assert "more trouble than shirt" in widget.view["prediction"]["question"]
    assert widget.view["controls"] == []  # there is nothing yet that they could choose from
    said = json.dumps(widget.view)
    assert "taken for shoe" not in said and "95 %" not in said
    before = widget.state
    widget.on_event({"move": "ArrowDown"}, {"press": "cover"}, {"go": "matrix", "at": [0, 1]})
    assert widget.state == before


def test_a_right_prediction_is_right_and_a_wrong_one_is_told_why():
    widget = browser(skip=False)
    options = widget.view["prediction"]["choices"]
    widget.on_event({"predict": [options.index("shoe")]})
    assert widget.view["prediction"]["right"] and "matrix" in figures(widget)
    assert (
        "Of 5 pictures of shirt, recognised: 1, taken for shoe: 3, taken for bag: 1."
        in (widget.view["prediction"]["verdict"])
    )
    widget = browser(skip=False)
    widget.on_event({"predict": [options.index("coat")]})
    verdict = widget.view["prediction"]["verdict"]
    assert not widget.view["prediction"]["right"] and "coat: none of them" in verdict
    means = [PICTURES[LABELS == kind].mean(axis=0) for kind in range(4)]
    coat, shoe = (abs(means[0] - means[kind]).mean() for kind in (3, 1))
    apart = f"differ by {coat:.0f} grey levels a pixel, those of shirt and shoe by {shoe:.0f}"
    assert f"shirt and coat {apart}" in verdict
    assert "mixed up more easily" in verdict
    widget.on_event({"move": "ArrowDown"})
    assert widget.view["prediction"]["verdict"] == "" and "matrix" in figures(widget)


def test_a_nearer_class_is_not_said_to_be_further_away():
    # All are taken for a bag, though the mean shirt lies nearer to the mean shoe.
    widget = browser(lambda x: np.full(len(x), 2), skip=False)
    choices = widget.view["prediction"]["choices"]
    widget.on_event({"predict": [choices.index("shoe")]})
    assert "the outline does not decide here" in widget.view["prediction"]["verdict"]


def test_equally_frequent_answers_are_both_right():
    labels, said = np.array([0, 0, 1, 2, 3]), np.array([1, 2, 1, 2, 3])
    for name in ("shoe", "bag"):
        widget = browser(lambda x: said[: len(x)], skip=False, pictures=PICTURES[:5], labels=labels)
        choices = widget.view["prediction"]["choices"]
        widget.on_event({"predict": [choices.index(name)]})
        assert widget.view["prediction"]["right"]


def test_without_errors_there_is_nothing_to_predict():
    widget = browser(lambda x: LABELS[x[:, 0, 0, 0]], skip=False)
    assert widget.view["prediction"]["done"] and "matrix" in figures(widget)
    assert widget.view["live"] == "All errors: there are none."
    assert widget.view["texts"]["summary"] == ["<lambda>: 10 of 10 right, 100.0 %."]


# --- what is wrong with what is handed over


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (lambda x: 1 / 0, "raised ZeroDivisionError"),
        (lambda x: None, "returned nothing (None)"),
        (lambda x: [0] * len(x), "returned a list"),
        (lambda x: np.zeros(3, int), "returned shape (3,); for 10 pictures it should be (10,)"),
        (lambda x: np.zeros((10, 5)), "returned shape (10, 5)"),
        (lambda x: np.zeros(10), "returned dtype float64; classes are whole numbers"),
        (lambda x: np.full(10, 4), "returned 4 for picture 0; classes go from 0 to 3"),
        (lambda x: np.full((10, 4), np.nan), "no finite numbers"),
    ],
)
def test_a_model_that_fails_is_a_sentence_and_the_other_one_is_looked_at(body, sentence):
    alone = browser(lambda x: body(x), skip=False)
    assert sentence in trouble(alone) and "no answers" in alone.view["live"]
    alone.on_event({"move": "ArrowDown"}, {"move": "PageDown"}, {"press": "page"})
    json.dumps(alone.view, allow_nan=False)
    both = browser({"broken": lambda x: body(x), "mine": mine})
    assert trouble(both).startswith("✗ broken ")  # by its name here: both may be lambdas
    assert sentence in trouble(both) and both.state.model == "mine" and "matrix" in figures(both)
    both.on_event({"set": "model", "value": "broken"})
    assert "no answers" in both.view["live"]
    both.on_event({"set": "model", "value": "mine"})
    assert "matrix" in figures(both)


@pytest.mark.parametrize("scores", [lambda p: 3 * p, lambda p: 2 * p - 0.25])
def test_scores_count_as_answers_but_not_as_probabilities(scores):
    widget = browser(lambda x: scores(mine(x)))
    assert "returned scores, not probabilities" in trouble(widget)
    assert counts(widget) == counts(browser()) and control(widget, "sure") is None


def test_a_model_that_changes_its_pictures_is_told_and_shown():
    def greedy(x):
        said = SAID[x[:, 0, 0, 0]]
        x += 1
        return said

    widget = browser(greedy)
    assert "changed one of its inputs" in trouble(widget) and "matrix" in figures(widget)
    assert np.array_equal(widget._data.x, PICTURES)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"pictures": np.zeros((10, 8, 8))}, ValueError, r"pictures has shape \(10, 8, 8\)"),
        ({"pictures": PICTURES / 100.0}, ValueError, "floats from 0 to .*; they must go from 0"),
        ({"pictures": PICTURES * np.nan}, ValueError, "floats from nan to nan"),
        ({"labels": LABELS[:9]}, ValueError, r"labels has shape \(9,\)"),
        ({"labels": LABELS + 0.5}, ValueError, "10 whole numbers"),
        ({"labels": None}, ValueError, "labels has shape"),
        ({"classes": NAMES[:3]}, ValueError, "there are 3 classes"),
        ({"predict": {}}, ValueError, "There are 0 models"),
        ({"predict": 3}, TypeError, "can't be called"),
    ],
)
def test_what_does_not_go_together_is_refused(options, error, sentence):
    with pytest.raises(error, match=sentence):
        browser(**options)


# --- as it comes


def test_the_default_asks_two_recorded_nets_about_the_validation_and_says_so():
    widget = error_browser()
    x, y = load("apparel", "train")
    _, part, _ = make_splits(y, (0.4, 0.2, 0.4), rng=np.random.default_rng(13))
    assert np.bincount(widget._data.labels).tolist() == [20] * 10
    assert len(widget._data.x) == 200 <= len(part)
    assert "recorded weights" in widget.view["about"] and "validation" in widget.view["about"]
    net = trained_nets()[PLACES]
    p = ops.softmax(net.forward(widget._data.x.astype(np.float32) / 255))
    np.testing.assert_allclose(widget._answers["net by places"].p, p)


def test_floats_and_colours_are_handed_over_as_they_are():
    seen = []

    def predict(x):
        seen.append(x.dtype)
        return np.zeros(len(x), int)

    colours = np.random.default_rng(0).random((4, 3, 9, 7), np.float32)
    widget = browser(predict, pictures=colours, labels=np.array([1, 2, 0, 1]))
    widget.on_event({"press": "cover"})
    assert seen == [np.float32, np.float32]
    n = numbers_listed(widget)[0]
    expected = np.rint(255 * np.moveaxis(colours[n], 0, -1))
    assert np.array_equal(pixels(figures(widget)["photo"]), expected)


def test_a_square_is_put_at_each_place_and_cut_off_at_the_border():
    x = np.ones((1, 5, 3))
    batch, (rows, columns), size = error_numbers.covered(x, 0.0)
    assert batch.shape == (1 + 15, 1, 5, 3) and size == 1 and (batch[0] == 1).all()
    assert (rows.tolist(), columns.tolist()) == ([0, 1, 2, 3, 4], [0, 1, 2])
    assert (batch[1:].sum(axis=(1, 2, 3)) == 14).all() and batch[1, 0, 0, 0] == 0
    large, (rows, _), size = error_numbers.covered(np.ones((3, 56, 56)), 0.5)
    assert len(rows) == 14 and size == 14 and (large[1, :, :7, :7] == 0.5).all()
    assert (large[1] == 0.5).sum() == 3 * 7 * 7


def test_every_view_of_the_static_page_can_be_written_and_leads_through_a_row_of_the_matrix():
    widget = error_browser()
    found = static_page.frames(widget)
    for view in found.views:
        json.dumps(view, allow_nan=False)
    kinds = {view["live"].split(":")[0] for view in found.views}
    assert len(kinds) == 1 + 1 + 10  # the question, all errors, each cell of the row
    assert len(static_page.html(widget)) < 300_000


def test_without_a_kernel_there_are_pictures_and_nothing_is_given_away():
    data, _ = error_browser()._repr_mimebundle_()
    assert data["text/html"].count("data:image/png;base64,") == 6
    assert "Run the cell" in data["text/html"] and "taken for Dress" not in data["text/html"]
    assert "Predict: for what" in data["text/plain"]
