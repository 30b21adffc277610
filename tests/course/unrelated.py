"""Wrong solutions that are no misconception: slips, each made by one change in the solution.

By chapter and exercise: what the slip is, what stands in the solution, what is written instead.
"""

from __future__ import annotations

from packing import Variant

from autograder.chapter import Chapter

SLIPS = {
    "02_convolution_1d": {
        "correlate1d": {
            "squares the signal": ("+ len(k)] * weights", "+ len(k)] ** 2 * weights"),
            "averages": ("* weights).sum()", "* weights).mean()"),
        },
        "best_alignment": {
            "counts from one": ("return index,", "return index + 1,"),
            "score per tap": ("float(scores[index])", "float(scores[index]) / len(template)"),
        },
        "out_len": {
            "a place too many": ("// stride + 1", "// stride + 2"),
            "a zero too many": ('"same": reach,', '"same": reach + 1,'),
        },
        "strided_dilated1d": {
            "half the stride": ("start = i * stride", "start = i * stride // 2"),
            "takes the largest": ("* weights).sum()", "* weights).max()"),
        },
        "convolve1d": {
            "no signs": ("k[::-1]", "np.abs(k[::-1])"),
            "twice": ('mode="full")', 'mode="full") * 2'),
        },
    },
    "04_conv_layer": {
        "conv2d_shape": {
            "padding three times": ("+ 2 * p -", "+ 3 * p -"),
            "a place too many": ("// s + 1", "// s + 2"),
        },
        "same_padding": {
            "all on both sides": ("(total // 2, total - total // 2)", "(total, total)"),
            "a tap too many": ("d * (k - 1)", "d * (k + 1)"),
        },
        "receptive_patch": {
            "one to the right": ("out * s - p", "out * s - p + 1"),
            "steps too far": ("min(stop, n)), d)", "min(stop, n)), d + 1)"),
        },
        "conv_counts": {
            "two biases": ("+ bool(bias)", "+ 2 * bool(bias)"),
            "half the rim": ("return out_hw[0] * out_hw[1]", "return (out_hw[0] + out_hw[1])"),
        },
        "layout_convert": {
            "twice": (".copy()", ".copy() * 2"),
            "back to front": (".copy()", ".copy()[::-1]"),
        },
        "conv2d_naive": {
            "times the rows": (".sum(axis=(1, 2, 3))", ".sum(axis=(1, 2, 3)) * kh"),
            "takes the bias off": ("y += b", "y -= b"),
        },
    },
    "05_pooling_and_downsampling": {
        "max_pool2d": {
            "one too many": ("window.max(axis=2)", "window.max(axis=2) + 1"),
            "the next pixel": ("(left - pw + e)", "(left - pw + e) + 1"),
        },
        "avg_pool2d": {
            "counts one more": ("/ count\n", "/ (count + 1)\n"),
            "takes the largest": ("columns].sum(axis=(2, 3)) /", "columns].max(axis=(2, 3)) /"),
        },
        "lp_pool2d": {
            "a power too high": ("np.abs(x) ** p", "np.abs(x) ** (p + 1)"),
            "half the root": ("** (1 / p)", "** (2 / p)"),
        },
        "global_pool": {
            "half the mean": (".mean(axis=(2, 3))", ".mean(axis=(2, 3)) / 2"),
            "the largest squared": (".max(axis=(2, 3))", ".max(axis=(2, 3)) ** 2"),
        },
        "pixel_unshuffle": {
            "channels back to front": ("H // r, W // r).copy()", "H // r, W // r)[:, ::-1].copy()"),
            "columns back to front": ("H * r, W * r).copy()", "H * r, W * r)[..., ::-1].copy()"),
        },
        "downsample_compare": {
            "half the share": ("y.size / x.size", "y.size / x.size / 2"),
            "every third pixel": ("::2, ::2]", "::3, ::3]"),
        },
    },
}


def slips(chapter: Chapter) -> list[Variant]:
    """The slips of a chapter, as students may have written them."""
    made = []
    for exercise, changes in SLIPS[chapter.name].items():
        source = chapter.by_name[exercise].source
        for name, (old, new) in changes.items():
            assert source.count(old) == 1, f"{exercise}: {old!r} stands {source.count(old)} times"
            made.append(Variant(f"{exercise}: {name}", exercise, source.replace(old, new)))
    return made
