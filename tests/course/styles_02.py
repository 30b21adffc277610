"""Correct solutions of chapter 02 in different styles: all must get full marks."""

STYLES: dict[str, dict[str, str]] = {}

_CHECKED = '''
def correlate1d(x, k, *, mode="valid"):
    """Check, find the dtype, pad; then one of several ways to slide."""
    if min(x.size, k.size) == 0:
        raise ValueError("empty")
    if mode not in {"valid", "same", "full"} or (mode == "valid" and k.size > x.size):
        raise ValueError(f"{mode!r} with {k.size} taps on {x.size} numbers")
    dtype = np.result_type(*[a if a.dtype.kind == "f" else np.float64 for a in (x, k)])
    d, s = x.size, k.size
    front = {"valid": 0, "same": (s - 1) // 2, "full": s - 1}[mode]
    back = {"valid": 0, "same": s // 2, "full": s - 1}[mode]
    xp = np.concatenate([np.zeros(front, dtype), x.astype(dtype), np.zeros(back, dtype)])
    n = d + front + back - s + 1
'''

STYLES["correlate1d"] = {
    "two plain loops, no padded copy": '''
def correlate1d(x, k, *, mode="valid"):
    """Index by index; what lies outside counts nothing."""
    d, s = len(x), len(k)
    if d == 0 or s == 0:
        raise ValueError("nothing to correlate")
    if mode == "valid":
        first, places = 0, d - s + 1
    elif mode == "same":
        first, places = -((s - 1) // 2), d
    elif mode == "full":
        first, places = 1 - s, d + s - 1
    else:
        raise ValueError("no such mode: " + repr(mode))
    if places < 1:
        raise ValueError("the kernel is longer than the signal")
    kinds = [np.dtype(float) if a.dtype.kind in "biu" else a.dtype for a in (x, k)]
    y = []
    for i in range(places):
        total = 0.0
        for j in range(s):
            if 0 <= first + i + j < d:
                total += float(x[first + i + j]) * float(k[j])
        y.append(total)
    return np.array(y, dtype=np.result_type(*kinds))
''',
    "a dot product for each slice": _CHECKED
    + """
    weights = k.astype(dtype)
    return np.array([xp[i : i + s] @ weights for i in range(n)], dtype)
""",
    "tap by tap": _CHECKED
    + """
    y = np.zeros(n, dtype)
    for j in range(s):
        y += xp[j : j + n] * k[j].astype(dtype)
    return y
""",
    "windows as a view": _CHECKED
    + """
    windows = np.lib.stride_tricks.sliding_window_view(xp, s)
    return np.einsum("ij,j->i", windows, k.astype(dtype))
""",
    "a matrix with shifted copies of the kernel": _CHECKED
    + """
    matrix = np.zeros((n, len(xp)), dtype)
    for i in range(n):
        matrix[i, i : i + s] = k
    return matrix @ xp
""",
    "an index array": _CHECKED
    + """
    taps = np.arange(n)[:, None] + np.arange(s)  # (places, taps)
    return (xp[taps] * k.astype(dtype)).sum(axis=1)
""",
    "a product of Fourier transforms": _CHECKED
    + """
    size = len(xp) + s
    product = np.fft.rfft(xp, size) * np.fft.rfft(k[::-1].astype(dtype), size)
    return np.fft.irfft(product, size)[s - 1 : s - 1 + n].astype(dtype)
""",
}

STYLES["best_alignment"] = {
    "keeps the best so far": """
def best_alignment(x, template):
    if len(template) > len(x):
        raise ValueError("the template is longer than the signal")
    best = None
    for i in range(len(x) - len(template) + 1):
        score = sum(float(x[i + j]) * float(template[j]) for j in range(len(template)))
        if best is None or score > best[1]:
            best = (i, score)
    return best
""",
    "max with a key": """
def best_alignment(x, template):
    scores = filters.correlate1d(x, template, mode="valid").tolist()
    index = max(range(len(scores)), key=lambda place: scores[place])
    return index, scores[index]
""",
    "sorts, stably": """
def best_alignment(x, template):
    scores = filters.correlate1d(x, template)
    index = np.argsort(-scores, kind="stable")[0]
    return index, scores[index]
""",
    "windows and a product": """
def best_alignment(x, template):
    windows = np.lib.stride_tricks.sliding_window_view(x.astype(float), template.size)
    scores = windows @ template
    return np.argmax(scores), np.max(scores)
""",
    "NumPy's correlation": """
def best_alignment(x, template):
    if template.shape > x.shape:
        raise ValueError("too long")
    scores = np.correlate(x.astype(float), template)
    return int(np.flatnonzero(scores == scores.max())[0]), float(scores.max())
""",
    "SciPy's convolution, flipped back": """
def best_alignment(x, template):
    from scipy.signal import convolve

    if len(x) < len(template):
        raise ValueError("too long")
    scores = convolve(x / 1.0, template[::-1], mode="valid", method="direct")
    return scores.argmax(), scores.max()
""",
}

STYLES["out_len"] = {
    "counts the beginnings": """
def out_len(d, s, mode, *, stride=1, dilation=1):
    for number in (d, s, stride, dilation):
        if number < 1:
            raise ValueError(f"{number} is below 1")
    reach = dilation * (s - 1)
    if mode == "valid":
        starts = range(0, d - reach, stride)
    elif mode == "same":
        starts = range(0, d, stride)
    elif mode == "full":
        starts = range(-reach, d, stride)
    else:
        raise ValueError(f"no mode {mode!r}")
    if not starts:
        raise ValueError("no place is left")
    return len(starts)
""",
    "a formula for each mode": """
def out_len(d, s, mode, *, stride=1, dilation=1):
    r = dilation * (s - 1)
    numbers = {"valid": d - r, "same": d, "full": d + r}
    if mode not in numbers or numbers[mode] < 1 or not (d > 0 < s and stride > 0 < dilation):
        raise ValueError("nothing to count")
    return -(-numbers[mode] // stride)
""",
    "floor with NumPy": """
def out_len(d, s, mode, *, stride=1, dilation=1):
    if np.any(np.array([d, s, stride, dilation]) < 1):
        raise ValueError("all numbers must be positive")
    try:
        share = {"valid": 0, "same": 1, "full": 2}[mode]
    except KeyError:
        raise ValueError(f"unknown mode {mode}") from None
    span = dilation * (s - 1) + 1
    padded = d + share * (span - 1)
    if span > padded:
        raise ValueError("the kernel does not fit")
    return int(np.floor((padded - span) / stride) + 1)
""",
    "divmod": """
def out_len(d, s, mode, *, stride=1, dilation=1):
    assert_mode = ["valid", "same", "full"].index(mode)  # a ValueError for another word
    if d < 1 or s < 1 or stride < 1 or dilation < 1:
        raise ValueError
    last = d - 1 + (assert_mode - 1) * dilation * (s - 1)
    steps, _ = divmod(last, stride)
    if last < 0:
        raise ValueError
    return steps + 1
""",
    "steps until it hangs out": """
def out_len(d, s, mode, *, stride=1, dilation=1):
    if mode not in ("valid", "same", "full") or min(d, s, stride, dilation) <= 0:
        raise ValueError("what?")
    reach, places, start = dilation * (s - 1), 0, 0
    zeros = 0 if mode == "valid" else reach if mode == "same" else reach + reach
    while start + reach < d + zeros:
        places, start = places + 1, start + stride
    if places == 0:
        raise ValueError("no place")
    return places
""",
}

STYLES["strided_dilated1d"] = {
    "two plain loops": """
def strided_dilated1d(x, k, *, stride=1, dilation=1):
    if stride < 1 or dilation < 1:
        raise ValueError("stride and dilation are at least 1")
    reach = dilation * (len(k) - 1)
    if reach >= len(x):
        raise ValueError("the kernel does not fit")
    kinds = [a.dtype if a.dtype.kind == "f" else np.dtype(float) for a in (x, k)]
    y = [
        sum(float(x[start + j * dilation]) * float(k[j]) for j in range(len(k)))
        for start in range(0, len(x) - reach, stride)
    ]
    return np.array(y, np.result_type(*kinds))
""",
    "a kernel with zeros between its taps": """
def strided_dilated1d(x, k, *, stride=1, dilation=1):
    if min(stride, dilation) < 1:
        raise ValueError("at least 1")
    spread = np.zeros(dilation * (len(k) - 1) + 1, k.dtype)
    spread[::dilation] = k
    return filters.correlate1d(x, spread)[::stride].copy()
""",
    "tap by tap": """
def strided_dilated1d(x, k, *, stride=1, dilation=1):
    places = filters.out_len(x.size, k.size, "valid", stride=stride, dilation=dilation)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else "f8" for a in (x, k)))
    y = np.zeros(places, dtype)
    for j, weight in enumerate(k.astype(dtype)):
        y += weight * x[j * dilation :][: stride * (places - 1) + 1 : stride].astype(dtype)
    return y
""",
    "windows as a view": """
def strided_dilated1d(x, k, *, stride=1, dilation=1):
    if min(stride, dilation) < 1:
        raise ValueError("at least 1")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    reach = dilation * (len(k) - 1) + 1
    windows = np.lib.stride_tricks.sliding_window_view(x.astype(dtype), reach)
    return windows[::stride, ::dilation] @ k.astype(dtype)
""",
    "an index array": """
def strided_dilated1d(x, k, *, stride=1, dilation=1):
    places = filters.out_len(len(x), len(k), "valid", stride=stride, dilation=dilation)
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    index = stride * np.arange(places)[:, np.newaxis] + dilation * np.arange(len(k))
    return np.einsum("ij,j->i", x[index].astype(dtype), k.astype(dtype))
""",
    "NumPy's correlation": """
def strided_dilated1d(x, k, *, stride=1, dilation=1):
    if stride <= 0 or dilation <= 0 or dilation * (len(k) - 1) >= len(x):
        raise ValueError("an option makes no sense, or the kernel does not fit")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    spread = np.zeros(dilation * (len(k) - 1) + 1, dtype)
    spread[::dilation] = k
    return np.correlate(x.astype(dtype), spread, mode="valid")[::stride]
""",
}

STYLES["convolve1d"] = {
    "every number sends a copy": """
def convolve1d(x, k):
    if len(x) == 0 or len(k) == 0:
        raise ValueError("empty")
    kinds = [a.dtype if a.dtype.kind == "f" else np.dtype(float) for a in (x, k)]
    y = np.zeros(len(x) + len(k) - 1, np.result_type(*kinds))
    for i in range(len(x)):
        y[i : i + len(k)] += x[i].astype(y.dtype) * k.astype(y.dtype)
    return y
""",
    "the sum with its limits": """
def convolve1d(x, k):
    m, n = len(x), len(k)
    if m * n == 0:
        raise ValueError("one of the two is empty")
    y = [
        sum(float(x[j]) * float(k[i - j]) for j in range(max(0, i - n + 1), min(i, m - 1) + 1))
        for i in range(m + n - 1)
    ]
    return np.array(y, np.result_type(*(a if a.dtype.kind == "f" else np.float64 for a in (x, k))))
""",
    "an outer product, its diagonals added": """
def convolve1d(x, k):
    if min(x.size, k.size) < 1:
        raise ValueError("empty")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    table = np.outer(x.astype(dtype), k[::-1].astype(dtype))  # i + j is constant on a diagonal
    return np.array([table.trace(len(k) - 1 - i) for i in range(len(x) + len(k) - 1)], dtype)
""",
    "one number, then the rest": """
def convolve1d(x, k):
    if not len(x) or not len(k):
        raise ValueError("nothing to convolve")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    first = np.append(k.astype(dtype) * x[0].astype(dtype), np.zeros(len(x) - 1, dtype))
    if len(x) > 1:
        first[1:] += convolve1d(x[1:], k).astype(dtype)
    return first
""",
    "NumPy's correlation of the flipped kernel": """
def convolve1d(x, k):
    if len(x) == 0 or len(k) == 0:
        raise ValueError("empty")
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else float for a in (x, k)))
    return np.correlate(x.astype(dtype), k.astype(dtype)[::-1], "full")
""",
}
