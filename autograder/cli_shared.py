"""What the modules of the command line share: options, exit statuses, errors as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

FAILURE, WRONG_USE, INTERRUPTED = 1, 2, 130
WRITES = (  # what the help of a command that writes ends with
    "Exit status: 0 when all was written, 1 when something kept it from being written, 2 for wrong "
    "use, 130 after Ctrl-C."
)

Root = Annotated[
    Path | None, typer.Option("--root", help="The course's folder, if it is not the current one.")
]
OneChapter = Annotated[
    str | None, typer.Option("--chapter", help="Which one, where OUT holds several.")
]


@contextmanager
def sentences() -> Iterator[None]:
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
