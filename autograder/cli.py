"""The command line ``autograder``: thin, everything is done elsewhere."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli_handing import export, init_course, release
from autograder.cli_shared import FAILURE, INTERRUPTED, WRITES, OneChapter, Root
from autograder.cli_shared import sentences as _sentences

app = typer.Typer(
    name="autograder",
    help=(
        "Build the chapters, hand them out and grade what students hand in.\n\n"
        "After the deadline: grade, then formgrade, similar and report, at last export. "
        "'autograder COMMAND --help' has an example of each; docs/grading.md in the course has "
        "every column, status and limit."
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


Executor = Annotated[
    str,
    typer.Option("--executor", help="Where: this machine, or a cluster, dask://HOST:PORT."),
]


class Isolation(StrEnum):
    """How submissions are kept apart from this machine."""

    sandbox = "sandbox"
    none = "none"


Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="Submissions at once; all cores if left out."),
]
Isolated = Annotated[
    Isolation,
    typer.Option("--isolation", help="'none' runs what students wrote with your own rights."),
]


@app.command(
    epilog="Exit status: 0 when all is as it should be, 1 when a chapter is malformed or, with "
    "--check, stale, 2 for wrong use."
)
def build(
    root: Root = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if a notebook is stale.")
    ] = False,
) -> None:
    """Make the notebooks of all chapters from solutions/NN_name.py.

    Writes only what changed: solutions/NN_name.ipynb, notebooks/NN_name.ipynb and what 'cnnkit
    check' knows of them.

    Example: autograder build
    """
    with _sentences():
        from autograder.build.command import run

        raise typer.Exit(run(_root(root), check=check))


@app.command("new-chapter", epilog=WRITES)
def new_chapter(
    name: Annotated[str, typer.Argument(help="Words with underscores, such as attention_maps.")],
    root: Root = None,
) -> None:
    """Begin a chapter: a script that builds and grades as it is.

    You change it piece by piece then; it gets the next free number.

    Example: autograder new-chapter attention_maps
    """
    with _sentences():
        from autograder.new_chapter import NEXT
        from autograder.new_chapter import new_chapter as run

        root = _root(root)
        for path in run(root, name):
            typer.echo(f"wrote {path.relative_to(root)}")
        typer.echo(NEXT)


app.command(epilog=WRITES)(release)
app.command("init-course", epilog=WRITES)(init_course)

GRADES = (
    "Exit status: 0 when every submission has an outcome, however bad the submission, 1 when "
    "grading cannot go on or failed itself on some, 2 for wrong use, 130 after Ctrl-C."
)


@app.command(epilog=GRADES)
def grade(
    submissions: Annotated[
        Path,
        typer.Argument(
            help="Folder, .zip or .tar.gz: of notebooks, from nbgrader, Canvas or Moodle."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the grades go.")],
    chapter: Annotated[
        str | None,
        typer.Option("--chapter", help="Number, name or path; recognised if left out."),
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option("--roster", help="CSV with the class; Canvas' or Moodle's export will do."),
    ] = None,
    workers: Workers = None,
    executor: Executor = "local",
    isolation: Isolated = Isolation.sandbox,
    force: Annotated[
        bool, typer.Option("--force", help="Grade again what has not changed.")
    ] = False,
    root: Root = None,
) -> None:
    """Grade a class: tables, gradebook, feedback pages, a report.

    OUT gets grades.csv and cells.csv, feedback/, report.html and gradebook.db. A second run grades
    only what changed; one that was stopped goes on. What lateness costs stands in OUT/late.toml.

    Example: autograder grade submissions.zip --chapter 04 --out graded
    """
    with _sentences():
        from autograder.grade import grade as run

        options = {"chapter": chapter, "executor": executor, "force": force, "roster": roster}
        _graded(run, submissions, out, workers, isolation, root, **options)


@app.command(epilog=GRADES)
def demo(
    out: Annotated[Path, typer.Option("--out", help="Where the class and its grades go.")],
    students: Annotated[int, typer.Option("--students", min=1, help="Size of the class.")] = 40,
    chapter: Annotated[str, typer.Option("--chapter", help="Number, name or path.")] = "04",
    workers: Workers = None,
    isolation: Isolated = Isolation.sandbox,
    root: Root = None,
) -> None:
    """Make up a class and grade it, to see what comes out.

    What each student did stands in OUT/class.csv.

    Example: autograder demo --students 40 --out course-demo
    """
    with _sentences():
        from autograder.demo import demo as run

        options = {"chapter": chapter, "students": students}
        _graded(run, out, workers, isolation, root, **options)


@app.command(
    epilog="Exit status: JupyterLab's, 0 when you end it; 2 for wrong use, such as another folder."
)
def formgrade(
    out: Annotated[Path, typer.Argument(help="What 'autograder grade' wrote with --out.")],
    port: Annotated[
        int | None, typer.Option("--port", help="JupyterLab's port; a free one if left out.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser, or only print the link.")
    ] = True,
) -> None:
    """Give points and comments by hand, in JupyterLab.

    Opens JupyterLab on OUT; there choose Nbgrader, Formgrader, Manual Grading. What you give is
    kept, also when the class is graded again. Ctrl-C in the terminal ends it.

    Example: autograder formgrade graded
    """
    with _sentences():
        from autograder.formgrade import formgrade as run

        run(out, port=port, browser=browser)


@app.command(epilog=WRITES)
def report(
    out: Annotated[Path, typer.Argument(help="What 'autograder grade' wrote with --out.")],
    chapter: OneChapter = None,
    anonymise: Annotated[
        bool,
        typer.Option("--anonymise", help="Pseudonyms for names, in report-anonymous.html."),
    ] = False,
    root: Root = None,
) -> None:
    """Write the class report once more, with names or without.

    Nothing is graded. Without names it is called report-anonymous.html and may be shared;
    pseudonyms.csv, which tells whose pseudonym is whose, may not.

    Example: autograder report graded --anonymise
    """
    with _sentences():
        from autograder.report import report_again

        typer.echo(f"Report: {report_again(out, chapter, root, anonymise=anonymise)}")


@app.command(epilog=WRITES)
def similar(
    out: Annotated[Path, typer.Argument(help="What 'autograder grade' wrote with --out.")],
    chapter: OneChapter = None,
    root: Root = None,
) -> None:
    """Show which submissions resemble each other: a hint to look.

    It is no verdict and touches no score. Compares solution cells, without what the notebook gave
    and what much of the class wrote. Writes similar-CHAPTER.html and names the groups in
    report.html.

    Example: autograder similar graded
    """
    with _sentences():
        from autograder.report import report_again
        from autograder.similar import find_similar

        typer.echo(f"Pairs, side by side: {find_similar(out, chapter, root)}")
        typer.echo(f"Report: {report_again(out, chapter, root)}")


app.command(epilog=WRITES)(export)


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


def _root(root: Path | None) -> Path:
    from autograder.course import find_root

    return find_root(root)


def main() -> None:
    """Run the command line."""
    app()
