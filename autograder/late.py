"""Take points off for lateness, as the course's policy file says.

The file ``late.toml`` lies in the output folder; without it nothing is taken off. Due dates and
extensions are nbgrader's own.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.files import GradeError
from autograder.results import Booked

NAME = "late.toml"
_DAY = 86_400  # seconds


@dataclass(frozen=True)
class Policy:
    """What lateness costs, in percent of the points that a submission has.

    Attributes
    ----------
    percent_a_day : float
        For each day that has begun since the due date.
    grace_minutes : float
        Up to so many minutes cost nothing.
    most_percent : float
        Never more than this.
    """

    percent_a_day: float
    grace_minutes: float = 0.0
    most_percent: float = 100.0

    def percent(self, seconds_late: float) -> float:
        """Give the percentage that is taken off.

        >>> Policy(10, grace_minutes=15, most_percent=50).percent(86_400 + 1)
        20.0
        """
        if seconds_late <= max(0.0, 60 * self.grace_minutes):
            return 0.0
        return float(min(self.most_percent, self.percent_a_day * math.ceil(seconds_late / _DAY)))

    def penalty(self, points: float, seconds_late: float) -> float:
        """Give the points that are taken off, in hundredths."""
        return round(max(0.0, points) * self.percent(seconds_late) / 100, 2)


def read_policy(out: Path) -> Policy | None:
    """Read the policy of an output folder; None where there is none.

    Raises
    ------
    GradeError
        If the file is not one: better no grades than wrong ones.
    """
    path = out / NAME
    try:
        wanted = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise GradeError(f"Cannot read {path}: {error.strerror}.", wrong_use=True) from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise GradeError(f"{path} is not valid TOML: {error}.", wrong_use=True) from error
    if fault := _fault(wanted):
        raise GradeError(f"In {path} {fault}.", wrong_use=True)
    return Policy(**{name: float(value) for name, value in wanted.items()})


def _fault(wanted: dict) -> str:
    """Say what is wrong with a policy; nothing where it is sound."""
    known = list(Policy.__dataclass_fields__)
    for name, value in wanted.items():
        if name not in known:
            return f"{name!r} means nothing: it may hold {', '.join(known)}"
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return f"{name} must be a number"
        if not 0 <= value < math.inf or ("percent" in name and value > 100):
            most = " and at most 100" if "percent" in name else ""
            return f"{name} must be at least 0{most}, not {value}"
    if "percent_a_day" not in wanted:
        return "percent_a_day is missing: what each day costs, such as percent_a_day = 10"
    return ""


def charged(booked: Booked, policy: Policy | None) -> Booked:
    """Give what the gradebook knows of a submission with the penalty that follows from it."""
    if policy is None or booked.late is None:
        return replace(booked, penalty=None)
    return replace(booked, penalty=policy.penalty(booked.total, booked.late))


def sentence(seconds_late: float, percent: float, points: float) -> str:
    """Tell the student what is taken off, and why; nothing where nothing is.

    >>> sentence(90_000, 20.0, 1.2)
    'Handed in 1 day and 1 hour after the due date: 20 % of the points are taken off, 1.2 so far.'
    """
    if percent == 0:
        return ""
    return (
        f"Handed in {_span(seconds_late)} after the due date: {percent:g} % of the points are "
        f"taken off, {points:g} so far."
    )


def _span(seconds: float) -> str:
    minutes = max(1, math.ceil(seconds / 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    counts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    said = [f"{count} {what}{'s' * (count > 1)}" for count, what in counts if count]
    return " and ".join(said[:2])
