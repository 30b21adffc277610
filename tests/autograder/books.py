"""What an output folder holds, written down so that two of them can be compared."""

import contextlib
import sqlite3

# Nothing here that differs from run to run: nbgrader draws its ids at random.
_QUERIES = {
    "scores": """
        SELECT s.student_id, a.name, b.name, b.type, g.auto_score, g.manual_score,
               g.extra_credit, g.needs_manual_grade, t.digest
        FROM grade g
        JOIN base_cell b ON b.id = g.cell_id
        JOIN submitted_notebook n ON n.id = g.notebook_id
        JOIN submitted_assignment s ON s.id = n.assignment_id
        JOIN assignment a ON a.id = s.assignment_id
        LEFT JOIN cnnkit_graded_text t ON t.grade_id = g.id""",
    "comments": """
        SELECT s.student_id, a.name, b.name, c.auto_comment, c.manual_comment
        FROM comment c
        JOIN base_cell b ON b.id = c.cell_id
        JOIN submitted_notebook n ON n.id = c.notebook_id
        JOIN submitted_assignment s ON s.id = n.assignment_id
        JOIN assignment a ON a.id = s.assignment_id""",
    "submissions": """
        SELECT s.student_id, a.name, s.timestamp, s.extension, n.late_submission_penalty
        FROM submitted_assignment s
        JOIN assignment a ON a.id = s.assignment_id
        JOIN submitted_notebook n ON n.assignment_id = s.id""",
    "students": "SELECT id, first_name, last_name FROM student",
    "cells": "SELECT name, type FROM base_cell",
    "version": "SELECT version_num FROM alembic_version",
}


def gradebook(out):
    """Write down the gradebook: what it says, and how many rows each table has."""
    with contextlib.closing(sqlite3.connect(out / "gradebook.db")) as connection:
        said = {
            name: sorted(connection.execute(query).fetchall(), key=repr)
            for name, query in _QUERIES.items()
        }
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        said["rows"] = {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for (name,) in tables.fetchall()
        }
    return said


def files(out):
    """All files with their contents, but times, copies of earlier books and the database.

    Of the grader's own memory only the names: its keys tell whether our code changed meanwhile.
    """
    return {
        str(path.relative_to(out)): b"" if "results" in path.parts else path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
        and path.name not in ("timings.csv", "report.html", "gradebook.db")
        and "backups" not in path.parts
    }


def everything(out):
    """The files and what the gradebook says."""
    return files(out), gradebook(out)
