"""What every widget stands on: Python holds a state and draws a ``view``, JavaScript shows it.

A widget is a subclass of :class:`Widget`. The page sends what the student does as events (plain
dictionaries); :meth:`Widget.step` makes the next state of it, :meth:`Widget.draw` the view: plain
data that ``board.js`` shows for every widget alike. So a widget is tested without a browser, and
a page without a kernel can be given its views beforehand (:mod:`cnnkit.widgets.static_page`).
"""

from __future__ import annotations

from importlib.resources import files

import anywidget
import traitlets

from cnnkit.widgets import figures, static_page, still_view

BASE_SCRIPTS = ("base.js", "controls.js", "figures.js", "plots.js", "board.js")
BASE_STYLES = ("base.css", "board.css")


def asset(*names: str) -> str:
    """Read files of this package as one text: anywidget loads no file beside a script."""
    folder = files("cnnkit.widgets")
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


def script(name: str = "plain.js") -> str:
    """Give a widget's script, the shared ones before it; the script names its ``widget``."""
    return asset(*BASE_SCRIPTS, name) + "\nexport default widget;\n"


def style(*names: str) -> str:
    """Give a widget's style, the shared ones before it."""
    return asset(*BASE_STYLES, *names)


class Widget(anywidget.AnyWidget):
    """A picture that listens.

    Subclasses have a ``label``, :meth:`step` and :meth:`draw`, and call :meth:`show` with their
    first state at the end of ``__init__``; a script of their own only where they show something
    that no figure of :mod:`cnnkit.widgets.figures` does.
    """

    _esm = script()
    _css = style()
    label = "Widget"
    alive = False  # whether the HTML of widgets carries what a page without a kernel needs

    view = traitlets.Dict().tag(sync=True, to_json=lambda view, _: figures.without_bytes(view))
    pictures = traitlets.List().tag(sync=True)  # their bytes: sent only when they change

    def __init__(self) -> None:
        super().__init__()
        self._answered = 0
        self.on_msg(lambda _, content, __: self._answer(content["events"]))

    def step(self, state: object, event: dict) -> object:
        """Give the state that follows; a state is a frozen dataclass."""
        raise NotImplementedError

    def draw(self, state: object) -> dict:
        """Give the view of a state."""
        raise NotImplementedError

    def static_events(self) -> list[dict]:
        """List the events that a page without a kernel shall answer."""
        return []

    def open(self) -> None:
        """Tell the page of the widget, not before there is a view: it draws what it is given."""
        if self.view:
            super().open()

    def show(self, state: object) -> None:
        """Take a state and draw it."""
        self.state, is_first = state, not self.view
        view = self.view_of(state)
        self.pictures = figures.picture_bytes(view)  # first: the page draws when the view comes
        self.view = view
        if is_first:
            self.open()

    def view_of(self, state: object) -> dict:
        """Give all that a page shows of a state."""
        return {"label": self.label} | self.draw(state)

    def on_event(self, *events: dict) -> None:
        """Answer what the student did, one event after another, and draw once."""
        state = self.state
        for event in events:
            state = self.step(state, event)
        self.show(state)

    def describe(self) -> str:
        """Say in plain text what the widget shows, for where no widget can be shown."""
        return still_view.text(self.view)

    def still(self) -> str:
        """Give the widget as static HTML, for where no widget can be shown."""
        return still_view.html(self.view)

    def _answer(self, events: list[dict]) -> None:
        """Answer a message of the page, which sends the next one when this one is answered."""
        with self.hold_sync():
            try:
                self.on_event(*events)
            finally:
                self._answered += 1
                self.view = self.view | {"answered": self._answered}

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        html = static_page.html(self) if Widget.alive else self.still()
        return data | {"text/plain": self.describe(), "text/html": html}, metadata
