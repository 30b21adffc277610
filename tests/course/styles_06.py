"""Correct solutions of chapter 06 in different styles: all must get full marks."""

STYLES: dict[str, dict[str, str]] = {}

_REL = """
def rel_error(a, b):
    size = np.abs(a) + np.abs(b)
    size[size < 1e-8] = 1e-8
    return (np.abs(a - b) / size).max()
"""

STYLES["numeric_grad"] = {
    "moves x itself and puts it back": """
def numeric_grad(f, x, dy, *, h=1e-5):
    if x.dtype != "float64":
        raise TypeError("float64, please")
    dx = np.empty_like(x)
    for index in np.ndindex(*x.shape):
        kept = x[index]
        totals = []
        for moved in (kept + h, kept - h):
            x[index] = moved
            totals.append((dy * f(x)).sum())
        x[index] = kept
        dx[index] = (totals[0] - totals[1]) / (2 * h)
    return dx


def rel_error(a, b):
    pairs = zip(np.ravel(a).tolist(), np.ravel(b).tolist())
    return max(abs(p - q) / max(1e-8, abs(p) + abs(q)) for p, q in pairs)
""",
    "a unit array for each number": """
def numeric_grad(f, x, dy, *, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError("x is " + str(x.dtype))

    def loss(v):
        return np.sum(dy * np.asarray(f(v)))

    slopes = []
    for n in range(x.size):
        step = np.zeros(x.size)
        step[n] = h
        step = step.reshape(x.shape)
        slopes.append((loss(x + step) - loss(x - step)) / (2 * h))
    return np.array(slopes).reshape(x.shape)
"""
    + _REL,
    "nditer": """
def numeric_grad(f, x, dy, *, h=1e-5):
    if not x.dtype == np.dtype(float):
        raise TypeError("not float64")
    point, dx = np.array(x), np.zeros_like(x)
    steps = np.nditer(point, flags=["multi_index"], op_flags=["readwrite"])
    for number in steps:
        kept = float(number)
        number[...] = kept + h
        above = np.vdot(dy, f(point))
        number[...] = kept - h
        below = np.vdot(dy, f(point))
        number[...] = kept
        dx[steps.multi_index] = (above - below) / 2 / h
    return dx
"""
    + _REL,
    "copies for both sides": """
def numeric_grad(f, x, dy, *, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError(f"{x.dtype} has too few digits")
    dx = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        dx[index] = np.sum(dy * (f(up) - f(down))) / (2 * h)
    return dx


def rel_error(a, b):
    top, bottom = np.abs(np.subtract(a, b)), np.abs(a) + np.abs(b)
    return float(np.max(top / np.where(bottom > 1e-8, bottom, 1e-8)))
""",
    "einsum with what arrives": """
def numeric_grad(f, x, dy, *, h=1e-5):
    if x.dtype != np.float64:
        raise TypeError("x must be float64")
    dy, flat = np.ravel(dy), np.array(x).ravel()
    moved = np.stack([flat + sign * h * row for row in np.eye(x.size) for sign in (1, -1)])
    y = np.stack([np.ravel(f(v.reshape(x.shape))) for v in moved]).reshape(x.size, 2, -1)
    return np.einsum("mi,i->m", y[:, 0] - y[:, 1], dy).reshape(x.shape) / (2 * h)
"""
    + _REL,
}

STYLES["relu_backward"] = {
    "a product with the mask": """
def relu_backward(dy, x):
    return (dy * 1.0) * (x > 0).astype(np.result_type(dy * 1.0, x * 1.0))
""",
    "zeros, then what passes": """
def relu_backward(dy, x):
    kinds = [np.dtype(float) if a.dtype.kind in "biu" else a.dtype for a in (dy, x)]
    dx = np.zeros(x.shape, np.result_type(*kinds))
    dx[x > 0] = dy[x > 0]
    return dx
""",
    "a copy, then zeros": """
def relu_backward(dy, x):
    dx = dy.astype(np.result_type(dy * 1.0, x * 1.0))
    dx[~(x > 0)] = 0
    return dx
""",
    "heaviside": """
def relu_backward(dy, x):
    return np.heaviside(x * 1.0, 0) * dy
""",
    "number by number": """
def relu_backward(dy, x):
    kinds = [float if a.dtype.kind in "biu" else a.dtype for a in (dy, x)]
    sent = [d if v > 0 else 0 for d, v in zip(dy.ravel(), x.ravel())]
    return np.array(sent, np.result_type(*kinds)).reshape(x.shape)
""",
}

_POOL = """
def max_pool2d_backward(dy, x, kernel, *, stride=None, padding=0):
    kh, kw = pair(kernel, "kernel", 1)
    sh, sw = pair(kernel if stride is None else stride, "stride", 1)
    ph, pw = pair(padding, "padding", 0)
    N, C, H, W = x.shape
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=(sh, sw), padding=(ph, pw))
    if dy.shape != (N, C, Ho, Wo):
        raise ValueError("dy has not the shape of y")
    dtype = np.result_type(*[a.dtype if a.dtype.kind == "f" else float for a in (dy, x)])
"""

STYLES["max_pool2d_backward"] = {
    "plain loops, no rim": _POOL
    + """
    dx = np.zeros(x.shape, dtype)
    for n in range(N):
        for c in range(C):
            for i in range(Ho):
                for j in range(Wo):
                    best = None
                    for row in range(max(0, i * sh - ph), min(H, i * sh - ph + kh)):
                        for column in range(max(0, j * sw - pw), min(W, j * sw - pw + kw)):
                            if best is None or x[n, c, row, column] > x[n, c][best]:
                                best = row, column
                    dx[n, c][best] += dy[n, c, i, j]
    return dx
""",
    "sliding windows and add.at": _POOL
    + """
    xp = np.full((N, C, H + 2 * ph, W + 2 * pw), -np.inf)
    xp[:, :, ph : ph + H, pw : pw + W] = x
    windows = np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::sh, ::sw].reshape(N, C, Ho, Wo, kh * kw)
    a, e = np.divmod(windows.argmax(axis=-1), kw)
    n, c, i, j = np.indices(dy.shape, sparse=True)
    dxp = np.zeros(xp.shape, dtype)
    np.add.at(dxp, (n, c, i * sh + a, j * sw + e), dy)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()
""",
    "tap by tap, last one first": _POOL
    + """
    xp = np.pad(x * 1.0, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    best, winner = np.full(dy.shape, -np.inf), np.full(dy.shape, -1)
    for tap in reversed(range(kh * kw)):
        a, e = divmod(tap, kw)
        seen = xp[:, :, a : a + sh * (Ho - 1) + 1 : sh, e : e + sw * (Wo - 1) + 1 : sw]
        winner = np.where(seen >= best, tap, winner)
        best = np.maximum(best, seen)
    dxp = np.zeros(xp.shape, dtype)
    for tap in range(kh * kw):
        a, e = divmod(tap, kw)
        sent = np.where(winner == tap, dy, 0).astype(dtype)
        dxp[:, :, a : a + sh * (Ho - 1) + 1 : sh, e : e + sw * (Wo - 1) + 1 : sw] += sent
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()
""",
    "a mask of first maxima": _POOL
    + """
    xp = np.pad(x * 1.0, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    dxp = np.zeros(xp.shape, dtype)
    for i in range(Ho):
        for j in range(Wo):
            place = np.s_[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            flat = xp[place].reshape(N * C, kh * kw)
            mask = flat == flat.max(axis=1, keepdims=True)
            mask &= mask.cumsum(axis=1) == 1
            dxp[place] += mask.reshape(N, C, kh, kw) * dy[:, :, i, j, None, None]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()
""",
    "bincount in each plane": _POOL
    + """
    xp = np.pad(x * 1.0, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    dx, width = np.zeros(x.shape, dtype), W + 2 * pw
    for n, c in np.ndindex(N, C):
        homes = []
        for i, j in np.ndindex(Ho, Wo):
            window = xp[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw]
            row, column = np.unravel_index(np.argmax(window), window.shape)
            homes.append((i * sh + row) * width + j * sw + column)
        plane = np.bincount(homes, weights=dy[n, c].ravel(), minlength=(H + 2 * ph) * width)
        dx[n, c] = plane.reshape(-1, width)[ph : ph + H, pw : pw + W]
    return dx
""",
}

_MEAN = """
def avg_pool2d_backward(dy, x_shape, kernel, *, stride=None, padding=0, count_include_pad=True):
    kh, kw = pair(kernel, "kernel", 1)
    sh, sw = pair(kernel if stride is None else stride, "stride", 1)
    ph, pw = pair(padding, "padding", 0)
    N, C, H, W = x_shape
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=(sh, sw), padding=(ph, pw))
    if dy.shape != (N, C, Ho, Wo):
        raise ValueError("dy has not the shape of y")
    dtype = dy.dtype if dy.dtype.kind == "f" else np.dtype(float)
"""

STYLES["avg_pool2d_backward"] = {
    "plain loops, no rim": _MEAN
    + """
    dx = np.zeros(x_shape, dtype)
    for n, c, i, j in np.ndindex(N, C, Ho, Wo):
        rows = [r for r in range(i * sh - ph, i * sh - ph + kh) if 0 <= r < H]
        columns = [v for v in range(j * sw - pw, j * sw - pw + kw) if 0 <= v < W]
        count = kh * kw if count_include_pad else len(rows) * len(columns)
        for r in rows:
            for v in columns:
                dx[n, c, r, v] += dy[n, c, i, j] / count
    return dx
""",
    "tap by tap": _MEAN
    + """
    counts = np.full((Ho, Wo), kh * kw)
    if not count_include_pad:
        ends = [np.arange(o) * s - p for o, s, p in ((Ho, sh, ph), (Wo, sw, pw))]
        high = np.minimum(ends[0] + kh, H) - np.maximum(ends[0], 0)
        wide = np.minimum(ends[1] + kw, W) - np.maximum(ends[1], 0)
        counts = np.outer(high, wide)
    share = (dy / counts).astype(dtype)
    dxp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype)
    for a in range(kh):
        for e in range(kw):
            dxp[:, :, a : a + sh * (Ho - 1) + 1 : sh, e : e + sw * (Wo - 1) + 1 : sw] += share
    return dxp[:, :, ph : ph + H, pw : pw + W].copy()
""",
    "a matrix for each axis": _MEAN
    + """
    def axis(n, o, k, s, p):
        reads = np.zeros((o, n))
        for i in range(o):
            reads[i, max(0, i * s - p) : i * s - p + k] = 1
        return reads / (k if count_include_pad else reads.sum(axis=1, keepdims=True))

    rows, columns = axis(H, Ho, kh, sh, ph), axis(W, Wo, kw, sw, pw)
    return np.einsum("ncij,ir,jv->ncrv", dy, rows, columns).astype(dtype)
""",
    "SciPy's full convolution with ones": _MEAN
    + """
    from scipy.signal import convolve2d

    inside = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    seen = convolve2d(inside, np.ones((kh, kw)), mode="valid")[::sh, ::sw]
    dx = np.zeros(x_shape, dtype)
    for n, c in np.ndindex(N, C):
        apart = np.zeros((H + 2 * ph - kh + 1, W + 2 * pw - kw + 1))
        apart[::sh, ::sw] = dy[n, c] / (kh * kw if count_include_pad else seen)
        dx[n, c] = convolve2d(apart, np.ones((kh, kw)))[ph : ph + H, pw : pw + W]
    return dx
""",
    "an index array and add.at": _MEAN
    + """
    weight = np.pad(np.ones((H, W)), ((ph, ph), (pw, pw)))
    r = (sh * np.arange(Ho)[:, None] + np.arange(kh))[:, None, :, None]
    v = (sw * np.arange(Wo)[:, None] + np.arange(kw))[None, :, None, :]
    count = kh * kw if count_include_pad else weight[r, v].sum(axis=(2, 3))
    dxp = np.zeros((H + 2 * ph, W + 2 * pw, N, C), dtype)
    share = (dy / count).transpose(2, 3, 0, 1)[:, :, None, None]
    np.add.at(dxp, (r, v), np.broadcast_to(share, (Ho, Wo, kh, kw, N, C)))
    return dxp[ph : ph + H, pw : pw + W].transpose(2, 3, 0, 1).copy()
""",
}

_LINE = """
def conv1d_grad(dy, x, k, *, mode="valid"):
    d, s = len(x), len(k)
    if mode == "valid":
        front, back = 0, 0
    elif mode == "same":
        front, back = (s - 1) // 2, s // 2
    else:
        raise ValueError("valid or same")
    if len(dy) != d + front + back - s + 1:
        raise ValueError("dy has another length than y")
    dtype = np.result_type(*[a.dtype if a.dtype.kind == "f" else float for a in (dy, x, k)])
    xp = np.concatenate([np.zeros(front, dtype), x.astype(dtype), np.zeros(back, dtype)])
    n, dy, k = len(dy), dy.astype(dtype), k.astype(dtype)
"""

STYLES["conv1d_grad"] = {
    "two plain loops": _LINE
    + """
    dx, dk = np.zeros(d, dtype), np.zeros(s, dtype)
    for i in range(n):
        for j in range(s):
            if 0 <= i + j - front < d:
                dx[i + j - front] += dy[i] * k[j]
            dk[j] += dy[i] * xp[i + j]
    return dx, dk
""",
    "NumPy's convolve and correlate": _LINE
    + """
    dx = np.convolve(dy, k)[front : front + d]
    return dx.copy(), np.array([xp[j : j + n] @ dy for j in range(s)], dtype)
""",
    "the course's filters, kernel turned": _LINE
    + """
    dx = filters.correlate1d(dy, k[::-1], mode="full")
    return dx[front:][:d].copy(), filters.correlate1d(xp, dy, mode="valid")
""",
    "tap by tap": _LINE
    + """
    dxp, dk = np.zeros(len(xp), dtype), []
    for j in range(s):
        dxp[j : j + n] += k[j] * dy
        dk.append(np.dot(dy, xp[j : j + n]))
    return dxp[front : front + d].copy(), np.array(dk, dtype)
""",
    "a matrix and its transpose": _LINE
    + """
    matrix = np.zeros((n, len(xp)), dtype)
    for i in range(n):
        matrix[i, i : i + s] = k
    windows = np.lib.stride_tricks.sliding_window_view(xp, s)
    return (matrix.T @ dy)[front : front + d].copy(), windows.T @ dy
""",
    "SciPy's full convolution": _LINE
    + """
    from scipy.signal import convolve, correlate

    dx = convolve(dy, k, mode="full", method="direct")[front : front + d]
    return dx.copy(), correlate(xp, dy, mode="valid", method="direct")
""",
}

_LAYER = """
def conv2d_backward(dy, x, w, *, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    dh, dv = pair(dilation, "dilation", 1)
    N, C, H, W = x.shape
    O, _, kh, kw = w.shape
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, padding=padding, dilation=dilation)
    if dy.shape != (N, O, Ho, Wo):
        raise ValueError(f"dy is {dy.shape}, y is {(N, O, Ho, Wo)}")
    dtype = np.result_type(*[a.dtype if a.dtype.kind == "f" else float for a in (dy, x, w)])
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype)
    xp[:, :, ph : ph + H, pw : pw + W] = x
    dy, wf = dy.astype(dtype), w.astype(dtype)
    dxp, dw = np.zeros_like(xp), np.zeros_like(wf)
    db = dy.sum(axis=(0, 2, 3))
"""
_CROP = """
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, db
"""

STYLES["conv2d_backward"] = {
    "every index by itself": _LAYER
    + """
    for n, o, i, j in np.ndindex(N, O, Ho, Wo):
        for c, a, e in np.ndindex(C, kh, kw):
            row, column = i * sh + a * dh, j * sw + e * dv
            dw[o, c, a, e] += dy[n, o, i, j] * xp[n, c, row, column]
            dxp[n, c, row, column] += dy[n, o, i, j] * wf[o, c, a, e]
"""
    + _CROP,
    "image by image, filter by filter": _LAYER
    + """
    for n, o, i, j in np.ndindex(N, O, Ho, Wo):
        rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
        columns = slice(j * sw, j * sw + dv * (kw - 1) + 1, dv)
        dw[o] += dy[n, o, i, j] * xp[n, :, rows, columns]
        dxp[n, :, rows, columns] += dy[n, o, i, j] * wf[o]
"""
    + _CROP,
    "tap by tap": _LAYER
    + """
    for a in range(kh):
        for e in range(kw):
            at = np.s_[:, :, a * dh : a * dh + sh * (Ho - 1) + 1 : sh,
                       e * dv : e * dv + sw * (Wo - 1) + 1 : sw]
            dw[:, :, a, e] = np.tensordot(dy, xp[at], axes=((0, 2, 3), (0, 2, 3)))
            dxp[at] += np.einsum("noij,oc->ncij", dy, wf[:, :, a, e])
"""
    + _CROP,
    "sliding windows, read and written": _LAYER
    + """
    from numpy.lib.stride_tricks import sliding_window_view

    reach = (dh * (kh - 1) + 1, dv * (kw - 1) + 1)
    seen = sliding_window_view(xp, reach, axis=(2, 3))[:, :, ::sh, ::sw, ::dh, ::dv]
    dw = np.einsum("noij,ncijae->ocae", dy, seen)
    sent = np.einsum("noij,ocae->ncijae", dy, wf)
    for i in range(Ho):
        for j in range(Wo):
            window = dxp[:, :, i * sh :, j * sw :][:, :, : reach[0] : dh, : reach[1] : dv]
            window += sent[:, :, i, j]
"""
    + _CROP,
    "im2col and matrix products": _LAYER
    + """
    places = np.arange(C * (H + 2 * ph) * (W + 2 * pw)).reshape(xp.shape[1:])
    index = np.stack([
        places[:, i * sh : i * sh + dh * (kh - 1) + 1 : dh,
               j * sw : j * sw + dv * (kw - 1) + 1 : dv].ravel()
        for i in range(Ho) for j in range(Wo)
    ], axis=1)  # (C kh kw, places)
    sent = dy.reshape(N, O, Ho * Wo)
    for n in range(N):
        dw += (sent[n] @ xp[n].ravel()[index].T).reshape(dw.shape)
        np.add.at(dxp[n].reshape(-1), index, wf.reshape(O, -1).T @ sent[n])
"""
    + _CROP,
    "SciPy: correlation for dw, convolution for dx": _LAYER
    + """
    from scipy.signal import convolve2d, correlate2d

    apart = np.zeros((N, O, sh * (Ho - 1) + 1, sw * (Wo - 1) + 1), dtype)
    apart[:, :, ::sh, ::sw] = dy
    spread = np.zeros((O, C, dh * (kh - 1) + 1, dv * (kw - 1) + 1), dtype)
    spread[:, :, ::dh, ::dv] = wf
    for n, o, c in np.ndindex(N, O, C):
        full = correlate2d(xp[n, c], apart[n, o], mode="valid")
        dw[o, c] += full[: dh * (kh - 1) + 1 : dh, : dv * (kw - 1) + 1 : dv]
        back = convolve2d(apart[n, o], spread[o, c])
        dxp[n, c, : back.shape[0], : back.shape[1]] += back
"""
    + _CROP,
    "one more tensordot and a loop over places": _LAYER
    + """
    sent = np.tensordot(dy, wf, axes=(1, 0))  # (N, Ho, Wo, C, kh, kw)
    for i in range(Ho):
        for j in range(Wo):
            rows = i * sh + dh * np.arange(kh)[:, None]
            columns = j * sw + dv * np.arange(kw)
            dxp[:, :, rows, columns] += sent[:, i, j]
            dw += np.tensordot(dy[:, :, i, j], xp[:, :, rows, columns], axes=(0, 0))
"""
    + _CROP,
}
