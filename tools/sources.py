"""Write docs/sources.md from solutions/items.toml; with --check, only say whether it is stale."""

from __future__ import annotations

import argparse
import re
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ITEMS = ROOT / "solutions" / "items.toml"
PAGE = ROOT / "docs" / "sources.md"

HEAD = """\
# Where the course comes from

<!-- Written by tools/sources.py from solutions/items.toml: change that file, then "make docs". -->

The course follows five lectures on convolutional networks. Everything that they teach is listed
here as {total} items, in our own words, each with the chapter that carries it. {flags} items
carry an **erratum**, where the lecture errs; {notes} carry a **careful** remark, where it is right
in its context but incomplete, dated, or uses a word in another sense.

Four of the lectures were read by a machine from slides or handwriting; where such a reading is
damaged, the course uses the right value and nobody is blamed for it.
"""


def load_items(path: Path = ITEMS) -> dict:
    """Return the file as it is: ``lectures`` by code, and the list ``item``."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def marks_of(item: dict) -> list[str]:
    """Return the marks of an item as a list: ``["ok"]``, or "flag" and "note" in any number."""
    mark = item["mark"]
    return [mark] if isinstance(mark, str) else list(mark)


def chapter_word(stem: str) -> str:
    """Return a chapter's file stem as words: ``04_conv_layer`` becomes "04 conv layer"."""
    return stem.replace("_", " ")


def page_text(data: dict) -> str:
    """Return the whole page."""
    items = data["item"]
    count = Counter(mark for item in items for mark in marks_of(item))
    head = HEAD.format(total=len(items), flags=count["flag"], notes=count["note"])
    lectures = [
        f"- **{code}** · {lecture['title']}: items {span(items, code)}"
        for code, lecture in data["lectures"].items()
    ]
    parts = [head, "## The lectures\n\n" + "\n".join(lectures) + "\n", chapters_table(items)]
    for code, lecture in data["lectures"].items():
        parts.append(f"## {code} · {lecture['author']}\n")
        parts += [entry(item) for item in items if item["lecture"] == code]
    return "\n".join(parts)


def span(items: list[dict], lecture: str) -> str:
    """Return the first and last item of a lecture, "1 to 41"."""
    numbers = [item["id"] for item in items if item["lecture"] == lecture]
    return f"{min(numbers)} to {max(numbers)}"


def chapters_table(items: list[dict]) -> str:
    """Return a table of the chapters with the items that each carries."""
    rows = ["## By chapter\n", "| chapter | items |", "|---|---|"]
    for chapter in sorted({item["chapter"] for item in items}):
        links = [f"[{i['id']}](#item-{i['id']})" for i in items if i["chapter"] == chapter]
        rows.append(f"| {chapter_word(chapter)} | {', '.join(links)} |")
    return "\n".join(rows) + "\n"


def entry(item: dict) -> str:
    """Return one item as a paragraph, with its boxes."""
    lines = [
        f'<a id="item-{item["id"]}"></a>**{item["id"]}.** {escape(item["text"])} '
        f"*({chapter_word(item['chapter'])})*"
    ]
    if "correction" in item:
        lines.append(f"> **Erratum.** {escape(item['correction'])}")
    if "remark" in item:
        lines.append(f"> **Careful.** {escape(item['remark'])}")
    return "\n\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Keep Markdown from reading signs in plain text as its own, as in ``fan_in`` or ``x[1]``."""
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)


def main() -> None:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the page is stale")
    text = page_text(load_items())
    if not parser.parse_args().check:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text, encoding="utf-8", newline="\n")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        raise SystemExit("docs/sources.md is older than solutions/items.toml: run 'make docs'.")


if __name__ == "__main__":
    main()
