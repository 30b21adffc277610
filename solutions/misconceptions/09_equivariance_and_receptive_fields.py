"""Wrong solutions of chapter 09 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells. Most are a
right solution with one thing wrong, so that they fail for that thing only.
"""
# ruff: noqa: D103 - what a function does wrong is said in its diagnosis

import numpy as np

from autograder.misconceptions import misconception
from cnnkit import images
from cnnkit.shapes import pair

# shift2d


@misconception(
    replaces="shift2d",
    fails="shift2d-zero",
    diagnosis="The picture always goes round, also in mode 'zero'.",
    hint="np.roll brings back at the other side what has left. What shall stand there instead?",
)
def always_rolls(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("unknown mode")
    return np.roll(x, (rows, cols), axis=(-2, -1))


@misconception(
    replaces="shift2d",
    fails="shift2d-zero shift2d-wrap",
    diagnosis="Rows and columns are mixed up: rows moves to the right, cols moves down.",
    hint="Which axis of x counts the rows, the last one or the one before?",
)
def swaps_rows_and_columns(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("unknown mode")
    H, W = x.shape[-2:]
    if mode == "wrap":
        return np.roll(x, (cols, rows), axis=(-2, -1))
    y = np.zeros_like(x)
    for i, j in np.ndindex(H, W):
        if 0 <= i - cols < H and 0 <= j - rows < W:
            y[..., i, j] = x[..., i - cols, j - rows]
    return y


@misconception(
    replaces="shift2d",
    fails="shift2d-zero shift2d-wrap",
    diagnosis="The picture moves the other way: positive numbers move it up and to the left.",
    hint="What was at row 0 shall be at row 1 after a shift by 1. Where does yours go?",
)
def moves_the_other_way(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("unknown mode")
    H, W = x.shape[-2:]
    if mode == "wrap":
        return np.roll(x, (-rows, -cols), axis=(-2, -1))
    y = np.zeros_like(x)
    for i, j in np.ndindex(H, W):
        if 0 <= i + rows < H and 0 <= j + cols < W:
            y[..., i, j] = x[..., i + rows, j + cols]
    return y


@misconception(
    replaces="shift2d",
    fails="shift2d-zero shift2d-signs",
    diagnosis="The picture is cut with x[:-rows], which is empty where the shift is 0.",
    hint="-0 is 0, and x[:0] holds nothing. Count the end of the slice from the beginning.",
)
def cuts_with_minus_zero(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("unknown mode")
    if mode == "wrap":
        return np.roll(x, (rows, cols), axis=(-2, -1))
    y = np.zeros_like(x)
    y[..., rows:, cols:] = x[..., :-rows, :-cols]
    return y


@misconception(
    replaces="shift2d",
    fails="shift2d-signs",
    diagnosis="Only shifts down and to the right are handled; negative ones are not.",
    hint="Moving up by 1, which rows stay, and where do they go? Draw it for 3 rows.",
)
def forgets_negative_shifts(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("unknown mode")
    if mode == "wrap":
        return np.roll(x, (rows, cols), axis=(-2, -1))
    H, W = x.shape[-2:]
    y = np.zeros_like(x)
    kept = max(0, H - rows), max(0, W - cols)
    y[..., rows:, cols:] = x[..., : kept[0], : kept[1]]
    return y


@misconception(
    replaces="shift2d",
    fails="shift2d-far",
    diagnosis="Where the shift exceeds the picture, the number of pixels that stay is negative.",
    hint="How many of 3 columns stay after a shift by 4? What does x[:-1] mean instead?",
)
def keeps_less_than_nothing(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("unknown mode")
    if mode == "wrap":
        return np.roll(x, (rows, cols), axis=(-2, -1))
    y, parts = np.zeros_like(x), []
    for n, shift in zip(x.shape[-2:], (rows, cols), strict=True):
        to, start = (shift, 0) if shift >= 0 else (0, -shift)
        parts.append((slice(to, None if shift >= 0 else n + shift), slice(start, n - to)))
    (to_rows, from_rows), (to_cols, from_cols) = parts
    y[..., to_rows, to_cols] = x[..., from_rows, from_cols]
    return y


@misconception(
    replaces="shift2d",
    fails="shift2d-far",
    diagnosis="Going round is right for less than one turn only.",
    hint="A shift by 4 of 3 columns is a turn and one more. Which operator gives the one?",
)
def goes_round_once(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("unknown mode")
    if mode == "wrap":
        y = np.concatenate([x[..., -rows:, :], x[..., :-rows, :]], axis=-2)
        return np.concatenate([y[..., -cols:], y[..., :-cols]], axis=-1)
    H, W = x.shape[-2:]
    y = np.zeros_like(x)
    for i, j in np.ndindex(H, W):
        if 0 <= i - rows < H and 0 <= j - cols < W:
            y[..., i, j] = x[..., i - rows, j - cols]
    return y


@misconception(
    replaces="shift2d",
    fails="shift2d-wrap",
    diagnosis="Mode 'wrap' fills with zeros like mode 'zero'.",
    hint="In mode 'wrap' no number is lost. Where is the last column after a shift by 1?",
)
def never_wraps(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("unknown mode")
    H, W = x.shape[-2:]
    y = np.zeros_like(x)
    for i, j in np.ndindex(H, W):
        if 0 <= i - rows < H and 0 <= j - cols < W:
            y[..., i, j] = x[..., i - rows, j - cols]
    return y


@misconception(
    replaces="shift2d",
    fails="shift2d-wrap",
    diagnosis="np.roll is used without axes, so that pixels move on to the next row.",
    hint="Without an axis np.roll lays everything in one row first. Where does the 3 go?",
)
def rolls_without_axes(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("unknown mode")
    H, W = x.shape[-2:]
    if mode == "wrap":
        return np.roll(x, rows * W + cols)
    y = np.zeros_like(x)
    for i, j in np.ndindex(H, W):
        if 0 <= i - rows < H and 0 <= j - cols < W:
            y[..., i, j] = x[..., i - rows, j - cols]
    return y


@misconception(
    replaces="shift2d",
    fails="shift2d-batch",
    diagnosis="The first two axes are moved: in a batch these are images and channels.",
    hint="Rows and columns are the last two axes. How are these counted from the end?",
)
def moves_the_first_axes(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("unknown mode")
    if mode == "wrap":
        return np.roll(x, (rows, cols), axis=(0, 1))
    H, W = x.shape[:2]
    y = np.zeros_like(x)
    for i, j in np.ndindex(H, W):
        if 0 <= i - rows < H and 0 <= j - cols < W:
            y[i, j] = x[i - rows, j - cols]
    return y


@misconception(
    replaces="shift2d",
    fails="shift2d-kind",
    diagnosis="The result is float64, whatever the picture was.",
    hint="np.zeros makes float64 unless it is told otherwise.",
)
def makes_floats(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("unknown mode")
    if mode == "wrap":
        return np.roll(x, (rows, cols), axis=(-2, -1))
    H, W = x.shape[-2:]
    y = np.zeros(x.shape)
    for i, j in np.ndindex(H, W):
        if 0 <= i - rows < H and 0 <= j - cols < W:
            y[..., i, j] = x[..., i - rows, j - cols]
    return y


@misconception(
    replaces="shift2d",
    fails="shift2d-kind",
    diagnosis="Any word is taken as a mode, without an error.",
    hint="What does your function do with mode='reflect'? The docstring says what it should.",
)
def takes_any_mode(x, rows, cols, *, mode="zero"):
    y = np.roll(x, (rows, cols), axis=(-2, -1))
    if mode == "zero":
        H, W = x.shape[-2:]
        row, col = np.arange(H)[:, None] - rows, np.arange(W) - cols
        y[..., (row < 0) | (row >= H) | (col < 0) | (col >= W)] = 0
    return y


@misconception(
    replaces="shift2d",
    fails="shift2d-contract",
    diagnosis="Without a shift the picture itself is returned, and not a copy.",
    hint="Who writes into your result would change the caller's picture.",
)
def returns_the_picture_itself(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("unknown mode")
    if rows == 0 and cols == 0:
        return x
    y = np.roll(x, (rows, cols), axis=(-2, -1))
    if mode == "zero":
        H, W = x.shape[-2:]
        row, col = np.arange(H)[:, None] - rows, np.arange(W) - cols
        y[..., (row < 0) | (row >= H) | (col < 0) | (col >= W)] = 0
    return y


@misconception(
    replaces="shift2d",
    fails="shift2d-contract",
    diagnosis="The caller's picture is overwritten with the shifted one.",
    hint="Make a new array for the result, and leave x alone.",
)
def shifts_in_place(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("unknown mode")
    x[...] = np.roll(x, (rows, cols), axis=(-2, -1))
    if mode == "zero":
        H, W = x.shape[-2:]
        row, col = np.arange(H)[:, None] - rows, np.arange(W) - cols
        x[..., (row < 0) | (row >= H) | (col < 0) | (col >= W)] = 0
    return x


# equivariance_error


@misconception(
    replaces="equivariance_error",
    fails="equivariance_error-zero",
    diagnosis="f(Tx) is compared with f(x): that measures invariance.",
    hint="An equivariant output moves along. What must happen to f(x) before they are compared?",
)
def measures_invariance(f, x, rows, cols, *, stride=1):
    of_shifted = f(images.shift2d(x, rows, cols, mode="wrap"))
    return float(np.max(np.abs(of_shifted.astype(float) - f(x).astype(float))))


@misconception(
    replaces="equivariance_error",
    fails="equivariance_error-zero",
    diagnosis="The shifts fill with zeros, so that the border enters.",
    hint="images.shift2d has two modes. In which of them is nothing lost?",
)
def fills_with_zeros(f, x, rows, cols, *, stride=1):
    row_stride, col_stride = pair(stride, "stride", 1)
    of_shifted = f(images.shift2d(x, rows, cols))
    shifted = images.shift2d(f(x), rows // row_stride, cols // col_stride)
    return float(np.max(np.abs(of_shifted.astype(float) - shifted.astype(float))))


@misconception(
    replaces="equivariance_error",
    fails="equivariance_error-zero",
    diagnosis="f(x) is shifted the other way than x.",
    hint="Both shifts have the same signs: f(Tx) and T f(x), with the same T.",
)
def shifts_the_output_back(f, x, rows, cols, *, stride=1):
    row_stride, col_stride = pair(stride, "stride", 1)
    of_shifted = f(images.shift2d(x, rows, cols, mode="wrap"))
    shifted = images.shift2d(f(x), -(rows // row_stride), -(cols // col_stride), mode="wrap")
    return float(np.max(np.abs(of_shifted.astype(float) - shifted.astype(float))))


@misconception(
    replaces="equivariance_error",
    fails="equivariance_error-zero",
    diagnosis="The output is shifted by cols rows and by rows columns.",
    hint="Try a shift by one row and no column: which way does your output go?",
)
def swaps_the_shift_of_the_output(f, x, rows, cols, *, stride=1):
    row_stride, col_stride = pair(stride, "stride", 1)
    of_shifted = f(images.shift2d(x, rows, cols, mode="wrap"))
    shifted = images.shift2d(f(x), cols // col_stride, rows // row_stride, mode="wrap")
    return float(np.max(np.abs(of_shifted.astype(float) - shifted.astype(float))))


@misconception(
    replaces="equivariance_error",
    fails="equivariance_error-size",
    diagnosis="The mean of the differences is given, not the largest one.",
    hint="A difference at one place of a million must be seen. The mean hides it.",
)
def takes_the_mean(f, x, rows, cols, *, stride=1):
    row_stride, col_stride = pair(stride, "stride", 1)
    of_shifted = f(images.shift2d(x, rows, cols, mode="wrap"))
    shifted = images.shift2d(f(x), rows // row_stride, cols // col_stride, mode="wrap")
    return float(np.mean(np.abs(of_shifted.astype(float) - shifted.astype(float))))


@misconception(
    replaces="equivariance_error",
    fails="equivariance_error-size",
    diagnosis="The largest difference is taken with its sign: negative ones do not count.",
    hint="How far apart are 3 and 5, and how far 5 and 3?",
)
def forgets_the_magnitude(f, x, rows, cols, *, stride=1):
    row_stride, col_stride = pair(stride, "stride", 1)
    of_shifted = f(images.shift2d(x, rows, cols, mode="wrap"))
    shifted = images.shift2d(f(x), rows // row_stride, cols // col_stride, mode="wrap")
    return float(np.max(of_shifted.astype(float) - shifted.astype(float)))


@misconception(
    replaces="equivariance_error",
    fails="equivariance_error-size",
    diagnosis="The difference is divided by the size of the output: a relative error.",
    hint="The task asks for the difference itself, in the units of f.",
)
def divides_by_the_output(f, x, rows, cols, *, stride=1):
    row_stride, col_stride = pair(stride, "stride", 1)
    of_shifted = f(images.shift2d(x, rows, cols, mode="wrap")).astype(float)
    shifted = images.shift2d(f(x), rows // row_stride, cols // col_stride, mode="wrap")
    size = max(np.abs(shifted).max(), 1e-12)
    return float(np.max(np.abs(of_shifted - shifted)) / size)


@misconception(
    replaces="equivariance_error",
    fails="equivariance_error-whole",
    diagnosis="The border of the output is left out of the comparison.",
    hint="The shifts go round, so that the border needs no mercy: compare the whole map.",
)
def leaves_out_the_border(f, x, rows, cols, *, stride=1):
    row_stride, col_stride = pair(stride, "stride", 1)
    of_shifted = f(images.shift2d(x, rows, cols, mode="wrap")).astype(float)
    shifted = images.shift2d(f(x), rows // row_stride, cols // col_stride, mode="wrap")
    difference = np.abs(of_shifted - shifted)
    if min(difference.shape[-2:]) > 2:
        difference = difference[..., 1:-1, 1:-1]
    return float(np.max(difference))


@misconception(
    replaces="equivariance_error",
    fails="equivariance_error-whole",
    diagnosis="Only the first plane of the output is compared.",
    hint="There may be many images and channels. Over which axes do you take the maximum?",
)
def compares_the_first_plane(f, x, rows, cols, *, stride=1):
    row_stride, col_stride = pair(stride, "stride", 1)
    of_shifted = f(images.shift2d(x, rows, cols, mode="wrap")).astype(float)
    shifted = images.shift2d(f(x), rows // row_stride, cols // col_stride, mode="wrap")
    difference = np.abs(of_shifted - shifted)
    while difference.ndim > 2:
        difference = difference[0]
    return float(np.max(difference))


@misconception(
    replaces="equivariance_error",
    fails="equivariance_error-stride",
    diagnosis="The stride is ignored: the output is shifted by as many places as the input.",
    hint="At stride 2 one place of the output is two of the input. How far has it moved?",
)
def ignores_the_stride(f, x, rows, cols, *, stride=1):
    of_shifted = f(images.shift2d(x, rows, cols, mode="wrap"))
    shifted = images.shift2d(f(x), rows, cols, mode="wrap")
    return float(np.max(np.abs(of_shifted.astype(float) - shifted.astype(float))))


@misconception(
    replaces="equivariance_error",
    fails="equivariance_error-stride",
    diagnosis="rows / stride is cut off towards 0; the task asks for rows // stride.",
    hint="What is -1 // 2, and what is int(-1 / 2)?",
)
def rounds_towards_zero(f, x, rows, cols, *, stride=1):
    row_stride, col_stride = pair(stride, "stride", 1)
    of_shifted = f(images.shift2d(x, rows, cols, mode="wrap"))
    shifted = images.shift2d(f(x), int(rows / row_stride), int(cols / col_stride), mode="wrap")
    return float(np.max(np.abs(of_shifted.astype(float) - shifted.astype(float))))


@misconception(
    replaces="equivariance_error",
    fails="equivariance_error-stride",
    diagnosis="Of a pair of strides the first is used for both axes.",
    hint="A pair is (rows, columns): each shift is divided by its own stride.",
)
def uses_one_stride_for_both_axes(f, x, rows, cols, *, stride=1):
    step, _ = pair(stride, "stride", 1)
    of_shifted = f(images.shift2d(x, rows, cols, mode="wrap"))
    shifted = images.shift2d(f(x), rows // step, cols // step, mode="wrap")
    return float(np.max(np.abs(of_shifted.astype(float) - shifted.astype(float))))


@misconception(
    replaces="equivariance_error",
    fails="equivariance_error-numbers",
    diagnosis="Outputs are subtracted as they are: uint8 runs over, bool can't be subtracted.",
    hint="In uint8, 0 - 1 is 255. Turn both into floats before you subtract.",
)
def subtracts_small_numbers(f, x, rows, cols, *, stride=1):
    row_stride, col_stride = pair(stride, "stride", 1)
    of_shifted = f(images.shift2d(x, rows, cols, mode="wrap"))
    shifted = images.shift2d(f(x), rows // row_stride, cols // col_stride, mode="wrap")
    return float(np.max(np.abs(of_shifted - shifted)))


# receptive_field


@misconception(
    replaces="receptive_field",
    fails="receptive_field-stack",
    diagnosis="Each layer adds k pixels: the first tap is counted again.",
    hint="One pixel, seen through a window of 3, becomes 3 pixels. How many were added?",
)
def adds_the_whole_kernel(layers):
    rf, jump, start = 1, 1, 0.0
    for kernel, stride, padding, dilation in layers:
        rf += dilation * kernel * jump
        start += (dilation * (kernel - 1) / 2 - padding) * jump
        jump *= stride
    return rf, jump, start


@misconception(
    replaces="receptive_field",
    fails="receptive_field-strides",
    diagnosis="The strides of the layers below are ignored: each layer adds k - 1 pixels.",
    hint="Behind a stride of 2, two neighbouring taps are two pixels apart.",
)
def ignores_strides(layers):
    rf, jump, start = 1, 1, 0.0
    for kernel, stride, padding, dilation in layers:
        rf += dilation * (kernel - 1)
        start += (dilation * (kernel - 1) / 2 - padding) * jump
        jump *= stride
    return rf, jump, start


@misconception(
    replaces="receptive_field",
    fails="receptive_field-strides",
    diagnosis="Layers whose kernel is as large as their stride, the usual pools, are left out.",
    hint="A pool takes a window of its input, too. What does it add, and what does it multiply?",
)
def leaves_out_pools(layers):
    rf, jump, start = 1, 1, 0.0
    for kernel, stride, padding, dilation in layers:
        if kernel == stride and kernel > 1:
            continue
        rf += dilation * (kernel - 1) * jump
        start += (dilation * (kernel - 1) / 2 - padding) * jump
        jump *= stride
    return rf, jump, start


@misconception(
    replaces="receptive_field",
    fails="receptive_field-strides",
    diagnosis="A layer's own stride is multiplied in before its taps are counted.",
    hint="Its stride is how far its outputs are apart. How far apart are its inputs?",
)
def multiplies_too_early(layers):
    rf, jump, start = 1, 1, 0.0
    for kernel, stride, padding, dilation in layers:
        jump *= stride
        rf += dilation * (kernel - 1) * jump
        start += (dilation * (kernel - 1) / 2 - padding) * jump
    return rf, jump, start


@misconception(
    replaces="receptive_field",
    fails="receptive_field-strides",
    diagnosis="Strides are added up instead of multiplied.",
    hint="Two strides of 2: every second of every second. Is that every third?",
)
def adds_strides_up(layers):
    rf, jump, start = 1, 1, 0.0
    for kernel, stride, padding, dilation in layers:
        rf += dilation * (kernel - 1) * jump
        start += (dilation * (kernel - 1) / 2 - padding) * jump
        jump += stride - 1
    return rf, jump, start


@misconception(
    replaces="receptive_field",
    fails="receptive_field-strides",
    diagnosis="The stack is followed from its end, with the formulas for the other direction.",
    hint="The formulas of the text begin at the picture: with the first layer of the list.",
)
def begins_at_the_end(layers):
    rf, jump, start = 1, 1, 0.0
    for kernel, stride, padding, dilation in reversed(layers):
        rf += dilation * (kernel - 1) * jump
        start += (dilation * (kernel - 1) / 2 - padding) * jump
        jump *= stride
    return rf, jump, start


@misconception(
    replaces="receptive_field",
    fails="receptive_field-dilation",
    diagnosis="The dilation is ignored.",
    hint="Three taps with dilation 2 lie at 0, 2 and 4. How far do they reach?",
)
def ignores_dilation(layers):
    rf, jump, start = 1, 1, 0.0
    for kernel, stride, padding, _ in layers:
        rf += (kernel - 1) * jump
        start += ((kernel - 1) / 2 - padding) * jump
        jump *= stride
    return rf, jump, start


@misconception(
    replaces="receptive_field",
    fails="receptive_field-dilation",
    diagnosis="The reach of a dilated window is taken as d · k - 1, one gap too many.",
    hint="Three taps have two gaps between them. How many gaps do k taps have?",
)
def counts_a_gap_too_many(layers):
    rf, jump, start = 1, 1, 0.0
    for kernel, stride, padding, dilation in layers:
        rf += (dilation * kernel - 1) * jump
        start += ((dilation * kernel - 1) / 2 - padding) * jump
        jump *= stride
    return rf, jump, start


@misconception(
    replaces="receptive_field",
    fails="receptive_field-start",
    diagnosis="The padding is left out of start.",
    hint="With padding 1 the first window begins at -1. Where is its middle?",
)
def start_without_padding(layers):
    rf, jump, start = 1, 1, 0.0
    for kernel, stride, _, dilation in layers:
        rf += dilation * (kernel - 1) * jump
        start += dilation * (kernel - 1) / 2 * jump
        jump *= stride
    return rf, jump, start


@misconception(
    replaces="receptive_field",
    fails="receptive_field-start",
    diagnosis="start is the first pixel of the field, not its middle.",
    hint="A window on 0, 1, 2 has its middle at 1. What do you give for it?",
)
def start_is_the_first_pixel(layers):
    rf, jump, start = 1, 1, 0.0
    for kernel, stride, padding, dilation in layers:
        rf += dilation * (kernel - 1) * jump
        start -= padding * jump
        jump *= stride
    return rf, jump, start


@misconception(
    replaces="receptive_field",
    fails="receptive_field-start",
    diagnosis="Half of the reach is rounded down, so that start is a whole number.",
    hint="The middle of a window on the pixels 0 and 1 lies between them.",
)
def start_in_whole_pixels(layers):
    rf, jump, start = 1, 1, 0.0
    for kernel, stride, padding, dilation in layers:
        rf += dilation * (kernel - 1) * jump
        start += (dilation * (kernel - 1) // 2 - padding) * jump
        jump *= stride
    return rf, jump, start


@misconception(
    replaces="receptive_field",
    fails="receptive_field-start",
    diagnosis="start counts steps of each layer as if they were pixels of the picture.",
    hint="Behind a stride of 2, half a step is a whole pixel. What is start multiplied with?",
)
def start_in_steps(layers):
    rf, jump, start = 1, 1, 0.0
    for kernel, stride, padding, dilation in layers:
        rf += dilation * (kernel - 1) * jump
        start += dilation * (kernel - 1) / 2 - padding
        jump *= stride
    return rf, jump, start


@misconception(
    replaces="receptive_field",
    fails="receptive_field-kind",
    diagnosis="The numbers of pixels have the right value but are floats.",
    hint="Begin with 1 and not with 1.0: whole numbers stay whole if you only add and multiply.",
)
def counts_in_floats(layers):
    rf, jump, start = 1.0, 1.0, 0.0
    for kernel, stride, padding, dilation in layers:
        rf += dilation * (kernel - 1) * jump
        start += (dilation * (kernel - 1) / 2 - padding) * jump
        jump *= stride
    return rf, jump, start


@misconception(
    replaces="receptive_field",
    fails="receptive_field-kind",
    diagnosis="The first layer is taken out of the list, which fails where there is none.",
    hint="Begin with what a single pixel sees; then the first layer is like all others.",
)
def needs_a_first_layer(layers):
    kernel, jump, padding, dilation = layers[0]
    rf, start = dilation * (kernel - 1) + 1, dilation * (kernel - 1) / 2 - padding
    for kernel, stride, padding, dilation in layers[1:]:
        rf += dilation * (kernel - 1) * jump
        start += (dilation * (kernel - 1) / 2 - padding) * jump
        jump *= stride
    return rf, jump, start


# locally_connected


@misconception(
    replaces="locally_connected",
    fails="locally_connected-places",
    diagnosis="All places use the filters of the first one: a convolution.",
    hint="Which filters belong to the window at (i, j)?",
)
def shares_the_first_filters(x, w, b=None, *, stride=1):
    (N, C, H, W), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    if C != Cw or (Ho, Wo) != ((H - kh) // sh + 1, (W - kw) // sw + 1):
        raise ValueError("x and w do not go together")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w, b) if a is not None]
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].astype(y.dtype)
        y[:, :, i, j] = np.einsum("ncuv,ocuv->no", window, w[0, 0].astype(y.dtype))
        if b is not None:
            y[:, :, i, j] += b[i, j]
    return y


@misconception(
    replaces="locally_connected",
    fails="locally_connected-places locally_connected-tied",
    diagnosis="The filters are taken from w[j, i]: rows and columns of places are mixed up.",
    hint="The first axis of w counts rows of places. Which of i and j is the row?",
)
def swaps_the_places(x, w, b=None, *, stride=1):
    (N, C, H, W), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    if C != Cw or (Ho, Wo) != ((H - kh) // sh + 1, (W - kw) // sw + 1):
        raise ValueError("x and w do not go together")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w, b) if a is not None]
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].astype(y.dtype)
        y[:, :, i, j] = np.einsum("ncuv,ocuv->no", window, w[j, i].astype(y.dtype))
        if b is not None:
            y[:, :, i, j] += b[i, j]
    return y


@misconception(
    replaces="locally_connected",
    fails="locally_connected-places",
    diagnosis="w is read as (O, Ho, Wo, C, kH, kW), with the filters in front.",
    hint="Print w.shape beside the docstring. Which axis has the length O?",
)
def takes_the_filters_for_the_first_axis(x, w, b=None, *, stride=1):
    (N, C, H, W), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    if C != Cw or (Ho, Wo) != ((H - kh) // sh + 1, (W - kw) // sw + 1):
        raise ValueError("x and w do not go together")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w, b) if a is not None]
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    first = w.reshape(O, Ho, Wo, Cw, kh, kw)
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].astype(y.dtype)
        y[:, :, i, j] = np.einsum("ncuv,ocuv->no", window, first[:, i, j].astype(y.dtype))
        if b is not None:
            y[:, :, i, j] += b[i, j]
    return y


@misconception(
    replaces="locally_connected",
    fails="locally_connected-tied",
    diagnosis="The filters are flipped: that is convolution, not cross-correlation.",
    hint="Which corner of the window does w[..., 0, 0] meet?",
)
def flips_the_filters(x, w, b=None, *, stride=1):
    (N, C, H, W), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    if C != Cw or (Ho, Wo) != ((H - kh) // sh + 1, (W - kw) // sw + 1):
        raise ValueError("x and w do not go together")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w, b) if a is not None]
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].astype(y.dtype)
        turned = w[i, j, :, :, ::-1, ::-1].astype(y.dtype)
        y[:, :, i, j] = np.einsum("ncuv,ocuv->no", window, turned)
        if b is not None:
            y[:, :, i, j] += b[i, j]
    return y


@misconception(
    replaces="locally_connected",
    fails="locally_connected-tied",
    diagnosis="Only the first channel is looked at.",
    hint="The sum of the equation runs over c as well.",
)
def looks_at_one_channel(x, w, b=None, *, stride=1):
    (N, C, H, W), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    if C != Cw or (Ho, Wo) != ((H - kh) // sh + 1, (W - kw) // sw + 1):
        raise ValueError("x and w do not go together")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w, b) if a is not None]
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, 0, i * sh : i * sh + kh, j * sw : j * sw + kw].astype(y.dtype)
        y[:, :, i, j] = np.einsum("nuv,ouv->no", window, w[i, j, :, 0].astype(y.dtype))
        if b is not None:
            y[:, :, i, j] += b[i, j]
    return y


@misconception(
    replaces="locally_connected",
    fails="locally_connected-bias",
    diagnosis="The biases of the first place are used everywhere.",
    hint="b has the shape (Ho, Wo, O): a number for each place and each filter.",
)
def shares_the_bias(x, w, b=None, *, stride=1):
    (N, C, H, W), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    if C != Cw or (Ho, Wo) != ((H - kh) // sh + 1, (W - kw) // sw + 1):
        raise ValueError("x and w do not go together")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w, b) if a is not None]
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].astype(y.dtype)
        y[:, :, i, j] = np.einsum("ncuv,ocuv->no", window, w[i, j].astype(y.dtype))
        if b is not None:
            y[:, :, i, j] += b[0, 0]
    return y


@misconception(
    replaces="locally_connected",
    fails="locally_connected-bias",
    diagnosis="b is reshaped to (O, Ho, Wo), which deals its numbers out anew.",
    hint="Axes are moved with transpose. reshape only counts the numbers off in another way.",
)
def reshapes_the_bias(x, w, b=None, *, stride=1):
    (N, C, H, W), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    if C != Cw or (Ho, Wo) != ((H - kh) // sh + 1, (W - kw) // sw + 1):
        raise ValueError("x and w do not go together")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w, b) if a is not None]
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].astype(y.dtype)
        y[:, :, i, j] = np.einsum("ncuv,ocuv->no", window, w[i, j].astype(y.dtype))
    return y if b is None else y + b.reshape(O, Ho, Wo).astype(y.dtype)


@misconception(
    replaces="locally_connected",
    fails="locally_connected-stride",
    diagnosis="The stride is ignored: windows begin at row i, column j.",
    hint="The number of places is right. But where does the window of (i, j) begin?",
)
def ignores_the_stride_of_the_window(x, w, b=None, *, stride=1):
    (N, C, H, W), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    if C != Cw or (Ho, Wo) != ((H - kh) // sh + 1, (W - kw) // sw + 1):
        raise ValueError("x and w do not go together")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w, b) if a is not None]
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, :, i : i + kh, j : j + kw].astype(y.dtype)
        y[:, :, i, j] = np.einsum("ncuv,ocuv->no", window, w[i, j].astype(y.dtype))
        if b is not None:
            y[:, :, i, j] += b[i, j]
    return y


@misconception(
    replaces="locally_connected",
    fails="locally_connected-stride",
    diagnosis="The stride of the rows is used for both axes.",
    hint="A pair (1, 2) means 1 along the rows and 2 along the columns.",
)
def strides_alike_along_both_axes(x, w, b=None, *, stride=1):
    (N, C, H, W), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, _ = pair(stride, "stride", 1)
    if C != Cw or (Ho, Wo) != ((H - kh) // sh + 1, (W - kw) // sh + 1):
        raise ValueError("x and w do not go together")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w, b) if a is not None]
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, :, i * sh : i * sh + kh, j * sh : j * sh + kw].astype(y.dtype)
        y[:, :, i, j] = np.einsum("ncuv,ocuv->no", window, w[i, j].astype(y.dtype))
        if b is not None:
            y[:, :, i, j] += b[i, j]
    return y


@misconception(
    replaces="locally_connected",
    fails="locally_connected-dtype",
    diagnosis="The result is always float64.",
    hint="np.zeros makes float64 unless it is told otherwise. What of three float32 operands?",
)
def always_gives_float64(x, w, b=None, *, stride=1):
    (N, C, H, W), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    if C != Cw or (Ho, Wo) != ((H - kh) // sh + 1, (W - kw) // sw + 1):
        raise ValueError("x and w do not go together")
    y = np.zeros((N, O, Ho, Wo))
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].astype(float)
        y[:, :, i, j] = np.einsum("ncuv,ocuv->no", window, w[i, j].astype(float))
        if b is not None:
            y[:, :, i, j] += b[i, j]
    return y


@misconception(
    replaces="locally_connected",
    fails="locally_connected-dtype",
    diagnosis="The result has the dtype of x, so that fractions are cut off for whole numbers.",
    hint="Pixels may be integers while weights are not. How do integers count here?",
)
def keeps_the_dtype_of_x(x, w, b=None, *, stride=1):
    (N, C, H, W), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    if C != Cw or (Ho, Wo) != ((H - kh) // sh + 1, (W - kw) // sw + 1):
        raise ValueError("x and w do not go together")
    y = np.zeros((N, O, Ho, Wo), x.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
        value = np.einsum("ncuv,ocuv->no", window, w[i, j])
        y[:, :, i, j] = value if b is None else value + b[i, j]
    return y


@misconception(
    replaces="locally_connected",
    fails="locally_connected-errors",
    diagnosis="Different numbers of channels are not noticed: one channel is broadcast over all.",
    hint="NumPy multiplies an axis of length 1 with one of length 3 without a word. Compare them.",
)
def broadcasts_the_channels(x, w, b=None, *, stride=1):
    (N, _, H, W), (Ho, Wo, O, _, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    if (Ho, Wo) != ((H - kh) // sh + 1, (W - kw) // sw + 1):
        raise ValueError("x and w do not go together")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w, b) if a is not None]
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, None, :, i * sh : i * sh + kh, j * sw : j * sw + kw].astype(y.dtype)
        y[:, :, i, j] = (window * w[i, j].astype(y.dtype)).sum(axis=(2, 3, 4))
        if b is not None:
            y[:, :, i, j] += b[i, j]
    return y


@misconception(
    replaces="locally_connected",
    fails="locally_connected-errors",
    diagnosis="Whether w has filters for just the places that there are is not checked.",
    hint="How many places has a window of kH rows on H rows at this stride? Compare with w.",
)
def trusts_the_places_of_w(x, w, b=None, *, stride=1):
    (N, C, _, _), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    if C != Cw:
        raise ValueError("x and w have different numbers of channels")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w, b) if a is not None]
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].astype(y.dtype)
        y[:, :, i, j] = np.einsum("ncuv,ocuv->no", window, w[i, j].astype(y.dtype))
        if b is not None:
            y[:, :, i, j] += b[i, j]
    return y


# permute_pixels


@misconception(
    replaces="permute_pixels",
    fails="permute_pixels-values",
    diagnosis="Place perm[i] of the result holds what was at place i: the inverse permutation.",
    hint="perm says where to read from. Yours says where to write to.",
)
def writes_to_perm(X, perm):
    N, C, H, W = X.shape
    Y = np.empty((N, C, H * W), X.dtype)
    Y[:, :, perm] = X.reshape(N, C, H * W)
    return Y.reshape(X.shape)


@misconception(
    replaces="permute_pixels",
    fails="permute_pixels-values",
    diagnosis="Places are counted column by column.",
    hint="On a picture of 2 × 3, place 3 is row 1, column 0.",
)
def counts_by_columns(X, perm):
    N, C, H, W = X.shape
    Y = X.transpose(0, 1, 3, 2).reshape(N, C, H * W)[:, :, perm]
    return Y.reshape(N, C, W, H).transpose(0, 1, 3, 2)


@misconception(
    replaces="permute_pixels",
    fails="permute_pixels-together",
    diagnosis="Each picture after the first one gets a permutation of its own.",
    hint="One and the same permutation for all: else no network could learn anything from it.",
)
def shuffles_anew_for_each_picture(X, perm):
    N, C, H, W = X.shape
    Y, order = X.reshape(N, C, H * W).copy(), perm
    for n in range(N):
        Y[n] = Y[n][:, order]
        order = np.random.default_rng(n).permutation(order)
    return Y.reshape(X.shape)


@misconception(
    replaces="permute_pixels",
    fails="permute_pixels-together",
    diagnosis="The channels are laid in one row with the places, which works for one channel only.",
    hint="There are H · W places, not C · H · W. Which axes go into the row?",
)
def flattens_the_channels_too(X, perm):
    return X.reshape(len(X), -1)[:, perm].reshape(X.shape)


@misconception(
    replaces="permute_pixels",
    fails="permute_pixels-kind",
    diagnosis="The result is float64, whatever the pictures were.",
    hint="np.zeros makes float64 unless it is told otherwise.",
)
def gives_floats(X, perm):
    N, C, H, W = X.shape
    Y = np.zeros((N, C, H * W))
    Y[...] = X.reshape(N, C, H * W)[:, :, perm]
    return Y.reshape(X.shape)


@misconception(
    replaces="permute_pixels",
    fails="permute_pixels-kind",
    diagnosis="Pictures are gathered one by one and stacked, which fails for none.",
    hint="np.stack needs at least one array. Could all pictures be indexed at once?",
)
def stacks_the_pictures(X, perm):
    C, H, W = X.shape[1:]
    return np.stack([one.reshape(C, H * W)[:, perm].reshape(C, H, W) for one in X])
