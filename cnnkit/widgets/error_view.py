"""What the error browser shows and says, as plain data."""

from __future__ import annotations

import numpy as np

from cnnkit.widgets import figures
from cnnkit.widgets.error_numbers import ANY, Answers, Choice, Cover
from cnnkit.widgets.error_prediction import Asked
from cnnkit.widgets.error_sentences import Scene, in_words, told
from cnnkit.widgets.figures import percent

PAGE, FEW = 8, 6  # pictures beside the matrix, and in the riddle
SMALL, LARGE = 72, 196  # screen pixels
KEYS_DO = (
    "Errors: arrow keys choose a cell of the matrix, Page Down and Page Up the next and the "
    "previous picture, Home and End the first and the last, Escape all errors."
)
FALLS, RISES, SAME = (np.array(c) for c in ((122, 40, 0), (0, 114, 178), (255, 255, 255)))


def rows(scene: Scene) -> list[list[dict]]:
    """Draw the matrix and a page of pictures, below them the chosen one."""
    start = scene.at - scene.at % PAGE
    page = scene.found[start : start + PAGE]
    small = [_small(scene, place, int(n)) for place, n in enumerate(page)]
    below = [] if scene.n is None else [_looked_at(scene, scene.n), _says(scene, scene.n)]
    return [[_matrix(scene), *small], *below]


def riddle(scene: Scene, ask: Asked, missed: np.ndarray) -> list[list[dict]]:
    """Draw pictures that were not recognised, without saying what for."""
    alt = "picture {}: {}, not recognised"
    pictures = [
        figures.picture(
            f"missed {place}", f"no. {n}", plane(scene.shown[n]),
            alt.format(n, scene.names[ask.kind]), scale=SMALL / scene.shown.shape[3],
        )
        for place, n in enumerate(missed[:FEW])
    ]  # fmt: skip
    return [[*pictures, figures.hidden()]]


def plane(x: np.ndarray) -> np.ndarray:
    """Give a picture (C, H, W) as figures.picture wants it."""
    return x[0] if len(x) == 1 else x


def _matrix(scene: Scene) -> dict:
    counts, choice = scene.counts, scene.choice
    K = len(counts)
    wrong = counts - np.diag(np.diagonal(counts))
    figure = figures.grid(
        "matrix", "rows: what it was; columns: what was said", counts, fill="signed",
        high=float(wrong.max()) or 1.0, click=True,
        marks=[[_mark(choice, i, j) for j in range(K)] for i in range(K)],
        row_names=[f"{name} {k}" for k, name in enumerate(scene.names)],
        column_names=[str(k) for k in range(K)],
    )  # fmt: skip
    # Where nothing was, nothing is written: what is there stands out.
    figure["text"] = [[text if text != "0" else "" for text in row] for row in figure["text"]]
    return figure


def _mark(choice: Choice, i: int, j: int) -> str:
    """Dot the right answers, outline what is chosen."""
    right = "pad " if i == j else ""
    if (choice.true, choice.said) == (i, j):
        return right + "here"
    part = ANY in (choice.true, choice.said) and (choice.true, choice.said) != (ANY, ANY)
    inside = choice.true in (ANY, i) and choice.said in (ANY, j) and i != j
    return right + ("also" if part and inside else "")


def _small(scene: Scene, place: int, n: int) -> dict:
    _, answers = scene.first
    was, said = scene.labels[n], answers.said[n]
    what = f"{scene.names[said]} ✓" if was == said else f"{scene.names[was]} → {scene.names[said]}"
    sure = "" if answers.p is None else " " + percent(answers.sure(n)).replace(" ", "\u00a0")
    here = n == scene.n
    alt = f"picture {n}: {scene.names[was]}, it says {told(scene, answers, n)}"
    return figures.picture(
        f"thumb {place}", f"{'▶ ' * here}{what}{sure}", plane(scene.shown[n]), alt,
        scale=SMALL / scene.shown.shape[3], click=True,
        boxes=[figures.box(0, 0, *scene.shown.shape[2:])] if here else [],
    )  # fmt: skip


def _looked_at(scene: Scene, n: int) -> list[dict]:
    """Draw the chosen picture, and what the answer hangs on where that was asked for."""
    was = scene.names[scene.labels[n]]
    boxes = _strongest(scene.cover) if scene.cover else []
    scale = LARGE / scene.shown.shape[3]
    photo = figures.picture(
        "photo", f"number {n}: {was}", plane(scene.shown[n]), f"picture {n}: {was}",
        scale=scale, boxes=boxes,
    )  # fmt: skip
    asked = scene.cover and scene.cover.said is not None
    return [photo, _map(scene, scene.cover, n)] if asked else [photo]


def _says(scene: Scene, n: int) -> list[dict]:
    """Draw the probabilities of each model that gives them."""
    return [_bars(scene, name, a, n) for name, a in scene.answers.items() if a.p is not None]


def _map(scene: Scene, cover: Cover, n: int) -> dict:
    """Draw how the answer falls: dark brown where most; blue, in a dashed box, where it rises."""
    fall = cover.fall
    changed = cover.said != scene.first[1].said[n]
    if fall is None:
        caption, strength = "dark: covered here, it says something else", changed.astype(float)
    else:
        caption = f"covered here, “{scene.names[scene.first[1].said[n]]}” falls: dark = most"
        strength = fall / max(float(np.abs(fall).max()), 0.01)
    share = np.abs(strength)[..., None]
    colour = SAME + share * (np.where(strength[..., None] < 0, RISES, FALLS) - SAME)
    array = np.moveaxis(np.rint(colour).astype(np.uint8), -1, 0)
    step = scene.shown.shape[3] / array.shape[2]
    boxes = [_extreme(fall, fall.argmax(), "−", "solid")] if cover.falls else []
    if fall is not None and fall.min() < -0.01:
        boxes.append(_extreme(fall, fall.argmin(), "+", "dashed"))
    return figures.picture(
        "hangs on", caption, array, in_words(scene, cover, n),
        scale=LARGE / scene.shown.shape[3] * step, boxes=boxes,
    )  # fmt: skip


def _extreme(fall: np.ndarray, at: int, sign: str, kind: str) -> dict:
    i, j = divmod(int(at), fall.shape[1])
    top, left = max(i - 1, 0), max(j - 1, 0)
    bottom, right = min(i + 2, fall.shape[0]), min(j + 2, fall.shape[1])
    text = f"{sign}{100 * abs(fall[i, j]):.0f}"
    return figures.box(top, left, bottom - top, right - left, kind, text)


def _strongest(cover: Cover) -> list[dict]:
    """Outline the square whose covering lets the answer fall most."""
    if not cover.falls:
        return []
    i, j = cover.worst
    return [figures.box(i - cover.size // 2, j - cover.size // 2, cover.size, cover.size)]


def _bars(scene: Scene, name: str, answers: Answers, n: int) -> dict:
    marks = {int(scene.labels[n]): "◀ it was"}
    said = int(answers.said[n])
    marks[said] = "◀ said, right" if said in marks else "◀ said"
    named = [
        (scene.names[k], float(p), percent(p), marks.get(k, "")) for k, p in enumerate(answers.p[n])
    ]
    return figures.bars(
        f"says {list(scene.answers).index(name)}", f"what {name} says", named, most=1.0
    )
