"""The architecture builder in JupyterLab: keys, numbers read back, wrong functions, themes."""

import pytest
from lab import axe_violations, open_notebook, run_all, widget, write_notebook
from playwright.sync_api import expect

from cnnkit import architectures

CELLS = [
    "from cnnkit import architectures\nfrom cnnkit.widgets import architecture_builder",
    "architecture_builder()",
    "def doubles(arch):\n    return 2 * architectures.count_macs(arch)\n"
    "architecture_builder(doubles, lambda layers: (5, 1, 0.0), start='LeNet-5')",
    "def unwritten(arch):\n    raise KeyError('stride')\narchitecture_builder(unwritten)",
]


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of builders and run it."""
    write_notebook(lab_folder / "builders.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "builders.ipynb")
    run_all(page)
    widget(page, 2).wait_for()
    return page


def texts(builder, row):
    """The cells of a row of the table."""
    return builder.locator(f'[data-row="{row}"]').locator("th, td").all_text_contents()


def test_a_prediction_names_the_slip_and_reveals_the_numbers(page):
    builder = widget(page, 0)
    assert texts(builder, 0)[1:] == ["?"] * 4
    for name, value in (("channels", "8"), ("height", "26"), ("width", "26")):
        builder.get_by_label(f"predicted {name}").fill(value)
    page.keyboard.press("Enter")
    expect(builder.locator(".verdict")).to_contain_text("the padding is left out")
    assert texts(builder, 0)[1:] == ["8 × 28 × 28", "80", "56,448", "3 × 3"]
    expect(builder.get_by_role("application")).to_be_focused()


def test_keys_and_mouse_choose_a_block(page):
    builder = widget(page, 0)
    builder.get_by_role("application").focus()
    page.keyboard.press("End")
    expect(builder.locator(".live")).to_contain_text("Block 6 of 6, dense 10: 784 becomes 10")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(builder.locator('[aria-current="true"]')).to_have_attribute("data-row", "1")
    builder.locator('[data-row="2"] td').first.click()
    expect(builder.locator(".live")).to_contain_text(
        "Block 3 of 6, conv 16, 3 × 3, padding 1: 8 × 14 × 14 becomes 16 × 14 × 14; 1,168 "
        "parameters, 225,792 products, a place sees 8 × 8 pixels."
    )


def test_the_table_of_a_known_net_is_the_one_that_python_counts(page):
    builder = widget(page, 0)
    builder.get_by_text("show without predicting").click()
    builder.get_by_label("start from").select_option("AlexNet")
    expect(builder.locator("[data-row]")).to_have_count(12)
    rows = [row for row in architectures.alexnet_table() if row["name"][:4] != "relu"]
    for at, row in enumerate(rows):
        shape = " × ".join(map(str, row["shape"]))
        assert texts(builder, at)[1:4] == [shape, f"{row['params']:,}", f"{row['macs']:,}"]


def test_a_slider_by_keys_makes_the_sizes_vanish_and_a_sentence_says_so(page):
    builder = widget(page, 0)
    builder.get_by_label("start from").select_option("a small net")
    builder.get_by_role("application").focus()
    page.keyboard.press("ArrowDown")
    expect(builder.locator(".live")).to_contain_text("Block 2 of 6")
    builder.get_by_role("slider", name="stride").focus()
    page.keyboard.press("End")
    for _ in range(2):
        builder.get_by_label("new block").select_option("max pool")
        add = builder.get_by_role("button", name="Add behind block")
        add.press("Enter")
        expect(builder.locator(".live")).to_contain_text("max pool")
        expect(add).to_be_focused()
    expect(builder.locator(".note.broken")).to_contain_text("The sizes have vanished")
    builder.get_by_role("button", name="Remove block").click()
    expect(builder.locator(".note.broken")).not_to_contain_text("Block 4")


def test_wrong_functions_are_told_at_their_block(page):
    builder = widget(page, 1)
    builder.get_by_text("show without predicting").click()
    first = 6 * 25 * 28 * 28
    expect(builder.locator(".note.trouble")).to_contain_text(
        f"doubles gives {2 * first:,} products up to block 1, right is {first:,}"
    )
    expect(builder.locator(".note.trouble")).to_contain_text("rf 5 behind block 2, right is 6")
    # the message stands there from the start: the table is revealed a moment later
    products = builder.locator('[data-row="0"]').locator("th, td").nth(3)
    expect(products).to_have_text(f"≠ {2 * first:,}")


def test_an_exception_is_a_message_and_the_widget_lives_on(page):
    builder = widget(page, 2)
    expect(builder.locator(".note.trouble")).to_have_text(
        "✗ Block 1: unwritten raised KeyError in line 2 of its cell: 'stride'"
    )
    builder.get_by_text("show without predicting").click()
    expect(builder.locator('[data-row="0"]')).to_contain_text("8 × 28 × 28")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing(page, theme):
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
    )
    light = str(theme == "JupyterLab Light").lower()
    page.locator(f'body[data-jp-theme-light="{light}"]').wait_for(state="attached")
    assert axe_violations(page, ".cnnkit") == []


def test_on_a_narrow_screen_nothing_sticks_out(page):
    page.set_viewport_size({"width": 360, "height": 800})
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    for index in range(3):
        box = widget(page, index)
        page.wait_for_function("node => node.clientWidth < 330", arg=box.element_handle())
        assert box.evaluate("node => node.scrollWidth - node.clientWidth") <= 0


def test_nothing_is_asked_from_outside_and_no_error_is_in_the_console(page, watched):
    _, watch = watched
    assert watch.outside == []
    assert watch.errors == []
