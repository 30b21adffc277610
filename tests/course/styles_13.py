"""Correct solutions of chapter 13 in different styles: all must get full marks."""

from classroom import chapter

STYLES: dict[str, dict[str, str]] = {}

_REFUSES = """
def make_splits(labels, fractions, *, rng):
    if min(fractions) < 0 or not np.isclose(sum(fractions), 1, rtol=0, atol=1e-9):
        raise ValueError("fractions must be 0 or more and add up to 1")
"""

STYLES["make_splits"] = {
    "a part for each example": _REFUSES
    + """
    belongs = np.empty(len(labels), np.int64)
    ends = np.cumsum(fractions)
    for label in set(labels.tolist()):
        members = np.flatnonzero(labels == label)
        places = (rng.permutation(len(members)) + 0.5) / len(members)
        belongs[members] = np.minimum(np.searchsorted(ends, places), len(ends) - 1)
    return [np.flatnonzero(belongs == part) for part in range(len(ends))]
""",
    "plain lists": _REFUSES
    + """
    parts = [[] for _ in fractions]
    for label in sorted(set(labels.tolist())):
        members = [index for index, other in enumerate(labels.tolist()) if other == label]
        rng.shuffle(members)
        total = begin = 0
        for part, share in zip(parts, fractions):
            total += share
            end = int(total * len(members) + 0.5 + 1e-9)
            part.extend(members[begin:end])
            begin = end
    return [np.array(part, int) for part in parts]
""",
    "largest remainders": _REFUSES
    + """
    parts = [np.empty(0, int) for _ in fractions]
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        rng.shuffle(members)
        due = np.array(fractions) * len(members)
        sizes = np.floor(due + 1e-9).astype(int)
        for part in np.argsort(sizes - due)[: len(members) - sizes.sum()]:
            sizes[part] += 1
        cuts = np.cumsum(sizes)[:-1]
        parts = [np.append(a, b) for a, b in zip(parts, np.split(members, cuts))]
    return parts
""",
    "shuffle all, then sort by class": _REFUSES
    + """
    order = rng.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    _, sizes = np.unique(labels, return_counts=True)
    parts, begin = [[] for _ in fractions], 0
    for size in sizes:
        ends = begin + np.floor(np.cumsum(fractions) * size + 0.5 + 1e-9).astype(int)
        for part, (a, b) in zip(parts, zip([begin, *ends], ends)):
            part.append(order[a:b])
        begin += size
    return [np.concatenate([np.empty(0, int), *part]) for part in parts]
""",
    "one random number for each": _REFUSES
    + """
    ranks, numbers = np.empty(len(labels)), rng.random(len(labels))
    for label in np.unique(labels):
        ours = labels == label
        ranks[ours] = (numbers[ours].argsort().argsort() + 0.5) / ours.sum()
    ends = np.append(np.cumsum(fractions)[:-1], 2.0)
    starts = np.insert(ends[:-1], 0, -1.0)
    return [np.flatnonzero((a <= ranks) & (ranks < b)) for a, b in zip(starts, ends)]
""",
}

STYLES["build_model"] = {
    "a function for a block": """
def _block(C, O, norm, rng):
    if norm:
        yield layers.Conv2D(C, O, (3, 3), rng, padding=(1, 1), bias=False)
        yield layers.BatchNorm2D(O)
    else:
        yield layers.Conv2D(C, O, (3, 3), rng, padding=(1, 1))
    yield layers.MaxPool2D(2)
    yield layers.ReLU()  # after the maximum it is the same


def _all(cfg, rng):
    C, side = 1, 28
    for O in cfg["channels"]:
        yield from _block(C, O, cfg["batch_norm"], rng)
        C, side = O, side // 2
    if cfg["hidden"] > 0:
        yield layers.Flatten()
        yield layers.Dense(C * side**2, cfg["hidden"], rng)
        yield layers.ReLU()
        C = cfg["hidden"]
    else:
        yield layers.GlobalAvgPool()
    if cfg["dropout"] > 0:
        yield layers.Dropout(cfg["dropout"])
    yield layers.Dense(C, 10, rng)


def build_model(cfg, *, rng):
    model = layers.Sequential(*_all(cfg, rng), rng=rng)
    if sum(map(np.size, model.params.values())) > 150_000:
        raise ValueError("more than 150,000 parameters")
    return model
""",
    "counted beforehand, dropout always there": """
def build_model(cfg, *, rng):
    depths, hidden, norm = [1, *cfg["channels"]], cfg["hidden"], cfg["batch_norm"]
    side = 28 >> len(depths) - 1
    widths = [depths[-1] * side * side, hidden, 10] if hidden else [depths[-1], 10]
    count = sum(O * C * 9 + O * (2 if norm else 1) for C, O in zip(depths, depths[1:]))
    count += sum(O * (D + 1) for D, O in zip(widths, widths[1:]))
    if count > 150_000:
        raise ValueError(f"{count} parameters")
    chain = []
    for C, O in zip(depths, depths[1:]):
        chain += [layers.Conv2D(C, O, 3, rng, padding=1, bias=not norm)]
        chain += [layers.BatchNorm2D(O)] * norm + [layers.ReLU(), layers.MaxPool2D(2)]
    chain += [layers.Flatten() if hidden else layers.GlobalAvgPool()]
    if hidden:
        chain += [layers.Dense(widths[0], hidden, rng), layers.ReLU()]
    chain += [layers.Dropout(cfg["dropout"]), layers.Dense(widths[-2], 10, rng)]
    return layers.Sequential(*chain, rng=rng)
""",
    "sizes by running it": """
def build_model(cfg, *, rng):
    chain = []

    def width():
        layer, x = layers.Sequential(*chain).copy(), np.zeros((1, 1, 28, 28))
        for each in chain:
            each.chained = False
        return layer.forward(x).shape[1]

    C = 1
    for O in cfg["channels"]:
        chain.append(layers.Conv2D(C, O, 3, rng, padding=1, bias=not cfg["batch_norm"]))
        if cfg["batch_norm"]:
            chain.append(layers.BatchNorm2D(O))
        chain += [layers.ReLU(), layers.MaxPool2D(2)]
        C = O
    chain.append(layers.Flatten() if cfg["hidden"] else layers.GlobalAvgPool())
    if cfg["hidden"]:
        chain += [layers.Dense(width(), cfg["hidden"], rng), layers.ReLU()]
    C = cfg["hidden"] or C
    if cfg["dropout"]:
        chain.append(layers.Dropout(cfg["dropout"]))
    chain.append(layers.Dense(C, 10, rng))
    model = layers.Sequential(*chain, rng=rng)
    if sum(a.size for a in model.params.values()) > 150_000:
        raise ValueError("too many parameters")
    return model
""",
}

STYLES["run_ablation"] = {
    "seed by seed": """
def run_ablation(base, remedies, seeds, *, train, test):
    if len(set(seeds)) < 3 or len(set(seeds)) != len(seeds):
        raise ValueError("seeds")
    cfgs = {"base": dict(base)}
    for name in remedies:
        cfgs[name] = {**base, **remedies[name]}
    cfgs["together"] = dict(base)
    for change in remedies.values():
        cfgs["together"].update(change)
    runs = {name: [] for name in cfgs}
    for seed in seeds:
        for name, cfg in cfgs.items():
            runs[name].append(train(cfg.copy(), seed))
    rows = []
    for name, cfg in cfgs.items():
        scores = np.array([accuracy for _, accuracy in runs[name]])
        rows.append(dict(name=name, cfg=cfg, scores=scores.tolist(), mean=float(scores.mean()),
                         sd=float(scores.std(ddof=1))))
    chosen = max(rows, key=lambda row: row["mean"])["name"]
    return dict(rows=rows, chosen=chosen, test=[test(model) for model, _ in runs[chosen]])
""",
    "statistics from the library": """
import statistics


def run_ablation(base, remedies, seeds, *, train, test):
    seeds = list(seeds)
    if len(seeds) < 3 or any(seeds.count(seed) > 1 for seed in seeds):
        raise ValueError("three different seeds, please")
    rows, kept, best = [], {}, None
    everything = [setting for change in remedies.values() for setting in change.items()]
    for name, change in [("base", []), *remedies.items(), ("together", everything)]:
        cfg = base | dict(change)
        models, scores = zip(*[train({**cfg}, seed) for seed in seeds])
        rows.append({"name": name, "cfg": cfg, "scores": [float(s) for s in scores],
                     "mean": statistics.fmean(scores), "sd": statistics.stdev(scores)})
        if best is None or rows[-1]["mean"] > best["mean"]:
            best, kept = rows[-1], models
    return {"rows": rows, "chosen": best["name"], "test": [test(model) for model in kept]}
""",
    "a table of numbers": """
def run_ablation(base, remedies, seeds, *, train, test):
    if len(seeds) < 3 or len(np.unique(seeds)) < len(seeds):
        raise ValueError("seeds")
    names = ["base", *remedies, "together"]
    changes = [{}, *remedies.values(), {k: v for c in remedies.values() for k, v in c.items()}]
    cfgs = [{**base, **change} for change in changes]
    models = [[None] * len(seeds) for _ in names]
    table = np.zeros((len(names), len(seeds)))
    for i, cfg in enumerate(cfgs):
        for j, seed in enumerate(seeds):
            models[i][j], table[i, j] = train(dict(cfg), seed)
    means, spread = table.mean(axis=1), table.std(axis=1, ddof=1)
    rows = [{"name": names[i], "cfg": cfgs[i], "scores": table[i].tolist(),
             "mean": float(means[i]), "sd": float(spread[i])} for i in range(len(names))]
    first = int(means.argmax())
    return {"rows": rows, "chosen": names[first], "test": list(map(test, models[first]))}
""",
}

_NET = chapter("13_capstone_apparel").by_name["predict"].source.split("\n\n\n")[0]

STYLES["predict"] = {
    "some pictures at a time": _NET
    + """


def predict(X):
    net, answers = trained_net(), [np.empty(0, np.int64)]
    for start in range(0, len(X), 64):
        scores = net.forward(X[start : start + 64] / np.float32(255))
        answers.append(np.argmax(scores, axis=1))
    return np.concatenate(answers).astype(np.int64)
""",
    "the course's own predict, one network for all calls": _NET
    + """


_kept = []


def predict(X):
    if not _kept:
        _kept.append(trained_net())
    if len(X) == 0:
        return np.zeros(0, np.int64)
    return training.predict(_kept[0], (X / 255).astype(np.float32))
""",
    "asked four times": _NET
    + """


def predict(X):
    \"\"\"Mirrored and moved by a pixel as well: the sum decides.\"\"\"
    net, x = trained_net(), X.astype(np.float64) / 255
    versions = [x, x[..., ::-1], np.roll(x, 1, axis=2), np.roll(x, 1, axis=3)]
    scores = sum(ops.softmax(net.forward(version)) for version in versions)
    return scores.argmax(axis=1)
""",
}
