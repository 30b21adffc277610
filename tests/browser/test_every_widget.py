"""What holds for every widget alike, in JupyterLab: reached by keys, told in words, not cut off.

A widget is here as soon as :mod:`cnnkit.widgets` names it: as it comes, with a function that
raises, and, where it stands for a function of ours, with one that gives other numbers.
"""

import inspect
import re

import pytest
from lab import axe_violations, open_notebook, run_all, use_theme, widget, write_notebook
from playwright.sync_api import expect
from shown import cut_off

from cnnkit import widgets
from cnnkit.widgets import figures
from cnnkit.widgets.quiz_format import encode

QUIZ = {
    "name": "padding",
    "question": "What does padding 1 do to $7 \\times 7$ under a `3 x 3` kernel?",
    "options": [
        {"text": "It keeps 7 × 7.", "right": True, "why": "7 + 2 − 3 + 1 = 7."},
        {"text": "It gives 5 × 5.", "right": False, "why": "So it is without padding."},
    ],
}
NAMES = [name for name in widgets.__all__ if name in widgets.HOMES]
LARGE = [  # what is widest of each
    "conv_explorer(height=10, width=10, padding=3, kernel=1, channels=3, filters=4)",
    "pooling_playground(kind='average', window=4, padding=2, stride=1)",
    "backprop_stepper(height=5, width=5, kernel=3, padding=2)",
    "im2col_viewer(channels=2, height=5, width=5, kernel=3, padding=1)",
]
START = """
from cnnkit import architectures, filters, images, ops, widgets

def raises(*arrays, **options):
    raise ValueError("it is not done")

def spoilt(function):
    def gives_more(*arrays, **options):
        given = function(*arrays, **options)
        return (given[0] + 1, *given[1:]) if isinstance(given, tuple) else given + 1
    return gives_more
"""

# What Tab should stop at: of radio buttons it is one.
STOPS = """widget => {
  const groups = new Set();
  const kinds = "button, input, select, textarea, summary, a[href], [tabindex]";
  return [...widget.querySelectorAll(kinds)]
    .filter(node => node.checkVisibility() && !node.disabled && node.tabIndex >= 0)
    .filter(node => node.type !== "radio" || (!groups.has(node.name) && groups.add(node.name)));
}"""
FOCUS = f"(widget, at) => ({STOPS})(widget).at(at).focus()"
COUNT = f"widget => ({STOPS})(widget).length"
REACHED = f"""widget => {{
  const node = document.activeElement;
  const framed = getComputedStyle(node).outlineStyle !== "none";
  return [({STOPS})(widget).indexOf(node), framed];
}}"""
ACTIVE_CELL = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"


def takes_function(name: str) -> bool:
    """Say whether a widget's first argument is a function."""
    parameters = [*inspect.signature(getattr(widgets, name)).parameters.values()]
    return bool(parameters) and "Callable" in str(parameters[0].annotation)


WITH_FUNCTION = [name for name in NAMES if takes_function(name)]
WITH_OURS = {  # the function for which the first argument stands
    "architecture_builder": "architectures.count_macs",
    "backprop_stepper": "ops.conv2d_backward",
    "conv_explorer": "ops.conv2d",
    "im2col_viewer": "ops.im2col",
    "kernel_editor": "filters.correlate2d",
    "pixel_inspector": "images.quantize",
    "pooling_playground": "ops.max_pool2d",
    "shift_slider": "images.shift2d",
    "sliding_kernel": "filters.correlate1d",
}
CALLS = [
    *(f"widgets.{name}({repr(encode(QUIZ)) if name == 'quiz' else ''})" for name in NAMES),
    *(f"widgets.{name}(raises)" for name in WITH_FUNCTION),
    *(f"widgets.{name}(spoilt({ours}))" for name, ours in WITH_OURS.items()),
    *(f"widgets.{call}" for call in LARGE),
]


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of all widgets and run it."""
    write_notebook(lab_folder / "all.ipynb", [START, *CALLS])
    page, _ = watched
    open_notebook(page, "all.ipynb")
    run_all(page, seconds=120)
    expect(page.locator(".cnnkit")).to_have_count(len(CALLS))
    return page


def shown(page, name, argument=""):
    """Give a widget as it comes, or with another function."""
    if name == "quiz":
        argument = repr(encode(QUIZ))
    return widget(page, CALLS.index(f"widgets.{name}({argument})"))


def reveal(box):
    """Let a widget, or all of the page, show what it asks for."""
    for skip in box.get_by_role("checkbox", name="show without predicting").all():
        skip.check()
    expect(box.locator(".prediction form:visible")).to_have_count(0)


@pytest.mark.parametrize("name", NAMES)
def test_tab_stops_at_every_control_in_turn_and_leads_out_again(page, name):
    box = shown(page, name)
    stops = box.evaluate(COUNT)
    box.evaluate(FOCUS, 0)
    reached = []
    for _ in range(stops):
        reached.append(box.evaluate(REACHED))
        page.keyboard.press("Tab")
    assert [at for at, _ in reached] == list(range(stops))
    assert all(framed for _, framed in reached[1:])  # the first was not reached by a key
    assert box.evaluate(REACHED)[0] == -1


@pytest.mark.parametrize("name", NAMES)
def test_keys_go_to_the_widget_and_not_to_jupyterlab(page, name):
    box = shown(page, name)
    stage = box.get_by_role("application")
    listens = stage if stage.count() else box.get_by_role("radio").first
    listens.click(position={"x": 2, "y": 2})
    listens.focus()
    cell = page.evaluate(ACTIVE_CELL)
    for key in [*figures.KEYS, *"ddax"]:  # the letters delete, add and cut cells
        page.keyboard.press(key)
    expect(page.locator(".cnnkit")).to_have_count(len(CALLS))
    assert page.evaluate(ACTIVE_CELL) == cell
    assert box.evaluate("node => node.contains(document.activeElement)")


@pytest.mark.parametrize("name", WITH_FUNCTION)
def test_an_exception_is_a_sentence_in_the_widget(page, name):
    box = shown(page, name, "raises")
    reveal(box)
    said = re.compile(r"raises raised ValueError in line \d of its cell: it is not done")
    expect(box.locator(".note.bad", has_text=said)).to_be_visible()


@pytest.mark.parametrize("name", WITH_OURS)
def test_wrong_numbers_are_told_in_a_sentence(page, name):
    box = shown(page, name, f"spoilt({WITH_OURS[name]})")
    reveal(box)
    expect(box.locator(".note.bad", has_text="gives_more")).to_contain_text("right is")


def test_axe_finds_nothing_before_the_answers_are_shown(page):
    use_theme(page, "Light")
    assert axe_violations(page, ".cnnkit") == []


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_axe_finds_nothing(page, theme):
    reveal(page)
    use_theme(page, theme)
    assert axe_violations(page, ".cnnkit") == []


@pytest.mark.parametrize("name", NAMES)
def test_what_is_seen_is_told_in_words(page, name):
    box = shown(page, name)
    expect(box).to_have_attribute("aria-label", re.compile("[a-z]"))
    expect(box.locator(".live" if name != "quiz" else "form")).not_to_be_empty()


# A page of 1280 by 900 at 200 % has half as many pixels of CSS.
@pytest.mark.parametrize("size", [(360, 800), (640, 450)], ids=["telephone", "200 %"])
def test_nothing_is_cut_off_where_there_is_little_room(page, size):
    reveal(page)
    assert cut_off(page, *size) == []
