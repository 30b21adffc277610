"""What the builder refuses: sentences with a file and a line, all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend in a chapter's sources."""

    file: str  # relative to the project's folder
    line: int
    message: str  # what is wrong and how to mend it

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class BuildError(Exception):
    """Nothing was written, because at least one source has to be mended."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
