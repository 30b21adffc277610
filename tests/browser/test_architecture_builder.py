"""The architecture builder in JupyterLab: keys, numbers read back, wrong functions."""

import pytest
from lab import open_notebook, run_all, widget, write_notebook
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


def numbers(builder, row):
    """What stands behind a block's name: shape, parameters, products, field."""
    return builder.locator(f'[data-row="{row}"] td')


def test_a_prediction_names_the_slip_and_reveals_the_numbers(page):
    builder = widget(page, 0)
    expect(numbers(builder, 0)).to_have_text(["?"] * 4)
    for name, value in (("channels", "8"), ("height", "26"), ("width", "26")):
        builder.get_by_label(f"predicted {name}").fill(value)
    page.keyboard.press("Enter")
    expect(builder.locator(".verdict")).to_contain_text("the padding is left out")
    expect(numbers(builder, 0)).to_have_text(["8 × 28 × 28", "80", "56,448", "3 × 3"])
    expect(builder.get_by_role("application")).to_be_focused()


def test_keys_and_mouse_choose_a_block(page):
    builder = widget(page, 0)
    builder.get_by_role("application").focus()
    page.keyboard.press("End")
    expect(builder.locator(".live")).to_contain_text("Block 6 of 6, dense 10: 784 becomes 10")
    expect(builder.get_by_label("units of block 6")).to_have_value("10")
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
        for nth, text in enumerate([shape, f"{row['params']:,}", f"{row['macs']:,}"]):
            expect(numbers(builder, at).nth(nth)).to_have_text(text)


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
    expect(numbers(builder, 0).nth(2)).to_have_text(f"≠ {2 * first:,}")


def test_an_exception_is_a_message_and_the_widget_lives_on(page):
    builder = widget(page, 2)
    expect(builder.locator(".note.trouble")).to_have_text(
        "✗ Block 1: unwritten raised KeyError in line 2 of its cell: 'stride'"
    )
    builder.get_by_text("show without predicting").click()
    expect(builder.locator('[data-row="0"]')).to_contain_text("8 × 28 × 28")
