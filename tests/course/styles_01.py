"""Correct solutions of chapter 01 in different styles: all must get full marks."""

STYLES: dict[str, dict[str, str]] = {}

STYLES["quantize"] = {
    "pixel by pixel": """
import math

def quantize(img, *, levels=256):
    if levels < 2 or levels > 256:
        raise ValueError("2 to 256 levels")
    result = np.zeros(img.shape, dtype=np.uint8)
    for i in range(img.shape[0]):
        for j in range(img.shape[1]):
            x = img[i, j]
            if math.isnan(x):
                raise ValueError(f"NaN at {i}, {j}")
            x = min(max(x, 0), 1)
            k = math.floor(x * (levels - 1) + 0.5)
            result[i, j] = math.floor(255 * k / (levels - 1) + 0.5)
    return result
""",
    "a table of the levels": """
def quantize(img, *, levels=256):
    if levels not in range(2, 257) or np.isnan(img).any():
        raise ValueError
    palette = np.array([(510 * k + levels - 1) // (2 * levels - 2) for k in range(levels)], "u1")
    return palette[(np.clip(img, 0, 1) * (levels - 1) + 0.5).astype(int)]
""",
    "borders between levels": """
def quantize(img, *, levels=256):
    if not (2 <= levels <= 256 and np.isfinite(img).all()):
        raise ValueError("a NaN, or a number of levels that 8 bits can't hold")
    steps = levels - 1
    borders = np.arange(0.5, steps)
    k = np.searchsorted(borders, np.asarray(img) * steps, side="right")
    return ((255 * k * 2 + steps) // (2 * steps)).astype(np.uint8)
""",
    "minimum and maximum": """
def quantize(img, *, levels=256):
    if levels < 2 or levels > 256:
        raise ValueError("levels")
    if (img != img).any():
        raise ValueError("NaN")
    limited = np.minimum(np.maximum(img, 0), 1)
    k = (limited * (levels - 1) + 0.5) // 1
    value = (255 * k / (levels - 1) + 0.5) // 1
    return np.array(value, dtype=np.uint8)
""",
    "a copy, changed step by step": """
def quantize(img, *, levels=256):
    if levels <= 1 or levels >= 257:
        raise ValueError("levels")
    if np.any(np.isnan(img)):
        raise ValueError("NaN")
    img = img.copy()
    img[img < 0] = 0
    img[img > 1] = 1
    img *= levels - 1
    img += 0.5
    img = np.floor(img) * 255
    img /= levels - 1
    return np.uint8(np.trunc(img + 0.5))
""",
    "vectorize": """
def quantize(img, *, levels=256):
    if not 1 < levels < 257:
        raise ValueError("levels")

    def one(x):
        if np.isnan(x):
            raise ValueError("NaN")
        k = int(max(0, min(1, x)) * (levels - 1) + 0.5)
        return int(255 * k / (levels - 1) + 0.5)

    return np.vectorize(one, otypes=[np.uint8])(img)
""",
}

STYLES["validate_image"] = {
    "a set of findings, sorted": """
def validate_image(rows, *, low=0, high=255):
    lengths = list(map(len, rows))
    width = max(lengths, key=lengths.count)
    found = {(i, -1, "ragged") for i, n in enumerate(lengths) if n != width}
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if type(value) is not int and not isinstance(value, np.integer):
                found.add((i, j, "type"))
            elif value < low or value > high:
                found.add((i, j, "range"))
    return sorted(found)
""",
    "Counter": """
from collections import Counter

def validate_image(rows, *, low=0, high=255):
    ((width, _),) = Counter(len(row) for row in rows).most_common(1)

    def code(value):
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool):
            return "type"
        return None if low <= value <= high else "range"

    found = []
    for i, row in enumerate(rows):
        found += [(i, -1, "ragged")] * (len(row) != width)
        found += [(i, j, code(value)) for j, value in enumerate(row) if code(value)]
    return found
""",
    "a generator": """
import numbers

def defects(rows, low, high):
    width = most_frequent([len(row) for row in rows])
    for i, row in enumerate(rows):
        if len(row) != width:
            yield i, -1, "ragged"
        for j in range(len(row)):
            whole = isinstance(row[j], numbers.Integral) and type(row[j]) is not bool
            if not whole:
                yield i, j, "type"
            elif row[j] not in range(low, high + 1):
                yield i, j, "range"


def most_frequent(values):
    best = values[0]
    for value in values:
        if values.count(value) > values.count(best):
            best = value
    return best


def validate_image(rows, *, low=0, high=255):
    return list(defects(rows, low, high))
""",
    "while loops": """
def validate_image(rows, *, low=0, high=255):
    counts = {}
    for row in rows:
        counts[len(row)] = counts.get(len(row), 0) + 1
    width = max(counts, key=counts.get)
    result = []
    i = 0
    while i < len(rows):
        if len(rows[i]) != width:
            result.append((i, -1, "ragged"))
        j = 0
        while j < len(rows[i]):
            value = rows[i][j]
            if "int" not in type(value).__name__:  # int, int64, uint8
                result.append((i, j, "type"))
            elif value > high or value < low:
                result.append((i, j, "range"))
            j = j + 1
        i = i + 1
    return result
""",
    "three lists": """
import statistics

def validate_image(rows, *, low=0, high=255):
    width = statistics.mode([len(row) for row in rows])
    cells = [(i, j, v) for i, row in enumerate(rows) for j, v in enumerate(row)]
    whole = [np.asarray(v).dtype.kind in "iu" and np.ndim(v) == 0 for _, _, v in cells]
    ragged = [(i, -1, "ragged") for i in range(len(rows)) if len(rows[i]) != width]
    types = [(i, j, "type") for (i, j, v), ok in zip(cells, whole) if not ok]
    ranges = [(i, j, "range") for (i, j, v), ok in zip(cells, whole) if ok and not low <= v <= high]
    return sorted(ragged + types + ranges)
""",
}

STYLES["rescale"] = {
    "float32 from the start": """
def rescale(x, mode, *, mean=None, std=None):
    if x.dtype != "uint8":
        raise TypeError("8-bit numbers, please")
    y = x.astype(np.float32) / np.float32(255)
    if mode == "unit":
        return y
    elif mode == "signed":
        return 2 * y - 1
    elif mode == "standard":
        if mean is None:
            mean = y.astype(float).mean()
        if std is None:
            std = 0 if x.min() == x.max() else y.astype(float).std()
        mean, std = np.array(mean, np.float32), np.array(std, np.float32)
        std[std == 0] = 1
        if mean.shape:
            mean = mean.reshape(-1, 1, 1)
        if std.shape:
            std = std.reshape(-1, 1, 1)
        return (y - mean) / std
    else:
        raise ValueError("mode")
""",
    "channels to the end and back": """
def rescale(x, mode, *, mean=None, std=None):
    if x.dtype.name != "uint8":
        raise TypeError(x.dtype)
    if mode not in {"unit", "signed", "standard"}:
        raise ValueError(mode)
    x = x.astype(float) / 255
    if mode == "signed":
        x = (x - 0.5) / 0.5
    if mode == "standard":
        middle = np.average(x) if mean is None else mean
        spread = np.std(x) if std is None else std
        spread = np.where(np.isclose(spread, 0), 1.0, spread)
        per_channel = np.ndim(middle) or np.ndim(spread)
        if per_channel:
            x = np.moveaxis(x, -3, -1)
        x = (x - middle) / spread
        if per_channel:
            x = np.moveaxis(x, -1, -3)
    return np.float32(x)
""",
    "a table of all 256 levels": """
def rescale(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("not 8-bit")
    levels = np.arange(256) / 255
    if mode == "unit":
        return levels.astype("f4")[x]
    if mode == "signed":
        return (levels * 2 - 1).astype("f4")[x]
    if mode == "standard":
        counts = np.bincount(x.ravel(), minlength=256)
        m = (counts * levels).sum() / x.size if mean is None else mean
        own = counts @ np.arange(256) / x.size / 255
        s = (counts * (levels - own) ** 2 / x.size).sum() ** 0.5 if std is None else std
        m, s = np.asarray(m, float), np.asarray(s, float)
        s = s + (s == 0)
        if m.ndim == 1:
            m = m[:, np.newaxis, np.newaxis]
        if s.ndim == 1:
            s = s[:, np.newaxis, np.newaxis]
        return ((levels[x] - m) / s).astype("f4")
    raise ValueError(f"no mode {mode}")
""",
    "match": """
def rescale(x, mode, *, mean=None, std=None):
    if x.dtype.itemsize != 1 or x.dtype.kind != "u":
        raise TypeError("uint8 expected")

    def line_up(a):
        return np.expand_dims(a, (-2, -1)) if np.size(a) > 1 else a

    match mode:
        case "unit":
            result = np.true_divide(x, 255)
        case "signed":
            result = np.interp(x, [0, 255], [-1, 1])
        case "standard":
            result = np.divide(x, 255.0)
            mean = result.mean() if mean is None else mean
            std = np.ptp(x) and result.std() if std is None else std
            std = np.array([value if value else 1 for value in np.atleast_1d(std)])
            result = (result - line_up(mean)) / (line_up(std) if len(std) > 1 else std[0])
        case _:
            raise ValueError(mode)
    return result.astype(np.float32)
""",
    "channel by channel": """
def rescale(x, mode, *, mean=None, std=None):
    if x.dtype != np.dtype("u1"):
        raise TypeError("x must be uint8")
    unit = x.astype(np.float64)
    unit /= 255
    if mode == "signed":
        return ((unit - 1 / 2) * 2).astype(np.float32)
    if mode == "standard":
        mean = np.mean(unit) if mean is None else mean
        std = np.sqrt(np.mean((x - np.mean(x)) ** 2)) / 255 if std is None else std
        if np.ndim(mean) == 0 and np.ndim(std) == 0:
            return ((unit - mean) / (std or 1)).astype(np.float32)
        C = x.shape[-3]
        means, stds = np.broadcast_to(mean, C), np.broadcast_to(std, C)
        for c in range(C):
            spread = stds[c] if stds[c] != 0 else 1
            unit[..., c, :, :] = (unit[..., c, :, :] - means[c]) / spread
        return unit.astype(np.float32)
    if mode != "unit":
        raise ValueError("what mode?")
    return unit.astype(np.float32)
""",
}

STYLES["to_nchw"] = {
    "moveaxis": """
def to_nchw(x, *, layout="NHWC"):
    if layout not in ["NHWC", "HWC", "NHW"] or x.ndim != len(layout):
        raise ValueError("layout")
    if "N" not in layout:
        x = np.expand_dims(x, 0)
    if "C" not in layout:
        x = np.expand_dims(x, -1)
    return np.array(np.moveaxis(x, -1, 1))


def to_nhwc(x):
    if x.ndim != 4:
        raise ValueError("four axes")
    return np.array(np.moveaxis(x, 1, -1))
""",
    "einsum": """
def to_nchw(x, *, layout="NHWC"):
    if layout not in ("NHWC", "HWC", "NHW"):
        raise ValueError("layout")
    letters = layout.lower()
    moved = np.einsum(letters + "->" + "".join(a for a in "nchw" if a in letters), x).copy()
    if layout == "HWC":
        return moved.reshape(1, *moved.shape)
    if layout == "NHW":
        return moved.reshape(len(moved), 1, *moved.shape[1:])
    return moved


def to_nhwc(x):
    return np.einsum("nchw->nhwc", x).copy()
""",
    "channel by channel": """
def to_nchw(x, *, layout="NHWC"):
    if layout == "HWC" and len(x.shape) == 3:
        return to_nchw(x.reshape(1, *x.shape))
    if layout == "NHW" and len(x.shape) == 3:
        return to_nchw(x.reshape(*x.shape, 1))
    if layout != "NHWC" or len(x.shape) != 4:
        raise ValueError("layout")
    N, H, W, C = x.shape
    result = np.zeros((N, C, H, W), x.dtype)
    for c in range(C):
        result[:, c] = x[:, :, :, c]
    return result


def to_nhwc(x):
    N, C, H, W = x.shape
    result = np.empty((N, H, W, C), dtype=x.dtype)
    for n, c in np.ndindex(N, C):
        result[n, ..., c] = x[n, c]
    return result
""",
    "two swaps": """
def to_nhwc(x):
    if x.ndim != 4:
        raise ValueError(x.shape)
    return np.ascontiguousarray(x.swapaxes(1, 2).swapaxes(2, 3)) + np.zeros((), x.dtype)


def to_nchw(x, *, layout="NHWC"):
    added = {"NHWC": (), "HWC": (0,), "NHW": (3,)}
    if layout not in added or x.ndim + len(added[layout]) != 4:
        raise ValueError(layout)
    return np.expand_dims(x, added[layout]).swapaxes(3, 2).swapaxes(2, 1).copy()
""",
    "stack": """
def to_nchw(x, *, layout="NHWC"):
    if {"NHWC": 4, "HWC": 3, "NHW": 3}.get(layout) != np.ndim(x):
        raise ValueError(layout)
    if layout == "NHW":
        return np.stack([x], axis=1)
    planes = np.stack([x[..., c] for c in range(x.shape[-1])], axis=-3)
    return planes[np.newaxis].copy() if layout == "HWC" else planes


def to_nhwc(x):
    N, C, H, W = x.shape
    return np.stack([x[:, c] for c in range(C)], axis=3)
""",
}

STYLES["flatten_batch"] = {
    "the number of a whole row": """
import math

def flatten_batch(x):
    if x.ndim <= 1:
        raise ValueError("no batch")
    return np.array(np.reshape(x, (x.shape[0], math.prod(x.shape[1:]))))
""",
    "row by row": """
def flatten_batch(x):
    N, *rest = x.shape
    if not rest:
        raise ValueError("a batch has two axes at least")
    D = 1
    for size in rest:
        D *= size
    result = np.empty((N, D), dtype=x.dtype)
    for n in range(N):
        result[n] = x[n].ravel()
    return result
""",
    "flatten": """
def flatten_batch(x):
    if x.ndim < 2:
        raise ValueError(x.shape)
    D = x[0].size if len(x) else np.zeros(x.shape[1:]).size
    return x.flatten().reshape(len(x), D)
""",
    "number by number": """
def flatten_batch(x):
    if len(x.shape) < 2:
        raise ValueError("x")
    places = list(np.ndindex(*x.shape[1:]))
    result = np.zeros((x.shape[0], len(places)), x.dtype)
    for d, place in enumerate(places):
        result[:, d] = x[(slice(None), *place)]
    return result
""",
    "concatenate": """
def flatten_batch(x):
    if x.ndim < 2:
        raise ValueError("at least two axes")
    if x.ndim == 2:
        return x.copy()
    if x.shape[1] == 0:
        return np.zeros((len(x), 0), x.dtype)
    return np.concatenate([flatten_batch(x[:, i]) for i in range(x.shape[1])], axis=1)
""",
}

STYLES["linear_scores"] = {
    "loops": """
def linear_scores(X, W, b=None):
    N, D = X.shape
    K = W.shape[0]
    if W.shape[1] != D or (b is not None and b.shape != (K,)):
        raise ValueError("shapes")
    kinds = [a.dtype if np.issubdtype(a.dtype, np.floating) else float for a in (X, W)]
    if b is not None:
        kinds.append(b.dtype if np.issubdtype(b.dtype, np.floating) else float)
    scores = np.zeros((N, K), np.result_type(*kinds))
    for n in range(N):
        for k in range(K):
            for d in range(D):
                scores[n, k] += scores.dtype.type(X[n, d]) * scores.dtype.type(W[k, d])
            if b is not None:
                scores[n, k] += b[k]
    return scores


def predict(X, W, b=None):
    classes = []
    for row in linear_scores(X, W, b):
        best = 0
        for k in range(len(row)):
            if row[k] > row[best]:
                best = k
        classes.append(best)
    return np.array(classes, dtype=np.int64)
""",
    "einsum": """
def as_float(a):
    return a if a.dtype.kind == "f" else a.astype(np.float64)


def linear_scores(X, W, b=None):
    X, W = as_float(X), as_float(W)
    scores = np.einsum("nd,kd->nk", X, W)
    if b is None:
        return scores
    if b.shape != W.shape[:1]:
        raise ValueError("one bias for each class")
    return scores + as_float(b)


def predict(X, W, b=None):
    return np.argmax(linear_scores(X, W, b), axis=-1)
""",
    "the bias as a weight of a pixel that is always 1": """
def linear_scores(X, W, b=None):
    if X.shape[-1] != W.shape[-1]:
        raise ValueError("different lengths")
    b = np.zeros(len(W), np.float16) if b is None else b
    if b.shape != (len(W),):
        raise ValueError("b")
    parts = [a if a.dtype.kind == "f" else a.astype(float) for a in (X, W, b)]
    ones = np.ones((len(X), 1), np.float16)
    return np.hstack([parts[0], ones]) @ np.hstack([parts[1], parts[2][:, None]]).T


def predict(X, W, b=None):
    scores = linear_scores(X, W, b)
    return np.array([int(np.flatnonzero(row == row.max())[0]) for row in scores], np.int64)
""",
    "broadcasting": """
def linear_scores(X, W, b=None):
    if X.shape[1] != W.shape[1]:
        raise ValueError("D")
    kind = np.result_type(*[np.float64 if a.dtype.kind in "iub" else a.dtype
                            for a in (X, W, b) if a is not None])
    scores = (X.astype(kind)[:, None, :] * W.astype(kind)[None, :, :]).sum(axis=2)
    if b is not None:
        if len(b) != len(W):
            raise ValueError("K")
        scores += b.astype(kind)
    return scores


def predict(X, W, b=None):
    scores = linear_scores(X, W, b)
    return np.int64(np.argsort(-scores, axis=1, kind="stable")[:, 0])
""",
    "a class at a time": """
def linear_scores(X, W, b=None):
    def real(a):
        return a * 1.0 if a.dtype.kind != "f" else a

    if b is not None and (b.ndim != 1 or b.shape[0] != W.shape[0]):
        raise ValueError("b has not one number for each class")
    columns = []
    for k in range(W.shape[0]):
        score = np.dot(real(X), real(W[k]))
        columns.append(score if b is None else score + real(b)[k])
    return np.stack(columns, axis=1)


def predict(X, W, b=None):
    best = None
    for k, column in enumerate(linear_scores(X, W, b).T):
        if best is None:
            best, classes = column.copy(), np.zeros(len(column), np.int64)
        better = column > best
        best[better], classes[better] = column[better], k
    return classes
""",
}
