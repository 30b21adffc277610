"""What the pooling playground shows: grids of numbers and sentences, as plain data."""

from __future__ import annotations

import numpy as np

from cnnkit.widgets import figures
from cnnkit.widgets import pooling_numbers as numbers
from cnnkit.widgets.pooling_numbers import Place, Setting
from cnnkit.widgets.pooling_runs import Run, Scene, off, pixel_of


def legend(look: str, setting: Setting, shown: bool) -> str:
    """Say what the signs mean that there are."""
    signs = {
        "shift": ["Δ: changed by the shift."] * shown,
        "gradient": ["?: the pixel that is asked for."],
    }
    circled = setting.kind == "max" and (look == "gradient" or (look == "forward" and shown))
    ring = ["Circled: the pixel that argmax names."] * circled
    return " ".join(["Outlined: the window.", *signs.get(look, []), *ring])


def stage(look: str, scene: Scene, shown: bool) -> list[list[dict]]:
    """Give the rows of figures; what a prediction is asked of stays hidden until then."""
    kept_back = figures.hidden()
    if look == "forward":
        after = _output("y", "output", scene.pooled, scene.place) if shown else kept_back
        return [[_picture(scene, shown=shown), figures.sign("→"), after]]
    if look == "shift":
        moved = numbers.shifted(scene.plane, scene.setting)
        before = _output("y", "output before", scene.pooled, scene.place)
        after = kept_back
        if shown:
            old = scene.pooled.values
            after = _output("moved_y", "output after", scene.moved, scene.place, old)
        return [
            [_picture(scene), figures.sign("→"), before],
            [_picture(scene, moved), figures.sign("→"), after],
        ]
    size = scene.setting.size(scene.plane)
    marks = [["here" if at == scene.place else "" for at in row] for row in _places(size)]
    dy = figures.grid("dy", "dy, what arrives", numbers.upstream(size), marks=marks, click=True)
    dx = _gradient(scene) if shown else kept_back
    return [[_picture(scene, shown=True), dy, figures.sign("→"), dx]]


def _picture(scene: Scene, plane: np.ndarray | None = None, *, shown: bool = False) -> dict:
    """Draw the picture in its padding, the window outlined, its maximum circled."""
    setting, moved = scene.setting, plane is not None
    plane, p = scene.plane if plane is None else plane, setting.padding
    rim = 0 if setting.kind == "average" else -np.inf
    padded = np.pad(plane.astype(float), p, constant_values=rim)
    marks = [["pad" for _ in row] for row in padded]
    signs = [["" for _ in row] for row in padded]
    for row, column in np.ndindex(plane.shape):
        marks[row + p][column + p] = ""
    top, left = (at * setting.stride for at in scene.place)
    for row, column in np.ndindex(setting.window, setting.window):
        marks[top + row][left + column] += " tap"
    circled = _named_maximum(scene) if shown else None
    if circled:
        marks[circled[0] + p][circled[1] + p] += " ring"
    if scene.asked:
        signs[scene.asked[0] + p][scene.asked[1] + p] = "?"
    return figures.grid(
        "moved" if moved else "x",
        f"picture, moved by {setting.shift}" if moved else "picture",
        padded,
        fill="grey",
        low=plane.min(),
        high=plane.max(),
        marks=marks,
        signs=signs,
        first=-p,
    )


def _output(name: str, caption: str, run: Run, place: Place, old: np.ndarray | None = None) -> dict:
    """Draw what the function gave; mark the window's place, errors and changes."""
    if run.values is None:
        return figures.hidden("nothing to draw")
    marks = [["here" if at == place else "" for at in row] for row in _places(run.values.shape)]
    for i, j in np.ndindex(run.values.shape):
        if run.wrong is not None and run.wrong[i, j]:
            marks[i][j] += " wrong"
        if old is not None and old.shape == run.values.shape:
            same = np.isclose(old[i, j], run.values[i, j], equal_nan=True)
            marks[i][j] += "" if same else " changed"
    return figures.grid(name, caption, run.values, marks=marks, click=True)


def _gradient(scene: Scene) -> dict:
    """Draw the gradient that the pixels get; outline those of the window."""
    if scene.dx is None or scene.dx.values is None:
        return figures.hidden("nothing to draw")
    values, window = scene.dx.values, numbers.pixels(scene.plane, scene.setting, scene.place)
    marks = [["tap" if at in window else "" for at in row] for row in _places(values.shape)]
    signs = [["" for _ in row] for row in values]
    for at in np.ndindex(values.shape):
        if scene.dx.wrong is not None and scene.dx.wrong[at]:
            marks[at[0]][at[1]] += " wrong"
    row, column = scene.asked
    if row < len(signs) and column < len(signs[0]):
        signs[row][column] = "?"
    return figures.grid(
        "dx", "dx, what the pixels get", values, fill="signed", marks=marks, signs=signs
    )


def _named_maximum(scene: Scene) -> Place | None:
    """Give the pixel that the function names as the window's maximum."""
    argmax = scene.pooled.argmax
    return None if off(argmax, scene.place) else pixel_of(argmax[scene.place], scene.plane)


def _places(size: tuple[int, ...]) -> list[list[Place]]:
    return [[(i, j) for j in range(size[1])] for i in range(size[0])]
