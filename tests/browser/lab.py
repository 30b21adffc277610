"""JupyterLab in a browser, as a student has it: start it, open a notebook, run it, read it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from autograder.chapter import Cell

START_SECONDS = 180  # on a busy machine
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # Cells outside the window are otherwise not in the page.
    "notebook-extension/tracker": {"windowingMode": "none"},
}
# Until its settings are read, JupyterLab lets the browser leave out what is far outside the window.
NO_CELL_IS_SKIPPED = ".jp-Cell { content-visibility: visible !important; }"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Opens a notebook in a JupyterLab that is there already, and ends those that were open.
OPEN_INSTEAD = """async path => {
  const { shell, commands } = window.jupyterapp;
  const opened = await commands.execute("docmanager:open", { path });
  for (const tab of [...shell.widgets("main")]) {
    if (tab === opened) continue;
    await tab.context?.sessionContext?.shutdown();
    tab.dispose();
  }
}"""
KERNEL_IS_IDLE = """() => {
  const session = window.jupyterapp?.shell.currentWidget?.context?.sessionContext;
  const kernel = session?.isReady && session.session?.kernel;
  return kernel && kernel.connectionStatus === "connected" && kernel.status === "idle";
}"""
# JupyterLab puts the text of outputs into the page with the next frame.
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

# A cell whose source is folded shows no number.
NUMBERS = """[...document.querySelectorAll(".jp-Notebook .jp-CodeCell")].filter(
  cell => cell.querySelector(".jp-InputArea-editor")?.offsetParent
).map(cell => ({
  number: parseInt(cell.querySelector(".jp-InputPrompt").innerText.slice(1)) || 0,
  waits: cell.querySelector(".jp-InputPrompt").innerText.includes("*"),
  failed: !!cell.querySelector('[data-mime-type="application/vnd.jupyter.error"]')
    || !!cell.querySelector('[data-mime-type="application/vnd.jupyter.stderr"] .ansi-red-fg'),
}))"""
HIGHEST_NUMBER = f"() => Math.max(0, ...{NUMBERS}.map(cell => cell.number))"
RAN_TO_ITS_END = f"""before => {{
  const cells = {NUMBERS};
  const mine = cells.filter(cell => cell.number > before);
  return !cells.some(cell => cell.waits)
    && mine.length && (mine.includes(cells.at(-1)) || mine.some(cell => cell.failed));
}}"""


@dataclass(frozen=True)
class CellOutput:
    """What stands under one code cell."""

    text: str
    error: bool


@dataclass
class Watch:
    """What a page did that it should not: errors in the console, requests to other hosts."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def follow(self, page: Page, url: str) -> None:
        """Listen to a page from its first request on."""
        page.on("console", lambda said: said.type == "error" and self.errors.append(said.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._note(request.url, url))

    def _note(self, asked: str, url: str) -> None:
        own = (url, url.replace("http", "ws", 1), "data:", "blob:")
        if not asked.startswith(own):
            self.outside.append(asked)


@contextmanager
def jupyter_lab(folder: Path, private: Path) -> Iterator[str]:
    """Run JupyterLab on ``folder`` and give its address; ``private`` holds its own files."""
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", *_options(folder, port)]
    with serving(command, port, folder, private) as url:
        yield url


@contextmanager
def serving(command: list[str], port: int, folder: Path, private: Path, **env) -> Iterator[str]:
    """Run a command that starts a JupyterLab, give its address and end it."""
    url = f"http://127.0.0.1:{port}"
    log = private / "lab.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            env=_environment(private) | env,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for_server(process, url, log)
            yield url
        finally:
            process.terminate()  # the server ends its kernels
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """Find a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def open_notebook(page: Page, name: str) -> None:
    """Open a notebook of the lab's folder in place of the one before, with a kernel that is ready.

    JupyterLab itself is loaded with the first one only: nothing takes longer. The page's context
    has the lab's address as its base.
    """
    if page.evaluate("() => 'jupyterapp' in window"):
        page.evaluate(OPEN_INSTEAD, name)
    else:
        page.goto(f"/lab/tree/{name}?reset")
        page.add_style_tag(content=NO_CELL_IS_SKIPPED)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    _wait_for_kernel(page)


def run_all(page: Page, seconds: float = 60) -> None:
    """Choose Run, Run All Cells from the menu, and wait until the run came to its end.

    That is: the last cell has run, or a cell of this run ended in an error, and nothing waits.
    """
    before = page.evaluate(HIGHEST_NUMBER)
    page.locator(".lm-MenuBar-item", has_text="Run").first.click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(RAN_TO_ITS_END, arg=before, timeout=seconds * 1000)
    wait_for_idle(page, seconds)


def wait_for_idle(page: Page, seconds: float = 60) -> None:
    """Wait until no cell runs or waits to run."""
    waiting = page.locator(".jp-InputPrompt", has_text="[*]")
    expect(waiting).to_have_count(0, timeout=seconds * 1000)
    _wait_for_kernel(page, seconds)
    page.evaluate(TWO_FRAMES)


def cell_outputs(page: Page) -> list[CellOutput]:
    """Give what stands under each code cell, in order; empty text where nothing does."""
    found = []
    for cell in page.locator(".jp-Notebook .jp-CodeCell").all():
        area = cell.locator(".jp-Cell-outputArea")
        text = area.first.inner_text().strip() if area.count() else ""
        traceback = area.locator('[data-mime-type="application/vnd.jupyter.stderr"] .ansi-red-fg')
        error = area.locator('[data-mime-type="application/vnd.jupyter.error"]')
        found.append(CellOutput(text, bool(traceback.count() or error.count())))
    return found


def set_cell(page: Page, index: int, source: str) -> None:
    """Type new source over that of a code cell, counted from 0 among the code cells."""
    editor = page.locator(".jp-Notebook .jp-CodeCell").nth(index).locator(".cm-content")
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(source)


def axe_violations(page: Page, selector: str) -> list[str]:
    """Give what axe-core finds wrong inside the elements of a selector."""
    options = {"resultTypes": ["violations"]}  # to list all that is right takes twice as long
    found = Axe().run(page, context=selector, options=options).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found
        for node in violation["nodes"]
    ]


def widget(page: Page, index: int) -> Locator:
    """Give one of the course's widgets on the page, counted from 0."""
    return page.locator(".cnnkit").nth(index)


def widget_named(page: Page, label: str, index: int = 0) -> Locator:
    """Give one of the course's widgets with this label, counted from 0."""
    return page.get_by_role("group", name=label, exact=True).nth(index)


def use_theme(page: Page, name: str) -> None:
    """Choose a theme of JupyterLab, "Light" or "Dark", and wait until it is there."""
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
        f"JupyterLab {name}",
    )
    light = str(name == "Light").lower()
    page.locator(f'body[data-jp-theme-light="{light}"]').wait_for(state="attached")


def code_cells(cells: Iterable[Cell]) -> list[Cell]:
    """Give a chapter's code cells, in the order of :func:`cell_outputs`."""
    return [cell for cell in cells if cell.role not in ("text", "answer")]


def write_notebook(path: Path, sources: list[str]) -> None:
    """Write a notebook of code cells."""
    cells = [
        {
            "id": f"cell-{number}",
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}}
    path.write_text(json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")


def _options(folder: Path, port: int) -> list[str]:
    options = {
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.root_dir": folder,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "",
        "LabApp.extension_manager": "readonly",
        "LabApp.news_url": "",
        "LabApp.expose_app_in_browser": True,
    }
    return ["--no-browser", *(f"--{name}={value}" for name, value in options.items())]


def _environment(private: Path) -> dict[str, str]:
    """Keep the lab away from the user's own settings, and kernels on one thread."""
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    for name, content in SETTINGS.items():
        path = private / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return os.environ | threads | {name: str(private / part) for name, part in own.items()}


def _wait_for_server(process: subprocess.Popen, url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/api", timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _wait_for_kernel(page: Page, seconds: float = 60) -> None:
    """Wait until the kernel is connected and idle, as JupyterLab itself sees it."""
    page.wait_for_function(KERNEL_IS_IDLE, timeout=seconds * 1000)
