"""What the freeze slider shows and says, as plain data."""

from __future__ import annotations

from cnnkit.widgets import figures
from cnnkit.widgets import freeze_numbers as numbers
from cnnkit.widgets.freeze_net import Part
from cnnkit.widgets.freeze_numbers import BLOCKS, DEPTHS, PRETRAINED, SCRATCH, Setting
from cnnkit.widgets.freeze_prediction import points, result
from cnnkit.widgets.freeze_runs import STEPS, Run

KEYS_DO = (
    "The net, block by block: arrow keys down and up freeze one more or one less, Home none, End "
    "all; Page Up and Page Down take more or fewer pictures."
)
HEAD = ("block", "is", "trained", f"in {STEPS} steps", "statis\u00adtics")
BATCHES = 20  # steps between two points of a recorded curve
OTHER = {PRETRAINED: SCRATCH, SCRATCH: PRETRAINED}
CALLED = {PRETRAINED: "pretrained", SCRATCH: "from scratch"}


def table(run: Run, setting: Setting, counted: bool) -> dict:
    """Draw the net; the counts are kept back until they are predicted."""
    most = max(part.size for part in run.parts)
    rows = []
    for at, part in enumerate(run.parts):
        stays = at < setting.frozen
        name = "head" if at == len(BLOCKS) else str(at + 1)
        texts = [
            f"{name} · {', '.join(part.layers)}",
            _is(part, at, setting),
            _count(part, counted),
            _moved(part, stays),
            _drift(part, stays),
        ]
        share = (part.trained or 0) / most if counted else 0
        kind = "bad" if wrong_part(part, stays) else ""
        last = at == setting.frozen - 1
        rows.append({"texts": texts, "kind": kind, "here": last, "shares": [share, 0]})
    caption = f"the net, {setting.frozen} of {len(BLOCKS)} blocks frozen"
    return {
        "kind": "table",
        "name": "net",
        "caption": f"{caption}; what is trained of it, and what {STEPS} steps moved",
        "label": "; ".join([caption, *(", ".join(row["texts"]) for row in rows)]),
        "head": list(HEAD),
        "rows": rows,
    }


def wrong_part(part: Part, stays: bool) -> bool:
    """Say whether a block is not what it should be."""
    told = len(part.told) == (len(part.shapes) if stays else 0)
    still = part.moved is None or part.trained == (0 if stays else part.size)
    return not (told and still and (part.drift is None or (part.drift == 0) == stays))


def _is(part: Part, at: int, setting: Setting) -> str:
    if part.told and len(part.told) == len(part.shapes):
        return "❄ frozen" if setting.start == PRETRAINED else "❄ frozen, random"
    if part.told:
        return f"✗ half frozen: {', '.join(sorted(part.told))}"
    if at < setting.frozen:
        return "✗ not frozen"
    return "✎ learns"


def _count(part: Part, counted: bool) -> str:
    if counted:
        return f"{'–' if part.trained is None else f'{part.trained:,}'} of {part.size:,}"
    shapes = ("×".join(map(str, shape)) for shape in part.shapes.values())
    return f"? of {' + '.join(shapes)}"


def _moved(part: Part, stays: bool) -> str:
    if part.moved is None:
        return "–"
    most = max(part.moved.values())
    return _signed(most, stays, "stays")


def _drift(part: Part, stays: bool) -> str:
    return "–" if part.drift is None else _signed(part.drift, stays, "stay")


def _signed(most: float, stays: bool, still: str) -> str:
    """Write how far something moved, with a sign where it should not have, or should."""
    sign = "" if (most == 0) == stays else "✗ "
    return sign + (still if most == 0 else f"up to {most:.2g}")


def accuracies(setting: Setting) -> dict:
    """Draw the accuracy of each depth, and where the other start leads."""
    found = numbers.by_depth(setting)
    top, rows = numbers.best(found), []
    for depth, one in enumerate(found):
        marks = ["★"] * (depth == top) + ["◀"] * (depth == setting.frozen)
        rows.append((str(depth), one.mean, result(one), " ".join(marks)))
    other = OTHER[setting.start]
    reference = numbers.results()[Setting(other, setting.per_class, 0)]
    rows.append((other, reference.mean, result(reference)))
    caption = (
        "right on the test set, by frozen blocks (★ best, ◀ here): mean ± spread of "
        f"{numbers.SEEDS} seeds"
    )
    return figures.bars("accuracies", caption, rows, most=1.0)


def curves(setting: Setting) -> dict:
    """Draw how the validation's accuracy grows, here and elsewhere."""
    compared = {
        f"{setting.frozen} frozen": setting,
        "0 frozen": Setting(setting.start, setting.per_class, 0),
        f"{CALLED[OTHER[setting.start]]}": Setting(OTHER[setting.start], setting.per_class, 0),
    }
    series = []
    for name, each in compared.items():
        course = numbers.results()[each].course
        series.append((name, [BATCHES * (n + 1) for n in range(len(course))], course))
    caption = "right on the validation while it learns: mean of the seeds"
    return figures.curves(
        "curves", caption, series, x_label="steps", y_label="share right", low=0, high=1
    )


def compared(setting: Setting) -> list[str]:
    """Say by how much freezing and copying help, or that no difference was found."""
    results = numbers.results()
    here = results[setting]
    lines = []
    if setting.frozen:
        none = results[Setting(setting.start, setting.per_class, 0)]
        lines.append(f"{setting.frozen} frozen against none: {_told(numbers.gain(here, none))}")
    other = results[Setting(OTHER[setting.start], setting.per_class, 0)]
    lines.append(
        f"{CALLED[setting.start].capitalize()}, {setting.frozen} frozen, against "
        f"{CALLED[OTHER[setting.start]]}, none frozen: {_told(numbers.gain(here, other))}"
    )
    return lines


def _told(gain: numbers.Gain) -> str:
    if not gain.found:
        return f"{points(gain)}; no difference was found."
    return f"{points(gain)}; that {'helps' if gain.mean > 0 else 'harms'}."


def live(run: Run, setting: Setting, counted: bool, judged: bool) -> str:
    """Say what is seen now."""
    depth = setting.frozen
    said = [f"{depth} of {len(BLOCKS)} blocks are frozen."]
    wrong = [n + 1 for n, part in enumerate(run.parts[:-1]) if wrong_part(part, n < depth)]
    if wrong:
        blocks = f"block{'s' * (len(wrong) > 1)} {', '.join(map(str, wrong))}"
        said.append(f"Not as it should be: {blocks}.")
    if counted and run.trained is not None:
        total = sum(part.size for part in run.parts)
        said.append(f"{run.trained:,} of {total:,} parameters are trained.")
    elif not counted:
        said.append("How many parameters are trained is kept back.")
    how = f"With {setting.per_class} pictures of each class, {CALLED[setting.start]}"
    if judged:
        found = numbers.by_depth(setting)
        top = numbers.best(found)
        best = (
            "the best mean"
            if top == depth
            else f"the best mean is {result(found[top])}, {top} frozen"
        )
        said.append(f"{how}, {result(found[depth])} are right; {best}.")
    else:
        said.append(f"{how}: predict which depth is best; then the accuracies appear.")
    return " ".join(said)


def depth_in_words(frozen: int) -> str:
    """Say how many blocks are frozen, beside the slider."""
    words = {0: "none", len(DEPTHS) - 1: "all"}
    return words.get(frozen, f"{frozen} of {len(BLOCKS)}")
