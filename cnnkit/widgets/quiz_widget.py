"""A question with options: choose one, read why it is right or wrong, try again."""

from __future__ import annotations

from html import escape

from cnnkit.widgets import rich_text
from cnnkit.widgets.base import Widget, asset


class Quiz(Widget):
    """One question of a chapter; see :func:`cnnkit.widgets.quiz`.

    Which options are right stays in Python until one is checked, so the page does not hold
    the answer.
    """

    _esm = asset("base.js", "quiz_widget.js")
    _css = asset("base.css", "quiz_widget.css")

    def __init__(self, quiz: dict) -> None:
        super().__init__()
        self._quiz = quiz
        self.view = view(quiz)

    def on_event(self, event: dict) -> None:
        """Judge the option that the student checked."""
        self.view = view(self._quiz, event["check"])

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
