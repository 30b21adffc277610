"""The commands that hand something over: chapters to students, grades to other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli_shared import OneChapter, Root, sentences

ReleasedChapter = Annotated[
    str | None, typer.Option("--chapter", help="Number or name; all of them if left out.")
]
CourseName = Annotated[
    str, typer.Option("--course", help="The course's name in nbgrader's exchange.")
]


def release(
    out: Annotated[Path, typer.Option("--out", help="Where it goes; may be an nbgrader course.")],
    chapter: ReleasedChapter = None,
    exchange: Annotated[
        Path | None,
        typer.Option("--exchange", help="Release it in this folder as well: nbgrader's exchange."),
    ] = None,
    course: CourseName = "cnnkit",
    root: Root = None,
) -> None:
    """Make the archive that students get, and nbgrader's release/.

    Nothing of solutions and hidden tests is in it; that is looked for before anything is written.

    Example: autograder release --chapter 04 --out handout
    """
    with sentences():
        from autograder.release import release as run
        from autograder.release.exchange import into_exchange

        archive, *notebooks = run(out, chapter=chapter, root=root, tell=typer.echo)
        typer.echo(f"For students: {archive}")
        typer.echo(f"For nbgrader: {out / 'release'}")
        if exchange is not None:
            if not exchange.is_dir():
                typer.echo(
                    f"{exchange} was not there and is made now: if the students' JupyterHub has "
                    "its exchange elsewhere, name that one."
                )
            names = [path.stem for path in notebooks]
            typer.echo(f"In the exchange: {into_exchange(out, names, exchange, course)}")


def init_course(
    folder: Annotated[Path, typer.Argument(help="The new course folder.")],
    chapter: ReleasedChapter = None,
    course: CourseName = "cnnkit",
    root: Root = None,
) -> None:
    """Make an nbgrader course folder of the chapters.

    It gets source/, release/, nbgrader_config.py and gradebook.db, as nbgrader's own tools and
    JupyterHub use them. In a course that is there the chapters are brought up to date; grades and
    a configuration stay.

    Example: autograder init-course course-2026 --course cnn
    """
    with sentences():
        from autograder.release.course_folder import init_course as run

        for line in run(folder, name=course, chapter=chapter, root=root):
            typer.echo(line)
        typer.echo(f"Course: {folder}")


def export(
    out: Annotated[Path, typer.Argument(help="What 'autograder grade' wrote with --out.")],
    chapter: OneChapter = None,
    canvas: Annotated[
        Path | None, typer.Option("--canvas", help="Canvas' exported gradebook: makes canvas.csv.")
    ] = None,
    moodle: Annotated[
        Path | None, typer.Option("--moodle", help="Moodle's grading worksheet: makes moodle.csv.")
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", help="The scores' column, if it is called otherwise.")
    ] = None,
) -> None:
    """Write the grades for Canvas, Moodle or your own program.

    OUT gets grades.json and, if you name the tables that these systems exported, canvas.csv and
    moodle.csv, which they import. Points that were given by hand count, also those given since
    the class was graded.

    Example: autograder export graded --canvas gradebook.csv
    """
    with sentences():
        from autograder.lms.hand_over import hand_over

        tables = {"canvas_gradebook": canvas, "moodle_worksheet": moodle, "column": column}
        for sentence in hand_over(out, chapter=chapter, **tables):
            typer.echo(sentence)
