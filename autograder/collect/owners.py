"""Say who put a submission into nbgrader's exchange: every user may write there, in any name.

nbgrader's own ``collect`` warns of it (``exchange/default/collect.py``, ``check_owner``). Here what
somebody else put there never takes the place of what the student did.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable
from pathlib import Path

from autograder.collect.submission import Submission
from autograder.files import printable


def note_owners(root: Path, submissions: Iterable[Submission]) -> None:
    """Mark the exchange's submissions whose folders are another user's than the name says.

    Only where users are called as students are: elsewhere the same one may own them all.
    """
    owners = [
        (submission, _owner(root / submission.path.relative_to(root).parts[0]))
        for submission in submissions
        if submission.order[0]  # the exchange's time of handing in
    ]
    if not any(owner == submission.student for submission, owner in owners):
        return
    for submission, owner in owners:
        if owner not in ("", submission.student):
            submission.put_by = owner
            submission.repairs.append(
                f"The user {printable(owner)} put it into the exchange in this name."
            )


def _owner(path: Path) -> str:
    """Name the user that a folder belongs to; nobody where that is the teacher, or not known."""
    try:
        user = os.lstat(path).st_uid
        return "" if user in (0, os.geteuid()) else pwd.getpwuid(user).pw_name
    except (OSError, KeyError):  # within an archive, or from another machine
        return ""
