"""What becomes of a student's notebook on its way, and the sentence in which marking says so.

Each function takes a notebook in which the student did everything and gives the bytes of the file
that arrives. It may change the notebook that it is given.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from autograder.notebooks import MAX_FILE


def text(notebook: dict) -> bytes:
    """The file as JupyterLab writes it."""
    return json.dumps(notebook, indent=1).encode()


def named(notebook: dict, role: str, which: int = -1) -> dict:
    """One of the cells of this role, the last one if nothing is said."""
    about = (cell["metadata"].get("cnnkit", {}).get("role") for cell in notebook["cells"])
    return [c for c, r in zip(notebook["cells"], about, strict=True) if r == role][which]


def deleted(role: str) -> Callable[[dict], bytes]:
    def without(notebook: dict) -> bytes:
        notebook["cells"].remove(named(notebook, role))
        return text(notebook)

    return without


def large(notebook: dict, size: int = MAX_FILE) -> bytes:
    """A saved output makes the file so many bytes large."""
    output = {"output_type": "stream", "name": "stdout", "text": ""}
    named(notebook, "demo", 0)["outputs"] = [output]
    output["text"] = "x" * (size - len(json.dumps(notebook)))
    return json.dumps(notebook).encode()


def format_three(notebook: dict) -> bytes:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"input": cell.pop("source"), "language": "python", "prompt_number": None}
    sheets = [{"cells": notebook["cells"], "metadata": {}}]
    return text({"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": sheets})


def format_four_zero(notebook: dict) -> bytes:
    for cell in notebook["cells"]:
        del cell["id"]
    return text(notebook | {"nbformat_minor": 0})


def without_marks(notebook: dict) -> bytes:
    """Only the texts are left, as after a journey through another program."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    return text(notebook)


def shared_ids(notebook: dict) -> bytes:
    twice = named(notebook, "exercise", 0)["id"]
    notebook["cells"][0]["id"] = named(notebook, "exercise")["id"] = twice
    return text(notebook)


def edited(notebook: dict) -> bytes:
    named(notebook, "test")["source"] = "assert True"
    return text(notebook)


def moved(notebook: dict) -> bytes:
    setup = named(notebook, "setup", 0)
    notebook["cells"].remove(setup)
    notebook["cells"].append(setup)
    return text(notebook)


def copied(notebook: dict) -> bytes:
    """An earlier try stands above the cell that counts."""
    cell = named(notebook, "exercise")
    name = cell["metadata"]["nbgrader"]["grade_id"]
    try_ = cell | {"source": f"def {name}(*args, **kwargs):\n    pass"}
    notebook["cells"].insert(notebook["cells"].index(cell), try_)
    return text(notebook)


def line_ends(notebook: dict) -> bytes:
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")
    return text(notebook)


def other_kernel(notebook: dict) -> bytes:
    notebook["metadata"]["kernelspec"]["name"] = "julia-1.10"
    return text(notebook)


def widgets(notebook: dict) -> bytes:
    state = {"state": {"0a": {"model_name": "ButtonModel"}}}
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": state}
    return text(notebook)


# Each damage with a part of the sentence; {test}, {setup}, {answer}, {first} and {last} are names.
DAMAGES = {
    "shared-ids": (shared_ids, "Cells share an id ({first})"),
    "deleted-test": (deleted("test"), "{test} is missing"),
    "deleted-setup": (deleted("setup"), "cell {setup} is missing"),
    "deleted-solution": (deleted("exercise"), "exercise {last} is missing"),
    "deleted-answer": (deleted("answer"), "question {answer} is missing"),
    "edited-test": (edited, "{test} was changed; the original was used"),
    "moved": (moved, "Cells were moved"),
    "copied": (copied, "exercise {last} appears 2 times"),
    "format-3": (format_three, "old notebook format 3"),
    "format-4.0": (format_four_zero, "old notebook format 4.0"),
    "without-marks": (without_marks, "had lost its marks"),
    "windows-cells": (line_ends, "Cells had the line ends of Windows"),
    "windows-file": (lambda nb: text(nb).replace(b"\n", b"\r\n"), "Windows (CRLF)"),
    "mark": (lambda nb: b"\xef\xbb\xbf" + text(nb), "byte order mark"),
    "utf-16": (lambda nb: text(nb).decode().encode("utf-16"), "encoded as UTF-16"),
    "kernel": (other_kernel, "names the kernel julia-1.10"),
    "widgets": (widgets, "saved state of widgets"),
    "outputs": (large, "The file is 50 MB large"),
}


def sentence(damage: str, notebook: dict) -> str:
    """What is said of a notebook that this happened to; empty where it cannot happen to it."""
    places = {"test": ("test", -1), "setup": ("setup", -1), "answer": ("answer", -1),
              "first": ("exercise", 0), "last": ("exercise", -1)}  # fmt: skip
    try:
        names = {
            place: named(notebook, *which)["metadata"]["nbgrader"]["grade_id"]
            for place, which in places.items()
            if "{" + place + "}" in DAMAGES[damage][1]
        }
    except IndexError:
        return ""
    return DAMAGES[damage][1].format(**names)
