"""What a widget sends to its page: pictures' bytes beside the view, and only when they change."""

import json

import comm
import pytest

from cnnkit import widgets
from cnnkit.widgets import figures
from cnnkit.widgets.base import Widget
from cnnkit.widgets.quiz_widget import Quiz

SKIP = {"skip": True}
OPTIONS = [{"text": "yes", "right": True, "why": "so"}, {"text": "no", "right": False, "why": "so"}]
QUIZ = {"name": "one", "question": "Is it?", "options": OPTIONS}


@pytest.fixture
def inspector(monkeypatch):
    """The widget with the largest picture, and the messages that it sends."""
    widget, sent = widgets.pixel_inspector(), []
    monkeypatch.setattr(widget, "_send", lambda *message, **more: sent.append((message, more)))
    widget.on_event(SKIP)
    return widget, sent


def states(sent):
    """The parts of the state that each message carries."""
    return [message[0]["state"] for message, _ in sent]


@pytest.mark.parametrize("make", [widgets.pixel_inspector, lambda: Quiz(QUIZ)])
def test_the_first_message_holds_the_whole_view(make, monkeypatch):
    opened, sent, create = [], [], comm.create_comm
    monkeypatch.setattr(
        comm, "create_comm", lambda **given: opened.append(given) or create(**given)
    )
    # What is sent while nobody listens yet goes nowhere.
    monkeypatch.setattr(Widget, "_send", lambda self, *said, **_: self.comm and sent.append(said))
    widget = make()
    (message,) = [given for given in opened if "view" in given["data"]["state"]]  # not its layout
    state = message["data"]["state"]
    assert state["view"] == figures.without_bytes(widget.view) and "label" in state["view"]
    assert message["buffers"] == widget.pictures and sent == []


def test_a_key_sends_no_picture_again(inspector):
    widget, sent = inspector
    sent.clear()
    widget._answer([{"move": "ArrowRight"}])
    assert [sorted(state) for state in states(sent)] == [["view"]]
    assert len(json.dumps(states(sent))) < 6000
    assert sent[0][1]["buffers"] == []


def test_a_picture_that_changes_comes_with_the_view_as_bytes(inspector):
    widget, sent = inspector
    sent.clear()
    widget._answer([{"set": "levels", "value": 0}])
    (message, more) = sent.pop()
    assert not sent and message[0]["buffer_paths"] == [["pictures", 0], ["pictures", 1]]
    kept = [figure for figure in figures.shown(widget.view) if figure["kind"] == "picture"]
    assert more["buffers"] == widget.pictures
    assert [len(raw) for raw in widget.pictures] == [
        figure["height"] * figure["width"] * figure["channels"] for figure in kept
    ]


def test_outside_an_answer_pictures_come_before_the_view(inspector):
    widget, sent = inspector
    sent.clear()
    widget.on_event({"set": "levels", "value": 0})
    assert [sorted(state) for state in states(sent)] == [["pictures"], ["view"]]
