"""Wrong solutions of chapter 04 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells.
"""
# ruff: noqa: D103 - what a function does wrong is said in its diagnosis

import numpy as np

from autograder.misconceptions import misconception
from cnnkit import layouts, ops, shapes
from cnnkit.shapes import pair

# conv2d_shape


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-floor",
    diagnosis="The number of places is rounded up, so a window that hangs out is counted.",
    hint="Try 7 pixels, window 3, stride 3 on paper: where would the third window end?",
)
def rounds_up(H, W, kernel, *, stride=1, padding=0, dilation=1):
    if padding == "same":
        return shapes.conv2d_shape(H, W, kernel, stride=stride, padding="same")
    top = shapes.conv2d_shape(H, W, kernel, padding=padding, dilation=dilation)
    stride = pair(stride, "stride", 1)
    return -(-(top[0] - 1) // stride[0]) + 1, -(-(top[1] - 1) // stride[1]) + 1


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-floor",
    diagnosis="The number of places is rounded to the nearest whole number.",
    hint="A window fits or it does not: three quarters of a window are none.",
)
def rounds_to_nearest(H, W, kernel, *, stride=1, padding=0, dilation=1):
    if padding == "same":
        return shapes.conv2d_shape(H, W, kernel, stride=stride, padding="same")
    top = shapes.conv2d_shape(H, W, kernel, padding=padding, dilation=dilation)
    stride = pair(stride, "stride", 1)
    return tuple(round((n - 1) / s + 1) for n, s in zip(top, stride, strict=True))


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-floor",
    diagnosis="A stride that leaves pixels over is refused with an error.",
    hint="A layer leaves over what does not fit, without an error. Which operator rounds down?",
)
def refuses_a_remainder(H, W, kernel, *, stride=1, padding=0, dilation=1):
    if padding != "same":
        top = shapes.conv2d_shape(H, W, kernel, padding=padding, dilation=dilation)
        if any((n - 1) % s for n, s in zip(top, pair(stride, "stride", 1), strict=True)):
            raise ValueError("The stride does not divide.")
    return shapes.conv2d_shape(
        H, W, kernel, stride=stride, padding=padding, dilation=dilation
    )


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-table conv2d_shape-floor",
    diagnosis="The sizes are not rounded at all and come out as fractions.",
    hint="An array has a whole number of rows. Look at the two division operators of Python.",
)
def keeps_the_fraction(H, W, kernel, *, stride=1, padding=0, dilation=1):
    if padding == "same":
        return shapes.conv2d_shape(H, W, kernel, stride=stride, padding="same")
    top = shapes.conv2d_shape(H, W, kernel, padding=padding, dilation=dilation)
    stride = pair(stride, "stride", 1)
    return (top[0] - 1) / stride[0] + 1, (top[1] - 1) / stride[1] + 1


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-table",
    diagnosis="The sizes have the right value but are floats.",
    hint="np.floor gives a float even for a whole number. Compare 7 // 2 with np.floor(7 / 2).",
)
def returns_floats(H, W, kernel, *, stride=1, padding=0, dilation=1):
    sizes = shapes.conv2d_shape(H, W, kernel, stride=stride, padding=padding, dilation=dilation)
    return tuple(float(size) for size in sizes)


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-table",
    diagnosis="The + 1 for the first place is missing: steps are counted, not places.",
    hint="How many places has a window that is exactly as large as the image?",
)
def counts_steps_not_places(H, W, kernel, *, stride=1, padding=0, dilation=1):
    sizes = shapes.conv2d_shape(H, W, kernel, stride=stride, padding=padding, dilation=dilation)
    return (sizes[0], sizes[1]) if padding == "same" else (sizes[0] - 1, sizes[1] - 1)


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-table",
    diagnosis="The padding is counted once, though zeros stand at both ends.",
    hint="Draw a row of 5 pixels with padding 1. How many cells has the row now?",
)
def pads_at_one_end(H, W, kernel, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "dilation": dilation}
    if isinstance(padding, str):
        return shapes.conv2d_shape(H, W, kernel, padding=padding, **options)
    ph, pw = pair(padding, "padding", 0)
    return shapes.conv2d_shape(H + ph, W + pw, kernel, **options)


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-table conv2d_shape-pairs",
    diagnosis="The size is only divided by the stride; kernel and padding play no part.",
    hint="n/s is right for the word 'same' alone. What does the kernel take away otherwise?",
)
def only_divides_by_the_stride(H, W, kernel, *, stride=1, padding=0, dilation=1):
    return shapes.conv2d_shape(H, W, kernel, stride=stride, padding="same")


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-dilation",
    diagnosis="The dilation is ignored.",
    hint="Mark three taps with dilation 2 on squared paper. Over how many squares do they reach?",
)
def ignores_the_dilation(H, W, kernel, *, stride=1, padding=0, dilation=1):
    return shapes.conv2d_shape(H, W, kernel, stride=stride, padding=padding)


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-dilation",
    diagnosis="The reach of a dilated window is taken as d · k pixels, one gap too many.",
    hint="Three taps have two gaps between them. How many gaps do k taps have?",
)
def one_gap_too_many(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (dh, dw) = pair(kernel, "kernel", 1), pair(dilation, "dilation", 1)
    return shapes.conv2d_shape(H, W, (kh * dh, kw * dw), stride=stride, padding=padding)


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-pairs",
    diagnosis="The height is computed and returned for the width as well.",
    hint="An image need not be square. Which of your two results depends on W?",
)
def returns_the_height_twice(H, W, kernel, *, stride=1, padding=0, dilation=1):
    Ho, _ = shapes.conv2d_shape(H, W, kernel, stride=stride, padding=padding, dilation=dilation)
    return Ho, Ho


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-pairs",
    diagnosis="The kernel's height is used along both axes.",
    hint="A kernel (3, 2) is 3 high and 2 wide. Which of the two belongs to W?",
)
def takes_the_kernel_for_square(H, W, kernel, *, stride=1, padding=0, dilation=1):
    kernel, _ = pair(kernel, "kernel", 1)
    return shapes.conv2d_shape(H, W, kernel, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-pairs",
    diagnosis="The pairs are read as (columns, rows).",
    hint="Every pair in this course begins with the rows, as array shapes do.",
)
def reads_pairs_as_width_height(H, W, kernel, *, stride=1, padding=0, dilation=1):
    kernel, stride = pair(kernel, "kernel", 1)[::-1], pair(stride, "stride", 1)[::-1]
    dilation = pair(dilation, "dilation", 1)[::-1]
    if not isinstance(padding, str):
        padding = pair(padding, "padding", 0)[::-1]
    return shapes.conv2d_shape(H, W, kernel, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-words",
    diagnosis="'same' returns the size of the input, whatever the stride.",
    hint="No padding undoes a stride: with stride 2 about every second place is left.",
)
def same_forgets_the_stride(H, W, kernel, *, stride=1, padding=0, dilation=1):
    if padding == "same":
        return H, W
    return shapes.conv2d_shape(H, W, kernel, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-words",
    diagnosis="'same' is taken as padding k // 2 on both sides, which is wrong for even kernels "
    "and with dilation.",
    hint="The task gives the size for 'same' directly: you need no padding to compute it.",
)
def same_is_half_the_kernel(H, W, kernel, *, stride=1, padding=0, dilation=1):
    if padding == "same":
        kh, kw = pair(kernel, "kernel", 1)
        padding = (kh // 2, kw // 2)
    return shapes.conv2d_shape(H, W, kernel, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-errors",
    diagnosis="Where no window fits, a size of 0 or less is returned.",
    hint="An array can't have -1 rows. Where in your function could you notice?",
)
def returns_sizes_below_one(H, W, kernel, *, stride=1, padding=0, dilation=1):
    if padding == "same":
        return shapes.conv2d_shape(H, W, kernel, stride=stride, padding="same")
    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding = pair(0 if padding == "valid" else padding, "padding", 0)
    dilation = pair(dilation, "dilation", 1)
    options = zip((H, W), kernel, stride, padding, dilation, strict=True)
    return tuple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in options)


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-errors",
    diagnosis="Options out of range, such as a negative padding, are accepted.",
    hint="The tool `pair` takes the smallest number that is allowed. Is every option checked?",
)
def accepts_any_option(H, W, kernel, *, stride=1, padding=0, dilation=1):
    if padding == "same":
        return shapes.conv2d_shape(H, W, kernel, stride=stride, padding="same")
    kernel, stride, dilation, padding = (
        value if isinstance(value, tuple) else (value, value)
        for value in (kernel, stride, dilation, 0 if padding == "valid" else padding)
    )
    options = zip((H, W), kernel, stride, padding, dilation, strict=True)
    sizes = tuple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in options)
    if min(sizes) < 1:
        raise ValueError("No window fits.")
    return sizes


# same_padding


@misconception(
    replaces="same_padding",
    fails="same_padding-even",
    diagnosis="k // 2 zeros are put on both sides, one too many for an even kernel.",
    hint="Add your two sides up and compare with what the kernel takes away.",
)
def half_the_kernel_on_both_sides(kernel, *, dilation=1):
    kernel, dilation = pair(kernel, "kernel", 1), pair(dilation, "dilation", 1)
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    return (reach[0] // 2, reach[0] // 2), (reach[1] // 2, reach[1] // 2)


@misconception(
    replaces="same_padding",
    fails="same_padding-even",
    diagnosis="(k - 1) // 2 zeros are put on both sides, one too few for an even kernel.",
    hint="Half of 3 rounded down is 1, twice. Where did the third zero go?",
)
def loses_the_odd_zero(kernel, *, dilation=1):
    (top, _), (left, _) = shapes.same_padding(kernel, dilation=dilation)
    return (top, top), (left, left)


@misconception(
    replaces="same_padding",
    fails="same_padding-even",
    diagnosis="The odd zero is put at the beginning instead of the end.",
    hint="The task says on which side the larger half belongs. What do you give for kernel 2?",
)
def odd_zero_at_the_beginning(kernel, *, dilation=1):
    rows, columns = shapes.same_padding(kernel, dilation=dilation)
    return rows[::-1], columns[::-1]


@misconception(
    replaces="same_padding",
    fails="same_padding-dilation",
    diagnosis="The dilation is ignored.",
    hint="A dilated kernel reaches further. By how much is its reach larger than one pixel?",
)
def pads_without_dilation(kernel, *, dilation=1):
    return shapes.same_padding(kernel)


@misconception(
    replaces="same_padding",
    fails="same_padding-dilation",
    diagnosis="The two sides of the undilated kernel are each multiplied by the dilation.",
    hint="Which comes first: multiplying by the dilation, or halving? Try kernel 4, dilation 2.",
)
def splits_before_it_dilates(kernel, *, dilation=1):
    (top, bottom), (left, right) = shapes.same_padding(kernel)
    dh, dw = pair(dilation, "dilation", 1)
    return (dh * top, dh * bottom), (dw * left, dw * right)


@misconception(
    replaces="same_padding",
    fails="same_padding-odd",
    diagnosis="The kernel's height is used along both axes.",
    hint="What does your function give for a kernel 3 high and 7 wide?",
)
def pads_as_if_square(kernel, *, dilation=1):
    kernel, _ = pair(kernel, "kernel", 1)
    return shapes.same_padding(kernel, dilation=dilation)


@misconception(
    replaces="same_padding",
    fails="same_padding-odd",
    diagnosis="Left and right come first, top and bottom second.",
    hint="Array axes begin with the rows. Which two sides lie along the rows' axis?",
)
def columns_before_rows(kernel, *, dilation=1):
    rows, columns = shapes.same_padding(kernel, dilation=dilation)
    return columns, rows


# receptive_patch


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-inside",
    diagnosis="The slice ends one tap too early: its end is the last tap, which Python leaves out.",
    hint="How many elements has x[0:2]? The lecture's slip in the erratum box is the same.",
)
def ends_at_the_last_tap(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    rows, cols = shapes.receptive_patch(
        i, j, in_hw, kernel, stride=stride, padding=padding, dilation=dilation
    )
    return tuple(slice(r.start, max(0, r.stop - 1), r.step) for r in (rows, cols))


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-inside",
    diagnosis="The stride is ignored: output i is taken to start at pixel i.",
    hint="At stride 2 the window of output 1 has moved by how many pixels?",
)
def patch_without_stride(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    return shapes.receptive_patch(i, j, in_hw, kernel, padding=padding, dilation=dilation)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-inside",
    diagnosis="The window is centred on pixel (i, j), which is right only with 'same' padding.",
    hint="Without padding the very first window begins at pixel 0. Where does yours begin?",
)
def centres_the_window(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    kernel, dilation = pair(kernel, "kernel", 1), pair(dilation, "dilation", 1)
    half = tuple(d * (k - 1) // 2 for k, d in zip(kernel, dilation, strict=True))
    wide = (in_hw[0] + 99, in_hw[1] + 99)  # the window may hang out at the end
    return shapes.receptive_patch(
        i, j, wide, kernel, stride=stride, padding=half, dilation=dilation
    )


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-inside",
    diagnosis="The stride is used as the step inside the window.",
    hint="The stride moves the window as a whole. Which option spreads its taps?",
)
def steps_by_the_stride(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    rows, cols = shapes.receptive_patch(
        i, j, in_hw, kernel, stride=stride, padding=padding, dilation=dilation
    )
    stride = pair(stride, "stride", 1)
    return slice(rows.start, rows.stop, stride[0]), slice(cols.start, cols.stop, stride[1])


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-borders",
    diagnosis="A negative start is left in the slice, where it counts from the end of the axis.",
    hint="What is np.arange(5)[-1:2]?",
)
def leaves_the_start_negative(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    slices = []
    for o, k, s, p, d in zip((i, j), kernel, stride, padding, dilation, strict=True):
        first = o * s - p
        slices.append(slice(first, max(0, first + d * (k - 1) + 1), d))
    return tuple(slices)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-borders",
    diagnosis="The padding is ignored: the first window is taken to begin at the first pixel.",
    hint="With padding 1 the first window begins one row above the image. What is its row number?",
)
def patch_without_padding(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    wide = (in_hw[0] + 99, in_hw[1] + 99)  # the window may hang out at the end
    return shapes.receptive_patch(i, j, wide, kernel, stride=stride, dilation=dilation)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-borders",
    diagnosis="A window that hangs out is pushed back inside instead of being cut.",
    hint="A window at the border sees fewer pixels, not other pixels.",
)
def pushes_the_window_inside(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    slices = []
    for o, n, k, s, p, d in zip((i, j), in_hw, kernel, stride, padding, dilation, strict=True):
        reach = d * (k - 1) + 1
        first = min(max(o * s - p, 0), max(n - reach, 0))
        slices.append(slice(first, first + reach, d))
    return tuple(slices)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-dilation",
    diagnosis="Where the window hangs out the slice begins at pixel 0, though no tap may be there.",
    hint="With taps at -2, 1 and 4: which are inside? A slice from 0 in steps of 3 has others.",
)
def begins_at_pixel_zero(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    slices = []
    for o, k, s, p, d in zip((i, j), kernel, stride, padding, dilation, strict=True):
        first = o * s - p
        slices.append(slice(max(0, first), max(0, first + d * (k - 1) + 1), d))
    return tuple(slices)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-dilation",
    diagnosis="The slice takes every pixel between the first and the last tap.",
    hint="A dilated window skips pixels. Which of the three numbers of a slice does that?",
)
def takes_the_gaps_too(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    rows, cols = shapes.receptive_patch(
        i, j, in_hw, kernel, stride=stride, padding=padding, dilation=dilation
    )
    return slice(rows.start, rows.stop), slice(cols.start, cols.stop)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-outside",
    diagnosis="For a window wholly in the padding the slice's end is negative, so it takes nearly "
    "everything.",
    hint="What is np.arange(5)[0:-1]? What must the end be at the least?",
)
def leaves_the_end_negative(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    slices = []
    for o, k, s, p, d in zip((i, j), kernel, stride, padding, dilation, strict=True):
        first = o * s - p
        slices.append(slice(first if first >= 0 else first % d, first + d * (k - 1) + 1, d))
    return tuple(slices)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-pairs",
    diagnosis="The first number of each pair is used for the columns as well.",
    hint="Call your function with kernel (2, 3) and look at both slices.",
)
def uses_row_options_for_columns(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    kernel, stride = pair(kernel, "kernel", 1)[0], pair(stride, "stride", 1)[0]
    padding, dilation = pair(padding, "padding", 0)[0], pair(dilation, "dilation", 1)[0]
    wide = (in_hw[0] + 99, in_hw[1] + 99)
    return shapes.receptive_patch(
        i, j, wide, kernel, stride=stride, padding=padding, dilation=dilation
    )


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-pairs",
    diagnosis="The pairs are read as (columns, rows).",
    hint="Every pair in this course begins with the rows, as array shapes do.",
)
def reads_patch_pairs_backwards(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    kernel, stride = pair(kernel, "kernel", 1)[::-1], pair(stride, "stride", 1)[::-1]
    padding, dilation = pair(padding, "padding", 0)[::-1], pair(dilation, "dilation", 1)[::-1]
    wide = (in_hw[0] + 99, in_hw[1] + 99)
    return shapes.receptive_patch(
        i, j, wide, kernel, stride=stride, padding=padding, dilation=dilation
    )


# conv_params and conv_macs


@misconception(
    replaces="conv_params",
    fails="conv_counts-params conv_counts-untied",
    diagnosis="The biases are not counted.",
    hint="Each filter adds one number of its own to its map. That number is learned too.",
)
def forgets_the_biases(C, O, kernel, *, bias=True, out_hw=None):
    return shapes.conv_params(C, O, kernel, bias=False, out_hw=out_hw)


@misconception(
    replaces="conv_params",
    fails="conv_counts-params",
    diagnosis="Biases are counted even where bias=False.",
    hint="One of your arguments has no effect on the result. Which?",
)
def always_counts_the_biases(C, O, kernel, *, bias=True, out_hw=None):
    return shapes.conv_params(C, O, kernel, out_hw=out_hw)


@misconception(
    replaces="conv_params",
    fails="conv_counts-params conv_counts-untied",
    diagnosis="The input's channels are left out: each filter is counted as one flat kernel.",
    hint="How deep is a filter that looks at a colour image?",
)
def counts_flat_filters(C, O, kernel, *, bias=True, out_hw=None):
    return shapes.conv_params(1, O, kernel, bias=bias, out_hw=out_hw)


@misconception(
    replaces="conv_params",
    fails="conv_counts-params",
    diagnosis="One bias is counted for each weight slice (filter and input channel).",
    hint="A filter adds its channels to one number, and then one bias. How many biases are that?",
)
def one_bias_per_channel(C, O, kernel, *, bias=True, out_hw=None):
    shared = shapes.conv_params(C, O, kernel, bias=False) + bool(bias) * O * C
    return shared if out_hw is None else shared * out_hw[0] * out_hw[1]


@misconception(
    replaces="conv_params",
    fails="conv_counts-params",
    diagnosis="The kernel is taken to be square: its height is squared.",
    hint="What does your function give for a kernel of 3 by 5?",
)
def squares_the_kernel(C, O, kernel, *, bias=True, out_hw=None):
    kernel, _ = pair(kernel, "kernel", 1)
    return shapes.conv_params(C, O, kernel, bias=bias, out_hw=out_hw)


@misconception(
    replaces="conv_params",
    fails="conv_counts-untied",
    diagnosis="In the untied layer the weights are counted for every place, the biases only once "
    "for each filter.",
    hint="Untied means that a place shares nothing with another, not even the bias.",
)
def still_shares_the_bias(C, O, kernel, *, bias=True, out_hw=None):
    if out_hw is None:
        return shapes.conv_params(C, O, kernel, bias=bias)
    return shapes.conv_params(C, O, kernel, bias=False, out_hw=out_hw) + bool(bias) * O


@misconception(
    replaces="conv_params",
    fails="conv_counts-untied",
    diagnosis="out_hw is ignored: the layer is always counted as sharing its weights.",
    hint="With out_hw given, the same filter at two places has two sets of weights.",
)
def always_shares(C, O, kernel, *, bias=True, out_hw=None):
    return shapes.conv_params(C, O, kernel, bias=bias)


@misconception(
    replaces="conv_macs",
    fails="conv_counts-macs",
    diagnosis="Products and additions are counted apart, twice as many as multiply-accumulates.",
    hint="A multiply-accumulate is a product together with the addition that follows it.",
)
def counts_flops(C, O, kernel, out_hw):
    return 2 * shapes.conv_macs(C, O, kernel, out_hw)


@misconception(
    replaces="conv_macs",
    fails="conv_counts-macs",
    diagnosis="The bias is counted as a product.",
    hint="What is done with the bias: is it multiplied by anything?",
)
def multiplies_the_bias(C, O, kernel, out_hw):
    return shapes.conv_macs(C, O, kernel, out_hw) + O * out_hw[0] * out_hw[1]


@misconception(
    replaces="conv_macs",
    fails="conv_counts-macs",
    diagnosis="The input's channels are left out.",
    hint="The first test has one channel, so it can't show this. Try three.",
)
def macs_of_one_channel(C, O, kernel, out_hw):
    return shapes.conv_macs(1, O, kernel, out_hw)


@misconception(
    replaces="conv_macs",
    fails="conv_counts-macs",
    diagnosis="The products of a single place are counted, not of the whole map.",
    hint="The layer repeats its work at every place of the output.",
)
def macs_of_one_place(C, O, kernel, out_hw):
    return shapes.conv_macs(C, O, kernel, (1, 1))


# layout_convert


@misconception(
    replaces="layout_convert",
    fails="layout_convert-values",
    diagnosis="The array is reshaped: the shape is right, and the numbers stay where they were.",
    hint="Reshaping cuts the same row of numbers differently. Follow a single weight by hand.",
)
def reshapes_the_weights(w, src, dst):
    return w.reshape(layouts.layout_convert(w, src, dst).shape).copy()


@misconception(
    replaces="layout_convert",
    fails="layout_convert-values",
    diagnosis="The axes are moved by the inverse permutation.",
    hint="np.transpose asks of each new axis which old one it was. You answer the opposite.",
)
def inverts_the_permutation(w, src, dst):
    layouts.layout_convert(w, src, dst)  # raises where the exercise asks for it
    return np.transpose(w, [dst.index(letter) for letter in src]).copy()


@misconception(
    replaces="layout_convert",
    fails="layout_convert-values",
    diagnosis="Input and output channels come out exchanged.",
    hint="Is the first axis of PyTorch's weights the filters or the channels? See the erratum box.",
)
def exchanges_in_and_out(w, src, dst):
    return layouts.layout_convert(w, src, dst.translate(str.maketrans("OI", "IO")))


@misconception(
    replaces="layout_convert",
    fails="layout_convert-values",
    diagnosis="The layouts are not looked at: it is always OIHW to HWIO.",
    hint="The function must serve any two orders. Where does yours use src?",
)
def always_to_keras(w, src, dst):
    layouts.layout_convert(w, src, dst)  # raises where the exercise asks for it
    return np.transpose(w, (2, 3, 1, 0)).copy()


@misconception(
    replaces="layout_convert",
    fails="layout_convert-dtype",
    diagnosis="The result is float64 whatever the weights were.",
    hint="An array made with np.zeros or np.empty is float64 unless you say otherwise.",
)
def turns_into_float64(w, src, dst):
    return layouts.layout_convert(w, src, dst).astype(np.float64)


@misconception(
    replaces="layout_convert",
    fails="layout_convert-errors",
    diagnosis="Any letters are accepted as long as both layouts have the same ones.",
    hint="NCHW orders images, not weights. Which four letters are allowed?",
)
def accepts_any_letters(w, src, dst):
    return np.transpose(w, [src.index(letter) for letter in dst]).copy()


@misconception(
    replaces="layout_convert",
    fails="layout_convert-contract",
    diagnosis="The result is a view: it shares its numbers with the caller's array.",
    hint="Write a 7 into the result and look at the input.",
)
def returns_a_view(w, src, dst):
    layouts.layout_convert(w, src, dst)  # raises where the exercise asks for it
    return np.transpose(w, [src.index(letter) for letter in dst])


# conv2d_naive


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values",
    diagnosis="The kernel is flipped: convolution in the strict sense, not what a layer does.",
    hint="Which of SciPy's two functions flips? Try a kernel that is 1 in one corner only.",
)
def flips_the_kernel(x, w, b=None, *, stride=1, padding=0, dilation=1):
    w = w[:, :, ::-1, ::-1]
    return ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values",
    diagnosis="The kernel is transposed: its rows meet the image's columns.",
    hint="Follow w[0, 0, 0, 1] by hand: which pixel of the first window does it meet?",
)
def transposes_the_kernel(x, w, b=None, *, stride=1, padding=0, dilation=1):
    w = w.swapaxes(2, 3)
    return ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values",
    diagnosis="The products are averaged instead of added up.",
    hint="A dot product is a sum. By which factor are your values too small?",
)
def averages_the_window(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, stride=stride, padding=padding, dilation=dilation)
    y = y / w[0].size
    return y if b is None else y + b[:, None, None]


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values",
    diagnosis="The output's width is taken to be its height.",
    hint="Try an image with 5 rows and 8 columns and print the shape of the result.",
)
def makes_square_maps(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)
    square = np.zeros((*y.shape[:3], y.shape[2]), y.dtype)
    width = min(y.shape[2:])
    square[..., :width] = y[..., :width]
    return square


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values",
    diagnosis="The kernel's width is taken to be its height.",
    hint="Try a kernel that is 3 high and 2 wide, and look at the window that you cut out.",
)
def takes_kernels_for_square(x, w, b=None, *, stride=1, padding=0, dilation=1):
    kh, kw = w.shape[2:]
    square = np.zeros((*w.shape[:2], kh, kh), w.dtype)
    square[..., : min(kh, kw)] = w[..., : min(kh, kw)]
    return ops.conv2d(x, square, b, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values",
    diagnosis="Axes of size 1 are squeezed away.",
    hint="One image with one map is still an array with four axes.",
)
def squeezes_the_result(x, w, b=None, *, stride=1, padding=0, dilation=1):
    return np.squeeze(ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation))


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values conv2d_naive-stride",
    diagnosis="The output is made n / stride large, and what does not fit is filled up with zeros.",
    hint="That is the size for padding 'same'. How many windows lie wholly inside?",
)
def makes_n_over_s_places(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)
    Ho, Wo = shapes.conv2d_shape(*x.shape[2:], 1, stride=stride, padding="same")
    full = np.zeros((*y.shape[:2], max(Ho, y.shape[2]), max(Wo, y.shape[3])), y.dtype)
    full[:, :, : y.shape[2], : y.shape[3]] = y
    return full


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-channels",
    diagnosis="Only the first channel is looked at.",
    hint="A filter reaches through the full depth. Where does your function loop or sum over c?",
)
def sees_one_channel(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] == w.shape[1]:
        x, w = x[:, :1], w[:, :1]
    return ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-channels",
    diagnosis="The channels are averaged instead of added up.",
    hint="Your values are too small by a factor. Compare it with C.",
)
def averages_the_channels(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, stride=stride, padding=padding, dilation=dilation)
    y = y / y.dtype.type(x.shape[1])
    return y if b is None else y + b[:, None, None]


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-channels",
    diagnosis="All images of the batch get the result of the first.",
    hint="Give your function two different images. Where does the index n go?",
)
def repeats_the_first_image(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)
    return y if len(y) == 0 else np.repeat(y[:1], len(y), axis=0)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-channels",
    diagnosis="All maps are those of the first filter.",
    hint="Give your function two different filters. Where does the index o go?",
)
def repeats_the_first_filter(x, w, b=None, *, stride=1, padding=0, dilation=1):
    w = np.repeat(w[:1], len(w), axis=0)
    return ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-bias",
    diagnosis="The bias is never added.",
    hint="With weights of zero the output is the bias alone. What does yours give?",
)
def forgets_the_bias(x, w, b=None, *, stride=1, padding=0, dilation=1):
    return ops.conv2d(x, w, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-bias",
    diagnosis="The bias is added once for each input channel.",
    hint="Look at which loop the bias stands in. It belongs to the finished sum.",
)
def adds_the_bias_per_channel(x, w, b=None, *, stride=1, padding=0, dilation=1):
    b = None if b is None else b * x.shape[1]
    return ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-bias",
    diagnosis="The bias is lined up with the columns of the output, not with its maps.",
    hint="Broadcasting starts from the last axis. Which axis of y are the filters?",
)
def adds_the_bias_to_columns(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, stride=stride, padding=padding, dilation=dilation)
    return y if b is None else y + b


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-bias",
    diagnosis="Every map gets the bias of the first filter.",
    hint="b has one number for each filter. Which index do you use?",
)
def adds_one_bias_everywhere(x, w, b=None, *, stride=1, padding=0, dilation=1):
    b = None if b is None else np.full_like(b, b[0])
    return ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-stride",
    diagnosis="The stride is ignored.",
    hint="At stride 2 the second window starts at pixel 2. Where does yours start?",
)
def ignores_the_stride(x, w, b=None, *, stride=1, padding=0, dilation=1):
    return ops.conv2d(x, w, b, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-stride",
    diagnosis="The output has the right size, but its windows still lie one pixel apart.",
    hint="The size knows the stride, the place of the window does not.",
)
def strides_only_in_the_size(x, w, b=None, *, stride=1, padding=0, dilation=1):
    options = {"padding": padding, "dilation": dilation}
    Ho, Wo = ops.conv2d(x, w, b, stride=stride, **options).shape[2:]
    return ops.conv2d(x, w, b, **options)[:, :, :Ho, :Wo].copy()


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-stride",
    diagnosis="The row stride is used for the columns as well.",
    hint="Test with stride (1, 3): rows follow closely, columns stand apart.",
)
def strides_alike(x, w, b=None, *, stride=1, padding=0, dilation=1):
    stride, _ = pair(stride, "stride", 1)
    return ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-padding",
    diagnosis="The border is filled with copies of the edge pixels, not with zeros.",
    hint="np.pad has modes. Which one writes zeros?",
)
def pads_with_the_edge(x, w, b=None, *, stride=1, padding=0, dilation=1):
    ph, pw = pair(padding, "padding", 0)
    if x.size:
        x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), mode="edge")
    return ops.conv2d(x, w, b, stride=stride, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-padding",
    diagnosis="Zeros are put above and on the left only.",
    hint="How large must the padded image be? Compare with the shape of yours.",
)
def pads_top_left_only(x, w, b=None, *, stride=1, padding=0, dilation=1):
    ph, pw = pair(padding, "padding", 0)
    x = np.pad(x, ((0, 0), (0, 0), (ph, 0), (pw, 0)))
    return ops.conv2d(x, w, b, stride=stride, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-padding",
    diagnosis="The output is padded instead of the input.",
    hint="A window on the border must be able to see the zeros. Pad before you look.",
)
def pads_the_output(x, w, b=None, *, stride=1, padding=0, dilation=1):
    ph, pw = pair(padding, "padding", 0)
    y = ops.conv2d(x, w, b, stride=stride, dilation=dilation)
    return np.pad(y, ((0, 0), (0, 0), (ph, ph), (pw, pw)))


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-padding",
    diagnosis="Row and column padding are exchanged.",
    hint="padding=(0, 1) adds columns and no rows. What does yours add?",
)
def exchanges_the_paddings(x, w, b=None, *, stride=1, padding=0, dilation=1):
    padding = pair(padding, "padding", 0)[::-1]
    return ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-together",
    diagnosis="The padding is added to the number of places after dividing by the stride.",
    hint="The zeros are part of the row that the window walks over, so they are divided as well.",
)
def counts_the_padding_too_late(x, w, b=None, *, stride=1, padding=0, dilation=1):
    (ph, pw), (dh, dw) = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    y = ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)
    sh, sw = pair(stride, "stride", 1)
    Ho = (x.shape[2] - dh * (w.shape[2] - 1) - 1) // sh + 1 + 2 * ph
    Wo = (x.shape[3] - dw * (w.shape[3] - 1) - 1) // sw + 1 + 2 * pw
    late = np.zeros((*y.shape[:2], max(Ho, y.shape[2]), max(Wo, y.shape[3])), y.dtype)
    late[:, :, : y.shape[2], : y.shape[3]] = y
    return late[:, :, :Ho, :Wo]


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-dilation",
    diagnosis="The dilation is ignored.",
    hint="With dilation 4 a 2 x 2 kernel on 5 x 5 pixels sees the four corners.",
)
def conv_without_dilation(x, w, b=None, *, stride=1, padding=0, dilation=1):
    return ops.conv2d(x, w, b, stride=stride, padding=padding)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-dilation",
    diagnosis="The dilation moves the window, like a second stride, and its taps stay together.",
    hint="The stride says where windows start, the dilation where the taps of one window are.",
)
def dilates_the_stride(x, w, b=None, *, stride=1, padding=0, dilation=1):
    (sh, sw), (dh, dw) = pair(stride, "stride", 1), pair(dilation, "dilation", 1)
    return ops.conv2d(x, w, b, stride=(sh * dh, sw * dw), padding=padding)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-dilation",
    diagnosis="The row dilation is used for the columns as well.",
    hint="Test with dilation (1, 2): rows stay together, columns stand apart.",
)
def dilates_alike(x, w, b=None, *, stride=1, padding=0, dilation=1):
    dilation, _ = pair(dilation, "dilation", 1)
    return ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-dtype",
    diagnosis="The result is float64 even where all operands are float32.",
    hint="np.zeros makes float64 unless you say otherwise. Which dtype should the output have?",
)
def always_float64(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)
    return y.astype(np.float64)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-dtype",
    diagnosis="The result is float32 whatever the operands are.",
    hint="Which dtype do float64 operands ask for? Print np.result_type of the three.",
)
def always_float32(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)
    return y.astype(np.float32)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-dtype",
    diagnosis="The result has the dtype of x: with integers its values are cut or wrap round.",
    hint="How would 2.5 be stored in an array of integers? Choose the dtype from all operands.",
)
def keeps_the_dtype_of_x(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)
    with np.errstate(all="ignore"):
        return y.astype(np.int64).astype(x.dtype) if x.dtype.kind in "biu" else y.astype(x.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-edges",
    diagnosis="A wrong number of channels is not noticed: broadcasting hides it.",
    hint="NumPy stretches an axis of size 1 without a word. Compare the two shapes yourself.",
)
def broadcasts_the_channels(x, w, b=None, *, stride=1, padding=0, dilation=1):
    C = max(x.shape[1], w.shape[1])
    x = np.broadcast_to(x, (len(x), C, *x.shape[2:])) if x.shape[1] == 1 else x
    w = np.broadcast_to(w, (len(w), C, *w.shape[2:])) if w.shape[1] == 1 else w
    return ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-edges",
    diagnosis="An empty batch fails: the results of the images are stacked, and there are none.",
    hint="Make the output array first; its shape is known before any image is looked at.",
)
def stacks_the_images(x, w, b=None, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    return np.stack([ops.conv2d(image[None], w, b, **options)[0] for image in x])


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-edges",
    diagnosis="Where no window fits, an empty map is returned instead of an error.",
    hint="An empty map hides a mistake until much later. shapes.conv2d_shape raises for you.",
)
def returns_empty_maps(x, w, b=None, *, stride=1, padding=0, dilation=1):
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if x.shape[1] == w.shape[1] and any(
        n < k for n, k in zip(x.shape[2:], w.shape[2:], strict=True)
    ) and not padding:
        return np.zeros((len(x), len(w), 0, 0))
    return ops.conv2d(x, w, b, **options)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values conv2d_naive-contract",
    diagnosis="The products are written into the window, which is a view of the caller's image.",
    hint="A slice of an array is not a copy. What does *= do to it?",
)
def multiplies_inside_x(x, w, b=None, *, stride=1, padding=0, dilation=1):
    right = ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    dh, dw = pair(dilation, "dilation", 1)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw))) if ph or pw else x  # no copy without
    y = np.zeros_like(right)
    for o, i, j in np.ndindex(right.shape[1:]):
        rows = slice(i * sh, i * sh + dh * (w.shape[2] - 1) + 1, dh)
        cols = slice(j * sw, j * sw + dw * (w.shape[3] - 1) + 1, dw)
        window = xp[:, :, rows, cols]
        window *= w[o]
        y[:, o, i, j] = window.sum(axis=(1, 2, 3))
    return y if b is None else y + b.astype(y.dtype)[:, None, None]


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-contract",
    diagnosis="The caller's bias is given a new shape.",
    hint="Setting b.shape changes the array that the caller still holds. What makes a new one?",
)
def gives_the_bias_a_new_shape(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, stride=stride, padding=padding, dilation=dilation)
    if b is None:
        return y
    b.shape = (-1, 1, 1)
    return (y + b).astype(np.result_type(y, np.float64 if b.dtype.kind in "biu" else b.dtype))


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-contract",
    diagnosis="The caller's weights are flipped in place, and stay so.",
    hint="w[:] = ... writes into the caller's array. Give the flipped weights a name of their own.",
)
def flips_the_weights_in_place(x, w, b=None, *, stride=1, padding=0, dilation=1):
    y = ops.conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation)
    w[:] = w[:, :, ::-1, ::-1].copy()
    return y
