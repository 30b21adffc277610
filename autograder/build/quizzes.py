"""Quiz cells: readable markdown in the script, an encoded call in the notebooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cnnkit.widgets.quiz_format import encode

from .source import SourceCell

OPTION = re.compile(r"^[-*] \[(.)\]\s+(.*)$")


@dataclass
class Option:
    """One answer to choose."""

    line: int
    text: str
    right: bool

    @property
    def parts(self) -> tuple[str, str]:
        """What the option says, and why it is right or wrong."""
        said, _, why = self.text.partition(" :: ")
        return said.strip(), why.strip()


@dataclass
class Quiz:
    """A question with its options."""

    name: str
    question: str = ""
    options: list[Option] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def parse(cell: SourceCell) -> Quiz:
    """Read a quiz cell; what is wrong with it stands in ``problems`` with the file's lines."""
    quiz, question = Quiz(cell.name), []
    for number, line in enumerate(cell.source.split("\n"), 1):
        match = OPTION.match(line)
        if match and match[1] not in "xX ":
            sentence = f"'[{match[1]}]' is no option; write '[x]' for the right one, else '[ ]'."
            quiz.problems.append((cell.at(number), sentence))
        elif match:
            quiz.options.append(Option(cell.at(number), match[2], match[1] in "xX"))
        elif not quiz.options:
            question.append(line)
        elif line.startswith("  ") and line.strip():
            # a backslash at a line's end is markdown for a break: here it only joins lines
            quiz.options[-1].text = quiz.options[-1].text.rstrip("\\ ") + " " + line.strip()
        elif line.strip():
            sentence = "Text stands below the options; indent it by two, or move it above them."
            quiz.problems.append((cell.at(number), sentence))
    quiz.question = "\n".join(question).strip()
    quiz.problems += _problems(quiz, cell.line)
    return quiz


def _problems(quiz: Quiz, line: int) -> Iterator[tuple[int, str]]:
    if not quiz.question:
        yield line, "The quiz asks nothing; write the question above its options."
    count = len(quiz.options)
    if count < 2:
        yield (
            line,
            f"The quiz has too few options ({count}); write two or more '- [ ] text :: why'.",
        )
    right = sum(option.right for option in quiz.options)
    if right != 1:
        yield line, f"The quiz has {right} right options; mark exactly one with [x]."
    for option in quiz.options:
        if not all(option.parts):
            yield option.line, "The option has no explanation; write 'text :: why'."


def code(quiz: Quiz) -> str:
    """Write the notebook's cell: a call that shows the quiz, not readable at a glance."""
    options = [
        {"text": option.parts[0], "right": option.right, "why": option.parts[1]}
        for option in quiz.options
    ]
    encoded = encode({"name": quiz.name, "question": quiz.question, "options": options})
    return f'from cnnkit.widgets import quiz\n\nquiz("{encoded}")'
