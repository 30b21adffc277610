"""Correct solutions of chapter 12 in different styles: all must get full marks."""

STYLES: dict[str, dict[str, str]] = {}

STYLES["replace_head"] = {
    "deepcopy, and glorot written out": """
def replace_head(model, n_classes, rng):
    import copy
    *_, head = model.layers
    if type(model.layers[head]) is not Dense:
        raise ValueError(head + " is not dense")
    new = copy.deepcopy(model)
    old = model.params[head + ".w"]
    D = old.shape[1]
    limit = np.sqrt(6 / (D + n_classes))
    new.params[head + ".w"] = rng.uniform(-limit, limit, (n_classes, D)).astype(old.dtype)
    new.params[head + ".b"] = np.zeros(n_classes, dtype=model.params[head + ".b"].dtype)
    new.frozen.clear()
    return new
""",
    "a new dict, built by name": """
def replace_head(model, n_classes, rng):
    head, layer = list(model.layers.items())[-1]
    if not isinstance(layer, Dense):
        raise ValueError("no dense head")
    new, params = model.copy(), {}
    for name, value in model.params.items():
        if name == f"{head}.w":
            params[name] = glorot((n_classes, value.shape[1]), rng).astype(value.dtype)
        elif name == f"{head}.b":
            params[name] = np.zeros(n_classes, value.dtype)
        else:
            params[name] = value.copy()
    new.params, new.frozen = params, set()
    return new
""",
    "weights from a fresh dense layer": """
def replace_head(model, n_classes, rng):
    head = max(model.layers, key=list(model.layers).index)
    if not hasattr(model.layers[head], "params") or not isinstance(model.layers[head], Dense):
        raise ValueError(f"{head} can't be replaced")
    inputs = model.params[f"{head}.w"].shape[-1]
    fresh = Dense(inputs, n_classes, rng)
    new = model.copy()
    for key, value in fresh.params.items():
        name = f"{head}.{key}"
        new.params[name] = value.astype(model.params[name].dtype)
    new.frozen = set()
    return new
""",
    "normal weights of Glorot's size, put together from a chain": """
def replace_head(model, n_classes, rng):
    names = [name for name in model.layers]
    head = names[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("the head must be dense")
    new = model.copy()
    old = new.params.pop(f"{head}.w"), new.params.pop(f"{head}.b")
    w = glorot((n_classes, old[0].shape[1]), rng, dist="normal")
    new.params[f"{head}.w"] = w.astype(old[0].dtype)
    new.params[f"{head}.b"] = w[:, 0].astype(old[1].dtype) * 0
    new.frozen -= new.frozen
    return new
""",
    "a copy of the layers in a new chain": """
def replace_head(model, n_classes, rng):
    import copy
    layers = [copy.deepcopy(layer) for layer in model.layers.values()]
    if not isinstance(layers[-1], Dense):
        raise ValueError("the last layer is not dense")
    head = list(model.layers)[-1]
    for layer in layers:
        layer.chained = False
    old = model.params[f"{head}.w"]
    layers[-1] = Dense(old.shape[1], n_classes, rng)
    new = Sequential(*layers, rng=copy.deepcopy(model.rng))
    for name in new.params:
        if not name.startswith(f"{head}."):
            new.params[name] = model.params[name].copy()
        else:
            new.params[name] = new.params[name].astype(old.dtype)
    for name in new.state:
        new.state[name] = model.state[name].copy()
    return new
""",
}

_FREEZE = """
def freeze(model, prefix):
    names = set(filter(lambda name: name.startswith(prefix), model.params))
    if len(names) == 0:
        raise ValueError("nothing begins with " + repr(prefix))
    model.frozen.update(names)
    return names
"""

STYLES["freeze"] = {
    "loops": """
def freeze(model, prefix):
    names = set()
    for name in model.params:
        if name[:len(prefix)] == prefix:
            names.add(name)
            model.frozen.add(name)
    if not names:
        raise ValueError(prefix)
    return names


def sgd_step(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    new = {}
    for name in params:
        p = params[name]
        if name in frozen:
            new[name] = np.array(p)
            continue
        m, longest = 1.0, -1
        for prefix, factor in (lr_mult or {}).items():
            if name.startswith(prefix) and len(prefix) > longest:
                m, longest = factor, len(prefix)
        new[name] = (p - lr * m * (grads[name] + weight_decay * p)).astype(p.dtype)
    return new
""",
    "prefixes sorted by length": """
def freeze(model, prefix):
    names = {n for n in model.params if n.startswith(prefix)}
    if names == set():
        raise ValueError("no such prefix")
    model.frozen = model.frozen.union(names)
    return names


def sgd_step(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    known = sorted((lr_mult or {}).items(), key=lambda item: -len(item[0]))
    new = {name: p.copy() for name, p in params.items()}
    for name in set(params) - set(frozen):
        m = next((factor for prefix, factor in known if name.startswith(prefix)), 1)
        new[name] -= lr * m * grads[name] + lr * m * weight_decay * params[name]
    return new
""",
    "a shrunk parameter minus a gradient": _FREEZE
    + """

def sgd_step(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    def rate(name):
        if name in frozen:
            return None
        fits = [prefix for prefix in lr_mult or () if name.startswith(prefix)]
        return lr * lr_mult[max(fits, key=len)] if fits else lr

    def moved(name, p):
        r = rate(name)
        if r is None:
            return p.copy()
        return ((1 - r * weight_decay) * p - r * grads[name]).astype(p.dtype)

    return {name: moved(name, p) for name, p in params.items()}
""",
    "prefixes of the name, the longest first": _FREEZE
    + """

def sgd_step(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    lr_mult = {} if lr_mult is None else lr_mult
    stepped = dict.fromkeys(params)
    for name, p in params.items():
        p = np.array(p, copy=True)
        if name not in frozen:
            for end in range(len(name), -1, -1):
                if name[:end] in lr_mult:
                    m = lr_mult[name[:end]]
                    break
            else:
                m = 1
            np.subtract(p, lr * m * (grads[name] + weight_decay * p), out=p, casting="same_kind")
        stepped[name] = p
    return stepped
""",
    "a table of factors made by ascending length": _FREEZE
    + """

def sgd_step(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    factor = {name: 1.0 for name in params}
    for prefix in sorted(lr_mult or [], key=len):
        for name in params:
            if name.startswith(prefix):
                factor[name] = lr_mult[prefix]
    frozen, new = list(frozen), {}
    for name, p in params.items():
        change = 0 if name in frozen else factor[name] * lr * (grads[name] + weight_decay * p)
        new[name] = np.asarray(p - change, dtype=p.dtype)
    return new
""",
}

STYLES["extract_features"] = {
    "leaves the loop at the layer": """
def extract_features(model, X, layer, batch):
    parts = []
    for start in range(0, max(len(X), 1), batch):
        for name, y in model.outputs(X[start:start + batch]):
            if name == layer:
                parts.append(y)
                break
        else:
            raise ValueError(f"no layer {layer}")
    return np.concatenate(parts)
""",
    "splits first": """
def extract_features(model, X, layer, batch):
    if layer not in list(model.layers):
        raise ValueError(layer)
    pieces = np.split(X, range(batch, len(X), batch))
    return np.vstack([next(y for n, y in model.outputs(p, False) if n == layer) for p in pieces])
""",
    "writes into one array": """
def extract_features(model, X, layer, batch):
    if not layer in model.layers:
        raise ValueError("unknown layer")
    features, done = None, 0
    while features is None or done < len(X):
        y = dict(model.outputs(X[done:done + batch], train=False))[layer]
        if features is None:
            features = np.empty((len(X), *y.shape[1:]), y.dtype)
        features[done:done + len(y)] = y
        done += batch
    return features
""",
    "recursive": """
def extract_features(model, X, layer, batch):
    if layer not in model.layers:
        raise ValueError(f"there is no {layer}")
    if len(X) > batch:
        first = extract_features(model, X[:batch], layer, batch)
        return np.concatenate([first, extract_features(model, X[batch:], layer, batch)])
    return dict(model.outputs(X))[layer].copy()
""",
    "grows as it goes": """
def extract_features(model, X, layer, batch):
    names = list(model.layers)
    if names.count(layer) == 0:
        raise ValueError("no such layer")
    place, joined = names.index(layer), None
    for start in range(0, len(X) or 1, batch):
        y = list(model.outputs(X[start:start + batch]))[place][1]
        joined = y if joined is None else np.append(joined, y, axis=0)
    return joined
""",
}

STYLES["compare_starts"] = {
    "loops and formulas": """
def compare_starts(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) <= 1:
        raise ValueError("more seeds, please")
    X, y = training
    scores = {}
    for start in starts:
        scores[start] = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        few = []
        for label in sorted(set(y.tolist())):
            places = [n for n in range(len(y)) if y[n] == label]
            if len(places) < per_class:
                raise ValueError(f"class {label} is too small")
            few += rng.permutation(places)[:per_class].tolist()
        for start in starts:
            best, chosen = -1, None
            for rate in rates:
                predict = train(start, X[few], y[few], rate, seed)
                valid = sum(predict(validation[0]) == validation[1]) / len(validation[1])
                if valid > best:
                    best, chosen = valid, predict
            scores[start].append(sum(chosen(test[0]) == test[1]) / len(test[1]))
    result = {}
    for start, a in scores.items():
        mean = sum(a) / len(a)
        sd = (sum((v - mean) ** 2 for v in a) / (len(a) - 1)) ** 0.5
        result[start] = {"scores": a, "mean": mean, "sd": sd}
    return result
""",
    "draws all seeds before": """
def compare_starts(train, starts, rates, training, validation, test, *, per_class, seeds):
    import statistics
    if len(seeds) < 2:
        raise ValueError("one seed has no spread")
    X, y = training

    def accuracy(predict, images, labels):
        return float((predict(images) == labels).mean())

    def draw(seed):
        rng = np.random.default_rng(seed)
        return np.sort(np.concatenate(
            [rng.choice((y == c).nonzero()[0], per_class, replace=False) for c in np.unique(y)]))

    few = {seed: draw(seed) for seed in seeds}
    result = {}
    for start in starts:
        scores = []
        for seed, chosen in few.items():
            models = [train(start, X[chosen], y[chosen], rate, seed) for rate in rates]
            best = max(models, key=lambda predict: accuracy(predict, *validation))
            scores.append(accuracy(best, *test))
        result[start] = {"scores": scores, "mean": statistics.mean(scores),
                         "sd": statistics.stdev(scores)}
    return result
""",
    "a table of scores": """
def compare_starts(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) < 2:
        raise ValueError("at least two seeds")
    X, y = training
    table = np.zeros((len(starts), len(seeds)))
    for column, seed in enumerate(seeds):
        order = np.random.default_rng(seed).permutation(len(y))
        few = np.concatenate([order[y[order] == c][:per_class] for c in np.unique(y)])
        if len(few) < per_class * len(np.unique(y)):
            raise ValueError("too few images")
        for row, start in enumerate(starts):
            valid, models = [], []
            for rate in rates:
                models.append(train(start, X[few], y[few], rate, seed))
                valid.append(np.count_nonzero(models[-1](validation[0]) == validation[1]))
            answers = models[valid.index(max(valid))](test[0])
            table[row, column] = np.count_nonzero(answers == test[1]) / len(answers)
    return {start: {"scores": row.tolist(), "mean": row.mean(), "sd": row.std(ddof=1)}
            for start, row in zip(starts, table)}
""",
    "the test set at the very end": """
def compare_starts(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) < 2:
        raise ValueError("two seeds at least")
    (X, y), chosen = training, {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        few = []
        for c in np.unique(y):
            few.extend(rng.choice(np.where(y == c)[0], size=per_class, replace=False))
        for start in starts:
            trained = [train(start, X[few], y[few], rate, seed) for rate in rates]
            errors = [np.mean(p(validation[0]) != validation[1]) for p in trained]
            chosen[start].append(trained[np.argmin(errors)])
    result = {}
    for start, models in chosen.items():
        a = [float(np.mean(predict(test[0]) == test[1])) for predict in models]
        result[start] = dict(scores=a, mean=float(np.mean(a)),
                             sd=float(np.sqrt(np.sum((a - np.mean(a)) ** 2) / (len(a) - 1))))
    return result
""",
    "recursion over the rates": """
def compare_starts(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) < 2:
        raise ValueError("a spread needs two runs")
    X, y = training

    def right(predict, pair):
        return float(np.average(predict(pair[0]) == pair[1]))

    def best_of(left, make):
        predict = make(left[0])
        mine = right(predict, validation), predict
        if len(left) == 1:
            return mine
        other = best_of(left[1:], make)
        return other if other[0] > mine[0] else mine

    scores = {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        places = [np.flatnonzero(y == c) for c in np.unique(y)]
        few = np.hstack([rng.choice(ours, per_class, False) for ours in places])
        for start in starts:
            _, winner = best_of(rates, lambda rate: train(start, X[few], y[few], rate, seed))
            scores[start].append(right(winner, test))
    return {
        start: {"scores": a, "mean": np.mean(a), "sd": np.std(a, ddof=1)}
        for start, a in scores.items()
    }
""",
}
