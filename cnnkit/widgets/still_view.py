"""A view of a widget as text and as HTML, for where neither kernel nor script runs."""

from __future__ import annotations

import base64
import io
from html import escape

import numpy as np

from cnnkit.widgets import figures

RUN = "Run the cell to use this widget."


def text(view: dict) -> str:
    """Say in plain text what a view shows."""
    lines = [view["label"], view.get("about", ""), *_settings(view), *_notes(view)]
    lines += [figure["label"] for figure in figures.shown(view) if "label" in figure]
    lines += [view["live"], *_texts(view), RUN]
    return "\n".join(filter(None, lines))


def html(view: dict) -> str:
    """Give a view as HTML that needs no script: pictures, tables and sentences."""
    settings = [", ".join(_settings(view))]
    before = [f"<b>{escape(view['label'])}</b>", *map(escape, [view.get("about", ""), *settings])]
    after = map(escape, [*_notes(view), view["live"], *_texts(view), RUN])
    parts = [*_paragraphs(before), *map(_figure, figures.shown(view)), *_paragraphs(after)]
    return "".join(parts)


def _paragraphs(lines: object) -> list[str]:
    return [f"<p>{line}</p>" for line in lines if line]


def _settings(view: dict) -> list[str]:
    """Write where sliders, lists and boxes stand, and what is asked."""
    found = []
    for control in view.get("controls", ()):
        match control:
            case {"kind": "slider", "label": label, "text": value}:
                found.append(f"{label} {value}")
            case {"kind": "select", "label": label, "value": value, "options": options}:
                named = {key: title for key, title in options}
                found.append(f"{label} {named.get(value, value)}")
            case {"kind": "check", "label": label, "value": value}:
                found.append(f"{label}: {'yes' if value else 'no'}")
    asked = view.get("prediction")
    return found + ([asked["question"]] if asked and not asked["done"] else [])


def _notes(view: dict) -> list[str]:
    verdict = (view.get("prediction") or {}).get("verdict", "")
    return [verdict, *(note for _, note in view.get("notes", {}).values())]


def _texts(view: dict) -> list[str]:
    lines = []
    for block in view.get("texts", {}).values():
        lines += [block] if isinstance(block, str) else block
    return lines


def _figure(figure: dict) -> str:
    """Give one figure: a grid as a table, a picture as PNG, others as what they say."""
    match figure["kind"]:
        case "sign" | "hidden":
            return f"<p>{escape(figure['text'])}</p>"
        case "grid":
            rows = "".join(map(_row, figure["text"]))
        case "bars":
            rows = "".join(_row([row["name"], row["text"], row["mark"]]) for row in figure["rows"])
        case "table":
            rows = "".join(map(_row, [figure["head"], *(row["texts"] for row in figure["rows"])]))
        case "picture":
            return (
                f'<figure><img src="data:image/png;base64,{_png(figure)}" '
                f'alt="{escape(figure["label"])}" width="{figure["width"] * figure["scale"]:.0f}" '
                'style="image-rendering: pixelated; max-width: 100%">'
                f"<figcaption>{escape(figure['caption'])}</figcaption></figure>"
            )
        case _:
            return f"<p>{escape(figure['label'])}</p>"
    return f"<table><caption>{escape(figure['caption'])}</caption>{rows}</table>"


def _row(texts: list[str | None]) -> str:
    return "<tr>" + "".join(f"<td>{escape(text or '')}</td>" for text in texts) + "</tr>"


def _png(figure: dict) -> str:
    from PIL import Image  # here, as a widget in JupyterLab draws its pictures itself

    shape = (figure["height"], figure["width"], figure["channels"])
    array = np.frombuffer(base64.b64decode(figure["bytes"]), np.uint8).reshape(shape)
    out = io.BytesIO()
    Image.fromarray(array[..., 0] if shape[2] == 1 else array).save(out, "png")
    return base64.b64encode(out.getvalue()).decode("ascii")
