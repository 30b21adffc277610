"""What grading one submission comes to: plain data, the same on every machine.

A :class:`Result` travels as JSON from the process that graded to the one that keeps the books.
It holds nothing that differs from run to run but ``seconds``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

# What became of a submission.
GRADED = "graded"  # every test cell has an outcome
UNREADABLE = "unreadable"  # the file is not a notebook
OTHER_CHAPTER = "other_chapter"  # a notebook, but not of the chapter being graded
MISSING = "missing"  # the student's folder holds no notebook
GRADER_ERROR = "grader_error"  # our fault, never the student's: no score is written

# What became of a test cell.
PASSED = "passed"
FAILED = "failed"  # an assertion did not hold, or the student's code raised
TIMEOUT = "timeout"  # over the cell's time limit
FORBIDDEN = "forbidden"  # the exercise used what it may not use
MANUAL = "manual"  # graded by hand, no score yet
# GRADER_ERROR also stands for a cell.


@dataclass
class CellResult:
    """The outcome of one test cell (or of one cell that is graded by hand)."""

    cell: str  # grade id
    exercise: str
    title: str
    score: float | None  # None: to be graded by hand, or a grader error
    max_score: float
    status: str
    message: str = ""  # for the student: what differs, in words; safe to show
    hidden: bool = False  # failed in the hidden part: nothing of the test may be shown
    expected: list | None = None  # visible tests only: nested lists of at most 400 numbers,
    got: list | None = None  # the plane in which the first difference lies
    given: list | None = None  # likewise: the array that the last call was about
    misconception: str = ""  # ids of the misconceptions recognised, joined by a space


@dataclass
class CodeResult:
    """What happened when one of the student's own cells ran."""

    cell: str  # the exercise's name, or "" for a cell that the student added
    source: str
    error: str = ""  # one line: type and message of the exception, or why it was stopped
    traceback: str = ""  # at most a few thousand characters
    output: str = ""  # what it printed, cut


@dataclass
class Result:
    """The outcome of one submission."""

    student: str
    assignment: str
    status: str = GRADED
    reason: str = ""  # a sentence, wherever the status is not "graded"
    cells: list[CellResult] = field(default_factory=list)
    code: list[CodeResult] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)  # free text by grade id
    repairs: list[str] = field(default_factory=list)  # a sentence for each
    flags: list[str] = field(default_factory=list)  # for the teacher: what deserves a look
    attempt: int = 1  # how many notebooks of the chapter the student handed in
    lateness: str = ""  # a sentence, where points are taken off for it
    seconds: float = 0.0

    @property
    def score(self) -> float | None:
        """Points so far; None where there was nothing to grade with."""
        if self.status == GRADER_ERROR:
            return None
        return sum(cell.score or 0.0 for cell in self.cells)

    @property
    def max_score(self) -> float:
        """Points that the assignment carries."""
        return sum(cell.max_score for cell in self.cells)

    @property
    def faulty(self) -> set[str]:
        """The tests that were not counted: the course's own solution failed them, too."""
        return {cell.cell for cell in self.cells if cell.status == GRADER_ERROR}

    @property
    def needs_manual(self) -> bool:
        """Whether a human must look: cells graded by hand, or a grader error."""
        return self.status == GRADER_ERROR or any(cell.score is None for cell in self.cells)

    @property
    def doubtful(self) -> bool:
        """Whether a human should look at what the machine decided."""
        barred = any(cell.status == FORBIDDEN for cell in self.cells)
        return self.status != GRADED or bool(self.flags) or barred

    @property
    def needs_a_look(self) -> bool:
        """Whether a human should look at it for whatever reason."""
        return self.needs_manual or self.doubtful

    def to_dict(self) -> dict:
        """Plain dicts and lists, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> Result:
        """The inverse of :meth:`to_dict`."""
        data = dict(data)
        data["cells"] = [CellResult(**cell) for cell in data.get("cells", ())]
        data["code"] = [CodeResult(**cell) for cell in data.get("code", ())]
        return cls(**data)


@dataclass(frozen=True)
class Booked:
    """What the gradebook knows of a submission beyond what the machine gave."""

    points: float = 0.0  # what hands gave above, or below, the machine's points
    waiting: bool = False  # a cell waits for a score by hand
    judged: bool = False  # a test cell has one
    late: int | None = None  # seconds after the due date; None where no date or time is known
    total: float = 0.0  # all points, by machine and by hand, before the penalty
    penalty: float | None = None  # points off for lateness; None where no rule says any
