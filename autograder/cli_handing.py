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
    """Make what students get: an archive, and release/ as nbgrader has it.

    Nothing of solutions and hidden tests is in it; that is looked for before anything is written.
    """
    with sentences():
        from autograder.release import release as run
        from autograder.release.exchange import into_exchange

        archive, *notebooks = run(out, chapter=chapter, root=root, tell=typer.echo)
        typer.echo(f"For students: {archive}")
        typer.echo(f"For nbgrader: {out / 'release'}")
        if exchange is not None:
            names = [path.stem for path in notebooks]
            typer.echo(f"In the exchange: {into_exchange(out, names, exchange, course)}")


def init_course(
    folder: Annotated[Path, typer.Argument(help="The new course folder.")],
    chapter: ReleasedChapter = None,
    course: CourseName = "cnnkit",
    root: Root = None,
) -> None:
    """Make an nbgrader course of the chapters: source, release, configuration, gradebook.

    Grades and a configuration that are there already stay.
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
        str | None, typer.Option("--column", help="Where the scores go, if it is not plain.")
    ] = None,
) -> None:
    """Write the grades for other programs: grades.json, canvas.csv, moodle.csv in OUT.

    Points that were given by hand count, also those given since the class was graded.
    """
    with sentences():
        from autograder.lms.hand_over import hand_over

        tables = {"canvas_gradebook": canvas, "moodle_worksheet": moodle, "column": column}
        for sentence in hand_over(out, chapter=chapter, **tables):
            typer.echo(sentence)
