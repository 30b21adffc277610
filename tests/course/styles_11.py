"""Correct solutions of chapter 11 in different styles: all must get full marks."""

STYLES: dict[str, dict[str, str]] = {}

STYLES["hflip"] = {
    "a loop over the pictures": """
def hflip(x, p, rng):
    y = np.empty_like(x)
    for n in range(x.shape[0]):
        y[n] = np.fliplr(x[n].transpose(1, 2, 0)).transpose(2, 0, 1) if rng.random() < p else x[n]
    return y
""",
    "np.where": """
def hflip(x, p, rng):
    mirrored = rng.uniform(size=(len(x), 1, 1, 1)) < p
    return np.where(mirrored, np.flip(x, axis=-1), x)
""",
    "binomial draws": """
def hflip(x, p, rng):
    chosen = np.flatnonzero(rng.binomial(1, p, size=len(x)))
    y = np.array(x)
    y[chosen] = y[chosen][:, :, :, ::-1]
    return y
""",
    "an index for each column": """
def hflip(x, p, rng):
    W = x.shape[3]
    forward = np.arange(W)
    kept = rng.choice(2, size=len(x), p=[p, 1 - p]).astype(bool)
    columns = np.where(kept[:, None], forward, W - 1 - forward)
    return np.take_along_axis(x, columns[:, None, None, :], axis=3)
""",
    "column by column": """
def hflip(x, p, rng):
    y, W = x.copy(), x.shape[-1]
    for n, draw in enumerate(rng.random(len(x))):
        if draw < p:
            for j in range(W):
                y[n, :, :, j] = x[n, :, :, W - 1 - j]
    return y
""",
}

STYLES["random_crop"] = {
    "one picture at a time": """
def random_crop(x, size, padding, rng):
    h, w = pair(size, "size", 1)
    ph, pw = pair(padding, "padding", 0)
    N, C, H, W = x.shape
    if h > H + 2 * ph or w > W + 2 * pw:
        raise ValueError("too large")
    y = np.empty((N, C, h, w), dtype=x.dtype)
    for n in range(N):
        frame = np.pad(x[n], ((0, 0), (ph, ph), (pw, pw)))
        i = rng.integers(frame.shape[1] - h, endpoint=True)
        j = rng.integers(frame.shape[2] - w, endpoint=True)
        y[n] = frame[:, i:i + h, j:j + w]
    return y
""",
    "a window view": """
def random_crop(x, size, padding, rng):
    size, (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    frame = np.pad(x, [(0, 0), (0, 0), (ph, ph), (pw, pw)])
    places = np.subtract(frame.shape[2:], size) + 1
    if places.min() < 1:
        raise ValueError("The window is larger than the picture.")
    views = np.lib.stride_tricks.sliding_window_view(frame, size, axis=(2, 3))
    i, j = rng.integers(0, places, (len(x), 2)).T
    return views[np.arange(len(x)), :, i, j].copy()
""",
    "index arrays": """
def random_crop(x, size, padding, rng):
    (h, w), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    N, C, H, W = x.shape
    if H + 2 * ph < h or W + 2 * pw < w:
        raise ValueError("no place")
    frame = np.zeros((N, C, H + 2 * ph, W + 2 * pw), x.dtype)
    frame[:, :, ph:ph + H, pw:pw + W] = x
    rows = rng.integers(0, H + 2 * ph - h + 1, (N, 1)) + np.arange(h)
    columns = rng.integers(0, W + 2 * pw - w + 1, (N, 1)) + np.arange(w)
    pictures, channels = np.arange(N)[:, None, None, None], np.arange(C)[:, None, None]
    return frame[pictures, channels, rows[:, None, :, None], columns[:, None, None, :]]
""",
    "a place number, no padding made": """
def random_crop(x, size, padding, rng):
    (h, w), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    N, C, H, W = x.shape
    down, across = H + 2 * ph - h + 1, W + 2 * pw - w + 1
    if down < 1 or across < 1:
        raise ValueError("no window fits")
    y = np.zeros((N, C, h, w), x.dtype)
    for n, place in enumerate(rng.integers(down * across, size=N)):
        top, left = place // across - ph, place % across - pw
        for i in range(max(0, -top), min(h, H - top)):
            for j in range(max(0, -left), min(w, W - left)):
                y[n, :, i, j] = x[n, :, top + i, left + j]
    return y
""",
    "choice among all places": """
def random_crop(x, size, padding, rng):
    (h, w), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    frame = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    places = list(np.ndindex(max(frame.shape[2] - h + 1, 0), max(frame.shape[3] - w + 1, 0)))
    if not places:
        raise ValueError("no place for the window")
    y = frame[:, :, :h, :w].copy()
    for n, k in enumerate(rng.choice(len(places), size=len(x))):
        i, j = places[k]
        y[n] = frame[n, :, i:i + h, j:j + w]
    return y
""",
}

STYLES["affine"] = {
    "a loop over the places": """
def affine(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    import math

    if fill not in ("zero", "edge"):
        raise ValueError(fill)
    N, C, H, W = x.shape
    a, t = math.radians(angle), math.tan(math.radians(shear))
    y = np.zeros_like(x)
    for row in range(H):
        for column in range(W):
            r, c = row - (H - 1) / 2 - translate[0], column - (W - 1) / 2 - translate[1]
            r, c = math.cos(a) * r + math.sin(a) * c, -math.sin(a) * r + math.cos(a) * c
            r, c = r / scale, (c - t * r) / scale
            i, j = math.floor(r + (H - 1) / 2 + 0.5), math.floor(c + (W - 1) / 2 + 0.5)
            if 0 <= i < H and 0 <= j < W:
                y[:, :, row, column] = x[:, :, i, j]
            elif fill == "edge":
                y[:, :, row, column] = x[:, :, min(max(i, 0), H - 1), min(max(j, 0), W - 1)]
    return y
""",
    "a matrix, inverted by NumPy": """
def affine(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill != "zero" and fill != "edge":
        raise ValueError("unknown fill")
    H, W = x.shape[2:]
    a, h = np.radians(angle), np.radians(shear)
    R = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    S = np.array([[1, 0], [np.tan(h), 1]])
    middle = np.array([[(H - 1) / 2], [(W - 1) / 2]])
    places = np.indices((H, W)).reshape(2, -1) - middle - np.reshape(translate, (2, 1))
    # 1e-9: inverting leaves some rounding, which must not decide about a half
    source = np.linalg.inv(R @ S * scale) @ places + middle
    i, j = np.floor(source + 0.5 + 1e-9).astype(int).reshape(2, H, W)
    y = x[:, :, i.clip(0, H - 1), j.clip(0, W - 1)]
    if fill == "zero":
        y = y * ((0 <= i) & (i < H) & (0 <= j) & (j < W)).astype(x.dtype)
    return y
""",
    "a larger frame of zeros": """
def affine(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    modes = {"zero": "constant", "edge": "edge"}
    if fill not in modes:
        raise ValueError(f"no fill {fill}")
    H, W = x.shape[2:]
    frame = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode=modes[fill])
    a, t = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    r = np.arange(H)[:, None] - ((H - 1) / 2 + translate[0])
    c = np.arange(W)[None, :] - ((W - 1) / 2 + translate[1])
    back_r = r * np.cos(a) + c * np.sin(a)
    back_c = c * np.cos(a) - r * np.sin(a) - t * back_r
    i = np.floor(back_r / scale + H / 2).astype(int)
    j = np.floor(back_c / scale + W / 2).astype(int)
    return frame[:, :, np.clip(i, -1, H) + 1, np.clip(j, -1, W) + 1]
""",
    "complex numbers": """
def affine(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in {"zero", "edge"}:
        raise ValueError(fill)
    H, W = x.shape[2:]
    rows, columns = np.mgrid[:H, :W]
    # right is real, up is imaginary: a turn is a product
    z = (columns - (W - 1) / 2 - translate[1]) - 1j * (rows - (H - 1) / 2 - translate[0])
    z = z * np.exp(-1j * np.deg2rad(angle))
    z = z + np.tan(np.deg2rad(shear)) * z.imag
    z = z / scale
    exact = np.round([(H - 1) / 2 - z.imag, (W - 1) / 2 + z.real], 9)
    i, j = np.floor(exact + 0.5).astype(int)
    y = x[..., np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)].copy()
    if fill == "zero":
        y[..., (i != np.clip(i, 0, H - 1)) | (j != np.clip(j, 0, W - 1))] = 0
    return y
""",
    "flat places": """
def affine(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("zero or edge, please")
    N, C, H, W = x.shape
    co, si = np.cos(np.pi * angle / 180), np.sin(np.pi * angle / 180)
    places = np.arange(H * W)
    r, c = places // W - 0.5 * (H - 1), places % W - 0.5 * (W - 1)
    r, c = r - translate[0], c - translate[1]
    r1, c1 = co * r + si * c, co * c - si * r
    c2 = c1 - np.tan(np.pi * shear / 180) * r1
    i = np.floor(r1 / scale + 0.5 * H)
    j = np.floor(c2 / scale + 0.5 * W)
    from_i, from_j = np.minimum(np.maximum(i, 0), H - 1), np.minimum(np.maximum(j, 0), W - 1)
    y = np.take(x.reshape(N, C, H * W), (from_i * W + from_j).astype(int), axis=2)
    if fill == "zero":
        y = np.where((from_i == i) & (from_j == j), y, np.zeros((), x.dtype))
    return y.reshape(N, C, H, W)
""",
}

STYLES["color_jitter"] = {
    "a loop over the pictures": """
def color_jitter(x, brightness, contrast, rng):
    top = 255 if x.dtype == "uint8" else 1.0
    y = np.empty_like(x)
    for n, image in enumerate(x):
        b = 1 + brightness * (2 * rng.random() - 1)
        c = 1 + contrast * (2 * rng.random() - 1)
        m = image.mean(dtype=float)
        lit = np.clip(b * (m + c * (image.astype(float) - m)), 0, top)
        y[n] = np.rint(lit) if top == 255 else lit
    return y
""",
    "both factors at once": """
def color_jitter(x, brightness, contrast, rng):
    most = np.array([brightness, contrast])
    b, c = rng.uniform(1 - most, 1 + most, (len(x), 2)).T.reshape(2, len(x), 1, 1, 1)
    m = np.mean(x, axis=(1, 2, 3), keepdims=True, dtype=np.float64)
    y = b * (c * x + (1 - c) * m)
    if x.dtype == np.uint8:
        return np.floor(np.clip(y, 0, 255) + 0.5).astype(np.uint8)
    return np.clip(y, 0, 1).astype(x.dtype)
""",
    "in the range 0 to 1": """
def color_jitter(x, brightness, contrast, rng):
    levels = x.dtype == np.uint8
    light = x / 255 if levels else np.asarray(x, float)
    flat = light.reshape(len(x), int(np.prod(x.shape[1:])))
    c = rng.uniform(-contrast, contrast, len(x))[:, None]
    b = rng.uniform(-brightness, brightness, len(x))[:, None]
    m = flat.mean(axis=1)[:, None]
    flat = ((1 + b) * (flat + c * (flat - m))).clip(0, 1).reshape(x.shape)
    return (flat * 255).round().astype("uint8") if levels else flat.astype(x.dtype)
""",
    "minimum and maximum": """
def color_jitter(x, brightness, contrast, rng):
    top = {"u": 255.0, "f": 1.0}[x.dtype.kind]
    shape = (x.shape[0], 1, 1, 1)
    b = (1 - brightness) + 2 * brightness * rng.random(shape)
    c = (1 - contrast) + 2 * contrast * rng.random(shape)
    light = x.astype(np.float64)
    m = light.sum(axis=(1, 2, 3), keepdims=True) / max(1, light[0].size if len(x) else 1)
    y = np.minimum(np.maximum(b * (m + c * (light - m)), 0), top)
    return (y + 0.5 if top == 255 else y).astype(x.dtype)
""",
    "einsum": """
def color_jitter(x, brightness, contrast, rng):
    N, C, H, W = x.shape
    b = rng.uniform(1 - brightness, 1 + brightness, N)
    c = rng.uniform(1 - contrast, 1 + contrast, N)
    m = np.einsum("nchw->n", x.astype(float)) / (C * H * W)
    y = np.einsum("n,nchw->nchw", b * c, x.astype(float)) + (b * (1 - c) * m)[:, None, None, None]
    if x.dtype != np.uint8:
        return y.clip(0, 1).astype(x.dtype)
    return np.around(y.clip(0, 255)).astype(np.uint8)
""",
}

STYLES["cutout"] = {
    "masks of rows and columns": """
def cutout(x, size, rng):
    N, C, H, W = x.shape
    tops = rng.integers(0, H, N)[:, None] - size // 2
    lefts = rng.integers(0, W, N)[:, None] - size // 2
    rows, columns = np.arange(H), np.arange(W)
    inside = ((tops <= rows) & (rows < tops + size))[:, None, :, None]
    inside = inside & ((lefts <= columns) & (columns < lefts + size))[:, None, None, :]
    return np.where(inside, np.zeros((), x.dtype), x)
""",
    "one number for each place": """
def cutout(x, size, rng):
    y = np.array(x)
    H, W = x.shape[2:]
    for n, place in enumerate(rng.integers(H * W, size=len(x))):
        i, j = divmod(int(place), W)
        for row in range(i - size // 2, i - size // 2 + size):
            for column in range(j - size // 2, j - size // 2 + size):
                if 0 <= row < H and 0 <= column < W:
                    y[n, :, row, column] = 0
    return y
""",
    "in a padded frame": """
def cutout(x, size, rng):
    H, W = x.shape[2:]
    frame = np.pad(x, ((0, 0), (0, 0), (size, size), (size, size)))
    for n in range(len(x)):
        i = size + rng.integers(H) - size // 2
        j = size + rng.integers(W) - size // 2
        frame[n, :, i:i + size, j:j + size] = 0
    return frame[:, :, size:size + H, size:size + W].copy()
""",
    "np.clip": """
def cutout(x, size, rng):
    N, _, H, W = x.shape
    middles = rng.integers([H, W], size=(N, 2)) - size // 2
    begins = np.clip(middles, 0, [H, W])
    ends = np.clip(middles + size, 0, [H, W])
    y = x.copy()
    for image, (top, left), (bottom, right) in zip(y, begins, ends):
        image[:, top:bottom, left:right] = 0
    return y
""",
    "a product": """
def cutout(x, size, rng):
    N, C, H, W = x.shape
    keep = np.ones((N, 1, H, W), x.dtype)
    rows = np.floor(rng.random(N) * H).astype(int)
    columns = np.floor(rng.random(N) * W).astype(int)
    for n in range(N):
        covered = [k for k in range(H) if -(size // 2) <= k - rows[n] < size - size // 2]
        across = [k for k in range(W) if -(size // 2) <= k - columns[n] < size - size // 2]
        keep[n, 0][np.ix_(covered, across)] = 0
    return x * keep
""",
}

STYLES["mixup"] = {
    "permutation first": """
def mixup(x, y_onehot, alpha, rng):
    if np.ndim(y_onehot) != 2:
        raise ValueError("labels must be (N, K)")
    partner = rng.permutation(x.shape[0])
    lam = rng.beta(alpha, alpha)
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    y = y_onehot if y_onehot.dtype.kind == "f" else y_onehot.astype(np.float64)
    return x * lam + x[partner] * (1 - lam), y * lam + y[partner] * (1 - lam)
""",
    "a loop": """
def mixup(x, y_onehot, alpha, rng):
    if len(y_onehot.shape) != 2:
        raise ValueError("class numbers cannot be blended")
    kinds = [a.dtype if np.issubdtype(a.dtype, np.floating) else float for a in (x, y_onehot)]
    new_x, new_y = np.zeros(x.shape, kinds[0]), np.zeros(y_onehot.shape, kinds[1])
    others = np.arange(len(x))
    rng.shuffle(others)
    lam = rng.beta(alpha, alpha)
    for n, k in enumerate(others):
        new_x[n] = lam * x[n].astype(float) + (1 - lam) * x[k].astype(float)
        new_y[n] = lam * y_onehot[n].astype(float) + (1 - lam) * y_onehot[k].astype(float)
    return new_x, new_y
""",
    "a mixing matrix": """
def mixup(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError(y_onehot.shape)
    N, lam = len(x), rng.beta(alpha, alpha)
    mix = lam * np.eye(N) + (1 - lam) * np.eye(N)[rng.permutation(N)]
    kinds = [a.dtype if a.dtype.kind == "f" else np.dtype(float) for a in (x, y_onehot)]
    return (np.tensordot(mix, x, axes=1).astype(kinds[0]), (mix @ y_onehot).astype(kinds[1]))
""",
    "from the other side": """
def mixup(x, y_onehot, alpha, rng):
    if y_onehot.ndim == 1:
        raise ValueError("one row for each picture, please")
    order = np.argsort(rng.random(len(x)))
    share = float(rng.beta(alpha, alpha))

    def blend(a):
        a = a.astype(np.result_type(a, np.float16) if a.dtype.kind == "f" else np.float64)
        return a + share * (a[order] - a)

    return blend(x), blend(y_onehot)
""",
    "beta from gammas": """
def mixup(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("y_onehot must have two axes")
    one, other = rng.gamma(alpha, size=2).tolist()
    lam = one / (one + other)
    perm = rng.choice(len(x), len(x), replace=False) if len(x) else np.arange(0)
    floats = []
    for a in (x, y_onehot):
        floats.append(a if a.dtype in (np.float32, np.float64) else a.astype(float))
    return tuple(lam * a + (1 - lam) * np.take(a, perm, axis=0) for a in floats)
""",
}

_BACK = """
def dropout_backward(dy, mask):
    return np.multiply(dy, mask)
"""

STYLES["dropout"] = {
    "two returns": """
def dropout(x, p, train, rng):
    if p < 0 or p >= 1:
        raise ValueError("p")
    y = x.astype(x.dtype if x.dtype.kind == "f" else float)
    mask = np.ones_like(y)
    if not train:
        return y, mask
    mask[rng.random(y.shape) < p] = 0
    mask /= 1 - p
    return y * mask, mask
"""
    + _BACK,
    "binomial draws": """
def dropout(x, p, train, rng):
    if not (p >= 0 and p < 1):
        raise ValueError("p must be at least 0 and below 1")
    kind = x.dtype if np.issubdtype(x.dtype, np.floating) else np.float64
    keep = 1 - p
    mask = rng.binomial(1, keep, x.shape) / keep if train else np.ones(x.shape)
    mask = np.asarray(mask).astype(kind)
    return (x * mask).astype(kind), mask
"""
    + _BACK,
    "np.where": """
def dropout(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError(f"p = {p}")
    kind = np.result_type(x, np.float16) if x.dtype.kind == "f" else np.dtype("f8")
    if train:
        mask = np.where(rng.uniform(size=x.shape) < p, 0, 1 / (1 - p)).astype(kind)
    else:
        mask = np.ones(x.shape, kind)
    y = np.empty(x.shape, kind)
    np.multiply(x, mask, out=y, casting="unsafe")
    return y, mask


def dropout_backward(dy, mask):
    dx = dy.copy()
    dx *= mask
    return dx
""",
    "number by number": """
def dropout(x, p, train, rng):
    if p >= 1 or p < 0:
        raise ValueError("not a chance")
    kind = x.dtype if x.dtype.kind == "f" else float
    y, mask = np.zeros(x.shape, kind), np.zeros(x.shape, kind)
    for index in np.ndindex(x.shape):
        if not train:
            mask[index] = 1
        elif rng.random() >= p:
            mask[index] = 1 / (1 - p)
        y[index] = x[index] * mask[index]
    return y, mask


def dropout_backward(dy, mask):
    dx = np.zeros(dy.shape, np.result_type(dy, mask))
    for index in np.ndindex(dy.shape):
        dx[index] = mask[index] * dy[index]
    return dx
""",
    "choice": """
def dropout(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError("p is a chance below 1")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    if train:
        mask = rng.choice([0.0, 1 / (1 - p)], size=x.shape, p=[p, 1 - p]).astype(kind)
    else:
        mask = np.full(x.shape, 1, dtype=kind)
    return x.astype(kind) * mask, mask
"""
    + _BACK,
}

STYLES["EarlyStopping"] = {
    "a sign": """
class EarlyStopping:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta = patience, min_delta
        self.sign = 1 if mode == "min" else -1
        self.best, self.best_params, self.bad = self.sign * float("inf"), None, 0

    def step(self, value, params):
        if self.sign * (self.best - value) > self.min_delta:
            self.best = value
            self.best_params = {key: params[key].copy() for key in params}
            self.bad = 0
            return False
        self.bad += 1
        return self.bad >= self.patience
""",
    "deepcopy": """
class EarlyStopping:
    def __init__(self, patience, min_delta=0, mode="min"):
        import math

        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.left = patience
        self.best = math.inf if mode == "min" else -math.inf
        self.best_params = None

    def better(self, value):
        if self.mode == "max":
            return value > self.best + self.min_delta
        return value < self.best - self.min_delta

    def step(self, value, params):
        import copy

        if self.better(value):
            self.best, self.best_params = value, copy.deepcopy(params)
            self.left = self.patience
        else:
            self.left -= 1
        return self.left <= 0
""",
    "remembers all figures": """
class EarlyStopping:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.options = patience, min_delta, mode
        self.gains = []
        self.best_params = None
        self.best = {"min": np.inf, "max": -np.inf}[mode]

    def step(self, value, params):
        patience, min_delta, mode = self.options
        gain = (self.best - value) if mode == "min" else (value - self.best)
        self.gains.append(bool(gain > min_delta))
        if self.gains[-1]:
            self.best = value
            self.best_params = dict((name, np.array(a)) for name, a in params.items())
        return len(self.gains) >= patience and not any(self.gains[-patience:])
""",
    "counts epochs": """
class EarlyStopping:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.less = patience, min_delta, mode == "min"
        self.epoch, self.best_epoch = 0, 0
        self.best, self.best_params = np.inf * (1 if self.less else -1), None

    def step(self, value, params):
        self.epoch += 1
        difference = np.subtract(self.best, value) if self.less else np.subtract(value, self.best)
        if difference > self.min_delta:
            self.best_epoch, self.best = self.epoch, value
            self.best_params = {}
            for name, array in params.items():
                self.best_params[name] = array + 0
        return self.epoch - self.best_epoch >= self.patience
""",
    "NaN apart": """
class EarlyStopping:
    best_params = None

    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode, self.waited = patience, min_delta, mode, 0
        self.best = float("inf" if mode == "min" else "-inf")

    def step(self, value, params):
        change = value - self.best
        if self.mode == "min":
            change = -change
        self.waited += 1
        if not np.isnan(value) and change > self.min_delta:
            self.best, self.waited = value, 0
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        return bool(self.waited >= self.patience)
""",
}
