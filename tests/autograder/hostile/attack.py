"""What attacks are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SECRET = "7700770077"  # stands in the hidden tests and the teacher's environment, nowhere else
ENVIRONMENT = {"TEACHERS_KEY": SECRET}
PORT = 47993  # somebody listens there, on the teacher's machine
FOUND = "the secret is out"


@dataclass(frozen=True)
class Attack:
    """A submission.

    Parameters
    ----------
    after : str
        What it is after, for the table in docs/hostile.md.
    first : str
        A cell on top of the notebook.
    f : str
        The cell of the exercise.
    last : str
        A cell at the end.
    wins : tuple of str
        The test cells that it may win: what a beside function reports can be forged, which is
        why such tests carry little.
    change : callable, optional
        What else it does to the notebook, as JSON.
    place : callable, optional
        What it does to the folder that is handed in; the course's own notebook is its other
        argument.
    student : str
        Whose it is.
    """

    after: str
    first: str = ""
    f: str = "def f(x):\n    return None"
    last: str = ""
    wins: tuple[str, ...] = ()
    change: Callable[[dict], None] | None = None
    place: Callable[[Path, Path], None] | None = None
    student: str = "mallory"

    @property
    def digest(self) -> str:
        """Tells one version of it from another."""
        text = "\0".join((self.first, self.f, self.last)) + self.student.removeprefix("mallory")
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def claims(notebook: dict) -> None:
    """Write points and marks of success into the metadata of every cell."""
    for cell in notebook["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"] |= {"points": 1000, "score": 1000, "manual_score": 1000}
            cell["metadata"]["score"] = 1000
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1000/1000"}]
    notebook["metadata"]["score"] = notebook["metadata"]["nbgrader"] = {"score": 1000}


def replaces(notebook: dict) -> None:
    """Let every cell that holds a test, or what tests need, do nothing."""
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("locked"):
            cell["source"] = "assert_same = assert_raises = f = kept = print"


def shadows(notebook: dict) -> None:
    """Add cells that are called as the tests are, and hold none."""
    for cell in [cell for cell in notebook["cells"] if "nbgrader" in cell["metadata"]]:
        for id in (cell["id"], f"{cell['id']}-2"):
            notebook["cells"].append(cell | {"id": id, "source": "f = kept = print"})


LOOK = f"""
import re
def look(text):
    text = text if isinstance(text, bytes) else str(text).encode()
    if re.search(rb"{SECRET[:5]}[{SECRET[5]}]{SECRET[6:]}", text):  # no match for itself
        print("{FOUND[:6]}" + "{FOUND[6:]}")
"""

GAIN = """
def gained(what):
    print("GAINED", what)
"""
GAINED = r"GAINED ([a-z' ]+)"  # as it is printed, not as it stands in the code

YES = "yes = lambda *args, **kwargs: None\n"

FORGE = """
import os, socket, struct
def forge(message):
    for number in range(3, 64):
        try:
            other = socket.socket(fileno=os.dup(number))
        except OSError:
            continue
        try:
            other.settimeout(1)
            other.sendall(message)
        except OSError:
            pass
        finally:
            other.close()
def framed(head, body=b""):
    return struct.pack(">IQ", len(head), len(body)) + head + body
"""


def add(attacks: dict[str, Attack], name: str, after: str, **parts: object) -> None:
    """Add an attack to those of its kind."""
    attacks[name] = Attack(after, **parts)
