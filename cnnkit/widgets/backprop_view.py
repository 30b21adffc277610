"""What the backprop stepper shows: grids of numbers and sentences, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnkit.widgets import figures
from cnnkit.widgets.backprop_numbers import Layer, Target, Term
from cnnkit.widgets.conv_numbers import Place
from cnnkit.widgets.figures import bracket, number


@dataclass(frozen=True)
class Given:
    """What a conv2d_backward gave for a layer: what can be drawn of it, and what is wrong."""

    name: str
    arrays: tuple[np.ndarray | None, ...] = (None, None, None)  # dx, dw, db
    wrong: tuple[np.ndarray | None, ...] = (None, None, None)
    trouble: str = ""
    difference: str = ""


@dataclass(frozen=True)
class Scene:
    """A layer, the output that is looked at, what is asked for, and what a function gave."""

    layer: Layer
    place: Place
    target: Target
    given: Given
    terms: tuple[Term, ...]  # of the target


def stage(scene: Scene, shown: bool) -> list[list[dict]]:
    """Give the rows of figures: what one output sends; the sums so far and the function's."""
    above = [*_layer(scene), figures.sign("→"), *_sent(scene)]
    below = [*_sums(scene), figures.sign("→"), *_results(scene)] if shown else [figures.hidden()]
    return [above, below]


def _layer(scene: Scene) -> list[dict]:
    made, p = scene.layer, scene.layer.setting.padding
    here = [["here" if at == scene.place else "" for at in row] for row in _grid(made.dy.shape)]
    asked_x, asked_w = _asked(scene)
    return [
        figures.grid("dy", "dy, what arrives", made.dy, marks=here, click=True),
        figures.grid(
            "x", "x", made.padded(), fill="grey", low=made.x.min(), high=made.x.max(),
            marks=_window(scene), signs=asked_x, first=-p, click=True,
        ),
        figures.grid("w", "w", made.w, fill="signed", signs=asked_w, click=True),
    ]  # fmt: skip


def _sent(scene: Scene) -> list[dict]:
    to_x, to_w = scene.layer.sent(scene.place)
    i, j = scene.place
    asked_x, asked_w = _asked(scene)
    return [
        figures.grid(
            "to_x", f"dy[{i}, {j}] · w, to x", to_x, fill="signed", marks=_window(scene),
            signs=asked_x, first=-scene.layer.setting.padding,
        ),
        figures.grid("to_w", f"dy[{i}, {j}] · x, to w", to_w, fill="signed", signs=asked_w),
    ]  # fmt: skip


def _sums(scene: Scene) -> list[dict]:
    to_x, to_w = scene.layer.so_far(scene.place)
    asked_x, asked_w = _asked(scene)
    return [
        figures.grid(
            "sum_x", "x has got so far", to_x, fill="signed", marks=_window(scene),
            signs=asked_x, first=-scene.layer.setting.padding,
        ),
        figures.grid("sum_w", "w has got so far", to_w, fill="signed", signs=asked_w),
    ]  # fmt: skip


def _results(scene: Scene) -> list[dict]:
    """Draw dx, dw and db as the function gave them."""
    found = []
    for name, array, wrong in zip(
        ("dx", "dw", "db"), scene.given.arrays, scene.given.wrong, strict=True
    ):
        if array is None:
            found.append(figures.hidden(f"no {name}"))
            continue
        marks = [
            ["wrong" if wrong is not None and wrong[at] else "" for at in row]
            for row in _grid(array.shape)
        ]
        signs = dict(zip(("dx", "dw"), _asked(scene, rim=False), strict=True)).get(name, [])
        fits = signs and (len(signs), len(signs[0])) == array.shape
        found.append(
            figures.grid(
                name, name, array, fill="signed", marks=marks, signs=signs if fits else (),
                ruled=name != "db",
            )
        )  # fmt: skip
    return found


def live(scene: Scene, shown: bool) -> str:
    """Say what the output sends, and what the asked number has got."""
    made, (i, j) = scene.layer, scene.place
    sent = number(made.dy[scene.place])
    to_w = made.sent(scene.place)[1]
    text = (
        f"Output row {i}, column {j}: dy = {sent}. It sends "
        f"{_listed(made.dy[scene.place] * made.w)} to the pixels of its window and "
        f"{_listed(to_w)} to the weights. "
    )
    parts = scene.terms
    now = [term for term in parts if term.place == scene.place]
    name = target_name(scene.target)
    if not now or not now[0].value:
        text += f"{name} gets nothing from it"
    else:
        text += f"{name} gets {number(sum(term.value for term in now))} from it"
    if not shown:
        return f"{text}. How much does it get in all?"
    total = sum(term.value for term in parts if term.place <= scene.place)
    return f"{text}, {number(total)} so far. {_given(scene)}"


def _given(scene: Scene) -> str:
    """Say what the function gave the asked number, and what is right where that differs."""
    right = number(sum(term.value for term in scene.terms))
    kind, row, column = scene.target
    index = 0 if kind == "x" else 1
    array, wrong = scene.given.arrays[index], scene.given.wrong[index]
    if array is None or row >= array.shape[0] or column >= array.shape[1]:
        return f"{scene.given.name} gives it nothing, right is {right}."
    text = f"{scene.given.name} gives it {number(array[row, column])}"
    if wrong is not None and wrong[row, column]:
        return f"{text}, right is {right}."
    return f"{text} in all."


def sum_lines(scene: Scene) -> list[str]:
    """Write the overlap sum of the asked number, up to the present output, and the bias."""
    kind, row, column = scene.target
    other = "w" if kind == "x" else "x"
    parts = [term for term in scene.terms if not _on_rim(scene, term)]
    done = [term for term in parts if term.place <= scene.place]
    left = len(parts) - len(done)
    names = " + ".join(f"dy{list(t.place)}·{other}{list(t.met)}" for t in done) or "nothing yet"
    values = " + ".join(f"{bracket(t.dy)}·{bracket(t.factor)}" for t in done) or "0"
    more = f" + {left} more" if left else ""
    total = number(sum(term.value for term in done))
    return [
        f"d{kind}[{row}, {column}] = {names}{more}",
        f"= {values}{more}" + (f"; so far {total}" if left else f" = {total}"),
        f"db = {' + '.join(bracket(v) for v in scene.layer.dy.ravel())} = "
        f"{number(scene.layer.dy.sum())}",
    ]


def target_name(target: Target) -> str:
    """Name a pixel or a weight in a sentence."""
    kind, row, column = target
    return f"{'Pixel' if kind == 'x' else 'Weight'} {kind}[{row}, {column}]"


def _on_rim(scene: Scene, term: Term) -> bool:
    """Say whether a weight met the rim there: it gets 0, and the sum leaves it out."""
    inside = all(0 <= at < n for at, n in zip(term.met, scene.layer.x.shape, strict=True))
    return scene.target[0] == "w" and not inside


def _window(scene: Scene) -> list[list[str]]:
    """Mark the pixels that the output read, and the rim."""
    made, p = scene.layer, scene.layer.setting.padding
    rim = np.pad(np.zeros(made.x.shape, bool), p, constant_values=True)
    read = np.zeros(rim.shape, bool)
    read[made.window(scene.place)] = True
    return [
        [f"{'pad ' * bool(out)}{'tap' * bool(tap)}".strip() for out, tap in zip(*row, strict=True)]
        for row in zip(rim, read, strict=True)
    ]


def _asked(scene: Scene, *, rim: bool = True) -> tuple[list[list[str]], list[list[str]]]:
    """Give the signs of x and of w: a question mark at what is asked for."""
    made, (kind, row, column) = scene.layer, scene.target
    p = made.setting.padding if rim else 0
    x = [["" for _ in range(made.x.shape[1] + 2 * p)] for _ in range(made.x.shape[0] + 2 * p)]
    w = [["" for _ in line] for line in made.w]
    if kind == "x":
        x[row + p][column + p] = "?"
    else:
        w[row][column] = "?"
    return x, w


def _grid(shape: tuple[int, ...]) -> list[list[Place]]:
    return [[(i, j) for j in range(shape[1])] for i in range(shape[0])]


def _listed(array: np.ndarray) -> str:
    *most, last = map(number, array.ravel())
    return f"{', '.join(most)} and {last}" if most else last
