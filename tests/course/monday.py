"""A class that hands in by Monday, and what each row of ``grades.csv`` must then say.

Nothing here asks the grader. Who fails which test comes from running the chapter's cells in one
plain namespace; what lateness costs is written down beside it.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from damages import DAMAGES, sentence, text

from autograder.chapter import Chapter
from autograder.demo_class import ACCIDENTS, with_misconception
from autograder.demo_styles import STYLES, cells_named, reference, solve
from autograder.misconceptions import Misconception

DUE = datetime(2026, 5, 4, 10, tzinfo=UTC)
POLICY = "percent_a_day = 10\ngrace_minutes = 15\nmost_percent = 50\n"
HOUR, DAY = 3600, 86_400
# Seconds after the due date, and the share of the points that POLICY then takes off.
LATENESS = {-DAY: 0.0, -1: 0.0, 0: 0.0, 600: 0.0, HOUR: 0.1, DAY: 0.1, DAY + 60: 0.2, 9 * DAY: 0.5}
QUICK = ("untouched", "syntax error", "deleted test", "no notebook")  # of the accidents
AS_AN_EXCEPTION = "def {name}(*args, **kwargs):\n    raise TimeoutError"  # what never returns


@dataclass(frozen=True)
class Made:
    """One file, what counts of it, and what is to be said of it."""

    kind: str
    file: bytes | None  # None: nothing was handed in
    written: dict[str, str] = field(default_factory=dict)  # the solution that counts, by exercise
    status: str = "graded"
    said: tuple[str, ...] = ()  # parts of what grades.csv says under repairs
    name: str = ""  # the file's, if it is not the chapter's
    misconceptions: frozenset[str] = frozenset()
    then: bytes = b""  # a later attempt that cannot be read


@dataclass(frozen=True)
class Member:
    """One student: what they made, how late, after how many attempts that do not count."""

    student: str
    made: Made
    after: int  # seconds from the due date
    before: int = 0

    @property
    def seconds_late(self) -> int | None:
        """What the table says; nothing where nothing came in."""
        return None if self.made.file is None else max(0, self.after)


def class_of(
    chapter: Chapter, released: dict, known: list[Misconception], other: dict, *, size: int
) -> list[Member]:
    """Make a class: everything that can happen once, then correct ones until it is full.

    A class of fewer than a hundred shows one of each sort, and none that takes long to grade.
    """
    whole = size >= 100
    first = list({m.exercise: m for m in reversed(known)}.values())[::-1]  # of each exercise
    pairs = list(zip(first[::2], first[1::2], strict=False))
    damages = [name for name in DAMAGES if sentence(name, released)]
    accidents = ACCIDENTS if whole else QUICK
    wrong = [*([m] for m in (known if whole else first[:1])), *(pairs if whole else pairs[:1])]
    styles = [_styled(chapter, released, style) for style in STYLES]
    right = dict(styles[0].written)
    made = [
        *(_accident(chapter, released, name) for name in accidents),
        *(_with(chapter, released, several) for several in wrong),
        *(_damaged(chapter, released, name) for name in (damages if whole else ("edited-test",))),
        Made("renamed", styles[0].file, right, said=("is called mine (2).ipynb",),
             name="mine (2).ipynb"),
        Made("then unreadable", styles[0].file, right, said=("as well and not graded",),
             then=b"nothing"),
        Made("of another chapter", text(other), status="other_chapter"),
        Made("a letter", b"Dear teacher", status="missing", name="letter.txt"),
        Made("absent", None, status="missing"),
        *(styles if whole else styles[:2]),
    ]  # fmt: skip
    made += [styles[n % len(styles)] for n in range(size - len(made))]
    assert len(made) == size, f"{len(made)} kinds for a class of {size}"
    late = list(LATENESS)
    return [
        Member(f"student-{number:03}", each, late[number % len(late)],
               number % 3 if each.status == "graded" and not each.then else 0)
        for number, each in enumerate(made, 1)
    ]  # fmt: skip


def hand_in(inbound: Path, members: list[Member], chapter: Chapter, released: dict) -> None:
    """Put everything where nbgrader's exchange has it; earlier attempts are as it was released."""
    for member in members:
        made = member.made
        if made.file is None:
            continue
        name = made.name or f"{chapter.name}.ipynb"
        for number in range(member.before):
            earlier = member.after - HOUR * (number + 1)
            _put(inbound, chapter, member.student, earlier, f"{chapter.name}.ipynb", text(released))
        _put(inbound, chapter, member.student, member.after, name, made.file)
        if made.then:
            _put(inbound, chapter, member.student, member.after + HOUR, name, made.then)


def _put(inbound: Path, chapter: Chapter, student: str, after: int, name: str, data: bytes):
    stamp = (DUE + timedelta(seconds=after)).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    folder = inbound / f"{student}+{chapter.name}+{stamp}+AbC-_d3fGh1j"
    folder.mkdir()
    (folder / name).write_bytes(data)
    (folder / "timestamp.txt").write_text(stamp)


def failed(chapter: Chapter, written: dict[str, str]) -> frozenset[str]:
    """The test cells that fail when all cells run in order in one plain namespace."""
    return _failed(chapter, tuple(written.items()))


@cache
def _failed(chapter: Chapter, written: tuple[tuple[str, str], ...]) -> frozenset[str]:
    names: dict = {"__name__": "__main__"}
    lost = set()
    for cell in chapter.cells:
        if cell.role in ("setup", "beside", "exercise", "test"):
            source = dict(written).get(cell.name, "") if cell.role == "exercise" else cell.source
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(source, cell.name, "exec", dont_inherit=True), names)
            except Exception:
                lost.add(cell.name)
    return frozenset(lost & {test.name for test in chapter.tests})


def _written(chapter: Chapter, notebook: dict) -> dict[str, str]:
    """What a notebook holds in each exercise's cell."""
    found = {e.name: [*cells_named(notebook, e.name)][:1] for e in chapter.exercises}
    return {name: "".join(cells[0]["source"]) for name, cells in found.items() if cells}


def _styled(chapter: Chapter, released: dict, style: str) -> Made:
    notebook = STYLES[style](chapter, copy.deepcopy(released))
    return Made(f"correct: {style}", text(notebook), _written(chapter, notebook))


def _accident(chapter: Chapter, released: dict, name: str) -> Made:
    notebook = ACCIDENTS[name](chapter, copy.deepcopy(released))
    if isinstance(notebook, str):
        return Made(name, notebook.encode(), status="unreadable")
    written = {
        exercise: AS_AN_EXCEPTION.format(name=exercise) if "while True:\n        pass" in it else it
        for exercise, it in _written(chapter, notebook).items()
    }
    said = ("is missing",) if name in ("missing cell", "deleted test") else ()
    return Made(name, text(notebook), written, said=said)


def _with(chapter: Chapter, released: dict, several: list[Misconception]) -> Made:
    wrong = {m.exercise: with_misconception(chapter.by_name[m.exercise], m) for m in several}
    notebook = solve(chapter, copy.deepcopy(released), lambda e: wrong.get(e.name) or reference(e))
    ids = [m.id for m in several]
    return Made(
        f"misconception: {' '.join(ids)}", text(notebook), _written(chapter, notebook),
        misconceptions=frozenset(ids),
    )  # fmt: skip


def _damaged(chapter: Chapter, released: dict, damage: str) -> Made:
    notebook = solve(chapter, copy.deepcopy(released))
    written, said = _written(chapter, notebook), sentence(damage, notebook)
    if damage == "deleted-solution":
        del written[chapter.exercises[-1].name]
    return Made(f"damaged: {damage}", DAMAGES[damage][0](notebook), written, said=(said,))


def correct(chapter: Chapter, test: str, source: str, root: Path) -> Chapter:
    """Copy a chapter into a course of its own, with another source for one test."""
    notebook = json.loads(chapter.path.read_text(encoding="utf-8"))
    (cell,) = cells_named(notebook, test)
    cell["source"] = source
    place = chapter.path.relative_to(chapter.path.parents[1])
    for file in (Path("notebooks", place.name), Path("solutions/misconceptions", chapter.name)):
        file = file.with_suffix(file.suffix or ".py")
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes((chapter.path.parents[1] / file).read_bytes())
    (root / place).write_text(json.dumps(notebook), encoding="utf-8")
    return Chapter.load(root / place)
