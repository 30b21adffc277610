"""The error browser in JupyterLab: keys and mouse, numbers read back, wrong functions."""

import numpy as np
import pytest
from lab import open_notebook, run_all, widget, write_notebook
from playwright.sync_api import expect
from shown import cells, expect_pixels

from cnnkit import ops, training
from cnnkit.widgets import error_starts
from cnnkit.widgets.shift_nets import AVERAGE, PLACES, trained_nets

CELLS = [
    "import numpy as np\nfrom cnnkit.widgets import error_browser",
    "error_browser()",
    "def by_light(X):\n    return (X.mean(axis=(1, 2, 3)) // 26).astype(int)\n"
    "error_browser(by_light)",
    "def unwritten(X):\n    raise ValueError('no net yet')\nerror_browser(unwritten)",
    "def too_few(X):\n    return np.zeros(3, int)\n"
    "error_browser({'too_few': too_few, 'mine': by_light})",
]
DATA = error_starts.read_pictures(None, None, None)
NAMES, LABELS = DATA.names, DATA.labels


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of error browsers and run it."""
    write_notebook(lab_folder / "errors.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "errors.ipynb")
    run_all(page)
    widget(page, 3).wait_for()
    return page


def shares(end):
    """What a net says of the pictures."""
    scores = trained_nets()[end].forward(DATA.x.astype(np.float32) / 255)
    return ops.softmax(scores)


def in_order(p, true, said):
    """The pictures of a cell, the most certain first."""
    found = np.flatnonzero((LABELS == true) & (p.argmax(axis=1) == said))
    return found[np.argsort(-p[found, said], kind="stable")]


def test_a_prediction_by_keys_reveals_the_matrix_that_python_counts(page):
    browser, p = widget(page, 0), shares(PLACES)
    counts = training.confusion_matrix(LABELS, p.argmax(axis=1), 10)
    wrong = counts - np.diag(counts.diagonal())
    worst = wrong.sum(axis=1).argmax()
    expect(browser.locator("legend")).to_contain_text(f"more trouble than {NAMES[worst]}")
    expect(browser.locator('[data-name="matrix"]')).to_have_count(0)
    browser.get_by_label("Ankle boot", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    best = NAMES[wrong[worst].argmax()]
    expect(browser.locator(".verdict")).to_contain_text(f"taken for {best}: {wrong[worst].max()}, ")
    expect(browser.get_by_role("application")).to_be_focused()
    expect(cells(browser, "matrix")).to_have_text([str(n) for n in counts.ravel() if n])


def test_keys_choose_a_cell_and_a_picture_and_the_numbers_are_pythons(page):
    browser, p = widget(page, 0), shares(PLACES)
    other = shares(AVERAGE)
    wrong = training.confusion_matrix(LABELS, p.argmax(axis=1), 10)
    np.fill_diagonal(wrong, 0)
    true, said = np.unravel_index(wrong.argmax(), wrong.shape)
    browser.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageDown")
    n = in_order(p, true, said)[1]
    live = browser.locator(".live")
    expect(live).to_contain_text(f"{NAMES[true]}, taken for {NAMES[said]}: picture 2 of ")
    expect(live).to_contain_text(f"number {n}. It was {NAMES[true]}")
    expect_pixels(browser, "photo", DATA.x[n, 0])
    for at, q in enumerate((p, other)):
        texts = browser.locator(f'[data-name="says {at}"] .bar-text').all_inner_texts()
        assert [int(text.split()[0]) for text in texts] == np.rint(100 * q[n]).tolist()
    page.keyboard.press("Escape")
    expect(live).to_contain_text("All errors: picture 1 of ")


def test_the_mouse_chooses_a_cell_and_a_small_picture(page):
    browser, p = widget(page, 0), shares(PLACES)
    browser.locator('[data-name="matrix"] .cell[data-at="0,3"]').click()
    found = in_order(p, 0, 3)
    expect(browser.locator('[data-name^="thumb "]')).to_have_count(len(found[:8]))
    browser.locator('[data-name="thumb 2"] svg').click()
    expect(browser.locator(".live")).to_contain_text(
        f"picture 3 of {len(found)}, number {found[2]}"
    )
    expect(browser.get_by_role("combobox", name="it was")).to_have_value(NAMES[0])


def test_the_square_says_what_an_answer_hangs_on(page):
    browser, p = widget(page, 0), shares(PLACES)
    n = in_order(p, 0, 3)[2]
    browser.get_by_role("button", name="Cover parts of it and ask again").click()
    x = DATA.x[n].astype(np.float32) / 255
    fall = training.occlusion_map(trained_nets()[PLACES], x, 3)[::2, ::2]
    i, j = np.unravel_index(fall.argmax(), fall.shape)
    expect(browser.locator(".live")).to_contain_text(f"around row {2 * i}, column {2 * j} covered")
    strength = fall / abs(fall).max()
    dark = np.where(strength < 0, [[[0]], [[114]], [[178]]], [[[122]], [[40]], [[0]]])
    expect_pixels(browser, "hangs on", 255 + abs(strength) * (dark - 255), within=1)
    browser.get_by_role("button", name="Uncover it").click()
    expect(browser.locator('[data-name="hangs on"]')).to_have_count(0)


def test_filters_listen_to_keys_and_to_the_other_model(page):
    browser, p, q = widget(page, 0), shares(PLACES), shares(AVERAGE)
    browser.get_by_role("application").focus()
    page.keyboard.press("Escape")
    browser.get_by_role("slider", name="at least so sure").focus()
    page.keyboard.press("End")
    wrong = p.argmax(axis=1) != LABELS
    live = browser.locator(".live")
    many = (wrong & (p.max(axis=1) >= 0.8)).sum()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(live).to_contain_text(f"All errors, 80 % sure or more: picture 1 of {many}, ")
    page.keyboard.press("Home")
    browser.get_by_label("only where the two models differ").check()
    differ = wrong & (p.argmax(axis=1) != q.argmax(axis=1))
    expect(live).to_contain_text(f"the models differ: picture 1 of {differ.sum()}, ")
    browser.get_by_label("whose answers").select_option("net by means")
    differ = (q.argmax(axis=1) != LABELS) & (p.argmax(axis=1) != q.argmax(axis=1))
    expect(live).to_contain_text(f"picture 1 of {differ.sum()}, ")
    browser.get_by_role("button", name="Next pictures").click()
    expect(live).to_contain_text(f"picture 9 of {differ.sum()}, ")


def test_a_model_that_names_classes_only_shows_where_the_class_changes(page):
    browser = widget(page, 1)
    browser.get_by_label("show without predicting").check()
    expect(browser.locator(".note.names")).to_contain_text("by_light names classes only")
    expect(browser.get_by_role("slider")).to_have_count(0)
    browser.get_by_role("button", name="Cover parts of it").click()
    expect(browser.locator(".live")).to_contain_text(" of 196 places of the square it says")


def test_an_exception_is_a_message(page):
    browser = widget(page, 2)
    expect(browser.locator(".note.trouble")).to_have_text(
        "✗ unwritten raised ValueError in line 2 of its cell: no net yet"
    )
    expect(browser.locator(".live")).to_have_text(
        "unwritten gave no answers that could be looked at."
    )


def test_a_wrong_shape_is_a_message_and_the_other_model_is_looked_at(page):
    browser = widget(page, 3)
    expect(browser.locator(".note.trouble")).to_have_text(
        "✗ too_few returned shape (3,); for 200 pictures it should be (200,), a class each, or "
        "(200, 10), their probabilities."
    )
    browser.get_by_label("show without predicting").check()
    expect(browser.locator(".live")).to_contain_text("mine says ")
    browser.get_by_label("whose answers").select_option("too_few")
    expect(browser.locator(".live")).to_contain_text("too_few gave no answers")
    browser.get_by_label("whose answers").select_option("mine")
    expect(browser.locator('[data-name="matrix"]')).to_be_visible()
