"""What board.js does for every widget: what is scrolled stays so, edges, playing."""

import pytest
from lab import open_notebook, run_all, wait_for_idle, widget, write_notebook
from playwright.sync_api import expect

CELL = """
from dataclasses import dataclass, replace

import numpy as np

from cnnkit.widgets import figures
from cnnkit.widgets.base import Widget


@dataclass(frozen=True)
class State:
    steps: int = 0
    at: tuple = ()


class Probe(Widget):
    label = "Probe"

    def __init__(self):
        super().__init__()
        self.show(State())

    def step(self, state, event):
        match event:
            case {"move": _}:
                return replace(state, steps=state.steps + 1)
            case {"go": "picture", "at": at}:
                return replace(state, at=tuple(at))
        return state

    def draw(self, state):
        black = np.zeros((2, 3))
        row = figures.grid("row", "a long row", [[state.steps] * 99])
        boxes = [figures.box(*state.at, 1, 1)] if state.at else []
        options = {"scale": 30.3, "boxes": boxes, "click": True}
        picture = figures.picture("picture", "", black, "black", **options)
        kinds = [["", "tap", "lost here"], ["wrong ring", "also", ""]]
        marks = [kinds[(i + sum(state.at)) % 2] for i in range(2)]
        grid = figures.grid("grid", "with marks", [[1, 2, 3], [4, 5, 6]], marks=marks)
        return {
            "stage": {"label": "Any arrow key makes a step.", "rows": [[row], [picture, grid]]},
            "play": {"event": {"move": "next"}, "every": 10**8},
            "live": f"steps {state.steps}, at {state.at}",
        }


probe = Probe()
probe
"""
# A click beside the picture's lower left corner, as a mouse tells it that is rounded down.
CLICK = """canvas => {
  const { left, bottom } = canvas.getBoundingClientRect();
  canvas.dispatchEvent(
    new MouseEvent("click", { bubbles: true, clientX: left - 0.9, clientY: bottom + 0.9 }));
}"""


@pytest.fixture
def probe(watched, lab_folder):
    """Open a notebook with a widget that counts its steps."""
    write_notebook(lab_folder / "board.ipynb", [CELL, "probe"])
    page, _ = watched
    open_notebook(page, "board.ipynb")
    run_all(page)
    expect(widget(page, 0).locator(".live")).to_have_text("steps 0, at ()")
    return widget(page, 0)


def test_what_was_scrolled_and_focused_stays_so(probe):
    row = probe.locator('[data-name="row"]')
    row.focus()
    row.evaluate("node => { node.scrollLeft = 200; }")
    probe.locator("canvas").evaluate(CLICK)
    expect(probe.locator(".live")).to_contain_text("at (1, 0)")
    assert row.evaluate("node => node.scrollLeft") == 200
    expect(row).to_be_focused()


def test_only_a_figure_that_changes_is_drawn_anew(probe):
    figures = probe.locator("figure")
    for figure in figures.all():
        figure.evaluate("node => { node.seen = true; }")
    probe.get_by_role("application").focus()
    probe.page.keyboard.press("Home")
    expect(probe.locator(".live")).to_have_text("steps 1, at ()")
    assert figures.evaluate_all("nodes => nodes.map(node => !!node.seen)") == [False, True, True]


# Each drawing has hatching of its own.
DRAWN = """root => [...root.querySelectorAll("figure")].map(
  figure => figure.outerHTML.replace(/cnnkit-\\w+/g, ""))"""


def test_what_moves_on_a_figure_ends_where_a_new_drawing_has_it(probe):
    figures = probe.locator("figure")
    for figure in figures.all():
        figure.evaluate("node => { node.seen = true; }")
    for place in ({"x": 40, "y": 10}, {"x": 70, "y": 40}, {"x": 70, "y": 10}):
        probe.locator('[data-name="picture"] .picture').click(position=place)
        at = f"at ({place['y'] // 30}, {place['x'] // 30})"
        expect(probe.locator(".live")).to_contain_text(at)
    assert figures.evaluate_all("nodes => nodes.map(node => !!node.seen)") == [True, True, True]
    page = probe.page
    page.locator(".jp-CodeCell").nth(1).locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+Enter")
    wait_for_idle(page)
    fresh = widget(page, 1)
    expect(fresh.locator(".live")).to_contain_text("at (0, 2)")
    assert probe.evaluate(DRAWN) == fresh.evaluate(DRAWN)


def test_play_makes_its_first_step_at_once_and_is_not_read_out(probe):
    live = probe.locator(".live")
    probe.get_by_role("button", name="Play").click()
    expect(live).to_have_text("steps 1, at ()")
    expect(live).to_have_attribute("aria-live", "off")
    probe.get_by_role("application").focus()
    probe.page.keyboard.press("End")  # a key stops it
    expect(live).to_have_text("steps 2, at ()")
    expect(live).to_have_attribute("aria-live", "polite")
