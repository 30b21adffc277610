"""What the augmentation mixer shows and says, as plain data."""

from __future__ import annotations

import numpy as np

from cnnkit.widgets import figures
from cnnkit.widgets.mixer_numbers import COUNT, Result, Setting

SIDE = 96  # screen pixels of a picture
KEYS_DO = "Nine pictures in three rows: arrow keys choose one, Home and End the first and the last."


def asked(result: Result) -> int | None:
    """Give the picture whose label is asked for: the first that has a partner."""
    if result.blend is None:
        return None
    return next((n for n, m in enumerate(result.blend.partners) if n != m), None)


def percents(result: Result) -> tuple[float, float]:
    """Give the two shares in whole per cent, as λ is told with two digits."""
    own = round(100 * result.blend.share)
    return own, 100 - own


def names(result: Result, n: int) -> tuple[str, str]:
    """Name a picture's class and its partner's."""
    kinds = result.before.y.argmax(axis=1)
    return tuple(result.before.names[kinds[m]] for m in (n, result.blend.partners[n]))


def question(result: Result, n: int | None) -> str:
    """Ask for the blended label."""
    if n is None:
        return "No two kinds are blended: there is nothing to predict."
    own, other = names(result, n)
    return (
        f"Mix-up drew λ = {percents(result)[0] / 100:.2f}. Picture {n + 1} shows {own}, its "
        f"partner is {other}. Predict the label that the net is told, in per cent:"
    )


def fields(result: Result, n: int | None) -> tuple[str, ...]:
    """Name the two shares that are asked for."""
    return () if n is None else tuple(f"{name} %" for name in names(result, n))


def rows(result: Result, at: int, shown: bool) -> list[list[dict]]:
    """Draw the nine pictures in three rows, then the chosen one before, and its label."""
    drawn = [[_picture(result, 3 * i + j, at, shown) for j in range(3)] for i in range(3)]
    return [*drawn, [*_origin(result, at, shown), _label(result, at, shown)]]


def _picture(result: Result, n: int, at: int, shown: bool) -> dict:
    x = result.x[n].clip(0, 1)
    label = told(result, n) if shown else "label hidden"
    caption = f"{'▶ ' * (n == at)}{n + 1}"
    boxes = [figures.box(0, 0, *x.shape[1:])] if n == at else []
    return figures.picture(
        f"picture {n + 1}", caption, _plane(x), f"picture {n + 1}: {label}{_change(result, n)}",
        scale=SIDE / x.shape[2], low=0, high=1, boxes=boxes, click=True,
    )  # fmt: skip


def _origin(result: Result, at: int, shown: bool) -> list[dict]:
    """Draw the chosen picture as it was, and its partner where there is one."""
    found = [(f"{at + 1} as it was", at)]
    if shown and result.blend and result.blend.partners[at] != at:
        partner = result.blend.partners[at]
        found.append((f"its partner, {partner + 1}, as it was", partner))
    return [
        figures.picture(
            name, caption, _plane(result.before.x[n]), f"{caption}: {_kind(result, n)}",
            scale=SIDE / result.x.shape[3], low=0, high=1,
        )
        for name, (caption, n) in zip(("origin", "partner"), found, strict=False)
    ]  # fmt: skip


def _plane(x: np.ndarray) -> np.ndarray:
    return x[0] if len(x) == 1 else x


def _kind(result: Result, n: int) -> str:
    return result.before.names[int(result.before.y[n].argmax())]


def _change(result: Result, n: int) -> str:
    """Say how much of a picture the chain has changed."""
    changed = ~np.isclose(result.x[n], result.before.x[n]).all(axis=0)
    return f"; {100 * changed.mean():.0f} % of its pixels have changed"


def _label(result: Result, at: int, shown: bool) -> dict:
    if not shown:
        return figures.hidden()
    bars = [
        (name, float(share), f"{share:.2f}", "")
        for name, share in zip(result.before.names, result.y[at].clip(0, 1), strict=True)
    ]
    return figures.bars("label", f"label of picture {at + 1}", bars, most=1.0)


def told(result: Result, n: int) -> str:
    """Say a label: '0.73 Coat + 0.27 Bag'."""
    parts = [
        f"{share:.2f} {name}"
        for name, share in zip(result.before.names, result.y[n], strict=True)
        if share > 0.005
    ]
    return " + ".join(parts) if len(parts) > 1 else _kind(result, n)


def live(result: Result, at: int, shown: bool) -> str:
    """Say what the chosen picture is now."""
    if not shown:
        return f"Picture {at + 1} of {COUNT}: its label is hidden until you predict."
    said = f"Picture {at + 1} of {COUNT}: the net is told {told(result, at)}{_change(result, at)}."
    if result.blend:
        said += f" λ = {result.blend.share:.2f} for all nine."
    return said


def advice(setting: Setting) -> str:
    """Say where a label may no longer be true."""
    said = []
    if setting.angle > 90:
        said.append("turns beyond 90° stand clothes on their head, as no test picture does")
    if setting.hole > 14 or setting.shift > 8:
        said.append("so much is lost that a person may not recognise it")
    if setting.brightness > 0.8 or setting.contrast > 0.9:
        said.append("some pictures are nearly black, or one grey")
    return f"⚠ Is the label still true? Mind: {'; '.join(said)}." if said else ""
