"""Quiz cells: readable markdown in the script, an encoded call in the notebooks."""

from __future__ import annotations

import re
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
            quiz.problems.append(
                (
                    cell.at(number),
                    f"'[{match[1]}]' is no option; write '[x]' "
                    "for the right one and '[ ]' for the others.",
                )
            )
        elif match:
            quiz.options.append(Option(cell.at(number), match[2], match[1] in "xX"))
        elif not quiz.options:
            question.append(line)
        elif line.startswith("  ") and line.strip():
            # a backslash at a line's end is markdown for a break: here it only joins lines
            quiz.options[-1].text = quiz.options[-1].text.rstrip("\\ ") + " " + line.strip()
        elif line.strip():
            quiz.problems.append(
                (
                    cell.at(number),
                    "Text stands below the options; indent it by "
                    "two to go on with an option, or move it above them.",
                )
            )
    quiz.question = "\n".join(question).strip()
    quiz.problems += _problems(quiz, cell.line)
    return quiz


def _problems(quiz: Quiz, line: int) -> list[tuple[int, str]]:
    problems = []
    if not quiz.question:
        problems.append((line, "The quiz asks nothing; write the question above its options."))
    if len(quiz.options) < 2:
        problems.append(
            (
                line,
                f"The quiz has {len(quiz.options)} options; give it at least two, "
                "each '- [ ] text :: why'.",
            )
        )
    right = sum(option.right for option in quiz.options)
    if right != 1:
        problems.append((line, f"The quiz has {right} right options; mark exactly one with [x]."))
    for option in quiz.options:
        if not all(option.parts):
            problems.append(
                (
                    option.line,
                    "The option has no explanation; write 'text :: why it is right or wrong'.",
                )
            )
    return problems


def code(quiz: Quiz) -> str:
    """Write the notebook's cell: a call that shows the quiz, not readable at a glance."""
    options = [
        {"text": option.parts[0], "right": option.right, "why": option.parts[1]}
        for option in quiz.options
    ]
    encoded = encode({"name": quiz.name, "question": quiz.question, "options": options})
    return f'from cnnkit.widgets import quiz\n\nquiz("{encoded}")'
