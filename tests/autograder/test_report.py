import re
import statistics

import pytest
from feedback_fixtures import (
    HOSTILE,
    KNOWN,
    SECRET,
    Page,
    assert_harmless,
    make_chapter,
    make_result,
    outcome,
)

from autograder.report import figures, render_report
from autograder.results import (
    FAILED,
    FORBIDDEN,
    GRADED,
    GRADER_ERROR,
    MANUAL,
    OTHER_CHAPTER,
    PASSED,
    TIMEOUT,
    UNREADABLE,
    CodeResult,
    Result,
)

CHAPTER = make_chapter()
STATUSES = [PASSED, FAILED, PASSED, TIMEOUT, PASSED, FORBIDDEN, PASSED]


def make_class(size, answer=MANUAL):
    """A class whose outcomes follow from each student's number."""
    class_ = []
    for number in range(size):
        student = f"student{number:04d}"
        if number % 29 == 28:
            status = (UNREADABLE, OTHER_CHAPTER)[number % 2]
            class_.append(Result(student, "91_small", status, "It says why."))
            continue
        cells = []
        for place, test in enumerate(CHAPTER.tests):
            status = STATUSES[(number * (place + 1)) % len(STATUSES)]
            known = "adds_two" if status == FAILED and test.exercise == "double" else ""
            cells.append(outcome(test.name, status, misconception=known, hidden=number % 2 == 0))
        score = None if answer == MANUAL else float(number % 5)
        cells.append(outcome("why", answer, score=score))
        class_.append(make_result(student, cells=cells))
    return class_


def rows_of(source, heading):
    """The texts of a table's cells, row by row, of the section with a heading."""
    section = source.split(f">{heading}</h2>")[1].split("</section>")[0]
    rows = re.findall(r"<tr.*?</tr>", section, re.S)[1:]
    return [[Page(cell).text for cell in re.split(r"<td[^>]*>", row)[1:]] for row in rows]


@pytest.mark.parametrize("size", [40, 120])
@pytest.mark.parametrize("answer", [MANUAL, PASSED])
def test_the_figures_are_those_of_the_results(size, answer):
    class_ = make_class(size, answer)
    source = render_report(class_, CHAPTER, KNOWN)
    text = assert_harmless(source, scripts=1).text
    graded = [result for result in class_ if result.status == GRADED]
    waiting = answer == MANUAL
    scores = [sum(cell.score or 0 for cell in result.cells) for result in graded]
    most = 6 if waiting else 10
    assert f"{len(graded)} of {size} submissions graded." in text
    mean, median = (
        f"{round(value, 2):g}" for value in (statistics.fmean(scores), statistics.median(scores))
    )
    only = " that the tests give" if waiting else ""
    assert f"Mean {mean} and median {median} of {most} points{only}; " in text
    tests = {row[1].split()[-1]: row for row in rows_of(source, "Tests")}
    for test in CHAPTER.tests:
        found = [cell for result in graded for cell in result.cells if cell.cell == test.name]
        passed = sum(cell.status == PASSED for cell in found)
        row = tests[test.name]
        assert row[3] == f"{passed} of {len(found)}"
        assert row[4] == f"{round(100 * passed / len(found))} %"
        hidden = sum(cell.status == FAILED and cell.hidden for cell in found)
        failed = sum(cell.status == FAILED for cell in found)
        assert f"{failed} failed ({hidden} only in the hidden part)" in row[6]
    double = next(row for row in rows_of(source, "Exercises") if row[0] == "double")
    points = [sum(c.score for c in r.cells if c.exercise == "double") for r in graded]
    assert double[1:4] == [
        "3",
        f"{round(statistics.fmean(points), 2):g}",
        f"{points.count(3.0)} of {len(points)}",
    ]


def test_the_histogram_counts_every_graded_submission_once():
    class_ = make_class(120, PASSED)
    source = render_report(class_, CHAPTER)
    section = source.split(">Scores</h2>")[1].split("</section>")[0]
    numbers = [int(n) for n in re.findall(r'<td class="num">(\d+)</td>', section)]
    scores = [result.score for result in class_ if result.status == GRADED]
    assert numbers == [sum(k <= score < k + 1 for score in scores) for k in range(11)]
    assert 'role="img"' in section and f"Histogram of {len(scores)} scores" in section


@pytest.mark.parametrize("most", [0, 0.5, 2, 18.5, 24, 25, 72, 300, 12345])
def test_histogram_bins_hold_everything_and_are_few(most):
    values = [most * k / 50 for k in range(51)]
    bins = figures.histogram(values, most)
    assert sum(number for _, _, number in bins) == len(values)
    assert len(bins) <= figures.MOST_BARS + 1
    assert bins[-1][:2] == (most, most)
    assert bins[-1][2] == (1 if most else 51)


def test_a_row_for_each_submission_with_link_status_reason_and_repairs():
    class_ = make_class(30, PASSED)
    class_[3].repairs = ["The test cell `double-values` was changed.", "Cells were moved."]
    source = render_report(list(reversed(class_)), CHAPTER)
    rows = rows_of(source, "Submissions")
    assert [row[0] for row in rows] == [result.student for result in class_]
    for row, result in zip(rows, class_, strict=True):
        link = f'href="feedback/{result.student}/91_small/91_small.html"'
        assert source.count(link) >= 1
        if result.status == GRADED:
            assert row[1] == f"{result.score:g} / 10"
            passed = sum(c.status == PASSED for c in result.cells if c.cell != "why")
            assert row[2] == f"{passed} of 3"
    assert rows[28][3:] == ["✗ unreadable", "It says why."]
    assert "2 repairs The test cell double-values was changed. Cells were moved." in rows[3][4]


def test_misconceptions_come_by_frequency_with_names():
    def one(student, found):
        cells = [outcome("double-values", FAILED, misconception=found), outcome("double-shape")]
        cells[1].misconception = found  # a second test with the same one counts once
        return make_result(student, cells=cells)

    class_ = [one("ana", "negates"), one("ben", "adds_two negates"), one("cy", ""), one("di", "x")]
    rows = rows_of(render_report(class_, CHAPTER, KNOWN), "Misconceptions recognised")
    assert rows == [
        ["2", "Changes the sign. negates", "ana ben"],
        ["1", "Adds 2 where it should double. adds_two", "ben"],
        ["1", "It has no description any more. x", "di"],
    ]


def test_what_needs_a_human_comes_first_and_in_order():
    cell = outcome("double-values", GRADER_ERROR, score=None, message="It failed on the solution.")
    class_ = [
        make_result("ana", cells=[cell], status=GRADER_ERROR, reason="A test fails."),
        Result("ben", "91_small", GRADER_ERROR, "The tester ended."),
        Result("cy", "91_small", UNREADABLE, "Not JSON."),
        Result("di", "91_small", OTHER_CHAPTER, "Of chapter 3."),
        Result("ed", "91_small", "<i>unheard</i>", ""),
        make_result("flo", cells=[outcome("halve-values", FORBIDDEN), outcome("why", MANUAL)]),
    ]
    class_ += [make_result(f"s{k}", cells=[outcome("double-shape", FAILED)]) for k in range(5)]
    text = assert_harmless(render_report(class_, CHAPTER), scripts=1).text
    sentences = [
        "The grader itself made an error in the test double-values: 1 submission without a score. "
        "It failed on the solution. ana",
        "The grader itself made an error: 1 submission without a score. The tester ended. ben",
        "1 submission could not be read as a notebook. cy",
        "1 submission of another chapter. di",
        "1 submission <i>unheard</i>. ed",
        "1 submission with no points for halve: it uses what it may not. flo",
        "Nobody of 5 passes double-shape: the test or the task may be at fault.",
        "1 answer waits to be graded by hand: Why is it so?",
    ]
    places = [text.find(sentence) for sentence in sentences]
    assert -1 not in places and places == sorted(places)
    assert text.find("Scores") > places[-1]
    assert "8 matters need a human." in text


def test_a_perfect_class_needs_nobody():
    cells = [outcome(test.name) for test in CHAPTER.tests] + [outcome("why", PASSED)]
    text = Page(render_report([make_result(cells=cells)], CHAPTER)).text
    assert "Mean 10 and median 10 of 10 points; 1 with all of them. Nothing needs a human." in text
    text = Page(
        render_report([make_result(str(n), cells=cells) for n in range(1_200)], CHAPTER)
    ).text
    assert "1,200 of 1,200 submissions graded." in text and "; 1,200 with all of them." in text


def test_slow_and_stopped_submissions_are_listed():
    stopped = CodeResult("double", "while 1: pass", "This cell was stopped after 30 seconds.")
    class_ = [make_result(f"s{k}") for k in range(5)]
    class_ += [
        make_result("late", cells=[outcome("halve-values", TIMEOUT)]),
        make_result("stuck", code=[stopped]),
        make_result("heavy"),
    ]
    seconds = {f"s{k}": 1.0 for k in range(5)} | {"late": 10.2, "stuck": 30.1, "heavy": 9.0}
    assert rows_of(render_report(class_, CHAPTER, seconds=seconds), "Slow or stopped") == [
        ["stuck", "30.1", "double: This cell was stopped after 30 seconds."],
        ["late", "10.2", "ran over the limit of halve-values"],
        ["heavy", "9.0", "took 9 times the median"],
    ]
    untimed = render_report(class_, CHAPTER)
    assert len(rows_of(untimed, "Slow or stopped")) == 2
    assert "Seconds" not in untimed


def test_notes_stand_above_everything_else():
    text = Page(render_report([], CHAPTER, notes=["Ran <i>without</i> a sandbox."])).text
    assert "Ran <i>without</i> a sandbox." in text
    assert text.index("sandbox") < text.index("There are no submissions.")


def test_hostile_names_and_texts_are_escaped():
    code = [CodeResult("double", HOSTILE, f"This cell {HOSTILE}", HOSTILE, HOSTILE)]
    cells = [outcome("double-values", FAILED, message=HOSTILE, misconception=HOSTILE)]
    cells += [outcome("halve-values", FORBIDDEN, message=HOSTILE)]
    names = [HOSTILE, "javascript:alert(1)", "../../etc", "a\udcffb", "x" * 5000, ".."]
    class_ = [
        make_result(name, cells=cells, code=code, repairs=[HOSTILE] * 100, reason=HOSTILE)
        for name in names
    ]
    source = render_report(class_, CHAPTER, KNOWN, seconds={HOSTILE: 99.0}, notes=[HOSTILE])
    page = assert_harmless(source, scripts=1)
    assert "alert" not in "".join(page.raw["script"])
    links = [value for value in page.values("href") if value.startswith("feedback/")]
    assert links and all(re.fullmatch(r"feedback/[^/]+/91_small/91_small\.html", v) for v in links)
    assert not [link for link in links if "/../" in link]
    assert len(source.encode()) < 200_000


def test_no_test_source_is_in_a_report():
    assert SECRET not in render_report(make_class(40), CHAPTER, KNOWN)


def test_a_report_is_the_same_in_whatever_order_results_come():
    class_ = make_class(40)
    assert render_report(class_, CHAPTER) == render_report(class_[::-1], CHAPTER)


def test_a_report_on_1200_stays_small():
    assert len(render_report(make_class(1200), CHAPTER, KNOWN).encode()) < 1_500_000


def test_doubtful_code_is_named_with_the_student():
    doubt = "The solution uses eval, which can run what the text does not show (line 3: eval(x))."
    class_ = [make_result("ana"), make_result("zoe", flags=[doubt])]
    page = Page(render_report(class_, CHAPTER))
    told = page.text[page.text.index("What needs a human") : page.text.index("Scores")]
    assert doubt in told
    assert "zoe" in told
