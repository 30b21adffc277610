"""Read ``solutions/NN_name.py`` into cells that know where in the file they stand.

jupytext reads the cells. The markers are read here, because jupytext forgets line numbers and
takes ``# cat pictures`` for a shell command.
"""

from __future__ import annotations

import difflib
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from .problems import Problem

MARKER = re.compile(r"^\s*#\s*%%(%*)(\s.*)?$")  # what jupytext takes for the start of a cell
MAGIC = re.compile(r"^(\s*)# (%%?[A-Za-z]|!\s?[A-Za-z])", re.MULTILINE)
JUPYTEXT = {"extension": ".py", "format_name": "percent", "comment_magics": False}

# role: (attributes that it must have, attributes that it may have); the role's own one apart
ATTRIBUTES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "setup": ((), ()),
    "demo": ((), ("items",)),
    "exercise": ((), ("forbids", "minutes", "items")),
    "test": (("points",), ("limit",)),
    "beside": ((), ()),
    "text": ((), ("items", "erratum", "careful")),
    "quiz": ((), ("items",)),
    "answer": (("points",), ("minutes", "items")),
}
CODE_ROLES = ("setup", "demo", "exercise", "test", "beside")
MARKDOWN_ROLES = ("text", "quiz", "answer")


@dataclass
class SourceCell:
    """One cell of the script."""

    role: str  # as in autograder.chapter.ROLES; empty where the marker could not be read
    line: int  # of the marker
    name: str = ""  # what stands after the role: exercise="NAME", test="NAME:property", ...
    attributes: dict[str, str] = field(default_factory=dict)
    source: str = ""
    first: int = 0  # the file's line that holds the first line of ``source``
    markdown: bool = False

    def at(self, number: int) -> int:
        """The file's line of the cell's 1-based line ``number``."""
        return self.first + number - 1

    @property
    def grade_id(self) -> str:
        """The name under which nbgrader keeps the cell; empty for text, quiz and demo cells."""
        if self.role == "setup":
            return f"setup-{self.name}" if self.name else "setup"
        if self.role == "beside":
            return f"beside-{self.name}"
        if self.role == "test":
            return self.name.replace(":", "-", 1)
        return self.name if self.role in ("exercise", "answer") else ""

    @property
    def exercise(self) -> str:
        """The exercise that a solution or test cell belongs to."""
        return self.name.partition(":")[0] if self.role in ("exercise", "test") else ""


@dataclass
class Source:
    """A chapter's script, as far as it could be read."""

    path: Path
    file: str  # the path as messages show it
    cells: list[SourceCell]
    problems: list[Problem]

    @property
    def name(self) -> str:
        """The chapter's name: the file's stem."""
        return self.path.stem

    @property
    def title(self) -> str:
        """The first heading of the first level."""
        for cell in self.cells:
            if cell.role == "text":
                for line in cell.source.splitlines():
                    if line.startswith("# "):
                        return line[2:].strip()
        return ""

    def of(self, *roles: str) -> list[SourceCell]:
        """The cells that have one of the roles, in order."""
        return [cell for cell in self.cells if cell.role in roles]


def read(path: str | Path) -> Source:
    """Read a chapter's script.

    Parameters
    ----------
    path : path of ``solutions/NN_name.py``

    Returns
    -------
    Source
        Its ``problems`` say which markers could not be read.
    """
    path = Path(path)
    text = path.read_text(encoding="utf-8-sig")
    source = Source(path, f"{path.parent.name}/{path.name}", [], [])
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines, 1) if MARKER.match(line)]
    bodies, preamble = _bodies(text)
    if preamble and starts:
        bodies = bodies[1:]
        source.problems.append(
            Problem(
                source.file,
                _first_text(lines),
                "Text stands before the first cell; "
                "put it below a marker such as '# %% [markdown]'.",
            )
        )
    if len(bodies) != len(starts):
        source.problems.append(
            Problem(
                source.file,
                1,
                f"The file has {len(starts)} lines that look like markers and "
                f"{len(bodies)} cells; take '# %%' out of strings and start every cell with it.",
            )
        )
        return source
    ends = [*starts[1:], len(lines) + 1]
    for start, end, (markdown, body) in zip(starts, ends, bodies, strict=True):
        cell, wrong = _marker(lines[start - 1], start)
        source.problems += [Problem(source.file, start, sentence) for sentence in wrong]
        _fill(cell, body, lines[start : end - 1], markdown)
        source.cells.append(cell)
    return source


def _bodies(text: str) -> tuple[list[tuple[bool, str]], bool]:
    """The cells as jupytext sees them, and whether the first one has no marker."""
    import jupytext

    cells = jupytext.reads(text, fmt=JUPYTEXT).cells
    head = text[: text.find("# %%")] if "# %%" in text else text
    header = re.sub(r"\A(#!.*\n|# -\*-.*\n)*# ---\n(#.*\n)*?# ---\n", "", head)
    return [(cell.cell_type != "code", cell.source) for cell in cells], bool(header.strip())


def _first_text(lines: list[str]) -> int:
    """The first line that is neither empty nor part of a header between two ``# ---``."""
    inside = False
    for number, line in enumerate(lines, 1):
        if line.strip() == "# ---":
            inside = not inside
        elif line.strip() and not inside:
            return number
    return 1


def _fill(cell: SourceCell, body: str, raw: list[str], markdown: bool) -> None:
    blank = 0
    while blank < len(raw) and not raw[blank].strip():
        blank += 1
    if markdown and blank < len(raw) and raw[blank].strip() in ('"""', "'''"):
        blank += 1  # markdown in a docstring begins a line below the quotes
    cell.first = cell.line + 1 + blank
    cell.markdown = markdown
    cell.source = body.strip("\n")
    if cell.role == "demo":
        cell.source = MAGIC.sub(r"\1\2", cell.source)


def _marker(line: str, number: int) -> tuple[SourceCell, list[str]]:
    """The cell that a marker announces, and what is wrong with the marker."""
    if not re.match(r"# %%(\s|$)", line):
        return SourceCell("", number), ["A marker is written '# %%' at the start of the line."]
    try:
        words = shlex.split(line[4:])
    except ValueError as error:
        return SourceCell("", number), [
            f"The marker cannot be read ({str(error).lower()}); write every value in double quotes."
        ]
    markdown = bool(words) and words[0] == "[markdown]"
    flags, attributes, wrong = [], {}, []
    for word in words[markdown:]:
        key, equals, value = word.partition("=")
        if not equals:
            flags.append(word)
        elif key in attributes:
            wrong.append(f"{key} is given twice; keep one.")
        else:
            attributes[key] = value
    role, name, more = _role(markdown, flags, attributes)
    cell = SourceCell(role, number, name, attributes)
    return cell, wrong + more + (_attributes(cell) if role else [])


def _role(markdown: bool, flags: list[str], attributes: dict[str, str]) -> tuple[str, str, list]:
    """Take the role out of the attributes: role, name, and what is wrong."""
    roles = MARKDOWN_ROLES if markdown else CODE_ROLES
    named = [key for key in attributes if key in roles and key not in ("text", "demo")]
    plain = [flag for flag in flags if flag in ("setup", "demo") and not markdown]
    strange = [flag for flag in flags if flag not in plain]
    if strange:
        known = roles if not markdown else ()
        return "", "", [f"Unknown word '{strange[0]}' in the marker{_meant(strange[0], known)}."]
    if len(named) + len(plain) > 1:
        listed = ", ".join(plain + named)
        return "", "", [f"The cell has {len(named + plain)} roles ({listed}); give it one."]
    if plain:
        return plain[0], "", []
    if named:
        return named[0], attributes.pop(named[0]), []
    if markdown:
        return "text", "", []
    guess = next((_meant(key, roles) for key in attributes if _meant(key, roles)), "")
    return (
        "",
        "",
        [
            "The cell has no role; write '# %% setup', '# %% demo', '# %% exercise=\"NAME\"', "
            f"'# %% test=\"NAME:property\"', '# %% beside=\"NAME\"' or '# %% [markdown]'{guess}."
        ],
    )


def _attributes(cell: SourceCell) -> list[str]:
    must, may = ATTRIBUTES[cell.role]
    kind = f"{'An' if cell.role[0] in 'ae' else 'A'} {cell.role} cell"
    wrong = []
    for key in cell.attributes:
        if key not in must + may:
            known = ", ".join(must + may) or "no attributes"
            wrong.append(f"{kind} knows no '{key}'{_meant(key, must + may)}; it takes {known}.")
    wrong += [
        f"{kind} needs {key}; add {key}=NUMBER to the marker."
        for key in must
        if key not in cell.attributes
    ]
    return wrong


def _meant(word: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""
