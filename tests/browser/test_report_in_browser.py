"""The class report and a feedback page, opened from a file as a teacher and a student would."""

import re
from pathlib import Path

import pytest
from lab import axe_violations
from playwright.sync_api import expect
from shown import box

from autograder.chapter import Cell, Chapter
from autograder.feedback import render_page
from autograder.report import render_report
from autograder.report.pairs import render_pairs
from autograder.results import FAILED, PASSED, CellResult, CodeResult, Result
from autograder.similar import Likeness

CHAPTER = Chapter(
    "91_small",
    "Small",
    (Cell("double-values", "test", "assert double(1) == 2", "double-values", "double", "T", 12.0),),
    Path("91_small.ipynb"),
)
NAMES = ["Zoë", "ana", "<script>document.title = 'run'</script>", "student10", "student9"]


def make_result(student, score):
    status = PASSED if score == 12 else FAILED
    cell = CellResult(
        "double-values", "double", "T", score, 12.0, status, expected=[[1]], got=[[2]]
    )
    return Result(student, "91_small", cells=[cell], code=[CodeResult("double", "x = 1")])


@pytest.fixture
def open_page(browser, tmp_path):
    """Write a page to a file and open it; its console must stay empty, its requests at home."""
    said, asked = [], []

    def open_(source, **options):
        path = tmp_path / "page.html"
        path.write_text(source, encoding="utf-8")
        page = browser.new_context(**options).new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_
    assert not said
    assert all(url.startswith("file:") for url in asked) and len(asked) == 1


def column(page, number):
    return page.locator(f"#submissions tbody tr:visible td:nth-child({number})")


def starting(*texts):
    return [re.compile(rf"^\s*{text}\b") for text in texts]


def test_tables_sort_and_filter(open_page):
    points = [3.0, 12.0, 0.0, 10.0, 9.0]
    results = [make_result(*pair) for pair in zip(NAMES, points, strict=True)]
    page = open_page(render_report(results, CHAPTER))
    expect(page).not_to_have_title("run")
    heading = page.locator("#submissions th", has_text="Points")
    heading.get_by_role("button").click()
    expect(column(page, 2)).to_have_text(starting(0, 3, 9, 10, 12))
    expect(heading).to_have_attribute("aria-sort", "ascending")
    heading.get_by_role("button").press("Enter")
    expect(column(page, 2)).to_have_text(starting(12, 10, 9, 3, 0))
    page.locator("#submissions th", has_text="Student").get_by_role("button").click()
    expect(heading).not_to_have_attribute("aria-sort")
    names = column(page, 1).all_inner_texts()
    assert names.index("student9") < names.index("student10")
    page.get_by_label("Show only rows with").fill("STUDENT1")
    expect(column(page, 1)).to_have_text(["student10"])
    expect(page.locator("#shown")).to_have_text("1 of 5 shown")


def test_without_scripts_all_is_there(open_page):
    results = [make_result(name, 3.0) for name in NAMES]
    page = open_page(render_report(results, CHAPTER), java_script_enabled=False)
    expect(column(page, 1)).to_have_count(5)
    expect(page.get_by_label("Show only rows with")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1100])
@pytest.mark.parametrize("kind", ["page", "report"])
def test_pages_fit_and_are_styled_in_both_schemes(open_page, kind, scheme, width):
    result = make_result("ana" * 60, 3.0)
    result.cells[0].expected = result.cells[0].got = [[-1234.5678] * 20] * 20
    source = render_page(result, CHAPTER) if kind == "page" else render_report([result], CHAPTER)
    page = open_page(source, color_scheme=scheme, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(253, 253, 251)", "dark": "rgb(21, 24, 28)"}[scheme]


def test_on_paper_all_is_unfolded_and_black_on_white(open_page):
    page = open_page(render_page(make_result("ana", 3.0), CHAPTER), color_scheme="dark")
    code = page.locator("details", has_text="Your code").locator("pre")
    assert not code.is_visible()
    page.set_viewport_size({"width": 700, "height": 1000})  # A4 without its margins
    page.emulate_media(media="print")
    assert code.is_visible() and code.inner_text() == "x = 1"
    paper, ink = (page.evaluate(f"getComputedStyle(document.body).{of}")
                  for of in ("backgroundColor", "color"))  # fmt: skip
    assert (paper, ink) == ("rgb(255, 255, 255)", "rgb(0, 0, 0)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_that_axe_finds(browser, tmp_path, scheme):
    results = [make_result(name, 3.0) for name in NAMES]
    for source in (render_page(results[0], CHAPTER), render_report(results, CHAPTER)):
        (tmp_path / "page.html").write_text(source, encoding="utf-8")
        page = browser.new_context(bypass_csp=True, color_scheme=scheme).new_page()
        page.goto((tmp_path / "page.html").as_uri())
        assert axe_violations(page, "html") == []
        page.close()


def make_likeness():
    """Two who wrote the same long function, names apart."""
    lines = [f"    total += x[{n}] * {n * n % 7} - {n}" for n in range(30)]
    source = "\n".join(["def double(x):", "    total = 0", *lines, "    return total"])
    sources = source, source.replace("total", "my_own_sum_of_everything_that_came")
    return Likeness(
        [
            Result(name, "91_small", code=[CodeResult("double", source)])
            for name, source in zip(NAMES, sources, strict=False)
        ],
        {"double": "def double(x): ..."},
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1100])
def test_pairs_stand_side_by_side_where_there_is_room(browser, tmp_path, scheme, width):
    path = tmp_path / "page.html"
    path.write_text(render_pairs(make_likeness(), CHAPTER), encoding="utf-8")
    size = {"width": width, "height": 800}
    page = browser.new_context(bypass_csp=True, color_scheme=scheme, viewport=size).new_page()
    page.goto(path.as_uri())
    left, right = (box(page.locator("figure").nth(side)) for side in (0, 1))
    assert (left["y"] == right["y"]) == (width > 800)
    expect(page.locator("figure mark").nth(1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe_violations(page, "html") == []
    page.context.close()
