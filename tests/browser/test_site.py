"""The course as web pages: two chapters, from a plain file server, without any other."""

from __future__ import annotations

import functools
import html
import http.server
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from lab import Watch, axe_violations
from playwright.sync_api import expect
from shown import box

from autograder.course import load_chapters
from autograder.release.leaks import secrets

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools" / "site"))

from links import dead_links  # noqa: E402 (the folder has to be on the path first)
from mathml import mathml  # noqa: E402

FIRST, SECOND = "00_start_here", "02_convolution_1d"
PAGES = ("index", FIRST, SECOND, "mutations", "benchmarks", "sources", "search")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that keeps its log to itself."""

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the pages of two chapters."""
    out = tmp_path_factory.mktemp("site") / "pages"
    command = [sys.executable, str(ROOT / "tools" / "site" / "build.py"), "--out", str(out)]
    built = subprocess.run(
        [*command, "--chapters", "00", "02"], capture_output=True, text=True, cwd=out.parent
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return out


@pytest.fixture(scope="module")
def address(site):
    """Serve them."""
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def opened(browser, address):
    """A page, and the watch that follows it."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    context.set_default_timeout(120_000)  # a busy machine is no fault of the page's
    page, watch = context.new_page(), Watch()
    watch.follow(page, address)
    yield page, watch
    context.close()


def words(path: Path) -> str:
    """What stands on a page, without the marks of HTML."""
    return html.unescape(re.sub("<[^>]*>", "", path.read_text(encoding="utf-8")))


def test_every_page_opens_without_an_error_or_a_request_outside(opened, address):
    page, watch = opened
    for name in PAGES:
        page.goto(f"{address}/{name}.html")
        # the page of results has a heading only once something was looked for
        shown = page.locator(".sidebar-search" if name == "search" else "h1").first
        expect(shown).to_be_visible()
    assert watch.outside == [] and watch.errors == []


def test_previous_next_and_contents_lead_through_the_course(opened, address):
    page, _ = opened
    page.goto(f"{address}/index.html")
    page.locator(f'.sidebar-tree a[href="{FIRST}.html"]').click()
    expect(page).to_have_url(f"{address}/{FIRST}.html")
    page.locator("a.next-page").click()
    expect(page).to_have_url(f"{address}/{SECOND}.html")
    page.locator("a.prev-page").click()
    expect(page).to_have_url(f"{address}/{FIRST}.html")


def test_the_search_finds_a_chapter(opened, address):
    page, _ = opened
    page.goto(f"{address}/search.html?q=cross-correlation")
    expect(page.locator(f'#search-results a[href^="{SECOND}.html"]').first).to_be_visible()


def test_formulas_are_drawn(opened, address):
    page, _ = opened
    page.goto(f"{address}/{SECOND}.html")
    formulas = page.locator("math")
    assert box(formulas.nth(20))["width"] > 5
    expect(page.locator("article p").filter(has=formulas).first).not_to_contain_text("$")


def test_widgets_and_questions_are_alive(opened, address):
    page, _ = opened
    page.goto(f"{address}/{SECOND}.html")
    stage = page.get_by_role("application").first
    board = page.locator(".cnnkit", has=stage).first
    board.get_by_text("show without predicting").first.click()
    expect(board.locator(".live")).to_contain_text("Place 0 of")
    stage.focus()
    page.keyboard.press("ArrowRight")
    expect(board.locator(".live")).to_contain_text("Place 1 of")
    question = page.locator(".cnnkit", has=page.get_by_role("radio")).first
    question.get_by_role("radio").first.check()
    question.get_by_role("button", name="Check").click()
    expect(question.locator(".note").first).not_to_be_empty()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_widget_and_the_text_can_be_read(opened, address, scheme):
    page, _ = opened
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}/{SECOND}.html")
    assert axe_violations(page, ".cnnkit") == []
    assert axe_violations(page, "article > section > p") == []


def test_on_a_narrow_screen_nothing_sticks_out(opened, address):
    page, _ = opened
    page.set_viewport_size({"width": 360, "height": 800})
    for name in (FIRST, SECOND):
        page.goto(f"{address}/{name}.html")
        page.wait_for_function(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )


def test_no_solution_and_no_hidden_test_is_anywhere(site):
    hidden, solutions = secrets(load_chapters(ROOT))
    assert hidden and solutions
    text = "\n".join(words(site / f"{name}.html") for name in (FIRST, SECOND))
    lines = {line.strip() for line in text.splitlines()}
    assert "from cnnkit.testing import" in text
    assert sorted(lines & {line for line in hidden | solutions if len(line) > 12}) == []


def test_formulas_that_the_converter_lacks_are_drawn_or_warned_of(caplog):
    made = mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "block", None)
    assert made.count("<mtr>") == 2 and "&<" not in made
    assert "<mo>arg</mo>" in mathml(r"k = \arg\max s", "inline", None)
    assert not caplog.records
    mathml(r"\nosuch x", "inline", None)
    assert r"\nosuch cannot be drawn in the formula \nosuch x" in caplog.text


def test_every_link_within_the_pages_leads_somewhere(site):
    assert dead_links(site) == []


def test_a_link_to_nowhere_is_named(tmp_path):
    (tmp_path / "one.html").write_text(
        "<h1 id='head'>One</h1><a href='#head'>here</a><a href='two.html#gone'>gone</a>"
        "<img src='none.png'><a href='https://example.org/'>outside</a><a href='two.html?q'>two</a>"
    )
    (tmp_path / "two.html").write_text("<a name='old'></a><a href='one.html#heads'>one</a>")
    assert dead_links(tmp_path) == [
        "one.html: none.png", "one.html: two.html#gone", "two.html: one.html#heads",
    ]  # fmt: skip


def test_no_page_names_a_folder_of_the_machine(site):
    for path in site.rglob("*.html"):
        assert str(ROOT) not in path.read_text(encoding="utf-8"), path.name


def test_pictures_and_what_is_printed_are_there(site):
    page = (site / f"{SECOND}.html").read_text(encoding="utf-8")
    assert page.count("<img") > 3
    assert "Traceback" not in page and "NotImplementedError" in page
