"""A widget that stays alive in a page without a kernel: its views are drawn beforehand.

All states that a widget's :meth:`~cnnkit.widgets.base.Widget.static_events` can lead to are
found by trying, and drawn. In the page a small script takes the kernel's place: it looks up
which view follows an event. So the page shows what Python gives, and nothing is computed twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

MOST_STATES = 3000
SHORT = 40  # characters of a part that is not worth sharing


@dataclass(frozen=True)
class Frames:
    """States in the order found, and where each event leads from each of them."""

    events: list[dict]
    views: list[dict]
    leads: list[dict[int, int]]  # for each state: number of the event -> number of the state


def frames(widget: object) -> Frames:
    """Draw all that the widget's static events lead to from its present state.

    Raises
    ------
    ValueError
        There are more states than a page can carry.
    """
    events = widget.static_events()
    states, numbers, leads = [widget.state], {widget.state: 0}, []
    for state in states:  # grows while it is walked through
        follows = {}
        for event, what in enumerate(events):
            reached = widget.step(state, what)
            if reached not in numbers:
                numbers[reached] = len(states)
                states.append(reached)
            if reached != state:
                follows[event] = numbers[reached]
        leads.append(follows)
        if len(states) > MOST_STATES:
            raise ValueError(
                f"The static events of {widget.label!r} lead to more than {MOST_STATES} states: "
                "list fewer of them."
            )
    return Frames(events, [widget.view_of(state) for state in states], leads)


def html(widget: object) -> str:
    """Give the widget as HTML that lives without a kernel; as a still where it can't."""
    still = widget.still()
    if not widget.static_events():
        return still
    from cnnkit.widgets.base import asset

    found = frames(widget)
    data = {"events": found.events, "leads": found.leads} | _shared(found.views)
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    own = widget._esm.replace("export default widget;", "")
    # A function of its own keeps the names of several widgets of one page apart.
    return (
        f"<div class='cnnkit-static'><style>{widget._css}</style>"
        f"<script type='application/json'>{_inside_script(text)}</script>"
        f"<div class='cnnkit-still'>{still}</div>"
        f"<script>(() => {{\nconst here = document.currentScript.parentElement;\n"
        f"{_inside_script(str(own))}\n{asset('static.js')}\n}})();</script></div>"
    )


def _shared(views: list[dict]) -> dict:
    """Store equal parts of views once; ``{"$": number}`` stands for a part."""
    parts, numbers = [], {}

    def stored(value: object) -> object:
        if isinstance(value, dict):
            value = {key: stored(part) for key, part in value.items()}
        elif isinstance(value, list | tuple):
            value = [stored(part) for part in value]
        text = json.dumps(value)
        if len(text) < SHORT:
            return value
        if text not in numbers:
            numbers[text] = len(parts)
            parts.append(value)
        return {"$": numbers[text]}

    return {"views": [stored(view) for view in views], "parts": parts}


def _inside_script(text: str) -> str:
    """Keep a text from ending the script element it stands in."""
    return text.replace("</", "<\\/")
