"""Speak to nbgrader's database through its models. Import this module late: it costs 2 seconds."""

from __future__ import annotations

import json
from pathlib import Path

import alembic.config
import nbformat
from alembic.script import ScriptDirectory
from nbgrader import api, dbutil, utils
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells
from sqlalchemy import Column, String, create_engine, func, inspect, or_, select, text, update
from sqlalchemy.orm import declarative_base

from autograder.files import GradeError

KINDS = (api.GradeCell, api.SolutionCell, api.SourceCell)


class GradedText(declarative_base()):
    """The digest of the text that a grade is about. nbgrader knows no such thing."""

    __tablename__ = "cnnkit_graded_text"
    grade_id = Column(String(32), primary_key=True)
    digest = Column(String(64), nullable=False)


def open_gradebook(url: str) -> api.Gradebook:
    """Open a gradebook, making the database where there is none.

    nbgrader asks the command ``alembic`` for the version of a new database; we ask the library,
    which is faster and works where the command is not on PATH.
    """
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN")  # else each table of SQLite's comes by itself
        if not inspect(connection).get_table_names():
            config = alembic.config.Config()
            config.set_main_option("script_location", dbutil.ALEMBIC_DIR)
            head = ScriptDirectory.from_config(config).get_current_head()
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})
        GradedText.__table__.create(connection, checkfirst=True)
    engine.dispose()
    return api.Gradebook(url)


def register(gradebook: api.Gradebook, assignment: str, path: Path) -> None:
    """Enter a chapter's cells as nbgrader's own ``generate_assignment`` does, in one commit.

    Unlike there, cells may come and go while there are submissions: what is gone from the
    chapter goes from the books.

    Raises
    ------
    GradeError
        If scores or comments given by hand would go with it.
    """
    nb = nbformat.read(path, as_version=4)
    for step in (ClearSolutions(), LockCells(), ComputeChecksums()):
        nb, _ = step.preprocess(nb, {})
    gradebook.update_or_create_assignment(assignment)
    notebook = gradebook.update_or_create_notebook(
        assignment, assignment, kernelspec=json.dumps(nb.metadata.get("kernelspec", {}))
    )
    db = gradebook.db
    wanted = {kind: _wanted(kind, nb.cells) for kind in KINDS}
    known = {
        kind: {c.name: c for c in db.scalars(select(kind).where(kind.notebook_id == notebook.id))}
        for kind in KINDS
    }
    gone = [known[kind][name] for kind in KINDS for name in known[kind].keys() - wanted[kind]]
    _refuse_loss(db, assignment, gone)
    for cell in gone:
        _remove(db, cell)
    for kind in KINDS:
        for name, fields in wanted[kind].items():
            cell = known[kind].get(name) or kind(name=name, notebook=notebook)
            for field, value in fields.items():
                setattr(cell, field, value)
            db.add(cell)
    db.commit()


def _refuse_loss(db, assignment: str, gone: list) -> None:
    """Refuse to remove cells for which somebody gave a score or wrote a comment."""
    by_hand = {
        api.Grade: or_(api.Grade.manual_score.is_not(None), api.Grade.extra_credit != 0),
        api.Comment: func.coalesce(api.Comment.manual_comment, "") != "",
    }
    for name in sorted({cell.name for cell in gone}):
        ids = [cell.id for cell in gone if cell.name == name]
        count = sum(
            db.scalar(select(func.count()).select_from(model).where(model.cell_id.in_(ids), given))
            for model, given in by_hand.items()
        )
        if count:
            raise GradeError(
                f"This version of {assignment} has no cell '{name}' to be graded, but the "
                f"gradebook holds {count} score{'s' * (count > 1)} or "
                f"comment{'s' * (count > 1)} given there by hand, which would be lost. Grade with "
                "the version that has the cell, choose another folder with --out, or clear them "
                "in formgrader if they are to go."
            )


def _wanted(kind: type, cells: list) -> dict[str, dict]:
    """The cells of one kind with their fields, by name."""
    chosen = {
        api.GradeCell: utils.is_grade,
        api.SolutionCell: utils.is_solution,
        api.SourceCell: lambda c: utils.is_grade(c) or utils.is_solution(c) or utils.is_locked(c),
    }[kind]
    return {
        cell.metadata.nbgrader["grade_id"]: _fields(kind, cell) for cell in cells if chosen(cell)
    }


def _fields(kind: type, cell: nbformat.NotebookNode) -> dict:
    about = cell.metadata.nbgrader
    if kind is api.GradeCell:
        return {"max_score": float(about["points"]), "cell_type": cell.cell_type}
    if kind is api.SourceCell:
        return {
            "cell_type": cell.cell_type,
            "locked": utils.is_locked(cell),
            "source": cell.source,
            "checksum": about.get("checksum"),
        }
    return {}


def _remove(db, cell) -> None:
    if not isinstance(cell, api.SourceCell):
        for model in (api.Grade, api.Comment):
            for row in db.scalars(select(model).where(model.cell_id == cell.id)):
                if told := db.get(GradedText, row.id):
                    db.delete(told)
                db.delete(row)
    db.delete(cell)


def record(
    gradebook: api.Gradebook,
    assignment: str,
    student: str,
    name: str,
    scores: dict[str, float | None],
    digests: dict[str, str],
    timestamp: str = "",
) -> None:
    """Write one submission's automatic scores in one commit.

    ``student`` is the id, safe in paths; ``name`` what the student is called everywhere else;
    ``digests`` tell, by cell, the text that was graded. Scores, comments and extra credit given
    by hand stay. A cell needs a human when it has no score, or when its text or its automatic
    score changed after one was given by hand.
    """
    submission = _submission(gradebook, assignment, student, name)
    if when := _parsed(timestamp):
        submission.timestamp = when
    (notebook,) = [nb for nb in submission.notebooks if nb.name == assignment]
    db = gradebook.db
    db.flush()  # gives new rows their ids
    ids = [grade.id for grade in notebook.grades]
    texts = {
        t.grade_id: t for t in db.scalars(select(GradedText).filter(GradedText.grade_id.in_(ids)))
    }
    for grade in notebook.grades:
        if grade.name not in scores:
            continue
        score, changed = scores[grade.name], False
        if digest := digests.get(grade.name):
            told = texts.get(grade.id) or GradedText(grade_id=grade.id)
            changed = told.digest != digest
            told.digest = digest
            db.add(told)
        if grade.manual_score is None:
            grade.needs_manual_grade = score is None
        elif changed or grade.auto_score != score:
            grade.needs_manual_grade = True
        grade.auto_score = score
    db.commit()


def set_penalties(
    gradebook: api.Gradebook, assignment: str, penalties: dict[str, float | None]
) -> None:
    """Write what lateness takes off, by student, in one commit; None takes nothing off."""
    notebooks = (
        select(api.SubmittedNotebook.id, api.SubmittedAssignment.student_id)
        .join(
            api.SubmittedAssignment,
            api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id,
        )
        .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
        .where(api.Assignment.name == assignment)
    )
    for notebook, student in gradebook.db.execute(notebooks).all():
        if student in penalties:
            gradebook.db.execute(
                update(api.SubmittedNotebook)
                .where(api.SubmittedNotebook.id == notebook)
                .values(late_submission_penalty=penalties[student])
            )
    gradebook.db.commit()


def _new_student(student: str, name: str) -> api.Student:
    if name == student:
        return api.Student(id=student)
    return api.Student(id=student, last_name=name, first_name="")


def _submission(gradebook: api.Gradebook, assignment: str, student: str, name: str):
    """Find or make a submission with a row for each of the chapter's cells."""
    db = gradebook.db
    master = gradebook.find_assignment(assignment)
    query = select(api.SubmittedAssignment).filter_by(assignment_id=master.id, student_id=student)
    with db.no_autoflush:  # rows are linked to one another before they are written
        submission = db.scalars(query).one_or_none()
        if submission is None:
            owner = db.get(api.Student, student) or _new_student(student, name)
            submission = api.SubmittedAssignment(assignment=master, student=owner)
            db.add(submission)
        existing = {notebook.name: notebook for notebook in submission.notebooks}
        for original in master.notebooks:
            notebook = existing.get(original.name)
            if notebook is None:
                notebook = api.SubmittedNotebook(notebook=original, assignment=submission)
                db.add(notebook)
            _add_rows(db, original, notebook)
    return submission


def _add_rows(db, original: api.Notebook, notebook: api.SubmittedNotebook) -> None:
    """Add a grade or comment for each of the chapter's cells that has none yet."""
    graded = {grade.cell_id for grade in notebook.grades}
    commented = {comment.cell_id for comment in notebook.comments}
    for cell in original.grade_cells:
        if cell.id not in graded:
            db.add(api.Grade(cell=cell, notebook=notebook))
    for cell in original.solution_cells:
        if cell.id not in commented:
            db.add(api.Comment(cell=cell, notebook=notebook))


def _parsed(timestamp: str):
    try:
        return utils.parse_utc(timestamp) if timestamp else None
    except Exception:  # whatever a student's file makes the parser raise
        return None
