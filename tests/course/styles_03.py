"""Correct solutions of chapter 03 in different styles: all must get full marks."""

STYLES: dict[str, dict[str, str]] = {}

_SIDES = '''
def pad2d(x, pad, *, mode="zero"):
    """The sides first, whatever way they are written in."""
    if isinstance(pad, tuple) and isinstance(pad[0], tuple):
        rows, columns = pad
    else:
        rows, columns = [(p, p) for p in pair(pad, "pad", 0)]
    (top, bottom), (left, right) = rows, columns
    if min(top, bottom, left, right) < 0:
        raise ValueError("no side may be negative")
    if mode not in ("zero", "edge", "reflect"):
        raise ValueError(f"{mode} is no mode")
    H, W = x.shape
    if mode == "reflect" and (max(top, bottom) >= H or max(left, right) >= W):
        raise ValueError("nothing left to mirror")
'''

STYLES["pad2d"] = {
    "pixel by pixel": _SIDES
    + """
    y = np.zeros((top + H + bottom, left + W + right), dtype=x.dtype)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            r, c = i - top, j - left
            if mode == "edge":
                r, c = min(max(r, 0), H - 1), min(max(c, 0), W - 1)
            if mode == "reflect":
                r = -r if r < 0 else (2 * H - 2 - r if r >= H else r)
                c = -c if c < 0 else (2 * W - 2 - c if c >= W else c)
            if 0 <= r < H and 0 <= c < W:
                y[i, j] = x[r, c]
    return y
""",
    "slices into a black image": _SIDES
    + """
    y = np.zeros((top + H + bottom, left + W + right), dtype=x.dtype)
    y[top:top + H, left:left + W] = x
    if mode == "zero":
        return y
    for _ in range(2):  # rows, and the same for columns
        if mode == "reflect":
            y[:top] = y[top + 1:2 * top + 1][::-1]
            y[top + H:] = y[top + H - 1 - bottom:top + H - 1][::-1]
        else:
            y[:top] = y[top]
            y[top + H:] = y[top + H - 1]
        y, top, bottom, H = y.T, left, right, W
    return y.copy()
""",
    "strips put together": _SIDES
    + """
    def strips(z, before, after):
        if mode == "zero":
            first, last = np.zeros_like(z[:1]), np.zeros_like(z[:1])
            return [first] * before + [z] + [last] * after
        if mode == "edge":
            return [z[:1]] * before + [z] + [z[-1:]] * after
        return [z[1:before + 1][::-1], z, z[len(z) - 1 - after:len(z) - 1][::-1]]

    y = np.concatenate(strips(x, top, bottom), axis=0)
    return np.concatenate(strips(y.T, left, right), axis=0).T.copy()
""",
    "a ring at a time, by recursion": _SIDES
    + """
    if top + bottom + left + right == 0:
        return x.copy()
    def one_more(z, depth):  # one row above; depth rows stand there already
        row = {"zero": np.zeros_like(z[0]), "edge": z[0]}.get(mode)
        return np.vstack([z[2 * depth + 1] if row is None else row, z])

    def grow(z, count, depth=0):
        return z if depth == count else grow(one_more(z, depth), count, depth + 1)

    y = grow(grow(x, top)[::-1], bottom)[::-1]
    return grow(grow(y.T, left)[::-1], right)[::-1].T.copy()
""",
    "take with lists of rows": _SIDES
    + """
    def source(n, before, after):
        if mode == "edge":
            return [0] * before + list(range(n)) + [n - 1] * after
        return list(range(before, 0, -1)) + list(range(n)) + list(range(n - 2, n - 2 - after, -1))

    if mode == "zero":
        y = np.full((top + H + bottom, left + W + right), 0, x.dtype)
        np.copyto(y[top:top + H, left:left + W], x)
        return y
    return x.take(source(H, top, bottom), axis=0).take(source(W, left, right), axis=1)
""",
}

_HEAD = """
def correlate2d(x, k, *, mode="valid"):
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"unknown mode {mode}")
    (H, W), (a, b) = x.shape, k.shape
    if mode == "valid" and (a > H or b > W):
        raise ValueError("the kernel is larger than the image")
    dtype = np.result_type(*[z.dtype if z.dtype.kind == "f" else float for z in (x, k)])
    x, k = x.astype(dtype), k.astype(dtype)
    if mode == "same":
        x = filters.pad2d(x, (((a - 1) // 2, a // 2), ((b - 1) // 2, b // 2)))
    elif mode == "full":
        x = np.pad(x, [(a - 1, a - 1), (b - 1, b - 1)])
    Ho, Wo = x.shape[0] - a + 1, x.shape[1] - b + 1
"""

STYLES["correlate2d"] = {
    "four plain loops, no padded copy": '''
def correlate2d(x, k, *, mode="valid"):
    """Every index by itself."""
    H, W = x.shape
    a, b = k.shape
    if mode == "valid":
        rows, columns = range(0, H - a + 1), range(0, W - b + 1)
        if not len(rows) or not len(columns):
            raise ValueError("no place for the kernel")
    elif mode == "same":
        rows = range(-((a - 1) // 2), H - (a - 1) // 2)
        columns = range(-((b - 1) // 2), W - (b - 1) // 2)
    elif mode == "full":
        rows, columns = range(1 - a, H), range(1 - b, W)
    else:
        raise ValueError("no such mode")
    kinds = [z.dtype if np.issubdtype(z.dtype, np.floating) else np.float64 for z in (x, k)]
    y = np.zeros((len(rows), len(columns)), dtype=np.result_type(*kinds))
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            total = 0.0
            for u in range(a):
                for v in range(b):
                    if 0 <= top + u < H and 0 <= left + v < W:
                        total += float(x[top + u, left + v]) * float(k[u, v])
            y[i, j] = total
    return y
''',
    "tap by tap": _HEAD
    + """
    y = np.zeros((Ho, Wo), dtype)
    for u in range(a):
        for v in range(b):
            y += k[u, v] * x[u:u + Ho, v:v + Wo]
    return y
""",
    "sliding windows and einsum": _HEAD
    + """
    windows = np.lib.stride_tricks.sliding_window_view(x, (a, b))
    return np.einsum("ijuv,uv->ij", windows, k)
""",
    "strides and tensordot": _HEAD
    + """
    x = np.ascontiguousarray(x)
    windows = np.lib.stride_tricks.as_strided(x, (Ho, Wo, a, b), x.strides * 2)
    return np.tensordot(windows, k, axes=((2, 3), (0, 1)))
""",
    "patches as a matrix": _HEAD
    + """
    patches = [x[i:i + a, j:j + b].ravel() for i in range(Ho) for j in range(Wo)]
    return (np.stack(patches) @ k.ravel()).reshape(Ho, Wo)
""",
    "row by row, dot products": _HEAD
    + """
    y = np.zeros((Ho, Wo), dtype)
    for i in range(Ho):
        for u in range(a):
            y[i] += [x[i + u, j:j + b] @ k[u] for j in range(Wo)]
    return y
""",
}

_KINDS = """
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"unknown mode {mode}")
    (H, W), (a, b) = x.shape, k.shape
    if mode == "valid" and (a > H or b > W):
        raise ValueError("the kernel is larger than the image")
    dtype = np.result_type(*[z.dtype if z.dtype.kind == "f" else float for z in (x, k)])
"""
_PARTS = """
    if mode == "same":
        top, left = (a - 1) // 2, (b - 1) // 2
        return full[top:top + H, left:left + W].copy()
    if mode == "valid":
        return full[a - 1:H, b - 1:W].copy()
    return full
"""

STYLES["convolve2d"] = {
    "stamps of the kernel": """
def convolve2d(x, k, *, mode="full"):"""
    + _KINDS
    + """
    full = np.zeros((H + a - 1, W + b - 1), dtype)
    for i in range(H):
        for j in range(W):
            full[i:i + a, j:j + b] += x[i, j].astype(dtype) * k.astype(dtype)
"""
    + _PARTS,
    "stamps of the image": """
def convolve2d(x, k, *, mode="full"):"""
    + _KINDS
    + """
    full = np.zeros((H + a - 1, W + b - 1), dtype)
    for (u, v), weight in np.ndenumerate(k):
        full[u:u + H, v:v + W] += x.astype(dtype) * dtype.type(weight)
"""
    + _PARTS,
    "the formula, index by index": """
def convolve2d(x, k, *, mode="full"):"""
    + _KINDS
    + """
    full = np.zeros((H + a - 1, W + b - 1), dtype)
    for i, j in np.ndindex(full.shape):
        full[i, j] = sum(float(x[i - u, j - v]) * float(k[u, v])
                         for u in range(a) for v in range(b)
                         if 0 <= i - u < H and 0 <= j - v < W)
"""
    + _PARTS,
    "products of spectra": """
def convolve2d(x, k, *, mode="full"):"""
    + _KINDS
    + """
    size = (H + a - 1, W + b - 1)
    full = np.fft.irfft2(np.fft.rfft2(x, size) * np.fft.rfft2(k, size), size).astype(dtype)
"""
    + _PARTS,
    "rot90 twice and the own correlation": """
def convolve2d(x, k, *, mode="full"):
    turned = np.rot90(k, 2)
    if mode in ("full", "valid"):
        return correlate2d(x, turned, mode=mode)
    if mode != "same":
        raise ValueError("mode must be full, same or valid")
    a, b = k.shape
    padded = pad2d(x, ((a // 2, (a - 1) // 2), (b // 2, (b - 1) // 2)))
    return correlate2d(padded, turned)
""",
    "one row of 1-D convolutions": """
def convolve2d(x, k, *, mode="full"):"""
    + _KINDS
    + """
    full = np.zeros((H + a - 1, W + b - 1), dtype)
    for i in range(H):
        for u in range(a):
            full[i + u] += np.convolve(x[i].astype(dtype), k[u].astype(dtype))
"""
    + _PARTS,
}

STYLES["gaussian_kernel"] = {
    "loops over the pixels": """
import math

def gaussian_kernel(size, sigma):
    if size < 1:
        raise ValueError("no pixels")
    if not sigma > 0:
        raise ValueError("no width")
    middle = (size - 1) / 2
    squares = [[(u - middle) ** 2 + (v - middle) ** 2 for v in range(size)] for u in range(size)]
    nearest = min(map(min, squares))
    weights = [[math.exp((nearest - r2) / (2 * sigma * sigma)) for r2 in row] for row in squares]
    total = sum(map(sum, weights))
    return np.array([[weight / total for weight in row] for row in weights])
""",
    "a column times a row": """
def gaussian_kernel(size, sigma):
    if size < 1 or sigma <= 0:
        raise ValueError("size and sigma must be above 0")
    r = np.linspace((1 - size) / 2, (size - 1) / 2, size)
    bell = np.exp(-0.5 * (r**2 - (r**2).min()) / sigma**2)
    bell /= bell.sum()
    return np.outer(bell, bell)
""",
    "meshgrid": """
def gaussian_kernel(size, sigma):
    if size < 1 or sigma <= 0:
        raise ValueError("size and sigma must be above 0")
    u, v = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")
    c = (size - 1) / 2
    exponent = -((u - c) ** 2 + (v - c) ** 2) / (2 * sigma**2)
    k = np.exp(exponent - exponent.max())
    return k / np.sum(k)
""",
    "fromfunction, narrow bells apart": """
def gaussian_kernel(size, sigma):
    if size < 1 or sigma <= 0:
        raise ValueError("size and sigma must be above 0")
    r2 = np.fromfunction(lambda u, v: (u - (size - 1) / 2) ** 2 + (v - (size - 1) / 2) ** 2,
                         (size, size))
    k = np.exp(-r2 / (2 * sigma**2))
    if k.sum() == 0:
        k = (r2 == r2.min()).astype(float)
    return k / k.sum()
""",
    "complex distances": """
def gaussian_kernel(size, sigma):
    if min(size, sigma) <= 0:
        raise ValueError("size and sigma must be above 0")
    r = np.arange(size) - (size - 1) / 2
    distance = np.abs(r[:, None] + 1j * r)
    k = np.exp((distance.min() ** 2 - distance**2) / (2 * sigma**2))
    return k / k.sum()
""",
}

STYLES["sobel_edges"] = {
    "own correlation": """
def sobel_edges(x):
    kind = np.float64 if x.dtype.kind in "biu" else x.dtype
    kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=kind)
    gx = correlate2d(x, kernel, mode="same")
    gy = correlate2d(x, kernel.T, mode="same")
    return gx, gy, np.sqrt(gx ** 2 + gy ** 2)
""",
    "scipy correlate2d": """
def sobel_edges(x):
    from scipy.signal import correlate2d as slide

    x = x.astype(np.result_type(x, np.float64) if x.dtype.kind != "f" else x.dtype)
    gx = slide(x, sobel_right.astype(x.dtype), mode="same")
    gy = slide(x, sobel_down.astype(x.dtype), mode="same")
    return gx, gy, np.hypot(gx, gy)
""",
    "slices, columns and rows apart": """
def sobel_edges(x):
    xp = np.pad(x.astype(x.dtype if x.dtype.kind == "f" else float), 1)
    across, down = xp[:, 2:] - xp[:, :-2], xp[2:] - xp[:-2]
    gx = across[:-2] + 2 * across[1:-1] + across[2:]
    gy = down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
    return gx, gy, (gx * gx + gy * gy) ** 0.5
""",
    "a column times a row": """
def sobel_edges(x):
    one = np.float32 if x.dtype == np.float32 else np.float64
    smooth, slope = np.array([1, 2, 1], one), np.array([-1, 0, 1], one)
    gx = filters.correlate_separable(x, smooth, slope, mode="same")
    gy = filters.correlate_separable(x, slope, smooth, mode="same")
    return gx, gy, np.abs(gx + 1j * gy).astype(one)
""",
    "pixel by pixel": """
def sobel_edges(x):
    kind = x.dtype if np.issubdtype(x.dtype, np.floating) else np.dtype(float)
    xp = np.pad(x, 1).astype(kind)
    gx, gy, magnitude = (np.zeros(x.shape, kind) for _ in range(3))
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            window = xp[i:i + 3, j:j + 3]
            gx[i, j] = np.sum(window * sobel_right)
            gy[i, j] = np.sum(window * sobel_down)
            magnitude[i, j] = np.linalg.norm([gx[i, j], gy[i, j]])
    return gx, gy, magnitude
""",
    "a convolution with the turned kernel": """
def sobel_edges(x):
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    gx = convolve2d(x, sobel_right[::-1, ::-1].astype(dtype), mode="same")
    gy = convolve2d(x, sobel_down[::-1, ::-1].astype(dtype), mode="same")
    return gx, gy, np.hypot(gx, gy)
""",
}
