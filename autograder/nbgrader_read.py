"""Read from nbgrader's database what came of grading. Import this module late, like its other half.

See :mod:`autograder.nbgrader_db`, which writes.
"""

from __future__ import annotations

from datetime import timedelta

from nbgrader import api
from sqlalchemy import and_, case, func, select

from autograder.nbgrader_db import GradedText
from autograder.results import Booked


def stored(gradebook: api.Gradebook, assignment: str) -> dict[str, dict[str, tuple]]:
    """Read an assignment's automatic scores and digests of texts, by student and cell."""
    rows = gradebook.db.execute(
        _of_submissions(
            select(
                api.SubmittedAssignment.student_id,
                api.GradeCell.name,
                api.Grade.auto_score,
                GradedText.digest,
            )
        )
        .outerjoin(GradedText, GradedText.grade_id == api.Grade.id)
        .where(api.Assignment.name == assignment)
    )
    found: dict[str, dict[str, tuple]] = {}
    for student, cell, score, digest in rows:
        found.setdefault(student, {})[cell] = (score, digest)
    return found


def booked(gradebook: api.Gradebook) -> dict[tuple[str, str], Booked]:
    """Read what is known of every submission beyond the machine's scores.

    The keys are the student's id and the assignment.
    """
    about = (
        api.SubmittedAssignment.student_id,
        api.Assignment.name,
        api.SubmittedAssignment.timestamp,
        api.SubmittedAssignment.extension,
        api.Assignment.duedate,
        api.SubmittedNotebook.late_submission_penalty,
    )
    judged = and_(api.Grade.manual_score.is_not(None), api.GradeCell.cell_type == "code")
    points = (
        func.sum(api.Grade.score),
        func.sum(api.Grade.score - func.coalesce(api.Grade.auto_score, 0.0)),
    )
    rows = gradebook.db.execute(
        _of_submissions(
            select(
                *about,
                *points,
                func.max(case((api.Grade.needs_manual_grade, 1), else_=0)),
                func.max(case((judged, 1), else_=0)),
            )
        ).group_by(*about)
    )
    return {
        (student, assignment): Booked(
            by_hand,
            bool(waiting),
            bool(judged),
            _seconds_late(*dates),
            total,
            penalty,
        )
        for student, assignment, *dates, penalty, total, by_hand, waiting, judged in rows
    }


def _of_submissions(query):
    """Join grades with their cells, submissions and assignments."""
    return (
        query.select_from(api.Grade)
        .join(api.GradeCell, api.Grade.cell_id == api.GradeCell.id)
        .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
        .join(
            api.SubmittedAssignment,
            api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id,
        )
        .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
    )


def _seconds_late(when, extension, due) -> int | None:
    if when is None or due is None:
        return None
    return max(0, round((when - due - (extension or timedelta())).total_seconds()))
