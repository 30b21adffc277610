"""What a widget shows, read from the page and compared: a picture may be drawn anew at any time.

Whoever finds an element and then measures it may hold one that has left the page in between. So
nothing here is read once: each function waits until the page shows what it should, or is whole.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from playwright.sync_api import Locator, Page, TimeoutError, expect

from cnnkit.widgets.figures import number

TRIES = 20  # an element is drawn anew between finding and measuring: so often in a row it is not
SECONDS = 30

# The bytes of a canvas, one plane after another, as cnnkit holds pictures.
PLANES = """canvas => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  return [0, 1, 2].map(c => Array.from({ length: width * height }, (_, at) => data[4 * at + c]));
}"""
PLANES_ARE = f"""([widget, selector, wanted, within]) => {{
  const canvas = widget.querySelector(selector);
  if (!canvas) return false;
  const planes = ({PLANES})(canvas);
  return wanted.every((plane, c) => plane.length === planes[c].length
    && plane.every((value, at) => Math.abs(value - planes[c][at]) <= within));
}}"""

# Whatever ends outside its widget or the window, or hides a part of its own text. What scrolls by
# itself hides nothing, and what is only there for screen readers has no size.
CUT_OFF = """widget => {
  const { left, right } = widget.getBoundingClientRect();
  const sticksOut = node => {
    const { width, left: from, right: to } = node.getBoundingClientRect();
    return width && (from < left - 1 || to > right + 1);
  };
  const hides = node => {
    const { overflowX, overflowY } = getComputedStyle(node);
    return (overflowX === "hidden" && node.scrollWidth > node.clientWidth + 1)
      || (overflowY === "hidden" && node.scrollHeight > node.clientHeight + 1);
  };
  const found = [...widget.querySelectorAll("*")].filter(node => !node.closest(".wide, defs")
    && (sticksOut(node) || (node instanceof HTMLElement && hides(node))));
  if (left < 0 || right > innerWidth) found.push(widget);
  return found.map(node => `${widget.ariaLabel}: ${node.outerHTML.slice(0, 120)}`);
}"""


def box(locator: Locator) -> dict[str, float]:
    """Measure an element, again where it was drawn anew meanwhile."""
    for _ in range(TRIES):
        expect(locator).to_be_visible()
        if measured := locator.bounding_box():
            return measured
    raise AssertionError(f"{locator} is drawn anew all the time.")


def cells(widget: Locator, name: str) -> Locator:
    """Give the numbers of a grid, row by row."""
    return widget.locator(f'[data-name="{name}"] .cell text:not(.sign)')


def expect_numbers(widget: Locator, name: str, values: ArrayLike) -> None:
    """Wait until a grid shows these numbers."""
    expect(cells(widget, name)).to_have_text([number(value) for value in np.ravel(values)])


def expect_pixels(widget: Locator, name: str, planes: ArrayLike, within: int = 0) -> None:
    """Wait until a picture has these bytes: (H, W) for grey, or (3, H, W)."""
    planes = np.rint(np.asarray(planes, float))
    wanted = planes.reshape(-1, planes.shape[-2] * planes.shape[-1])
    selector = f'[data-name="{name}"] canvas'
    try:
        widget.page.wait_for_function(
            PLANES_ARE,
            arg=[widget.element_handle(), selector, wanted.tolist(), within],
            timeout=SECONDS * 1000,
        )
    except TimeoutError:
        got = widget.locator(selector).evaluate(PLANES)
        np.testing.assert_allclose(got[: len(wanted)], wanted, rtol=0, atol=within)
        raise


def cut_off(page: Page, width: int, height: int) -> list[str]:
    """Make the window this small, in pixels of CSS, and name what cannot be seen of a widget."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    found = []
    for widget in page.locator(".cnnkit").all():
        page.wait_for_function(
            "([node, width]) => node.clientWidth < width",
            arg=[widget.element_handle(), width - 30],
        )
        found += widget.evaluate(CUT_OFF)
    return found
