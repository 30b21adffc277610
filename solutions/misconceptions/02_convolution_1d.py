"""Wrong solutions of chapter 02 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells. Most are a
right solution with one thing wrong, so that they fail for that thing only.
"""
# ruff: noqa: D103 - what a function does wrong is said in its diagnosis

import numpy as np

from autograder.misconceptions import misconception
from cnnkit import filters

# correlate1d


@misconception(
    replaces="correlate1d",
    fails="correlate1d-values",
    diagnosis="The kernel is flipped before it slides: that is convolution, not correlation.",
    hint="Which number does k[0] meet at place 0? Try the kernel (0, 0, 1).",
)
def flips_the_kernel(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0 or mode not in ("valid", "same", "full"):
        raise ValueError("an empty operand or an unknown mode")
    if mode == "valid" and len(k) > len(x):
        raise ValueError("the kernel does not fit")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    n = len(k) - 1
    sides = {"valid": (0, 0), "same": (n // 2, n - n // 2), "full": (n, n)}[mode]
    xp = np.pad(x.astype(dtype), sides)
    places = len(xp) - n
    return np.array([xp[i : i + n + 1] @ k[::-1].astype(dtype) for i in range(places)], dtype)


@misconception(
    replaces="correlate1d",
    fails="correlate1d-values",
    diagnosis="The sum begins with the second tap, as if Python counted the kernel from 1.",
    hint="Put k = (1, 0, 0): the result should be x itself. Which values does your j take?",
)
def drops_the_first_tap(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0 or mode not in ("valid", "same", "full"):
        raise ValueError("an empty operand or an unknown mode")
    if mode == "valid" and len(k) > len(x):
        raise ValueError("the kernel does not fit")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    n = len(k) - 1
    sides = {"valid": (0, 0), "same": (n // 2, n - n // 2), "full": (n, n)}[mode]
    xp = np.pad(x.astype(dtype), sides)
    taps = range(1, n + 1)
    return np.array([sum(xp[i + j] * k[j] for j in taps) for i in range(len(xp) - n)], dtype)


@misconception(
    replaces="correlate1d",
    fails="correlate1d-values",
    diagnosis="The last place is missing: as many places as steps from the first to the last.",
    hint="A kernel as long as the signal has one place. How many does your range give?",
)
def stops_one_place_short(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0 or mode not in ("valid", "same", "full"):
        raise ValueError("an empty operand or an unknown mode")
    if mode == "valid" and len(k) > len(x):
        raise ValueError("the kernel does not fit")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    n = len(k) - 1
    sides = {"valid": (0, 0), "same": (n // 2, n - n // 2), "full": (n, n)}[mode]
    xp = np.pad(x.astype(dtype), sides)
    places = len(xp) - n - 1
    return np.array([xp[i : i + n + 1] @ k.astype(dtype) for i in range(places)], dtype)


@misconception(
    replaces="correlate1d",
    fails="correlate1d-values correlate1d-contract",
    diagnosis="The slice of x is multiplied in place: x changes, and the next sums with it.",
    hint="A slice is a view. What does *= do to the array behind it?",
)
def multiplies_the_window_in_place(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0 or mode not in ("valid", "same", "full"):
        raise ValueError("an empty operand or an unknown mode")
    if mode == "valid" and len(k) > len(x):
        raise ValueError("the kernel does not fit")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    n = len(k) - 1
    sides = {"valid": (0, 0), "same": (n // 2, n - n // 2), "full": (n, n)}[mode]
    xp = np.asarray(x, dtype) if mode == "valid" else np.pad(x.astype(dtype), sides)
    y = np.zeros(len(xp) - n, dtype)
    for i in range(len(y)):
        window = xp[i : i + n + 1]
        window *= k
        y[i] = window.sum()
    return y


@misconception(
    replaces="correlate1d",
    fails="correlate1d-same correlate1d-full",
    diagnosis="The signal is continued with its first and last number instead of zeros.",
    hint="What stands in the hollow places of the picture of the three modes?",
)
def repeats_the_border(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0 or mode not in ("valid", "same", "full"):
        raise ValueError("an empty operand or an unknown mode")
    if mode == "valid" and len(k) > len(x):
        raise ValueError("the kernel does not fit")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    n = len(k) - 1
    sides = {"valid": (0, 0), "same": (n // 2, n - n // 2), "full": (n, n)}[mode]
    xp = np.pad(x.astype(dtype), sides, mode="edge")
    return np.array([xp[i : i + n + 1] @ k.astype(dtype) for i in range(len(xp) - n)], dtype)


@misconception(
    replaces="correlate1d",
    fails="correlate1d-same",
    diagnosis="'same' is as long as the longer of the two, as in np.correlate, not as the signal.",
    hint="Give it two numbers and a kernel of five taps. How long should the result be?",
)
def same_is_as_long_as_the_longer(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0 or mode not in ("valid", "same", "full"):
        raise ValueError("an empty operand or an unknown mode")
    if mode == "valid" and len(k) > len(x):
        raise ValueError("the kernel does not fit")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    n = len(k) - 1
    extra = max(0, len(k) - len(x)) if mode == "same" else 0
    sides = {"valid": (0, 0), "same": (n // 2, n - n // 2), "full": (n, n)}[mode]
    xp = np.pad(x.astype(dtype), (sides[0] + extra // 2, sides[1] + extra - extra // 2))
    return np.array([xp[i : i + n + 1] @ k.astype(dtype) for i in range(len(xp) - n)], dtype)


@misconception(
    replaces="correlate1d",
    fails="correlate1d-even",
    diagnosis="In mode 'same' the odd zero stands at the start, as in np.correlate.",
    hint="With two taps there is a single zero. At which end does the task want it?",
)
def puts_the_odd_zero_first(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0 or mode not in ("valid", "same", "full"):
        raise ValueError("an empty operand or an unknown mode")
    if mode == "valid" and len(k) > len(x):
        raise ValueError("the kernel does not fit")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    n = len(k) - 1
    sides = {"valid": (0, 0), "same": (n - n // 2, n // 2), "full": (n, n)}[mode]
    xp = np.pad(x.astype(dtype), sides)
    return np.array([xp[i : i + n + 1] @ k.astype(dtype) for i in range(len(xp) - n)], dtype)


@misconception(
    replaces="correlate1d",
    fails="correlate1d-even",
    diagnosis="In mode 'same' s // 2 zeros stand at both ends: one too many for an even kernel.",
    hint="How long is your result for four numbers and two taps? Count the zeros.",
)
def pads_half_the_kernel_at_both_ends(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0 or mode not in ("valid", "same", "full"):
        raise ValueError("an empty operand or an unknown mode")
    if mode == "valid" and len(k) > len(x):
        raise ValueError("the kernel does not fit")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    n = len(k) - 1
    half = len(k) // 2
    sides = {"valid": (0, 0), "same": (half, half), "full": (n, n)}[mode]
    xp = np.pad(x.astype(dtype), sides)
    return np.array([xp[i : i + n + 1] @ k.astype(dtype) for i in range(len(xp) - n)], dtype)


@misconception(
    replaces="correlate1d",
    fails="correlate1d-full",
    diagnosis="In mode 'full' the result is as long as the padded signal, d + 2(s − 1).",
    hint="At how many places does the whole kernel lie on the padded signal?",
)
def full_is_as_long_as_the_padded_signal(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0 or mode not in ("valid", "same", "full"):
        raise ValueError("an empty operand or an unknown mode")
    if mode == "valid" and len(k) > len(x):
        raise ValueError("the kernel does not fit")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    n = len(k) - 1
    sides = {"valid": (0, 0), "same": (n // 2, n - n // 2), "full": (n, n)}[mode]
    xp = np.pad(x.astype(dtype), sides)
    y = np.zeros(len(xp) if mode == "full" else len(xp) - n, dtype)
    for i in range(len(xp) - n):
        y[i] = xp[i : i + n + 1] @ k.astype(dtype)
    return y


@misconception(
    replaces="correlate1d",
    fails="correlate1d-dtype",
    diagnosis="The result has the dtype of x, so whole numbers cut off fractions.",
    hint="What becomes of 1.5 when it is written into an array of whole numbers?",
)
def keeps_the_dtype_of_the_signal(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0 or mode not in ("valid", "same", "full"):
        raise ValueError("an empty operand or an unknown mode")
    if mode == "valid" and len(k) > len(x):
        raise ValueError("the kernel does not fit")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    n = len(k) - 1
    sides = {"valid": (0, 0), "same": (n // 2, n - n // 2), "full": (n, n)}[mode]
    xp = np.pad(x.astype(dtype), sides)
    y = np.zeros(len(xp) - n, x.dtype)
    for i in range(len(y)):
        y[i] = xp[i : i + n + 1] @ k.astype(dtype)
    return y


@misconception(
    replaces="correlate1d",
    fails="correlate1d-dtype",
    diagnosis="np.result_type gets the operands as they are: uint8 with float32 is then float32.",
    hint="The rule counts whole numbers as float64. Which dtypes do you hand to np.result_type?",
)
def asks_numpys_rule_alone(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0 or mode not in ("valid", "same", "full"):
        raise ValueError("an empty operand or an unknown mode")
    if mode == "valid" and len(k) > len(x):
        raise ValueError("the kernel does not fit")
    dtype = np.result_type(x, k)
    n = len(k) - 1
    sides = {"valid": (0, 0), "same": (n // 2, n - n // 2), "full": (n, n)}[mode]
    xp = np.pad(x.astype(dtype), sides)
    return np.array([xp[i : i + n + 1] @ k.astype(dtype) for i in range(len(xp) - n)], dtype)


@misconception(
    replaces="correlate1d",
    fails="correlate1d-dtype",
    diagnosis="The result is float64 even where both operands are float32.",
    hint="np.zeros makes float64 unless you say otherwise.",
)
def computes_in_float64_always(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0 or mode not in ("valid", "same", "full"):
        raise ValueError("an empty operand or an unknown mode")
    if mode == "valid" and len(k) > len(x):
        raise ValueError("the kernel does not fit")
    dtype = float
    n = len(k) - 1
    sides = {"valid": (0, 0), "same": (n // 2, n - n // 2), "full": (n, n)}[mode]
    xp = np.pad(x.astype(dtype), sides)
    y = np.zeros(len(xp) - n)
    for i in range(len(y)):
        y[i] = xp[i : i + n + 1] @ k.astype(dtype)
    return y


@misconception(
    replaces="correlate1d",
    fails="correlate1d-errors",
    diagnosis="A kernel that does not fit gives an empty result instead of an error.",
    hint="range of a negative number is empty, and says nothing. Compare the lengths first.",
)
def gives_nothing_for_a_long_kernel(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0 or mode not in ("valid", "same", "full"):
        raise ValueError("an empty operand or an unknown mode")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    n = len(k) - 1
    sides = {"valid": (0, 0), "same": (n // 2, n - n // 2), "full": (n, n)}[mode]
    xp = np.pad(x.astype(dtype), sides)
    places = range(len(xp) - n)
    return np.array([xp[i : i + n + 1] @ k.astype(dtype) for i in places], dtype)


@misconception(
    replaces="correlate1d",
    fails="correlate1d-errors",
    diagnosis="Whatever is neither 'valid' nor 'same' counts as 'full'.",
    hint="What does your function do with mode='Same'?",
)
def takes_any_other_word_for_full(x, k, *, mode="valid"):
    if len(x) == 0 or len(k) == 0:
        raise ValueError("an empty operand")
    if mode == "valid" and len(k) > len(x):
        raise ValueError("the kernel does not fit")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    n = len(k) - 1
    if mode == "valid":
        sides = (0, 0)
    elif mode == "same":
        sides = (n // 2, n - n // 2)
    else:
        sides = (n, n)
    xp = np.pad(x.astype(dtype), sides)
    return np.array([xp[i : i + n + 1] @ k.astype(dtype) for i in range(len(xp) - n)], dtype)


# best_alignment


@misconception(
    replaces="best_alignment",
    fails="best_alignment-values",
    diagnosis="The template is flipped before it is laid on the signal.",
    hint="Search for (1, 2) in (0, 1, 2, 0): at index 1 it fits as it is.",
)
def flips_the_template(x, template):
    scores = filters.correlate1d(x, template[::-1])
    index = int(scores.argmax())
    return index, float(scores[index])


@misconception(
    replaces="best_alignment",
    fails="best_alignment-values",
    diagnosis="The place of the smallest difference is taken, not that of the highest score.",
    hint="A score is a dot product: multiply and add up. What does it do when x is twice as large?",
)
def looks_for_the_closest_copy(x, template):
    if len(template) > len(x):
        raise ValueError("the template does not fit")
    places = range(len(x) - len(template) + 1)
    x, template = x.astype(float), template.astype(float)
    distances = [((x[i : i + len(template)] - template) ** 2).sum() for i in places]
    index = int(np.argmin(distances))
    return index, float((x[index : index + len(template)] * template).sum())


@misconception(
    replaces="best_alignment",
    fails="best_alignment-values best_alignment-offsets",
    diagnosis="The search is done in mode 'same', so the index is that of the template's middle.",
    hint="Put x = template. At which index does the template begin, and what do you return?",
)
def gives_the_middle_of_the_window(x, template):
    scores = filters.correlate1d(x, template, mode="same")
    index = int(scores.argmax())
    return index, float(scores[index])


@misconception(
    replaces="best_alignment",
    fails="best_alignment-offsets",
    diagnosis="Places count at which the template hangs out of the signal, over zeros.",
    hint="Which places are left if every tap must lie on a number of x?",
)
def lets_the_template_hang_out(x, template):
    if len(template) > len(x):
        raise ValueError("the template does not fit")
    scores = filters.correlate1d(x, template, mode="full")
    index = int(scores.argmax())
    return index - (len(template) - 1), float(scores[index])


@misconception(
    replaces="best_alignment",
    fails="best_alignment-offsets",
    diagnosis="A template that is too long is accepted: np.correlate then exchanges the two.",
    hint="Try a signal of two numbers and a template of three. Is there any valid place?",
)
def lets_numpy_exchange_the_two(x, template):
    scores = np.correlate(x.astype(float), template.astype(float), mode="valid")
    index = int(scores.argmax())
    return index, float(scores[index])


@misconception(
    replaces="best_alignment",
    fails="best_alignment-negative",
    diagnosis="The score that is largest in size is taken, so a very negative one can win.",
    hint="Is −15 higher than 6? Leave out abs.",
)
def takes_the_largest_in_size(x, template):
    scores = filters.correlate1d(x, template)
    index = int(np.abs(scores).argmax())
    return index, float(scores[index])


@misconception(
    replaces="best_alignment",
    fails="best_alignment-negative",
    diagnosis="The best score so far begins at 0, which negative scores never beat.",
    hint="What is the best score before you have seen any?",
)
def starts_the_search_from_zero(x, template):
    index, best = 0, 0.0
    for place, score in enumerate(filters.correlate1d(x, template)):
        if score > best:
            index, best = place, float(score)
    return index, best


@misconception(
    replaces="best_alignment",
    fails="best_alignment-values",
    diagnosis="Numbers and weights are multiplied in their own dtype: 8-bit products wrap.",
    hint="2 · 200 does not fit into 8 bits. When do your numbers become floats?",
)
def multiplies_in_8_bit(x, template):
    if len(template) > len(x):
        raise ValueError("the template does not fit")
    places = range(len(x) - len(template) + 1)
    scores = [float((x[i : i + len(template)] * template).sum()) for i in places]
    index = int(np.argmax(scores))
    return index, scores[index]


@misconception(
    replaces="best_alignment",
    fails="best_alignment-ties",
    diagnosis="Of equal scores the last one is taken.",
    hint="When may a new score replace the best so far: if it is as high, or if it is higher?",
)
def takes_the_last_of_equals(x, template):
    scores = filters.correlate1d(x, template)
    index = len(scores) - 1 - int(scores[::-1].argmax())
    return index, float(scores[index])


# out_len


@misconception(
    replaces="out_len",
    fails="out_len-stride",
    diagnosis="The number of places is rounded up, so a place that hangs out is counted.",
    hint="List where the places of 3 taps begin on 10 numbers with stride 3. Does one from 9 fit?",
)
def rounds_up(d, s, mode, *, stride=1, dilation=1):
    if min(d, s, stride, dilation) < 1 or mode not in ("valid", "same", "full"):
        raise ValueError("a number below 1, or an unknown mode")
    reach = dilation * (s - 1)
    n = d + {"valid": 0, "same": reach, "full": 2 * reach}[mode]
    if n < reach + 1:
        raise ValueError("no place is left")
    return -(-(n - reach - 1) // stride) + 1


@misconception(
    replaces="out_len",
    fails="out_len-stride",
    diagnosis="The count is not rounded at all and comes out as a float.",
    hint="Python has two division operators. Which of them gives whole numbers?",
)
def keeps_the_fraction(d, s, mode, *, stride=1, dilation=1):
    if min(d, s, stride, dilation) < 1 or mode not in ("valid", "same", "full"):
        raise ValueError("a number below 1, or an unknown mode")
    reach = dilation * (s - 1)
    n = d + {"valid": 0, "same": reach, "full": 2 * reach}[mode]
    places = (n - reach - 1) / stride + 1
    if places < 1:
        raise ValueError("no place is left")
    return places


@misconception(
    replaces="out_len",
    fails="out_len-modes",
    diagnosis="The + 1 for the first place is missing: steps are counted, not places.",
    hint="How many places has a kernel that is exactly as long as the signal?",
)
def counts_steps_not_places(d, s, mode, *, stride=1, dilation=1):
    if min(d, s, stride, dilation) < 1 or mode not in ("valid", "same", "full"):
        raise ValueError("a number below 1, or an unknown mode")
    reach = dilation * (s - 1)
    n = d + {"valid": 0, "same": reach, "full": 2 * reach}[mode]
    places = (n - reach - 1) // stride
    if n < reach + 1:
        raise ValueError("no place is left")
    return places


@misconception(
    replaces="out_len",
    fails="out_len-modes out_len-dilation",
    diagnosis="The length of the padded signal, d + 2(s − 1), is given for mode 'full'.",
    hint="The kernel takes s − 1 places away from the padded signal too.",
)
def full_is_the_padded_length(d, s, mode, *, stride=1, dilation=1):
    if min(d, s, stride, dilation) < 1 or mode not in ("valid", "same", "full"):
        raise ValueError("a number below 1, or an unknown mode")
    reach = dilation * (s - 1)
    n = d + {"valid": 0, "same": reach, "full": 2 * reach}[mode]
    if mode == "full":
        return -(-n // stride)
    places = (n - reach - 1) // stride + 1
    if places < 1:
        raise ValueError("no place is left")
    return places


@misconception(
    replaces="out_len",
    fails="out_len-modes",
    diagnosis="In mode 'same' both ends get the smaller half, so an even kernel loses a place.",
    hint="Two taps need one zero. How much is 1 // 2 + 1 // 2?",
)
def same_has_equal_halves(d, s, mode, *, stride=1, dilation=1):
    if min(d, s, stride, dilation) < 1 or mode not in ("valid", "same", "full"):
        raise ValueError("a number below 1, or an unknown mode")
    reach = dilation * (s - 1)
    n = d + {"valid": 0, "same": 2 * (reach // 2), "full": 2 * reach}[mode]
    places = (n - reach - 1) // stride + 1
    if places < 1:
        raise ValueError("no place is left")
    return places


@misconception(
    replaces="out_len",
    fails="out_len-stride",
    diagnosis="'same' gives the length of the signal, whatever the stride.",
    hint="Zeros do not undo a stride: with stride 2 about every second place is left.",
)
def same_forgets_the_stride(d, s, mode, *, stride=1, dilation=1):
    if min(d, s, stride, dilation) < 1 or mode not in ("valid", "same", "full"):
        raise ValueError("a number below 1, or an unknown mode")
    if mode == "same":
        return d
    reach = dilation * (s - 1)
    n = d + {"valid": 0, "same": reach, "full": 2 * reach}[mode]
    places = (n - reach - 1) // stride + 1
    if places < 1:
        raise ValueError("no place is left")
    return places


@misconception(
    replaces="out_len",
    fails="out_len-dilation",
    diagnosis="The dilation plays no part.",
    hint="Mark three taps, two apart, on squared paper. Over how many squares do they reach?",
)
def ignores_the_dilation(d, s, mode, *, stride=1, dilation=1):
    if min(d, s, stride, dilation) < 1 or mode not in ("valid", "same", "full"):
        raise ValueError("a number below 1, or an unknown mode")
    reach = s - 1
    n = d + {"valid": 0, "same": reach, "full": 2 * reach}[mode]
    places = (n - reach - 1) // stride + 1
    if places < 1:
        raise ValueError("no place is left")
    return places


@misconception(
    replaces="out_len",
    fails="out_len-dilation",
    diagnosis="The reach is taken as dilation · s − 1: one gap more than there are.",
    hint="Three taps have two gaps between them. How many gaps do s taps have?",
)
def one_gap_too_many(d, s, mode, *, stride=1, dilation=1):
    if min(d, s, stride, dilation) < 1 or mode not in ("valid", "same", "full"):
        raise ValueError("a number below 1, or an unknown mode")
    reach = dilation * s - 1
    n = d + {"valid": 0, "same": reach, "full": 2 * reach}[mode]
    places = (n - reach - 1) // stride + 1
    if places < 1:
        raise ValueError("no place is left")
    return places


@misconception(
    replaces="out_len",
    fails="out_len-errors",
    diagnosis="A count of 0, or below, is returned instead of an error.",
    hint="What is the length of a result that has no place? Say so in a ValueError.",
)
def gives_less_than_one_place(d, s, mode, *, stride=1, dilation=1):
    if min(d, s, stride, dilation) < 1 or mode not in ("valid", "same", "full"):
        raise ValueError("a number below 1, or an unknown mode")
    reach = dilation * (s - 1)
    n = d + {"valid": 0, "same": reach, "full": 2 * reach}[mode]
    return (n - reach - 1) // stride + 1


@misconception(
    replaces="out_len",
    fails="out_len-errors",
    diagnosis="Numbers below 1 are not refused.",
    hint="What do a kernel of 0 taps and a dilation of 0 mean? Check all four numbers.",
)
def takes_numbers_as_they_come(d, s, mode, *, stride=1, dilation=1):
    if mode not in ("valid", "same", "full"):
        raise ValueError("an unknown mode")
    reach = dilation * (s - 1)
    n = d + {"valid": 0, "same": reach, "full": 2 * reach}[mode]
    places = (n - reach - 1) // (stride or 1) + 1
    if places < 1:
        raise ValueError("no place is left")
    return places


# strided_dilated1d


@misconception(
    replaces="strided_dilated1d",
    fails="strided_dilated1d-stride strided_dilated1d-together",
    diagnosis="The stride picks taps of the kernel instead of places of the result.",
    hint="With stride 2 every tap is still used. What moves on by two?",
)
def strides_the_kernel(x, k, *, stride=1, dilation=1):
    places = filters.out_len(len(x), len(k), "valid", stride=stride, dilation=dilation)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    spread = np.zeros(dilation * (len(k) - 1) + 1, dtype)
    spread[::dilation] = k
    return filters.correlate1d(x.astype(dtype), spread[::stride])[:places]


@misconception(
    replaces="strided_dilated1d",
    fails="strided_dilated1d-stride strided_dilated1d-together",
    diagnosis="The signal is thinned out by the stride first, so the taps miss their neighbours.",
    hint="At place 0 with stride 2: does the second tap meet x[1] or x[2]?",
)
def thins_the_signal_first(x, k, *, stride=1, dilation=1):
    places = filters.out_len(len(x), len(k), "valid", stride=stride, dilation=dilation)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    thin = x[::stride].astype(dtype)
    spread = np.zeros(dilation * (len(k) - 1) + 1, dtype)
    spread[::dilation] = k
    return filters.correlate1d(thin, spread, mode="full")[len(spread) - 1 :][:places]


@misconception(
    replaces="strided_dilated1d",
    fails="strided_dilated1d-dilation strided_dilated1d-together",
    diagnosis="The dilation thins out the places, and the taps stay side by side.",
    hint="Which of the two indices, i or j, does the dilation multiply?",
)
def takes_the_dilation_for_a_stride(x, k, *, stride=1, dilation=1):
    places = filters.out_len(len(x), len(k), "valid", stride=stride, dilation=dilation)
    return filters.correlate1d(x, k)[:: stride * dilation][:places]


@misconception(
    replaces="strided_dilated1d",
    fails="strided_dilated1d-stride strided_dilated1d-dilation",
    diagnosis="Stride and dilation have changed places.",
    hint="In the formula, which option stands beside i, and which beside j?",
)
def exchanges_the_two_options(x, k, *, stride=1, dilation=1):
    places = filters.out_len(len(x), len(k), "valid", stride=dilation, dilation=stride)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    x, k = x.astype(dtype), k.astype(dtype)
    taps = stride * np.arange(len(k))
    return np.array([x[i * dilation + taps] @ k for i in range(places)], dtype)


@misconception(
    replaces="strided_dilated1d",
    fails="strided_dilated1d-dilation",
    diagnosis="The taps stand dilation + 1 apart: that many zeros are put between them.",
    hint="With dilation 2, how many numbers are skipped between two taps?",
)
def leaves_one_gap_too_many(x, k, *, stride=1, dilation=1):
    filters.out_len(len(x), len(k), "valid", stride=stride, dilation=dilation)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    step = dilation + 1 if dilation > 1 else 1
    spread = np.zeros(step * (len(k) - 1) + 1, dtype)
    spread[::step] = k
    return filters.correlate1d(x.astype(dtype), spread)[::stride].copy()


@misconception(
    replaces="strided_dilated1d",
    fails="strided_dilated1d-dilation",
    diagnosis="The places are counted as if the taps stood side by side; the last ones hang out.",
    hint="How far beyond its first tap does a dilated kernel reach?",
)
def counts_places_without_the_reach(x, k, *, stride=1, dilation=1):
    filters.out_len(len(x), len(k), "valid", stride=stride, dilation=dilation)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    x, k = x.astype(dtype), k.astype(dtype)
    starts = range(0, len(x) - len(k) + 1, stride)
    windows = [x[start::dilation][: len(k)] for start in starts]
    return np.array([sum(a * b for a, b in zip(w, k, strict=False)) for w in windows], dtype)


@misconception(
    replaces="strided_dilated1d",
    fails="strided_dilated1d-stride strided_dilated1d-together",
    diagnosis="The last place is missing: the + 1 of the count was forgotten.",
    hint="How many places has a kernel that just fits?",
)
def loses_the_last_place(x, k, *, stride=1, dilation=1):
    places = filters.out_len(len(x), len(k), "valid", stride=stride, dilation=dilation)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    x, k = x.astype(dtype), k.astype(dtype)
    taps = dilation * np.arange(len(k))
    places = max(1, (len(x) - taps[-1] - 1) // stride)
    return np.array([x[i * stride + taps] @ k for i in range(places)], dtype)


@misconception(
    replaces="strided_dilated1d",
    fails="strided_dilated1d-dtype",
    diagnosis="The result has the dtype of x, so whole numbers cut off fractions.",
    hint="What becomes of 2.5 when it is written into an array of whole numbers?",
)
def makes_a_result_like_x(x, k, *, stride=1, dilation=1):
    places = filters.out_len(len(x), len(k), "valid", stride=stride, dilation=dilation)
    taps = dilation * np.arange(len(k))
    y = np.zeros(places, x.dtype)
    for i in range(places):
        y[i] = x[i * stride + taps] @ k.astype(float)
    return y


@misconception(
    replaces="strided_dilated1d",
    fails="strided_dilated1d-errors",
    diagnosis="A kernel that does not fit gives an empty result instead of an error.",
    hint="range of a negative number is empty, and says nothing.",
)
def gives_nothing_where_nothing_fits(x, k, *, stride=1, dilation=1):
    if min(stride, dilation) < 1:
        raise ValueError("stride and dilation are at least 1")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    x, k = x.astype(dtype), k.astype(dtype)
    taps = dilation * np.arange(len(k))
    return np.array([x[i + taps] @ k for i in range(0, len(x) - taps[-1], stride)], dtype)


@misconception(
    replaces="strided_dilated1d",
    fails="strided_dilated1d-errors",
    diagnosis="Options below 1 are not refused.",
    hint="What does a dilation of 0 mean? And which way does a stride of −1 go?",
)
def takes_options_as_they_come(x, k, *, stride=1, dilation=1):
    reach = abs(dilation) * (len(k) - 1)
    if reach >= len(x):
        raise ValueError("the kernel does not fit")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    x, k = x.astype(dtype), k.astype(dtype)
    taps = abs(dilation) * np.arange(len(k))
    y = np.array([x[i + taps] @ k for i in range(len(x) - reach)], dtype)
    return y[::stride] if stride else y


@misconception(
    replaces="strided_dilated1d",
    fails="strided_dilated1d-contract",
    diagnosis="The numbers under the kernel are multiplied in place: the signal changes.",
    hint="A slice is a view. What does *= do to the array behind it?",
)
def multiplies_in_place(x, k, *, stride=1, dilation=1):
    places = filters.out_len(len(x), len(k), "valid", stride=stride, dilation=dilation)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    x, y = np.asarray(x, dtype), np.zeros(places, dtype)
    for i in range(places):
        window = x[i * stride :: dilation][: len(k)]
        window *= k
        y[i] = window.sum()
    return y


# convolve1d


@misconception(
    replaces="convolve1d",
    fails="convolve1d-values",
    diagnosis="Nothing is flipped: that is correlation.",
    hint="Convolve (0, 1, 0) with (1, 2, 3). In which order must the three come out?",
)
def does_not_flip(x, k):
    return filters.correlate1d(x, k, mode="full")


@misconception(
    replaces="convolve1d",
    fails="convolve1d-values",
    diagnosis="The signal is flipped, not the kernel, so the result comes out backwards.",
    hint="A 1 at place 0 sends its copy of the kernel to the front of the result.",
)
def flips_the_signal(x, k):
    return filters.correlate1d(x[::-1], k, mode="full")


@misconception(
    replaces="convolve1d",
    fails="convolve1d-values",
    diagnosis="Both are flipped: that is correlation again, and its result comes out backwards.",
    hint="Which of the two must be flipped? Only one.",
)
def flips_both(x, k):
    return filters.correlate1d(x[::-1], k[::-1], mode="full")


@misconception(
    replaces="convolve1d",
    fails="convolve1d-values convolve1d-lengths",
    diagnosis="Only places count at which the whole kernel lies on the signal.",
    hint="How long must the result be? Which of the three modes gives that?",
)
def stops_at_the_ends(x, k):
    if len(k) > len(x):
        x, k = k, x
    return filters.correlate1d(x, k[::-1])


@misconception(
    replaces="convolve1d",
    fails="convolve1d-values convolve1d-lengths",
    diagnosis="The result is as long as the signal: mode 'same'.",
    hint="How long must the result be? Which of the three modes gives that?",
)
def is_as_long_as_the_signal(x, k):
    return filters.correlate1d(x, k[::-1], mode="same")


@misconception(
    replaces="convolve1d",
    fails="convolve1d-values convolve1d-lengths",
    diagnosis="What leaves at the end comes in again at the start: the transforms were not padded.",
    hint="A product of Fourier transforms is a circular convolution. How long must both be made?",
)
def wraps_around(x, k):
    filters.correlate1d(x, k, mode="full")
    n = max(len(x), len(k))
    return np.fft.ifft(np.fft.fft(x, n) * np.fft.fft(k, n)).real


@misconception(
    replaces="convolve1d",
    fails="convolve1d-dtype",
    diagnosis="The result has the dtype of x, so whole numbers cut off fractions.",
    hint="What becomes of 0.5 when it is written into an array of whole numbers?",
)
def adds_into_an_array_like_x(x, k):
    exact = filters.correlate1d(x, k[::-1], mode="full")
    return exact.astype(x.dtype)


@misconception(
    replaces="convolve1d",
    fails="convolve1d-errors",
    diagnosis="An empty operand gives zeros, or nothing, instead of an error.",
    hint="Say it in a ValueError before you compute anything.",
)
def convolves_nothing(x, k):
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    y = np.zeros(max(0, len(x) + len(k) - 1), dtype)
    for i, value in enumerate(x):
        y[i : i + len(k)] += value * k.astype(dtype)
    return y


@misconception(
    replaces="convolve1d",
    fails="convolve1d-contract",
    diagnosis="The kernel is flipped in place, so the caller's array is changed.",
    hint="k[:] = ... writes into the array that was passed in. A view needs no writing.",
)
def flips_the_callers_kernel(x, k):
    k[:] = k[::-1].copy()
    return filters.correlate1d(x, k, mode="full")
