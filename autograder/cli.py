"""The command line ``autograder``: thin, everything is done elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="autograder",
    help="Build the chapters and grade what students hand in.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

FAILURE, WRONG_USE, INTERRUPTED = 1, 2, 130


class Isolation(StrEnum):
    """How submissions are kept apart from this machine."""

    sandbox = "sandbox"
    none = "none"


Root = Annotated[
    Path | None, typer.Option("--root", help="The course's folder, if it is not the current one.")
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="Submissions at once; all cores if left out."),
]
Isolated = Annotated[
    Isolation,
    typer.Option("--isolation", help="'none' runs what students wrote with your own rights."),
]


@app.command()
def build(
    root: Root = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if a notebook is stale.")
    ] = False,
) -> None:
    """Make the notebooks of all chapters from solutions/NN_name.py."""
    with _sentences():
        from autograder.build.command import run

        raise typer.Exit(run(_root(root), check=check))


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="nbgrader's submitted/ folder, or a folder of notebooks.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the grades go.")],
    chapter: Annotated[
        str | None,
        typer.Option("--chapter", help="Number, name or path; recognised if left out."),
    ] = None,
    workers: Workers = None,
    isolation: Isolated = Isolation.sandbox,
    force: Annotated[
        bool, typer.Option("--force", help="Grade again what has not changed.")
    ] = False,
    root: Root = None,
) -> None:
    """Grade a class: gradebook.db, grades.csv, cells.csv, feedback and report.html in OUT.

    A second run grades only what changed. Exit status: 0 when every submission has an outcome,
    1 when grading cannot go on, 2 for wrong use, 130 after Ctrl-C.
    """
    with _sentences():
        from autograder.grade import grade as run

        options = {"chapter": chapter, "force": force}
        _graded(run, submissions, out, workers, isolation, root, **options)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Where the class and its grades go.")],
    students: Annotated[int, typer.Option("--students", min=1, help="Size of the class.")] = 40,
    chapter: Annotated[str, typer.Option("--chapter", help="Number, name or path.")] = "04",
    workers: Workers = None,
    isolation: Isolated = Isolation.sandbox,
    root: Root = None,
) -> None:
    """Make up a class, grade it and show what came out."""
    with _sentences():
        from autograder.demo import demo as run

        options = {"chapter": chapter, "students": students}
        _graded(run, out, workers, isolation, root, **options)


def _graded(run, *arguments, **options) -> None:
    """Run something that grades, with progress, and print its summary."""
    from rich.console import Console

    from autograder import console
    from autograder.results import GRADER_ERROR

    *paths, workers, isolation, root = arguments
    screen = Console(highlight=False)
    with console.progress(screen) as progress:
        summary = run(
            *paths,
            root=root,
            workers=workers,
            isolation=isolation.value,
            progress=progress,
            **options,
        )
    console.show_summary(screen, summary)
    if summary.interrupted:
        typer.echo(_how_to_go_on(summary, forced=options.get("force", False)), err=True)
        raise typer.Exit(INTERRUPTED)
    if failed := sum(result.status == GRADER_ERROR for result in summary.results):
        typer.echo(
            f"The grader itself failed on {failed} of the submissions, which have no score; the "
            "report says why. The same command again tries them once more.",
            err=True,
        )
        raise typer.Exit(FAILURE)


def _how_to_go_on(summary, *, forced: bool) -> str:
    done = f"Stopped; {summary.graded + summary.unchanged} graded and written."
    if forced:
        return f"{done} The other {summary.remaining} keep what an earlier run gave them, if any."
    return f"{done} The same command again grades the remaining {summary.remaining}."


@contextmanager
def _sentences() -> Iterator[None]:
    """Let an error end the command with one sentence and the exit status that it deserves."""
    from autograder.files import GradeError

    try:
        yield
    except GradeError as error:
        typer.echo(f"autograder: {error}", err=True)
        raise typer.Exit(WRONG_USE if error.wrong_use else FAILURE) from None
    except KeyboardInterrupt:
        typer.echo("Stopped. The same command again goes on from here.", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _root(root: Path | None) -> Path:
    from autograder.course import find_root

    return find_root(root)


def main() -> None:
    """Run the command line."""
    app()
