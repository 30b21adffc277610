"""Answers graded by hand, as a teacher does it: ``autograder formgrade`` and a browser."""

import csv
import subprocess
import sys

import pytest
from lab import free_port, serving
from playwright.sync_api import expect

from tests.autograder import tiny_course as tiny

TOKEN = "made-for-this-test"
ANSWERS = {"ana": "It is twice as much.", "zoe": "I do not know."}
COMMENT = "Say why, and it is whole."

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Two students of a tiny course who wrote an answer; graded once."""
    root = tmp_path_factory.mktemp("course")
    tiny.load(root / "solutions")
    tiny.write(root / "notebooks" / f"{tiny.NAME}.ipynb", tiny.student())
    for student, answer in ANSWERS.items():
        notebook = tiny.solved()
        tiny.by_id(notebook, "why")["source"] = answer
        tiny.write(root / "class" / f"{student}.ipynb", notebook)
    autograder(root, "grade", "class", "--out", "out")
    return root


@pytest.fixture(scope="module")
def page(browser, course, tmp_path_factory):
    """Give formgrader as ``autograder formgrade`` and JupyterLab's menu open it."""
    port, private = free_port(), tmp_path_factory.mktemp("private")
    command = [sys.executable, "-m", "autograder", "formgrade", str(course / "out")]
    command += ["--no-browser", "--port", str(port)]
    with serving(command, port, private, private, JUPYTER_TOKEN=TOKEN) as url:
        page = browser.new_context(base_url=url).new_page()
        page.goto(f"/?token={TOKEN}")
        page.locator(".lm-MenuBar-item", has_text="Nbgrader").click()
        page.get_by_role("menuitem", name="Formgrader").click()
        yield page
        page.context.close()


@pytest.fixture
def inside(page):
    """Give what stands in formgrader's tab, at the list of submissions."""
    inside = page.frame_locator("iframe[src*='formgrader']")
    inside.get_by_role("link", name="Manual Grading").first.click()
    for _ in range(2):  # the chapter, then its notebook
        inside.locator("#main-table").get_by_role("link", name=tiny.NAME, exact=True).click()
    return inside


def open_submission(inside, student):
    """Choose a student's row; the name stands in it, hidden until one asks for it."""
    row = inside.locator("#main-table tr", has_text=student)
    row.locator("a:visible").click()


def autograder(root, *arguments):
    command = [sys.executable, "-m", "autograder", *arguments, "--root", "."]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def rows(path, student):
    with open(path, newline="", encoding="utf-8") as file:
        return {row[student]: row for row in csv.DictReader(file)}


def saved(page, what):
    """Wait until the server has taken what is typed; the page shows it for a second only."""
    return page.expect_response(lambda r: f"/api/{what}/" in r.url and r.request.method == "PUT")


def test_a_teacher_sees_the_answer_and_the_rubric_and_gives_points(page, inside):
    open_submission(inside, "ana")
    shown = inside.locator("#notebook").first
    expect(shown).to_contain_text(ANSWERS["ana"])
    expect(shown.locator("blockquote")).to_contain_text("Because.")
    points = inside.locator("input.score#why")
    points.fill("3")
    with saved(page, "grade") as answer:
        points.press("Tab")
    assert answer.value.ok
    comment = inside.locator("#why-comment")
    comment.fill(COMMENT)
    with saved(page, "comment") as answer:
        comment.press("Tab")
    assert answer.value.ok


def test_points_and_comment_outlive_export_and_another_grading(course, inside):
    export = [sys.executable, "-m", "nbgrader", "export"]
    subprocess.run(export, cwd=course / "out", capture_output=True, check=True)
    exported = rows(course / "out" / "nbgrader-grades.csv", "student_id")
    assert {who: float(row["score"]) for who, row in exported.items()} == {"ana": 9, "zoe": 6}
    autograder(course, "grade", "class", "--out", "out", "--force")
    grades = rows(course / "out" / "grades.csv", "student")
    assert {who: row["score"] for who, row in grades.items()} == {"ana": "9", "zoe": "6"}
    assert {who: row["needs_manual"] for who, row in grades.items()} == {"ana": "no", "zoe": "yes"}
    assert "1 answer waits to be graded by hand" in (course / "out" / "report.html").read_text()
    open_submission(inside, "ana")
    expect(inside.locator("input.score#why")).to_have_value("3")
    expect(inside.locator("#why-comment")).to_have_value(COMMENT)
