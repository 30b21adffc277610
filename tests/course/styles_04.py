"""Correct solutions of chapter 04 in different styles: all must get full marks."""

STYLES: dict[str, dict[str, str]] = {}

STYLES["conv2d_shape"] = {
    "counts the starts": """
def conv2d_shape(H, W, kernel, *, stride=1, padding=0, dilation=1):
    def axis(n, k, s, p, d):
        starts = range(-p, n + p - d * (k - 1), s)
        if len(starts) == 0:
            raise ValueError(f"a window of {k} taps does not fit on {n} pixels")
        return len(starts)

    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    dh, dw = pair(dilation, "dilation", 1)
    if padding == "same":
        return len(range(0, H, sh)), len(range(0, W, sw))
    ph, pw = (0, 0) if padding == "valid" else pair(padding, "padding", 0)
    return axis(H, kh, sh, ph, dh), axis(W, kw, sw, pw, dw)
""",
    "the formula with NumPy": '''
import math

def conv2d_shape(H, W, kernel, *, stride=1, padding=0, dilation=1):
    """No pair, no shortcut."""
    def both(value, low):
        value = np.broadcast_to(np.array(value), 2)
        if value.min() < low:
            raise ValueError(f"{value} is below {low}")
        return value

    n = np.array([H, W])
    k, s, d = both(kernel, 1), both(stride, 1), both(dilation, 1)
    if isinstance(padding, str) and padding == "same":
        return tuple(math.ceil(size / step) for size, step in zip(n, s))
    p = both(0 if isinstance(padding, str) else padding, 0)
    out = np.floor((n + 2 * p - d * (k - 1) - 1) / s).astype(int) + 1
    if (out < 1).any():
        raise ValueError("no window fits")
    return out[0], out[1]
''',
}

STYLES["same_padding"] = {
    "one axis at a time": """
def same_padding(kernel, *, dilation=1):
    def sides(k, d):
        before, odd = divmod(d * (k - 1), 2)
        return before, before + odd

    kernel = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    dilation = dilation if isinstance(dilation, tuple) else (dilation, dilation)
    return sides(kernel[0], dilation[0]), sides(kernel[1], dilation[1])
""",
    "floor and ceiling": """
def same_padding(kernel, *, dilation=1):
    total = np.multiply(pair(dilation, "dilation", 1), np.subtract(pair(kernel, "kernel", 1), 1))
    low, high = np.floor(total / 2).astype(int), np.ceil(total / 2).astype(int)
    return tuple((low[axis], high[axis]) for axis in (0, 1))
""",
}

STYLES["receptive_patch"] = {
    "lists the taps": """
def receptive_patch(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    def axis(out, n, k, s, p, d):
        taps = [out * s - p + d * a for a in range(k)]
        taps = [tap for tap in taps if 0 <= tap < n]
        return slice(taps[0], taps[-1] + 1, d) if taps else slice(0, 0)

    options = [pair(kernel, "kernel", 1), pair(stride, "stride", 1),
               pair(padding, "padding", 0), pair(dilation, "dilation", 1)]
    return (axis(i, in_hw[0], *[option[0] for option in options]),
            axis(j, in_hw[1], *[option[1] for option in options]))
""",
    "rounds the start up": """
def receptive_patch(i, j, in_hw, kernel, *, stride=1, padding=0, dilation=1):
    both = lambda value: value if isinstance(value, tuple) else (value, value)
    kernel, stride, padding, dilation = map(both, (kernel, stride, padding, dilation))
    patch = []
    for axis, out in enumerate((i, j)):
        d = dilation[axis]
        start = out * stride[axis] - padding[axis]
        stop = max(start + d * kernel[axis] - d + 1, 0)
        while start < 0:
            start = start + d
        patch.append(slice(start, stop, d))
    return patch[0], patch[1]
""",
}

STYLES["conv_counts"] = {
    "one neuron, then all": """
def weights_of_a_neuron(C, kernel):
    rows, columns = pair(kernel, "kernel", 1)
    return C * rows * columns


def conv_params(C, O, kernel, *, bias=True, out_hw=None):
    neuron = weights_of_a_neuron(C, kernel)
    if bias:
        neuron += 1
    if out_hw is None:
        return O * neuron
    return O * neuron * out_hw[0] * out_hw[1]


def conv_macs(C, O, kernel, out_hw):
    return O * out_hw[0] * out_hw[1] * weights_of_a_neuron(C, kernel)
""",
    "sizes of arrays": """
def conv_macs(C, O, kernel, out_hw):
    return int(np.prod([C, O, *pair(kernel, "kernel", 1), *out_hw]))


def conv_params(C, O, kernel, *, bias=True, out_hw=None):
    places = (1, 1) if out_hw is None else out_hw
    weights = conv_macs(C, O, kernel, places)
    return weights + O * np.prod(places) if bias else weights
""",
}

STYLES["layout_convert"] = {
    "einsum": """
def layout_convert(w, src, dst):
    if set(src) != set("OIHW") or set(dst) != set("OIHW") or len(src + dst) != 8:
        raise ValueError("a layout holds O, I, H and W once each")
    if w.ndim != 4:
        raise ValueError("w must have four axes")
    return np.einsum(src.lower() + "->" + dst.lower(), w).copy()
""",
    "weight by weight": """
def layout_convert(w, src, dst):
    if sorted(src) != list("HIOW") or sorted(dst) != list("HIOW") or len(w.shape) != 4:
        raise ValueError("not a layout of four axes")
    size = dict(zip(src, w.shape))
    result = np.empty([size[letter] for letter in dst], dtype=w.dtype)
    for index in np.ndindex(*w.shape):
        at = dict(zip(src, index))
        result[tuple(at[letter] for letter in dst)] = w[index]
    return result
""",
    "moveaxis": """
def layout_convert(w, src, dst):
    for layout in (src, dst):
        if "".join(sorted(layout)) != "HIOW":
            raise ValueError(f"{layout} is no layout")
    if np.ndim(w) != 4:
        raise ValueError("w needs 4 axes")
    return np.array(np.moveaxis(w, range(4), [dst.index(letter) for letter in src]))
""",
}

_HEAD = """
def conv2d_naive(x, w, b=None, *, stride=1, padding=0, dilation=1):
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"w has {w.shape[1]} channels, x has {x.shape[1]}")
    kinds = [np.float64 if a.dtype.kind in "biu" else a.dtype for a in (x, w, b) if a is not None]
    dtype = np.result_type(*kinds)
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    dh, dw = pair(dilation, "dilation", 1)
    N, C, H, W = x.shape
    O, _, kh, kw = w.shape
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, padding=padding, dilation=dilation)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype)
    xp[:, :, ph : ph + H, pw : pw + W] = x
    wf = w.astype(dtype)
"""
_TAIL = """
    if b is not None:
        y = y + b.astype(dtype).reshape(1, O, 1, 1)
    return y
"""

STYLES["conv2d_naive"] = {
    "seven plain loops": '''
def conv2d_naive(x, w, b=None, *, stride=1, padding=0, dilation=1):
    """Every index by itself, no padded copy."""
    N, C, H, W = x.shape
    O, Cw, kh, kw = w.shape
    if C != Cw:
        raise ValueError("channels disagree")
    Ho, Wo = conv2d_shape(H, W, (kh, kw), stride=stride, padding=padding, dilation=dilation)
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    dh, dw = pair(dilation, "dilation", 1)
    kinds = [a.dtype if a.dtype.kind == "f" else np.dtype(float) for a in (x, w) ]
    if b is not None:
        kinds.append(b.dtype if b.dtype.kind == "f" else np.dtype(float))
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    for n in range(N):
        for o in range(O):
            for i in range(Ho):
                for j in range(Wo):
                    total = 0.0 if b is None else float(b[o])
                    for c in range(C):
                        for a in range(kh):
                            for e in range(kw):
                                row, column = i * sh - ph + a * dh, j * sw - pw + e * dw
                                if 0 <= row < H and 0 <= column < W:
                                    total += float(x[n, c, row, column]) * float(w[o, c, a, e])
                    y[n, o, i, j] = total
    return y
''',
    "taps with strided slices": _HEAD
    + """
    y = np.zeros((N, O, Ho, Wo), dtype)
    for a in range(kh):
        for e in range(kw):
            seen = xp[:, :, a * dh : a * dh + sh * (Ho - 1) + 1 : sh,
                      e * dw : e * dw + sw * (Wo - 1) + 1 : sw]
            y += np.tensordot(seen, wf[:, :, a, e], axes=(1, 1)).transpose(0, 3, 1, 2)
"""
    + _TAIL,
    "sliding windows and einsum": _HEAD
    + """
    reach = (dh * (kh - 1) + 1, dw * (kw - 1) + 1)
    windows = np.lib.stride_tricks.sliding_window_view(xp, reach, axis=(2, 3))
    windows = windows[:, :, ::sh, ::sw, ::dh, ::dw]
    y = np.einsum("ncijae,ocae->noij", windows, wf)
"""
    + _TAIL,
    "im2col and matmul": _HEAD
    + """
    columns = []
    for i in range(Ho):
        for j in range(Wo):
            window = xp[:, :, i * sh : i * sh + dh * (kh - 1) + 1 : dh,
                        j * sw : j * sw + dw * (kw - 1) + 1 : dw]
            columns.append(window.reshape(N, C * kh * kw))
    columns = np.stack(columns, axis=2)  # (N, C kh kw, places)
    y = (wf.reshape(O, -1) @ columns).reshape(N, O, Ho, Wo)
"""
    + _TAIL,
    "scipy correlate2d": _HEAD
    + """
    from scipy.signal import correlate2d

    spread = np.zeros((O, C, dh * (kh - 1) + 1, dw * (kw - 1) + 1), dtype)
    spread[:, :, ::dh, ::dw] = wf
    y = np.zeros((N, O, Ho, Wo), dtype)
    for n, o, c in np.ndindex(N, O, C):
        y[n, o] += correlate2d(xp[n, c], spread[o, c], mode="valid")[::sh, ::sw]
"""
    + _TAIL,
    "scipy convolve2d, flipped back": _HEAD
    + """
    from scipy.signal import convolve2d

    spread = np.zeros((O, C, dh * (kh - 1) + 1, dw * (kw - 1) + 1), dtype)
    spread[:, :, ::dh, ::dw] = wf
    y = np.zeros((N, O, Ho, Wo), dtype)
    for n in range(N):
        for o in range(O):
            maps = [convolve2d(xp[n, c], spread[o, c, ::-1, ::-1], "valid") for c in range(C)]
            y[n, o] = sum(maps)[::sh, ::sw]
"""
    + _TAIL,
}
