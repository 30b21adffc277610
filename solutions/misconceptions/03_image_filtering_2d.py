"""Wrong solutions of chapter 03 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells. Most are a
right solution with one thing wrong, so that they fail for that thing only.
"""
# ruff: noqa: D103 - what a function does wrong is said in its diagnosis

import numpy as np

from autograder.misconceptions import misconception
from cnnkit import filters
from cnnkit.shapes import pair

sobel_down = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
sobel_right = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])

# pad2d


@misconception(
    replaces="pad2d",
    fails="pad2d-zero pad2d-edge pad2d-reflect",
    diagnosis="Pixels are added above and on the left only.",
    hint="Draw the result for one pixel and pad 1: how many rows has it?",
)
def pads_only_before(x, pad, *, mode="zero"):
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        (top, bottom), (left, right) = pair(pad[0], "pad", 0), pair(pad[1], "pad", 0)
    else:
        (top, left), bottom, right = pair(pad, "pad", 0), 0, 0
    H, W = x.shape
    rows, columns = np.arange(-top, H + bottom), np.arange(-left, W + right)
    if mode == "zero":
        y = np.zeros((len(rows), len(columns)), x.dtype)
        y[top : top + H, left : left + W] = x
        return y
    if mode == "edge":
        return x[np.ix_(np.clip(rows, 0, H - 1), np.clip(columns, 0, W - 1))]
    if mode != "reflect" or max(top, bottom) >= H or max(left, right) >= W:
        raise ValueError("No such mode, or too little to mirror.")
    rows, columns = H - 1 - abs(H - 1 - abs(rows)), W - 1 - abs(W - 1 - abs(columns))
    return x[np.ix_(rows, columns)]


@misconception(
    replaces="pad2d",
    fails="pad2d-sides",
    diagnosis="A pair is read as (columns, rows).",
    hint="NumPy's shape is (rows, columns), and so is every pair here.",
)
def swaps_rows_and_columns(x, pad, *, mode="zero"):
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        (top, bottom), (left, right) = pair(pad[0], "pad", 0), pair(pad[1], "pad", 0)
    else:
        left, top = pair(pad, "pad", 0)
        bottom, right = top, left
    H, W = x.shape
    rows, columns = np.arange(-top, H + bottom), np.arange(-left, W + right)
    if mode == "zero":
        y = np.zeros((len(rows), len(columns)), x.dtype)
        y[top : top + H, left : left + W] = x
        return y
    if mode == "edge":
        return x[np.ix_(np.clip(rows, 0, H - 1), np.clip(columns, 0, W - 1))]
    if mode != "reflect" or max(top, bottom) >= H or max(left, right) >= W:
        raise ValueError("No such mode, or too little to mirror.")
    rows, columns = H - 1 - abs(H - 1 - abs(rows)), W - 1 - abs(W - 1 - abs(columns))
    return x[np.ix_(rows, columns)]


@misconception(
    replaces="pad2d",
    fails="pad2d-sides",
    diagnosis="A pair is read as (before, after) for both axes, as np.pad reads it.",
    hint="Here a pair is (rows, columns), each of them on both sides.",
)
def reads_a_pair_as_before_and_after(x, pad, *, mode="zero"):
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        (top, bottom), (left, right) = pair(pad[0], "pad", 0), pair(pad[1], "pad", 0)
    else:
        top, bottom = pair(pad, "pad", 0)
        left, right = top, bottom
    H, W = x.shape
    rows, columns = np.arange(-top, H + bottom), np.arange(-left, W + right)
    if mode == "zero":
        y = np.zeros((len(rows), len(columns)), x.dtype)
        y[top : top + H, left : left + W] = x
        return y
    if mode == "edge":
        return x[np.ix_(np.clip(rows, 0, H - 1), np.clip(columns, 0, W - 1))]
    if mode != "reflect" or max(top, bottom) >= H or max(left, right) >= W:
        raise ValueError("No such mode, or too little to mirror.")
    rows, columns = H - 1 - abs(H - 1 - abs(rows)), W - 1 - abs(W - 1 - abs(columns))
    return x[np.ix_(rows, columns)]


@misconception(
    replaces="pad2d",
    fails="pad2d-reflect",
    diagnosis="The mirror repeats the border pixel, which NumPy calls 'symmetric'.",
    hint="Left of 1 2 3 comes 2, then 3: on which pixel does the mirror stand?",
)
def repeats_the_border_pixel(x, pad, *, mode="zero"):
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        (top, bottom), (left, right) = pair(pad[0], "pad", 0), pair(pad[1], "pad", 0)
    else:
        top, left = pair(pad, "pad", 0)
        bottom, right = top, left
    H, W = x.shape
    rows, columns = np.arange(-top, H + bottom), np.arange(-left, W + right)
    if mode == "zero":
        y = np.zeros((len(rows), len(columns)), x.dtype)
        y[top : top + H, left : left + W] = x
        return y
    if mode == "edge":
        return x[np.ix_(np.clip(rows, 0, H - 1), np.clip(columns, 0, W - 1))]
    if mode != "reflect" or max(top, bottom) >= H or max(left, right) >= W:
        raise ValueError("No such mode, or too little to mirror.")
    rows = np.where(rows < 0, -1 - rows, rows)
    columns = np.where(columns < 0, -1 - columns, columns)
    rows = np.where(rows >= H, 2 * H - 1 - rows, rows)
    columns = np.where(columns >= W, 2 * W - 1 - columns, columns)
    return x[np.ix_(rows, columns)]


@misconception(
    replaces="pad2d",
    fails="pad2d-reflect",
    diagnosis="Above and on the left the image begins anew from its end, in place of a mirror.",
    hint="In NumPy x[-1] is the last row. Which row should stand for row -1?",
)
def leaves_negative_rows_to_numpy(x, pad, *, mode="zero"):
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        (top, bottom), (left, right) = pair(pad[0], "pad", 0), pair(pad[1], "pad", 0)
    else:
        top, left = pair(pad, "pad", 0)
        bottom, right = top, left
    H, W = x.shape
    rows, columns = np.arange(-top, H + bottom), np.arange(-left, W + right)
    if mode == "zero":
        y = np.zeros((len(rows), len(columns)), x.dtype)
        y[top : top + H, left : left + W] = x
        return y
    if mode == "edge":
        return x[np.ix_(np.clip(rows, 0, H - 1), np.clip(columns, 0, W - 1))]
    if mode != "reflect" or max(top, bottom) >= H or max(left, right) >= W:
        raise ValueError("No such mode, or too little to mirror.")
    rows = np.where(rows >= H, 2 * H - 2 - rows, rows)
    columns = np.where(columns >= W, 2 * W - 2 - columns, columns)
    return x[np.ix_(rows, columns)]


@misconception(
    replaces="pad2d",
    fails="pad2d-edge pad2d-reflect",
    diagnosis="The four new corners stay zero.",
    hint="Pad the rows first, and then the columns of what has come out.",
)
def leaves_the_corners_zero(x, pad, *, mode="zero"):
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        (top, bottom), (left, right) = pair(pad[0], "pad", 0), pair(pad[1], "pad", 0)
    else:
        top, left = pair(pad, "pad", 0)
        bottom, right = top, left
    H, W = x.shape
    rows, columns = np.arange(-top, H + bottom), np.arange(-left, W + right)
    y = np.zeros((len(rows), len(columns)), x.dtype)
    y[top : top + H, left : left + W] = x
    if mode == "zero":
        return y
    if mode == "edge":
        rows, columns = np.clip(rows, 0, H - 1), np.clip(columns, 0, W - 1)
    elif mode != "reflect" or max(top, bottom) >= H or max(left, right) >= W:
        raise ValueError("No such mode, or too little to mirror.")
    else:
        rows, columns = H - 1 - abs(H - 1 - abs(rows)), W - 1 - abs(W - 1 - abs(columns))
    y[:, left : left + W] = x[rows]
    y[top : top + H] = x[:, columns]
    return y


@misconception(
    replaces="pad2d",
    fails="pad2d-dtype",
    diagnosis="The result is float64, whatever the image holds.",
    hint="Which dtype has np.zeros(shape) if nobody says another?",
)
def pads_into_float64(x, pad, *, mode="zero"):
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        (top, bottom), (left, right) = pair(pad[0], "pad", 0), pair(pad[1], "pad", 0)
    else:
        top, left = pair(pad, "pad", 0)
        bottom, right = top, left
    H, W = x.shape
    rows, columns = np.arange(-top, H + bottom), np.arange(-left, W + right)
    y = np.zeros((len(rows), len(columns)))
    if mode == "zero":
        y[top : top + H, left : left + W] = x
        return y
    if mode == "edge":
        rows, columns = np.clip(rows, 0, H - 1), np.clip(columns, 0, W - 1)
    elif mode != "reflect" or max(top, bottom) >= H or max(left, right) >= W:
        raise ValueError("No such mode, or too little to mirror.")
    else:
        rows, columns = H - 1 - abs(H - 1 - abs(rows)), W - 1 - abs(W - 1 - abs(columns))
    y[:] = x[np.ix_(rows, columns)]
    return y


@misconception(
    replaces="pad2d",
    fails="pad2d-errors",
    diagnosis="A mirror that is asked for more than the image has goes on with a mirror image of "
    "the mirror image, as np.pad does.",
    hint="What should happen when four rows are to be mirrored out of three?",
)
def mirrors_the_mirror(x, pad, *, mode="zero"):
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        (top, bottom), (left, right) = pair(pad[0], "pad", 0), pair(pad[1], "pad", 0)
    else:
        top, left = pair(pad, "pad", 0)
        bottom, right = top, left
    H, W = x.shape
    rows, columns = np.arange(-top, H + bottom), np.arange(-left, W + right)
    if mode == "zero":
        y = np.zeros((len(rows), len(columns)), x.dtype)
        y[top : top + H, left : left + W] = x
        return y
    if mode == "edge":
        return x[np.ix_(np.clip(rows, 0, H - 1), np.clip(columns, 0, W - 1))]
    if mode != "reflect":
        raise ValueError("No such mode.")
    rows, columns = rows % max(1, 2 * H - 2), columns % max(1, 2 * W - 2)
    return x[np.ix_(np.minimum(rows, 2 * H - 2 - rows), np.minimum(columns, 2 * W - 2 - columns))]


@misconception(
    replaces="pad2d",
    fails="pad2d-errors",
    diagnosis="Negative numbers are not refused.",
    hint="The helper `pair` can check that. What is its third argument for?",
)
def lets_negative_sides_pass(x, pad, *, mode="zero"):
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        (top, bottom), (left, right) = pad
    else:
        top, left = pad if isinstance(pad, tuple) else (pad, pad)
        bottom, right = top, left
    H, W = x.shape
    rows, columns = np.arange(-top, H + bottom), np.arange(-left, W + right)
    if mode == "zero":
        y = np.zeros((len(rows), len(columns)), x.dtype)
        if min(top, bottom, left, right) >= 0:
            y[top : top + H, left : left + W] = x
        return y
    if mode == "edge":
        return x[np.ix_(np.clip(rows, 0, H - 1), np.clip(columns, 0, W - 1))]
    if mode != "reflect" or max(top, bottom) >= H or max(left, right) >= W:
        raise ValueError("No such mode, or too little to mirror.")
    rows, columns = H - 1 - abs(H - 1 - abs(rows)), W - 1 - abs(W - 1 - abs(columns))
    return x[np.ix_(rows, columns)]


@misconception(
    replaces="pad2d",
    fails="pad2d-errors",
    diagnosis="An unknown mode is taken for 'zero'.",
    hint="An `else` catches everything, a slip of the pen included.",
)
def takes_any_word_for_zero(x, pad, *, mode="zero"):
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        (top, bottom), (left, right) = pair(pad[0], "pad", 0), pair(pad[1], "pad", 0)
    else:
        top, left = pair(pad, "pad", 0)
        bottom, right = top, left
    H, W = x.shape
    rows, columns = np.arange(-top, H + bottom), np.arange(-left, W + right)
    if mode == "edge":
        return x[np.ix_(np.clip(rows, 0, H - 1), np.clip(columns, 0, W - 1))]
    if mode == "reflect":
        if max(top, bottom) >= H or max(left, right) >= W:
            raise ValueError("Too little to mirror.")
        rows, columns = H - 1 - abs(H - 1 - abs(rows)), W - 1 - abs(W - 1 - abs(columns))
        return x[np.ix_(rows, columns)]
    y = np.zeros((len(rows), len(columns)), x.dtype)
    y[top : top + H, left : left + W] = x
    return y


@misconception(
    replaces="pad2d",
    fails="pad2d-contract",
    diagnosis="Where nothing is to be added the caller's own image is returned, not a copy.",
    hint="Whoever writes into the result must not change the image. What happens with pad=0?",
)
def returns_the_image_itself(x, pad, *, mode="zero"):
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        (top, bottom), (left, right) = pair(pad[0], "pad", 0), pair(pad[1], "pad", 0)
    else:
        top, left = pair(pad, "pad", 0)
        bottom, right = top, left
    if top == bottom == left == right == 0:
        return x
    H, W = x.shape
    rows, columns = np.arange(-top, H + bottom), np.arange(-left, W + right)
    if mode == "zero":
        y = np.zeros((len(rows), len(columns)), x.dtype)
        y[top : top + H, left : left + W] = x
        return y
    if mode == "edge":
        return x[np.ix_(np.clip(rows, 0, H - 1), np.clip(columns, 0, W - 1))]
    if mode != "reflect" or max(top, bottom) >= H or max(left, right) >= W:
        raise ValueError("No such mode, or too little to mirror.")
    rows, columns = H - 1 - abs(H - 1 - abs(rows)), W - 1 - abs(W - 1 - abs(columns))
    return x[np.ix_(rows, columns)]


@misconception(
    replaces="pad2d",
    fails="pad2d-contract",
    diagnosis="The rows are moved out of the caller's image, which is left black.",
    hint="Print x after the call. Which statement of yours writes into it?",
)
def moves_the_pixels_out(x, pad, *, mode="zero"):
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        (top, bottom), (left, right) = pair(pad[0], "pad", 0), pair(pad[1], "pad", 0)
    else:
        top, left = pair(pad, "pad", 0)
        bottom, right = top, left
    H, W = x.shape
    rows, columns = np.arange(-top, H + bottom), np.arange(-left, W + right)
    if mode == "zero":
        y = np.zeros((len(rows), len(columns)), x.dtype)
        for row in range(H):
            y[top + row, left : left + W] = x[row]
            x[row] = 0
        return y
    if mode == "edge":
        return x[np.ix_(np.clip(rows, 0, H - 1), np.clip(columns, 0, W - 1))]
    if mode != "reflect" or max(top, bottom) >= H or max(left, right) >= W:
        raise ValueError("No such mode, or too little to mirror.")
    rows, columns = H - 1 - abs(H - 1 - abs(rows)), W - 1 - abs(W - 1 - abs(columns))
    return x[np.ix_(rows, columns)]


# correlate2d


@misconception(
    replaces="correlate2d",
    fails="correlate2d-valid correlate2d-same",
    diagnosis="The kernel is turned by 180 degrees: that is convolution, not correlation.",
    hint="In the first window, which pixel must k[0, 0] meet?",
)
def flips_the_kernel(x, k, *, mode="valid"):
    (H, W), (a, b) = x.shape, k.shape
    if mode not in ("valid", "same", "full") or (mode == "valid" and (a > H or b > W)):
        raise ValueError("No such mode, or the kernel does not fit.")
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    xp = x.astype(dtype)
    if mode == "same":
        xp = np.pad(xp, (((a - 1) // 2, a // 2), ((b - 1) // 2, b // 2)))
    elif mode == "full":
        xp = np.pad(xp, ((a - 1, a - 1), (b - 1, b - 1)))
    y = np.zeros((len(xp) - a + 1, xp.shape[1] - b + 1), dtype)
    for i, j in np.ndindex(y.shape):
        y[i, j] = (xp[i : i + a, j : j + b] * k.astype(dtype)[::-1, ::-1]).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-valid correlate2d-sizes",
    diagnosis="The kernel is transposed: its rows lie on the image's columns.",
    hint="In the first window, which pixel must k[0, 1] meet: the right or the lower neighbour?",
)
def transposes_the_kernel(x, k, *, mode="valid"):
    k = k.T
    (H, W), (a, b) = x.shape, k.shape
    if mode not in ("valid", "same", "full") or (mode == "valid" and (a > H or b > W)):
        raise ValueError("No such mode, or the kernel does not fit.")
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    xp = x.astype(dtype)
    if mode == "same":
        xp = np.pad(xp, (((a - 1) // 2, a // 2), ((b - 1) // 2, b // 2)))
    elif mode == "full":
        xp = np.pad(xp, ((a - 1, a - 1), (b - 1, b - 1)))
    y = np.zeros((len(xp) - a + 1, xp.shape[1] - b + 1), dtype)
    for i, j in np.ndindex(y.shape):
        y[i, j] = (xp[i : i + a, j : j + b] * k.astype(dtype)).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-valid correlate2d-sizes",
    diagnosis="The two loops are swapped: the output is transposed.",
    hint="Does your outer loop go over rows? And does the first index of the output count rows?",
)
def swaps_the_loops(x, k, *, mode="valid"):
    (H, W), (a, b) = x.shape, k.shape
    if mode not in ("valid", "same", "full") or (mode == "valid" and (a > H or b > W)):
        raise ValueError("No such mode, or the kernel does not fit.")
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    xp = x.astype(dtype)
    if mode == "same":
        xp = np.pad(xp, (((a - 1) // 2, a // 2), ((b - 1) // 2, b // 2)))
    elif mode == "full":
        xp = np.pad(xp, ((a - 1, a - 1), (b - 1, b - 1)))
    y = np.zeros((xp.shape[1] - b + 1, len(xp) - a + 1), dtype)
    for j, i in np.ndindex(y.shape):
        y[j, i] = (xp[i : i + a, j : j + b] * k.astype(dtype)).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-sizes correlate2d-same",
    diagnosis="The output is square: its width is taken from the height.",
    hint="Which of your numbers depends on the image's width and the kernel's width?",
)
def makes_a_square_output(x, k, *, mode="valid"):
    (H, W), (a, b) = x.shape, k.shape
    if mode not in ("valid", "same", "full") or (mode == "valid" and (a > H or b > W)):
        raise ValueError("No such mode, or the kernel does not fit.")
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    xp = x.astype(dtype)
    if mode == "same":
        xp = np.pad(xp, (((a - 1) // 2, a // 2), ((b - 1) // 2, b // 2)))
    elif mode == "full":
        xp = np.pad(xp, ((a - 1, a - 1), (b - 1, b - 1)))
    size = len(xp) - a + 1
    y = np.zeros((size, size), dtype)
    for i, j in np.ndindex(y.shape):
        window = xp[i : i + a, j : j + b]
        y[i, j] = (window * k.astype(dtype)[:, : window.shape[1]]).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-sizes",
    diagnosis="The window is square: the kernel's number of rows counts for its columns as well.",
    hint="Of which shape is the window for a kernel of 1 x 3?",
)
def takes_a_square_window(x, k, *, mode="valid"):
    (H, W), a = x.shape, k.shape[0]
    if mode not in ("valid", "same", "full") or (mode == "valid" and (a > H or k.shape[1] > W)):
        raise ValueError("No such mode, or the kernel does not fit.")
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    top = {"valid": 0, "same": (a - 1) // 2, "full": a - 1}[mode]
    below = {"valid": 0, "same": a // 2, "full": a - 1}[mode]
    xp = np.pad(x.astype(dtype), (top, below))
    y = np.zeros((len(xp) - a + 1, xp.shape[1] - a + 1), dtype)
    for i, j in np.ndindex(y.shape):
        y[i, j] = (xp[i : i + a, j : j + a] * k.astype(dtype)).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-even",
    diagnosis="Mode 'same' puts half of the kernel's size on both sides, so even kernels make the "
    "output larger than the image.",
    hint="A kernel of 2 rows takes one row away. How many rows of zeros make up for it?",
)
def pads_half_the_kernel_on_both_sides(x, k, *, mode="valid"):
    (H, W), (a, b) = x.shape, k.shape
    if mode not in ("valid", "same", "full") or (mode == "valid" and (a > H or b > W)):
        raise ValueError("No such mode, or the kernel does not fit.")
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    rows, columns = {"valid": (0, 0), "same": (a // 2, b // 2), "full": (a - 1, b - 1)}[mode]
    xp = np.pad(x.astype(dtype), ((rows, rows), (columns, columns)))
    y = np.zeros((len(xp) - a + 1, xp.shape[1] - b + 1), dtype)
    for i, j in np.ndindex(y.shape):
        y[i, j] = (xp[i : i + a, j : j + b] * k.astype(dtype)).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-even",
    diagnosis="In mode 'same' the odd row and column of zeros stand above and on the left.",
    hint="The exercise says where an odd zero goes. Which pixel does the first window start at?",
)
def puts_the_odd_zero_first(x, k, *, mode="valid"):
    (H, W), (a, b) = x.shape, k.shape
    if mode not in ("valid", "same", "full") or (mode == "valid" and (a > H or b > W)):
        raise ValueError("No such mode, or the kernel does not fit.")
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    xp = x.astype(dtype)
    if mode == "same":
        xp = np.pad(xp, ((a // 2, (a - 1) // 2), (b // 2, (b - 1) // 2)))
    elif mode == "full":
        xp = np.pad(xp, ((a - 1, a - 1), (b - 1, b - 1)))
    y = np.zeros((len(xp) - a + 1, xp.shape[1] - b + 1), dtype)
    for i, j in np.ndindex(y.shape):
        y[i, j] = (xp[i : i + a, j : j + b] * k.astype(dtype)).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-same",
    diagnosis="Mode 'same' repeats the border pixels outside, where zeros should stand.",
    hint="What does the table of the modes say that is put around the image?",
)
def pads_with_border_pixels(x, k, *, mode="valid"):
    (H, W), (a, b) = x.shape, k.shape
    if mode not in ("valid", "same", "full") or (mode == "valid" and (a > H or b > W)):
        raise ValueError("No such mode, or the kernel does not fit.")
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    xp = x.astype(dtype)
    if mode == "same":
        xp = np.pad(xp, (((a - 1) // 2, a // 2), ((b - 1) // 2, b // 2)), "edge")
    elif mode == "full":
        xp = np.pad(xp, ((a - 1, a - 1), (b - 1, b - 1)))
    y = np.zeros((len(xp) - a + 1, xp.shape[1] - b + 1), dtype)
    for i, j in np.ndindex(y.shape):
        y[i, j] = (xp[i : i + a, j : j + b] * k.astype(dtype)).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-same correlate2d-full",
    diagnosis="A kernel larger than the image is refused in every mode, not only in 'valid'.",
    hint="With enough zeros around it, even a single pixel has a place for a large kernel.",
)
def always_refuses_large_kernels(x, k, *, mode="valid"):
    (H, W), (a, b) = x.shape, k.shape
    if mode not in ("valid", "same", "full") or a > H or b > W:
        raise ValueError("No such mode, or the kernel does not fit.")
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    xp = x.astype(dtype)
    if mode == "same":
        xp = np.pad(xp, (((a - 1) // 2, a // 2), ((b - 1) // 2, b // 2)))
    elif mode == "full":
        xp = np.pad(xp, ((a - 1, a - 1), (b - 1, b - 1)))
    y = np.zeros((len(xp) - a + 1, xp.shape[1] - b + 1), dtype)
    for i, j in np.ndindex(y.shape):
        y[i, j] = (xp[i : i + a, j : j + b] * k.astype(dtype)).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-full",
    diagnosis="Mode 'full' puts a rows and b columns on each side, one more than the kernel can "
    "reach into.",
    hint="At its first place the kernel touches the image with one tap. How many rows hang out?",
)
def pads_a_whole_kernel(x, k, *, mode="valid"):
    (H, W), (a, b) = x.shape, k.shape
    if mode not in ("valid", "same", "full") or (mode == "valid" and (a > H or b > W)):
        raise ValueError("No such mode, or the kernel does not fit.")
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    xp = x.astype(dtype)
    if mode == "same":
        xp = np.pad(xp, (((a - 1) // 2, a // 2), ((b - 1) // 2, b // 2)))
    elif mode == "full":
        xp = np.pad(xp, ((a, a), (b, b)))
    y = np.zeros((len(xp) - a + 1, xp.shape[1] - b + 1), dtype)
    for i, j in np.ndindex(y.shape):
        y[i, j] = (xp[i : i + a, j : j + b] * k.astype(dtype)).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-dtype",
    diagnosis="The products are made in the image's own integers and wrap around.",
    hint="Try np.uint8(200) * np.uint8(2). Where does your function convert?",
)
def multiplies_in_the_image_s_integers(x, k, *, mode="valid"):
    (H, W), (a, b) = x.shape, k.shape
    if mode not in ("valid", "same", "full") or (mode == "valid" and (a > H or b > W)):
        raise ValueError("No such mode, or the kernel does not fit.")
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    xp = x
    if mode == "same":
        xp = np.pad(xp, (((a - 1) // 2, a // 2), ((b - 1) // 2, b // 2)))
    elif mode == "full":
        xp = np.pad(xp, ((a - 1, a - 1), (b - 1, b - 1)))
    y = np.zeros((len(xp) - a + 1, xp.shape[1] - b + 1), dtype)
    for i, j in np.ndindex(y.shape):
        y[i, j] = (xp[i : i + a, j : j + b] * k).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-dtype",
    diagnosis="The result is always float64, so float32 is not kept.",
    hint="Which dtype has np.zeros(shape) if nobody says another?",
)
def always_gives_float64(x, k, *, mode="valid"):
    (H, W), (a, b) = x.shape, k.shape
    if mode not in ("valid", "same", "full") or (mode == "valid" and (a > H or b > W)):
        raise ValueError("No such mode, or the kernel does not fit.")
    xp = x.astype(float)
    if mode == "same":
        xp = np.pad(xp, (((a - 1) // 2, a // 2), ((b - 1) // 2, b // 2)))
    elif mode == "full":
        xp = np.pad(xp, ((a - 1, a - 1), (b - 1, b - 1)))
    y = np.zeros((len(xp) - a + 1, xp.shape[1] - b + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = (xp[i : i + a, j : j + b] * k).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-errors",
    diagnosis="A kernel that does not fit gives an empty array in place of an error.",
    hint="Whom does an empty array help? Compare the sizes before anything else.",
)
def gives_an_empty_array(x, k, *, mode="valid"):
    a, b = k.shape
    if mode not in ("valid", "same", "full"):
        raise ValueError("No such mode.")
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    xp = x.astype(dtype)
    if mode == "same":
        xp = np.pad(xp, (((a - 1) // 2, a // 2), ((b - 1) // 2, b // 2)))
    elif mode == "full":
        xp = np.pad(xp, ((a - 1, a - 1), (b - 1, b - 1)))
    y = np.zeros((max(0, len(xp) - a + 1), max(0, xp.shape[1] - b + 1)), dtype)
    for i, j in np.ndindex(y.shape):
        y[i, j] = (xp[i : i + a, j : j + b] * k.astype(dtype)).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-errors",
    diagnosis="An unknown mode is taken for 'valid'.",
    hint="An `else` catches everything, a slip of the pen included.",
)
def takes_any_word_for_valid(x, k, *, mode="valid"):
    (H, W), (a, b) = x.shape, k.shape
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    xp = x.astype(dtype)
    if mode == "same":
        xp = np.pad(xp, (((a - 1) // 2, a // 2), ((b - 1) // 2, b // 2)))
    elif mode == "full":
        xp = np.pad(xp, ((a - 1, a - 1), (b - 1, b - 1)))
    elif a > H or b > W:
        raise ValueError("The kernel does not fit.")
    y = np.zeros((len(xp) - a + 1, xp.shape[1] - b + 1), dtype)
    for i, j in np.ndindex(y.shape):
        y[i, j] = (xp[i : i + a, j : j + b] * k.astype(dtype)).sum()
    return y


@misconception(
    replaces="correlate2d",
    fails="correlate2d-valid correlate2d-contract",
    diagnosis="The window is multiplied in place: it is a view, so the image itself is changed, "
    "and every later window sees products.",
    hint="What does `window *= k` do to the array that the window was cut from?",
)
def multiplies_in_place(x, k, *, mode="valid"):
    (H, W), (a, b) = x.shape, k.shape
    if mode not in ("valid", "same", "full") or (mode == "valid" and (a > H or b > W)):
        raise ValueError("No such mode, or the kernel does not fit.")
    dtype = np.result_type(*(z.dtype if z.dtype.kind == "f" else np.float64 for z in (x, k)))
    xp = x.astype(dtype, copy=False)
    if mode == "same":
        xp = np.pad(xp, (((a - 1) // 2, a // 2), ((b - 1) // 2, b // 2)))
    elif mode == "full":
        xp = np.pad(xp, ((a - 1, a - 1), (b - 1, b - 1)))
    y = np.zeros((len(xp) - a + 1, xp.shape[1] - b + 1), dtype)
    for i, j in np.ndindex(y.shape):
        window = xp[i : i + a, j : j + b]
        window *= k.astype(dtype)
        y[i, j] = window.sum()
    return y


# convolve2d


@misconception(
    replaces="convolve2d",
    fails="convolve2d-full convolve2d-same",
    diagnosis="The kernel is not turned: that is correlation.",
    hint="Run it on a black image with one white pixel: what should the pixel leave behind?",
)
def does_not_turn(x, k, *, mode="full"):
    (H, W), (a, b) = x.shape, k.shape
    if mode == "valid":
        return filters.correlate2d(x, k)
    full = filters.correlate2d(x, k, mode="full")
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError("No such mode.")
    top, left = (a - 1) // 2, (b - 1) // 2
    return full[top : top + H, left : left + W].copy()


@misconception(
    replaces="convolve2d",
    fails="convolve2d-full convolve2d-valid",
    diagnosis="Only the order of the kernel's rows is turned round, not that of its columns.",
    hint="How many axes has a kernel, and along how many of them does the formula run backwards?",
)
def turns_rows_only(x, k, *, mode="full"):
    (H, W), (a, b) = x.shape, k.shape
    if mode == "valid":
        return filters.correlate2d(x, k[::-1])
    full = filters.correlate2d(x, k[::-1], mode="full")
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError("No such mode.")
    top, left = (a - 1) // 2, (b - 1) // 2
    return full[top : top + H, left : left + W].copy()


@misconception(
    replaces="convolve2d",
    fails="convolve2d-full convolve2d-same",
    diagnosis="Only the order of the kernel's columns is turned round, not that of its rows.",
    hint="How many axes has a kernel, and along how many of them does the formula run backwards?",
)
def turns_columns_only(x, k, *, mode="full"):
    (H, W), (a, b) = x.shape, k.shape
    if mode == "valid":
        return filters.correlate2d(x, k[:, ::-1])
    full = filters.correlate2d(x, k[:, ::-1], mode="full")
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError("No such mode.")
    top, left = (a - 1) // 2, (b - 1) // 2
    return full[top : top + H, left : left + W].copy()


@misconception(
    replaces="convolve2d",
    fails="convolve2d-full convolve2d-valid",
    diagnosis="The kernel is turned by 90 degrees, a quarter turn.",
    hint="Where does k[0, 0] end up after your turn, and where should it?",
)
def turns_by_a_quarter(x, k, *, mode="full"):
    k = np.rot90(k)
    (H, W), (a, b) = x.shape, k.shape
    if mode == "valid":
        return filters.correlate2d(x, k)
    full = filters.correlate2d(x, k, mode="full")
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError("No such mode.")
    top, left = (a - 1) // 2, (b - 1) // 2
    return full[top : top + H, left : left + W].copy()


@misconception(
    replaces="convolve2d",
    fails="convolve2d-full convolve2d-valid",
    diagnosis="The kernel is transposed in place of being turned.",
    hint="k.T mirrors at the diagonal, and k[0, 0] stays where it was. Should it?",
)
def transposes_instead_of_turning(x, k, *, mode="full"):
    k = k.T
    (H, W), (a, b) = x.shape, k.shape
    if mode == "valid":
        return filters.correlate2d(x, k)
    full = filters.correlate2d(x, k, mode="full")
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError("No such mode.")
    top, left = (a - 1) // 2, (b - 1) // 2
    return full[top : top + H, left : left + W].copy()


@misconception(
    replaces="convolve2d",
    fails="convolve2d-full convolve2d-same",
    diagnosis="The image is turned and not the kernel, so the whole result stands on its head.",
    hint="Compare the first and the last number of your result with those expected.",
)
def turns_the_image(x, k, *, mode="full"):
    x = x[::-1, ::-1]
    (H, W), (a, b) = x.shape, k.shape
    if mode == "valid":
        return filters.correlate2d(x, k)
    full = filters.correlate2d(x, k, mode="full")
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError("No such mode.")
    top, left = (a - 1) // 2, (b - 1) // 2
    return full[top : top + H, left : left + W].copy()


@misconception(
    replaces="convolve2d",
    fails="convolve2d-even",
    diagnosis="Mode 'same' is the correlation's 'same' with the turned kernel, which starts one "
    "row or column too late for an even kernel.",
    hint="For 2 rows 'same' begins at row (2 - 1) // 2 of 'full'. At which row does yours begin?",
)
def takes_the_same_of_correlation(x, k, *, mode="full"):
    return filters.correlate2d(x, k[::-1, ::-1], mode=mode)


@misconception(
    replaces="convolve2d",
    fails="convolve2d-same convolve2d-even",
    diagnosis="Mode 'same' is cut out of 'full' from its upper left corner.",
    hint="'same' is the middle of 'full'. How many rows of 'full' stand above it?",
)
def cuts_from_the_corner(x, k, *, mode="full"):
    H, W = x.shape
    if mode == "valid":
        return filters.correlate2d(x, k[::-1, ::-1])
    full = filters.correlate2d(x, k[::-1, ::-1], mode="full")
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError("No such mode.")
    return full[:H, :W].copy()


@misconception(
    replaces="convolve2d",
    fails="convolve2d-valid",
    diagnosis="Mode 'valid' leaves out a rows of 'full' at the beginning, one too many.",
    hint="In how many rows at the top of 'full' does the kernel hang out of the image?",
)
def starts_valid_one_row_late(x, k, *, mode="full"):
    (H, W), (a, b) = x.shape, k.shape
    full = filters.correlate2d(x, k[::-1, ::-1], mode="full")
    if mode == "full":
        return full
    if mode == "valid":
        if a > H or b > W:
            raise ValueError("The kernel does not fit.")
        if (a, b) == (H, W):
            return full[a - 1 : a, b - 1 : b].copy()
        return full[a : a + H - a + 1, b : b + W - b + 1].copy()
    if mode != "same":
        raise ValueError("No such mode.")
    top, left = (a - 1) // 2, (b - 1) // 2
    return full[top : top + H, left : left + W].copy()


@misconception(
    replaces="convolve2d",
    fails="convolve2d-full",
    diagnosis="Without a mode the result is that of 'valid'.",
    hint="What stands in the first line of the stub after `mode=`?",
)
def is_valid_by_default(x, k, *, mode="valid"):
    (H, W), (a, b) = x.shape, k.shape
    if mode == "valid":
        return filters.correlate2d(x, k[::-1, ::-1])
    full = filters.correlate2d(x, k[::-1, ::-1], mode="full")
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError("No such mode.")
    top, left = (a - 1) // 2, (b - 1) // 2
    return full[top : top + H, left : left + W].copy()


@misconception(
    replaces="convolve2d",
    fails="convolve2d-commutes",
    diagnosis="A kernel larger than the image is refused in every mode, not only in 'valid'.",
    hint="The formula treats image and kernel alike. Why should one of them be the larger?",
)
def refuses_large_kernels_in_every_mode(x, k, *, mode="full"):
    (H, W), (a, b) = x.shape, k.shape
    if a > H or b > W:
        raise ValueError("The kernel does not fit.")
    if mode == "valid":
        return filters.correlate2d(x, k[::-1, ::-1])
    full = filters.correlate2d(x, k[::-1, ::-1], mode="full")
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError("No such mode.")
    top, left = (a - 1) // 2, (b - 1) // 2
    return full[top : top + H, left : left + W].copy()


@misconception(
    replaces="convolve2d",
    fails="convolve2d-errors",
    diagnosis="In mode 'valid' a kernel that is larger than the image silently changes places "
    "with it.",
    hint="SciPy does that. Here a kernel that does not fit is an error.",
)
def changes_places_if_need_be(x, k, *, mode="full"):
    if mode == "valid" and (k.shape[0] > x.shape[0] or k.shape[1] > x.shape[1]):
        rows, columns = max(len(x), len(k)), max(x.shape[1], k.shape[1])
        image = np.zeros((rows, columns), np.result_type(x, k))
        image[: len(k), : k.shape[1]] = k
        x, k = image, x
    (H, W), (a, b) = x.shape, k.shape
    if mode == "valid":
        return filters.correlate2d(x, k[::-1, ::-1])
    full = filters.correlate2d(x, k[::-1, ::-1], mode="full")
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError("No such mode.")
    top, left = (a - 1) // 2, (b - 1) // 2
    return full[top : top + H, left : left + W].copy()


@misconception(
    replaces="convolve2d",
    fails="convolve2d-dtype",
    diagnosis="The stamps are added up in the operands' integers, which wrap around.",
    hint="Try np.uint8(200) * np.uint8(2). In which dtype do you add up?",
)
def stamps_in_integers(x, k, *, mode="full"):
    (H, W), (a, b) = x.shape, k.shape
    if mode not in ("full", "same", "valid") or (mode == "valid" and (a > H or b > W)):
        raise ValueError("No such mode, or the kernel does not fit.")
    y = np.zeros((H + a - 1, W + b - 1), np.result_type(x, k))
    for i, j in np.ndindex(H, W):
        y[i : i + a, j : j + b] += x[i, j] * k
    if mode == "valid":
        return y[a - 1 : H, b - 1 : W].copy()
    top, left = (a - 1) // 2, (b - 1) // 2
    return y if mode == "full" else y[top : top + H, left : left + W].copy()


@misconception(
    replaces="convolve2d",
    fails="convolve2d-contract",
    diagnosis="The caller's kernel is turned in place and comes back the wrong way round.",
    hint="`k[:] = ...` writes into the caller's array; a name of your own would not.",
)
def turns_the_caller_s_kernel(x, k, *, mode="full"):
    k[:] = k[::-1, ::-1].copy()
    (H, W), (a, b) = x.shape, k.shape
    if mode == "valid":
        return filters.correlate2d(x, k)
    full = filters.correlate2d(x, k, mode="full")
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError("No such mode.")
    top, left = (a - 1) // 2, (b - 1) // 2
    return full[top : top + H, left : left + W].copy()


# gaussian_kernel


@misconception(
    replaces="gaussian_kernel",
    fails="gaussian_kernel-sum",
    diagnosis="The weights are not divided by their sum, so the picture gets brighter.",
    hint="What does the kernel do to a flat surface?",
)
def does_not_normalise(size, sigma):
    if size < 1 or sigma <= 0:
        raise ValueError("size >= 1 and sigma > 0, please.")
    squares = (np.arange(size) - (size - 1) / 2) ** 2
    squares = squares[:, None] + squares
    return np.exp(-(squares - squares.min()) / (2 * sigma**2))


@misconception(
    replaces="gaussian_kernel",
    fails="gaussian_kernel-sum",
    diagnosis="The weights are divided by 2 pi sigma^2, the integral of a bell over the whole "
    "plane, and not by their own sum.",
    hint="A few pixels are not the whole plane. What is the sum of your nine weights?",
)
def divides_by_the_integral(size, sigma):
    if size < 1 or sigma <= 0:
        raise ValueError("size >= 1 and sigma > 0, please.")
    squares = (np.arange(size) - (size - 1) / 2) ** 2
    squares = squares[:, None] + squares
    return np.exp(-squares / (2 * sigma**2)) / (2 * np.pi * sigma**2)


@misconception(
    replaces="gaussian_kernel",
    fails="gaussian_kernel-sum",
    diagnosis="Each row adds up to 1, and not the whole kernel.",
    hint="Print the sum of all weights of a 3 x 3 kernel.",
)
def normalises_each_row(size, sigma):
    if size < 1 or sigma <= 0:
        raise ValueError("size >= 1 and sigma > 0, please.")
    squares = (np.arange(size) - (size - 1) / 2) ** 2
    squares = squares[:, None] + squares
    weights = np.exp(-(squares - squares.min()) / (2 * sigma**2))
    return weights / weights.sum(axis=1, keepdims=True).clip(1e-300)


@misconception(
    replaces="gaussian_kernel",
    fails="gaussian_kernel-bell",
    diagnosis="Sigma is not squared.",
    hint="With sigma = 1 nobody sees it. What stands below the fraction line?",
)
def does_not_square_sigma(size, sigma):
    if size < 1 or sigma <= 0:
        raise ValueError("size >= 1 and sigma > 0, please.")
    squares = (np.arange(size) - (size - 1) / 2) ** 2
    squares = squares[:, None] + squares
    weights = np.exp(-(squares - squares.min()) / (2 * sigma))
    return weights / weights.sum()


@misconception(
    replaces="gaussian_kernel",
    fails="gaussian_kernel-bell",
    diagnosis="The 2 below the fraction line is missing: the bell is too narrow.",
    hint="With sigma = 1, how does the weight one pixel away compare with the middle one?",
)
def forgets_the_two(size, sigma):
    if size < 1 or sigma <= 0:
        raise ValueError("size >= 1 and sigma > 0, please.")
    squares = (np.arange(size) - (size - 1) / 2) ** 2
    squares = squares[:, None] + squares
    weights = np.exp(-(squares - squares.min()) / sigma**2)
    return weights / weights.sum()


@misconception(
    replaces="gaussian_kernel",
    fails="gaussian_kernel-bell",
    diagnosis="The distance is not squared: that is a tent with a curved roof, no bell.",
    hint="Did you take a root of r^2 on the way?",
)
def does_not_square_the_distance(size, sigma):
    if size < 1 or sigma <= 0:
        raise ValueError("size >= 1 and sigma > 0, please.")
    squares = (np.arange(size) - (size - 1) / 2) ** 2
    distance = np.sqrt(squares[:, None] + squares)
    weights = np.exp(-(distance - distance.min()) / (2 * sigma**2))
    return weights / weights.sum()


@misconception(
    replaces="gaussian_kernel",
    fails="gaussian_kernel-bell",
    diagnosis="Distances are measured from -1 to 1 across the kernel, not in pixels.",
    hint="How far apart are two neighbouring pixels in your list of distances?",
)
def measures_in_half_kernels(size, sigma):
    if size < 1 or sigma <= 0:
        raise ValueError("size >= 1 and sigma > 0, please.")
    squares = np.linspace(-1, 1, size) ** 2 if size > 1 else np.zeros(1)
    squares = squares[:, None] + squares
    weights = np.exp(-(squares - squares.min()) / (2 * sigma**2))
    return weights / weights.sum()


@misconception(
    replaces="gaussian_kernel",
    fails="gaussian_kernel-even",
    diagnosis="The middle of an even kernel is put on a pixel, size // 2, so the bell is lopsided.",
    hint="Between which two pixels is the middle of four?",
)
def puts_the_middle_on_a_pixel(size, sigma):
    if size < 1 or sigma <= 0:
        raise ValueError("size >= 1 and sigma > 0, please.")
    squares = (np.arange(size) - size // 2) ** 2
    squares = squares[:, None] + squares
    weights = np.exp(-squares / (2 * sigma**2))
    return weights / weights.sum()


@misconception(
    replaces="gaussian_kernel",
    fails="gaussian_kernel-narrow",
    diagnosis="A narrow bell of even size is 0 everywhere in floating point, and 0 / 0 is NaN.",
    hint="Only ratios count. By which factor may all weights be multiplied, so that one is 1?",
)
def divides_zero_by_zero(size, sigma):
    if size < 1 or sigma <= 0:
        raise ValueError("size >= 1 and sigma > 0, please.")
    squares = (np.arange(size) - (size - 1) / 2) ** 2
    with np.errstate(all="ignore"):
        weights = np.exp(-(squares[:, None] + squares) / (2 * sigma**2))
        return weights / weights.sum()


@misconception(
    replaces="gaussian_kernel",
    fails="gaussian_kernel-errors",
    diagnosis="A negative sigma passes, since it is squared.",
    hint="What width is -1? And what width is 0?",
)
def lets_negative_sigma_pass(size, sigma):
    if size < 1 or sigma == 0:
        raise ValueError("size >= 1 and sigma > 0, please.")
    squares = (np.arange(size) - (size - 1) / 2) ** 2
    squares = squares[:, None] + squares
    weights = np.exp(-(squares - squares.min()) / (2 * sigma**2))
    return weights / weights.sum()


# sobel_edges


@misconception(
    replaces="sobel_edges",
    fails="sobel_edges-gx sobel_edges-gy",
    diagnosis="gx and gy have changed places.",
    hint="x goes to the right. Which kernel compares the right column with the left one?",
)
def swaps_gx_and_gy(x):
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    gx = filters.correlate2d(x, sobel_down.astype(dtype), mode="same")
    gy = filters.correlate2d(x, sobel_right.astype(dtype), mode="same")
    return gx, gy, np.hypot(gx, gy)


@misconception(
    replaces="sobel_edges",
    fails="sobel_edges-gx sobel_edges-gy",
    diagnosis="Both signs are turned round: the kernels were flipped, as in a convolution.",
    hint="Where it gets brighter to the right gx must be positive. Which operation flips?",
)
def convolves_with_sobel(x):
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    gx = filters.convolve2d(x, sobel_right.astype(dtype), mode="same")
    gy = filters.convolve2d(x, sobel_down.astype(dtype), mode="same")
    return gx, gy, np.hypot(gx, gy)


@misconception(
    replaces="sobel_edges",
    fails="sobel_edges-gy",
    diagnosis="gy is positive where it gets brighter upwards.",
    hint="In a picture rows are counted downwards, other than on the axes of a graph.",
)
def points_gy_upwards(x):
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    gx = filters.correlate2d(x, sobel_right.astype(dtype), mode="same")
    gy = filters.correlate2d(x, sobel_down[::-1].astype(dtype), mode="same")
    return gx, gy, np.hypot(gx, gy)


@misconception(
    replaces="sobel_edges",
    fails="sobel_edges-gx sobel_edges-gy",
    diagnosis="The signs are gone: the absolute values of both responses are returned.",
    hint="The sign says on which side it is brighter. Only the magnitude may lose it.",
)
def takes_absolute_values(x):
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    gx = abs(filters.correlate2d(x, sobel_right.astype(dtype), mode="same"))
    gy = abs(filters.correlate2d(x, sobel_down.astype(dtype), mode="same"))
    return gx, gy, np.hypot(gx, gy)


@misconception(
    replaces="sobel_edges",
    fails="sobel_edges-gx sobel_edges-gy sobel_edges-magnitude",
    diagnosis="The middle row and column don't count twice: those are Prewitt's kernels.",
    hint="Compare your weights with those in the text, number by number.",
)
def uses_prewitt(x):
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    kernel = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], dtype)
    gx = filters.correlate2d(x, kernel, mode="same")
    gy = filters.correlate2d(x, kernel.T, mode="same")
    return gx, gy, np.hypot(gx, gy)


@misconception(
    replaces="sobel_edges",
    fails="sobel_edges-magnitude",
    diagnosis="The magnitude is the sum of the absolute values, so slanting edges count too much.",
    hint="How long is the arrow 3 to the right and 4 down? Not 7.",
)
def adds_absolute_values(x):
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    gx = filters.correlate2d(x, sobel_right.astype(dtype), mode="same")
    gy = filters.correlate2d(x, sobel_down.astype(dtype), mode="same")
    return gx, gy, abs(gx) + abs(gy)


@misconception(
    replaces="sobel_edges",
    fails="sobel_edges-magnitude",
    diagnosis="The root is missing: the magnitude is squared.",
    hint="How long is the arrow 3 to the right and 4 down? Not 25.",
)
def forgets_the_root(x):
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    gx = filters.correlate2d(x, sobel_right.astype(dtype), mode="same")
    gy = filters.correlate2d(x, sobel_down.astype(dtype), mode="same")
    return gx, gy, gx**2 + gy**2


@misconception(
    replaces="sobel_edges",
    fails="sobel_edges-gx sobel_edges-gy",
    diagnosis="The squares for the magnitude are made in place, so gx and gy come back squared.",
    hint="What does `gx *= gx` leave in gx?",
)
def squares_in_place(x):
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    gx = filters.correlate2d(x, sobel_right.astype(dtype), mode="same")
    gy = filters.correlate2d(x, sobel_down.astype(dtype), mode="same")
    gx *= gx
    gy *= gy
    return gx, gy, np.sqrt(gx + gy)


@misconception(
    replaces="sobel_edges",
    fails="sobel_edges-border",
    diagnosis="The border pixels are repeated outside, where zeros should stand.",
    hint="What is outside in mode 'same'?",
)
def repeats_the_border(x):
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    xp = filters.pad2d(x, 1, mode="edge")
    gx = filters.correlate2d(xp, sobel_right.astype(dtype))
    gy = filters.correlate2d(xp, sobel_down.astype(dtype))
    return gx, gy, np.hypot(gx, gy)


@misconception(
    replaces="sobel_edges",
    fails="sobel_edges-gx sobel_edges-gy sobel_edges-magnitude sobel_edges-border",
    diagnosis="The responses are smaller than the image: only windows inside it were used.",
    hint="Which mode keeps the size?",
)
def shrinks_the_image(x):
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    gx = filters.correlate2d(x, sobel_right.astype(dtype))
    gy = filters.correlate2d(x, sobel_down.astype(dtype))
    return gx, gy, np.hypot(gx, gy)


@misconception(
    replaces="sobel_edges",
    fails="sobel_edges-uint8",
    diagnosis="The differences are made in the photograph's own integers, which wrap around.",
    hint="Try np.uint8(3) - np.uint8(5). Convert before you compute.",
)
def subtracts_in_uint8(x):
    xp = filters.pad2d(x, 1) * 1  # bool counts as int, all else stays
    right, left = xp[:, 2:], xp[:, :-2]
    below, above = xp[2:], xp[:-2]
    gx = (right[:-2] - left[:-2]) + 2 * (right[1:-1] - left[1:-1]) + (right[2:] - left[2:])
    gy = (below - above)[:, :-2] + 2 * (below - above)[:, 1:-1] + (below - above)[:, 2:]
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    gx, gy = gx.astype(dtype), gy.astype(dtype)
    return gx, gy, np.hypot(gx, gy)


@misconception(
    replaces="sobel_edges",
    fails="sobel_edges-dtype",
    diagnosis="float32 is not kept: the kernels hold integers, which count as float64.",
    hint="Of which dtype must the kernel be, so that the result has the image's?",
)
def makes_float64_of_float32(x):
    gx = filters.correlate2d(x, sobel_right, mode="same")
    gy = filters.correlate2d(x, sobel_down, mode="same")
    return gx, gy, np.hypot(gx, gy)


@misconception(
    replaces="sobel_edges",
    fails="sobel_edges-contract",
    diagnosis="The magnitude is written into the caller's image, if that holds floats already.",
    hint="`astype(..., copy=False)` gives x itself where nothing is to convert. Don't write there.",
)
def writes_the_magnitude_into_the_image(x):
    x = x.astype(x.dtype if x.dtype.kind == "f" else np.float64, copy=False)
    gx = filters.correlate2d(x, sobel_right.astype(x.dtype), mode="same")
    gy = filters.correlate2d(x, sobel_down.astype(x.dtype), mode="same")
    return gx, gy, np.hypot(gx, gy, out=x)
