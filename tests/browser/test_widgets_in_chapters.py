"""Each chapter's widget where its reader meets it, on the course's functions and the reader's own.

The students' notebook with its exercises solved is opened in JupyterLab and run. Left out are tests
and those demonstrations from which the widget needs nothing: some of them train for a minute.
"""

from __future__ import annotations

import ast
import json
import re

import pytest
from lab import open_notebook, run_all, widget_named
from playwright.sync_api import Locator, expect
from shown import box

from autograder.bindings import bound_at_top
from cnnkit import widgets
from cnnkit.widgets import figures
from tests.course.classroom import CHAPTERS, solved, student_notebook
from tests.course.packing import names_in

pytestmark = pytest.mark.long

NAMES = set(widgets.HOMES) - {"quiz"}
TEACHING = [f"{number:02}" for number in range(1, 14)]  # 00 only welcomes
ALWAYS = ("text", "quiz", "setup", "exercise")  # roles of cells that are never left out


def role(cell: dict) -> str:
    return cell["metadata"].get("cnnkit", {}).get("role", "")


def cells_of(notebook: dict) -> list[dict]:
    """Give a notebook's cells, the source of each as one text."""
    return [cell | {"source": "".join(cell["source"])} for cell in notebook["cells"]]


def called(cell: dict) -> str:
    """Name the widget that a cell imports and calls; empty where it does not."""
    if cell["cell_type"] != "code" or "from cnnkit.widgets import" not in cell["source"]:
        return ""
    return next(iter(names_in(cell["source"]) & NAMES), "")


def place(cells: list[dict]) -> int | None:
    """Find the cell of the chapter's widget."""
    return next((at for at, cell in enumerate(cells) if called(cell)), None)


def read_in(source: str) -> set[str]:
    """Find the names that a cell reads, also those that it changes."""
    nodes = [*ast.walk(ast.parse(source))]
    changed = [node.target for node in nodes if isinstance(node, ast.AugAssign)]
    return {
        node.id
        for node in nodes
        if isinstance(node, ast.Name) and (isinstance(node.ctx, ast.Load) or node in changed)
    }


def own_call(cells: list[dict], at: int) -> str:
    """Give the call that the text before a widget names for one's own functions, if it does."""
    text = "\n".join(cell["source"] for cell in cells[:at] if role(cell) == "text")
    written = (bound_at_top(cell["source"]) for cell in cells if role(cell) == "exercise")
    mine, name = set().union(*written), called(cells[at])
    calls = re.findall(rf"`({name}\([^`]+\))`", text)
    return next((call for call in calls if names_in(call) - {name} <= mine), "")


def lesson(name: str) -> list[dict]:
    """Give the cells to run; those that end in a widget have an id that begins with it."""
    cells = cells_of(solved(name))
    at = place(cells)
    assert at is not None, f"no cell of {name} shows a widget"
    shows = cells[at] | {"id": f"widget-{cells[at]['id']}"}
    kept, needed = [shows], read_in(shows["source"])
    for cell in reversed(cells[:at]):
        binds = needed & set(bound_at_top(cell["source"])) if role(cell) == "demo" else ()
        if binds or role(cell) in ALWAYS:
            kept.insert(0, cell)
        if binds:
            needed = needed - binds | read_in(cell["source"])
    call = own_call(cells, at)
    if call:  # with what is asked for only further below
        kept += [cell for cell in cells[at:] if role(cell) in ("setup", "exercise")]
        kept.append(shows | {"id": "widget-own", "source": call, "metadata": {}})
    return kept


def made_by(cells: list[dict]) -> list[widgets.base.Widget]:
    """Run the cells in this process, and give the widgets in which some of them end."""
    space, found = {}, []
    for cell in cells:
        if cell["cell_type"] == "code" and role(cell) != "quiz":
            tree = ast.parse(cell["source"])
            shows = tree.body.pop() if cell["id"].startswith("widget-") else None
            exec(compile(tree, cell["id"], "exec"), space)
            if shows:
                found.append(eval(compile(ast.Expression(shows.value), cell["id"], "eval"), space))
    return found


def telling_key(made) -> str:
    """Give a key at which the widget says something else than now, and press it in Python."""
    before = made.view["live"]
    for key in figures.KEYS:
        made.on_event({"move": key})
        if made.view["live"] != before:
            return key
    raise AssertionError(f"no key changes what {made.label} says")


def click(shown: Locator, made) -> None:
    """Click on the last place of the first figure that listens, on the page and in Python."""
    rows = made.view["stage"]["rows"]
    figure = next((figure for row in rows for figure in row if figure.get("click")), None)
    if figure is None:
        return
    drawn = shown.locator(f'[data-name="{figure["name"]}"]').locator(".picture, svg").first
    if figure["kind"] == "grid":
        cell = drawn.locator(".cell").last
        at = [int(part) for part in cell.get_attribute("data-at").split(",")]
        cell.click()
    else:
        at = [figure["height"] - 2, figure["width"] - 2]
        one = box(drawn)["width"] / figure["width"]
        drawn.click(position={"x": (at[1] + 0.5) * one, "y": (at[0] + 0.5) * one})
    made.on_event({"go": figure["name"], "at": at})


@pytest.mark.parametrize("name", [name for name in CHAPTERS if name[:2] in TEACHING])
def test_the_widget_opens_and_tells_what_python_tells(watched, lab_folder, name):
    page, _ = watched
    cells = lesson(name)
    notebook = student_notebook(name) | {"cells": cells}
    (lab_folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    open_notebook(page, f"{name}.ipynb")
    run_all(page, seconds=240)
    for nth, made in enumerate(made_by(cells)):
        shown = widget_named(page, made.label, nth)
        live = shown.locator(".live")
        expect(live).to_have_text(made.view["live"])
        if made.view.get("prediction"):
            shown.get_by_text("show without predicting").click()
            made.on_event({"skip": True})
            expect(live).to_have_text(made.view["live"])
        expect(shown.locator(".note.bad:not(:empty)")).to_have_count(0)
        shown.get_by_role("application").focus()
        page.keyboard.press(telling_key(made))
        expect(live).to_have_text(made.view["live"])
        click(shown, made)
        expect(live).to_have_text(made.view["live"])
        assert re.search(r"\d", made.view["live"])
