"""Wrong solutions of chapter 06 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells. Most are a
right solution with one thing wrong, so that they fail for that thing only.
"""
# ruff: noqa: D103 - what a function does wrong is said in its diagnosis

import numpy as np

from autograder.misconceptions import misconception
from cnnkit import filters, shapes
from cnnkit.shapes import pair

# numeric_grad


@misconception(
    replaces="numeric_grad",
    fails="numeric_grad-slopes",
    diagnosis="The quotient is one-sided: f(x + h) is compared with f(x).",
    hint="Your error is about h. Where else must f be asked for it to be about h²?",
)
def looks_to_one_side(f, x, dy, *, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError("x is not of float64")
    dx = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = np.sum(dy * f(x))
        x[index] = kept
        below = np.sum(dy * f(x))
        dx[index] = (above - below) / h
    return dx


@misconception(
    replaces="numeric_grad",
    fails="numeric_grad-slopes",
    diagnosis="The difference is divided by h, though the two places lie 2h apart.",
    hint="How far is it from x − h to x + h?",
)
def divides_by_one_h(f, x, dy, *, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError("x is not of float64")
    dx = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = np.sum(dy * f(x))
        x[index] = kept - h
        below = np.sum(dy * f(x))
        x[index] = kept
        dx[index] = (above - below) / h
    return dx


@misconception(
    replaces="numeric_grad",
    fails="numeric_grad-slopes",
    diagnosis="dy plays no part: the slopes are those of the plain sum of f(x).",
    hint="What is dx where dy is 0? And where it is 10?",
)
def forgets_what_arrives(f, x, dy, *, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError("x is not of float64")
    dx = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = np.sum(f(x))
        x[index] = kept - h
        below = np.sum(f(x))
        x[index] = kept
        dx[index] = (above - below) / (2 * h)
    return dx


@misconception(
    replaces="numeric_grad",
    fails="numeric_grad-mixing",
    diagnosis="All numbers of x are moved at once, which is right only where each output has one "
    "input.",
    hint="Take f(x) = x0 · x1. Which of the two slopes could be read off one single move?",
)
def moves_all_numbers_at_once(f, x, dy, *, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError("x is not of float64")
    above, below = f(x + h), np.array(f(x - h))
    return dy * (above - below) / (2 * h)


@misconception(
    replaces="numeric_grad",
    fails="numeric_grad-mixing numeric_grad-contract",
    diagnosis="Each number is left where it was moved to last, so x is changed.",
    hint="What is x[0] when you come to x[1]?",
)
def leaves_x_moved(f, x, dy, *, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError("x is not of float64")
    dx = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = np.sum(dy * f(x))
        x[index] = kept - h
        below = np.sum(dy * f(x))
        dx[index] = (above - below) / (2 * h)
    return dx


@misconception(
    replaces="numeric_grad",
    fails="numeric_grad-contract",
    diagnosis="x is moved back by adding h, which does not lead exactly to where it was.",
    hint="Compute 1e-9 + 1e-5 − 2e-5 + 1e-5. Keep the number itself instead.",
)
def goes_back_by_adding(f, x, dy, *, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError("x is not of float64")
    dx = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        above = np.sum(dy * f(x))
        x[index] -= 2 * h
        below = np.sum(dy * f(x))
        x[index] += h
        dx[index] = (above - below) / (2 * h)
    return dx


@misconception(
    replaces="numeric_grad",
    fails="numeric_grad-shapes",
    diagnosis="The numbers are moved in x.ravel(), which is a copy of x where x is a transposed "
    "view.",
    hint="Does f see what you write there? Try x.T.",
)
def moves_a_flattened_copy(f, x, dy, *, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError("x is not of float64")
    whole, dx = x, np.zeros(x.size)
    x = whole.ravel()
    for index in range(x.size):
        kept = x[index]
        x[index] = kept + h
        above = np.sum(dy * f(whole))
        x[index] = kept - h
        below = np.sum(dy * f(whole))
        x[index] = kept
        dx[index] = (above - below) / (2 * h)
    return dx.reshape(whole.shape)


@misconception(
    replaces="numeric_grad",
    fails="numeric_grad-shapes",
    diagnosis="The loop runs over the first axis only, so it moves whole rows.",
    hint="How many numbers has x, and how often is f asked?",
)
def moves_whole_rows(f, x, dy, *, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError("x is not of float64")
    dx = np.zeros(x.shape)
    for index in range(len(x)):
        kept = np.copy(x[index])
        x[index] = kept + h
        above = np.sum(dy * f(x))
        x[index] = kept - h
        below = np.sum(dy * f(x))
        x[index] = kept
        dx[index] = (above - below) / (2 * h)
    return dx


@misconception(
    replaces="numeric_grad",
    fails="numeric_grad-shapes",
    diagnosis="What f returned is kept for later, but it may be a view of x and change with it.",
    hint="Let f return x itself. What is the array from above after you have moved x down?",
)
def keeps_what_f_returned(f, x, dy, *, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError("x is not of float64")
    dx = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = f(x)
        x[index] = kept - h
        below = f(x)
        difference = np.sum(dy * (above - below))
        x[index] = kept
        dx[index] = difference / (2 * h)
    return dx


@misconception(
    replaces="numeric_grad",
    fails="numeric_grad-dtype",
    diagnosis="x of any dtype is accepted: in float32 a step of 1e-5 drowns in rounding.",
    hint="How many digits has a float32? And what becomes of an integer plus 1e-5?",
)
def takes_any_dtype(f, x, dy, *, h=1e-5):
    dx = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = np.sum(dy * f(x))
        x[index] = kept - h
        below = np.sum(dy * f(x))
        x[index] = kept
        dx[index] = (above - below) / (2 * h)
    return dx


@misconception(
    replaces="rel_error",
    fails="numeric_grad-rel_error",
    diagnosis="The mean of the errors is given, in which one wrong number among many is lost.",
    hint="Should one wrong number in a million be enough to fail?",
)
def averages_the_errors(a, b):
    return float(np.mean(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b))))


@misconception(
    replaces="rel_error",
    fails="numeric_grad-rel_error",
    diagnosis="The largest difference is divided by the largest sum, not each by its own.",
    hint="Compare (1, 1000) with (2, 1000): by how much is the first number off?",
)
def divides_the_largest_by_the_largest(a, b):
    return float(np.max(np.abs(a - b)) / max(1e-8, np.max(np.abs(a) + np.abs(b))))


@misconception(
    replaces="rel_error",
    fails="numeric_grad-rel_error",
    diagnosis="The difference is divided by the second array alone.",
    hint="Does your function give the same when a and b change places?",
)
def divides_by_the_second(a, b):
    return float(np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(b))))


@misconception(
    replaces="rel_error",
    fails="numeric_grad-rel_error",
    diagnosis="The difference keeps its sign: a gradient that is too small counts as no error.",
    hint="What does it say about (1) and (3)?",
)
def keeps_the_sign(a, b):
    return float(np.max((a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b))))


@misconception(
    replaces="rel_error",
    fails="numeric_grad-rel_error",
    diagnosis="The magnitude is taken of the sum: opposite numbers cancel below the line.",
    hint="What stands below the line for 1 and −1?",
)
def adds_before_the_magnitude(a, b):
    return float(np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a + b))))


@misconception(
    replaces="rel_error",
    fails="numeric_grad-zeros",
    diagnosis="There is no floor: where both are zero, 0/0 gives NaN.",
    hint="What should it say about a pixel that both gradients agree gets nothing?",
)
def divides_zero_by_zero(a, b):
    return float(np.max(np.abs(a - b) / (np.abs(a) + np.abs(b))))


@misconception(
    replaces="rel_error",
    fails="numeric_grad-zeros",
    diagnosis="1e-8 is added to the sum; it should only stand in where the sum is smaller.",
    hint="The formula has a maximum below the line, no sum of three.",
)
def adds_the_floor(a, b):
    return float(np.max(np.abs(a - b) / (1e-8 + np.abs(a) + np.abs(b))))


# relu_backward


@misconception(
    replaces="relu_backward",
    fails="relu_backward-values",
    diagnosis="The sign of dy decides, as if ReLU were applied to the gradient.",
    hint="Which number did ReLU look at on the way forward?",
)
def asks_the_sign_of_dy(dy, x):
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    return np.where(dy > 0, dy, 0).astype(np.result_type(*kinds))


@misconception(
    replaces="relu_backward",
    fails="relu_backward-values",
    diagnosis="Negative gradients are cut off as well, wherever they arrive.",
    hint="Slope 1 times −20: what is that?",
)
def cuts_negative_gradients_too(dy, x):
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    return np.where((x > 0) & (dy > 0), dy, 0).astype(np.result_type(*kinds))


@misconception(
    replaces="relu_backward",
    fails="relu_backward-values",
    diagnosis="The gradient is multiplied by the output of ReLU, not by its slope.",
    hint="What is the slope of ReLU at x = 3? And at x = 300?",
)
def multiplies_by_the_output(dy, x):
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    return (np.maximum(x, 0) * dy).astype(np.result_type(*kinds))


@misconception(
    replaces="relu_backward",
    fails="relu_backward-values",
    diagnosis="The slopes are given, without what arrives.",
    hint="The chain rule multiplies. By what?",
)
def gives_only_the_mask(dy, x):
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    return np.where(x > 0, 1, 0).astype(np.result_type(*kinds))


@misconception(
    replaces="relu_backward",
    fails="relu_backward-values",
    diagnosis="Where x is negative the gradient comes through with its sign turned.",
    hint="np.sign is −1 there. What is the slope of a flat line?",
)
def turns_the_sign_below_zero(dy, x):
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    return (np.sign(x) * dy).astype(np.result_type(*kinds))


@misconception(
    replaces="relu_backward",
    fails="relu_backward-zero",
    diagnosis="At x = 0 the gradient comes through.",
    hint="The task says what the slope at 0 is. What does your comparison say?",
)
def lets_zero_through(dy, x):
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    return np.where(x >= 0, dy, 0).astype(np.result_type(*kinds))


@misconception(
    replaces="relu_backward",
    fails="relu_backward-zero",
    diagnosis="At x = 0 half of the gradient comes through, as a difference quotient would say.",
    hint="A quotient means nothing at a kink. Which value was chosen?",
)
def takes_half_at_zero(dy, x):
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    return (np.heaviside(x, 0.5) * dy).astype(np.result_type(*kinds))


@misconception(
    replaces="relu_backward",
    fails="relu_backward-zero",
    diagnosis="Small positive numbers are taken for zero.",
    hint="Is 1e-300 positive?",
)
def stops_at_tiny_numbers(dy, x):
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    return np.where(x > 1e-8, dy, 0).astype(np.result_type(*kinds))


@misconception(
    replaces="relu_backward",
    fails="relu_backward-dtype",
    diagnosis="The result has the dtype of dy, whole numbers included.",
    hint="Whole numbers count as float64 in all arithmetic of this course.",
)
def keeps_whole_numbers_whole(dy, x):
    return np.where(x > 0, dy, 0).astype(dy.dtype)


@misconception(
    replaces="relu_backward",
    fails="relu_backward-dtype",
    diagnosis="The result is float64 whatever came in.",
    hint="float32 with float32 stays float32.",
)
def makes_everything_float64(dy, x):
    return np.where(x > 0, dy, 0).astype(np.float64)


@misconception(
    replaces="relu_backward",
    fails="relu_backward-contract",
    diagnosis="The zeros are written into the caller's dy.",
    hint="dy[mask] = 0 changes the array that was passed in. What makes a new one?",
)
def writes_zeros_into_dy(dy, x):
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    dy[x <= 0] = 0
    return dy.astype(np.result_type(*kinds))


# max_pool2d_backward


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-values",
    diagnosis="The gradient is shared among all numbers of the window: that is average pooling.",
    hint="If a number that is not the largest moves a little, does the maximum move?",
)
def shares_among_all(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        dxp[n, c, rows, columns] += dy[n, c, i, j] / (kh * kw)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-values",
    diagnosis="The gradient is multiplied by the maximum itself.",
    hint="The output is a copy of one input. What is the slope of a copy?",
)
def multiplies_by_the_maximum(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(int(window.argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] += dy[n, c, i, j] * window.max()
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-values",
    diagnosis="The places of the maxima are marked with 1; what arrives is not used.",
    hint="The mask says where. What says how much?",
)
def marks_the_maxima(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(int(window.argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] += 1
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-overlap",
    diagnosis="What a window sends replaces what came before: the sum over windows is missing.",
    hint="A pixel can be the maximum of two windows. What does = do the second time?",
)
def keeps_only_the_last_window(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(int(window.argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] = dy[n, c, i, j]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-overlap",
    diagnosis="The windows are laid side by side, whatever the stride.",
    hint="Where does the second window begin when kernel is 3 and stride is 2?",
)
def moves_by_the_kernel(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    sh, sw = kh, kw
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(int(window.argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] += dy[n, c, i, j]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-overlap",
    diagnosis="The stride of the rows is used for the columns as well.",
    hint="A stride may be a pair. Which of the two belongs to j?",
)
def moves_equally_along_both_axes(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    sw = sh
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(int(window.argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] += dy[n, c, i, j]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-ties",
    diagnosis="Each of several equal maxima gets the whole gradient: more goes out than came in.",
    hint="window == window.max() can be true more than once. Who gets it, by the rule?",
)
def pays_every_tie_in_full(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        dxp[n, c, rows, columns] += dy[n, c, i, j] * (window == window.max())
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-ties",
    diagnosis="Equal maxima share the gradient. (A difference quotient agrees, but it is invalid "
    "there.)",
    hint="The rule names one receiver. Which?",
)
def splits_among_ties(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        tied = window == window.max()
        dxp[n, c, rows, columns] += dy[n, c, i, j] * tied / tied.sum()
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-ties",
    diagnosis="Of equal maxima the last one gets the gradient.",
    hint="Does your comparison replace the best so far when it meets an equal one?",
)
def takes_the_last_of_equals(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(window.size - 1 - int(window.ravel()[::-1].argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] += dy[n, c, i, j]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-ties",
    diagnosis="Of equal maxima the first one column by column gets the gradient.",
    hint="Row-major order goes along the row first.",
)
def searches_column_by_column(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        e, a = divmod(int(window.T.argmax()), kh)
        dxp[n, c, i * sh + a, j * sw + e] += dy[n, c, i, j]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-padding",
    diagnosis="The rim holds zeros, which are larger than negative pixels and take their gradient "
    "away.",
    hint="Pool a plane of negative numbers. Who wins at the border?",
)
def pads_with_zeros(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=0)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(int(window.argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] += dy[n, c, i, j]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-padding",
    diagnosis="dx still has the rim of the padding.",
    hint="Which shape must dx have?",
)
def keeps_the_rim(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(int(window.argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] += dy[n, c, i, j]
    return dxp


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-padding",
    diagnosis="dx is cut from row 0 and column 0 of the padded plane, where the rim is.",
    hint="The size is right. Where does the image begin in the padded plane?",
)
def cuts_out_the_corner(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(int(window.argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] += dy[n, c, i, j]
    return dxp[:, :, :H, :W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-values",
    diagnosis="dx is cut with a slice that ends at −p, which is empty without padding.",
    hint="What is a[0:-0]?",
)
def crops_to_minus_p(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(int(window.argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] += dy[n, c, i, j]
    return dxp[:, :, ph:-ph, pw:-pw].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-leftover",
    diagnosis="dx ends with the last window; what was left over is missing.",
    hint="Which shape must dx have, and what do pixels get that nobody looked at?",
)
def ends_where_the_windows_end(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(int(window.argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] += dy[n, c, i, j]
    reach = (dy.shape[2] - 1) * sh + kh, (dy.shape[3] - 1) * sw + kw
    return dxp[:, :, ph : min(ph + H, reach[0]), pw : min(pw + W, reach[1])].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-edges",
    diagnosis="A dy that does not fit is accepted, and part of the gradient is missing.",
    hint="How many outputs has the pooling? Compare before you loop.",
)
def takes_any_dy(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    H, W = x.shape[2:]
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(int(window.argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] += dy[n, c, i, j]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-edges",
    diagnosis="The result is float64 whatever came in.",
    hint="np.zeros without a dtype is float64.",
)
def always_gives_float64(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(int(window.argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] += dy[n, c, i, j]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="max_pool2d_backward",
    fails="max_pool2d_backward-contract",
    diagnosis="dx is x under another name: the caller's x is overwritten.",
    hint="dx = x makes no new array. Which function gives zeros of the shape of x?",
)
def empties_x_for_dx(dy, x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x.shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x)]
    rim = ((0, 0), (0, 0), (ph, ph), (pw, pw))
    xp = np.pad(x.astype(kinds[1]), rim, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, np.result_type(*kinds))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        window = xp[n, c, rows, columns]
        a, e = divmod(int(window.argmax()), kw)
        dxp[n, c, i * sh + a, j * sw + e] += dy[n, c, i, j]
    dx = x
    dx[...] = dxp[:, :, ph : ph + H, pw : pw + W]
    return dx.astype(dxp.dtype)


# avg_pool2d_backward


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-values",
    diagnosis="Each pixel of the window gets the whole gradient.",
    hint="If one of four numbers grows by 1, by how much does their mean grow?",
)
def forgets_to_divide(dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dy.dtype if dy.dtype.kind == "f" else float)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        dxp[:, :, rows, columns] += dy[:, :, i, j][:, :, None, None]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-values",
    diagnosis="The gradient is divided by the square of the window's height.",
    hint="How many cells has a window of 1 × 3?",
)
def takes_the_window_for_square(
    dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True
):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape), dy.dtype if dy.dtype.kind == "f" else float)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kh if count_include_pad else pixels[rows, columns].sum()
        dxp[:, :, rows, columns] += (dy[:, :, i, j] / count)[:, :, None, None]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-values",
    diagnosis="The whole gradient goes to the first pixel of the window.",
    hint="Which of the numbers went into the mean?",
)
def gives_it_to_the_first_pixel(
    dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True
):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape), dy.dtype if dy.dtype.kind == "f" else float)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kw if count_include_pad else pixels[rows, columns].sum()
        dxp[:, :, i * sh, j * sw] += dy[:, :, i, j] * (count > 0)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-values",
    diagnosis="dx is cut with a slice that ends at −p, which is empty without padding.",
    hint="What is a[0:-0]?",
)
def crops_the_mean_to_minus_p(
    dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True
):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape), dy.dtype if dy.dtype.kind == "f" else float)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kw if count_include_pad else pixels[rows, columns].sum()
        dxp[:, :, rows, columns] += (dy[:, :, i, j] / count)[:, :, None, None]
    return dxp[:, :, ph:-ph, pw:-pw].copy()


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-overlap",
    diagnosis="What a window sends replaces what came before: the sum over windows is missing.",
    hint="A pixel can lie in several windows. What does = do the second time?",
)
def overwrites_the_window_before(
    dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True
):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape), dy.dtype if dy.dtype.kind == "f" else float)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kw if count_include_pad else pixels[rows, columns].sum()
        dxp[:, :, rows, columns] = (dy[:, :, i, j] / count)[:, :, None, None]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-overlap",
    diagnosis="The windows are laid side by side, whatever the stride.",
    hint="Where does the second window begin when kernel is 3 and stride is 2?",
)
def strides_by_the_kernel(dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape), dy.dtype if dy.dtype.kind == "f" else float)
    sh, sw = kh, kw
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kw if count_include_pad else pixels[rows, columns].sum()
        dxp[:, :, rows, columns] += (dy[:, :, i, j] / count)[:, :, None, None]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-overlap",
    diagnosis="dx ends with the last window; what was left over is missing.",
    hint="Which shape must dx have, and what do pixels get that nobody looked at?",
)
def stops_with_the_last_window(
    dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True
):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape), dy.dtype if dy.dtype.kind == "f" else float)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kw if count_include_pad else pixels[rows, columns].sum()
        dxp[:, :, rows, columns] += (dy[:, :, i, j] / count)[:, :, None, None]
    reach = (dy.shape[2] - 1) * sh + kh, (dy.shape[3] - 1) * sw + kw
    return dxp[:, :, ph : min(ph + H, reach[0]), pw : min(pw + W, reach[1])].copy()


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-rim_counted",
    diagnosis="The gradient is divided by the number of pixels, even where the rim was counted.",
    hint="What did the forward pass divide by, if nothing else is said?",
)
def never_counts_the_rim(dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape), dy.dtype if dy.dtype.kind == "f" else float)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = pixels[rows, columns].sum()
        dxp[:, :, rows, columns] += (dy[:, :, i, j] / count)[:, :, None, None]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-rim_left_out",
    diagnosis="The gradient is divided by all cells of the window, whatever the flag says.",
    hint="With count_include_pad=False, what did the forward pass divide by?",
)
def always_counts_the_rim(dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape), dy.dtype if dy.dtype.kind == "f" else float)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kw
        dxp[:, :, rows, columns] += (dy[:, :, i, j] / count)[:, :, None, None]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-rim_left_out",
    diagnosis="The pixels of the first window are counted, and used for all windows.",
    hint="Has a window in the middle as many pixels as one in the corner?",
)
def counts_the_first_window_for_all(
    dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True
):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape), dy.dtype if dy.dtype.kind == "f" else float)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kw if count_include_pad else pixels[:kh, :kw].sum()
        dxp[:, :, rows, columns] += (dy[:, :, i, j] / count)[:, :, None, None]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-rim_counted avg_pool2d_backward-rim_left_out",
    diagnosis="dx still has the rim of the padding.",
    hint="Which shape must dx have?",
)
def hands_back_the_rim(dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape), dy.dtype if dy.dtype.kind == "f" else float)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kw if count_include_pad else pixels[rows, columns].sum()
        dxp[:, :, rows, columns] += (dy[:, :, i, j] / count)[:, :, None, None]
    return dxp


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-rim_counted avg_pool2d_backward-rim_left_out",
    diagnosis="dx is cut from row 0 and column 0 of the padded plane, where the rim is.",
    hint="The size is right. Where does the image begin in the padded plane?",
)
def cuts_the_rim_off_at_one_end(
    dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True
):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape), dy.dtype if dy.dtype.kind == "f" else float)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kw if count_include_pad else pixels[rows, columns].sum()
        dxp[:, :, rows, columns] += (dy[:, :, i, j] / count)[:, :, None, None]
    return dxp[:, :, :H, :W].copy()


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-edges",
    diagnosis="A dy that does not fit is accepted, and part of the gradient is missing.",
    hint="How many outputs has the pooling? Compare before you loop.",
)
def does_not_ask_whether_dy_fits(
    dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True
):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    N, C, H, W = x_shape
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape), dy.dtype if dy.dtype.kind == "f" else float)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kw if count_include_pad else pixels[rows, columns].sum()
        dxp[:, :, rows, columns] += (dy[:, :, i, j] / count)[:, :, None, None]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-edges",
    diagnosis="The result is float64 whatever came in.",
    hint="np.zeros without a dtype is float64.",
)
def makes_a_float64_plane(dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape))
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kw if count_include_pad else pixels[rows, columns].sum()
        dxp[:, :, rows, columns] += (dy[:, :, i, j] / count)[:, :, None, None]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


@misconception(
    replaces="avg_pool2d_backward",
    fails="avg_pool2d_backward-contract",
    diagnosis="The division is done in the caller's dy.",
    hint="/= changes the array that was passed in. What does / alone do?",
)
def divides_dy_in_place(dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    (N, C, H, W), options = x_shape, {"stride": (sh, sw), "padding": (ph, pw)}
    if dy.shape != (N, C, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    pixels = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    dxp = np.zeros((N, C, *pixels.shape), dy.dtype if dy.dtype.kind == "f" else float)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
        count = kh * kw if count_include_pad else pixels[rows, columns].sum()
        if dy.dtype.kind != "f":
            dy = dy.astype(float)
        dy[:, :, i, j] /= count
        dxp[:, :, rows, columns] += dy[:, :, i, j][:, :, None, None]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()


# conv1d_grad


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-dx conv1d_grad-same",
    diagnosis="The kernel is laid on dy as it is: dx is the correlation of the two, not their "
    "convolution.",
    hint="Send a gradient back from one output only. In which order must the weights appear?",
)
def does_not_turn_the_kernel(dy, x, k, *, mode="valid"):
    zeros = len(k) - 1 if mode == "same" else 0
    if mode not in ("valid", "same") or len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError("an unknown mode, or dy does not fit")
    before = zeros // 2
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dy, x, k = (a.astype(np.result_type(*kinds)) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] += dy[i] * k[::-1]
        dk += dy[i] * xp[i : i + len(k)]
    return dxp[before : before + len(x)].copy(), dk


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-dx conv1d_grad-even",
    diagnosis="The kernel is turned, but without full padding: dx has the length of dy.",
    hint="How long is dx? And how many outputs did the first number of x go to?",
)
def gives_dx_the_length_of_dy(dy, x, k, *, mode="valid"):
    zeros = len(k) - 1 if mode == "same" else 0
    if mode not in ("valid", "same") or len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError("an unknown mode, or dy does not fit")
    before = zeros // 2
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dy, x, k = (a.astype(np.result_type(*kinds)) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] += dy[i] * k
        dk += dy[i] * xp[i : i + len(k)]
    return filters.correlate1d(dy, k[::-1], mode="same"), dk


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-dx conv1d_grad-same",
    diagnosis="What an output sends replaces what came before: the sum over outputs is missing.",
    hint="A number of x goes to several outputs. What does = do the second time?",
)
def keeps_the_last_output_only(dy, x, k, *, mode="valid"):
    zeros = len(k) - 1 if mode == "same" else 0
    if mode not in ("valid", "same") or len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError("an unknown mode, or dy does not fit")
    before = zeros // 2
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dy, x, k = (a.astype(np.result_type(*kinds)) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] = dy[i] * k
        dk += dy[i] * xp[i : i + len(k)]
    return dxp[before : before + len(x)].copy(), dk


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-dx",
    diagnosis="dx is cut with a slice whose end is counted from behind, which is empty if nothing "
    "is cut.",
    hint="What is a[0:-0]?",
)
def cuts_with_a_negative_end(dy, x, k, *, mode="valid"):
    zeros = len(k) - 1 if mode == "same" else 0
    if mode not in ("valid", "same") or len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError("an unknown mode, or dy does not fit")
    before = zeros // 2
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dy, x, k = (a.astype(np.result_type(*kinds)) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] += dy[i] * k
        dk += dy[i] * xp[i : i + len(k)]
    return dxp[before : -(zeros - before)].copy(), dk


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-dk conv1d_grad-same",
    diagnosis="The gradient of the kernel comes out backwards.",
    hint="dk is a correlation of x with dy. Which weight met x[0] at output 0?",
)
def turns_dk(dy, x, k, *, mode="valid"):
    zeros = len(k) - 1 if mode == "same" else 0
    if mode not in ("valid", "same") or len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError("an unknown mode, or dy does not fit")
    before = zeros // 2
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dy, x, k = (a.astype(np.result_type(*kinds)) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] += dy[i] * k
        dk += dy[i] * xp[i : i + len(k)]
    return dxp[before : before + len(x)].copy(), dk[::-1].copy()


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-dk conv1d_grad-same",
    diagnosis="The gradient of the kernel holds only what the last output sends.",
    hint="Each weight is used at every output. What does = do the second time?",
)
def keeps_dk_of_the_last_output(dy, x, k, *, mode="valid"):
    zeros = len(k) - 1 if mode == "same" else 0
    if mode not in ("valid", "same") or len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError("an unknown mode, or dy does not fit")
    before = zeros // 2
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dy, x, k = (a.astype(np.result_type(*kinds)) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] += dy[i] * k
        dk[:] = dy[i] * xp[i : i + len(k)]
    return dxp[before : before + len(x)].copy(), dk


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-dk conv1d_grad-same",
    diagnosis="The gradient of the kernel is a mean over the outputs.",
    hint="The chain rule adds. Is there a division in it?",
)
def averages_dk(dy, x, k, *, mode="valid"):
    zeros = len(k) - 1 if mode == "same" else 0
    if mode not in ("valid", "same") or len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError("an unknown mode, or dy does not fit")
    before = zeros // 2
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dy, x, k = (a.astype(np.result_type(*kinds)) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] += dy[i] * k
        dk += dy[i] * xp[i : i + len(k)]
    return dxp[before : before + len(x)].copy(), dk / len(dy)


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-same",
    diagnosis="In mode same, dk is taken as if all zeros stood behind x.",
    hint="What did the first weight meet at output 0?",
)
def correlates_with_an_unpadded_start(dy, x, k, *, mode="valid"):
    zeros = len(k) - 1 if mode == "same" else 0
    if mode not in ("valid", "same") or len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError("an unknown mode, or dy does not fit")
    before = zeros // 2
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dy, x, k = (a.astype(np.result_type(*kinds)) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] += dy[i] * k
        dk += dy[i] * np.pad(x, (0, zeros))[i : i + len(k)]
    return dxp[before : before + len(x)].copy(), dk


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-same",
    diagnosis="In mode same, dx is cut from the beginning of the padded signal, where the zeros "
    "are.",
    hint="The length is right. Where does x begin in the padded signal?",
)
def begins_with_the_zeros(dy, x, k, *, mode="valid"):
    zeros = len(k) - 1 if mode == "same" else 0
    if mode not in ("valid", "same") or len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError("an unknown mode, or dy does not fit")
    before = zeros // 2
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dy, x, k = (a.astype(np.result_type(*kinds)) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] += dy[i] * k
        dk += dy[i] * xp[i : i + len(k)]
    return dxp[: len(x)].copy(), dk


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-even",
    diagnosis="For an even kernel the odd zero is put before x instead of behind it.",
    hint="Kernel 4 needs three zeros. Which end gets two, by the rule of chapter 02?",
)
def puts_the_odd_zero_first(dy, x, k, *, mode="valid"):
    zeros = len(k) - 1 if mode == "same" else 0
    if mode not in ("valid", "same") or len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError("an unknown mode, or dy does not fit")
    before = (zeros + 1) // 2
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dy, x, k = (a.astype(np.result_type(*kinds)) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] += dy[i] * k
        dk += dy[i] * xp[i : i + len(k)]
    return dxp[before : before + len(x)].copy(), dk


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-edges",
    diagnosis="A dy of the wrong length is accepted.",
    hint="How many outputs are there? Compare before you loop.",
)
def asks_nothing(dy, x, k, *, mode="valid"):
    zeros = len(k) - 1 if mode == "same" else 0
    before = zeros // 2
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dy, x, k = (a.astype(np.result_type(*kinds)) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] += dy[i] * k
        dk += dy[i] * xp[i : i + len(k)]
    return dxp[before : before + len(x)].copy(), dk


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-edges",
    diagnosis="Mode full is computed, too, though it should be refused.",
    hint="The docstring says which modes there are, and what happens to others.",
)
def computes_mode_full_as_well(dy, x, k, *, mode="valid"):
    zeros = {"valid": 0, "same": len(k) - 1, "full": 2 * len(k) - 2}[mode]
    if len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError("dy does not fit")
    before = zeros // 2
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dy, x, k = (a.astype(np.result_type(*kinds)) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] += dy[i] * k
        dk += dy[i] * xp[i : i + len(k)]
    return dxp[before : before + len(x)].copy(), dk


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-edges",
    diagnosis="The results are float64 whatever came in.",
    hint="float32 with float32 stays float32.",
)
def works_in_float64_only(dy, x, k, *, mode="valid"):
    zeros = len(k) - 1 if mode == "same" else 0
    if mode not in ("valid", "same") or len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError("an unknown mode, or dy does not fit")
    before = zeros // 2
    dy, x, k = (a.astype(np.float64) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] += dy[i] * k
        dk += dy[i] * xp[i : i + len(k)]
    return dxp[before : before + len(x)].copy(), dk


@misconception(
    replaces="conv1d_grad",
    fails="conv1d_grad-contract",
    diagnosis="The caller's kernel is turned in place, and stays so.",
    hint="k[:] = ... writes into the array that was passed in. k[::-1] alone does not.",
)
def turns_the_callers_kernel(dy, x, k, *, mode="valid"):
    zeros = len(k) - 1 if mode == "same" else 0
    if mode not in ("valid", "same") or len(dy) != len(x) + zeros - len(k) + 1:
        raise ValueError("an unknown mode, or dy does not fit")
    before = zeros // 2
    k[:] = k[::-1].copy()
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, k)]
    dy, x, k = (a.astype(np.result_type(*kinds)) for a in (dy, x, k))
    xp = np.pad(x, (before, zeros - before))
    dxp, dk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(len(dy)):
        dxp[i : i + len(k)] += dy[i] * k[::-1]
        dk += dy[i] * xp[i : i + len(k)]
    return dxp[before : before + len(x)].copy(), dk


# conv2d_backward


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-dx conv2d_backward-stride conv2d_backward-padding conv2d_backward-"
    "dilation conv2d_backward-together",
    diagnosis="What a window sends to dx replaces what came before: the sum over windows is "
    "missing.",
    hint="A pixel is read by several windows. What does = do the second time?",
)
def overwrites_dx(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] = np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-dx conv2d_backward-stride conv2d_backward-padding conv2d_backward-"
    "dilation conv2d_backward-together",
    diagnosis="The filters are turned by 180° before they are added to the window of an output.",
    hint="From one output to its window nothing is turned. Send back from a single output and "
    "compare.",
)
def turns_the_filters_before_sending(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w[:, :, ::-1, ::-1])
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-dx",
    diagnosis="dx is cut with a slice that ends at −p, which is empty without padding.",
    hint="What is a[0:-0]?",
)
def crops_dx_to_minus_p(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph:-ph, pw:-pw].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-dw conv2d_backward-stride conv2d_backward-padding conv2d_backward-"
    "dilation",
    diagnosis="dw holds only what the last place sends: the sum over places is missing.",
    hint="Each weight is used at every place. What does = do the second time?",
)
def keeps_dw_of_the_last_place(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw[:] = np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-dw conv2d_backward-stride conv2d_backward-padding conv2d_backward-"
    "dilation",
    diagnosis="The gradient of the weights comes out turned by 180°.",
    hint="dw is a correlation of x with dy. Which weight met the first pixel of the window?",
)
def turns_dw(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw[:, :, ::-1, ::-1].copy(), db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-dw",
    diagnosis="dw is taken from the first image alone.",
    hint="A batch has N images, and each of them used the weights.",
)
def looks_at_the_first_image_only(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:1, :, i, j], xp[:1, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-dw conv2d_backward-db",
    diagnosis="dw and db are divided by the number of images.",
    hint="If the loss is a mean, dy already knows. Does the layer?",
)
def divides_by_the_batch(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw / max(N, 1), db / max(N, 1)


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-db",
    diagnosis="db is the mean of what arrives, not the sum.",
    hint="The bias went into every output with slope 1. What does the chain rule do with "
    "several paths?",
)
def averages_the_bias(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3)) * O / max(dy.size, 1)
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-db",
    diagnosis="db is one number for all filters.",
    hint="Each filter has a bias of its own. Which axis must stay?",
)
def adds_up_the_filters(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.full(O, dy.sum())
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-db",
    diagnosis="db has a row for each image: the sum over the images is missing.",
    hint="The same bias went into all images.",
)
def keeps_the_images_apart(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-stride",
    diagnosis="The windows are placed as if the stride were 1.",
    hint="Where did the window of output (1, 1) begin on the way forward?",
)
def sends_back_without_the_stride(dy, x, w, *, stride=1, padding=0, dilation=1):
    ph, pw = pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i, i + dh * (kh - 1) + 1, dh)
        columns = slice(j, j + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-stride",
    diagnosis="dx ends with the last window; the rows and columns left over are missing.",
    hint="Which shape must dx have, and what do pixels get that nobody read?",
)
def leaves_out_what_is_left_over(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    bottom = min(ph + H, (dy.shape[2] - 1) * sh + dh * (kh - 1) + 1)
    right = min(pw + W, (dy.shape[3] - 1) * sw + dv * (kw - 1) + 1)
    return dxp[:, :, ph:bottom, pw:right].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-padding",
    diagnosis="dx still has the rim of the padding.",
    hint="Which shape must dx have?",
)
def returns_the_padded_plane(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp, dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-padding",
    diagnosis="dx is cut from row 0 and column 0 of the padded plane, where the rim is.",
    hint="The size is right. Where does the image begin in the padded plane?",
)
def cuts_at_the_first_corner(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, 0:H, 0:W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-dilation",
    diagnosis="The dilation is ignored: neighbours receive what belongs to taps that stand apart.",
    hint="Which pixels did a dilated window read?",
)
def closes_the_gaps(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw) = x.shape, w.shape
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + kh)
        columns = slice(j * sw, j * sw + kw)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-dilation",
    diagnosis="dx comes from the taps, but dw from neighbours: its windows are not dilated.",
    hint="Which pixels did each weight meet on the way forward?",
)
def fills_the_gaps(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum(
            "no,ncae->ocae", dy[:, :, i, j], xp[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
        )
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-together",
    diagnosis="Stride, padding and dilation of the rows are used for the columns as well.",
    hint="A pair has two numbers. Does the second one appear in your code?",
)
def uses_the_row_options_for_columns(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    sw, pw, dv = sh, ph, dh
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-edges",
    diagnosis="A dy that does not fit is accepted, and part of the gradient is missing.",
    hint="How many outputs has the layer? Compare before you loop.",
)
def accepts_any_dy(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (_, _, H, W), (_, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-edges",
    diagnosis="The results are float64 whatever came in.",
    hint="float32 throughout stays float32.",
)
def computes_in_float64(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    dy, xp, w = (a.astype(np.float64) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-contract",
    diagnosis="dw is the caller's w under another name: the weights are overwritten.",
    hint="dw = w makes no new array. Which function gives zeros of the shape of w?",
)
def collects_dw_in_w(dy, x, w, *, stride=1, padding=0, dilation=1):
    given = w
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w)
    given[...] = dw
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db


@misconception(
    replaces="conv2d_backward",
    fails="conv2d_backward-contract",
    diagnosis="The caller's filters are turned in place, and stay so.",
    hint="w[:] = ... writes into the array that was passed in. Give the turned ones a name of "
    "their own.",
)
def turns_the_callers_filters(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (N, _, H, W), (O, _, kh, kw), (dh, dv) = x.shape, w.shape, pair(dilation, "dilation", 1)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if dy.shape != (N, O, *shapes.conv2d_shape(H, W, (kh, kw), **options)):
        raise ValueError("dy does not fit")
    w[:] = w[:, :, ::-1, ::-1].copy()
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, xp, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), dy.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw += np.einsum("no,ncae->ocae", dy[:, :, i, j], xp[:, :, rows, columns])
        dxp[:, :, rows, columns] += np.einsum("no,ocae->ncae", dy[:, :, i, j], w[:, :, ::-1, ::-1])
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db
