"""The texts of a release: how students install it and work with it."""

from __future__ import annotations

import json

from autograder.chapter import Chapter

README = """\
# Convolutional networks, by hand

You have these chapters:

{chapters}

It needs Python {python}. Nothing needs a network once it is installed.

## Installing

Open a terminal in this folder. On Linux and macOS:

```
python3 -m venv .venv
.venv/bin/python -m pip install -c constraints.txt -e .
.venv/bin/cnnkit doctor
```

On Windows (PowerShell):

```
py -m venv .venv
.venv\\Scripts\\python -m pip install -c constraints.txt -e .
.venv\\Scripts\\cnnkit doctor
```

With conda: `conda env create -f environment.yml`, then `conda activate cnnkit`; the commands are
then `cnnkit` and `jupyter` without a folder in front.

Chapters 08 to 13 use PyTorch as well: write `".[torch]"` in place of `.` after `-e`. On Linux that
brings several GB for graphics cards; PyTorch's own site says how to get the small build first.

## Working

```
.venv/bin/jupyter lab notebooks
```

Go through a chapter from top to bottom: read, predict, write the function, run the tests under it.
A test that fails says what differs and gives a hint. After each exercise the notebook goes on with
`cnnkit`'s own function, so being stuck once does not end the day.

## Handing in

Save the notebook, then let it be looked over as marking will:

```
.venv/bin/cnnkit check notebooks/{example}.ipynb
```

Hand in the notebook file as it is, under its own name. Marking also runs tests that are not shown:
other sizes, other numbers, the same task.

## When you are given a newer release

Put your work aside before you unpack it over this folder, or it would be lost: rename the folder
`notebooks` to `my-notebooks`. Then let your work be put into the new notebooks:

```
.venv/bin/cnnkit update my-notebooks
```
"""

PYPROJECT = """\
[build-system]
requires = {requires}
build-backend = {backend}

[project]
name = {name}
version = {version}
description = {description}
readme = "README.md"
requires-python = {python}
license = {license}
license-files = {license_files}
dependencies = {dependencies}

[project.optional-dependencies]
torch = {torch}

[project.scripts]
cnnkit = {script}

[tool.hatch.build]
dev-mode-dirs = ["."]

[tool.hatch.build.targets.wheel]
packages = ["cnnkit"]

[tool.hatch.build.targets.wheel.shared-data]
{installed}
"""

ENVIRONMENT = """\
# conda env create -f environment.yml && conda activate cnnkit
name: cnnkit
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python{python}
  - pip
{packages}
  - pip:
      - -e .
"""

CONDA_NAMES = {"torch": "pytorch"}


def readme(chapters: list[Chapter]) -> str:
    """Tell students how to install, work and hand in."""
    listed = "\n".join(f"- `notebooks/{each.name}.ipynb`: {each.title}" for each in chapters)
    return README.format(chapters=listed, python="3.11 or newer", example=chapters[0].name)


def pyproject(project: dict) -> str:
    """Give the ``pyproject.toml`` of ``cnnkit`` alone."""
    about = project["project"]
    values = {
        "requires": project["build-system"]["requires"],
        "backend": project["build-system"]["build-backend"],
        "name": about["name"],
        "version": about["version"],
        "description": "The package that the notebooks of the course use.",
        "python": about["requires-python"],
        "license": about["license"],
        "license_files": about["license-files"],
        "dependencies": about["dependencies"],
        "torch": about["optional-dependencies"]["torch"],
        "script": about["scripts"]["cnnkit"],
    }
    # Strings and lists of them are written in TOML as in JSON.
    written = {key: json.dumps(value) for key, value in values.items()}
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    installed = "\n".join(f"{json.dumps(ours)} = {json.dumps(to)}" for ours, to in shared.items())
    return PYPROJECT.format(**written, installed=installed)


def environment(project: dict) -> str:
    """Give the environment for conda: what ``cnnkit`` needs, and torch."""
    about = project["project"]
    wanted = [*about["dependencies"], *about["optional-dependencies"]["torch"]]
    for name, theirs in CONDA_NAMES.items():
        wanted = [
            theirs + each.removeprefix(name) if each.startswith(name) else each for each in wanted
        ]
    packages = "\n".join(f"  - {each}" for each in wanted)
    return ENVIRONMENT.format(python=about["requires-python"], packages=packages)
