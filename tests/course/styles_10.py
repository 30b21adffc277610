"""Correct solutions of chapter 10 in different styles: all must get full marks."""

STYLES: dict[str, dict[str, str]] = {}

STYLES["alexnet_table"] = {
    "a dict of options, ReLUs too": """
def alexnet_table(variant="single", size=227):
    known = {"single": dict(f=(96, 256, 384, 384, 256), p=0, g=1),
             "grouped": dict(f=(96, 256, 384, 384, 256), p=0, g=2),
             "torchvision": dict(f=(64, 192, 384, 256, 256), p=2, g=1)}
    if variant not in known:
        raise ValueError(variant)
    f, g = known[variant]["f"], known[variant]["g"]
    net = []
    for n, filters in enumerate(f):
        if n == 0:
            net.append(layers.conv(filters, 11, stride=4, padding=known[variant]["p"]))
        else:
            k = 5 if n == 1 else 3
            net.append(layers.conv(filters, k, padding=(k - 1) // 2, groups=1 if n == 2 else g))
        net.append(layers.relu())
        if n in (0, 1, 4):
            net.append(layers.max_pool((3, 3), stride=(2, 2)))
    if variant == "torchvision":
        net.append(layers.avg_pool_to((6, 6)))
    net.append(layers.flatten())
    for inputs, units in ((9216, 4096), (4096, 4096), (4096, 1000)):
        net.append(layers.dense(units, inputs=inputs))
    return layer_table(net, [3, size, size])
""",
    "same padding and three lists": """
def alexnet_table(variant="single", size=227):
    head = [layers.flatten(), layers.dense(4096, inputs=256 * 6 * 6), layers.dense(4096)]
    head.append(layers.dense(1000))

    def body(a, b, c, d, e, g=1, p=0):
        pool = layers.max_pool(3, stride=2)
        return [layers.conv(a, 11, stride=4, padding=p), pool,
                layers.conv(b, 5, padding="same", groups=g), pool,
                layers.conv(c, 3, padding="same"), layers.conv(d, 3, padding="same", groups=g),
                layers.conv(e, 3, padding="same", groups=g), pool]

    if variant == "single":
        net = body(96, 256, 384, 384, 256)
    elif variant == "grouped":
        net = body(96, 256, 384, 384, 256, g=2)
    elif variant == "torchvision":
        net = body(64, 192, 384, 256, 256, p=2) + [layers.avg_pool_to(6)]
    else:
        raise ValueError("single, grouped or torchvision")
    return layer_table(net + head, (3, size, size))
""",
    "rows counted by hand": """
def alexnet_table(variant="single", size=227):
    if variant not in ("single", "grouped", "torchvision"):
        raise ValueError("no such variant")
    theirs = variant == "torchvision"
    f = [64, 192, 384, 256, 256] if theirs else [96, 256, 384, 384, 256]
    g = [1, 2, 1, 2, 2] if variant == "grouped" else [1] * 5
    kernels, strides, pads = [11, 5, 3, 3, 3], [4, 1, 1, 1, 1], [2 if theirs else 0, 2, 1, 1, 1]
    rows, c, n = [], 3, size
    for i in range(5):
        n = (n + 2 * pads[i] - kernels[i]) // strides[i] + 1
        weights = f[i] * (c // g[i]) * kernels[i] ** 2
        rows.append({"name": f"conv{i + 1}", "shape": (f[i], n, n), "params": weights + f[i],
                     "macs": weights * n * n})
        c = f[i]
        if i in (0, 1, 4):
            n = (n - 3) // 2 + 1
            rows.append({"name": "pool", "shape": (c, n, n), "params": 0, "macs": 0})
    if theirs:
        n = 6
    if c * n * n != 9216:
        raise ValueError(f"{c * n * n} numbers reach a layer made for 9216")
    rows.append({"name": "flatten", "shape": (9216,), "params": 0, "macs": 0})
    c = 9216
    for units in (4096, 4096, 1000):
        rows.append({"name": "dense", "shape": (units,), "params": units * (c + 1),
                     "macs": units * c})
        c = units
    return rows
""",
}

STYLES["grouped_conv2d"] = {
    "split": """
def grouped_conv2d(x, w, b=None, *, groups=1, stride=1, padding=0):
    if x.shape[1] % groups or w.shape[0] % groups:
        raise ValueError("groups must divide channels and filters")
    bs = [None] * groups if b is None else np.split(b, groups)
    parts = zip(np.split(x, groups, axis=1), np.split(w, groups), bs)
    return np.concatenate([conv2d(*p, stride=stride, padding=padding) for p in parts], 1)
""",
    "split, whose own error is enough": """
def grouped_conv2d(x, w, b=None, *, groups=1, stride=1, padding=0):
    xs, ws = np.split(x, groups, 1), np.split(w, groups, 0)
    ys = [conv2d(p, q, stride=stride, padding=padding) for p, q in zip(xs, ws)]
    y = np.hstack(ys)
    if b is not None:
        y = y + np.asarray(b)[None, :, None, None]
    return y
""",
    "a filter at a time": """
def grouped_conv2d(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], w.shape[0]
    if C % groups != 0 or O % groups != 0:
        raise ValueError("does not divide")
    maps = []
    for o in range(O):
        first = (o // (O // groups)) * (C // groups)
        bias = b[o : o + 1] if b is not None else None
        seen = x[:, first : first + C // groups]
        maps.append(conv2d(seen, w[o : o + 1], bias, stride=stride, padding=padding)[:, 0])
    return np.stack(maps, axis=1)
""",
    "one large kernel with zeros": """
def grouped_conv2d(x, w, b=None, *, groups=1, stride=1, padding=0):
    C, O = x.shape[1], len(w)
    if C % groups or O % groups or w.shape[1] * groups != C:
        raise ValueError("channels, filters and groups do not go together")
    whole = np.zeros((O, C, *w.shape[2:]), w.dtype)
    for o in range(O):
        j = o * groups // O
        whole[o, j * (C // groups) : (j + 1) * (C // groups)] = w[o]
    return conv2d(x, whole, b, stride=stride, padding=padding)
""",
    "groups as images": """
def grouped_conv2d(x, w, b=None, *, groups=1, stride=1, padding=0):
    N, C, H, W = x.shape
    O, c, kh, kw = w.shape
    if C % groups or O % groups or c * groups != C:
        raise ValueError("does not fit")
    x = x.reshape(N, groups, c, H, W)
    w = w.reshape(groups, O // groups, c, kh, kw)
    out = None
    for j in range(groups):
        bias = None if b is None else b.reshape(groups, -1)[j]
        y = conv2d(x[:, j], w[j], bias, stride=stride, padding=padding)
        if out is None:
            out = np.empty((N, groups, *y.shape[1:]), y.dtype)
        out[:, j] = y
    return out.reshape(N, O, *out.shape[3:])
""",
}

STYLES["build_alexnet"] = {
    "append, and a formula for the size": """
def build_alexnet(*, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096,
                  classes=1000):
    net = nn.Sequential()
    channels = 3
    for n, out in enumerate(filters):
        if n == 0:
            net.append(nn.Conv2d(channels, out, 11, 4))
        else:
            k = 5 if n == 1 else 3
            net.append(nn.Conv2d(channels, out, k, padding=k // 2, groups=1 if n == 2 else groups))
        net.append(nn.ReLU(inplace=True))
        if n in (0, 1, 4):
            net.append(nn.MaxPool2d(kernel_size=3, stride=2))
        channels = out
    net.append(nn.Flatten())
    width = channels * ((size - 67) // 32 + 1) ** 2
    for _ in range(2):
        net.append(nn.Dropout())
        net.append(nn.Linear(width, hidden))
        net.append(nn.ReLU())
        width = hidden
    net.append(nn.Linear(width, classes))
    return net
""",
    "two parts, sizes from a trial run": """
def build_alexnet(*, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096,
                  classes=1000):
    a, b, c, d, e = filters
    features = nn.Sequential(
        nn.Conv2d(3, a, kernel_size=11, stride=4), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(a, b, kernel_size=5, padding="same", groups=groups), nn.ReLU(),
        nn.MaxPool2d(3, 2),
        nn.Conv2d(b, c, kernel_size=3, padding="same"), nn.ReLU(),
        nn.Conv2d(c, d, kernel_size=3, padding="same", groups=groups), nn.ReLU(),
        nn.Conv2d(d, e, kernel_size=3, padding="same", groups=groups), nn.ReLU(),
        nn.MaxPool2d(3, 2),
        nn.Flatten(1))
    with torch.no_grad():
        inputs = features(torch.zeros(1, 3, size, size)).shape[1]
    classifier = nn.Sequential(nn.Dropout(p=0.5), nn.Linear(inputs, hidden), nn.ReLU(),
                               nn.Dropout(p=0.5), nn.Linear(hidden, hidden), nn.ReLU(),
                               nn.Linear(hidden, classes))
    return nn.Sequential(features, classifier)
""",
    "a list of layers": """
def build_alexnet(*, size=227, filters=(96, 256, 384, 384, 256), groups=1, hidden=4096,
                  classes=1000):
    def conv(c, o, k, **options):
        return [nn.Conv2d(c, o, k, **options), nn.ReLU()]

    n = size
    for k, s in ((11, 4), (3, 2), (3, 2), (3, 2)):
        n = (n - k) // s + 1
    a, b, c, d, e = filters
    pool = nn.MaxPool2d(3, stride=2)
    net = conv(3, a, 11, stride=4) + [pool] + conv(a, b, 5, padding=2, groups=groups)
    net += [nn.MaxPool2d(3, stride=2)] + conv(b, c, 3, padding=1)
    net += conv(c, d, 3, padding=1, groups=groups) + conv(d, e, 3, padding=1, groups=groups)
    net += [nn.MaxPool2d(3, stride=2), nn.Dropout(0.5), nn.Flatten(), nn.Linear(e * n**2, hidden)]
    net += [nn.ReLU(), nn.Dropout(0.5), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*net, nn.Linear(hidden, classes))
""",
}

STYLES["conv1x1"] = {
    "matmul over pixels": """
def conv1x1(x, w, b=None, *, stride=1):
    s, t = pair(stride, "stride", 1)
    if w.shape[1] != x.shape[1]:
        raise ValueError("channels")
    kinds = [a.dtype if a.dtype.kind == "f" else float for a in (x, w)]
    x = x[:, :, ::s, ::t].astype(np.result_type(*kinds))
    N, C, H, W = x.shape
    y = (w.astype(x.dtype) @ x.reshape(N, C, H * W)).reshape(N, len(w), H, W)
    if b is not None:
        y += b.reshape(-1, 1, 1)
    return y
""",
    "channels last": """
def conv1x1(x, w, b=None, *, stride=1):
    s, t = pair(stride, "stride", 1)
    if x.shape[1] != w.shape[1]:
        raise ValueError("channels")
    if x.dtype.kind != "f":
        x = x.astype(float)
    if w.dtype.kind != "f":
        w = w.astype(float)
    y = x.transpose(0, 2, 3, 1)[:, ::s, ::t] @ w.T
    y = y if b is None else y + b
    return np.ascontiguousarray(y.transpose(0, 3, 1, 2))
""",
    "tensordot": """
def conv1x1(x, w, b=None, *, stride=1):
    (s, t), C = pair(stride, "stride", 1), x.shape[1]
    if w.shape != (len(w), C):
        raise ValueError("w does not have the channels of x")
    floats = [a if a.dtype.kind == "f" else a.astype(np.float64) for a in (x, w)]
    y = np.tensordot(floats[0][:, :, ::s, ::t], floats[1], axes=(1, 1))
    y = np.moveaxis(y, -1, 1)
    return y.copy() if b is None else y + b[:, None, None]
""",
    "channel by channel": """
def conv1x1(x, w, b=None, *, stride=1):
    s, t = pair(stride, "stride", 1)
    if w.shape[1] != x.shape[1]:
        raise ValueError("channels")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w)]
    seen = x[:, :, ::s, ::t].astype(np.result_type(*kinds))
    y = np.zeros((len(x), len(w), *seen.shape[2:]), seen.dtype)
    for o in range(len(w)):
        for c in range(w.shape[1]):
            y[:, o] += w[o, c] * seen[:, c]
        if b is not None:
            y[:, o] += b[o]
    return y
""",
    "pixel by pixel": """
def conv1x1(x, w, b=None, *, stride=1):
    s, t = pair(stride, "stride", 1)
    N, C, H, W = x.shape
    O, channels = w.shape
    if C != channels:
        raise ValueError(f"x has {C} channels, w has {channels}")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, w)]
    y = np.zeros((N, O, -(-H // s), -(-W // t)), np.result_type(*kinds))
    for n, i, j in np.ndindex(N, y.shape[2], y.shape[3]):
        y[n, :, i, j] = w.astype(y.dtype) @ x[n, :, i * s, j * t].astype(y.dtype)
        if b is not None:
            y[n, :, i, j] += b
    return y
""",
}

_BACKWARD = """

def batchnorm2d_backward(dy, cache):
    xhat, std, gamma, train = cache
    axes = (0, 2, 3)
    dgamma, dbeta = (dy * xhat).sum(axes), dy.sum(axes)
    g = dy * gamma.reshape(1, -1, 1, 1)
    if train:
        g = g - g.mean(axes, keepdims=True) - xhat * (g * xhat).mean(axes, keepdims=True)
    return g / std, dgamma, dbeta
"""

STYLES["batchnorm2d"] = {
    "keepdims": """
def batchnorm2d(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, gamma, beta, *running)]
    kind = np.result_type(*kinds)
    x, axes = x.astype(kind), (0, 2, 3)
    old = [np.array(a, kind) for a in running]
    if train:
        count = x.shape[0] * x.shape[2] * x.shape[3]
        if count < 2:
            raise ValueError("too few numbers")
        m, v = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
        old = [(1 - momentum) * old[0] + momentum * m.ravel(),
               (1 - momentum) * old[1] + momentum * x.var(axes, ddof=1)]
    else:
        m, v = (a.reshape(1, -1, 1, 1) for a in old)
    std = np.sqrt(v + eps)
    xhat = (x - m) / std
    gamma = gamma.astype(kind)
    y = gamma.reshape(1, -1, 1, 1) * xhat + beta.astype(kind).reshape(1, -1, 1, 1)
    return y, tuple(old), (xhat, std, gamma, train)
"""
    + _BACKWARD,
    "channel by channel": """
def batchnorm2d(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    given = (x, gamma, beta, running[0], running[1])
    kind = np.result_type(*[a.dtype if a.dtype.kind == "f" else np.float64 for a in given])
    N, C, H, W = x.shape
    if train and N * H * W < 2:
        raise ValueError("a channel has one number")
    y = np.empty(x.shape, kind)
    mean, var = running[0].astype(kind), running[1].astype(kind)
    cache = []
    for c in range(C):
        part = x[:, c].astype(kind)
        m, v = mean[c], var[c]
        if train:
            m, v = part.mean(), part.var()
            mean[c] += momentum * (m - mean[c])
            var[c] += momentum * (part.var(ddof=1) - var[c])
        s = np.sqrt(v + kind.type(eps))
        y[:, c] = gamma[c] * (part - m) / s + beta[c]
        cache.append(((part - m) / s, s, gamma[c]))
    return y, (mean, var), {"channels": cache, "train": train}


def batchnorm2d_backward(dy, cache):
    dx, C = np.empty(dy.shape, dy.dtype), dy.shape[1]
    dgamma, dbeta = np.empty(C, dy.dtype), np.empty(C, dy.dtype)
    for c, (xhat, s, gamma) in enumerate(cache["channels"]):
        d = dy[:, c]
        dgamma[c], dbeta[c] = (d * xhat).sum(), d.sum()
        if cache["train"]:
            d = d - d.mean() - xhat * (d * xhat).mean()
        dx[:, c] = gamma * d / s
    return dx, dgamma, dbeta
""",
    "channels in front, a class for the cache": """
class Kept:
    pass


def batchnorm2d(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    k = Kept()
    ours = [a if a.dtype.kind == "f" else a.astype(float) for a in (x, gamma, beta, *running)]
    x, k.gamma, beta, mean, var = ours
    k.shape, k.train = x.shape, train
    rows = x.transpose(1, 0, 2, 3).reshape(x.shape[1], -1)
    if train:
        if rows.shape[1] == 1:
            raise ValueError("one number")
        m, v = rows.mean(1), ((rows - rows.mean(1, keepdims=True)) ** 2).mean(1)
        n = rows.shape[1]
        new = (mean + momentum * (m - mean), var + momentum * (v * n / (n - 1) - var))
    else:
        m, v, new = mean, var, (mean.copy(), var.copy())
    k.scale = (v + eps) ** -0.5
    k.rows = (rows - m[:, None]) * k.scale[:, None]
    return _back(k.gamma[:, None] * k.rows + beta[:, None], k), new, k


def _back(rows, k):
    N, C, H, W = k.shape
    return rows.reshape(C, N, H, W).transpose(1, 0, 2, 3)


def batchnorm2d_backward(dy, k):
    d = dy.transpose(1, 0, 2, 3).reshape(len(k.gamma), -1)
    dgamma, dbeta = np.einsum("ci,ci->c", d, k.rows), d.sum(1)
    if k.train:
        n = d.shape[1]
        d = (n * d - dbeta[:, None] - k.rows * dgamma[:, None]) / n
    return _back(d * (k.gamma * k.scale)[:, None], k), dgamma, dbeta
""",
    "einsum and step by step": """
def batchnorm2d(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (x, gamma, beta, *running)]
    kind = np.result_type(*kinds)
    x = np.array(x, kind)
    mean, var = (np.array(r, kind) for r in running)
    M = x[:, 0].size if x.shape[1] else 0
    centre, power = mean, var
    if train:
        if M <= 1:
            raise ValueError("no variance")
        centre = np.einsum("nchw->c", x) / M
        moved = x - centre[:, None, None]
        power = np.einsum("nchw,nchw->c", moved, moved) / M
        mean = mean * (1 - momentum) + centre * momentum
        var = var * (1 - momentum) + power * M / (M - 1) * momentum
    moved = x - centre[:, None, None]
    inverse = 1 / np.sqrt(power + eps)
    out = np.einsum("nchw,c->nchw", moved, inverse * gamma.astype(kind))
    out += beta.astype(kind)[:, None, None]
    return out, (mean, var), [moved, inverse, gamma.astype(kind), M if train else 0]


def batchnorm2d_backward(dy, cache):
    moved, inverse, gamma, M = cache
    dgamma = np.einsum("nchw,nchw,c->c", dy, moved, inverse)
    dbeta = np.einsum("nchw->c", dy)
    dhat = np.einsum("nchw,c->nchw", dy, gamma)
    dx = np.einsum("nchw,c->nchw", dhat, inverse)
    if M:
        dpower = -0.5 * inverse**3 * np.einsum("nchw,nchw->c", dhat, moved)
        dcentre = -inverse * np.einsum("nchw->c", dhat)
        dx += 2 / M * dpower[:, None, None] * moved + dcentre[:, None, None] / M
    return dx, dgamma, dbeta
""",
    "no cache but the operands": """
def _parts(x, gamma, running, train, eps):
    axes = (0, 2, 3)
    m, v = (x.mean(axes), x.var(axes)) if train else running
    s = np.sqrt(v + eps)[:, None, None]
    return (x - m[:, None, None]) / s, s


def batchnorm2d(x, gamma, beta, running, train, *, momentum=0.1, eps=1e-5):
    x, gamma, beta, *running = [
        np.array(a, a.dtype if a.dtype.kind == "f" else "f8") for a in (x, gamma, beta, *running)]
    M = x.size // x.shape[1]
    if train and M < 2:
        raise ValueError("M < 2")
    xhat, _ = _parts(x, gamma, running, train, eps)
    new = [r.copy() for r in running]
    if train:
        batch = x.mean((0, 2, 3)), x.var((0, 2, 3), ddof=1)
        new = [(1 - momentum) * r + momentum * q for r, q in zip(running, batch)]
    y = gamma[:, None, None] * xhat + beta[:, None, None]
    return y, tuple(new), (x, gamma, running, train, eps)


def batchnorm2d_backward(dy, cache):
    xhat, s = _parts(*cache)
    gamma, train = cache[1], cache[3]
    dgamma, dbeta = np.sum(dy * xhat, (0, 2, 3)), np.sum(dy, (0, 2, 3))
    if train:
        M = dy.size // dy.shape[1]
        dy = dy - dbeta[:, None, None] / M - xhat * dgamma[:, None, None] / M
    return gamma[:, None, None] * dy / s, dgamma, dbeta
""",
}

_BLOCK = """
def residual_block(x, params, *, stride=1):
    r = ops.relu(ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1))
    a = ops.conv2d(r, params["w2"], params["b2"], padding=1)
    s = x
    if "w_skip" in params:
        s = ops.conv1x1(x, params["w_skip"], params["b_skip"], stride=stride)
    if a.shape != s.shape:
        raise ValueError("shapes differ")
    return np.maximum(a + s, 0)

"""

STYLES["residual_block"] = {
    "masks": """
def _walk(x, p, stride):
    a = ops.conv2d(x, p["w1"], p["b1"], stride=stride, padding=1)
    m = ops.conv2d(a * (a > 0), p["w2"], p["b2"], padding=1)
    s = x if "w_skip" not in p else ops.conv2d(
        x, p["w_skip"][..., None, None], p["b_skip"], stride=stride)
    if m.shape != s.shape:
        raise ValueError(f"{m.shape} and {s.shape}")
    return a, m + s


def residual_block(x, params, *, stride=1):
    _, total = _walk(x, params, stride)
    return total * (total > 0)


def residual_block_backward(dy, x, params, *, stride=1):
    a, total = _walk(x, params, stride)
    d = dy * (total > 0)
    dr, dw2, db2 = ops.conv2d_backward(d, a * (a > 0), params["w2"], padding=1)
    dx, dw1, db1 = ops.conv2d_backward(dr * (a > 0), x, params["w1"], stride=stride, padding=1)
    grads = dict(w1=dw1, b1=db1, w2=dw2, b2=db2)
    if "w_skip" not in params:
        return dx + d, grads
    more, dw, db = ops.conv2d_backward(d, x, params["w_skip"][..., None, None], stride=stride)
    grads.update(w_skip=dw.reshape(params["w_skip"].shape), b_skip=db)
    return dx + more, grads
""",
    "the last ReLU's mask from y": _BLOCK
    + """
def residual_block_backward(dy, x, params, *, stride=1):
    y = residual_block(x, params, stride=stride)
    ds = np.where(y > 0, dy, 0)
    r = ops.relu(ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1))
    grads = {}
    dr, grads["w2"], grads["b2"] = ops.conv2d_backward(ds, r, params["w2"], padding=1)
    dr = ops.relu_backward(dr, r)
    dx, grads["w1"], grads["b1"] = ops.conv2d_backward(
        dr, x, params["w1"], stride=stride, padding=1)
    if "w_skip" in params:
        back, dw, grads["b_skip"] = ops.conv2d_backward(
            ds, x, params["w_skip"][:, :, None, None], stride=stride)
        grads["w_skip"], ds = dw[:, :, 0, 0], back
    return dx + ds, grads
""",
    "the skip path by einsum": _BLOCK
    + """
def residual_block_backward(dy, x, params, *, stride=1):
    sh, sw = pair(stride, "stride", 1)
    before = ops.conv2d(x, params["w1"], params["b1"], stride=stride, padding=1)
    hidden = np.maximum(before, 0)
    total = ops.conv2d(hidden, params["w2"], params["b2"], padding=1)
    seen = x[:, :, ::sh, ::sw]
    if "w_skip" in params:
        total = total + np.einsum("oc,nchw->nohw", params["w_skip"], seen)
        total = total + params["b_skip"][:, None, None]
    else:
        total = total + x
    d = dy.copy()
    d[total <= 0] = 0
    back2 = ops.conv2d_backward(d, hidden, params["w2"], padding=1)
    d1 = back2[0]
    d1[before <= 0] = 0
    back1 = ops.conv2d_backward(d1, x, params["w1"], stride=stride, padding=1)
    dx = back1[0]
    grads = {"w1": back1[1], "b1": back1[2], "w2": back2[1], "b2": back2[2]}
    if "w_skip" in params:
        grads["w_skip"] = np.einsum("nohw,nchw->oc", d, seen)
        grads["b_skip"] = np.einsum("nohw->o", d)
        dx[:, :, ::sh, ::sw] += np.einsum("nohw,oc->nchw", d, params["w_skip"])
    else:
        dx += d
    return dx, grads
""",
}

STYLES["count_macs"] = {
    "a shape that changes, and a helper for each path": """
def _size(n, k, s, p, d):
    return (n + 2 * p - d * (k - 1) - 1) // s + 1


def _run(steps, shape):
    total, shape = 0, tuple(shape)
    for layer in steps:
        kind = layer["kind"]
        if "kernel" in layer:
            d = layer.get("dilation", (1, 1))
            hw = tuple(_size(*a) for a in zip(shape[1:], layer["kernel"], layer["stride"],
                                              layer["padding"], d))
            if kind == "conv":
                k = layer["kernel"][0] * layer["kernel"][1]
                total += hw[0] * hw[1] * layer["filters"] * k * (shape[0] // layer["groups"])
                shape = (layer["filters"],) + hw
            else:
                shape = shape[:1] + hw
        if kind == "avg_pool_to":
            shape = shape[:1] + tuple(layer["size"])
        if kind == "flatten":
            n = 1
            for size in shape:
                n *= size
            shape = (n,)
        if kind == "dense":
            total, shape = total + shape[0] * layer["units"], (layer["units"],)
        if kind == "residual":
            aside, _ = _run(layer["skip"], shape)
            main, shape = _run(layer["main"], shape)
            total += main + aside
    return total, shape


def count_macs(arch):
    return _run(arch["layers"], arch["input_shape"])[0]
""",
    "recursion over itself, for a net of one path": """
def count_macs(arch):
    shape = arch["input_shape"]
    if not arch["layers"]:
        return 0
    first, *rest = arch["layers"]
    own, after = 0, shape
    if first["kind"] == "residual":
        # the main path, and then the rest, are one net; the skip path is another
        aside = count_macs({"input_shape": shape, "layers": first["skip"]})
        return aside + count_macs({"input_shape": shape, "layers": [*first["main"], *rest]})
    if first["kind"] == "conv":
        hw = shapes.conv2d_shape(shape[1], shape[2], first["kernel"], stride=first["stride"],
                                 padding=first["padding"], dilation=first["dilation"])
        own = shapes.conv_macs(shape[0], first["filters"], first["kernel"], hw) // first["groups"]
        after = (first["filters"], *hw)
    elif first["kind"].endswith("_pool"):
        hw = shapes.conv2d_shape(shape[1], shape[2], first["kernel"], stride=first["stride"],
                                 padding=first["padding"])
        after = (shape[0], *hw)
    elif first["kind"] == "avg_pool_to":
        after = (shape[0], *first["size"])
    elif first["kind"] == "flatten":
        after = (int(np.prod(shape)),)
    elif first["kind"] == "dense":
        own, after = shape[0] * first["units"], (first["units"],)
    return own + count_macs({"input_shape": after, "layers": rest})
""",
}
