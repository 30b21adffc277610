"""Wrong solutions of chapter 13 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells. Those of
``predict`` take the network out of the chapter's own answer, by ``globals()``.
"""
# ruff: noqa: D103 - what a function does wrong is said in its diagnosis

import numpy as np

from autograder.misconceptions import misconception
from cnnkit import data, layers, models

images, labels = data.load("apparel", "train")

# make_splits


@misconception(
    replaces="make_splits",
    fails="make_splits-partition",
    diagnosis="Each part is drawn for itself, so parts have examples in common and some have none.",
    hint="Is an index that is in the first part still there to be drawn for the second?",
)
def draws_each_part_anew(labels, fractions, *, rng):
    data.make_splits(labels, fractions, rng=np.random.default_rng(0))  # refuses what are no shares
    shares = np.array(fractions)
    parts = []
    for share in shares:
        drawn = [np.empty(0, np.int64)]
        for label in np.unique(labels):
            members = rng.permutation(np.flatnonzero(labels == label))
            drawn.append(members[: int(round(share * len(members)))])
        parts.append(np.concatenate(drawn))
    return parts


@misconception(
    replaces="make_splits",
    fails="make_splits-partition",
    diagnosis="Every part's size is rounded down, and what is left over is in no part.",
    hint="Five examples, shares 0.4, 0.3 and 0.3: how many are handed out?",
)
def drops_what_is_left_over(labels, fractions, *, rng):
    data.make_splits(labels, fractions, rng=np.random.default_rng(0))  # refuses what are no shares
    shares = np.array(fractions)
    parts = [[] for _ in shares]
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label)).tolist()
        sizes = (shares * len(members) + 1e-9).astype(int)
        for part, size in zip(parts, sizes, strict=True):
            part += members[:size]
            members = members[size:]
    return [np.array(part, dtype=np.int64) for part in parts]


@misconception(
    replaces="make_splits",
    fails="make_splits-strata",
    diagnosis="All examples are shuffled and cut, whatever their class: a rare one may be missing.",
    hint="90 of one class, 10 of the other, a part of 20: how many of the ten will be in it?",
)
def cuts_without_classes(labels, fractions, *, rng):
    data.make_splits(labels, fractions, rng=np.random.default_rng(0))  # refuses what are no shares
    shares = np.array(fractions)
    ends = np.rint(shares.cumsum() * len(labels)).astype(int)
    return np.split(rng.permutation(len(labels)), ends[:-1])


@misconception(
    replaces="make_splits",
    fails="make_splits-strata",
    diagnosis="Every part but the last is rounded down; the last one gets all that is left over.",
    hint="Five examples, shares 0.3, 0.3 and 0.4: 1.5, 1.5 and 2 are due. What does the last get?",
)
def gives_the_rest_to_the_last(labels, fractions, *, rng):
    data.make_splits(labels, fractions, rng=np.random.default_rng(0))  # refuses what are no shares
    shares = np.array(fractions)
    parts = [[] for _ in shares]
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label)).tolist()
        sizes = (shares * len(members) + 1e-9).astype(int)
        for part, size in zip(parts[:-1], sizes[:-1], strict=True):
            part += members[:size]
            members = members[size:]
        parts[-1] += members
    return [np.array(part, dtype=np.int64) for part in parts]


@misconception(
    replaces="make_splits",
    fails="make_splits-strata",
    diagnosis="Halves go to the even neighbour, up or down: a part is off by a whole picture.",
    hint="Six examples, shares 0.25, 0.5 and 0.25: what do np.rint(1.5) and np.rint(4.5) give?",
)
def rounds_halves_to_even(labels, fractions, *, rng):
    data.make_splits(labels, fractions, rng=np.random.default_rng(0))  # refuses what are no shares
    shares = np.array(fractions)
    parts = [[] for _ in shares]
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        ends = np.rint(shares.cumsum() * len(members)).astype(int)
        for part, ours in zip(parts, np.split(members, ends[:-1]), strict=True):
            part.extend(ours.tolist())
    return [np.array(part, dtype=np.int64) for part in parts]


@misconception(
    replaces="make_splits",
    fails="make_splits-chance",
    diagnosis="Nothing is shuffled: the first examples of each class are in the first part.",
    hint="If a file is sorted by day, which days are in the validation?",
)
def does_not_shuffle(labels, fractions, *, rng):
    data.make_splits(labels, fractions, rng=np.random.default_rng(0))  # refuses what are no shares
    shares = np.array(fractions)
    parts = [[] for _ in shares]
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        ends = np.floor(shares.cumsum() * len(members) + 0.5 + 1e-9).astype(int)
        for part, ours in zip(parts, np.split(members, ends[:-1]), strict=True):
            part.extend(ours.tolist())
    return [np.array(part, dtype=np.int64) for part in parts]


@misconception(
    replaces="make_splits",
    fails="make_splits-chance",
    diagnosis="The function makes a generator of its own, so every call gives the same parts.",
    hint="What is the argument rng for?",
)
def has_a_seed_of_its_own(labels, fractions, *, rng):
    return data.make_splits(labels, fractions, rng=np.random.default_rng(0))


@misconception(
    replaces="make_splits",
    fails="make_splits-refuses",
    diagnosis="Shares are divided by their sum, so what are no shares is taken all the same.",
    hint="What should happen with shares of 0.5 and 0.4?",
)
def makes_shares_of_anything(labels, fractions, *, rng):
    shares = np.abs(fractions)
    return data.make_splits(labels, shares / shares.sum(), rng=rng)


@misconception(
    replaces="make_splits",
    fails="make_splits-refuses",
    diagnosis="The sum of the shares must be exactly 1, which sums of floats seldom are.",
    hint="What does Python give for 0.1 added up ten times?",
)
def wants_a_sum_of_exactly_one(labels, fractions, *, rng):
    total = 0.0
    for share in fractions:
        total += share
    if total != 1:
        raise ValueError(f"The shares add up to {total}.")
    return data.make_splits(labels, fractions, rng=rng)


@misconception(
    replaces="make_splits",
    fails="make_splits-contract",
    diagnosis="The caller's labels are sorted in place.",
    hint="a.sort() changes a; np.sort(a) gives a sorted copy.",
)
def sorts_the_labels_in_place(labels, fractions, *, rng):
    parts = data.make_splits(labels, fractions, rng=rng)
    if labels.flags.writeable:
        labels.sort()
    return parts


# build_model: most lean on the right one, for the budget or for all but one layer


@misconception(
    replaces="build_model",
    fails="build_model-parameters build_model-values build_model-budget",
    diagnosis="The picture is flattened at once: the network is dense from its first layer.",
    hint="How many of the network's weights belong to 3 × 3 filters?",
)
def begins_with_a_dense_layer(cfg, *, rng):
    widths = [784, *cfg["channels"], *([cfg["hidden"]] if cfg["hidden"] else [])]
    chain = [layers.Flatten()]
    for D, O in zip(widths, widths[1:], strict=False):
        chain += [layers.Dense(D, O, rng), layers.ReLU()]
    chain += [layers.Dropout(cfg["dropout"])] if cfg["dropout"] else []
    model = layers.Sequential(*chain, layers.Dense(widths[-1], 10, rng), rng=rng)
    if sum(value.size for value in model.params.values()) > 150_000:
        raise ValueError("There are more than 150,000 parameters.")
    return model


@misconception(
    replaces="build_model",
    fails="build_model-parameters",
    diagnosis="The setting 'batch_norm' has no effect.",
    hint="Print the layers of a network with batch_norm=True.",
)
def never_normalises(cfg, *, rng):
    return models.build_model({**cfg, "batch_norm": False}, rng=rng)


@misconception(
    replaces="build_model",
    fails="build_model-parameters",
    diagnosis="Convolutions keep their bias where batch normalisation follows.",
    hint="What does subtracting the mean leave of a bias?",
)
def keeps_the_bias(cfg, *, rng):
    models.build_model(cfg, rng=np.random.default_rng(0))  # refuses what is over the budget
    chain, C, side = [], 1, 28
    for O in cfg["channels"]:
        chain.append(layers.Conv2D(C, O, 3, rng, padding=1))
        chain += [layers.BatchNorm2D(O)] if cfg["batch_norm"] else []
        chain += [layers.ReLU(), layers.MaxPool2D(2)]
        C, side = O, side // 2
    if cfg["hidden"]:
        C, D = cfg["hidden"], C * side * side
        chain += [layers.Flatten(), layers.Dense(D, C, rng), layers.ReLU()]
    else:
        chain.append(layers.GlobalAvgPool())
    chain += [layers.Dropout(cfg["dropout"])] if cfg["dropout"] else []
    return layers.Sequential(*chain, layers.Dense(C, 10, rng), rng=rng)


@misconception(
    replaces="build_model",
    fails="build_model-parameters",
    diagnosis="Convolutions have no padding, so the maps shrink by two more pixels in each block.",
    hint="How large are the maps after two blocks? Kept by padding, they would have 7 × 7 pixels.",
)
def forgets_the_padding(cfg, *, rng):
    models.build_model(cfg, rng=np.random.default_rng(0))  # refuses what is over the budget
    chain, C, side = [], 1, 28
    for O in cfg["channels"]:
        chain.append(layers.Conv2D(C, O, 3, rng, bias=not cfg["batch_norm"]))
        chain += [layers.BatchNorm2D(O)] if cfg["batch_norm"] else []
        chain += [layers.ReLU(), layers.MaxPool2D(2)]
        C, side = O, (side - 2) // 2
    if cfg["hidden"]:
        C, D = cfg["hidden"], C * side * side
        chain += [layers.Flatten(), layers.Dense(D, C, rng), layers.ReLU()]
    else:
        chain.append(layers.GlobalAvgPool())
    chain += [layers.Dropout(cfg["dropout"])] if cfg["dropout"] else []
    return layers.Sequential(*chain, layers.Dense(C, 10, rng), rng=rng)


@misconception(
    replaces="build_model",
    fails="build_model-parameters",
    diagnosis="Without hidden units the maps are flattened, not averaged.",
    hint="'hidden': 0 asks for one number a channel. How many does the head see in yours?",
)
def flattens_in_any_case(cfg, *, rng):
    models.build_model(cfg, rng=np.random.default_rng(0))  # refuses what is over the budget
    chain, C, side = [], 1, 28
    for O in cfg["channels"]:
        chain.append(layers.Conv2D(C, O, 3, rng, padding=1, bias=not cfg["batch_norm"]))
        chain += [layers.BatchNorm2D(O)] if cfg["batch_norm"] else []
        chain += [layers.ReLU(), layers.MaxPool2D(2)]
        C, side = O, side // 2
    if cfg["hidden"]:
        C, D = cfg["hidden"], C * side * side
        chain += [layers.Flatten(), layers.Dense(D, C, rng), layers.ReLU()]
    else:
        chain.append(layers.Flatten())
        C *= side * side
    chain += [layers.Dropout(cfg["dropout"])] if cfg["dropout"] else []
    return layers.Sequential(*chain, layers.Dense(C, 10, rng), rng=rng)


@misconception(
    replaces="build_model",
    fails="build_model-values",
    diagnosis="There is no ReLU in the blocks.",
    hint="What is two convolutions in a row, with nothing between them but pooling?",
)
def forgets_relu_in_the_blocks(cfg, *, rng):
    models.build_model(cfg, rng=np.random.default_rng(0))  # refuses what is over the budget
    chain, C, side = [], 1, 28
    for O in cfg["channels"]:
        chain.append(layers.Conv2D(C, O, 3, rng, padding=1, bias=not cfg["batch_norm"]))
        chain += [layers.BatchNorm2D(O)] if cfg["batch_norm"] else []
        chain += [layers.MaxPool2D(2)]
        C, side = O, side // 2
    if cfg["hidden"]:
        C, D = cfg["hidden"], C * side * side
        chain += [layers.Flatten(), layers.Dense(D, C, rng), layers.ReLU()]
    else:
        chain.append(layers.GlobalAvgPool())
    chain += [layers.Dropout(cfg["dropout"])] if cfg["dropout"] else []
    return layers.Sequential(*chain, layers.Dense(C, 10, rng), rng=rng)


@misconception(
    replaces="build_model",
    fails="build_model-values",
    diagnosis="There is no ReLU between the hidden layer and the head.",
    hint="Two dense layers with nothing between them are one.",
)
def forgets_relu_after_hidden(cfg, *, rng):
    models.build_model(cfg, rng=np.random.default_rng(0))  # refuses what is over the budget
    chain, C, side = [], 1, 28
    for O in cfg["channels"]:
        chain.append(layers.Conv2D(C, O, 3, rng, padding=1, bias=not cfg["batch_norm"]))
        chain += [layers.BatchNorm2D(O)] if cfg["batch_norm"] else []
        chain += [layers.ReLU(), layers.MaxPool2D(2)]
        C, side = O, side // 2
    if cfg["hidden"]:
        C, D = cfg["hidden"], C * side * side
        chain += [layers.Flatten(), layers.Dense(D, C, rng)]
    else:
        chain.append(layers.GlobalAvgPool())
    chain += [layers.Dropout(cfg["dropout"])] if cfg["dropout"] else []
    return layers.Sequential(*chain, layers.Dense(C, 10, rng), rng=rng)


@misconception(
    replaces="build_model",
    fails="build_model-values",
    diagnosis="Maps are halved by means of 2 × 2 pixels, not by maxima.",
    hint="A window with 0, 3, 0 and 3: what is left of it?",
)
def pools_by_the_mean(cfg, *, rng):
    models.build_model(cfg, rng=np.random.default_rng(0))  # refuses what is over the budget
    chain, C, side = [], 1, 28
    for O in cfg["channels"]:
        chain.append(layers.Conv2D(C, O, 3, rng, padding=1, bias=not cfg["batch_norm"]))
        chain += [layers.BatchNorm2D(O)] if cfg["batch_norm"] else []
        chain += [layers.ReLU(), layers.AvgPool2D(2)]
        C, side = O, side // 2
    if cfg["hidden"]:
        C, D = cfg["hidden"], C * side * side
        chain += [layers.Flatten(), layers.Dense(D, C, rng), layers.ReLU()]
    else:
        chain.append(layers.GlobalAvgPool())
    chain += [layers.Dropout(cfg["dropout"])] if cfg["dropout"] else []
    return layers.Sequential(*chain, layers.Dense(C, 10, rng), rng=rng)


@misconception(
    replaces="build_model",
    fails="build_model-dropout",
    diagnosis="The setting 'dropout' has no effect.",
    hint="Print the layers of a network with dropout=0.5.",
)
def never_drops(cfg, *, rng):
    return models.build_model({**cfg, "dropout": 0.0}, rng=rng)


@misconception(
    replaces="build_model",
    fails="build_model-dropout",
    diagnosis="Dropout comes last, so whole scores are dropped.",
    hint="What does the loss make of a right class whose score was set to 0 by chance?",
)
def drops_scores(cfg, *, rng):
    models.build_model(cfg, rng=np.random.default_rng(0))  # refuses what is over the budget
    chain, C, side = [], 1, 28
    for O in cfg["channels"]:
        chain.append(layers.Conv2D(C, O, 3, rng, padding=1, bias=not cfg["batch_norm"]))
        chain += [layers.BatchNorm2D(O)] if cfg["batch_norm"] else []
        chain += [layers.ReLU(), layers.MaxPool2D(2)]
        C, side = O, side // 2
    if cfg["hidden"]:
        C, D = cfg["hidden"], C * side * side
        chain += [layers.Flatten(), layers.Dense(D, C, rng), layers.ReLU()]
    else:
        chain.append(layers.GlobalAvgPool())
    chain.append(layers.Dense(C, 10, rng))
    chain += [layers.Dropout(cfg["dropout"])] if cfg["dropout"] else []
    return layers.Sequential(*chain, rng=rng)


@misconception(
    replaces="build_model",
    fails="build_model-dropout",
    diagnosis="The chance to be dropped is taken for the chance to be kept.",
    hint="With 'dropout': 0.25, how many of 48 numbers are left on average?",
)
def drops_what_should_stay(cfg, *, rng):
    chance = 1 - cfg["dropout"] if cfg["dropout"] else 0
    return models.build_model({**cfg, "dropout": chance}, rng=rng)


@misconception(
    replaces="build_model",
    fails="build_model-dropout",
    diagnosis="The chain is not given rng, so dropout has nothing to draw from in training.",
    hint="layers.Sequential takes rng=, beside the layers.",
)
def gives_the_chain_no_rng(cfg, *, rng):
    model = models.build_model(cfg, rng=rng)
    model.rng = None
    return model


@misconception(
    replaces="build_model",
    fails="build_model-budget",
    diagnosis="Nobody looks at the budget.",
    hint="Ask for 188 hidden units. What should happen?",
)
def has_no_budget(cfg, *, rng):
    chain, C, side = [], 1, 28
    for O in cfg["channels"]:
        chain.append(layers.Conv2D(C, O, 3, rng, padding=1, bias=not cfg["batch_norm"]))
        chain += [layers.BatchNorm2D(O)] if cfg["batch_norm"] else []
        chain += [layers.ReLU(), layers.MaxPool2D(2)]
        C, side = O, side // 2
    if cfg["hidden"]:
        C, D = cfg["hidden"], C * side * side
        chain += [layers.Flatten(), layers.Dense(D, C, rng), layers.ReLU()]
    else:
        chain.append(layers.GlobalAvgPool())
    chain += [layers.Dropout(cfg["dropout"])] if cfg["dropout"] else []
    return layers.Sequential(*chain, layers.Dense(C, 10, rng), rng=rng)


@misconception(
    replaces="build_model",
    fails="build_model-budget",
    diagnosis="Only the dense layers' parameters are counted for the budget.",
    hint="How many parameters have 170 filters over 100 channels?",
)
def counts_the_dense_layers_alone(cfg, *, rng):
    chain, C, side = [], 1, 28
    for O in cfg["channels"]:
        chain.append(layers.Conv2D(C, O, 3, rng, padding=1, bias=not cfg["batch_norm"]))
        chain += [layers.BatchNorm2D(O)] if cfg["batch_norm"] else []
        chain += [layers.ReLU(), layers.MaxPool2D(2)]
        C, side = O, side // 2
    if cfg["hidden"]:
        C, D = cfg["hidden"], C * side * side
        chain += [layers.Flatten(), layers.Dense(D, C, rng), layers.ReLU()]
    else:
        chain.append(layers.GlobalAvgPool())
    chain += [layers.Dropout(cfg["dropout"])] if cfg["dropout"] else []
    model = layers.Sequential(*chain, layers.Dense(C, 10, rng), rng=rng)
    dense = [value.size for name, value in model.params.items() if name.startswith("dense")]
    if sum(dense) > 150_000:
        raise ValueError("There are more than 150,000 parameters.")
    return model


@misconception(
    replaces="build_model",
    fails="build_model-chance",
    diagnosis="The first weights come from a generator of the function's own: all seeds are one.",
    hint="Build two networks with two seeds and compare their filters.",
)
def begins_always_alike(cfg, *, rng):
    return models.build_model(cfg, rng=np.random.default_rng(0))


# run_ablation


@misconception(
    replaces="run_ablation",
    fails="run_ablation-rows run_ablation-contract",
    diagnosis="Each remedy changes the caller's base itself, so the next row begins with it.",
    hint="After `cfg = base`, how many dicts are there?",
)
def changes_the_base(base, remedies, seeds, *, train, test):
    if len(seeds) < 3 or len(set(seeds)) < len(seeds):
        raise ValueError("seeds")
    rows, models = [], []
    for name, change in {"base": {}, **remedies, "together": {}}.items():
        cfg = base
        cfg.update(change)
        runs = [train(dict(cfg), seed) for seed in seeds]
        scores = [accuracy for _, accuracy in runs]
        mean, sd = float(np.mean(scores)), float(np.std(scores, ddof=1))
        rows.append({"name": name, "cfg": dict(cfg), "scores": scores, "mean": mean, "sd": sd})
        models.append([model for model, _ in runs])
    best = int(np.argmax([row["mean"] for row in rows]))
    tested = [test(model) for model in models[best]]
    return {"rows": rows, "chosen": rows[best]["name"], "test": tested}


@misconception(
    replaces="run_ablation",
    fails="run_ablation-rows",
    diagnosis="Remedies pile up: each row has those of the rows before it as well.",
    hint="In the row of the second remedy, what should the first remedy's setting be?",
)
def piles_remedies_up(base, remedies, seeds, *, train, test):
    if len(seeds) < 3 or len(set(seeds)) < len(seeds):
        raise ValueError("seeds")
    rows, models, cfg = [], [], dict(base)
    for name, change in {"base": {}, **remedies, "together": {}}.items():
        cfg = {**cfg, **change}
        runs = [train(dict(cfg), seed) for seed in seeds]
        scores = [accuracy for _, accuracy in runs]
        mean, sd = float(np.mean(scores)), float(np.std(scores, ddof=1))
        rows.append({"name": name, "cfg": cfg, "scores": scores, "mean": mean, "sd": sd})
        models.append([model for model, _ in runs])
    best = int(np.argmax([row["mean"] for row in rows]))
    tested = [test(model) for model in models[best]]
    return {"rows": rows, "chosen": rows[best]["name"], "test": tested}


@misconception(
    replaces="run_ablation",
    fails="run_ablation-rows",
    diagnosis="The row with all remedies together is missing.",
    hint="How many rows do two remedies make?",
)
def never_puts_them_together(base, remedies, seeds, *, train, test):
    if len(seeds) < 3 or len(set(seeds)) < len(seeds):
        raise ValueError("seeds")
    rows, models = [], []
    for name, change in {"base": {}, **remedies}.items():
        cfg = {**base, **change}
        runs = [train(dict(cfg), seed) for seed in seeds]
        scores = [accuracy for _, accuracy in runs]
        mean, sd = float(np.mean(scores)), float(np.std(scores, ddof=1))
        rows.append({"name": name, "cfg": cfg, "scores": scores, "mean": mean, "sd": sd})
        models.append([model for model, _ in runs])
    best = int(np.argmax([row["mean"] for row in rows]))
    tested = [test(model) for model in models[best]]
    return {"rows": rows, "chosen": rows[best]["name"], "test": tested}


@misconception(
    replaces="run_ablation",
    fails="run_ablation-scores run_ablation-choice",
    diagnosis="A row is judged by its best seed, not by the mean of all.",
    hint="If you may throw three times and keep the best, are the dice better?",
)
def reports_the_best_seed(base, remedies, seeds, *, train, test):
    if len(seeds) < 3 or len(set(seeds)) < len(seeds):
        raise ValueError("seeds")
    together = {key: value for change in remedies.values() for key, value in change.items()}
    rows, models = [], []
    for name, change in {"base": {}, **remedies, "together": together}.items():
        cfg = {**base, **change}
        runs = [train(dict(cfg), seed) for seed in seeds]
        scores = [accuracy for _, accuracy in runs]
        mean, sd = float(np.max(scores)), float(np.std(scores, ddof=1))
        rows.append({"name": name, "cfg": cfg, "scores": scores, "mean": mean, "sd": sd})
        models.append([model for model, _ in runs])
    best = int(np.argmax([row["mean"] for row in rows]))
    tested = [test(model) for model in models[best]]
    return {"rows": rows, "chosen": rows[best]["name"], "test": tested}


@misconception(
    replaces="run_ablation",
    fails="run_ablation-scores",
    diagnosis="The spread is divided by n, not by n − 1.",
    hint="np.std has an option ddof.",
)
def divides_the_spread_by_n(base, remedies, seeds, *, train, test):
    if len(seeds) < 3 or len(set(seeds)) < len(seeds):
        raise ValueError("seeds")
    together = {key: value for change in remedies.values() for key, value in change.items()}
    rows, models = [], []
    for name, change in {"base": {}, **remedies, "together": together}.items():
        cfg = {**base, **change}
        runs = [train(dict(cfg), seed) for seed in seeds]
        scores = [accuracy for _, accuracy in runs]
        mean, sd = float(np.mean(scores)), float(np.std(scores))
        rows.append({"name": name, "cfg": cfg, "scores": scores, "mean": mean, "sd": sd})
        models.append([model for model, _ in runs])
    best = int(np.argmax([row["mean"] for row in rows]))
    tested = [test(model) for model in models[best]]
    return {"rows": rows, "chosen": rows[best]["name"], "test": tested}


@misconception(
    replaces="run_ablation",
    fails="run_ablation-choice run_ablation-once",
    diagnosis="The row is chosen by the test set.",
    hint="Which part is every choice made by?",
)
def chooses_by_the_test_set(base, remedies, seeds, *, train, test):
    if len(seeds) < 3 or len(set(seeds)) < len(seeds):
        raise ValueError("seeds")
    together = {key: value for change in remedies.values() for key, value in change.items()}
    rows, tested = [], []
    for name, change in {"base": {}, **remedies, "together": together}.items():
        cfg = {**base, **change}
        runs = [train(dict(cfg), seed) for seed in seeds]
        scores = [accuracy for _, accuracy in runs]
        mean, sd = float(np.mean(scores)), float(np.std(scores, ddof=1))
        rows.append({"name": name, "cfg": cfg, "scores": scores, "mean": mean, "sd": sd})
        tested.append([test(model) for model, _ in runs])
    best = int(np.argmax([np.mean(accuracies) for accuracies in tested]))
    return {"rows": rows, "chosen": rows[best]["name"], "test": tested[best]}


@misconception(
    replaces="run_ablation",
    fails="run_ablation-choice",
    diagnosis="The row with all remedies is taken, whatever the validation says.",
    hint="Is more always better?",
)
def always_takes_all(base, remedies, seeds, *, train, test):
    if len(seeds) < 3 or len(set(seeds)) < len(seeds):
        raise ValueError("seeds")
    together = {key: value for change in remedies.values() for key, value in change.items()}
    rows, models = [], []
    for name, change in {"base": {}, **remedies, "together": together}.items():
        cfg = {**base, **change}
        runs = [train(dict(cfg), seed) for seed in seeds]
        scores = [accuracy for _, accuracy in runs]
        mean, sd = float(np.mean(scores)), float(np.std(scores, ddof=1))
        rows.append({"name": name, "cfg": cfg, "scores": scores, "mean": mean, "sd": sd})
        models = [model for model, _ in runs]
    return {"rows": rows, "chosen": "together", "test": [test(model) for model in models]}


@misconception(
    replaces="run_ablation",
    fails="run_ablation-choice",
    diagnosis="Of rows with equal means the last one is chosen.",
    hint="Does `>=` or `>` keep the first of two equal ones?",
)
def takes_the_last_of_equals(base, remedies, seeds, *, train, test):
    if len(seeds) < 3 or len(set(seeds)) < len(seeds):
        raise ValueError("seeds")
    together = {key: value for change in remedies.values() for key, value in change.items()}
    rows, best, models = [], None, []
    for name, change in {"base": {}, **remedies, "together": together}.items():
        cfg = {**base, **change}
        runs = [train(dict(cfg), seed) for seed in seeds]
        scores = [accuracy for _, accuracy in runs]
        mean, sd = float(np.mean(scores)), float(np.std(scores, ddof=1))
        rows.append({"name": name, "cfg": cfg, "scores": scores, "mean": mean, "sd": sd})
        if best is None or mean >= best["mean"]:
            best, models = rows[-1], [model for model, _ in runs]
    return {"rows": rows, "chosen": best["name"], "test": [test(model) for model in models]}


@misconception(
    replaces="run_ablation",
    fails="run_ablation-once",
    diagnosis="All models are tested, and most of the results thrown away: the test set was seen.",
    hint="How often is the test set looked at, and when?",
)
def looks_at_the_test_set_all_along(base, remedies, seeds, *, train, test):
    if len(seeds) < 3 or len(set(seeds)) < len(seeds):
        raise ValueError("seeds")
    together = {key: value for change in remedies.values() for key, value in change.items()}
    rows, tested = [], []
    for name, change in {"base": {}, **remedies, "together": together}.items():
        cfg = {**base, **change}
        runs = [train(dict(cfg), seed) for seed in seeds]
        scores = [accuracy for _, accuracy in runs]
        mean, sd = float(np.mean(scores)), float(np.std(scores, ddof=1))
        rows.append({"name": name, "cfg": cfg, "scores": scores, "mean": mean, "sd": sd})
        tested.append([test(model) for model, _ in runs])
    best = int(np.argmax([row["mean"] for row in rows]))
    return {"rows": rows, "chosen": rows[best]["name"], "test": tested[best]}


@misconception(
    replaces="run_ablation",
    fails="run_ablation-seeds",
    diagnosis="Any number of seeds will do, even one.",
    hint="What spread has a single run?",
)
def takes_any_seeds(base, remedies, seeds, *, train, test):
    together = {key: value for change in remedies.values() for key, value in change.items()}
    rows, models = [], []
    for name, change in {"base": {}, **remedies, "together": together}.items():
        cfg = {**base, **change}
        runs = [train(dict(cfg), seed) for seed in seeds]
        scores = [accuracy for _, accuracy in runs]
        mean = float(np.mean(scores)) if scores else 0.0
        sd = float(np.std(scores, ddof=1)) if len(scores) > 1 else 0.0
        rows.append({"name": name, "cfg": cfg, "scores": scores, "mean": mean, "sd": sd})
        models.append([model for model, _ in runs])
    best = int(np.argmax([row["mean"] for row in rows]))
    tested = [test(model) for model in models[best]]
    return {"rows": rows, "chosen": rows[best]["name"], "test": tested}


@misconception(
    replaces="run_ablation",
    fails="run_ablation-seeds",
    diagnosis="A seed may be there twice: the same run counts as two.",
    hint="What is the spread of three runs with the seeds 3, 3 and 3?",
)
def takes_a_seed_twice(base, remedies, seeds, *, train, test):
    if len(seeds) < 3:
        raise ValueError("seeds")
    together = {key: value for change in remedies.values() for key, value in change.items()}
    rows, models = [], []
    for name, change in {"base": {}, **remedies, "together": together}.items():
        cfg = {**base, **change}
        runs = [train(dict(cfg), seed) for seed in seeds]
        scores = [accuracy for _, accuracy in runs]
        mean, sd = float(np.mean(scores)), float(np.std(scores, ddof=1))
        rows.append({"name": name, "cfg": cfg, "scores": scores, "mean": mean, "sd": sd})
        models.append([model for model, _ in runs])
    best = int(np.argmax([row["mean"] for row in rows]))
    tested = [test(model) for model in models[best]]
    return {"rows": rows, "chosen": rows[best]["name"], "test": tested}


# predict


@misconception(
    replaces="trained_net",
    fails="predict-neat predict-photographed predict-margin",
    diagnosis="The network is new: its numbers were never read in.",
    hint="Where do your trained numbers come into the network?",
)
def never_reads_the_numbers():
    chain, C = [], 1
    source = np.random.default_rng(0)
    for O in (8, 16, 32):
        chain += [layers.Conv2D(C, O, 3, source, padding=1, bias=False), layers.BatchNorm2D(O)]
        chain += [layers.ReLU(), layers.MaxPool2D(2)]
        C = O
    return layers.Sequential(*chain, layers.GlobalAvgPool(), layers.Dense(C, 10, source))


@misconception(
    replaces="predict",
    fails="predict-labels",
    diagnosis="The scores are returned, not the classes.",
    hint="Which of the ten scores names the class?",
)
def gives_scores(X):
    net = globals()["trained_net"]()  # the exercise's other function
    return net.forward(X.astype(np.float32) / 255)


@misconception(
    replaces="predict",
    fails="predict-labels",
    diagnosis="An empty batch is not answered.",
    hint="Hand predict no picture at all: images[:0].",
)
def asks_picture_by_picture(X):
    net = globals()["trained_net"]()
    scores = [net.forward(x[None].astype(np.float32) / 255)[0] for x in X]
    return np.stack(scores).argmax(axis=1).astype(np.int64)


@misconception(
    replaces="predict",
    fails="predict-alone",
    diagnosis="The network runs as in training: the batch's own statistics are used.",
    hint="What does forward(x, train=True) do that forward(x) does not?",
)
def predicts_in_training_mode(X):
    net = globals()["trained_net"]()
    if not len(X):
        return np.empty(0, np.int64)
    return net.forward(X.astype(np.float32) / 255, train=True).argmax(axis=1).astype(np.int64)


@misconception(
    replaces="predict",
    fails="predict-neat predict-photographed predict-margin",
    diagnosis="The pictures are not divided by 255, as they were in training.",
    hint="Which numbers did the network see in training, and which does it get here?",
)
def forgets_to_scale(X):
    net = globals()["trained_net"]()
    return net.forward(X.astype(np.float32)).argmax(axis=1).astype(np.int64)


@misconception(
    replaces="predict",
    fails="predict-margin",
    diagnosis="The pictures are divided by 128: white is 2, where training had 1.",
    hint="What is the largest number that the network saw in training, and here?",
)
def scales_to_two(X):
    net = globals()["trained_net"]()
    return net.forward(X.astype(np.float32) / 128).argmax(axis=1).astype(np.int64)


@misconception(
    replaces="predict",
    fails="predict-photographed predict-margin",
    diagnosis="The class of the most similar training picture is given, compared pixel by pixel.",
    hint="How similar is a picture to itself, 3 pixels further?",
)
def finds_the_nearest_picture(X):
    known = images[::5].reshape(-1, 784).astype(np.float32)
    asked = X.reshape(len(X), 784).astype(np.float32)
    distances = (known**2).sum(axis=1) - 2 * asked @ known.T
    return labels[::5][distances.argmin(axis=1)]
