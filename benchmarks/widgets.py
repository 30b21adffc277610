"""Measure how long the widgets take from a key to the picture, in JupyterLab in a browser.

    python benchmarks/widgets.py [--keys 40] [--only pool]

Every widget stands in a notebook of its own, as it is the only one of its chapter, and is asked by
its arrow keys, each as soon as the picture of the one before is there; then by 40 in a burst. The
clock is the page's: from the key to the frame that shows the answer of Python. Needs Chromium and
the extra `dev`. Results go to ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from timing import RESULTS, conditions, conditions_line, verdict, write_results

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests" / "browser"))

import lab  # noqa: E402

from cnnkit import widgets  # noqa: E402

NAMES = [name for name in widgets.__all__ if name not in ("quiz", "stay_alive")]
LOOK = 20  # ms from a picture to the next key: somebody in haste
MEDIAN, SLOWEST, BURST = 50, 100, 100  # ms, at most: of a key, of 95 % of them, after a burst
PACKAGES = ("jupyterlab", "anywidget", "playwright")

# A view that differs puts other figures into the stage; the next frame is what somebody sees.
KEYS = """async ([label, keys, look]) => {
  const root = [...document.querySelectorAll(".cnnkit")]
    .find((node) => node.getAttribute("aria-label") === label);
  const stage = root.querySelector("[role=application]");
  const press = (key) =>
    stage.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const drawn = () => new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error(label + " did not answer")), 10000);
    const seen = new MutationObserver(() => {
      seen.disconnect();
      clearTimeout(patience);
      requestAnimationFrame(() => resolve(performance.now()));
    });
    seen.observe(stage, { childList: true, subtree: true });
  });
  const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  stage.focus();
  const times = [];
  for (const key of keys) {
    const answer = drawn(), began = performance.now();
    press(key);
    times.push(await answer - began);
    await rest(look);
  }
  let last = 0;
  const seen = new MutationObserver(() => { last = performance.now(); });
  seen.observe(stage, { childList: true, subtree: true });
  for (let n = 0; n < 40; n++) {
    press(keys[n % keys.length]);
    await rest(8);
  }
  const end = performance.now();
  await rest(2000);
  seen.disconnect();
  return [times, Math.max(0, last - end)];
}"""


def chromium() -> str:
    """Find the browser."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise SystemExit("There is no Chromium: install it, or set CHROMIUM to its path.")
    return path


def measure(names: list[str], keys: int) -> dict[str, dict[str, float]]:
    """Give the milliseconds of each widget."""
    found = {}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as private:
        for name in names:
            source = f"from cnnkit.widgets import {name}\n{name}()"
            lab.write_notebook(Path(folder) / f"{name}.ipynb", [source])
        with lab.jupyter_lab(Path(folder), Path(private)) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium(), args=lab.CHROMIUM_FLAGS
            )
            size = {"width": 1280, "height": 900}
            page = browser.new_context(base_url=url, viewport=size).new_page()
            page.set_default_timeout(120_000)
            for name in names:
                lab.open_notebook(page, f"{name}.ipynb")
                lab.run_all(page, 180)
                found[name] = of_widget(page, getattr(widgets, name)().label, keys)
                print(f"{name}: {found[name]}", flush=True)
            browser.close()
    return found


def of_widget(page: Page, label: str, keys: int) -> dict[str, float]:
    """Press a widget's keys to and fro."""
    shown = lab.widget_named(page, label)
    shown.scroll_into_view_if_needed()
    skip = shown.get_by_text("show without predicting")
    if skip.count():
        skip.first.click()
        page.wait_for_timeout(500)
    pressed = ["ArrowRight", "ArrowLeft"] * (keys // 2)
    times, burst = page.evaluate(KEYS, [label, pressed, LOOK])
    return {
        "median": round(statistics.median(times), 1),
        "95 %": round(statistics.quantiles(times, n=20)[-1], 1),
        "after a burst": round(burst, 1),
    }


def as_markdown(report: dict) -> str:
    """Write the table."""
    lines = [
        "# Widgets, from a key to the picture",
        "",
        "In JupyterLab, each in a notebook of its own, in milliseconds; Python computes each",
        f"picture. A key comes {LOOK} ms after the picture before; after a burst of 40 keys: from",
        "the last one to the last picture.",
        "",
        f"| widget | median (at most {MEDIAN}) | 95 % within (at most {SLOWEST}) "
        f"| after a burst (at most {BURST}) |",
        "|---|---:|---:|---:|",
    ]
    for name, of in report["milliseconds"].items():
        cells = (
            f"{of[what]:.0f}" + ("" if verdict(of[what], most, most) != "MISSED" else " MISSED")
            for what, most in zip(of, (MEDIAN, SLOWEST, BURST), strict=True)
        )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", conditions_line(report["conditions"]), ""])


def main() -> int:
    """Measure, print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keys", type=int, default=40, help="keys pressed one after the other")
    parser.add_argument("--only", default="", help="only widgets whose name holds this")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where results go")
    wanted = parser.parse_args()
    names = [name for name in NAMES if wanted.only in name]
    if not names or wanted.keys < 20:
        parser.error(f"--only names no widget of {', '.join(NAMES)}, or --keys is below 20.")
    report = {"conditions": conditions(PACKAGES), "milliseconds": measure(names, wanted.keys)}
    write_results("widgets", report, as_markdown(report), wanted.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
