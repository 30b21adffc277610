"""A question with options: choose one, read why it is right or wrong, try again."""

from __future__ import annotations

from html import escape

from cnnkit.widgets import rich_text
from cnnkit.widgets.base import Widget, script, style
from cnnkit.widgets.quiz_format import decode


class Quiz(Widget):
    """One question of a chapter; see :func:`cnnkit.widgets.quiz`.

    Which options are right stays in Python until one is checked, so the page does not hold
    the answer.
    """

    _esm = script("quiz_widget.js")
    _css = style("quiz_widget.css")
    label = "Quiz"

    def __init__(self, quiz: dict) -> None:
        super().__init__()
        self._quiz = quiz
        self.show(None)

    def step(self, state: int | None, event: dict) -> int | None:
        """Give the option that the student checked last."""
        return event.get("check", state)

    def draw(self, state: int | None) -> dict:
        """Give what the page shows: the question, and the verdict on the option checked last."""
        return view(self._quiz, state)

    def static_events(self) -> list[dict]:
        """Check each option."""
        return [{"check": index} for index in range(len(self._quiz["options"]))]

    def describe(self) -> str:
        """Give question and options as text, without the answer."""
        options = "\n".join(f"( ) {option['text']}" for option in self._quiz["options"])
        return f"Quiz: {self._quiz['question']}\n{options}\n(Run the cell to answer.)"

    def still(self) -> str:
        """Give question and options as HTML, without the answer."""
        options = "".join(f"<li>{escape(option['text'])}</li>" for option in self._quiz["options"])
        question = escape(self._quiz["question"])
        return f"<p>Quiz: {question}</p><ul>{options}</ul><p>Run the cell to answer.</p>"


def view(quiz: dict, checked: int | None = None) -> dict:
    """Give what the page shows: the question, and the verdict on the option checked last."""
    shown = {
        "question": rich_text.blocks(quiz["question"]),
        "options": [rich_text.spans(option["text"]) for option in quiz["options"]],
        "checked": checked,
    }
    if checked is None:
        return shown
    option = quiz["options"][checked]
    verdict = "Right." if option["right"] else "Not right."
    again = [] if option["right"] else [["text", " Choose again."]]
    why = [["strong", verdict], ["text", " "], *rich_text.spans(option["why"]), *again]
    return shown | {"right": bool(option["right"]), "why": why}


def quiz(encoded: str) -> Quiz:
    """Show a question whose options explain themselves once one is chosen.

    Parameters
    ----------
    encoded : str
        What :func:`cnnkit.widgets.quiz_format.encode` made of the question.
    """
    return Quiz(decode(encoded))
