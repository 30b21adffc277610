"""What the pooling playground says: a sentence for each thing that it shows."""

from __future__ import annotations

import numpy as np

from cnnkit.widgets import pooling_numbers as numbers
from cnnkit.widgets.figures import bracket, number
from cnnkit.widgets.pooling_numbers import Place, Setting
from cnnkit.widgets.pooling_runs import Run, Scene, off, pixel_of


def is_so(look: str, right: float, plane: np.ndarray, setting: Setting) -> str:
    """Say the right answer to a look's question."""
    if look == "shift":
        count = np.prod(setting.size(plane))
        return f"{number(right)} of the {count} outputs change."
    if look == "gradient":
        return f"It gets {number(right)}."
    if setting.kind == "max":
        row, column = pixel_of(right, plane)
        return f"It is number {number(right)}, row {row}, column {column}."
    return f"It is {number(right)}."


def live(look: str, scene: Scene) -> str:
    """Say what stands at the window's place."""
    i, j = scene.place
    start = f"Row {i}, column {j} of the output"
    if look == "gradient":
        return f"{start}: {_sent(scene)}"
    right = _value(*numbers.forward(scene.plane, scene.setting), scene)
    if look == "forward":
        return f"{start}: {scene.pooled.name} gives {_given(scene.pooled, scene, right)}."
    moved = numbers.shifted(scene.plane, scene.setting)
    other = _value(*numbers.forward(moved, scene.setting), scene, where=False)
    right = right.split(",")[0]
    return (
        f"{start}: {scene.pooled.name} gives {_given(scene.pooled, scene, right, where=False)} "
        f"before the shift and {_given(scene.moved, scene, other, where=False)} after it."
    )


def window_text(scene: Scene) -> str:
    """Write the window's number as what it is made of."""
    setting, (i, j) = scene.setting, scene.place
    values = [scene.plane[at] for at in numbers.pixels(scene.plane, setting, scene.place)]
    y = number(numbers.forward(scene.plane, setting)[0][scene.place])
    rim = setting.window**2 - len(values)
    if setting.kind == "max":
        terms = [*map(number, values), *(["−∞"] if rim else [])]
        return f"y[0, 0, {i}, {j}] = max({', '.join(terms)}) = {y}"
    if setting.kind == "average":
        terms = " + ".join(map(bracket, values)) + (f" + {rim}·0" if rim else "")
        return f"y[0, 0, {i}, {j}] = ({terms}) / {setting.window**2} = {y}"
    return f"y[0, 0, {i}, {j}] = √({' + '.join(f'{bracket(v)}²' for v in values)}) = {y}"


def pixel_text(scene: Scene) -> str:
    """Say what the asked pixel gets, and from which windows."""
    row, column = scene.asked
    dy = numbers.upstream(scene.setting.size(scene.plane))
    sent = numbers.receipts(scene.plane, scene.setting, (row, column), dy)
    parts = [f"{number(value)} from {place}" for place, value in sent.items() if value]
    total = number(sum(sent.values()))
    seen = f"{len(sent)} window{'s see' if len(sent) != 1 else ' sees'} it"
    return (
        f"dx[0, 0, {row}, {column}] = {total}: {seen}" + (": " if parts else ", none sends any")
        + " + ".join(parts)
    )  # fmt: skip


def shift_text(scene: Scene) -> str:
    """Count what the shift changed, in the picture and in the right output."""
    moved = numbers.shifted(scene.plane, scene.setting)
    before, after = (numbers.forward(one, scene.setting)[0] for one in (scene.plane, moved))
    return (
        f"{(~np.isclose(before, after)).sum()} of {before.size} outputs change; "
        f"of the picture's {moved.size} pixels {(moved != scene.plane).sum()} do."
    )


def _sent(scene: Scene) -> str:
    """Say where the gradient of the window goes."""
    setting, place = scene.setting, scene.place
    size = setting.size(scene.plane)
    sent = float(numbers.upstream(size)[place])
    window = numbers.pixels(scene.plane, setting, place)
    if setting.kind == "max":
        row, column = pixel = numbers.tied(scene.plane, setting, place)[0]
        ties = len(numbers.tied(scene.plane, setting, place))
        text = f"dy = {number(sent)} goes whole to row {row}, column {column}"
        text += f", the first of {ties} equal maxima" if ties > 1 else ""
    else:
        row, column = pixel = window[0]
        alone = np.zeros(size)
        alone[place] = sent
        share = number(numbers.backward(alone, scene.plane, setting)[pixel])
        equal = "equally" if setting.kind == "average" else "in proportion to the pixels"
        text = f"dy = {number(sent)} is shared {equal}: row {row}, column {column} gets {share}"
        rim = setting.window**2 - len(window)
        text += f", and {rim} shares fall on the rim and are lost" if rim > 1 else ""
        text += ", and one share falls on the rim and is lost" if rim == 1 else ""
    return f"{text}. {_received(scene, pixel)}"


def _received(scene: Scene, pixel: Place) -> str:
    """Say what a pixel got in all, and what is right where that differs."""
    dy = numbers.upstream(scene.setting.size(scene.plane))
    right = number(numbers.backward(dy, scene.plane, scene.setting)[pixel])
    run = scene.dx
    if off(run.values, pixel):
        return f"In all that pixel should get {right}; there is nothing to draw."
    text = f"In all that pixel gets {number(run.values[pixel])}"
    wrong = run.wrong is not None and run.wrong[pixel]
    return f"{text}, right is {right}." if wrong else f"{text}."


def _given(run: Run, scene: Scene, right: str, *, where: bool = True) -> str:
    """Say what a run gave at the window's place, and what is right where that differs."""
    if off(run.values, scene.place):
        return f"nothing there, right is {right}"
    argmax = None if off(run.argmax, scene.place) else run.argmax
    text = _value(run.values, argmax, scene, where=where)
    if run.wrong is not None and run.wrong[scene.place]:
        return f"{text}, right is {right}"
    return text


def _value(y: np.ndarray, argmax: np.ndarray | None, scene: Scene, *, where: bool = True) -> str:
    """Write a number of the output and, of a maximum, which pixel it is said to be."""
    text = number(y[scene.place])
    if argmax is None or not where:
        return text
    told = number(argmax[scene.place])
    pixel = pixel_of(argmax[scene.place], scene.plane)
    if pixel is None:
        return f"{text} from number {told}, which is no pixel"
    ties = numbers.tied(scene.plane, scene.setting, scene.place)
    text += f" from number {told}: row {pixel[0]}, column {pixel[1]}"
    if len(ties) > 1 and pixel in ties:
        count = ("first", "second", "third", "fourth")
        which = ties.index(pixel)
        text += f" (the {count[which] if which < 4 else f'{which + 1}th'} of {len(ties)} equal)"
    return text
