"""The class report and a feedback page, opened from a file as a teacher and a student would."""

from pathlib import Path

import pytest

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
    return page.locator(f"#submissions tbody tr:visible td:nth-child({number})").all_inner_texts()


def test_tables_sort_and_filter(open_page):
    points = [3.0, 12.0, 0.0, 10.0, 9.0]
    results = [make_result(*pair) for pair in zip(NAMES, points, strict=True)]
    page = open_page(render_report(results, CHAPTER))
    assert page.title() != "run"
    heading = page.locator("#submissions th", has_text="Points")
    heading.get_by_role("button").click()
    assert [text.split()[0] for text in column(page, 2)] == ["0", "3", "9", "10", "12"]
    assert heading.get_attribute("aria-sort") == "ascending"
    heading.get_by_role("button").press("Enter")
    assert [text.split()[0] for text in column(page, 2)] == ["12", "10", "9", "3", "0"]
    page.locator("#submissions th", has_text="Student").get_by_role("button").click()
    assert heading.get_attribute("aria-sort") is None
    names = column(page, 1)
    assert names.index("student9") < names.index("student10")
    page.get_by_label("Show only rows with").fill("STUDENT1")
    assert column(page, 1) == ["student10"]
    assert page.locator("#shown").inner_text() == "1 of 5 shown"


def test_without_scripts_all_is_there(open_page):
    results = [make_result(name, 3.0) for name in NAMES]
    page = open_page(render_report(results, CHAPTER), java_script_enabled=False)
    assert len(column(page, 1)) == 5
    assert not page.get_by_label("Show only rows with").is_visible()


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_that_axe_finds(browser, tmp_path, scheme):
    from axe_playwright_python.sync_playwright import Axe

    results = [make_result(name, 3.0) for name in NAMES]
    for source in (render_page(results[0], CHAPTER), render_report(results, CHAPTER)):
        (tmp_path / "page.html").write_text(source, encoding="utf-8")
        page = browser.new_context(bypass_csp=True, color_scheme=scheme).new_page()
        page.goto((tmp_path / "page.html").as_uri())
        found = Axe().run(page).response["violations"]
        assert not [(rule["id"], rule["nodes"][0]["html"]) for rule in found]
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
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "page.html"
    path.write_text(render_pairs(make_likeness(), CHAPTER), encoding="utf-8")
    size = {"width": width, "height": 800}
    page = browser.new_context(bypass_csp=True, color_scheme=scheme, viewport=size).new_page()
    page.goto(path.as_uri())
    left, right = (page.locator("figure").nth(side).bounding_box() for side in (0, 1))
    assert (left["y"] == right["y"]) == (width > 800)
    assert page.locator("figure mark").count() >= 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert not [(rule["id"], rule["nodes"][0]["html"]) for rule in found]
    page.context.close()
