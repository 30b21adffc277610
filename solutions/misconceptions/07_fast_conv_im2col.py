"""Wrong solutions of chapter 07 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells. Most are a
right solution with one thing wrong, so that they fail for that thing only.
"""
# ruff: noqa: D103 - what a function does wrong is said in its diagnosis

import numpy as np

from autograder.misconceptions import misconception
from cnnkit import ops, shapes
from cnnkit.shapes import pair

# im2col


@misconception(
    replaces="im2col",
    fails="im2col-rows",
    diagnosis="The rows have the channel last: (kernel row, kernel column, channel).",
    hint="The filters are laid out by w.reshape(O, K). Which of their indices changes slowest?",
)
def puts_channels_last(x, kernel, *, stride=1, padding=0, dilation=1):
    cols = ops.im2col(x, kernel, stride=stride, padding=padding, dilation=dilation)
    N, rows, places = cols.shape
    apart = cols.reshape(N, x.shape[1], rows // x.shape[1], places)
    return apart.transpose(0, 2, 1, 3).reshape(cols.shape)


@misconception(
    replaces="im2col",
    fails="im2col-rows",
    diagnosis="Each window is laid out column by column: the kernel's column comes before its row.",
    hint="Lay the window (1, 2), (3, 4) out by reshape: which number comes second?",
)
def lays_windows_out_by_columns(x, kernel, *, stride=1, padding=0, dilation=1):
    cols = ops.im2col(x, kernel, stride=stride, padding=padding, dilation=dilation)
    kh, kw = pair(kernel, "kernel", 1)
    N, rows, places = cols.shape
    apart = cols.reshape(N, x.shape[1], kh, kw, places)
    return apart.transpose(0, 1, 3, 2, 4).reshape(cols.shape)


@misconception(
    replaces="im2col",
    fails="im2col-columns im2col-rows im2col-edges",
    diagnosis="The windows are the rows of the matrix, not its columns.",
    hint="The filters are rows. A row meets a column in a product: which of the two is a window?",
)
def makes_rows_of_windows(x, kernel, *, stride=1, padding=0, dilation=1):
    cols = ops.im2col(x, kernel, stride=stride, padding=padding, dilation=dilation)
    return cols.transpose(0, 2, 1).copy()


@misconception(
    replaces="im2col",
    fails="im2col-columns",
    diagnosis="The places are counted column by column: j · Ho + i.",
    hint="The product is made into maps by reshape, which reads row by row. So who comes second?",
)
def counts_places_by_columns(x, kernel, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    cols = ops.im2col(x, kernel, **options)
    Ho, Wo = shapes.conv2d_shape(*x.shape[2:], kernel, **options)
    N, rows, places = cols.shape
    return cols.reshape(N, rows, Ho, Wo).swapaxes(2, 3).reshape(cols.shape)


@misconception(
    replaces="im2col",
    fails="im2col-stride",
    diagnosis="There is the right number of places, but the windows still lie one pixel apart.",
    hint="With stride 3, at which pixel does the second window begin?",
)
def strides_only_in_the_size(x, kernel, *, stride=1, padding=0, dilation=1):
    options = {"padding": padding, "dilation": dilation}
    Ho, Wo = shapes.conv2d_shape(*x.shape[2:], kernel, stride=stride, **options)
    dense = shapes.conv2d_shape(*x.shape[2:], kernel, **options)
    cols = ops.im2col(x, kernel, **options)
    N, rows, _ = cols.shape
    return cols.reshape(N, rows, *dense)[:, :, :Ho, :Wo].reshape(N, rows, Ho * Wo)


@misconception(
    replaces="im2col",
    fails="im2col-stride",
    diagnosis="The row stride is used for the columns as well.",
    hint="A stride of (1, 3) moves by 1 downwards. By how much to the right?",
)
def strides_alike(x, kernel, *, stride=1, padding=0, dilation=1):
    stride = pair(stride, "stride", 1)[0]
    return ops.im2col(x, kernel, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="im2col",
    fails="im2col-padding",
    diagnosis="All zeros of the padding stand above and on the left.",
    hint="Padding 1 puts a zero on each of the four sides.",
)
def pads_top_left_only(x, kernel, *, stride=1, padding=0, dilation=1):
    ph, pw = pair(padding, "padding", 0)
    xp = np.pad(x, ((0, 0), (0, 0), (2 * ph, 0), (2 * pw, 0)))
    return ops.im2col(xp, kernel, stride=stride, dilation=dilation)


@misconception(
    replaces="im2col",
    fails="im2col-padding",
    diagnosis="The border is filled with copies of the edge pixels, not with zeros.",
    hint="What does np.pad put there if nothing else is said?",
)
def pads_with_the_edge(x, kernel, *, stride=1, padding=0, dilation=1):
    ph, pw = pair(padding, "padding", 0)
    if len(x):
        x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), mode="edge")
    return ops.im2col(x, kernel, stride=stride, dilation=dilation)


@misconception(
    replaces="im2col",
    fails="im2col-dilation",
    diagnosis="The dilation changes the number of places, but the taps still stand together.",
    hint="With dilation 2, which pixels does a window of three taps see?",
)
def dilates_only_the_size(x, kernel, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    kh, kw = pair(kernel, "kernel", 1)
    Ho, Wo = shapes.conv2d_shape(
        *x.shape[2:], kernel, stride=stride, padding=padding, dilation=dilation
    )
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    seen = xp[:, :, : sh * (Ho - 1) + kh, : sw * (Wo - 1) + kw]
    return ops.im2col(seen, kernel, stride=stride)


@misconception(
    replaces="im2col",
    fails="im2col-dilation",
    diagnosis="The row dilation is used for the columns as well.",
    hint="Dilation may be a pair: rows first, columns second.",
)
def dilates_alike(x, kernel, *, stride=1, padding=0, dilation=1):
    dilation = pair(dilation, "dilation", 1)[0]
    return ops.im2col(x, kernel, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="im2col",
    fails="im2col-dtype",
    diagnosis="The result is float64, whatever x is.",
    hint="Which dtype has an array that np.zeros makes if you do not say?",
)
def makes_floats(x, kernel, *, stride=1, padding=0, dilation=1):
    cols = ops.im2col(x, kernel, stride=stride, padding=padding, dilation=dilation)
    return cols.astype(np.float64)


@misconception(
    replaces="im2col",
    fails="im2col-edges",
    diagnosis="Strides are worked out from the shape, as if every array lay row by row in memory.",
    hint="A transposed array has the old numbers and new strides. Ask the array for its strides.",
)
def works_out_the_strides(x, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    (ph, pw), (dh, dw) = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    Ho, Wo = shapes.conv2d_shape(
        *x.shape[2:], kernel, stride=stride, padding=padding, dilation=dilation
    )
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))  # keeps the order in memory
    (N, C, H, W), size = xp.shape, x.itemsize
    steps = (C * H * W, H * W, dh * W, dw, sh * W, sw)
    windows = np.lib.stride_tricks.as_strided(
        xp, (N, C, kh, kw, Ho, Wo), [step * size for step in steps]
    )
    return windows.reshape(N, C * kh * kw, Ho * Wo).copy()


@misconception(
    replaces="im2col",
    fails="im2col-edges",
    diagnosis="An empty batch fails: the columns of the images are stacked, and there are none.",
    hint="Make the array for the result before the loop: its shape is known.",
)
def stacks_the_images(x, kernel, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    return np.stack([ops.im2col(image[None], kernel, **options)[0] for image in x])


@misconception(
    replaces="im2col",
    fails="im2col-contract",
    diagnosis="Where every pixel stands in one window only, the result is a view of x.",
    hint="reshape copies only if it must. When does it not have to?",
)
def returns_a_view(x, kernel, *, stride=1, padding=0, dilation=1):
    cols = ops.im2col(x, kernel, stride=stride, padding=padding, dilation=dilation)
    alone = pair(kernel, "kernel", 1) == pair(stride, "stride", 1) == (1, 1)
    return x.reshape(cols.shape) if alone and pair(padding, "padding", 0) == (0, 0) else cols


# conv2d_im2col


@misconception(
    replaces="conv2d_im2col",
    fails="conv2d_im2col-values",
    diagnosis="The filters are reshaped to (K, O) and transposed: that mixes them.",
    hint="w.reshape(-1, O) reads on in the order of memory. Is its first column a filter?",
)
def reshapes_filters_to_columns(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError("channels")
    mixed = w.reshape(-1, len(w)).T.reshape(w.shape)
    return ops.conv2d(x, mixed, b, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_im2col",
    fails="conv2d_im2col-values conv2d_im2col-batch conv2d_im2col-bias",
    diagnosis="A product of shape (L, O) is reshaped to (O, Ho, Wo): right numbers, wrong places.",
    hint="A reshape never exchanges axes. Which axis must come first before the maps are made?",
)
def reshapes_instead_of_transposing(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)
    return y.transpose(0, 2, 3, 1).reshape(y.shape)


@misconception(
    replaces="conv2d_im2col",
    fails="conv2d_im2col-batch",
    diagnosis="All columns go into one product (O, N · L), which is reshaped as it is.",
    hint="In that product filter 0 holds all images one after the other. What comes first in y?",
)
def merges_the_batch(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)
    return y.swapaxes(0, 1).reshape(y.shape)


@misconception(
    replaces="conv2d_im2col",
    fails="conv2d_im2col-bias",
    diagnosis="The bias is never added.",
    hint="Give the layer zeros as image: what must come out?",
)
def forgets_the_bias(x, w, b=None, *, stride=1, padding=0, dilation=1):
    operands = [x, w] if b is None else [x, w, b]
    y = ops.conv2d(x, w, stride=stride, padding=padding, dilation=dilation)
    return y.astype(np.result_type(y, *(a for a in operands if a.dtype.kind == "f")))


@misconception(
    replaces="conv2d_im2col",
    fails="conv2d_im2col-bias",
    diagnosis="The bias is lined up with the columns of the maps, not with the filters.",
    hint="An array of shape (O,) meets the last axis. Where are the filters?",
)
def adds_the_bias_to_columns(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, stride=stride, padding=padding, dilation=dilation)
    return y if b is None else y + b


@misconception(
    replaces="conv2d_im2col",
    fails="conv2d_im2col-options",
    diagnosis="The dilation is ignored.",
    hint="Which options does im2col need to know, and which the size of the output?",
)
def forgets_the_dilation(x, w, b=None, *, stride=1, padding=0, dilation=1):
    return ops.conv2d(x, w, b, stride=stride, padding=padding)


@misconception(
    replaces="conv2d_im2col",
    fails="conv2d_im2col-options",
    diagnosis="Stride and padding have only their first number: a pair is taken for a single one.",
    hint="Pass the options on as they are: im2col reads pairs itself.",
)
def takes_options_as_square(x, w, b=None, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    first = {name: pair(value, name, 0)[0] for name, value in options.items()}
    return ops.conv2d(x, w, b, **first)


@misconception(
    replaces="conv2d_im2col",
    fails="conv2d_im2col-edges",
    diagnosis="Whole numbers are multiplied as they come: small types run over.",
    hint="uint8 holds at most 255. Into what must x and w be converted before the product?",
)
def multiplies_whole_numbers(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError("channels")
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    cols = ops.im2col(x, w.shape[2:], **options)
    y = w.reshape(len(w), -1) @ cols
    if b is not None:
        y = y + b[:, None]
    return y.reshape(len(x), len(w), *shapes.conv2d_shape(*x.shape[2:], w.shape[2:], **options))


@misconception(
    replaces="conv2d_im2col",
    fails="conv2d_im2col-speed",
    diagnosis="Python loops over the places of the output: right, and slow.",
    hint="How many places has the output, and how many taps the kernel? Loop over the fewer ones.",
)
def loops_over_the_places(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError("channels")
    operands = [x, w] if b is None else [x, w, b]
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in operands))
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (dh, dw), (O, _, kh, kw) = pair(dilation, "dilation", 1), w.shape
    Ho, Wo = shapes.conv2d_shape(
        *x.shape[2:], (kh, kw), stride=stride, padding=padding, dilation=dilation
    )
    xp = np.pad(x.astype(dtype), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    rows = w.reshape(O, -1).astype(dtype).T
    y = np.empty((len(x), O, Ho, Wo), dtype)
    for i in range(Ho):
        lines = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        for j in range(Wo):
            window = xp[:, :, lines, j * sw : j * sw + dw * (kw - 1) + 1 : dw]
            y[:, :, i, j] = window.reshape(len(x), len(rows)) @ rows
    return y if b is None else y + b.astype(dtype)[:, None, None]


# col2im


@misconception(
    replaces="col2im",
    fails="col2im-overlap col2im-padding col2im-adjoint",
    diagnosis="A number overwrites what an earlier window brought to the same pixel.",
    hint="Pixel 1 is in two windows. What has become of the first one's number?",
)
def assigns_instead_of_adding(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    x = ops.col2im(cols, x_shape, kernel, **options)
    N, C, H, W = x_shape
    pixels = np.arange(1, N * C * H * W + 1).reshape(x_shape)
    places = ops.im2col(pixels, kernel, **options)
    flat = np.zeros(x.size + 1, x.dtype)
    rows = cols.shape[1] // max(C, 1)
    for tap in range(rows):
        flat[places[:, tap::rows]] = cols[:, tap::rows]
    return flat[1:].reshape(x_shape)


@misconception(
    replaces="col2im",
    fails="col2im-overlap col2im-padding col2im-adjoint",
    diagnosis="Each pixel gets the mean of its numbers, as if col2im were to undo im2col.",
    hint="A gradient adds up over all ways by which a pixel reaches the loss. Is a mean a sum?",
)
def averages_the_windows(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    x = ops.col2im(cols, x_shape, kernel, **options)
    seen = ops.im2col(np.ones(x_shape), kernel, **options)
    counts = ops.col2im(seen, x_shape, kernel, **options)
    return x / np.maximum(counts, 1).astype(x.dtype)


@misconception(
    replaces="col2im",
    fails="col2im-order col2im-adjoint",
    diagnosis="The rows of cols are read with the channel last.",
    hint="In which order did im2col write its rows? Channel, kernel row, kernel column.",
)
def reads_channels_last(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    N, C = x_shape[:2]
    kh, kw = pair(kernel, "kernel", 1)
    if cols.ndim == 3 and cols.shape[1] == C * kh * kw:
        apart = cols.reshape(cols.shape[0], kh * kw, C, cols.shape[2])
        cols = apart.swapaxes(1, 2).reshape(cols.shape)
    return ops.col2im(cols, x_shape, kernel, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="col2im",
    fails="col2im-order col2im-adjoint",
    diagnosis="The taps of a window are read column by column.",
    hint="The second row of cols is tap (0, 0, 1): the pixel to the right of the first.",
)
def reads_taps_by_columns(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    C, (kh, kw) = x_shape[1], pair(kernel, "kernel", 1)
    if cols.ndim == 3 and cols.shape[1] == C * kh * kw:
        apart = cols.reshape(cols.shape[0], C, kw, kh, cols.shape[2])
        cols = apart.swapaxes(2, 3).reshape(cols.shape)
    return ops.col2im(cols, x_shape, kernel, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="col2im",
    fails="col2im-padding col2im-adjoint",
    diagnosis="The image is cut out of the padded one at its first row and column.",
    hint="Row 0 of the image is not row 0 of the padded one. Which is it?",
)
def cuts_out_at_the_origin(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    (ph, pw), (N, C, H, W) = pair(padding, "padding", 0), x_shape
    padded = (N, C, H + 2 * ph, W + 2 * pw)
    return ops.col2im(cols, padded, kernel, stride=stride, dilation=dilation)[:, :, :H, :W]


@misconception(
    replaces="col2im",
    fails="col2im-overlap col2im-order col2im-padding col2im-options",
    diagnosis="The padding is cut off by a slice [p:-p], which holds nothing if p is 0.",
    hint="What is -0? Count from the front: where does the image end?",
)
def cuts_off_by_minus_p(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    (ph, pw), (N, C, H, W) = pair(padding, "padding", 0), x_shape
    padded = (N, C, H + 2 * ph, W + 2 * pw)
    x = ops.col2im(cols, padded, kernel, stride=stride, dilation=dilation)
    return x[:, :, ph:-ph, pw:-pw]


@misconception(
    replaces="col2im",
    fails="col2im-padding",
    diagnosis="The padding is left on: the result is larger than the image.",
    hint="What shape must the gradient of an image have?",
)
def leaves_the_padding_on(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    (ph, pw), (N, C, H, W) = pair(padding, "padding", 0), x_shape
    padded = (N, C, H + 2 * ph, W + 2 * pw)
    return ops.col2im(cols, padded, kernel, stride=stride, dilation=dilation)


@misconception(
    replaces="col2im",
    fails="col2im-options col2im-adjoint",
    diagnosis="The numbers are put back one pixel apart, whatever the stride was.",
    hint="Where did the second window begin when im2col cut it out?",
)
def puts_back_without_stride(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    (ph, pw), (N, C, H, W) = pair(padding, "padding", 0), x_shape
    (kh, kw), (dh, dw) = pair(kernel, "kernel", 1), pair(dilation, "dilation", 1)
    Ho, Wo = shapes.conv2d_shape(H, W, kernel, **options)
    if cols.shape != (N, C * kh * kw, Ho * Wo):
        raise ValueError("shape")
    small = (N, C, Ho + dh * (kh - 1), Wo + dw * (kw - 1))
    near = ops.col2im(cols, small, kernel, dilation=dilation)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), near.dtype)
    xp[:, :, : small[2], : small[3]] = near
    return xp[:, :, ph : ph + H, pw : pw + W]


@misconception(
    replaces="col2im",
    fails="col2im-options col2im-adjoint",
    diagnosis="The taps are put back next to each other, whatever the dilation was.",
    hint="Which pixel did the second tap see when im2col cut the window out?",
)
def puts_back_without_dilation(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    (ph, pw), (N, C, H, W) = pair(padding, "padding", 0), x_shape
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    Ho, Wo = shapes.conv2d_shape(H, W, kernel, **options)
    if cols.shape != (N, C * kh * kw, Ho * Wo):
        raise ValueError("shape")
    small = (N, C, sh * (Ho - 1) + kh, sw * (Wo - 1) + kw)
    near = ops.col2im(cols, small, kernel, stride=stride)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), near.dtype)
    xp[:, :, : small[2], : small[3]] = near
    return xp[:, :, ph : ph + H, pw : pw + W]


@misconception(
    replaces="col2im",
    fails="col2im-edges",
    diagnosis="Whole numbers stay whole numbers: sums of small types run over.",
    hint="uint8 begins again at 0 after 255. The task says which dtype integers give.",
)
def keeps_whole_numbers(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    x = ops.col2im(cols, x_shape, kernel, stride=stride, padding=padding, dilation=dilation)
    return x if cols.dtype.kind == "f" else x.astype(np.int64).astype(cols.dtype)


@misconception(
    replaces="col2im",
    fails="col2im-edges",
    diagnosis="Any array with the right number of numbers is taken, whatever its shape.",
    hint="reshape accepts a transposed matrix as well, and mixes it up. Compare the shapes first.",
)
def takes_any_shape(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    wanted = ops.im2col(np.zeros(x_shape), kernel, **options).shape
    return ops.col2im(cols.reshape(wanted), x_shape, kernel, **options)


# conv2d_backward_im2col


@misconception(
    replaces="conv2d_backward_im2col",
    fails="conv2d_backward_im2col-dx",
    diagnosis="In dx the filters are reshaped to (K, O) instead of transposed.",
    hint="w.reshape(K, O) has the right shape and the wrong numbers. Which row is tap 0?",
)
def reshapes_the_filters(dy, x, w, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    _, dw, db = ops.conv2d_backward(dy, x, w, **options)
    mixed = w.reshape(-1, len(w)).T.reshape(w.shape)
    return ops.conv2d_backward(dy, x, mixed, **options)[0], dw, db


@misconception(
    replaces="conv2d_backward_im2col",
    fails="conv2d_backward_im2col-dx",
    diagnosis="In dx overlapping windows overwrite one another.",
    hint="A pixel that two windows see has two gradients. What becomes of them?",
)
def overwrites_where_windows_overlap(dy, x, w, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    dx, dw, db = ops.conv2d_backward(dy, x, w, **options)
    dcols = w.reshape(len(w), -1).T.astype(dx.dtype) @ dy.reshape(*dy.shape[:2], -1)
    places = ops.im2col(np.arange(1, x.size + 1).reshape(x.shape), w.shape[2:], **options)
    flat, rows = np.zeros(x.size + 1, dx.dtype), w[0, 0].size
    for tap in range(rows):
        flat[places[:, tap::rows]] = dcols[:, tap::rows]
    return flat[1:].reshape(x.shape), dw, db


@misconception(
    replaces="conv2d_backward_im2col",
    fails="conv2d_backward_im2col-dw conv2d_backward_im2col-batch",
    diagnosis="dw is computed as (K, O) and reshaped, not transposed, to the shape of w.",
    hint="Which of the two factors must be transposed so that the product has the filters as rows?",
)
def reshapes_the_gradient_of_filters(dy, x, w, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    dx, dw, db = ops.conv2d_backward(dy, x, w, **options)
    return dx, dw.reshape(len(w), -1).T.reshape(w.shape), db


@misconception(
    replaces="conv2d_backward_im2col",
    fails="conv2d_backward_im2col-db",
    diagnosis="db is the mean over the places and images, not the sum.",
    hint="A bias is added at each place. Through how many numbers does it reach the loss?",
)
def averages_the_biases(dy, x, w, *, stride=1, padding=0, dilation=1):
    dx, dw, db = ops.conv2d_backward(dy, x, w, stride=stride, padding=padding, dilation=dilation)
    return dx, dw, (db / max(1, dy.size // len(w))).astype(db.dtype)


@misconception(
    replaces="conv2d_backward_im2col",
    fails="conv2d_backward_im2col-db",
    diagnosis="db has a row for each image: the batch is not added up.",
    hint="All images share the bias of a filter. What shape has b?",
)
def keeps_a_bias_for_each_image(dy, x, w, *, stride=1, padding=0, dilation=1):
    dx, dw, db = ops.conv2d_backward(dy, x, w, stride=stride, padding=padding, dilation=dilation)
    return dx, dw, dy.sum(axis=(2, 3), dtype=db.dtype)


@misconception(
    replaces="conv2d_backward_im2col",
    fails="conv2d_backward_im2col-batch",
    diagnosis="dw is the mean over the images, not their sum.",
    hint="The loss of a batch may be a mean; then dy says so already. What does this layer add up?",
)
def averages_over_the_batch(dy, x, w, *, stride=1, padding=0, dilation=1):
    dx, dw, db = ops.conv2d_backward(dy, x, w, stride=stride, padding=padding, dilation=dilation)
    return dx, (dw / max(1, len(x))).astype(dw.dtype), db


@misconception(
    replaces="conv2d_backward_im2col",
    fails="conv2d_backward_im2col-batch",
    diagnosis="dy is reshaped to (O, N · L) as it is: images and filters get mixed.",
    hint="In memory dy holds all maps of image 0 first. What is in the first row of that reshape?",
)
def merges_the_batch_of_dy(dy, x, w, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    out_hw = shapes.conv2d_shape(*x.shape[2:], w.shape[2:], **options)
    if dy.shape != (len(x), len(w), *out_hw):
        raise ValueError("shape")
    N, O = dy.shape[:2]
    mixed = dy.reshape(O, N, *dy.shape[2:]).swapaxes(0, 1)
    dx, dw, _ = ops.conv2d_backward(mixed, x, w, **options)
    return dx, dw, ops.conv2d_backward(dy, x, w, **options)[2]


@misconception(
    replaces="conv2d_backward_im2col",
    fails="conv2d_backward_im2col-options",
    diagnosis="The dilation is forgotten on the way back.",
    hint="im2col and col2im need the same options as the layer had forward.",
)
def forgets_the_dilation_back(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (kh, kw) = pair(stride, "stride", 1), w.shape[2:]
    dh, dw = pair(dilation, "dilation", 1)
    if (dh, dw) == (1, 1):
        return ops.conv2d_backward(dy, x, w, stride=stride, padding=padding)
    (ph, pw), (H, W) = pair(padding, "padding", 0), x.shape[2:]
    high, wide = sh * (dy.shape[2] - 1) + kh, sw * (dy.shape[3] - 1) + kw
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dnear, dweights, db = ops.conv2d_backward(dy, xp[:, :, :high, :wide], w, stride=stride)
    dxp = np.zeros(xp.shape, dnear.dtype)
    dxp[:, :, :high, :wide] = dnear
    return dxp[:, :, ph : ph + H, pw : pw + W], dweights, db


@misconception(
    replaces="conv2d_backward_im2col",
    fails="conv2d_backward_im2col-options",
    diagnosis="The padding is not cut off where it began: dx is shifted.",
    hint="Does your col2im know the padding?",
)
def shifts_by_the_padding(dy, x, w, *, stride=1, padding=0, dilation=1):
    (ph, pw), (H, W) = pair(padding, "padding", 0), x.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw, db = ops.conv2d_backward(dy, xp, w, stride=stride, dilation=dilation)
    return dxp[:, :, :H, :W], dw, db


@misconception(
    replaces="conv2d_backward_im2col",
    fails="conv2d_backward_im2col-edges",
    diagnosis="All gradients are float64, whatever the operands are.",
    hint="float32 with float32 stays float32, on the way back too.",
)
def gradients_always_float64(dy, x, w, *, stride=1, padding=0, dilation=1):
    gradients = ops.conv2d_backward(dy, x, w, stride=stride, padding=padding, dilation=dilation)
    return tuple(one.astype(np.float64) for one in gradients)


@misconception(
    replaces="conv2d_backward_im2col",
    fails="conv2d_backward_im2col-edges",
    diagnosis="A dy of another shape is taken if only it has the right number of numbers.",
    hint="A map of 4 x 2 is not one of 2 x 4. Compare the shapes before you reshape.",
)
def takes_any_dy(dy, x, w, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    out_hw = shapes.conv2d_shape(*x.shape[2:], w.shape[2:], **options)
    return ops.conv2d_backward(dy.reshape(len(x), len(w), *out_hw), x, w, **options)


# conv_as_matrix


@misconception(
    replaces="conv_as_matrix",
    fails="conv_as_matrix-plane conv_as_matrix-channels conv_as_matrix-stride",
    diagnosis="The matrix is transposed: a row for each pixel.",
    hint="The matrix is multiplied with the pixels from the right. How many columns must it have?",
)
def is_transposed(w, H, W, *, stride=1, padding=0):
    return ops.conv_as_matrix(w, H, W, stride=stride, padding=padding).T.copy()


@misconception(
    replaces="conv_as_matrix",
    fails="conv_as_matrix-plane conv_as_matrix-padding",
    diagnosis="The kernel is turned by 180 degrees: that is convolution, not cross-correlation.",
    hint="Which pixel does w[0, 0, 0, 0] meet at the first place?",
)
def flips_the_kernel(w, H, W, *, stride=1, padding=0):
    return ops.conv_as_matrix(w[:, :, ::-1, ::-1], H, W, stride=stride, padding=padding)


@misconception(
    replaces="conv_as_matrix",
    fails="conv_as_matrix-plane",
    diagnosis="The image is taken as square: its height is used for its width as well.",
    hint="Where does the second row of the image begin in the long vector?",
)
def takes_a_square_image(w, H, W, *, stride=1, padding=0):
    return ops.conv_as_matrix(w, H, H, stride=stride, padding=padding)


@misconception(
    replaces="conv_as_matrix",
    fails="conv_as_matrix-channels",
    diagnosis="The pixels are counted with the channel last.",
    hint="x.ravel() of an image (C, H, W): what comes second, the next pixel or the next channel?",
)
def counts_channels_last(w, H, W, *, stride=1, padding=0):
    matrix = ops.conv_as_matrix(w, H, W, stride=stride, padding=padding)
    apart = matrix.reshape(len(matrix), w.shape[1], H * W)
    return apart.swapaxes(1, 2).reshape(matrix.shape)


@misconception(
    replaces="conv_as_matrix",
    fails="conv_as_matrix-channels",
    diagnosis="The outputs are counted with the filter last.",
    hint="y.ravel() of an output (O, Ho, Wo): all of map 0 comes first.",
)
def counts_filters_last(w, H, W, *, stride=1, padding=0):
    matrix = ops.conv_as_matrix(w, H, W, stride=stride, padding=padding)
    apart = matrix.reshape(len(w), -1, matrix.shape[1])
    return apart.swapaxes(0, 1).reshape(matrix.shape)


@misconception(
    replaces="conv_as_matrix",
    fails="conv_as_matrix-stride",
    diagnosis="The stride is ignored.",
    hint="How many rows are left if the window moves by 3?",
)
def matrix_without_stride(w, H, W, *, stride=1, padding=0):
    return ops.conv_as_matrix(w, H, W, padding=padding)


@misconception(
    replaces="conv_as_matrix",
    fails="conv_as_matrix-padding",
    diagnosis="Taps beside the image reach round to the row above or below.",
    hint="Pixel h · W + w, with w = -1: which one is that? Check the column before you count.",
)
def wraps_round_at_the_rim(w, H, W, *, stride=1, padding=0):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    O, C, kh, kw = w.shape
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, padding=padding)
    dtype = w.dtype if w.dtype.kind == "f" else np.float64
    matrix = np.zeros((O, Ho, Wo, C, H * W), dtype)
    for i, j, a, e in np.ndindex(Ho, Wo, kh, kw):
        pixel = (i * sh + a - ph) * W + j * sw + e - pw
        if 0 <= pixel < H * W:
            matrix[:, i, j, :, pixel] = w[:, :, a, e]
    return matrix.reshape(O * Ho * Wo, C * H * W)


@misconception(
    replaces="conv_as_matrix",
    fails="conv_as_matrix-padding",
    diagnosis="The matrix has columns for the padding too.",
    hint="It is to be multiplied with the image as it is. How many numbers has that?",
)
def has_columns_for_the_padding(w, H, W, *, stride=1, padding=0):
    ph, pw = pair(padding, "padding", 0)
    return ops.conv_as_matrix(w, H + 2 * ph, W + 2 * pw, stride=stride)


@misconception(
    replaces="conv_as_matrix",
    fails="conv_as_matrix-edges",
    diagnosis="The matrix is float64 even if the weights are float32.",
    hint="Which dtype has an array that np.zeros makes if you do not say?",
)
def matrix_always_float64(w, H, W, *, stride=1, padding=0):
    return ops.conv_as_matrix(w, H, W, stride=stride, padding=padding).astype(np.float64)


@misconception(
    replaces="conv_as_matrix",
    fails="conv_as_matrix-edges",
    diagnosis="The matrix has the dtype of the weights, also where they are whole numbers.",
    hint="The task says which dtype integers give. What follows is arithmetic.",
)
def matrix_of_whole_numbers(w, H, W, *, stride=1, padding=0):
    return ops.conv_as_matrix(w, H, W, stride=stride, padding=padding).astype(w.dtype)
