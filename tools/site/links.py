"""Links of the built pages that lead nowhere."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse


class Page(HTMLParser):
    """The anchors of a page, and where its links and pictures point to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors, self.targets = {"", "top"}, set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag says."""
        for name, value in attrs:
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            elif name in ("href", "src") and value is not None:
                self.targets.add(value)


def dead_links(folder: Path) -> list[str]:
    """Name each link within the pages whose file or anchor is not there."""
    folder = folder.resolve()
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")}
    dead = []
    for path, page in sorted(pages.items()):
        for target in sorted(page.targets):
            if urlparse(target).scheme or target.startswith("//"):
                continue
            name, anchor = urldefrag(target)
            aim = (path.parent / unquote(name.split("?")[0])).resolve() if name else path
            # a page keeps its anchors; other files have none
            found = aim.exists() if aim not in pages else unquote(anchor) in pages[aim].anchors
            if not found:
                dead.append(f"{path.relative_to(folder)}: {target}")
    return dead
