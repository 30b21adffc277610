"""The arithmetic of the error browser: answers, which to list, and what an answer hangs on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnkit.widgets import student

ANY = -1  # no class is chosen
PLACES = 14  # along the longer side of a picture, where a square is put over it


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says: classes (N,), probabilities (N, K), and what is wrong with it.

    There are no classes where it failed, and no probabilities where it names classes only.
    """

    said: np.ndarray | None = None
    p: np.ndarray | None = None
    trouble: str = ""

    def sure(self, n: int | np.ndarray) -> float | np.ndarray:
        """Give the probability of what was said of pictures."""
        return self.p[n, self.said[n]]


@dataclass(frozen=True)
class Choice:
    """Which answers are looked at: of a true class, of a class said, sure or disputed ones."""

    true: int = ANY
    said: int = ANY
    sure: int = 0
    differ: bool = False


def ask(name: str, model: Callable, x: np.ndarray, classes: int) -> Answers:
    """Ask a model about pictures, and read what it gives."""
    outcome = student.call(student.named(model, name), x)
    if outcome.value is None and outcome.trouble:
        return Answers(trouble=outcome.trouble)
    said, p, wrong = _read(name, outcome.value, len(x), classes)
    return Answers(said, p, outcome.trouble or wrong)


def _read(
    name: str, got: object, count: int, classes: int
) -> tuple[np.ndarray | None, np.ndarray | None, str]:
    """Give classes, probabilities and a sentence about what is wrong."""
    if not isinstance(got, np.ndarray):
        given = student.kind_of(got)
        return None, None, f"{name} returned {given}; it should return a NumPy array."
    if got.shape not in ((count,), (count, classes)):
        return None, None, (
            f"{name} returned shape {got.shape}; for {count} pictures it should be ({count},), a "
            f"class each, or ({count}, {classes}), their probabilities."
        )  # fmt: skip
    if got.ndim == 1:
        return _read_classes(name, got, classes)
    if got.dtype.kind not in "iuf" or not np.isfinite(got).all():
        return None, None, f"{name} returned probabilities that are no finite numbers."
    said = got.argmax(axis=1)
    if (got < 0).any() or not np.allclose(got.sum(axis=1), 1, atol=1e-3):
        return said, None, (
            f"{name} returned scores, not probabilities: a row must sum to 1 and none be below 0. "
            "The highest counts as its answer; ops.softmax makes probabilities of scores."
        )  # fmt: skip
    return said, got.astype(float), ""


def _read_classes(name: str, got: np.ndarray, classes: int) -> tuple[np.ndarray | None, None, str]:
    if got.dtype.kind not in "iu":
        return None, None, (
            f"{name} returned dtype {got.dtype}; classes are whole numbers, as int64."
        )  # fmt: skip
    outside = (got < 0) | (got >= classes)
    if outside.any():
        n = int(outside.argmax())
        return None, None, (
            f"{name} returned {got[n]} for picture {n}; classes go from 0 to {classes - 1}."
        )  # fmt: skip
    return got.astype(int), None, ""


def kept(choice: Choice, answers: Answers, other: Answers | None) -> np.ndarray:
    """Say of each answer whether it is sure enough, and disputed where that is asked for."""
    keep = np.ones(len(answers.said), bool)
    if answers.p is not None:
        keep &= answers.sure(np.arange(len(keep))) >= choice.sure / 100
    if choice.differ and other is not None and other.said is not None:
        keep &= answers.said != other.said
    return keep


def listed(
    choice: Choice, labels: np.ndarray, answers: Answers, other: Answers | None
) -> np.ndarray:
    """Give the pictures of a choice, the most confident first.

    Right answers are among them only where the class itself is asked for as what was said.
    """
    keep = kept(choice, answers, other)
    if choice.true != ANY:
        keep &= labels == choice.true
    if choice.said != ANY:
        keep &= answers.said == choice.said
    if choice.true == ANY or choice.true != choice.said:
        keep &= answers.said != labels
    found = np.flatnonzero(keep)
    if answers.p is None:
        return found
    return found[np.argsort(-answers.sure(found), kind="stable")]


def most_frequent(counts: np.ndarray) -> tuple[int, int]:
    """Give the cell of a confusion matrix with most errors, the first of equal ones."""
    wrong = counts - np.diag(np.diagonal(counts))
    return divmod(int(wrong.argmax()), len(counts))


@dataclass(frozen=True, eq=False)
class Cover:
    """What a model says of a picture (C, H, W) while a square of it is covered.

    ``centres`` are the rows and columns that the square stood at, ``said`` (rows, columns) the
    answers there, ``fall`` by how much the probability of the class said before is less then.
    """

    centres: tuple[np.ndarray, np.ndarray]
    size: int
    said: np.ndarray | None = None
    fall: np.ndarray | None = None
    trouble: str = ""

    @property
    def falls(self) -> bool:
        """Whether covering costs the answer a point anywhere."""
        return self.fall is not None and bool(self.fall.max() >= 0.01)

    @property
    def worst(self) -> tuple[int, int]:
        """The centre of the square that lets the answer fall most."""
        i, j = divmod(int(self.fall.argmax()), self.fall.shape[1])
        return int(self.centres[0][i]), int(self.centres[1][j])


def covered(x: np.ndarray, value: float) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray], int]:
    """Give a picture, then its copies with a square covered; the square's centres and its side."""
    H, W = x.shape[1:]
    step, size = -(-max(H, W) // PLACES), max(1, min(H, W) // 4)
    rows, columns = np.arange(0, H, step), np.arange(0, W, step)
    copies = np.repeat(x[None], 1 + len(rows) * len(columns), axis=0)
    at = [(i, j) for i in rows for j in columns]
    for copy, (i, j) in zip(copies[1:], at, strict=True):
        top, left = i - size // 2, j - size // 2
        copy[:, max(0, top) : top + size, max(0, left) : left + size] = value
    return copies, (rows, columns), size


def cover(name: str, model: Callable, x: np.ndarray, value: float, said: int, K: int) -> Cover:
    """Ask a model about a picture again, with a square of it covered at each place in turn."""
    batch, centres, size = covered(x, value)
    answers, shape = ask(name, model, batch, K), tuple(map(len, centres))
    if answers.said is None:
        return Cover(centres, size, trouble=answers.trouble)
    if answers.said[0] != said:
        return Cover(centres, size, trouble=(
            f"{name} says something else of the same picture now: its answer depends on the other "
            "pictures in the batch, or on chance."
        ))  # fmt: skip
    fall = None
    if answers.p is not None:
        fall = (answers.p[0, said] - answers.p[1:, said]).reshape(shape)
    return Cover(centres, size, answers.said[1:].reshape(shape), fall, answers.trouble)
