"""Make the course's web pages under build/site: python tools/site/build.py [--chapters 00 04]

Each page is the student's notebook with the outputs of the instructor's: every picture, number and
widget, but no solution and no hidden test. The notebooks are run for it, without a network; what is
run is kept in build/site-work until a notebook or ``cnnkit`` changes. Sphinx with MyST-NB makes the
pages. They ask for nothing from outside: a plain file server is enough to read them,

    python -m http.server --directory build/site
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import sys
from pathlib import Path

import nbformat
from links import dead_links
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from sphinx.cmd.build import main as sphinx

from cnnkit.writing import write_whole

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
BUILD = ROOT / "build"
WORK = BUILD / "site-work"
PAGES = ("mutations", "benchmarks", "sources")  # of docs/, beside the chapters
CELL_SECONDS = 900
ALIVE = "from cnnkit.widgets import stay_alive\n\nstay_alive()"
INDEX = """\
# Convolutional networks, by hand

A course in notebooks: build convolutional networks in NumPy, from the first pixel to a trained
net. These pages are for reading: the chapters with all that they print and draw, and their widgets
and questions at work. The exercises wait to be written in the notebooks themselves, where every
test tells you at once what is right and what is not.

Begin with [{first}]({first_page}).

```{{toctree}}
:maxdepth: 1
:caption: Chapters

{chapters}
```

```{{toctree}}
:maxdepth: 1
:caption: About the course

{pages}
```
"""


def build(names: list[str], out: Path) -> int:
    """Write the pages of these chapters; return the exit status."""
    source, made = WORK / "source", WORK / "html"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    titles = {}
    pages = {*PAGES, *names}
    for number, name in enumerate(names, 1):
        print(f"{number} of {len(names)}: {name}", flush=True)
        notebook = page(read("notebooks", name), executed(name))
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = within_the_pages(cell.source, pages)
        titles[name] = notebook.metadata["cnnkit"]["title"]
        nbformat.write(notebook, source / f"{name}.ipynb")
    for name in PAGES:
        text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
        (source / f"{name}.md").write_text(within_the_pages(text, pages))
    first = names[0]
    index = INDEX.format(
        first=titles[first], first_page=f"{first}.ipynb",
        chapters="\n".join(names), pages="\n".join(PAGES),
    )  # fmt: skip
    (source / "index.md").write_text(index)
    shutil.rmtree(made, ignore_errors=True)
    status = sphinx(["-q", "-W", "--keep-going", "-c", str(HERE), str(source), str(made)])
    return status or put(made, out)


def put(made: Path, out: Path) -> int:
    """Put the pages where they shall stand, unless one of their links leads nowhere."""
    for left in (".doctrees", "_sources"):
        shutil.rmtree(made / left, ignore_errors=True)
    if dead := dead_links(made):
        print("These links lead nowhere:", *dead, sep="\n", file=sys.stderr)
        return 1
    shutil.rmtree(out, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(made, out)
    return 0


def read(folder: str, name: str) -> NotebookNode:
    """Read a committed notebook."""
    return nbformat.read(ROOT / folder / f"{name}.ipynb", as_version=4)


# What the instructor's notebook shows ------------------------------------------------------------


def executed(name: str) -> dict[str, list[NotebookNode]]:
    """Give the outputs of the instructor's notebook by the cells' ids; run it if need be."""
    kept = WORK / "runs" / f"{name}-{digest(name)}.ipynb"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        notebook = run(read("solutions", name), name)
        for old in kept.parent.glob(f"{name}-*.ipynb"):
            old.unlink()
        write_whole(kept, lambda file: file.write(nbformat.writes(notebook).encode()))
    cells = nbformat.read(kept, as_version=4).cells
    return {cell.id: cell.outputs for cell in cells if cell.cell_type == "code"}


def digest(name: str) -> str:
    """Name what a run was made from: the notebook and all of ``cnnkit``."""
    files = [ROOT / "solutions" / f"{name}.ipynb", *sorted((ROOT / "cnnkit").rglob("*"))]
    parts = hashlib.sha256()
    for path in files:
        if path.is_file() and "__pycache__" not in path.parts:
            parts.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return parts.hexdigest()[:16]


def run(notebook: NotebookNode, name: str) -> NotebookNode:
    """Run the notebook; a cell that fails ends it with a sentence."""
    notebook.cells.insert(0, new_code_cell(ALIVE))
    environment = {**os.environ, "CNNKIT_OFFLINE": "1"}
    client = NotebookClient(
        notebook, timeout=CELL_SECONDS, resources={"metadata": {"path": ROOT}},
        extra_arguments=["--log-level=ERROR"],  # of the kernel, which warns of each start
    )  # fmt: skip
    try:
        client.execute(env=environment)
    except CellExecutionError as error:
        raise SystemExit(f"A cell of solutions/{name}.ipynb fails:\n{error}") from None
    del notebook.cells[0]
    return notebook


# A page ------------------------------------------------------------------------------------------


def page(student: NotebookNode, outputs: dict[str, list[NotebookNode]]) -> NotebookNode:
    """Put the instructor's outputs into the student's notebook.

    A cell that the student has to write stands there as it is handed out, without an output.
    """
    for cell in student.cells:
        if cell.cell_type != "code":
            continue
        about = cell.metadata.get("nbgrader", {})
        cell.outputs = [] if about.get("solution") else readable(outputs[cell.id])
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            cell.metadata["tags"] = ["remove-input"]
    return student


def readable(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Leave out what is no use on a page: warnings, steps of a progress bar, our own folder."""
    shown = []
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stderr":
                continue
            text = re.sub(r"[^\n]*\r(?!\n)", "", output.text)
            output.text = text.replace(str(ROOT), "…")
        shown.append(output)
    return shown


def within_the_pages(text: str, pages: set[str]) -> str:
    """Keep links between the pages and to the world, and only the words of all others."""

    def link(found: re.Match) -> str:
        words, target = found.groups()
        if target.startswith("#"):  # an anchor of the page's own, written in HTML there
            return f'<a href="{target}">{words}</a>'
        if "://" in target:
            return found[0]
        path, anchor = re.fullmatch("([^#]*)(#.*)?", target).groups("")
        return f"[{words}]({Path(path).name}{anchor})" if Path(path).stem in pages else words

    return re.sub(r"\[([^\]]*)\]\(([^)\s]+)\)", link, text)


def main() -> int:
    """Build the pages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chapters", nargs="+", help="numbers; all if left out")
    parser.add_argument("--out", type=Path, default=BUILD / "site", help="where the pages go")
    wanted = parser.parse_args()
    every = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
    names = [n for n in every if not wanted.chapters or n[:2] in wanted.chapters]
    if not names:
        parser.error(f"there is no such chapter; there are {', '.join(n[:2] for n in every)}.")
    status = build(names, wanted.out)
    if not status:
        print(f"The course stands in {wanted.out}.")
    return status


if __name__ == "__main__":
    sys.exit(main())
