"""What a solution may not use, and the sentence that tells the student."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from autograder.chapter import Cell
from autograder.forbidden.names import Row
from autograder.forbidden.reading import Reader

# Doors that a reader of the text cannot look behind, with all that lies below them.
DOUBTFUL = {
    "IPython.get_ipython",
    "builtins.__globals__",
    "builtins.compile",
    "builtins.eval",
    "builtins.exec",
    "builtins.f_globals",
    "builtins.user_ns",
    "ctypes",
    "gc.get_objects",
    "gc.get_referents",
    "gc.get_referrers",
    "importlib",
    "inspect.currentframe",
    "inspect.stack",
    "marshal",
    "pickle",
    "pydoc.locate",
    "runpy",
    "subprocess",
    "sys._getframe",
}
_DUNDER = "__"  # stands for all names such as __dict__ and __import__
MOST = 20  # uses that are told: more say nothing new
LOOKUPS = {"__main__", "sys.modules"}  # a computed name may find anything there


@dataclass(frozen=True)
class Use:
    """One place that uses, or may use, what the exercise forbids."""

    name: str  # the dotted name found
    line: int  # 1-based, in its own cell
    sentence: str  # for the student; a suspicion's for the teacher
    suspicious: bool = False  # a human should look, no points are lost


def forbidden_uses(
    exercise: Cell,
    solution: str,
    other_cells: Sequence[str],
    setup: Sequence[str],
    after: Sequence[str] = (),
) -> list[Use]:
    """Find where a solution, or what it reaches, uses what its exercise forbids.

    Parameters
    ----------
    exercise : Cell
        The solution cell of the instructor's notebook, with the names that it ``forbids``.
    solution : str
        The student's text of that cell.
    other_cells : sequence of str
        The student's cells that run before it: other solutions and added cells.
    setup : sequence of str
        The author's setup cells that run before it.
    after : sequence of str
        The student's cells that run after it and before the exercise's last test cell: they can
        still change what is tested. Later cells are of no concern: leave them out.

    Returns
    -------
    list of Use
        Certain ones first, at most one a line; those in the solution cell before others.
    """
    if not exercise.forbids:
        return []
    rule = _Rule(exercise.forbids)
    if not rule.words_of_interest(setup) & _words(solution, *other_cells, *after):
        return []
    reader = Reader(rule.roots)
    reader.read(setup, other_cells, solution, after)
    counts = reader.names.reached([], exercise.bound_names)
    reached = reader.names.reached(reader.solution, exercise.bound_names)
    uses = {}
    for row, line, name, computed in reader.names.seen:
        if row not in reached or row.kind == "setup":
            continue
        if use := rule.judge(row, line, name, computed, row in counts):
            place = (use.suspicious, row.kind != "solution", row.cell, line)
            longest = max(use, uses.get(place, use), key=lambda one: (len(one.name), one.name))
            uses[place] = longest  # of one line the longest name says most
    for row in reader.unread:
        if row.kind != "setup":
            trouble = "Code of the student is too long, too deep or too tangled to be read."
            uses[True, row.kind != "solution", row.cell, 0] = Use("", 1, trouble, suspicious=True)
    return [uses[place] for place in sorted(uses)[:MOST]]


class _Rule:
    """The dotted names that an exercise forbids."""

    def __init__(self, names: Sequence[str]):
        self.entries = [name.split(".") for name in names]

    @property
    def roots(self) -> set[str]:
        """The top packages whose names are worth following."""
        return {name.split(".")[0] for name in DOUBTFUL | LOOKUPS} | {e[0] for e in self.entries}

    def words_of_interest(self, setup: Sequence[str]) -> set[str]:
        """Words without which no text can use anything forbidden: most texts have none."""
        words = {part for name in DOUBTFUL | LOOKUPS | self.roots for part in name.split(".")}
        words |= {"import", "getattr", "attrgetter", "globals", "locals", "vars", _DUNDER}
        for text in setup:
            for node in ast.walk(ast.parse(text)):
                module = getattr(node, "module", None)
                for alias in getattr(node, "names", ()):
                    name = f"{module}.{alias.name}" if module else alias.name
                    if self.forbids(name) or self.may_lead_to_it(name):
                        words.add(alias.asname or alias.name.split(".")[0])
        return words

    def forbids(self, name: str) -> bool:
        """Whether a name is forbidden: an entry's last part anywhere under its top package."""
        top, *below = name.split(".")
        return any(
            top == entry[0] and (len(entry) == 1 or entry[-1] in below) for entry in self.entries
        )

    def may_lead_to_it(self, name: str) -> bool:
        """Whether something forbidden may stand in what a name names, a package most likely."""
        parts = name.split(".")
        return name in LOOKUPS or any(
            parts[0] == entry[0] and len(parts) <= max(2, len(entry) - 1) for entry in self.entries
        )

    def judge(self, row: Row, line: int, name: str, computed: bool, counts: bool) -> Use | None:
        """Say what the rule makes of one name in one line.

        ``counts`` tells whether what is tested reaches the line. What only stands in the same
        cell, a comparison with the course's own function for example, costs no points.
        """
        mine = row.kind == "solution"
        if not computed and not counts and self.forbids(name):
            sentence = f"The solution's cell uses {name} beside the solution ({_quote(row, line)})."
            return Use(name, line, sentence, suspicious=True)
        if not computed and self.forbids(name):
            who = "Your solution" if mine else "Another of your cells, which your solution needs,"
            return Use(name, line, f"{who} uses {name}, which this exercise asks you to do "
                       f"without ({_quote(row, line)}).")  # fmt: skip
        if computed and self.may_lead_to_it(name):
            what = f"looks something up in {name} by a name that only running it would tell"
        elif not computed and any(f"{name}.".startswith(f"{door}.") for door in DOUBTFUL):
            name = name.removeprefix("builtins.")
            what = f"uses {name}, which can run what the text does not show"
        else:
            return None
        who = "The solution" if mine else "A cell that the solution needs"
        return Use(name, line, f"{who} {what} ({_quote(row, line)}).", suspicious=True)


# Comments on top are passed over: the builder names there what is forbidden. No others are: what
# begins with # further down may stand in a string, and run.
_ON_TOP = re.compile(r"\A(#[^\r\n]*[\r\n]+)+")


def _words(*texts: str) -> set[str]:
    plain = "\n".join(_ON_TOP.sub("", text) for text in texts)
    # Python reads an identifier in this form, whatever letters it is written with
    words = set(re.findall(r"\w+", unicodedata.normalize("NFKC", plain)))
    dunder = any(word.startswith("__") for word in words)
    return words | {_DUNDER} if dunder else words


@lru_cache(maxsize=64)
def _lines(source: str) -> list[str]:
    return source.splitlines()


def _quote(row: Row, line: int) -> str:
    text = "".join(_lines(row.source)[line - 1 : line]).strip()
    return f"line {line}: {text if len(text) <= 80 else text[:79] + '…'}"
