"""What every widget stands on: Python computes a ``view``, JavaScript draws it.

A widget is a subclass of :class:`Widget` with a script and a style of its own. The script
sends events (plain dictionaries) to Python; :meth:`Widget.on_event` answers by setting
``view``; the script draws it. So a widget's arithmetic is tested without a browser.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files

import anywidget
import traitlets


def asset(*names: str) -> str:
    """Read files of this package as one text.

    anywidget loads one script and one style a widget and no file beside them: the shared
    ``base.js`` and ``base.css`` are put before the widget's own.
    """
    folder = files("cnnkit.widgets")
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


class Widget(anywidget.AnyWidget):
    """A picture that listens. Subclasses set ``_esm`` and ``_css`` with :func:`asset`."""

    view = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.on_msg(lambda _, event, __: self.on_event(event))

    def on_event(self, event: dict) -> None:
        """Answer what the student did by setting ``view``."""
        raise NotImplementedError

    def describe(self) -> str:
        """Say in plain text what the widget shows, for where no widget can be shown."""
        raise NotImplementedError

    def still(self) -> str:
        """Give the widget as static HTML, for where no widget can be shown."""
        return f"<pre>{escape(self.describe())}</pre>"

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"text/plain": self.describe(), "text/html": self.still()}, metadata
