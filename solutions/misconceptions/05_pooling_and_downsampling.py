"""Wrong solutions of chapter 05 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells. Most are a
right solution with one thing wrong, so that they fail for that thing only.
"""
# ruff: noqa: D103 - what a function does wrong is said in its diagnosis

import numpy as np

from autograder.misconceptions import misconception
from cnnkit import ops, shapes
from cnnkit.shapes import pair

# max_pool2d


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-padding",
    diagnosis="The rim is of zeros, which win against negative pixels.",
    hint="Pool a plane of nothing but −1, with padding. Which number can never be the largest?",
)
def pads_with_zeros(x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    y, argmax = ops.max_pool2d(x, kernel, stride=stride, padding=padding)
    top = np.arange(y.shape[2])[:, None] * sh - ph
    left = np.arange(y.shape[3]) * sw - pw
    inside = (top >= 0) & (left >= 0) & (top + kh <= x.shape[2]) & (left + kw <= x.shape[3])
    return np.where(inside, y, np.maximum(y, 0)).astype(y.dtype), argmax


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-values",
    diagnosis="If no stride is given it is taken as 1, so that the windows overlap.",
    hint="Pooling windows lie side by side unless something else is asked for.",
)
def moves_by_one(x, kernel, *, stride=None, padding=0):
    return ops.max_pool2d(x, kernel, stride=1 if stride is None else stride, padding=padding)


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-stride",
    diagnosis="The stride is ignored: windows always lie side by side.",
    hint="With a kernel of 3 and stride 2, where does the second window begin?",
)
def ignores_the_stride(x, kernel, *, stride=None, padding=0):
    return ops.max_pool2d(x, kernel, padding=padding)


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-stride",
    diagnosis="Sizes are rounded up: a window that hangs out at the end is counted.",
    hint="Half of 11 rows: does a sixth window of two rows fit?",
)
def rounds_up(x, kernel, *, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    if ph > kh // 2 or pw > kw // 2:
        raise ValueError("padding is more than half of the kernel")
    N, C, H, W = x.shape
    shapes.conv2d_shape(H, W, (kh, kw), stride=(sh, sw), padding=(ph, pw))
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    Ho, Wo = -(-(H + 2 * ph - kh) // sh) + 1, -(-(W + 2 * pw - kw) // sw) + 1
    xp = np.full((N, C, H + 2 * ph + sh, W + 2 * pw + sw), -np.inf, x.dtype)
    xp[:, :, ph : ph + H, pw : pw + W] = x
    y, argmax = np.empty((N, C, Ho, Wo), x.dtype), np.empty((N, C, Ho, Wo), np.int64)
    for i in range(Ho):
        for j in range(Wo):
            top, left = i * sh, j * sw
            window = xp[:, :, top : top + kh, left : left + kw]
            width = window.shape[3]
            window = window.reshape(N, C, window.shape[2] * width)
            y[:, :, i, j] = window.max(axis=2)
            a, e = np.divmod(window.argmax(axis=2), width)
            argmax[:, :, i, j] = (top - ph + a) * W + (left - pw + e)
    return y, argmax


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-values max_pool2d-stride",
    diagnosis="The window is taken as square: its height is used for the width as well.",
    hint="Try a kernel of 3 rows and 2 columns.",
)
def takes_a_square_window(x, kernel, *, stride=None, padding=0):
    kh, kw = pair(kernel, "kernel", 1)
    stride = (kh, kw) if stride is None else stride
    padding = tuple(min(p, kh // 2) for p in pair(padding, "padding", 0))
    if pair(padding, "padding", 0)[1] > kw // 2:
        raise ValueError("padding is more than half of the kernel")
    return ops.max_pool2d(x, kh, stride=stride, padding=padding)


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-argmax max_pool2d-ties",
    diagnosis="The place is counted in the window, not in the plane.",
    hint="Number 3 of a window: which row and column of the plane is that? Where does it begin?",
)
def counts_in_the_window(x, kernel, *, stride=None, padding=0):
    kh, kw = pair(kernel, "kernel", 1)
    sh, sw = (kh, kw) if stride is None else pair(stride, "stride", 1)
    ph, pw = pair(padding, "padding", 0)
    y, argmax = ops.max_pool2d(x, kernel, stride=stride, padding=padding)
    rows, columns = np.divmod(argmax, x.shape[3])
    top = np.arange(y.shape[2])[:, None] * sh - ph
    left = np.arange(y.shape[3]) * sw - pw
    return y, (rows - top) * kw + (columns - left)


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-argmax",
    diagnosis="The place is counted in the padded plane, rim included.",
    hint="Who uses the place has the plane without a rim. How many rows and columns too far is it?",
)
def counts_the_rim(x, kernel, *, stride=None, padding=0):
    ph, pw = pair(padding, "padding", 0)
    y, argmax = ops.max_pool2d(x, kernel, stride=stride, padding=padding)
    rows, columns = np.divmod(argmax, x.shape[3])
    return y, (rows + ph) * (x.shape[3] + 2 * pw) + columns + pw


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-argmax",
    diagnosis="The place is counted through the whole batch, not in each plane anew.",
    hint="The first pixel of every plane is number 0.",
)
def counts_through_the_batch(x, kernel, *, stride=None, padding=0):
    y, argmax = ops.max_pool2d(x, kernel, stride=stride, padding=padding)
    N, C, H, W = x.shape
    return y, argmax + (np.arange(N * C) * H * W).reshape(N, C, 1, 1)


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-argmax",
    diagnosis="The place is counted column by column: column · H + row.",
    hint="Row-major order: how many numbers come before row 1?",
)
def counts_by_columns(x, kernel, *, stride=None, padding=0):
    y, argmax = ops.max_pool2d(x, kernel, stride=stride, padding=padding)
    rows, columns = np.divmod(argmax, x.shape[3])
    return y, columns * x.shape[2] + rows


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-ties",
    diagnosis="Of equal maxima the last one is named.",
    hint="If a later number is only as large as the best so far, should it take over?",
)
def names_the_last_of_equals(x, kernel, *, stride=None, padding=0):
    kernel = pair(kernel, "kernel", 1)
    stride = kernel if stride is None else pair(stride, "stride", 1)
    y, _ = ops.max_pool2d(x, kernel, stride=stride, padding=padding)
    (ph, pw), (H, W) = pair(padding, "padding", 0), x.shape[2:]
    argmax = np.zeros(y.shape, np.int64)
    for place in np.ndindex(*y.shape):
        n, c, i, j = place
        for a in range(kernel[0]):
            for e in range(kernel[1]):
                row, column = i * stride[0] + a - ph, j * stride[1] + e - pw
                if 0 <= row < H and 0 <= column < W and x[n, c, row, column] == y[place]:
                    argmax[place] = row * W + column
    return y, argmax


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-ties",
    diagnosis="Of equal maxima the first column is searched first, then the next.",
    hint="Row by row: the whole first row of the window comes before its second row.",
)
def searches_by_columns(x, kernel, *, stride=None, padding=0):
    kernel = pair(kernel, "kernel", 1)
    stride = kernel if stride is None else pair(stride, "stride", 1)
    padding = pair(padding, "padding", 0)[::-1]
    y, argmax = ops.max_pool2d(x.swapaxes(2, 3), kernel[::-1], stride=stride[::-1], padding=padding)
    columns, rows = np.divmod(argmax.swapaxes(2, 3), x.shape[2])
    return y.swapaxes(2, 3), rows * x.shape[3] + columns


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-edges",
    diagnosis="A padding of more than half of the kernel is accepted.",
    hint="Some windows would then hold nothing but rim. What is their maximum?",
)
def accepts_any_padding(x, kernel, *, stride=None, padding=0):
    kernel, padding = pair(kernel, "kernel", 1), pair(padding, "padding", 0)
    stride = kernel if stride is None else stride
    if padding[0] <= kernel[0] // 2 and padding[1] <= kernel[1] // 2:
        return ops.max_pool2d(x, kernel, stride=stride, padding=padding)
    Ho, Wo = shapes.conv2d_shape(*x.shape[2:], kernel, stride=stride, padding=padding)
    return np.zeros((*x.shape[:2], Ho, Wo)), np.zeros((*x.shape[:2], Ho, Wo), np.int64)


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-edges",
    diagnosis="Whole numbers stay whole numbers in the result.",
    hint="The task says which dtype integers give. Everything that follows computes with floats.",
)
def keeps_whole_numbers(x, kernel, *, stride=None, padding=0):
    y, argmax = ops.max_pool2d(x, kernel, stride=stride, padding=padding)
    return y.astype(x.dtype), argmax


@misconception(
    replaces="max_pool2d",
    fails="max_pool2d-edges",
    diagnosis="A NaN is passed over: the largest of the other numbers comes out.",
    hint="A NaN says that something went wrong before. Should a layer hide that?",
)
def passes_over_nan(x, kernel, *, stride=None, padding=0):
    low = np.where(np.isnan(x), -np.inf, x) if x.dtype.kind == "f" else x
    return ops.max_pool2d(low.astype(x.dtype), kernel, stride=stride, padding=padding)


# avg_pool2d


@misconception(
    replaces="avg_pool2d",
    fails="avg_pool2d-rim_left_out",
    diagnosis="The sum is always divided by all numbers of the window, rim or not.",
    hint="Average a plane of ones with padding. What must come out if only pixels count?",
)
def always_counts_the_rim(x, kernel, *, stride=None, padding=0, count_include_pad=True):
    return ops.avg_pool2d(x, kernel, stride=stride, padding=padding)


@misconception(
    replaces="avg_pool2d",
    fails="avg_pool2d-rim_counted",
    diagnosis="Only pixels are counted, also where zeros of the rim should count.",
    hint="If nothing is said, a corner window of a plane of ones holds one 1 and zeros.",
)
def never_counts_the_rim(x, kernel, *, stride=None, padding=0, count_include_pad=True):
    return ops.avg_pool2d(x, kernel, stride=stride, padding=padding, count_include_pad=False)


@misconception(
    replaces="avg_pool2d",
    fails="avg_pool2d-rim_counted avg_pool2d-rim_left_out",
    diagnosis="count_include_pad is understood the wrong way round.",
    hint="Include the padding in the count: then the divisor is the same at every place.",
)
def turns_the_switch_round(x, kernel, *, stride=None, padding=0, count_include_pad=True):
    return ops.avg_pool2d(
        x, kernel, stride=stride, padding=padding, count_include_pad=not count_include_pad
    )


@misconception(
    replaces="avg_pool2d",
    fails="avg_pool2d-values avg_pool2d-rim_counted avg_pool2d-rim_left_out",
    diagnosis="The numbers of the window are added up and not divided.",
    hint="A mean of numbers lies between the smallest and the largest of them.",
)
def forgets_to_divide(x, kernel, *, stride=None, padding=0, count_include_pad=True):
    kh, kw = pair(kernel, "kernel", 1)
    return kh * kw * ops.avg_pool2d(x, kernel, stride=stride, padding=padding)


@misconception(
    replaces="avg_pool2d",
    fails="avg_pool2d-values avg_pool2d-rim_counted",
    diagnosis="The sum is divided by the square of the kernel's height.",
    hint="A window of one row and four columns holds four numbers.",
)
def divides_by_a_square(x, kernel, *, stride=None, padding=0, count_include_pad=True):
    kh, kw = pair(kernel, "kernel", 1)
    y = ops.avg_pool2d(
        x, kernel, stride=stride, padding=padding, count_include_pad=count_include_pad
    )
    return y * kw / kh if count_include_pad else y


@misconception(
    replaces="avg_pool2d",
    fails="avg_pool2d-values",
    diagnosis="If no stride is given it is taken as 1, so that the windows overlap.",
    hint="Pooling windows lie side by side unless something else is asked for.",
)
def averages_at_every_place(x, kernel, *, stride=None, padding=0, count_include_pad=True):
    return ops.avg_pool2d(
        x, kernel, stride=1 if stride is None else stride, padding=padding,
        count_include_pad=count_include_pad,
    )  # fmt: skip


@misconception(
    replaces="avg_pool2d",
    fails="avg_pool2d-edges",
    diagnosis="Whole numbers are divided as whole numbers: the rest is lost.",
    hint="What is 807 / 4, and what is 807 // 4?",
)
def divides_whole_numbers(x, kernel, *, stride=None, padding=0, count_include_pad=True):
    y = ops.avg_pool2d(
        x, kernel, stride=stride, padding=padding, count_include_pad=count_include_pad
    )
    return y if x.dtype.kind == "f" else np.floor(y)


@misconception(
    replaces="avg_pool2d",
    fails="avg_pool2d-edges",
    diagnosis="The sum of small whole numbers runs over, since it keeps their dtype.",
    hint="Add 200 and 100 as uint8. Of which dtype should the sum be?",
)
def lets_the_sum_run_over(x, kernel, *, stride=None, padding=0, count_include_pad=True):
    kh, kw = pair(kernel, "kernel", 1)
    y = ops.avg_pool2d(
        x, kernel, stride=stride, padding=padding, count_include_pad=count_include_pad
    )
    return (y * kh * kw % 256) / (kh * kw) if x.dtype == np.uint8 else y


@misconception(
    replaces="avg_pool2d",
    fails="avg_pool2d-edges",
    diagnosis="A padding of more than half of the kernel is accepted.",
    hint="Some windows would then hold nothing but rim.",
)
def averages_any_padding(x, kernel, *, stride=None, padding=0, count_include_pad=True):
    (ph, pw), (kh, kw) = pair(padding, "padding", 0), pair(kernel, "kernel", 1)
    if ph <= kh // 2 and pw <= kw // 2:
        return ops.avg_pool2d(
            x, kernel, stride=stride, padding=padding, count_include_pad=count_include_pad
        )
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    return ops.avg_pool2d(xp, kernel, stride=stride)


# lp_pool2d


@misconception(
    replaces="lp_pool2d",
    fails="lp_pool2d-signs",
    diagnosis="The powers are added without taking magnitudes first.",
    hint="What is (−4) to the power of 1, and to the power of 3?",
)
def adds_signed_powers(x, kernel, *, stride=None, p=2):
    kh, kw = pair(kernel, "kernel", 1)
    total = kh * kw * ops.avg_pool2d((x * 1.0) ** p, kernel, stride=stride)
    return np.sign(total) * np.abs(total) ** (1 / p)


@misconception(
    replaces="lp_pool2d",
    fails="lp_pool2d-length lp_pool2d-powers",
    diagnosis="The mean of the powers is under the root, not their sum.",
    hint="The length of the vector (3, 4) is 5.",
)
def takes_the_mean_of_powers(x, kernel, *, stride=None, p=2):
    if p < 1:
        raise ValueError("p is below 1")
    return ops.avg_pool2d(np.abs(x * 1.0) ** p, kernel, stride=stride) ** (1 / p)


@misconception(
    replaces="lp_pool2d",
    fails="lp_pool2d-length lp_pool2d-powers",
    diagnosis="The root is missing.",
    hint="Twice as large numbers must give twice as large a result.",
)
def forgets_the_root(x, kernel, *, stride=None, p=2):
    kh, kw = pair(kernel, "kernel", 1)
    return kh * kw * ops.avg_pool2d(np.abs(x * 1.0) ** p, kernel, stride=stride)


@misconception(
    replaces="lp_pool2d",
    fails="lp_pool2d-powers lp_pool2d-signs",
    diagnosis="p is ignored: it is always the square and the square root.",
    hint="At p = 1 the magnitudes are just added up.",
)
def always_takes_squares(x, kernel, *, stride=None, p=2):
    return ops.lp_pool2d(x, kernel, stride=stride)


@misconception(
    replaces="lp_pool2d",
    fails="lp_pool2d-powers",
    diagnosis="The root is always the square root, whatever the power.",
    hint="Which root undoes the fourth power?",
)
def always_takes_the_square_root(x, kernel, *, stride=None, p=2):
    return ops.lp_pool2d(x, kernel, stride=stride, p=p) ** (p / 2)


# global_avg_pool, global_max_pool


@misconception(
    replaces="global_avg_pool",
    fails="global_pool-average",
    diagnosis="The mean is taken over the channels as well.",
    hint="Each channel is a feature of its own. How many numbers must be left of one image?",
)
def averages_the_channels(x):
    y = ops.global_avg_pool(x)
    return np.broadcast_to(y.mean(axis=1, keepdims=True), y.shape).astype(y.dtype)


@misconception(
    replaces="global_avg_pool",
    fails="global_pool-average global_pool-edges",
    diagnosis="The result keeps two axes of length 1.",
    hint="A dense layer wants (N, C).",
)
def keeps_the_axes(x):
    return ops.global_avg_pool(x)[:, :, None, None]


@misconception(
    replaces="global_avg_pool",
    fails="global_pool-average",
    diagnosis="The sum is divided by the square of the height.",
    hint="How many pixels has a plane of 5 × 7?",
)
def takes_planes_for_squares(x):
    return ops.global_avg_pool(x) * x.dtype.type(x.shape[3] / x.shape[2] if x.size else 1)


@misconception(
    replaces="global_max_pool",
    fails="global_pool-maximum",
    diagnosis="The largest magnitude is taken, not the largest number.",
    hint="Which is larger, −3 or −5?",
)
def takes_the_largest_magnitude(x):
    return ops.global_max_pool(np.abs(x))


@misconception(
    replaces="global_max_pool",
    fails="global_pool-maximum",
    diagnosis="The maximum begins at 0, so that negative planes give 0.",
    hint="Begin with the first number of the plane, or with minus infinity.",
)
def begins_at_zero(x):
    return np.maximum(ops.global_max_pool(x), 0)


@misconception(
    replaces="global_max_pool",
    fails="global_pool-edges",
    diagnosis="Whole numbers stay whole numbers in the result.",
    hint="The task says which dtype integers give.",
)
def keeps_the_dtype_of_whole_numbers(x):
    return ops.global_max_pool(x).astype(x.dtype)


# pixel_unshuffle, pixel_shuffle


@misconception(
    replaces="pixel_unshuffle",
    fails="pixel_unshuffle-channels",
    diagnosis="The place in the block counts before the channel: (i · r + j) · C + c.",
    hint="The r² maps of one channel stand next to each other.",
)
def puts_the_place_before_the_channel(x, r):
    y = ops.pixel_unshuffle(x, r)
    N, _, H, W = y.shape
    return y.reshape(N, x.shape[1], r * r, H, W).swapaxes(1, 2).reshape(y.shape)


@misconception(
    replaces="pixel_unshuffle",
    fails="pixel_unshuffle-one pixel_unshuffle-channels",
    diagnosis="The column in the block counts before the row: c · r² + j · r + i.",
    hint="Which place of the block must channel 1 be, (0, 1) or (1, 0)?",
)
def puts_the_column_before_the_row(x, r):
    y = ops.pixel_unshuffle(x, r)
    N, _, H, W = y.shape
    return y.reshape(N, x.shape[1], r, r, H, W).swapaxes(2, 3).reshape(y.shape)


@misconception(
    replaces="pixel_unshuffle",
    fails="pixel_unshuffle-one",
    diagnosis="The array is only reshaped, which tears neighbours apart.",
    hint="reshape keeps the order of all numbers. Should pixel 1 follow pixel 0 in its new map?",
)
def only_reshapes(x, r):
    N, C, H, W = x.shape
    if H % r or W % r:
        raise ValueError("r must divide height and width")
    return x.reshape(N, C * r * r, H // r, W // r).copy()


@misconception(
    replaces="pixel_unshuffle",
    fails="pixel_unshuffle-one pixel_unshuffle-channels pixel_unshuffle-edges",
    diagnosis="The two names are exchanged: this moves channels into space.",
    hint="Unshuffling makes more channels and smaller maps.",
)
def moves_channels_into_space(x, r):
    return ops.pixel_shuffle(x, r)


@misconception(
    replaces="pixel_unshuffle",
    fails="pixel_unshuffle-edges",
    diagnosis="Rows or columns that are left over are cut off without a word.",
    hint="Nothing may get lost. What should happen if r does not divide the height?",
)
def cuts_the_rest_off(x, r):
    H, W = x.shape[2] // r * r, x.shape[3] // r * r
    return ops.pixel_unshuffle(x[:, :, :H, :W], r)


@misconception(
    replaces="pixel_shuffle",
    fails="pixel_unshuffle-back",
    diagnosis="On the way back rows and columns of the block are exchanged.",
    hint="Channel 1 holds place (0, 1) of each block, to the right of place (0, 0).",
)
def exchanges_rows_and_columns_on_the_way_back(x, r):
    N, channels, H, W = x.shape
    if channels % (r * r):
        raise ValueError("r * r must divide the number of channels")
    turned = x.reshape(N, channels // (r * r), r, r, H, W).swapaxes(2, 3)
    return ops.pixel_shuffle(turned.reshape(x.shape), r)


@misconception(
    replaces="pixel_shuffle",
    fails="pixel_unshuffle-back",
    diagnosis="The way back only reshapes.",
    hint="The four channels of a block must become neighbours in two directions.",
)
def only_reshapes_on_the_way_back(x, r):
    N, channels, H, W = x.shape
    if channels % (r * r):
        raise ValueError("r * r must divide the number of channels")
    return x.reshape(N, channels // (r * r), H * r, W * r).copy()


# downsample_compare


@misconception(
    replaces="downsample_compare",
    fails="downsample_compare-nothing",
    diagnosis="Only the height is asked whether it is even.",
    hint="Try 6 × 7.",
)
def asks_the_height_only(x):
    N, C, H, W = x.shape
    low, high = (N, C, H // 2, W // 2), (N, C, (H + 1) // 2, (W + 1) // 2)
    share = [shape[2] * shape[3] / (H * W) for shape in (low, high)]
    return {
        "max": (low, share[0]), "avg": (low, share[0]), "stride": (high, share[1]),
        "unshuffle": None if H % 2 else ((N, 4 * C, *low[2:]), 4 * share[0]),
    }  # fmt: skip


@misconception(
    replaces="downsample_compare",
    fails="downsample_compare-odd",
    diagnosis="Every size is taken as n // 2, for the stride too.",
    hint="List the rows that x[..., ::2, ::2] takes of seven.",
)
def halves_everything_down(x):
    N, C, H, W = x.shape
    half = (N, C, H // 2, W // 2)
    result = dict.fromkeys(("max", "avg", "stride"), (half, half[2] * half[3] / (H * W)))
    odd = H % 2 or W % 2
    return result | {"unshuffle": None if odd else ((N, 4 * C, H // 2, W // 2), 1.0)}


@misconception(
    replaces="downsample_compare",
    fails="downsample_compare-odd",
    diagnosis="The share is given as a quarter throughout, not counted.",
    hint="How many of 49 numbers are left if 3 × 3 remain?",
)
def always_says_a_quarter(x):
    N, C, H, W = x.shape
    low, high = (N, C, H // 2, W // 2), (N, C, (H + 1) // 2, (W + 1) // 2)
    odd = H % 2 or W % 2
    return {
        "max": (low, 0.25), "avg": (low, 0.25), "stride": (high, 0.25),
        "unshuffle": None if odd else ((N, 4 * C, H // 2, W // 2), 1.0),
    }  # fmt: skip


@misconception(
    replaces="downsample_compare",
    fails="downsample_compare-unshuffle",
    diagnosis="Unshuffling is said to keep a quarter, since the maps are smaller.",
    hint="Count all numbers, in all channels.",
)
def counts_pixels_of_a_map(x):
    N, C, H, W = x.shape
    low, high = (N, C, H // 2, W // 2), (N, C, (H + 1) // 2, (W + 1) // 2)
    share = [shape[2] * shape[3] / (H * W) for shape in (low, high)]
    odd = H % 2 or W % 2
    return {
        "max": (low, share[0]), "avg": (low, share[0]), "stride": (high, share[1]),
        "unshuffle": None if odd else ((N, 4 * C, H // 2, W // 2), 0.25),
    }  # fmt: skip


@misconception(
    replaces="lp_pool2d",
    fails="lp_pool2d-edges",
    diagnosis="The power is taken of small whole numbers, which cannot hold it.",
    hint="What is np.uint8(200) ** 2?",
)
def powers_of_whole_numbers(x, kernel, *, stride=None, p=2):
    if p < 1:
        raise ValueError("p is below 1")
    kh, kw = pair(kernel, "kernel", 1)
    powers = np.abs(x) ** p
    powers = powers % 256 if x.dtype == np.uint8 else powers
    return (kh * kw * ops.avg_pool2d(powers, kernel, stride=stride)) ** (1 / p)


@misconception(
    replaces="downsample_compare",
    fails="downsample_compare-nothing",
    diagnosis="An odd size is cut before unshuffling instead of giving None.",
    hint="Unshuffling loses nothing. Where it can't be done, say None.",
)
def unshuffles_what_fits(x):
    N, C, H, W = x.shape
    low, high = (N, C, H // 2, W // 2), (N, C, (H + 1) // 2, (W + 1) // 2)
    share = [shape[2] * shape[3] / (H * W) for shape in (low, high)]
    return {
        "max": (low, share[0]), "avg": (low, share[0]), "stride": (high, share[1]),
        "unshuffle": ((N, 4 * C, H // 2, W // 2), 4 * share[0]),
    }  # fmt: skip


@misconception(
    replaces="downsample_compare",
    fails="downsample_compare-even downsample_compare-odd",
    diagnosis="The share is turned round: x.size / y.size.",
    hint="A share of what is left is at most 1.",
)
def turns_the_share_round(x):
    N, C, H, W = x.shape
    low, high = (N, C, H // 2, W // 2), (N, C, (H + 1) // 2, (W + 1) // 2)
    share = [H * W / (shape[2] * shape[3]) for shape in (low, high)]
    odd = H % 2 or W % 2
    return {
        "max": (low, share[0]), "avg": (low, share[0]), "stride": (high, share[1]),
        "unshuffle": None if odd else ((N, 4 * C, H // 2, W // 2), 1.0),
    }  # fmt: skip
