"""A JupyterLab and a Chromium for the tests of this folder, each started once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

try:
    import lab
    from playwright.sync_api import expect, sync_playwright
except ImportError:  # the tests are then taken out below, or fail with a sentence
    lab = sync_playwright = None

HERE = Path(__file__).parent
SIZE = {"width": 1280, "height": 900}
MISSING = (
    "The browser tests need Playwright and Chromium. Install the extra 'dev' and Chromium "
    "(Debian: apt-get install chromium), or set CHROMIUM to the browser's path."
)


def chromium() -> str | None:
    """Find the browser."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark this folder's tests; without a browser take them out, except in CI."""
    mine = [item for item in items if HERE in Path(item.path).parents]
    for item in mine:
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.xdist_group("browser"))
    if os.environ.get("CI") or (sync_playwright and chromium()):
        return
    config.hook.pytest_deselected(items=mine)
    items[:] = [item for item in items if item not in mine]
    if mine:
        print(f"\n{len(mine)} tests are left out. {MISSING}")


@pytest.fixture(scope="session")
def browser():
    """Give a headless Chromium."""
    if not (sync_playwright and chromium()):
        pytest.fail(MISSING)
    expect.set_options(timeout=30_000)  # a busy machine is no fault of the page's
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=lab.CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder that JupyterLab shows; tests write their notebooks into it."""
    return tmp_path_factory.mktemp("course")


@pytest.fixture(scope="session")
def lab_url(lab_folder: Path, tmp_path_factory: pytest.TempPathFactory):
    """Give the address of a running JupyterLab."""
    with lab.jupyter_lab(lab_folder, tmp_path_factory.mktemp("private")) as url:
        yield url


@pytest.fixture(scope="session")
def lab_page(browser, lab_url: str):
    """Give the page of the lab; whoever opens a notebook in it closes the one before."""
    context = browser.new_context(base_url=lab_url, viewport=SIZE)
    context.set_default_timeout(90_000)  # see above: of pages that open and clicks that wait
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def watched(lab_page, lab_url: str):
    """Give the page of the lab and a watch that follows it, which must see nothing."""
    watch = lab.Watch()
    watch.follow(lab_page, lab_url)
    yield lab_page, watch
    lab_page.set_viewport_size(SIZE)
    assert watch.errors == [], "errors in the console"
    assert watch.outside == [], "asked from outside"
