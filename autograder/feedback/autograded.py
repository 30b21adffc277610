"""The notebook that formgrader shows a teacher: the author's cells, the student's work in them."""

from __future__ import annotations

import copy
import json
import re
from functools import lru_cache
from pathlib import Path

from autograder import results
from autograder.chapter import Chapter
from autograder.feedback.text import points, shorten
from autograder.feedback.words import cell_word
from autograder.results import CellResult, CodeResult, Result

MAX_BYTES = 4_000_000
LIMITS = (100_000, 10_000, 1_000)  # characters of one source or output; the next if too large
MOST = 200  # cells that a student added

# formgrader renders answers as Markdown with raw HTML and formulas, in the teacher's session:
# "< script" is no tag in any parser, and "\ href" no link, while "a< b" reads as before.
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_COMMAND = re.compile(r"\\(?=(?:href|require|style|class|cssId|data)\b)")


def autograded_notebook(result: Result, chapter: Chapter) -> str:
    """Return the graded submission as notebook JSON (nbformat 4.5).

    The author's cells, hidden tests included, and all nbgrader metadata come from the
    instructor notebook, the code and the answers from the submission. Outputs are plain text:
    what the student's cells printed or raised, and each test's outcome.
    """
    for limit in LIMITS:
        text = json.dumps(_assemble(result, chapter, limit), ensure_ascii=False, indent=1) + "\n"
        if len(text.encode()) <= MAX_BYTES:
            break
    return text


def _assemble(result: Result, chapter: Chapter, limit: int) -> dict:
    notebook = copy.deepcopy(_instructor(str(chapter.path), chapter.digest))
    graded = {cell.cell: cell for cell in result.cells}
    code = {cell.cell: cell for cell in result.code if cell.cell}
    taken = {cell["id"] for cell in notebook["cells"]}
    before, at_end = _added(result.code, code, taken, limit)
    cells = []
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        role = cell["metadata"].get("cnnkit", {}).get("role", "")
        if role == "exercise":
            cells += before.get(name, [])
            _fill_code(cell, code.get(name), limit)
        elif role == "answer":
            cells += _rubric(cell, taken)
            cell["source"] = _answer(result.answers.get(name), limit)
        elif role == "test" and name in graded:
            cell["outputs"] = [_outcome(graded[name], limit)]
        cells.append(cell)
    notebook["cells"] = cells + at_end
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    return notebook


@lru_cache(maxsize=8)
def _instructor(path: str, digest: str) -> dict:
    """Read the instructor notebook once for each version of it; without outputs."""
    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


def _added(
    code: list[CodeResult], named: dict[str, CodeResult], taken: set[str], limit: int
) -> tuple[dict[str, list[dict]], list[dict]]:
    """The cells that the student added, by the exercise they stand before; the rest at the end.

    Of several copies of a solution cell the last counts; the others are shown like added cells.
    """
    before: dict[str, list[dict]] = {}
    waiting: list[dict] = []
    ids = (f"added-{number}" for number in range(1, MOST + len(taken) + 1))
    free = (name for name in ids if name not in taken)
    added = 0
    for ran in code:
        if ran.cell and ran is named[ran.cell]:
            before[ran.cell], waiting = waiting, []
        elif added < MOST:
            added += 1
            cell = {"cell_type": "code", "id": next(free), "metadata": {}, "execution_count": None}
            _fill_code(cell, ran, limit)
            waiting.append(cell)
    return before, waiting


def _fill_code(cell: dict, ran: CodeResult | None, limit: int) -> None:
    if ran is None:
        cell["source"], cell["outputs"] = "# The submission has no such cell.", []
        return
    cell["source"] = shorten(ran.source, limit)
    cell["outputs"] = [_stream("stdout", ran.output, limit)] if ran.output else []
    if ran.error:
        kind, _, message = shorten(ran.error, 1000).partition(": ")
        trace = shorten(ran.traceback or ran.error, limit).splitlines()
        cell["outputs"].append(
            {"output_type": "error", "ename": kind, "evalue": message, "traceback": trace}
        )


def _rubric(answer: dict, taken: set[str]) -> list[dict]:
    """What the author wrote for the teacher, as a cell above the answer; none where it is empty.

    A cell without nbgrader's metadata: formgrader shows it and asks for nothing.
    """
    text = "".join(answer["source"])
    told = "\n".join(line for line in text.splitlines() if not line.startswith("### ")).strip()
    name = f"rubric-{answer['id']}"[:64]
    if not told or name in taken:
        return []
    lines = ["*For whoever grades this, from the author:*", "", *told.splitlines()]
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    return [{"cell_type": "markdown", "id": name, "metadata": {}, "source": quoted}]


def _answer(text: str | None, limit: int) -> str:
    if text is None:
        return "*The submission has no such cell.*"
    if not text.strip():
        return "*Empty.*"
    return _COMMAND.sub(r"\\ ", _TAG.sub("< ", shorten(text, limit)))


def _outcome(cell: CellResult, limit: int) -> dict:
    """A test's outcome; on stderr, which nbgrader itself counts as no points, if not passed."""
    title = cell_word(cell.status).text
    score = f"{points(cell.score)} of {points(cell.max_score)} points"
    if cell.status == results.PASSED:
        return _stream("stdout", f"{title}: {score}", limit)
    message = f"\n{cell.message}" if cell.message else ""
    hidden = " (in the hidden part)" if cell.hidden else ""
    return _stream("stderr", f"{title}{hidden}: {score}{message}", limit)


def _stream(name: str, text: str, limit: int) -> dict:
    return {"output_type": "stream", "name": name, "text": shorten(text, limit)}
