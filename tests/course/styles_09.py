"""Correct solutions of chapter 09 in different styles: all must get full marks."""

STYLES: dict[str, dict[str, str]] = {}

STYLES["shift2d"] = {
    "pixel by pixel": """
def shift2d(x, rows, cols, *, mode="zero"):
    if mode not in ("zero", "wrap"):
        raise ValueError("mode must be zero or wrap")
    H, W = x.shape[-2:]
    y = np.zeros_like(x)
    for i in range(H):
        for j in range(W):
            a, b = i - rows, j - cols
            if mode == "wrap":
                y[..., i, j] = x[..., a % H, b % W]
            elif 0 <= a < H and 0 <= b < W:
                y[..., i, j] = x[..., a, b]
    return y
""",
    "slices with max and min": """
def shift2d(x, rows, cols, *, mode="zero"):
    H, W = x.shape[-2:]
    if mode == "wrap":
        x = np.concatenate([x[..., H - rows % H :, :], x[..., : H - rows % H, :]], axis=-2)
        return np.concatenate([x[..., W - cols % W :], x[..., : W - cols % W]], axis=-1)
    if mode != "zero":
        raise ValueError(mode)
    y = np.zeros(x.shape, dtype=x.dtype)
    if abs(rows) >= H or abs(cols) >= W:
        return y
    y[..., max(rows, 0) : H + min(rows, 0), max(cols, 0) : W + min(cols, 0)] = x[
        ..., max(-rows, 0) : H - max(rows, 0), max(-cols, 0) : W - max(cols, 0)
    ]
    return y
""",
    "pad and crop": """
def shift2d(x, rows, cols, *, mode="zero"):
    if mode == "wrap":
        return np.roll(np.roll(x, rows, axis=-2), cols, axis=-1)
    if mode == "zero":
        a, b = abs(rows), abs(cols)
        padded = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(a, a), (b, b)])
        H, W = x.shape[-2:]
        return padded[..., a - rows : a - rows + H, b - cols : b - cols + W].copy()
    raise ValueError(f"{mode} is no mode")
""",
    "two matrix products": """
def shift2d(x, rows, cols, *, mode="zero"):
    H, W = x.shape[-2:]
    down, right = np.eye(H, k=-rows, dtype=x.dtype), np.eye(W, k=cols, dtype=x.dtype)
    if mode == "wrap":
        down, right = np.roll(np.eye(H), rows, axis=0), np.roll(np.eye(W), cols, axis=1)
        down, right = down.astype(x.dtype), right.astype(x.dtype)
    elif mode != "zero":
        raise ValueError("zero or wrap")
    return down @ x @ right
""",
    "indices": """
def shift2d(x, rows, cols, *, mode="zero"):
    if mode not in {"zero", "wrap"}:
        raise ValueError("no such mode")
    H, W = x.shape[-2:]
    i, j = np.indices((H, W))
    y = x[..., (i - rows) % H, (j - cols) % W]
    inside = (i >= rows) & (i < H + rows) & (j >= cols) & (j < W + cols)
    return y if mode == "wrap" else np.where(inside, y, np.zeros((), x.dtype))
""",
    "roll, then wipe": """
def shift2d(x, rows, cols, *, mode="zero"):
    if mode != "zero" and mode != "wrap":
        raise ValueError("mode?")
    y = np.roll(x, shift=[rows, cols], axis=[-2, -1])
    if mode == "zero":
        if rows > 0:
            y[..., :rows, :] = 0
        if rows < 0:
            y[..., rows:, :] = 0
        if cols > 0:
            y[..., :cols] = 0
        if cols < 0:
            y[..., cols:] = 0
    return y
""",
}

STYLES["equivariance_error"] = {
    "np.roll": """
def equivariance_error(f, x, rows, cols, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    one = f(np.roll(x, (rows, cols), (-2, -1)))
    other = np.roll(f(x), (rows // sh, cols // sw), (-2, -1))
    return np.abs(np.subtract(one, other, dtype=float)).max()
""",
    "number by number": """
def equivariance_error(f, x, rows, cols, *, stride=1):
    if isinstance(stride, int):
        stride = (stride, stride)
    one = f(images.shift2d(x, rows, cols, mode="wrap"))
    other = f(x.copy())
    Ho, Wo = other.shape[-2:]
    worst = 0.0
    for *rest, i, j in np.ndindex(*one.shape):
        place = (*rest, (i - rows // stride[0]) % Ho, (j - cols // stride[1]) % Wo)
        worst = max(worst, abs(float(one[(*rest, i, j)]) - float(other[place])))
    return worst
""",
    "the infinity norm": """
def equivariance_error(f, x, rows, cols, *, stride=1):
    steps = np.array([rows, cols]) // pair(stride, "stride", 1)
    one = 1.0 * f(images.shift2d(x, rows, cols, mode="wrap"))
    other = 1.0 * images.shift2d(f(x), *steps.tolist(), mode="wrap")
    return np.linalg.norm((one - other).ravel(), np.inf)
""",
    "largest minus smallest": """
def equivariance_error(f, x, rows, cols, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    both = np.stack([f(images.shift2d(x, rows, cols, mode="wrap")),
                     images.shift2d(f(x), rows // sh, cols // sw, mode="wrap")]).astype(float)
    return float((both.max(axis=0) - both.min(axis=0)).max())
""",
    "shifted back": """
def equivariance_error(f, x, rows, cols, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    moved = images.shift2d(x, rows, cols, mode="wrap")
    back = images.shift2d(f(moved), -(rows // sh), -(cols // sw), mode="wrap")
    difference = back.astype(np.float64) - f(x).astype(np.float64)
    return max(difference.max(), -difference.min())
""",
}

STYLES["receptive_field"] = {
    "from the top down, as an interval": """
def receptive_field(layers):
    def field(place):
        low = high = place
        for kernel, stride, padding, dilation in reversed(layers):
            low = low * stride - padding
            high = high * stride - padding + dilation * (kernel - 1)
        return low, high

    (low, high), (neighbour, _) = field(0), field(1)
    return high - low + 1, neighbour - low, (low + high) / 2
""",
    "all pixels that are seen": """
def receptive_field(layers):
    fields = []
    for place in (0, 1):
        seen = {place}
        for k, s, p, d in layers[::-1]:
            seen = {i * s - p + d * tap for i in seen for tap in range(k)}
        fields.append(sorted(seen))
    first, second = fields
    return first[-1] - first[0] + 1, second[0] - first[0], (first[0] + first[-1]) / 2
""",
    "recursion": """
def receptive_field(layers):
    if not layers:
        return 1, 1, 0.0
    *below, (k, s, p, d) = layers
    rf, jump, start = receptive_field(below)
    return rf + d * (k - 1) * jump, jump * s, start + (d * (k - 1) / 2 - p) * jump
""",
    "sums over cumulated strides": """
def receptive_field(layers):
    table = np.array(layers, dtype=int).reshape(-1, 4)
    k, s, p, d = table.T
    jumps = np.cumprod(np.concatenate([[1], s]))
    reach = d * (k - 1)
    rf = 1 + int(np.sum(reach * jumps[:-1]))
    return rf, int(jumps[-1]), float(np.sum((reach / 2 - p) * jumps[:-1]))
""",
    "reduce": """
def receptive_field(layers):
    from functools import reduce

    def through(numbers, layer):
        (rf, jump, start), (k, s, p, d) = numbers, layer
        return (rf + d * (k - 1) * jump, jump * s, start + jump * (0.5 * d * (k - 1) - p))

    return reduce(through, layers, (1, 1, 0.0))
""",
}

_HEAD = """
def locally_connected(x, w, b=None, *, stride=1):
    (N, C, H, W), (Ho, Wo, O, Cw, kh, kw) = x.shape, w.shape
    sh, sw = pair(stride, "stride", 1)
    if Cw != C:
        raise ValueError(f"w has {Cw} channels, x has {C}")
    if Ho != (H - kh) // sh + 1 or Wo != (W - kw) // sw + 1:
        raise ValueError("w has filters for other places")
    kinds = [np.float64 if a.dtype.kind in "biu" else a.dtype for a in (x, w, b) if a is not None]
    dtype = np.result_type(*kinds)
    x, w = x.astype(dtype), w.astype(dtype)
"""
_TAIL = """
    return y if b is None else y + b.transpose(2, 0, 1).astype(dtype)
"""

STYLES["locally_connected"] = {
    "eight plain loops": """
def locally_connected(x, w, b=None, *, stride=1):
    N, C, H, W = x.shape
    Ho, Wo, O, channels, kh, kw = w.shape
    sh, sw = pair(stride, "stride", 1)
    if channels != C or Ho != (H - kh) // sh + 1 or Wo != (W - kw) // sw + 1:
        raise ValueError("x and w do not go together")
    kinds = [a.dtype if a.dtype.kind == "f" else np.dtype(float)
             for a in ([x, w] if b is None else [x, w, b])]
    y = np.zeros((N, O, Ho, Wo), np.result_type(*kinds))
    for n in range(N):
        for o in range(O):
            for i in range(Ho):
                for j in range(Wo):
                    total = 0.0 if b is None else float(b[i, j, o])
                    for c in range(C):
                        for u in range(kh):
                            for v in range(kw):
                                pixel = float(x[n, c, i * sh + u, j * sw + v])
                                total += float(w[i, j, o, c, u, v]) * pixel
                    y[n, o, i, j] = total
    return y
""",
    "sliding windows and einsum": _HEAD
    + """
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    y = np.einsum("ncijuv,ijocuv->noij", windows, w)
"""
    + _TAIL,
    "a layer of the course for each place": _HEAD
    + """
    y = np.zeros((N, O, Ho, Wo), dtype)
    for i in range(Ho):
        for j in range(Wo):
            window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            y[:, :, i, j] = ops.conv2d(window, w[i, j])[:, :, 0, 0]
"""
    + _TAIL,
    "im2col and matmul": _HEAD
    + """
    cols = ops.im2col(x, (kh, kw), stride=(sh, sw))  # (N, C kh kw, places)
    matrices = w.reshape(Ho * Wo, O, C * kh * kw)
    y = np.matmul(matrices, cols.transpose(2, 1, 0)).transpose(2, 1, 0).reshape(N, O, Ho, Wo)
"""
    + _TAIL,
    "tap by tap": _HEAD
    + """
    y = np.zeros((N, O, Ho, Wo), dtype)
    for c, u, v in np.ndindex(C, kh, kw):
        seen = x[:, c, u : u + sh * (Ho - 1) + 1 : sh, v : v + sw * (Wo - 1) + 1 : sw]
        y += seen[:, None] * w[:, :, :, c, u, v].transpose(2, 0, 1)
"""
    + _TAIL,
    "tensordot": _HEAD
    + """
    y = np.empty((N, O, Ho, Wo), dtype)
    for i, j in np.ndindex(Ho, Wo):
        window = x[:, :, i * sh :, j * sw :][:, :, :kh, :kw]
        y[:, :, i, j] = np.tensordot(window, w[i, j], axes=([1, 2, 3], [1, 2, 3]))
"""
    + _TAIL,
}

STYLES["permute_pixels"] = {
    "take": """
def permute_pixels(X, perm):
    return X.reshape(*X.shape[:2], -1 if X.size else len(perm)).take(perm, axis=2).reshape(X.shape)
""",
    "place by place": """
def permute_pixels(X, perm):
    H, W = X.shape[2:]
    Y = np.empty_like(X)
    for place in range(H * W):
        row, column = divmod(int(perm[place]), W)
        Y[:, :, place // W, place % W] = X[:, :, row, column]
    return Y
""",
    "rows and columns": """
def permute_pixels(X, perm):
    rows, columns = np.unravel_index(perm, X.shape[2:])
    return X[:, :, rows, columns].reshape(X.shape)
""",
    "a table of places": """
def permute_pixels(X, perm):
    table = perm.reshape(X.shape[2:])
    return X[:, :, table // X.shape[3], table % X.shape[3]]
""",
    "into a copy": """
def permute_pixels(X, perm):
    Y = X.copy()
    inverse = np.empty(len(perm), dtype=int)
    inverse[perm] = range(len(perm))
    Y.reshape(len(X), X.shape[1], len(perm))[:, :, inverse] = X.reshape(*X.shape[:2], len(perm))
    return Y
""",
}
