"""What all widgets stand on: events, controls, figures, stills, and pages without a kernel."""

import base64
import io
import json
import re
from dataclasses import dataclass, replace

import numpy as np
import pytest
from PIL import Image

from cnnkit.widgets import controls, figures, static_page, student
from cnnkit.widgets.base import Widget
from cnnkit.widgets.figures import number


@dataclass(frozen=True)
class State:
    """A number and a place."""

    value: int = 0
    place: tuple[int, int] = (0, 0)


class Counter(Widget):
    """The smallest widget: a slider, a picture of 2 by 3 pixels, and what they say."""

    label = "Counter"

    def __init__(self):
        super().__init__()
        self.drawn = 0
        self.show(State())

    def step(self, state, event):
        match event:
            case {"set": "value", "value": value}:
                return replace(state, value=value)
            case {"move": key}:
                return replace(state, place=figures.move(state.place, key, (2, 3)))
            case {"fail": _}:
                raise RuntimeError("a slip of our own")
        return state

    def draw(self, state):
        self.drawn += 1
        pixels = np.arange(6, dtype=np.uint8).reshape(2, 3) * 40 + state.value
        return {
            "controls": [controls.slider("value", "value", state.value, 0, 9)],
            "stage": {"rows": [[figures.picture("pixels", "pixels", pixels, "six pixels")]]},
            "notes": {"trouble": ("bad", "✗ <b>" if state.value == 9 else "")},
            "live": f"value {state.value}, place {state.place}",
        }

    def static_events(self):
        return [*({"move": key} for key in figures.KEYS), {"set": "value", "value": 4}]


# --- events


def test_events_that_come_together_are_drawn_once():
    widget = Counter()
    before = widget.drawn
    widget._answer([{"move": "ArrowRight"}, {"move": "ArrowDown"}, {"set": "value", "value": 3}])
    assert widget.view["live"] == "value 3, place (1, 1)" and widget.drawn == before + 1
    assert widget.view["answered"] == 1


def test_a_failure_is_answered_too_so_that_the_page_does_not_wait_for_ever():
    widget = Counter()
    with pytest.raises(RuntimeError):
        widget._answer([{"fail": True}])
    assert widget.view["answered"] == 1 and widget.view["live"] == "value 0, place (0, 0)"
    widget._answer([{"move": "End"}])
    assert widget.view["answered"] == 2 and widget.view["live"] == "value 0, place (1, 2)"


@pytest.mark.parametrize(
    ("place", "key", "moved"),
    [
        ((0, 0), "ArrowRight", (0, 1)),
        ((0, 2), "ArrowRight", (0, 2)),
        ((0, 0), "ArrowUp", (0, 0)),
        ((0, 1), "ArrowDown", (1, 1)),
        ((1, 1), "ArrowLeft", (1, 0)),
        ((1, 2), "Home", (0, 0)),
        ((0, 0), "End", (1, 2)),
        ((0, 2), "next", (1, 0)),
        ((1, 2), "next", (0, 0)),
        ((1, 1), "Escape", (1, 1)),
    ],
)
def test_keys_move_a_place_and_stop_at_the_edge(place, key, moved):
    assert figures.move(place, key, (2, 3)) == moved


# --- controls


def test_a_prediction_is_asked_judged_refused_and_asked_again():
    asked = controls.Prediction()
    assert not asked.revealed
    refused = asked.refused("Type a number.")
    assert not refused.revealed and refused.verdict == "Type a number."
    judged = refused.judged("Right.", True)
    assert judged.revealed and controls.prediction("?", judged)["right"]
    assert not judged.again().revealed and judged.again().verdict == ""
    assert asked.skipped(True).again().revealed
    assert controls.prediction("?", judged.skipped(True))["verdict"] == ""


@pytest.mark.parametrize(
    ("typed", "whole", "real"),
    [
        (["3", " 12 "], (3, 12), (3.0, 12.0)),
        (["−1,5"], None, (-1.5,)),
        (["2.5", "x"], None, None),
        (["", "3"], None, None),
        (["²"], None, None),
        (["nan"], None, None),
        (["inf"], None, None),
        (["3211264"], (3211264,), (3211264.0,)),
        (["9" * 5000], (10**15 - 1,), None),
    ],
)
def test_typed_numbers_are_read_or_none(typed, whole, real):
    assert controls.whole_numbers(typed) == whole and controls.real_numbers(typed) == real


# --- figures


@pytest.mark.parametrize(
    ("value", "text"),
    [(12.0, "12"), (-3, "−3"), (0.12345, "0.123"), (np.nan, "nan"), (1e9, "1e+09"),
     (-np.inf, "−∞")],
)  # fmt: skip
def test_numbers_are_written_shortly(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.123, "12 %"), (0.9949, "99 %"), (0.9996, "99.9 %"), (1.0, "100 %"),
     (1.4, "140 %")],
)  # fmt: skip
def test_what_is_not_all_is_not_a_hundred_per_cent(share, text):
    assert figures.percent(share) == text


def test_a_grid_is_filled_by_its_numbers():
    grey = figures.grid("g", "g", [[0, 5], [10, None]], fill="grey")
    assert grey["fill"] == [[0, 0.5], [1, 0]] and grey["text"] == [["0", "5"], ["10", None]]
    signed = figures.grid("g", "g", np.array([[-4.0, 2, np.inf, np.nan]]), fill="signed")
    assert signed["fill"] == [[-1, 0.5, 1, 0]]
    assert figures.grid("g", "g", np.ones((2, 2)))["fill"] == []
    assert figures.grid("g", "g", [[1]], first=-2)["first"] == [-2, -2]


def test_a_picture_keeps_bytes_and_stretches_other_numbers():
    def pixels(*given, **options):
        shown = figures.picture("p", "p", *given, "alt", **options)
        return list(base64.b64decode(shown["bytes"])), shown["channels"]

    assert pixels(np.array([[7, 250]], np.uint8)) == ([7, 250], 1)
    assert pixels(np.array([[-1.0, 0, 1, 9]]), low=-1, high=1) == ([0, 128, 255, 255], 1)
    assert pixels(np.array([[np.nan, 2.0]])) == ([0, 255], 1)
    colours = np.arange(6, dtype=np.uint8).reshape(3, 1, 2)  # red 0 1, green 2 3, blue 4 5
    assert pixels(colours) == ([0, 2, 4, 1, 3, 5], 3)


def test_curves_leave_out_what_is_not_finite_and_say_their_course():
    shown = figures.curves(
        "c", "loss", [("train", [0, 1, 2], [2.0, np.nan, 0.5]), ("none", [], [])],
        x_label="epoch", y_label="loss",
    )  # fmt: skip
    assert shown["series"][0]["points"] == [[0, 2], [2, 0.5]] and shown["y"] == [0.5, 2]
    assert shown["label"] == "loss; train: from 2 to 0.5; none: no points"
    json.dumps(shown, allow_nan=False)


def test_bars_are_shares_of_the_largest():
    shown = figures.bars("b", "b", [("one", 1, "1"), ("two", 4, "4", "★")])
    assert [row["share"] for row in shown["rows"]] == [0.25, 1]
    assert [row["mark"] for row in shown["rows"]] == ["", "★"]


# --- stills and pages without a kernel


def test_the_still_is_made_of_the_view():
    widget = Counter()
    widget.on_event({"set": "value", "value": 9})
    html = widget.still()
    assert "&lt;b&gt;" in html and "<b>Counter</b>" in html and 'alt="six pixels"' in html
    packed = re.search(r"base64,([^\"]+)", html)[1]
    image = np.asarray(Image.open(io.BytesIO(base64.b64decode(packed))))
    assert image.tolist() == [[9, 49, 89], [129, 169, 209]]
    assert widget.describe().splitlines() == [
        "Counter", "value 9", "✗ <b>", "six pixels", "value 9, place (0, 0)",
        "Run the cell to use this widget.",
    ]  # fmt: skip


def test_frames_lead_where_python_leads():
    widget = Counter()
    frames = static_page.frames(widget)
    assert len(frames.views) == 12  # six places, two values
    rng = np.random.default_rng(0)
    at = 0
    for _ in range(200):
        event = int(rng.integers(len(frames.events)))
        at = frames.leads[at].get(event, at)
        widget.on_event(frames.events[event])
        assert frames.views[at] == widget.view


def test_a_page_without_a_kernel_carries_each_part_once():
    html = static_page.html(Counter())
    assert html.count("base64,") == 1  # the still; the page's own pictures are bytes
    data = json.loads(re.search(r"json'>(.*?)</script>", html, re.DOTALL)[1])
    pixels = [part for part in data["parts"] if isinstance(part, dict) and "bytes" in part]
    assert len(pixels) == 2  # one for each value, not one for each place


def test_too_many_states_are_refused():
    class Endless(Counter):
        def step(self, state, event):
            return replace(state, value=state.value + 1)

    with pytest.raises(ValueError, match="'Counter' lead to more than 3000 states"):
        static_page.frames(Endless())


def test_no_text_ends_the_script_it_stands_in():
    class Sly(Counter):
        def draw(self, state):
            return super().draw(state) | {"about": "</script><b>"}

    html = static_page.html(Sly())
    assert html.count("</script>") == 2 and "&lt;/script&gt;" in html


def test_only_where_asked_the_html_carries_a_script():
    try:
        assert "<script" not in Counter()._repr_mimebundle_()[0]["text/html"]
        Widget.alive = True
        assert "<script" in Counter()._repr_mimebundle_()[0]["text/html"]
    finally:
        Widget.alive = False


# --- students' functions


def test_a_difference_is_told_with_the_arrays_name():
    right = np.arange(4.0)
    wrong, said = student.judge("mine", right + [0, 0, 1, 0], right, array="dx", marked="")
    assert wrong.tolist() == [False, False, True, False]
    assert said == ("mine differs in 1 of 4 values. The first is dx[2]: it gave 3, right is 2.")


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "nothing (None)"), (np.zeros(2), "one array"), ([1], "a list"), (3, "an int")],
)
def test_what_a_function_gave_is_named(value, words):
    assert student.kind_of(value) == words
