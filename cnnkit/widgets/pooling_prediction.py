"""What a student predicts of a pool, and the slip that a wrong prediction tells of.

Each of the three questions (where a maximum comes from, what a shift changes, where a gradient
goes) has one number as its answer.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnnkit.widgets import pooling_numbers as numbers
from cnnkit.widgets.pooling_numbers import Place, Setting
from cnnkit.widgets.slips import Slip

Wrong = tuple[float, str]


def answer(view: str, plane: np.ndarray, setting: Setting, place: Place) -> float:
    """Give the right answer to a view's question."""
    if view == "forward":
        y, argmax = numbers.forward(plane, setting)
        return float(y[place] if argmax is None else argmax[place])
    if view == "shift":
        return float(np.sum(changed(plane, setting)))
    dy = numbers.upstream(setting.size(plane))
    pixel = numbers.asked_pixel(plane, setting)
    return float(numbers.backward(dy, plane, setting)[pixel])


def changed(plane: np.ndarray, setting: Setting) -> np.ndarray:
    """Say which numbers of the output change when the picture moves."""
    before, after = (
        numbers.forward(one, setting)[0] for one in (plane, numbers.shifted(plane, setting))
    )
    return ~np.isclose(before, after)


def slips(view: str, plane: np.ndarray, setting: Setting, place: Place) -> list[Slip]:
    """List the wrong answers that are known, and what leads to them."""
    if view == "shift":
        known = _of_a_shift(plane, setting)
    elif view == "gradient":
        known = _of_a_gradient(plane, setting)
    else:
        known = (_of_a_maximum if setting.kind == "max" else _of_a_mean)(plane, setting, place)
    return [((float(value),), why) for value, why in known]


def telling_place(plane: np.ndarray, setting: Setting) -> Place:
    """Choose the window at which most slips can be told from each other and from the answer."""

    def told(place: Place) -> int:
        right = answer("forward", plane, setting, place)
        reasons: dict[float, set[str]] = {round(right, 1): {"right", "right too"}}
        for (value,), why in slips("forward", plane, setting, place):
            reasons.setdefault(round(value, 1), set()).add(why)
        return len({why for whys in reasons.values() if len(whys) == 1 for why in whys})

    return max(np.ndindex(setting.size(plane)), key=told)


def _of_a_maximum(plane: np.ndarray, setting: Setting, place: Place) -> Iterator[Wrong]:
    (H, W), p, s = plane.shape, setting.padding, setting.stride
    ties = numbers.tied(plane, setting, place)
    row, column = ties[0]
    top, left = place[0] * s - p, place[1] * s - p
    yield plane[row, column], "the maximum itself is typed, not where it stands"
    yield (
        (row - top) * setting.window + column - left,
        "the place is counted in the window, not in the plane",
    )
    yield (
        (row + p) * (W + 2 * p) + column + p,
        "the place is counted in the padded plane, its rim included",
    )
    yield column * H + row, "the place is counted column by column, not as one reads"
    yield row * W + column + 1, "the count begins at 1; the pixel in row 0, column 0 has number 0"
    for row, column in ties[1:]:
        yield row * W + column, "of equal maxima a later one is taken; the first counts"


def _of_a_mean(plane: np.ndarray, setting: Setting, place: Place) -> Iterator[Wrong]:
    values = [float(plane[at]) for at in numbers.pixels(plane, setting, place)]
    everything = setting.window**2
    yield max(values), "the largest number is taken, as max pooling does"
    if setting.kind == "average":
        yield sum(values), f"the sum is not divided by the {everything} places of the window"
        yield (
            sum(values) / len(values),
            "the sum is divided by the pixels alone; the zeros of the rim count as well here",
        )
        yield sum(values) // everything, "the rest of the division is dropped"
        return
    squares = sum(value**2 for value in values)
    yield squares, "the root is missing"
    yield sum(map(abs, values)), "the numbers are added up without being squared"
    yield (squares / everything) ** 0.5, "the root of the mean is taken; L2 pooling does not divide"
    yield sum(values) / everything, "the mean is taken"


def _of_a_shift(plane: np.ndarray, setting: Setting) -> Iterator[Wrong]:
    size = setting.size(plane)
    moved = numbers.shifted(plane, setting)
    yield (
        0,
        "pooling forgives every shift; but each window now holds pixels that were beside it before",
    )
    yield (
        size[0] * size[1],
        "pooling forgives nothing; but where a window's new pixels matter as little as those that "
        "left it, its number stays",
    )
    yield int((plane != moved).sum()), "the pixels that change are counted, not the outputs"
    yield (
        size[0] * size[1] - int(changed(plane, setting).sum()),
        "the numbers that stay the same are counted",
    )


def _of_a_gradient(plane: np.ndarray, setting: Setting) -> Iterator[Wrong]:
    dy = numbers.upstream(setting.size(plane))
    pixel = numbers.asked_pixel(plane, setting)
    sent = numbers.receipts(plane, setting, pixel, dy)
    arriving = [float(dy[place]) for place in sent]
    got = [value for value in sent.values() if value]
    if len(got) > 1:
        yield got[-1], "only the last window counts; the gradients are added up, += in code, not ="
        yield got[0], "only the first window counts; the gradients of all are added up"
        yield sum(got) / len(got), "the gradients are averaged; the chain rule adds them"
        yield len(got), "the windows are counted; their gradients are added up"
    if setting.kind == "max":
        ties = {place: numbers.tied(plane, setting, place) for place in sent}
        yield (
            sum(dy[place] for place, equal in ties.items() if pixel in equal),
            "all equal maxima get the gradient; only the first of them does",
        )
        yield (
            sum(dy[place] / len(equal) for place, equal in ties.items() if pixel in equal),
            "equal maxima share the gradient; the first of them gets all of it",
        )
        yield (
            sum(dy[place] for place, equal in ties.items() if pixel == equal[-1]),
            "the last of equal maxima gets the gradient; the first of them does",
        )
        yield sum(arriving), "windows whose maximum is another pixel send their gradient to it too"
        yield 0, "the windows in which it is the maximum are overlooked"
        return
    yield (
        sum(arriving),
        "each window sends its whole gradient to every pixel; a pixel gets only its share",
    )
    if setting.kind == "L2":
        yield sum(arriving) / setting.window**2, "the share is equal, as in average pooling"
