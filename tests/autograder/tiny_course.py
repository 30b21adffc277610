"""A chapter of two exercises and a question, small enough to grade by hand."""

import copy
import json

NAME = "91_tiny"
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
SOLUTIONS = {"double": "    return 2 * x", "add": "    return a + b"}
SIGNATURES = {"double": "def double(x):", "add": "def add(a, b):"}


def cell(role, source, name="", kind="code", **about):
    """Make one cell of an instructor notebook."""
    nbgrader = {
        "setup": {"locked": True},
        "beside": {"locked": True},
        "exercise": {"solution": True},
        "test": {"grade": True, "locked": True, "points": about.pop("points", 0)},
        "answer": {"grade": True, "solution": True, "points": about.pop("max", 0)},
    }.get(role)
    metadata = {"cnnkit": {"role": role, **about}}
    if nbgrader:
        flags = {"grade": False, "solution": False, "locked": False, "task": False}
        metadata["nbgrader"] = {"grade_id": name, "schema_version": 3, **flags, **nbgrader}
    made = {"cell_type": kind, "id": name or about.pop("id"), "metadata": metadata}
    metadata["cnnkit"].pop("id", None)
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    return made | {"source": source}


def exercise(name):
    body = f"    ### BEGIN SOLUTION\n{SOLUTIONS[name]}\n    ### END SOLUTION"
    return cell("exercise", f"{SIGNATURES[name]}\n{body}", name, exercise=name)


def check(name, prop, points, source):
    about = {"exercise": name, "title": f"{name}: {prop}", "points": points}
    return cell("test", f"# {name}: {prop}\n{source}", f"{name}-{prop}", **about)


def instructor(name=NAME):
    """Make the instructor notebook."""
    hidden = "\n### BEGIN HIDDEN TESTS\nassert double(7) == 14\n### END HIDDEN TESTS"
    return {
        "cells": [
            cell("text", "# Tiny\nTwo exercises.", kind="markdown", id="text-1"),
            cell("setup", "import math\nLIMIT = 3", "setup"),
            exercise("double"),
            check("double", "values", 2, "assert double(2) == 4" + hidden),
            check("double", "zero", 1, "assert double(0) == 0"),
            cell("demo", "size = 4\nprint(size)", id="demo-1"),
            exercise("add"),
            check("add", "values", 3, "assert add(1, 2) == 3"),
            cell("answer", "Because.", "why", "markdown", max=4),
        ],
        "metadata": {
            "cnnkit": {"chapter": name, "title": "Tiny"},
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def student(solutions=None, name=NAME):
    """Make a student notebook, with these bodies in place of the stubs."""
    notebook = instructor(name)
    for made in notebook["cells"]:
        role = made["metadata"]["cnnkit"]["role"]
        if role == "exercise":
            body = (solutions or {}).get(made["id"], "    " + STUB.replace("\n", "\n    "))
            made["source"] = f"{SIGNATURES[made['id']]}\n{body}"
        elif role == "test":
            made["source"] = made["source"].split("\n### BEGIN HIDDEN TESTS")[0]
        elif role == "answer":
            made["source"] = "YOUR ANSWER HERE"
    return notebook


def solved(name=NAME):
    """Make a submission with both exercises solved."""
    return student(SOLUTIONS, name)


def without(notebook, *ids):
    """Leave out the cells with these ids."""
    notebook = copy.deepcopy(notebook)
    notebook["cells"] = [made for made in notebook["cells"] if made["id"] not in ids]
    return notebook


def by_id(notebook, name):
    """Find the cell with this id."""
    return next(made for made in notebook["cells"] if made["id"] == name)


def added(source, id="mine", kind="code"):
    """Make a cell as a student adds it."""
    return {"cell_type": kind, "id": id, "metadata": {}, "source": source}


def write(path, notebook):
    """Write a notebook or any text to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = notebook if isinstance(notebook, str) else json.dumps(notebook)
    path.write_text(text, encoding="utf-8")
    return path


def load(folder, name=NAME):
    """Write the instructor notebook and load it as a chapter."""
    from autograder.chapter import Chapter

    return Chapter.load(write(folder / f"{name}.ipynb", instructor(name)))
