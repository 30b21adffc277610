"""Make the README's pictures from the real thing: JupyterLab, a graded class, the widget.

Run as ``python tools/pictures.py`` with Chromium installed (``CHROMIUM`` names it otherwise).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
CHAPTER = "04_conv_layer"
STUDENT = "student-18"  # in a class of 40: the one who flips the kernel
WINDOW = {"width": 1100, "height": 760}

sys.path.insert(0, str(ROOT / "tests" / "browser"))
import lab  # noqa: E402 (the folder has to be on the path first)


def main() -> None:
    """Make all pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=lab.CHROMIUM_FLAGS)
        _graded_class(browser, Path(folder) / "class")
        _notebook(browser, Path(folder))
        browser.close()


def _graded_class(browser: Browser, out: Path) -> None:
    """Grade the demo class; picture the report and one feedback page."""
    command = [sys.executable, "-m", "autograder", "demo", "--students", "40", "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True)
    page = browser.new_page(viewport=WINDOW)
    page.goto((out / "report.html").as_uri())
    page.screenshot(path=IMAGES / "ta-report.png")
    page.goto((out / "feedback" / STUDENT / CHAPTER / f"{CHAPTER}.html").as_uri())
    page.get_by_text("Recognised").first.evaluate("it => it.scrollIntoView({block: 'start'})")
    page.mouse.wheel(0, -70)
    page.wait_for_timeout(200)
    page.screenshot(path=IMAGES / "ta-feedback.png")
    page.close()


def _notebook(browser: Browser, folder: Path) -> None:
    """Open the chapter in JupyterLab; picture an exercise with a failing test, and the widget."""
    course, private = folder / "course", folder / "private"
    course.mkdir()
    private.mkdir()
    shutil.copy(ROOT / "notebooks" / f"{CHAPTER}.ipynb", course)
    with lab.jupyter_lab(course, private) as url:
        page = browser.new_context(base_url=url, viewport=WINDOW).new_page()
        page.set_default_timeout(180_000)  # a busy machine is no fault of the picture's
        lab.open_notebook(page, f"{CHAPTER}.ipynb")
        _fold_side_bar(page)
        _solve_wrongly(page)
        lab.run_all(page, 300)
        failed = page.locator(".jp-CodeCell", has=page.get_by_text("Not as expected")).first
        failed.evaluate("it => it.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(300)
        page.screenshot(path=IMAGES / "student.png")
        page.keyboard.press("ControlOrMeta+s")
        _explorer(page)
        _progress(page, course)
        page.context.close()


def _progress(page: Page, course: Path) -> None:
    """Picture the points so far in a chapter that was saved in the same folder."""
    page.set_viewport_size(WINDOW)
    source = f'import cnnkit\n\ncnnkit.progress("{CHAPTER[:2]}")'
    lab.write_notebook(course / "overview.ipynb", [source])
    lab.open_notebook(page, "overview.ipynb")
    lab.run_all(page)
    page.locator(".jp-Notebook .jp-CodeCell").first.screenshot(path=IMAGES / "progress.png")


def _fold_side_bar(page: Page) -> None:
    page.keyboard.press("ControlOrMeta+b")


def _solve_wrongly(page: Page) -> None:
    """Type in a solution of the first exercise that rounds up."""
    sys.path.insert(0, str(ROOT))
    from autograder.chapter import Chapter
    from autograder.misconceptions import as_source, load

    chapter = Chapter.load(ROOT / "solutions" / f"{CHAPTER}.ipynb")
    known = {m.id: m for m in load(ROOT / "solutions" / "misconceptions" / f"{CHAPTER}.py")}
    exercise = chapter.exercises[0]
    source = exercise.source + "\n\n" + as_source(known["rounds_up"])
    lab.set_cell(page, lab.code_cells(chapter.cells).index(exercise), source)


def _explorer(page: Page) -> None:
    """Run the cell of the convolution explorer, pad its picture and picture it."""
    page.set_viewport_size({"width": WINDOW["width"], "height": 1300})
    cell = page.locator(".jp-CodeCell", has_text="conv_explorer").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    lab.wait_for_idle(page)
    explorer = lab.widget_named(page, "Convolution explorer")
    explorer.get_by_text("show without predicting").click()
    explorer.get_by_role("slider", name="padding").focus()
    page.keyboard.press("ArrowRight")
    expect(explorer.locator(".formula")).to_contain_text("2·1")
    explorer.scroll_into_view_if_needed()
    explorer.screenshot(path=IMAGES / "widget.png")


if __name__ == "__main__":
    main()
