"""What a student predicts of frozen blocks, and why a wrong answer is wrong."""

from __future__ import annotations

from functools import cache

from cnnkit.widgets import controls, freeze_net, slips
from cnnkit.widgets import freeze_numbers as numbers
from cnnkit.widgets.freeze_numbers import BLOCKS, HEAD, SCRATCH, Gain, Result, Setting

DEPTHS_CALLED = ("none: all learn", "1", "2", "3: all convolutions", "4: only the head learns")


def count_question(frozen: int) -> str:
    """Ask how much is trained."""
    return (
        f"Predict: {frozen} of {len(BLOCKS)} blocks are frozen. How many parameters are trained? "
        "Multiply and add up the shapes in the table."
    )


def best_question(setting: Setting) -> str:
    """Ask which depth is best."""
    begun = "from scratch" if setting.start == SCRATCH else "from the pretrained net"
    return (
        f"Predict: {setting.per_class} pictures of each class, {begun}. With how many frozen "
        "blocks is the accuracy on the test pictures best?"
    )


@cache
def _sizes() -> tuple[dict[str, int], dict[str, int]]:
    """Count the numbers of each parameter and each running statistic."""
    net = freeze_net.fresh()
    return tuple({k: a.size for k, a in arrays.items()} for arrays in (net.params, net.state))


def trained(frozen: int) -> int:
    """Count the parameters behind the first blocks."""
    return sum(_counted(_sizes()[0], frozen).values())


def _counted(sizes: dict[str, int], frozen: int) -> dict[str, int]:
    """Take those of the layers that learn."""
    stay = {layer for block in BLOCKS[:frozen] for layer in block}
    return {name: size for name, size in sizes.items() if name.partition(".")[0] not in stay}


def judged_count(asked: controls.Prediction, typed: list[str], frozen: int) -> controls.Prediction:
    """Say whether a number of trained parameters is right."""
    predicted = controls.whole_numbers([text.replace(",", "") for text in typed])
    if predicted is None or len(predicted) != 1:
        return asked.refused("Type a whole number.")
    right = trained(frozen)
    return slips.judged(
        asked, predicted, (right,), [((n,), why) for n, why in _slips(frozen)],
        is_so=f"{right:,} of {trained(0):,} parameters are trained.",
        advice="Add up what is behind the frozen blocks, array by array: weights, biases, and "
        "γ and β of batch normalisation.",
    )  # fmt: skip


def _slips(frozen: int) -> list[tuple[int, str]]:
    """List wrong counts with what leads to them."""
    learn, state = _counted(_sizes()[0], frozen), _counted(_sizes()[1], frozen)
    right = sum(learn.values())

    def of(*ends: str) -> int:
        return sum(size for name, size in learn.items() if name.endswith(ends))

    found = [
        (trained(0) - right, "the frozen parameters are counted, not those that learn"),
        (trained(0), "all are counted: but the frozen ones do not learn"),
        (right - of(f"{HEAD[0]}.w", f"{HEAD[0]}.b"), "the new head is left out: it learns always"),
        (right - of(".b"), "biases are left out"),
        (right - of(".gamma", ".beta"), "batch normalisation is left out: it has γ and β"),
        (right - of(".b", ".gamma", ".beta"), "weights alone are counted"),
        (
            right + sum(state.values()),
            "running means and variances are counted: no gradient teaches them",
        ),
    ]
    found += [(trained(k), f"{k} blocks are frozen") for k in range(1, len(BLOCKS) + 1)]
    return [(n, why) for n, why in found if n != right]


def judged_best(asked: controls.Prediction, depth: int, setting: Setting) -> controls.Prediction:
    """Say whether a depth is the best, as far as the seeds can tell."""
    found = numbers.by_depth(setting)
    top, equal = numbers.best(found), numbers.as_good(found)
    is_so = f"The best mean is that of {top} frozen, {result(found[top])}."
    if depth == top:
        others = [str(each) for each in equal if each != top]
        told = f" From {' and '.join(others)} frozen no difference was found." * bool(others)
        return asked.judged(f"Right. {is_so}{told}", True)
    lead = numbers.gain(found[top], found[depth])
    mine = f"{depth} frozen has {result(found[depth])}"
    if depth in equal:
        return asked.judged(
            f"As right as three seeds can tell. {mine}. {is_so} Seed by seed that is "
            f"{points(lead)}: no difference was found.",
            True,
        )
    why = _why(depth, top, setting)
    return asked.judged(
        f"Not right. {mine}. {is_so} Seed by seed that is {points(lead)}. {why}", False
    )


def _why(depth: int, top: int, setting: Setting) -> str:
    """Say what may be behind it that a depth is worse than the best one."""
    if depth > top and setting.start == SCRATCH:
        return (
            "What is frozen from scratch stays as it was drawn at random: nobody has taught it "
            "anything, and now nobody may."
        )
    if depth == len(BLOCKS):
        return (
            "dense1 is frozen too: its 64 numbers say what T-shirts and coats differ in, and the "
            "new head gets nothing else to tell boots from bags."
        )
    if depth > top:
        return (
            "Frozen filters stay those of T-shirts and coats; here even "
            f"{5 * setting.per_class} pictures adapt them for the better."
        )
    picked = "And the best of five was picked on these very pictures, which flatters it."
    if setting.start == SCRATCH:
        return f"Nothing was copied, so no knowledge can be behind it. {picked}"
    return (
        f"{trained(depth):,} parameters learn from {5 * setting.per_class} pictures; what the "
        f"copied blocks knew may be worth more than what these can teach. {picked}"
    )


def result(one: Result) -> str:
    """Write a mean with its spread."""
    return f"{100 * one.mean:.1f} % ± {100 * one.spread:.1f}"


def points(gain: Gain) -> str:
    """Write a gain with its spread."""
    return f"{100 * gain.mean:+.1f} ± {100 * gain.spread:.1f} points".replace("-", "−")
