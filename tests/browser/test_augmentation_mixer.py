"""The augmentation mixer in JupyterLab: keys, mouse, pixels read back, wrong functions."""

import pytest
from lab import open_notebook, run_all, widget, write_notebook
from playwright.sync_api import expect
from shown import expect_pixels

from cnnkit.widgets import mixer_numbers as numbers

CELLS = [
    "import numpy as np\nfrom cnnkit import augment\nfrom cnnkit.widgets import augmentation_mixer",
    "augmentation_mixer()",
    "def keeps_labels(x, y_onehot, alpha, rng):\n"
    "    return augment.mixup(x, y_onehot, alpha, rng)[0], y_onehot.copy()\n"
    "augmentation_mixer(mixup=keeps_labels)",
    "def unwritten(x, rng):\n    raise ValueError('no noise yet')\naugmentation_mixer(unwritten)",
]


@pytest.fixture(scope="module")
def page(watched, lab_folder):
    """Open a notebook of mixers and run it."""
    write_notebook(lab_folder / "mixers.ipynb", CELLS)
    page, _ = watched
    open_notebook(page, "mixers.ipynb")
    run_all(page)
    widget(page, 2).wait_for()
    return page


def mixed(**setting):
    """What Python makes of the nine pictures."""
    chosen = numbers.Setting(**setting)
    return numbers.chain(numbers.batch(chosen.pictures), numbers.DEFAULTS, chosen)


def expect_pictures(mixer, result):
    """Wait until the nine pictures are these."""
    for n, x in enumerate(result.x, start=1):
        expect_pixels(mixer, f"picture {n}", 255 * x)


def test_a_wrong_label_is_explained_and_the_bars_appear(page):
    mixer, result = widget(page, 0), mixed()
    expect(mixer.locator('[data-name="label"]')).to_have_count(0)
    fields = mixer.get_by_role("textbox")
    fields.nth(0).fill("50")
    fields.nth(1).fill("50")
    page.keyboard.press("Enter")
    expect(mixer.locator(".verdict")).to_contain_text("both count alike, whatever λ is")
    bars = mixer.locator('[data-name="label"]')
    expect(bars).to_contain_text(f"{result.y[0].max():.2f}")
    expect(mixer.locator(".live")).to_contain_text(f"λ = {result.blend.share:.2f} for all nine")


def test_the_pictures_on_the_page_are_those_of_python(page):
    mixer = widget(page, 0)
    mixer.get_by_role("slider", name="mix-up").focus()
    page.keyboard.press("Home")
    mixer.get_by_role("slider", name="cut-out").focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    mixer.get_by_role("slider", name="seed").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(mixer.locator("label", has_text="seed")).to_contain_text("3")
    expect(mixer.locator("label", has_text="cut-out")).to_contain_text("9")
    result = mixed(alpha=0.0, hole=9, seed=3)
    expect(mixer.locator(".live")).to_contain_text("the net is told T-shirt/top;")
    expect_pictures(mixer, result)


def test_keys_and_mouse_choose_a_picture(page):
    mixer = widget(page, 0)
    mixer.get_by_role("application").focus()
    page.keyboard.press("End")
    expect(mixer.locator(".live")).to_contain_text("Picture 9 of 9: the net is told Ankle boot")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(mixer.locator(".live")).to_contain_text("Picture 4 of 9: the net is told Dress")
    mixer.locator('[data-name="picture 8"] svg').click()
    expect(mixer.locator(".live")).to_contain_text("Picture 8 of 9: the net is told Bag")


def test_a_button_draws_anew(page):
    mixer = widget(page, 0)
    mixer.get_by_role("button", name="Draw anew").click()
    expect(mixer.locator("label", has_text="seed")).to_contain_text("4")
    expect_pictures(mixer, mixed(alpha=0.0, hole=9, seed=4))


def test_a_function_that_keeps_labels_is_told(page):
    expect(widget(page, 1).locator(".note.trouble")).to_have_text(
        "✗ keeps_labels blends the pictures and leaves their labels as they were."
    )


def test_an_exception_is_a_message_and_the_widget_lives_on(page):
    mixer = widget(page, 2)
    expect(mixer.locator(".note.trouble")).to_have_text(
        "✗ unwritten raised ValueError in line 2 of its cell: no noise yet (This step is left out.)"
    )
    mixer.get_by_role("combobox", name="pictures").select_option("a boot, 9 times")
    expect(mixer.locator(".live")).to_contain_text("the net is told Ankle boot")
