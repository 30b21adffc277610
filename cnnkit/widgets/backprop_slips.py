"""The slips that lead to a wrong gradient of a pixel or a weight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from cnnkit.widgets.backprop_numbers import Layer, Target
from cnnkit.widgets.slips import Slip

Wrong = tuple[float, str]


def total(layer: Layer, target: Target) -> float:
    """Give the sum of all that a target gets."""
    return sum(term.value for term in layer.terms(target))


def slips(layer: Layer, target: Target) -> list[Slip]:
    """List the wrong answers that are known, and what leads to them."""
    of_its_kind = _of_a_pixel if target[0] == "x" else _of_a_weight
    known = [*_of_a_sum(layer, target), *of_its_kind(layer, target), *_of_options(layer, target)]
    return [((float(value),), why) for value, why in known]


def _of_a_sum(layer: Layer, target: Target) -> Iterator[Wrong]:
    values = [term.value for term in layer.terms(target)]
    if len(values) > 1:
        yield values[-1], "only the last output counts; all of them add up, += in code, not ="
        yield values[0], "only the first output counts; all of them add up"
        yield sum(values) / len(values), "the parts are averaged; the chain rule adds them"
        yield sum(map(abs, values)), "minus signs are lost"


def _of_a_pixel(layer: Layer, target: Target) -> Iterator[Wrong]:
    turned = replace(layer, w=layer.w[::-1, ::-1])
    yield (
        total(turned, target),
        "each output sends through the wrong weights, those of the turned kernel; a pixel gets "
        "back through the weight that it met",
    )
    terms = layer.terms(target)
    yield sum(term.dy for term in terms), "the weights are left out: dy alone is added up"
    yield sum(term.factor for term in terms), "dy is left out: the weights alone are added up"
    _, row, column = target
    p = layer.setting.padding
    if p:
        rim = ("x", row - p, column - p)
        yield total(layer, rim), "the rim is not cut off, so that all places are shifted by it"


def _of_a_weight(layer: Layer, target: Target) -> Iterator[Wrong]:
    turned = replace(layer, dy=layer.dy[::-1, ::-1])
    yield total(turned, target), "dy is turned by 180 degrees; x ★ dy turns nothing"
    terms = layer.terms(target)
    yield sum(term.factor for term in terms), "dy is left out: the pixels alone are added up"
    yield sum(term.dy for term in terms), "the pixels are left out: that is db"


def _of_options(layer: Layer, target: Target) -> Iterator[Wrong]:
    forgotten = {"stride": 1, "dilation": 1, "padding": 0}
    for name, plain in forgotten.items():
        if getattr(layer.setting, name) != plain:
            yield (
                total(layer.with_options(**{name: plain}), target),
                f"the {name} is forgotten: the windows are those of {name} {plain}",
            )
    if target[0] == "x" and np.array_equal(layer.w, layer.w.T):
        return
    mirrored = replace(layer, w=layer.w.T) if target[0] == "x" else None
    if mirrored:
        yield total(mirrored, target), "rows and columns of the kernel are exchanged"
    else:
        _, a, e = target
        yield total(layer, ("w", e, a)), "rows and columns of the kernel are exchanged"
