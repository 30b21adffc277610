"""Release a chapter in nbgrader's exchange, with nbgrader's own code: it knows the permissions."""

from __future__ import annotations

from pathlib import Path

from autograder.files import GradeError
from autograder.release.course_folder import COURSE, refuse_odd


def into_exchange(out: Path, assignments: list[str], exchange: Path, name: str = COURSE) -> Path:
    """Copy ``release/ASSIGNMENT`` of an output folder to ``COURSE/outbound`` of an exchange.

    What was released before under the same name is replaced.

    Returns
    -------
    Path
        The folder ``outbound``.

    Raises
    ------
    GradeError
        If the exchange cannot be written.
    """
    refuse_odd(name)
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeError
    from nbgrader.exchange.default import ExchangeReleaseAssignment
    from traitlets.config import Config

    config = Config()
    config.Exchange.root = str(exchange.absolute())
    config.CourseDirectory.root, config.CourseDirectory.course_id = str(out.absolute()), name
    for assignment in assignments:
        config.CourseDirectory.assignment_id = assignment
        coursedir = CourseDirectory(config=config)
        try:
            ExchangeReleaseAssignment(coursedir, config=config, force=True).start()
        except (ExchangeError, OSError) as error:
            raise GradeError(
                f"Cannot release {assignment} in the exchange {exchange}: {error}. Name a folder "
                "that you may write, the one that JupyterHub's users share.",
            ) from error
    return exchange / name / "outbound"
