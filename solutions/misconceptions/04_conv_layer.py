"""Wrong solutions of chapter 04 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells. Most are a
right solution with one thing wrong, so that they fail for that thing only.
"""
# ruff: noqa: D103 - what a function does wrong is said in its diagnosis

import numpy as np

from autograder.misconceptions import misconception
from cnnkit import shapes
from cnnkit.shapes import pair

# conv2d_shape


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-floor",
    diagnosis="The number of places is rounded up, so a window that hangs out is counted.",
    hint="Try 7 pixels, window 3, stride 3 on paper: where would the third window end?",
)
def rounds_up(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    Ho = -(-(H + 2 * ph - dh * (kh - 1) - 1) // sh) + 1
    Wo = -(-(W + 2 * pw - dw * (kw - 1) - 1) // sw) + 1
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-floor",
    diagnosis="The number of places is rounded to the nearest whole number.",
    hint="A window fits or it does not: three quarters of a window are none.",
)
def rounds_to_nearest(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    Ho = round((H + 2 * ph - dh * (kh - 1) - 1) / sh) + 1
    Wo = round((W + 2 * pw - dw * (kw - 1) - 1) / sw) + 1
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-floor",
    diagnosis="A stride that leaves pixels over is refused with an error.",
    hint="A layer leaves over what does not fit, without an error. Which operator rounds down?",
)
def refuses_a_remainder(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    height, width = H + 2 * ph - dh * (kh - 1) - 1, W + 2 * pw - dw * (kw - 1) - 1
    if height % sh or width % sw:
        raise ValueError("The stride does not divide.")
    Ho, Wo = height // sh + 1, width // sw + 1
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-table conv2d_shape-floor",
    diagnosis="The sizes are not rounded at all and come out as fractions.",
    hint="An array has a whole number of rows. Look at the two division operators of Python.",
)
def keeps_the_fraction(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    Ho = (H + 2 * ph - dh * (kh - 1) - 1) / sh + 1
    Wo = (W + 2 * pw - dw * (kw - 1) - 1) / sw + 1
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-table",
    diagnosis="The sizes have the right value but are floats.",
    hint="np.floor gives a float even for a whole number. Compare 7 // 2 with np.floor(7 / 2).",
)
def returns_floats(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    Ho = np.floor((H + 2 * ph - dh * (kh - 1) - 1) / sh) + 1
    Wo = np.floor((W + 2 * pw - dw * (kw - 1) - 1) / sw) + 1
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-table",
    diagnosis="The + 1 for the first place is missing: steps are counted, not places.",
    hint="How many places has a window that is exactly as large as the image?",
)
def counts_steps_not_places(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    Ho = (H + 2 * ph - dh * (kh - 1) - 1) // sh
    Wo = (W + 2 * pw - dw * (kw - 1) - 1) // sw
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-table",
    diagnosis="The padding is counted once, though zeros stand at both ends.",
    hint="Draw a row of 5 pixels with padding 1. How many cells has the row now?",
)
def pads_at_one_end(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    Ho = (H + ph - dh * (kh - 1) - 1) // sh + 1
    Wo = (W + pw - dw * (kw - 1) - 1) // sw + 1
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-table conv2d_shape-pairs",
    diagnosis="The size is only divided by the stride; kernel and padding play no part.",
    hint="n/s is right for the word 'same' alone. What does the kernel take away otherwise?",
)
def only_divides_by_the_stride(H, W, kernel, *, stride=1, padding=0, dilation=1):
    sh, sw = pair(stride, "stride", 1)
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    Ho = H // sh
    Wo = W // sw
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-dilation",
    diagnosis="The dilation is ignored.",
    hint="Mark three taps with dilation 2 on squared paper. Over how many squares do they reach?",
)
def ignores_the_dilation(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    Ho = (H + 2 * ph - kh) // sh + 1
    Wo = (W + 2 * pw - kw) // sw + 1
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-dilation",
    diagnosis="The reach of a dilated window is taken as d · k pixels, one gap too many.",
    hint="Three taps have two gaps between them. How many gaps do k taps have?",
)
def one_gap_too_many(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    Ho = (H + 2 * ph - dh * kh) // sh + 1
    Wo = (W + 2 * pw - dw * kw) // sw + 1
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-pairs",
    diagnosis="The height is computed and returned for the width as well.",
    hint="An image need not be square. Which of your two results depends on W?",
)
def returns_the_height_twice(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    Ho = (H + 2 * ph - dh * (kh - 1) - 1) // sh + 1
    Wo = (W + 2 * pw - dw * (kw - 1) - 1) // sw + 1
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Ho


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-pairs",
    diagnosis="The kernel's height is used along both axes.",
    hint="A kernel (3, 2) is 3 high and 2 wide. Which of the two belongs to W?",
)
def takes_the_kernel_for_square(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, _), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    Ho = (H + 2 * ph - dh * (kh - 1) - 1) // sh + 1
    Wo = (W + 2 * pw - dw * (kh - 1) - 1) // sw + 1
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-words",
    diagnosis="'same' returns the size of the input, whatever the stride.",
    hint="No padding undoes a stride: with stride 2 about every second place is left.",
)
def same_forgets_the_stride(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        return H, W
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    Ho = (H + 2 * ph - dh * (kh - 1) - 1) // sh + 1
    Wo = (W + 2 * pw - dw * (kw - 1) - 1) // sw + 1
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-words",
    diagnosis="'same' is taken as padding k // 2 on both sides, which is wrong for even kernels "
    "and with dilation.",
    hint="The task gives the size for 'same' directly: you need no padding to compute it.",
)
def same_is_half_the_kernel(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        padding = (kh // 2, kw // 2)
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    Ho = (H + 2 * ph - dh * (kh - 1) - 1) // sh + 1
    Wo = (W + 2 * pw - dw * (kw - 1) - 1) // sw + 1
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-errors",
    diagnosis="Where no window fits, a size of 0 or less is returned.",
    hint="An array can't have -1 rows. Where in your function could you notice?",
)
def returns_sizes_below_one(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    ph, pw = pair(0 if padding == "valid" else padding, "padding", 0)
    Ho = (H + 2 * ph - dh * (kh - 1) - 1) // sh + 1
    Wo = (W + 2 * pw - dw * (kw - 1) - 1) // sw + 1
    return Ho, Wo


@misconception(
    replaces="conv2d_shape",
    fails="conv2d_shape-errors",
    diagnosis="Options out of range, such as a negative padding, are accepted.",
    hint="The tool `pair` takes the smallest number that is allowed. Is every option checked?",
)
def accepts_any_option(H, W, kernel, *, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw), (dh, dw) = (
        option if isinstance(option, tuple) else (option, option)
        for option in (kernel, stride, dilation)
    )
    if padding == "same":
        return -(-H // sh), -(-W // sw)
    padding = 0 if padding == "valid" else padding
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    Ho = (H + 2 * ph - dh * (kh - 1) - 1) // sh + 1
    Wo = (W + 2 * pw - dw * (kw - 1) - 1) // sw + 1
    if min(Ho, Wo) < 1:
        raise ValueError("No window fits.")
    return Ho, Wo


# same_padding


@misconception(
    replaces="same_padding",
    fails="same_padding-even",
    diagnosis="k // 2 zeros are put on both sides, one too many for an even kernel.",
    hint="Add your two sides up and compare with what the kernel takes away.",
)
def half_the_kernel_on_both_sides(kernel, *, dilation=1):
    (kh, kw), (dh, dw) = pair(kernel, "kernel", 1), pair(dilation, "dilation", 1)
    rows, columns = dh * (kh - 1), dw * (kw - 1)
    return ((rows + 1) // 2, (rows + 1) // 2), ((columns + 1) // 2, (columns + 1) // 2)


@misconception(
    replaces="same_padding",
    fails="same_padding-even",
    diagnosis="(k - 1) // 2 zeros are put on both sides, one too few for an even kernel.",
    hint="Half of 3 rounded down is 1, twice. Where did the third zero go?",
)
def loses_the_odd_zero(kernel, *, dilation=1):
    (kh, kw), (dh, dw) = pair(kernel, "kernel", 1), pair(dilation, "dilation", 1)
    rows, columns = dh * (kh - 1), dw * (kw - 1)
    return (rows // 2, rows // 2), (columns // 2, columns // 2)


@misconception(
    replaces="same_padding",
    fails="same_padding-even",
    diagnosis="The odd zero is put at the beginning instead of the end.",
    hint="The task says on which side the larger half belongs. What do you give for kernel 2?",
)
def odd_zero_at_the_beginning(kernel, *, dilation=1):
    (kh, kw), (dh, dw) = pair(kernel, "kernel", 1), pair(dilation, "dilation", 1)
    rows, columns = dh * (kh - 1), dw * (kw - 1)
    return (rows - rows // 2, rows // 2), (columns - columns // 2, columns // 2)


@misconception(
    replaces="same_padding",
    fails="same_padding-dilation",
    diagnosis="The dilation is ignored.",
    hint="A dilated kernel reaches further. By how much is its reach larger than one pixel?",
)
def pads_without_dilation(kernel, *, dilation=1):
    kh, kw = pair(kernel, "kernel", 1)
    rows, columns = kh - 1, kw - 1
    return (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)


@misconception(
    replaces="same_padding",
    fails="same_padding-dilation",
    diagnosis="The two sides of the undilated kernel are each multiplied by the dilation.",
    hint="Which comes first: multiplying by the dilation, or halving? Try kernel 4, dilation 2.",
)
def splits_before_it_dilates(kernel, *, dilation=1):
    (kh, kw), (dh, dw) = pair(kernel, "kernel", 1), pair(dilation, "dilation", 1)
    return (dh * ((kh - 1) // 2), dh * (kh // 2)), (dw * ((kw - 1) // 2), dw * (kw // 2))


@misconception(
    replaces="same_padding",
    fails="same_padding-odd",
    diagnosis="The kernel's height is used along both axes.",
    hint="What does your function give for a kernel 3 high and 7 wide?",
)
def pads_as_if_square(kernel, *, dilation=1):
    (kh, _), (dh, dw) = pair(kernel, "kernel", 1), pair(dilation, "dilation", 1)
    rows, columns = dh * (kh - 1), dw * (kh - 1)
    return (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)


# receptive_patch


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-inside",
    diagnosis="The slice ends one tap too early: its end is the last tap, which Python leaves out.",
    hint="How many elements has x[0:2]? The lecture's slip in the erratum box is the same.",
)
def ends_at_the_last_tap(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    def axis(out, n, k, s, p, d):
        first = out * s - p
        stop = max(0, first + d * (k - 1))
        return slice(first if first >= 0 else first % d, stop, d)

    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    rows, columns = zip((i, j), in_hw, kernel, stride, padding, dilation, strict=True)
    return axis(*rows), axis(*columns)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-inside",
    diagnosis="The stride is ignored: output i is taken to start at pixel i.",
    hint="At stride 2 the window of output 1 has moved by how many pixels?",
)
def patch_without_stride(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    def axis(out, n, k, s, p, d):
        first = out - p
        stop = max(0, first + d * (k - 1) + 1)
        return slice(first if first >= 0 else first % d, stop, d)

    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    rows, columns = zip((i, j), in_hw, kernel, stride, padding, dilation, strict=True)
    return axis(*rows), axis(*columns)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-inside",
    diagnosis="The window is centred on pixel (i, j), which is right only with 'same' padding.",
    hint="Without padding the very first window begins at pixel 0. Where does yours begin?",
)
def centres_the_window(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    def axis(out, n, k, s, p, d):
        first = out * s - d * (k - 1) // 2
        stop = max(0, first + d * (k - 1) + 1)
        return slice(first if first >= 0 else first % d, stop, d)

    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    rows, columns = zip((i, j), in_hw, kernel, stride, padding, dilation, strict=True)
    return axis(*rows), axis(*columns)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-borders",
    diagnosis="A negative start is left in the slice, where it counts from the end of the axis.",
    hint="What is np.arange(5)[-1:2]?",
)
def leaves_the_start_negative(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    def axis(out, n, k, s, p, d):
        first = out * s - p
        stop = max(0, first + d * (k - 1) + 1)
        return slice(first, stop, d)

    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    rows, columns = zip((i, j), in_hw, kernel, stride, padding, dilation, strict=True)
    return axis(*rows), axis(*columns)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-borders",
    diagnosis="The padding is ignored: the first window is taken to begin at the first pixel.",
    hint="With padding 1 the first window begins one row above the image. What is its row number?",
)
def patch_without_padding(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    def axis(out, n, k, s, p, d):
        first = out * s
        stop = max(0, first + d * (k - 1) + 1)
        return slice(first if first >= 0 else first % d, stop, d)

    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    rows, columns = zip((i, j), in_hw, kernel, stride, padding, dilation, strict=True)
    return axis(*rows), axis(*columns)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-borders",
    diagnosis="A window that hangs out is pushed back inside instead of being cut.",
    hint="A window at the border sees fewer pixels, not other pixels.",
)
def pushes_the_window_inside(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    def axis(out, n, k, s, p, d):
        reach = d * (k - 1) + 1
        first = min(max(0, out * s - p), max(0, n - reach))
        return slice(first, first + reach, d)

    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    rows, columns = zip((i, j), in_hw, kernel, stride, padding, dilation, strict=True)
    return axis(*rows), axis(*columns)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-dilation",
    diagnosis="Where the window hangs out the slice begins at pixel 0, though no tap may be there.",
    hint="With taps at -2, 1 and 4: which are inside? A slice from 0 in steps of 3 has others.",
)
def begins_at_pixel_zero(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    def axis(out, n, k, s, p, d):
        first = out * s - p
        stop = max(0, first + d * (k - 1) + 1)
        return slice(max(0, first), stop, d)

    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    rows, columns = zip((i, j), in_hw, kernel, stride, padding, dilation, strict=True)
    return axis(*rows), axis(*columns)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-dilation",
    diagnosis="The slice takes every pixel between the first and the last tap.",
    hint="A dilated window skips pixels. Which of the three numbers of a slice does that?",
)
def takes_the_gaps_too(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    def axis(out, n, k, s, p, d):
        first = out * s - p
        stop = max(0, first + d * (k - 1) + 1)
        return slice(first if first >= 0 else first % d, stop)

    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    rows, columns = zip((i, j), in_hw, kernel, stride, padding, dilation, strict=True)
    return axis(*rows), axis(*columns)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-outside",
    diagnosis="For a window wholly in the padding the slice's end is negative, so it takes nearly "
    "everything.",
    hint="What is np.arange(5)[0:-1]? What must the end be at the least?",
)
def leaves_the_end_negative(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    def axis(out, n, k, s, p, d):
        first = out * s - p
        stop = first + d * (k - 1) + 1
        return slice(first if first >= 0 else first % d, stop, d)

    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    rows, columns = zip((i, j), in_hw, kernel, stride, padding, dilation, strict=True)
    return axis(*rows), axis(*columns)


@misconception(
    replaces="receptive_patch",
    fails="receptive_patch-pairs",
    diagnosis="The first number of each pair is used for the columns as well.",
    hint="Call your function with kernel (2, 3) and look at both slices.",
)
def uses_row_options_for_columns(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    def axis(out, n, k, s, p, d):
        first = out * s - p
        stop = max(0, first + d * (k - 1) + 1)
        return slice(first if first >= 0 else first % d, stop, d)

    kernel, stride = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    padding, dilation = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    options = kernel[0], stride[0], padding[0], dilation[0]
    return axis(i, in_hw[0], *options), axis(j, in_hw[1], *options)


# conv_params


@misconception(
    replaces="conv_params",
    fails="conv_counts-params conv_counts-untied",
    diagnosis="The biases are not counted.",
    hint="Each filter adds one number of its own to its map. That number is learned too.",
)
def forgets_the_biases(C, O, kernel, *, bias=True, out_hw=None):
    kh, kw = pair(kernel, "kernel", 1)
    Ho, Wo = (1, 1) if out_hw is None else out_hw
    return Ho * Wo * O * C * kh * kw


@misconception(
    replaces="conv_params",
    fails="conv_counts-params",
    diagnosis="Biases are counted even where bias=False.",
    hint="One of your arguments has no effect on the result. Which?",
)
def always_counts_the_biases(C, O, kernel, *, bias=True, out_hw=None):
    kh, kw = pair(kernel, "kernel", 1)
    Ho, Wo = (1, 1) if out_hw is None else out_hw
    return Ho * Wo * O * (C * kh * kw + 1)


@misconception(
    replaces="conv_params",
    fails="conv_counts-params conv_counts-untied",
    diagnosis="The input's channels are left out: each filter is counted as one flat kernel.",
    hint="How deep is a filter that looks at a colour image?",
)
def counts_flat_filters(C, O, kernel, *, bias=True, out_hw=None):
    kh, kw = pair(kernel, "kernel", 1)
    Ho, Wo = (1, 1) if out_hw is None else out_hw
    return Ho * Wo * O * (kh * kw + bool(bias))


@misconception(
    replaces="conv_params",
    fails="conv_counts-params",
    diagnosis="One bias is counted for each weight slice (filter and input channel).",
    hint="A filter adds its channels to one number, and then one bias. How many biases are that?",
)
def one_bias_per_channel(C, O, kernel, *, bias=True, out_hw=None):
    kh, kw = pair(kernel, "kernel", 1)
    Ho, Wo = (1, 1) if out_hw is None else out_hw
    return Ho * Wo * O * C * (kh * kw + bool(bias))


@misconception(
    replaces="conv_params",
    fails="conv_counts-params",
    diagnosis="The kernel is taken to be square: its height is squared.",
    hint="What does your function give for a kernel of 3 by 5?",
)
def squares_the_kernel(C, O, kernel, *, bias=True, out_hw=None):
    kh, _ = pair(kernel, "kernel", 1)
    Ho, Wo = (1, 1) if out_hw is None else out_hw
    return Ho * Wo * O * (C * kh * kh + bool(bias))


@misconception(
    replaces="conv_params",
    fails="conv_counts-untied",
    diagnosis="In the untied layer the weights are counted for every place, the biases only once "
    "for each filter.",
    hint="Untied means that a place shares nothing with another, not even the bias.",
)
def still_shares_the_bias(C, O, kernel, *, bias=True, out_hw=None):
    kh, kw = pair(kernel, "kernel", 1)
    Ho, Wo = (1, 1) if out_hw is None else out_hw
    return Ho * Wo * O * C * kh * kw + O * bool(bias)


@misconception(
    replaces="conv_params",
    fails="conv_counts-untied",
    diagnosis="out_hw is ignored: the layer is always counted as sharing its weights.",
    hint="With out_hw given, the same filter at two places has two sets of weights.",
)
def always_shares(C, O, kernel, *, bias=True, out_hw=None):
    kh, kw = pair(kernel, "kernel", 1)
    return O * (C * kh * kw + bool(bias))


# conv_macs


@misconception(
    replaces="conv_macs",
    fails="conv_counts-macs",
    diagnosis="Products and additions are counted apart, twice as many as multiply-accumulates.",
    hint="A multiply-accumulate is a product together with the addition that follows it.",
)
def counts_flops(C, O, kernel, out_hw):
    kh, kw = pair(kernel, "kernel", 1)
    return 2 * out_hw[0] * out_hw[1] * O * C * kh * kw


@misconception(
    replaces="conv_macs",
    fails="conv_counts-macs",
    diagnosis="The bias is counted as a product.",
    hint="What is done with the bias: is it multiplied by anything?",
)
def multiplies_the_bias(C, O, kernel, out_hw):
    kh, kw = pair(kernel, "kernel", 1)
    return out_hw[0] * out_hw[1] * O * (C * kh * kw + 1)


@misconception(
    replaces="conv_macs",
    fails="conv_counts-macs",
    diagnosis="The input's channels are left out.",
    hint="A filter is as deep as its input. How many products make one number of the output?",
)
def macs_of_one_channel(C, O, kernel, out_hw):
    kh, kw = pair(kernel, "kernel", 1)
    return out_hw[0] * out_hw[1] * O * kh * kw


@misconception(
    replaces="conv_macs",
    fails="conv_counts-macs",
    diagnosis="The products of a single place are counted, not of the whole map.",
    hint="The layer repeats its work at every place of the output.",
)
def macs_of_one_place(C, O, kernel, out_hw):
    kh, kw = pair(kernel, "kernel", 1)
    return O * C * kh * kw


# layout_convert


@misconception(
    replaces="layout_convert",
    fails="layout_convert-values",
    diagnosis="The array is reshaped: the shape is right, and the numbers stay where they were.",
    hint="Reshaping cuts the same row of numbers differently. Follow a single weight by hand.",
)
def reshapes_the_weights(w, src, dst):
    if not sorted(src) == sorted(dst) == sorted("OIHW") or w.ndim != 4:
        raise ValueError("not a layout of four axes")
    return w.reshape([w.shape[src.index(letter)] for letter in dst]).copy()


@misconception(
    replaces="layout_convert",
    fails="layout_convert-values",
    diagnosis="The axes are moved by the inverse permutation.",
    hint="np.transpose asks of each new axis which old one it was. You answer the opposite.",
)
def inverts_the_permutation(w, src, dst):
    if not sorted(src) == sorted(dst) == sorted("OIHW") or w.ndim != 4:
        raise ValueError("not a layout of four axes")
    return np.transpose(w, [dst.index(letter) for letter in src]).copy()


@misconception(
    replaces="layout_convert",
    fails="layout_convert-values",
    diagnosis="Input and output channels come out exchanged.",
    hint="Is the first axis of PyTorch's weights the filters or the channels? See the erratum box.",
)
def exchanges_in_and_out(w, src, dst):
    if not sorted(src) == sorted(dst) == sorted("OIHW") or w.ndim != 4:
        raise ValueError("not a layout of four axes")
    dst = dst.translate(str.maketrans("OI", "IO"))
    return np.transpose(w, [src.index(letter) for letter in dst]).copy()


@misconception(
    replaces="layout_convert",
    fails="layout_convert-values",
    diagnosis="The layouts are not looked at: it is always OIHW to HWIO.",
    hint="The function must serve any two orders. Where does yours use src?",
)
def always_to_keras(w, src, dst):
    if not sorted(src) == sorted(dst) == sorted("OIHW") or w.ndim != 4:
        raise ValueError("not a layout of four axes")
    return np.transpose(w, (2, 3, 1, 0)).copy()


@misconception(
    replaces="layout_convert",
    fails="layout_convert-dtype",
    diagnosis="The result is float64 whatever the weights were.",
    hint="An array made with np.zeros or np.empty is float64 unless you say otherwise.",
)
def turns_into_float64(w, src, dst):
    if not sorted(src) == sorted(dst) == sorted("OIHW") or w.ndim != 4:
        raise ValueError("not a layout of four axes")
    return np.transpose(w, [src.index(letter) for letter in dst]).astype(np.float64)


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
    if not sorted(src) == sorted(dst) == sorted("OIHW") or w.ndim != 4:
        raise ValueError("not a layout of four axes")
    return np.transpose(w, [src.index(letter) for letter in dst])


# conv2d_naive


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values",
    diagnosis="The kernel is flipped: convolution in the strict sense, not what a layer does.",
    hint="Which of SciPy's two functions flips? Try a kernel that is 1 in one corner only.",
)
def flips_the_kernel(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w[:, :, ::-1, ::-1], axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values",
    diagnosis="The kernel is transposed: its rows meet the image's columns.",
    hint="Follow w[0, 0, 0, 1] by hand: which pixel of the first window does it meet?",
)
def transposes_the_kernel(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    w = w.swapaxes(2, 3)
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values",
    diagnosis="The products are averaged instead of added up.",
    hint="A dot product is a sum. By which factor are your values too small?",
)
def averages_the_window(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    y /= w[0].size
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values",
    diagnosis="The output's width is taken to be its height.",
    hint="Try an image with 5 rows and 8 columns and print the shape of the result.",
)
def makes_square_maps(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    size, _ = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), size, size), xp.dtype)
    for i, j in np.ndindex(size, size):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        if window.shape[3] < kw:
            break  # no more columns
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values",
    diagnosis="The kernel's width is taken to be its height.",
    hint="Try a kernel that is 3 high and 2 wide, and look at the window that you cut out.",
)
def takes_kernels_for_square(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    kh, (dh, dw) = w.shape[2], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, kh, stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kh : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values",
    diagnosis="Axes of size 1 are squeezed away.",
    hint="One image with one map is still an array with four axes.",
)
def squeezes_the_result(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    y = y if b is None else y + b[:, None, None].astype(y.dtype)
    return np.squeeze(y)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values conv2d_naive-stride",
    diagnosis="The output is made n / stride large, and what does not fit is filled up with zeros.",
    hint="That is the size for padding 'same'. How many windows lie wholly inside?",
)
def makes_n_over_s_places(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    Ho, Wo = x.shape[2] // sh, x.shape[3] // sw
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        if window.shape[2:] == (kh, kw):
            y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-channels",
    diagnosis="Only the first channel is looked at.",
    hint="A filter reaches through the full depth. Where does your function loop or sum over c?",
)
def sees_one_channel(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window[:, 0], w[:, 0], axes=((1, 2), (1, 2)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-channels",
    diagnosis="The channels are averaged instead of added up.",
    hint="Your values are too small by a factor. Compare it with C.",
)
def averages_the_channels(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    y /= x.shape[1]
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-channels",
    diagnosis="All maps are those of the first filter.",
    hint="Give your function two different filters. Where does the index o go?",
)
def repeats_the_first_filter(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = (window * w[0]).sum(axis=(1, 2, 3))[:, None]
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-bias",
    diagnosis="The bias is never added.",
    hint="With weights of zero the output is the bias alone. What does yours give?",
)
def forgets_the_bias(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-bias",
    diagnosis="The bias is added once for each input channel.",
    hint="Look at which loop the bias stands in. It belongs to the finished sum.",
)
def adds_the_bias_per_channel(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + x.shape[1] * b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-bias",
    diagnosis="The bias is lined up with the columns of the output, not with its maps.",
    hint="Broadcasting starts from the last axis. Which axis of y are the filters?",
)
def adds_the_bias_to_columns(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b.astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-bias",
    diagnosis="Every map gets the bias of the first filter.",
    hint="b has one number for each filter. Which index do you use?",
)
def adds_one_bias_everywhere(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[0].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-stride",
    diagnosis="The stride is ignored.",
    hint="At stride 2 the second window starts at pixel 2. Where does yours start?",
)
def ignores_the_stride(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    ph, pw = pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i:, j:][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-stride",
    diagnosis="The output has the right size, but its windows still lie one pixel apart.",
    hint="The size knows the stride, the place of the window does not.",
)
def strides_only_in_the_size(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    ph, pw = pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i:, j:][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-stride",
    diagnosis="The row stride is used for the columns as well.",
    hint="Test with stride (1, 3): rows follow closely, columns stand apart.",
)
def strides_alike(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, _), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=sh, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sh :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-padding",
    diagnosis="The border is filled with copies of the edge pixels, not with zeros.",
    hint="np.pad has modes. Which one writes zeros?",
)
def pads_with_the_edge(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = x.astype(np.result_type(*kinds))
    if x.size:
        xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)), mode="edge")
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-padding",
    diagnosis="Zeros are put above and on the left only.",
    hint="How large must the padded image be? Compare with the shape of yours.",
)
def pads_top_left_only(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + ph, x.shape[3] + pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, 0), (pw, 0)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-padding",
    diagnosis="The output is padded instead of the input.",
    hint="A window on the border must be able to see the zeros. Pad before you look.",
)
def pads_the_output(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2:]
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = x.astype(np.result_type(*kinds))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    y = np.pad(y, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-padding",
    diagnosis="Row and column padding are exchanged.",
    hint="padding=(0, 1) adds columns and no rows. What does yours add?",
)
def exchanges_the_paddings(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (pw, ph) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-together",
    diagnosis="The padding is added to the number of places after dividing by the stride.",
    hint="The zeros are part of the row that the window walks over, so they are divided as well.",
)
def counts_the_padding_too_late(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    reach = dh * (kh - 1) + 1, dw * (kw - 1) + 1
    if H < reach[0] or W < reach[1]:
        raise ValueError("No window fits.")
    Ho = (x.shape[2] - reach[0]) // sh + 1 + 2 * ph
    Wo = (x.shape[3] - reach[1]) // sw + 1 + 2 * pw
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        if window.shape[2:] == (kh, kw):
            y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-dilation",
    diagnosis="The dilation is ignored.",
    hint="With dilation 4 a 2 x 2 kernel on 5 x 5 pixels sees the four corners.",
)
def conv_without_dilation(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    kh, kw = w.shape[2:]
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, :kh, :kw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-dilation",
    diagnosis="The dilation moves the window, like a second stride, and its taps stay together.",
    hint="The stride says where windows start, the dilation where the taps of one window are.",
)
def dilates_the_stride(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=(sh * dh, sw * dw))
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh * dh :, j * sw * dw :][:, :, :kh, :kw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-dilation",
    diagnosis="The row dilation is used for the columns as well.",
    hint="Test with dilation (1, 2): rows stay together, columns stand apart.",
)
def dilates_alike(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, _) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dh)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dh * kw : dh]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-dtype",
    diagnosis="The result is float64 even where all operands are float32.",
    hint="np.zeros makes float64 unless you say otherwise. Which dtype should the output have?",
)
def always_float64(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(float), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-dtype",
    diagnosis="The result has the dtype of x: with integers its values are cut or wrap round.",
    hint="How would 2.5 be stored in an array of integers? Choose the dtype from all operands.",
)
def keeps_the_dtype_of_x(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    if b is not None:
        y += b[:, None, None].astype(x.dtype)
    return y


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-edges",
    diagnosis="A wrong number of channels is not noticed: broadcasting hides it.",
    hint="NumPy stretches an axis of size 1 without a word. Compare the two shapes yourself.",
)
def broadcasts_the_channels(x, w, b=None, *, stride=1, padding=0, dilation=1):
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        for o in range(len(w)):
            y[:, o, i, j] = (window * w[o]).sum(axis=(1, 2, 3))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-edges",
    diagnosis="An empty batch fails: the results of the images are stacked, and there are none.",
    hint="Make the output array first; its shape is known before any image is looked at.",
)
def stacks_the_images(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    images = []
    for image in xp:
        y = np.zeros((len(w), Ho, Wo), xp.dtype)
        for i, j in np.ndindex(Ho, Wo):
            window = image[:, i * sh :, j * sw :][:, : dh * kh : dh, : dw * kw : dw]
            y[:, i, j] = (window * w).sum(axis=(1, 2, 3))
        images.append(y)
    y = np.stack(images)
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-values conv2d_naive-contract",
    diagnosis="The products are written into the window, which is a view of the caller's image.",
    hint="A slice of an array is not a copy. What does *= do to it?",
)
def multiplies_inside_x(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = x.astype(np.result_type(*kinds), copy=False)
    if ph or pw:
        xp = np.pad(xp, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        for o in range(len(w)):
            window *= w[o]
            y[:, o, i, j] = window.sum(axis=(1, 2, 3))
    return y if b is None else y + b[:, None, None].astype(y.dtype)


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-contract",
    diagnosis="The caller's bias is given a new shape.",
    hint="Setting b.shape changes the array that the caller still holds. What makes a new one?",
)
def gives_the_bias_a_new_shape(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    if b is not None:
        b.shape = (-1, 1, 1)
        y += b
    return y


@misconception(
    replaces="conv2d_naive",
    fails="conv2d_naive-contract",
    diagnosis="The caller's weights are flipped in place, and stay so.",
    hint="w[:] = ... writes into the caller's array. Give the flipped weights a name of their own.",
)
def flips_the_weights_in_place(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}.")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w, b) if a is not None]
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    (kh, kw), (dh, dw) = w.shape[2:], pair(dilation, "dilation", 1)
    H, W = x.shape[2] + 2 * ph, x.shape[3] + 2 * pw
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, dilation=dilation)
    w[:] = w[:, :, ::-1, ::-1].copy()  # convolution flips, so flip before
    xp = np.pad(x.astype(np.result_type(*kinds)), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((len(x), len(w), Ho, Wo), xp.dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = xp[:, :, i * sh :, j * sw :][:, :, : dh * kh : dh, : dw * kw : dw]
        y[:, :, i, j] = np.tensordot(window, w[:, :, ::-1, ::-1], axes=((1, 2, 3), (1, 2, 3)))
    return y if b is None else y + b[:, None, None].astype(y.dtype)
