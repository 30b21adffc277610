"""What a widget sends to its page: pictures' bytes beside the view, and only when they change."""

import json

import pytest

from cnnkit import widgets
from cnnkit.widgets import figures

SKIP = {"skip": True}


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
