"""Show a figure together with its content in words."""

from __future__ import annotations

import base64
import io
from html import escape

from matplotlib.figure import Figure

DPI = 160
PIXELS_PER_INCH = 80  # on the page; half of DPI, so that the picture is sharp on fine screens


class Picture:
    """A figure as a notebook displays it: an image, and what it shows in words."""

    def __init__(self, figure: Figure, alt: str):
        self.figure = figure
        self.alt = alt

    def png(self) -> bytes:
        """Draw the figure."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        return buffer.getvalue()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        data = base64.b64encode(self.png()).decode("ascii")
        width = round(self.figure.get_figwidth() * PIXELS_PER_INCH)
        words = escape(self.alt)
        html = (
            f'<img src="data:image/png;base64,{data}" alt="{words}" width="{width}" '
            f'style="max-width: 100%; background: white">'
            f"<details><summary>This picture in words</summary>{words}</details>"
        )
        return {"text/html": html, "text/plain": self.alt}


def show(figure: Figure, alt: str = "") -> Picture:
    """Show a figure with a text alternative.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    alt : str
        What the picture shows, in words. May be left out for the figures of this package, which
        know it themselves.

    Returns
    -------
    Picture
        As the last expression of a cell it is displayed.

    Raises
    ------
    ValueError
        There are no words: somebody would see nothing.
    """
    alt = alt or getattr(figure, "alt", "")
    if not alt:
        raise ValueError("This figure has no text alternative: pass alt='what it shows'.")
    return Picture(figure, alt)
