"""Correct solutions of chapter 08 in different styles: all must get full marks."""

STYLES: dict[str, dict[str, str]] = {}

_CHECKED = """
    if dy.ndim != 2 or x.ndim != 2 or w.ndim != 2:
        raise ValueError("two axes each, please")
    if dy.shape[0] != x.shape[0] or dy.shape[1] != w.shape[0] or x.shape[1] != w.shape[1]:
        raise ValueError(f"{dy.shape}, {x.shape}, {w.shape}")
"""

STYLES["dense_backward"] = {
    "einsum": f"""
def dense_backward(dy, x, w):{_CHECKED}
    dy, x, w = (a * np.ones((), "f4") if a.dtype == "f4" else a * 1.0 for a in (dy, x, w))
    dtype = np.result_type(dy, x, w)
    dx, dw = np.einsum("no,od->nd", dy, w), np.einsum("no,nd->od", dy, x)
    return dx.astype(dtype), dw.astype(dtype), np.einsum("no->o", dy).astype(dtype)
""",
    "three loops": f"""
def dense_backward(dy, x, w):{_CHECKED}
    kinds = [float if a.dtype.kind in "biu" else a.dtype for a in (dy, x, w)]
    dtype = np.result_type(*kinds)
    dx, dw = np.zeros(x.shape, dtype), np.zeros(w.shape, dtype)
    db = np.zeros(len(w), dtype)
    for n in range(len(x)):
        for o in range(len(w)):
            db[o] += dy[n, o]
            for d in range(x.shape[1]):
                dx[n, d] += dy[n, o] * w[o, d]
                dw[o, d] += dy[n, o] * x[n, d]
    return dx, dw, db
""",
    "image by image": f"""
def dense_backward(dy, x, w):{_CHECKED}
    kinds = [float if a.dtype.kind in "biu" else a.dtype for a in (dy, x, w)]
    dx, dw, db = (np.zeros(s, np.result_type(*kinds)) for s in (x.shape, w.shape, len(w)))
    for n, (sent, image) in enumerate(zip(dy, x)):
        dx[n] = sent @ w
        dw += np.outer(sent, image)
        db += sent
    return dx, dw, db
""",
    "broadcasting": f"""
def dense_backward(dy, x, w):{_CHECKED}
    dtype = np.result_type(*(np.float64 if a.dtype.kind != "f" else a for a in (dy, x, w)))
    dx = (dy[:, :, None] * w[None]).sum(axis=1)
    dw = (dy[:, :, None] * x[:, None]).sum(axis=0)
    return dx.astype(dtype), dw.astype(dtype), dy.sum(0).astype(dtype)
""",
    "the bias as a column of ones": f"""
def dense_backward(dy, x, w):{_CHECKED}
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dtype = np.result_type(*kinds)
    longer = np.hstack([x, np.ones((len(x), 1), x.dtype)]).astype(dtype)
    both = np.matmul(dy.T.astype(dtype), longer)
    return np.dot(dy.astype(dtype), w.astype(dtype)), both[:, :-1].copy(), both[:, -1].copy()
""",
}

_LOOKED = """
    N, K = scores.shape
    if not N:
        raise ValueError("no picture")
    if any(label not in range(K) for label in y.tolist()):
        raise ValueError("no such class")
    s = scores if scores.dtype.kind == "f" else scores.astype(float)
"""

STYLES["softmax_cross_entropy"] = {
    "the logarithms of the probabilities": f"""
def softmax_cross_entropy(scores, y):{_LOOKED}
    s = s - s.max(1)[:, None]
    logp = s - np.log(np.exp(s).sum(1))[:, None]
    onehot = (np.arange(K) == y[:, None]).astype(s.dtype)
    return -(logp * onehot).sum() / N, (np.exp(logp) - onehot) / s.dtype.type(N)
""",
    "one-hot by np.eye": f"""
def softmax_cross_entropy(scores, y):{_LOOKED}
    target = np.eye(K, dtype=s.dtype)[y]
    s = s - s.max(axis=-1, keepdims=True)
    e = np.exp(s)
    total = e.sum(axis=-1, keepdims=True)
    loss = (np.log(total) - (s * target).sum(axis=-1, keepdims=True)).mean()
    return float(loss), (e / total - target) / np.array(N, s.dtype)
""",
    "row by row": f"""
def softmax_cross_entropy(scores, y):{_LOOKED}
    loss, dscores = 0.0, np.zeros(s.shape, s.dtype)
    for n in range(N):
        row = s[n] - max(s[n])
        total = sum(np.exp(row))
        loss += np.log(total) - row[y[n]]
        for k in range(K):
            dscores[n, k] = (np.exp(row[k]) / total - (k == y[n])) / N
    return loss / N, dscores
""",
    "logaddexp": f"""
def softmax_cross_entropy(scores, y):{_LOOKED}
    total = np.logaddexp.reduce(s, axis=1)
    p = np.exp(s - total[:, None])
    right = np.take_along_axis(s, y[:, None], axis=1)[:, 0]
    np.put_along_axis(p, y[:, None], np.take_along_axis(p, y[:, None], 1) - 1, axis=1)
    return np.average(total - right), p / np.asarray(N, p.dtype)
""",
    "differences from the right score": f"""
def softmax_cross_entropy(scores, y):{_LOOKED}
    ahead = s - s[np.arange(N), y][:, None]
    top = ahead.max(axis=1)
    loss = np.mean(top + np.log(np.exp(ahead - top[:, None]).sum(axis=1)))
    p = np.exp(ahead - top[:, None])
    p = p / p.sum(axis=1)[:, None]
    p[range(N), y] = p[range(N), y] - 1
    return loss, p / len(y)
""",
}

_FANS = """
def fans(shape):
    if len(shape) == 2:
        return shape[1], shape[0]
    if len(shape) == 4:
        O, C, kh, kw = shape
        return C * kh * kw, O * kh * kw
    raise ValueError(f"{shape} is neither")
"""

STYLES["glorot"] = {
    "numbers between 0 and 1, stretched": _FANS
    + """

def glorot(shape, rng, *, dist="uniform"):
    if dist not in {"uniform", "normal"}:
        raise ValueError(dist)
    total = sum(fans(shape))
    if dist == "normal":
        return rng.standard_normal(shape) * (2 / total) ** 0.5
    return (2 * rng.random(shape) - 1) * (6 / total) ** 0.5
""",
    "np.prod and a dict": """
def fans(shape):
    if len(shape) not in {2, 4}:
        raise ValueError(f"{shape}: two or four numbers")
    taps = int(np.prod(shape[2:]))
    return shape[1] * taps, shape[0] * taps


def glorot(shape, rng, *, dist="uniform"):
    fan_in, fan_out = fans(shape)
    ways = {
        "uniform": lambda: rng.uniform(-1, 1, size=shape) * np.sqrt(6 / (fan_in + fan_out)),
        "normal": lambda: rng.normal(0, 1, size=shape) * np.sqrt(2 / (fan_in + fan_out)),
    }
    if dist not in ways:
        raise ValueError(f"take one of {list(ways)}")
    return ways[dist]()
""",
    "one weight at a time": """
def fans(shape):
    match shape:
        case (o, d):
            return d, o
        case (o, c, kh, kw):
            return c * kh * kw, o * kh * kw
    raise ValueError(shape)


def glorot(shape, rng, *, dist="uniform"):
    std = np.sqrt(2 / sum(fans(shape)))
    if dist == "uniform":
        def draw():
            return rng.uniform(-std * 3**0.5, std * 3**0.5)
    elif dist == "normal":
        def draw():
            return rng.normal(scale=std)
    else:
        raise ValueError(dist)
    return np.array([draw() for _ in range(int(np.prod(shape)))]).reshape(shape)
""",
    "math": """
import math


def fans(shape):
    o, i, *kernel = shape if len(shape) in (2, 4) else (None, None, None)
    if o is None:
        raise ValueError(f"what is {shape}?")
    return i * math.prod(kernel), o * math.prod(kernel)


def glorot(shape, rng, *, dist="uniform"):
    total = sum(fans(shape))
    if dist == "normal":
        return rng.normal(loc=0.0, scale=math.sqrt(2 / total), size=shape)
    if dist != "uniform":
        raise ValueError("dist must be 'uniform' or 'normal'")
    w = rng.uniform(size=shape)
    w -= 0.5
    w *= 2 * math.sqrt(6 / total)
    return w
""",
}

STYLES["parse_arch"] = {
    "recursive descent": r"""
def parse_arch(text):
    tokens = re.findall(r"CONV|RELU|POOL|FC|->|[0-9]+|\S", text)
    at = 0

    def peek():
        return tokens[at] if at < len(tokens) else ""

    def take():
        nonlocal at
        at += 1
        return tokens[at - 1] if at <= len(tokens) else ""

    def pattern():
        layers = part()
        while peek() in ("->", "→"):
            take()
            layers = layers + part()
        return layers

    def part():
        token = take()
        if token in ("C", "R", "P", "F", "CONV", "RELU", "POOL", "FC"):
            return [token[0]]
        if token != "[":
            raise ValueError("a part is missing")
        inner = pattern()
        if take() != "]":
            raise ValueError("a group is open")
        if peek() != "*":
            return inner
        take()
        number = take()
        if not number.isdecimal():
            raise ValueError("a number is missing")
        return inner * int(number)

    layers = pattern()
    if at < len(tokens):
        raise ValueError("something is left over")
    return layers
""",
    "from the inside outwards": r"""
def parse_arch(text):
    text = re.sub("CONV|RELU|POOL|FC", lambda word: word[0][0], text)
    text = re.sub(r"->", "→", text)
    text = re.sub(r"\s*([→\[\]*])\s*", r"\1", text.strip())
    flat = r"(?:[CRPF]+|0)(?:→(?:[CRPF]+|0))*"  # 0 stands for nothing; only ours can be long
    if re.search(r"[^CRPF→\[\]*0-9]|[CRPF]{2}|(?<!\*)(?<![0-9])[0-9]", text):
        raise ValueError(text)
    inner = r"\[(" + flat + r")\](?:\*([0-9]+))?(?![*0-9CRPF\[])"
    while group := re.search(inner, text):
        before = text[: group.start()]
        if before and before[-1] not in "→[":
            raise ValueError(text)
        letters = re.sub("[→0]", "", group[1]) * int(group[2] or 1)
        text = before + (letters or "0") + text[group.end() :]
    if not re.fullmatch(flat, text):
        raise ValueError(text)
    return list(re.sub("[→0]", "", text))
""",
    "character by character": r"""
def parse_arch(text):
    names = {"CONV": "C", "RELU": "R", "POOL": "P", "FC": "F"}
    names |= {letter: letter for letter in "CRPF"}
    stack, have, i = [[]], False, 0
    while i < len(text):
        if text[i].isspace():
            i += 1
            continue
        longest_first = sorted(names, key=len, reverse=True)
        word = next((w for w in longest_first if text.startswith(w, i)), None)
        if word and not have:
            stack[-1].append(names[word])
            have, i = True, i + len(word)
        elif text[i] == "[" and not have:
            stack.append([])
            i += 1
        elif have and (text[i] == "→" or text.startswith("->", i)):
            have, i = False, i + (1 if text[i] == "→" else 2)
        elif have and text[i] == "]" and len(stack) > 1:
            i += 1
            rest = text[i:].lstrip()
            times = 1
            if rest.startswith("*"):
                rest = rest[1:].lstrip()
                digits = ""
                while rest[:1] and rest[0] in "0123456789":
                    digits, rest = digits + rest[0], rest[1:]
                if not digits:
                    raise ValueError("* without a number")
                times, i = int(digits), len(text) - len(rest)
            group = stack.pop()
            for _ in range(times):
                stack[-1] += group
        else:
            raise ValueError(f"{text[i]!r} at {i}")
    if not have or len(stack) != 1:
        raise ValueError("it ends too early")
    return stack[0]
""",
    "split at the arrows outside of brackets": r"""
def parse_arch(text):
    parts, depth, current = [], 0, ""
    for sign in text.replace("->", "→"):
        depth += (sign == "[") - (sign == "]")
        if depth < 0:
            raise ValueError("closed, and never opened")
        if sign == "→" and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += sign
    layers = []
    for part in [*parts, current]:
        part = part.strip()
        group = re.fullmatch(r"\[(.*)\](?:\s*\*\s*([0-9]+))?", part, re.DOTALL)
        if part in ("C", "R", "P", "F", "CONV", "RELU", "POOL", "FC"):
            layers.append(part[0])
        elif group and depth == 0:
            layers += parse_arch(group[1]) * int(group[2] or "1")
        else:
            raise ValueError(f"{part!r} is no part")
    return layers
""",
    "a grammar check first": r"""
def parse_arch(text):
    text = text.replace("->", "→").strip()
    short = re.sub(r"\s*(→|\[|\]|\*)\s*", lambda m: m[1], text)
    short = re.sub(r"CONV|RELU|POOL|FC", lambda m: m[0][0], short)
    left = short
    while True:  # a well-formed pattern shrinks to one layer
        less = re.sub(r"\[C\](\*[0-9]+)?(?![*0-9])", "C", re.sub("[CRPF]", "C", left))
        less = re.sub(r"(?<![\]CRPF])C→C(?![CRPF\[*])", "C", less)
        if less == left:
            break
        left = less
    if left != "C" or re.search(r"\]\[|\][CRPF]|[CRPF]\[", short):
        raise ValueError(text)
    stack = [[]]
    for piece in re.findall(r"[CRPF]|\[|\](?:\*[0-9]+)?", short):
        if piece == "[":
            stack.append([])
        elif piece[0] == "]":
            inner = stack.pop()
            stack[-1] += inner * int(piece[2:] or 1)
        else:
            stack[-1].append(piece)
    return stack[0]
""",
}

STYLES["layer_table"] = {
    "by hand, without chapter 04": """
def layer_table(layers, input_shape):
    rows, shape = [], tuple(input_shape)

    def size(layer, axis, dilation=1):
        k, s, p = (layer[key] for key in ("kernel", "stride", "padding"))
        n = shape[1 + axis]
        if p == "same":
            return -(-n // s[axis])
        out = (n + 2 * p[axis] - dilation * (k[axis] - 1) - 1) // s[axis] + 1
        if out < 1:
            raise ValueError("the window does not fit")
        return out

    for layer in layers:
        params = macs = 0
        if layer["kind"] == "conv":
            if len(shape) != 3:
                raise ValueError("no volume")
            kh, kw = layer["kernel"]
            weights = layer["filters"] * shape[0] * kh * kw
            shape = (layer["filters"], *(size(layer, a, layer["dilation"][a]) for a in (0, 1)))
            params = weights + layer["filters"] * layer["bias"]
            macs = weights * shape[1] * shape[2]
        elif layer["kind"] == "max_pool":
            if len(shape) != 3:
                raise ValueError("no volume")
            shape = (shape[0], size(layer, 0), size(layer, 1))
        elif layer["kind"] == "dense":
            if len(shape) != 1:
                raise ValueError("not flat")
            macs = shape[0] * layer["units"]
            params = macs + layer["units"] * layer["bias"]
            shape = (layer["units"],)
        elif layer["kind"] == "flatten":
            total = 1
            for side in shape:
                total *= side
            shape = (total,)
        elif layer["kind"] != "relu":
            raise ValueError(layer["kind"])
        rows.append(dict(name=layer["name"], shape=shape, params=int(params), macs=macs))
    return rows
""",
    "match": """
def layer_table(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        params = macs = 0
        match layer, shape:
            case {"kind": "conv"}, (C, H, W):
                O, k = layer["filters"], layer["kernel"]
                s, p, d = layer["stride"], layer["padding"], layer["dilation"]
                Ho, Wo = shapes.conv2d_shape(H, W, k, stride=s, padding=p, dilation=d)
                params = shapes.conv_params(C, O, k, bias=layer["bias"])
                macs = shapes.conv_macs(C, O, k, (Ho, Wo))
                shape = O, Ho, Wo
            case {"kind": "max_pool", "kernel": k, "stride": s, "padding": p}, (C, H, W):
                shape = C, *shapes.conv2d_shape(H, W, k, stride=s, padding=p)
            case {"kind": "relu"}, _:
                pass
            case {"kind": "flatten"}, _:
                shape = (int(np.prod(shape)),)
            case {"kind": "dense", "units": units, "bias": bias}, (D,):
                shape, macs = (units,), units * D
                params = units * (D + bias)
            case _:
                raise ValueError(f"{layer['name']} does not go with {shape}")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows
""",
    "a function for each kind": """
def layer_table(layers, input_shape):
    def of_conv(layer, shape):
        C, H, W = shape
        window = [layer[key] for key in ("stride", "padding", "dilation")]
        options = dict(zip(("stride", "padding", "dilation"), window))
        hw = shapes.conv2d_shape(H, W, layer["kernel"], **options)
        macs = shapes.conv_macs(C, layer["filters"], layer["kernel"], hw)
        params = macs // (hw[0] * hw[1]) + layer["bias"] * layer["filters"]
        return (layer["filters"], *hw), params, macs

    def of_pool(layer, shape):
        C, H, W = shape
        options = {key: layer[key] for key in ("stride", "padding")}
        hw = shapes.conv2d_shape(H, W, layer["kernel"], **options)
        return (C, *hw), 0, 0

    def of_dense(layer, shape):
        (D,) = shape
        return (layer["units"],), layer["units"] * (D + layer["bias"]), layer["units"] * D

    kinds = {
        "conv": of_conv,
        "max_pool": of_pool,
        "dense": of_dense,
        "relu": lambda layer, shape: (shape, 0, 0),
        "flatten": lambda layer, shape: ((int(np.prod(shape)),), 0, 0),
    }
    rows, shape = [], tuple(input_shape)
    for layer in layers:
        if layer["kind"] not in kinds:
            raise ValueError(f"no such kind: {layer['kind']}")
        shape, params, macs = kinds[layer["kind"]](layer, shape)
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows
""",
    "recursive": """
def layer_table(layers, input_shape):
    if not layers:
        return []
    layer, *others = layers
    kind, shape, params, macs = layer["kind"], tuple(input_shape), 0, 0
    if kind == "dense":
        if len(shape) > 1:
            raise ValueError("flatten first")
        macs = layer["units"] * shape[0]
        params, shape = macs + (layer["bias"] and layer["units"]), (layer["units"],)
    elif kind == "flatten":
        shape = (int(np.prod(shape)),)
    elif kind in ("conv", "max_pool"):
        if len(shape) < 3:
            raise ValueError("a volume is needed")
        hw = shapes.conv2d_shape(*shape[1:], layer["kernel"], stride=layer["stride"],
                                 padding=layer["padding"], dilation=layer.get("dilation", 1))
        if kind == "conv":
            rest = (shape[0], layer["filters"], layer["kernel"])
            params = shapes.conv_params(*rest, bias=layer["bias"])
            macs = shapes.conv_macs(*rest, hw)
        shape = (layer.get("filters", shape[0]), *hw)
    elif kind != "relu":
        raise ValueError(f"{kind}?")
    row = {"name": layer["name"], "shape": shape, "params": int(params), "macs": macs}
    return [row] + layer_table(others, shape)
""",
    "a generator": """
def layer_table(layers, input_shape):
    def rows(shape):
        for layer in layers:
            kind, params, macs = layer["kind"], 0, 0
            if kind not in ("conv", "max_pool", "relu", "flatten", "dense"):
                raise ValueError(kind)
            if kind != "relu" and kind != "flatten" and (len(shape) == 1) != (kind == "dense"):
                raise ValueError(f"{kind} and {shape}")
            if kind == "flatten":
                shape = (int(np.prod(shape)),)
            if kind == "dense":
                w = np.empty((layer["units"], shape[0]), np.int8)
                macs, shape = w.size, w.shape[:1]
                params = macs + (len(w) if layer["bias"] else 0)
            if kind in ("conv", "max_pool"):
                names = {"stride", "padding", "dilation"} & set(layer)
                options = {name: layer[name] for name in names}
                hw = shapes.conv2d_shape(*shape[1:], layer["kernel"], **options)
                if kind == "conv":
                    rest = (layer["filters"], layer["kernel"])
                    params = shapes.conv_params(shape[0], *rest, bias=layer["bias"])
                    macs = shapes.conv_macs(shape[0], *rest, hw)
                shape = (layer["filters"] if kind == "conv" else shape[0], *hw)
            yield {"name": layer["name"], "shape": shape, "params": params, "macs": macs}

    return list(rows(tuple(input_shape)))
""",
}

_SIZES = """rng, *, in_shape=(1, 28, 28), channels=(32, 64), kernel=5, pools=(3, 2),
                 hidden=200, classes=10"""

STYLES["LeNetLike"] = {
    "steps back on a stack": f"""
class LeNetLike:
    def __init__(self, {_SIZES}):
        if len(channels) != len(pools):
            raise ValueError("as many pools as channels, please")
        self.params, self.state, self.pools = {{}}, {{}}, list(pools)
        C, H, W = in_shape
        kh, kw = pair(kernel, "kernel", 1)
        for n, O in enumerate(channels):
            self._add(f"conv{{n + 1}}", (O, C, kh, kw), rng)
            H, W = shapes.conv2d_shape(H, W, (kh, kw))
            H, W = shapes.conv2d_shape(H, W, pools[n], stride=pools[n])
            C = O
        self._add("dense1", (hidden, C * H * W), rng)
        self._add("dense2", (classes, hidden), rng)

    def _add(self, name, shape, rng):
        self.params[name + ".w"] = initialisers.glorot(shape, rng)
        self.params[name + ".b"] = np.zeros(shape[0])

    def forward(self, x, train=False):
        self.steps = []
        for n, pool in enumerate(self.pools, 1):
            x = self._conv(x, f"conv{{n}}")
            x = self._pool(x, pool)
            x = self._relu(x)
        shape = x.shape
        self.steps.append(lambda dy, grads: dy.reshape(shape))
        x = self._dense(x.reshape(len(x), -1), "dense1")
        return self._dense(self._relu(x), "dense2")

    def backward(self, dscores):
        grads, dy = {{}}, dscores
        for step in self.steps[::-1]:
            dy = step(dy, grads)
        return grads

    def _conv(self, x, name):
        w = self.params[name + ".w"]

        def back(dy, grads):
            dx, grads[name + ".w"], grads[name + ".b"] = ops.conv2d_backward(dy, x, w)
            return dx

        self.steps.append(back)
        return ops.conv2d(x, w, self.params[name + ".b"])

    def _dense(self, x, name):
        w = self.params[name + ".w"]

        def back(dy, grads):
            dx, grads[name + ".w"], grads[name + ".b"] = ops.dense_backward(dy, x, w)
            return dx

        self.steps.append(back)
        return ops.dense(x, w, self.params[name + ".b"])

    def _pool(self, x, pool):
        self.steps.append(lambda dy, grads: ops.max_pool2d_backward(dy, x, pool))
        return ops.max_pool2d(x, pool)[0]

    def _relu(self, x):
        self.steps.append(lambda dy, grads: ops.relu_backward(dy, x))
        return ops.relu(x)
""",
    "ReLU before the pools": f"""
class LeNetLike:
    def __init__(self, {_SIZES}):
        self.pools, self.depth = pools, len(channels)
        if self.depth != len(pools):
            raise ValueError("pools and channels")
        k = pair(kernel, "kernel", 1)
        x = np.zeros((1, *in_shape))  # an empty picture shows the sizes
        names, arrays = [], []
        for n in range(self.depth):
            w, b = initialisers.glorot((channels[n], x.shape[1], *k), rng), np.zeros(channels[n])
            x = ops.max_pool2d(ops.conv2d(x, w), pools[n])[0]
            names += [f"conv{{n + 1}}.w", f"conv{{n + 1}}.b"]
            arrays += [w, b]
        for n, (D, O) in enumerate(((x.size, hidden), (hidden, classes)), 1):
            names += [f"dense{{n}}.w", f"dense{{n}}.b"]
            arrays += [initialisers.glorot((O, D), rng), np.zeros(O)]
        self.params, self.state = dict(zip(names, arrays)), {{}}

    def forward(self, x, train=False):
        p = self.params
        self.x, self.a, self.r = [x], [], []
        for n in range(self.depth):
            self.a.append(ops.conv2d(self.x[-1], p[f"conv{{n + 1}}.w"], p[f"conv{{n + 1}}.b"]))
            self.r.append(np.maximum(self.a[-1], 0))
            self.x.append(ops.max_pool2d(self.r[-1], self.pools[n])[0])
        self.f = self.x[-1].reshape(x.shape[0], -1)
        self.h = self.f @ p["dense1.w"].T + p["dense1.b"]
        return np.maximum(self.h, 0) @ p["dense2.w"].T + p["dense2.b"]

    def backward(self, dscores):
        p, g = self.params, {{}}
        g["dense2.w"], g["dense2.b"] = dscores.T @ np.maximum(self.h, 0), dscores.sum(0)
        dh = (dscores @ p["dense2.w"]) * (self.h > 0)
        g["dense1.w"], g["dense1.b"] = dh.T @ self.f, dh.sum(0)
        dx = (dh @ p["dense1.w"]).reshape(self.x[-1].shape)
        for n in reversed(range(self.depth)):
            dr = ops.max_pool2d_backward(dx, self.r[n], self.pools[n])
            da = dr * (self.a[n] > 0)
            dx, dw, db = ops.conv2d_backward(da, self.x[n], p[f"conv{{n + 1}}.w"])
            g[f"conv{{n + 1}}.w"], g[f"conv{{n + 1}}.b"] = dw, db
        return g
""",
    "windows as columns, argmax kept": f"""
class LeNetLike:
    def __init__(self, {_SIZES}):
        self.kernel, self.pools = pair(kernel, "kernel", 1), tuple(pools)
        self.state = {{}}
        if len(tuple(channels)) != len(self.pools):
            raise ValueError("channels and pools differ")
        C, H, W = in_shape
        layers = []
        for n, (O, pool) in enumerate(zip(channels, self.pools), 1):
            layers.append((f"conv{{n}}", (O, C, *self.kernel)))
            H, W = shapes.conv2d_shape(*shapes.conv2d_shape(H, W, self.kernel), pool, stride=pool)
            C = O
        layers += [("dense1", (hidden, C * H * W)), ("dense2", (classes, hidden))]
        self.params = {{}}
        for name, shape in layers:
            self.params[f"{{name}}.w"] = initialisers.glorot(shape, rng, dist="normal")
            self.params[f"{{name}}.b"] = np.zeros(shape[0])

    def forward(self, x, train=False):
        p, self.memory = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d_im2col(x, p[f"conv{{n}}.w"], p[f"conv{{n}}.b"])
            best, argmax = ops.max_pool2d(maps, pool)
            self.memory.append((x, maps.shape, argmax, best > 0))
            x = best * (best > 0)
        self.out = x.shape
        self.rows = [x.reshape(len(x), -1)]
        hidden = ops.dense(self.rows[0], p["dense1.w"], p["dense1.b"])
        self.rows.append(np.where(hidden > 0, hidden, 0))
        return ops.dense(self.rows[1], p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p = self.params
        back = {{}}
        d, *back["dense2"] = ops.dense_backward(dscores, self.rows[1], p["dense2.w"])
        d, *back["dense1"] = ops.dense_backward(d * (self.rows[1] > 0), self.rows[0], p["dense1.w"])
        d = d.reshape(self.out)
        for n in range(len(self.pools), 0, -1):
            x, shape, argmax, alive = self.memory[n - 1]
            plane = np.zeros((shape[0], shape[1], shape[2] * shape[3]))
            for index in np.ndindex(argmax.shape):
                plane[index[0], index[1], argmax[index]] += d[index] * alive[index]
            d, *back[f"conv{{n}}"] = ops.conv2d_backward(plane.reshape(shape), x, p[f"conv{{n}}.w"])
        return {{name: back[name[:-2]][name.endswith("b")] for name in p}}
""",
}

STYLES["train"] = {
    "np.array_split would not do: slices of an order": """
def train(model, X, y, lr, epochs, batch_size, rng):
    losses, accs = [], []
    for epoch in range(epochs):
        order = np.arange(len(X))
        rng.shuffle(order)
        sums = np.zeros(2)
        while len(order):
            now, order = order[:batch_size], order[batch_size:]
            scores = model.forward(X[now])
            loss, dscores = ops.softmax_cross_entropy(scores, y[now])
            grads = model.backward(dscores)
            for name in model.params:
                model.params[name] -= lr * grads[name]
            sums += loss * len(now), (np.argmax(scores, 1) == y[now]).sum()
        losses.append(float(sums[0] / len(X)))
        accs.append(float(sums[1] / len(X)))
    return {"loss": losses, "acc": accs}
""",
    "a loss for each picture": """
def train(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        loss_of, right = np.zeros(len(X)), np.zeros(len(X), bool)
        order = rng.permutation(len(X))
        for i in range(-(-len(X) // batch_size)):
            rows = order[i * batch_size : (i + 1) * batch_size]
            scores = model.forward(X[rows].copy())
            loss_of[rows], dscores = ops.softmax_cross_entropy(scores, y[rows])
            right[rows] = scores.argmax(-1) == y[rows]
            for name, grad in model.backward(dscores).items():
                value = model.params[name]
                value[...] = value - lr * grad
        history["loss"].append(loss_of.mean())
        history["acc"].append(right.mean())
    return history
""",
    "shuffled copies": """
def train(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        order = rng.permutation(len(y))
        pictures, labels = X[order], y[order]
        told = []
        for a in range(0, len(y), batch_size):
            b = min(a + batch_size, len(y))
            scores = model.forward(pictures[a:b])
            loss, dscores = ops.softmax_cross_entropy(scores, labels[a:b])
            gradients = model.backward(dscores)
            for name, value in model.params.items():
                np.subtract(value, lr * gradients[name], out=value)
            told.append((b - a, float(loss), float(np.mean(scores.argmax(axis=1) == labels[a:b]))))
        sizes, losses, accs = zip(*told)
        history["loss"].append(float(np.average(losses, weights=sizes)))
        history["acc"].append(float(np.average(accs, weights=sizes)))
    return history
""",
    "random keys, sorted": """
def train(model, X, y, lr, epochs, batch_size, rng):
    def epoch():
        keys = rng.random(len(X)).argsort()
        for start in range(0, len(X), batch_size):
            yield keys[start:][:batch_size]

    def step(rows):
        scores = model.forward(X[rows])
        loss, dscores = ops.softmax_cross_entropy(scores, y[rows])
        for name, grad in model.backward(dscores).items():
            model.params[name] += -lr * grad
        return len(rows) * loss, sum(scores.argmax(axis=1) == y[rows])

    curves = []
    for _ in range(epochs):
        steps = [step(rows) for rows in epoch()]
        curves.append([sum(column) / len(X) for column in zip(*steps)])
    return {"loss": [float(c[0]) for c in curves], "acc": [float(c[1]) for c in curves]}
""",
    "an endless stream of numbers": """
def train(model, X, y, lr, epochs, batch_size, rng):
    N, history = len(X), {"loss": [], "acc": []}
    plan = np.concatenate([rng.permutation(N) for _ in range(epochs)] or [np.zeros(0, int)])
    for epoch in range(epochs):
        total = right = 0
        for start in range(epoch * N, (epoch + 1) * N, batch_size):
            rows = plan[start : min(start + batch_size, (epoch + 1) * N)]
            scores = model.forward(X[rows])
            loss, dscores = ops.softmax_cross_entropy(scores, y[rows])
            moves = model.backward(dscores)
            for name in moves:
                array = model.params[name]
                array -= lr * moves[name]
            total += loss * rows.size
            right += int((scores.argmax(1) == y[rows]).sum())
        history["loss"].append(total / N)
        history["acc"].append(right / N)
    return history
""",
}
