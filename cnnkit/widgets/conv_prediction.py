"""What a student predicts the output's size to be, and the slip that a wrong one tells of."""

from __future__ import annotations

from cnnkit.widgets.conv_numbers import Place, Setting

# (n, k, s, p, d) -> size along one axis, and what somebody does who computes so.
SLIPS = (
    (lambda n, k, s, p, d: (n - d * (k - 1) - 1) // s + 1, "the padding is left out"),
    (
        lambda n, k, s, p, d: (n + p - d * (k - 1) - 1) // s + 1,
        "the padding is counted on one side only",
    ),
    (lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // s, "the + 1 is forgotten"),
    (
        lambda n, k, s, p, d: -(-(n + 2 * p - d * (k - 1) - 1) // s) + 1,
        "the quotient is rounded up: a window that does not fit any more does not count",
    ),
    (
        lambda n, k, s, p, d: (n + 2 * p - k) // s + 1,
        "the dilation is ignored: the window spans d(k − 1) + 1 pixels",
    ),
    (lambda n, k, s, p, d: n + 2 * p - d * (k - 1), "the stride is ignored"),
    (lambda n, k, s, p, d: n, "the input's size is kept, as only the right padding does"),
    (lambda n, k, s, p, d: n // s, "only the stride is counted, not the kernel and the padding"),
)


def slips(predicted: Place, setting: Setting) -> list[str]:
    """Name the slips that lead to just this wrong prediction."""
    right = setting.size()
    named = []
    for rule, sentence in SLIPS:
        sizes = tuple(
            rule(n, setting.kernel, setting.stride, setting.padding, setting.dilation)
            for n in (setting.height, setting.width)
        )
        if sizes == predicted != right:
            named.append(sentence)
    if predicted == right[::-1] != right:
        named.append("height and width are swapped: the height comes first")
    return named


def verdict(predicted: Place, setting: Setting) -> str:
    """Say whether a prediction is right, and if not, what leads to it."""
    right = setting.size()
    was = f"The output is {right[0]} × {right[1]}"
    if predicted == right:
        return f"Right. {was}, as you predicted."
    text = f"Not right. {was}, you predicted {predicted[0]} × {predicted[1]}."
    named = slips(predicted, setting)
    if named:
        return f"{text} Yours comes out when {', or when '.join(named[:2])}."
    for index, axis in enumerate(("height", "width")):
        if predicted[index] == right[index]:
            other = ("width", "height")[index]
            return f"{text} Your {axis} is right; go through the {other} again."
    return f"{text} Go through the formula below with its numbers."
