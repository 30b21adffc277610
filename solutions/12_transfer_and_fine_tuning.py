# %% [markdown]
# # 12 · Transfer and fine-tuning
#
# *[← 11 Augmentation and regularisation](11_augmentation_and_regularisation.ipynb) ·
# [Contents](00_start_here.ipynb) · [13 The apparel case →](13_capstone_apparel.ipynb)*
#
# **You will**
# - give a trained net a new head, and take over everything below it;
# - freeze layers so that nothing in them moves, statistics included;
# - use a frozen net as a machine that makes features, and see which layer is worth taking;
# - compare three ways to begin a training fairly, with a mean and a spread;
# - say where transfer helps, by how much, and where it does not.
#
# **Time.** About 2½ hours.
#
# **Prerequisites.** Chapter 08 (a net, its parameters, training), chapter 10 (batch normalisation and
# its running statistics), chapter 11 (dropout, augmentation, what a fair comparison is).

# %% [markdown]
# **How this chapter speaks.** The net of this chapter is `NormNet`: blocks of convolution, batch
# normalisation, ReLU and max pooling, then a dense layer, ReLU, dropout, and a last dense layer. Like
# every chain of `cnnkit.layers` it has
#
# | Written | Means |
# |---|---|
# | `model.layers` | name → layer, in order: `conv1`, `batch_norm1`, `relu1`, `max_pool1`, …, `dense2` |
# | `model.params` | `'LAYER.NAME'` → array: what gradients teach; `conv1.w`, `batch_norm1.gamma`, … |
# | `model.state` | the same for what is only gathered: `batch_norm1.mean`, `batch_norm1.var` |
# | `model.frozen` | a set of names of parameters that shall stay; empty at first |
# | `model.forward(x, train=False)` | the scores `(N, K)` |
# | `model.copy()` | a model of its own with the same arrays |
#
# **Task**: which classes are to be told apart. **Source**: the task whose data are plenty.
# **Target**: the task that we want. **Head**: the last dense layer, one row of weights for each class.
#
# **Sources.** An unsigned handwritten deck on convolutional networks, its last three slides. Cells name
# **items**: the numbers of the lectures' points in the course's list of sources, `docs/sources.md`. How
# far features carry was measured by J. Yosinski, J. Clune, Y. Bengio and H. Lipson, *How transferable
# are features in deep neural networks?* (2014).

# %% setup
import numpy as np

from cnnkit import optimisers, training, transfer
from cnnkit.initialisers import glorot
from cnnkit.layers import Dense, Flatten, ReLU, Sequential
from cnnkit.models import NormNet
from cnnkit.testing import assert_dtype, assert_raises, assert_same, assert_shape, beside_student

rng = np.random.default_rng(12)

# %% [markdown]
# A test that prints nothing has passed. Run the cells one by one with Shift+Enter: *Run All* stops
# at the first test that fails. The tests here are examples; marking uses others too. It runs the
# imports, your answers and cells that you add, but not the demonstrations: don't use names that only
# these bind.
#
# ---
# ## 1 · What could two tasks share?

# %% [markdown] items="162"
# A net that finds faces has learned edges, corners and patches of skin on its way. A net that says
# whether a face smiles needs edges, corners and patches of skin. The deck draws the conclusion: low-level
# features can often be shared between models, so **copy the convolutional layers** of one that was
# trained before. Somebody else's hundred thousand pictures then work for you, though they show something
# else.
#
# Whether that is true can be measured. We cut the apparel in two. **Source**: T-shirts, trousers,
# pullovers, dresses and coats, all 2,500 training pictures. **Target**: sandals, shirts, sneakers, bags
# and ankle boots, and of those only *a few* of each. Catalogues show each piece in the middle of the
# picture; snapshots don't. So every picture here is moved by up to five pixels each way.

# %% demo
from cnnkit.augment import random_crop
from cnnkit.data import classes, load
from cnnkit.pictures import image_grid, show


def moved(x, y, rng):
    """Move each image by up to five pixels each way, and keep the labels."""
    return random_crop(x, 28, 5, rng), y


names = classes("apparel")
images, labels = load("apparel", "train")
images = images.astype(np.float32) / 255
some = transfer.few_per_class(labels, 2, np.random.default_rng(1))
show(image_grid(moved(images[some], None, np.random.default_rng(2))[0], labels[some],
                classes=names, columns=10))

# %% [markdown]
# Above the five kinds of the source, below the five of the target. Now the arrays. Pictures of the target
# are moved once and then stay, as pictures do that somebody took. 50 of each class are laid aside for
# choices (the **validation**), the test pictures for the very end.

# %% demo
source_x, source_y = images[labels < 5], labels[labels < 5]
target_x, target_y = moved(images[labels >= 5], labels[labels >= 5] - 5, rng)
held = transfer.few_per_class(target_y, 50, rng)
rest = np.setdiff1d(np.arange(len(target_y)), held)
few_from, validation = (target_x[rest], target_y[rest]), (target_x[held], target_y[held])
x, y = load("apparel", "test")
test = moved(x[y >= 5].astype(np.float32) / 255, y[y >= 5] - 5, rng)
for name, (x, y) in {"to draw from": few_from, "validation": validation, "test": test}.items():
    print(f"{name:13} {x.shape}, of each class {np.bincount(y)}")

# %% [markdown]
# And the net that has learned the source. Its pictures are moved anew in every epoch, so it can learn
# that the place does not matter. This takes about a quarter of a minute.

# %% demo
from cnnkit.optimisers import Adam

source = NormNet(np.random.default_rng(100), channels=(8, 16, 32), classes=5).astype(np.float32)
history = training.fit(source, source_x, source_y, optimiser=Adam(0.005), epochs=12, augment=moved,
                       rng=np.random.default_rng(100))
print(f"right in the last epoch: {history['acc'][-1]:.1%} of its moved training pictures")
blocks = {}
for name, value in source.params.items():
    block = name.partition(".")[0]
    blocks[block] = blocks.get(block, 0) + value.size
print(f"parameters: {blocks}, together {sum(blocks.values()):,}")

# %% [markdown] quiz="as_it_is"
# **Predict.** This net is shown boots, bags and sandals and picks one of its five outputs, 0 to 4. We
# read output 0 as class 0 of the *target* (sandal), 1 as shirt, and so on. About how often is it right?
# - [ ] Hardly ever; it has never seen a boot. :: Then it would know to avoid the right answer. It knows
#   nothing about these classes, not even that.
# - [x] About one in five, give or take :: The numbers 0 to 4 mean other things in the two tasks, so what
#   it says has nothing to do with what is asked.
# - [ ] About half; apparel is apparel. :: Features may be shared, outputs are not: that output 1 means
#   trousers is stored in the head.

# %% demo
print(f"right: {training.evaluate(source, *test)[1]:.1%}")

# %% [markdown]
# ---
# ## 2 · A new head

# %% [markdown] items="163"
# The last layer speaks the source's language: output 1 means *trousers*. So at least that layer must go.
# The deck's usual recipe is: **keep the convolutional layers, replace the dense ones**; and it adds that
# one may keep more or fewer. Here are three ways to begin, as a picture. We shall compare them to the
# end of the chapter.

# %% demo items="163"
from cnnkit.pictures import kept_layers

parts = ("conv1\nbatch_norm1", "conv2\nbatch_norm2", "conv3\nbatch_norm3", "dense1", "dense2\n(head)")
show(kept_layers({
    "scratch": dict.fromkeys(parts, "fresh"),
    "frozen": dict.fromkeys(parts[:3], "frozen") | dict.fromkeys(parts[3:], "fresh"),
    "fine-tuned": dict.fromkeys(parts[:3], "copied") | dict.fromkeys(parts[3:], "fresh"),
}))

# %% [markdown]
# *Fresh* is drawn at random and learns. *Copied* comes from the source net and goes on learning: that is
# **fine-tuning**. *Frozen* is copied too, but stays as it is.
#
# **What belongs to a net?** Not only what gradients teach. Batch normalisation has running means and
# variances, in `model.state`. Whoever copies `params` alone and leaves `state` at 0 and 1 has a net whose
# features are all off. (In torch these are called *buffers*, and `model.parameters()` does not list
# them.)
#
# **By hand.** A head with 64 inputs and 5 classes has the weights (5, 64) and the biases (5,). For 3
# classes a new one has (3, 64) and (3,). The 64 features below stay the same 64 features.

# %% [markdown]
# #### Exercise 1 · `replace_head`
#
# Give a copy of the model with a fresh head, and leave the model as it is. The head is the **last** layer,
# whatever its name; it must be dense. Its new weights are `glorot((n_classes, D), rng)`, its new biases 0,
# both in the dtype of the old ones. Everything else is copied: parameters, state, layers. In the copy
# nothing is frozen. Replace the two entries in `new.params`, of the *copy*: layers read their arrays from
# there at each pass.
#
# *About 20 minutes.*
#
# <details><summary>Hint 1: what to begin with</summary>
#
# One method of the model does nearly all of it. What remains are two arrays and the set `frozen`.
# </details>
# <details><summary>Hint 2: which layer?</summary>
#
# `list(model.layers)` gives the names in order; the last one with `.w` and `.b` behind it gives the two
# names in `params`. `isinstance(layer, Dense)` says whether a layer is dense.
# </details>
# <details><summary>Hint 3: sizes and dtype</summary>
#
# The old weights have the shape (old classes, D). `glorot` gives float64 always; `.astype` brings it to
# another dtype.
# </details>

# %% exercise="replace_head" forbids="cnnkit.replace_head torch" minutes=20
def replace_head(model, n_classes, rng):
    """Copy a model, with a fresh last layer for other classes.

    Parameters
    ----------
    model : Sequential
        Its last layer, the head, must be dense. Not changed; the copy shares nothing with it, no
        array and no layer.
    n_classes : int, at least 1
        How many scores the new head gives.
    rng : numpy.random.Generator
        Where the new head's weights come from.

    Returns
    -------
    new : Sequential
        Parameters and state of the model, but the head's weights ``glorot((n_classes, D), rng)``
        and its biases 0, of the dtypes that they had. ``new.frozen`` is an empty set.

    Raises
    ------
    ValueError
        If the last layer is not dense.

    Examples
    --------
    >>> old = NormNet(np.random.default_rng(0), classes=5)
    >>> new = replace_head(old, 3, np.random.default_rng(1))
    >>> old.params["dense2.w"].shape, new.params["dense2.w"].shape
    ((5, 64), (3, 64))
    """
    ### BEGIN SOLUTION
    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError(f"The last layer is {head}: it is not dense.")
    new = model.copy()
    w, b = model.params[f"{head}.w"], model.params[f"{head}.b"]
    new.params[f"{head}.w"] = glorot((n_classes, w.shape[1]), rng).astype(w.dtype)
    new.params[f"{head}.b"] = np.zeros(n_classes, b.dtype)
    new.frozen = set()
    return new
    ### END SOLUTION

# %% [markdown]
# Models are no plain numbers. So the tests name a small model, and the next two cells build it and hand
# it to your function. You need not read them, but you may call `small_model("norm", 0)` to try things.

# %% setup="small_models"
def small_model(kind, seed):
    """Build a small model with five classes whose numbers look as if it had learned."""
    rng = np.random.default_rng(seed)
    if kind == "norm":
        model = NormNet(rng, in_shape=(1, 8, 6), channels=(3, 4), hidden=6, drop=0.4, classes=5)
    else:
        sizes = {"one": (48, 5), "three": (48, 7, 4, 5), "wide": (300, 5), "no_head": (48, 5)}[kind]
        layers = [Flatten()]
        for D, O in zip(sizes[:-1], sizes[1:], strict=True):
            layers += [Dense(D, O, rng), ReLU()]
        model = Sequential(*(layers if kind == "no_head" else layers[:-1]), rng=rng)
    for value in (*model.params.values(), *model.state.values()):
        value += rng.uniform(0.1, 0.5, value.shape)
    return model


def copied(arrays):
    """Copy a dict of arrays."""
    return {name: value.copy() for name, value in arrays.items()}

# %% beside="replaced"
@beside_student
def replaced(kind, seed, n_classes, head_seed, dtype="float64"):
    """Give what `replace_head` makes of a small model, as plain arrays, and its scores."""
    old = small_model(kind, seed).astype(dtype)
    old.frozen.add(list(old.params)[0])
    new = replace_head(old, n_classes, np.random.default_rng(head_seed))
    shape = (4, 1, 15, 20) if kind == "wide" else (4, 1, 8, 6)
    X = np.random.default_rng(0).normal(size=shape).astype(dtype)
    return {"params": dict(new.params), "state": dict(new.state), "frozen": set(new.frozen),
            "scores": new.forward(X)}

# %% test="replace_head:shapes" points=0.5
# The new head has the right sizes, and the model runs
got = replaced("norm", 0, 3, 1)
assert_shape(got["params"]["dense2.w"], (3, 6), hint="Three classes, six features below.")
assert_shape(got["params"]["dense2.b"], (3,), hint="One bias for each class.")
assert_shape(got["scores"], (4, 3), hint="Four images, three scores each.")
### BEGIN HIDDEN TESTS
for n_classes in (1, 8):
    got = replaced("norm", 3, n_classes, 1)
    assert_shape(got["params"]["dense2.w"], (n_classes, 6), hint="A row for each class.")
    assert_shape(got["params"]["dense2.b"], (n_classes,), hint="One bias for each class.")
    assert_shape(got["scores"], (4, n_classes), hint="A score for each image and class.")
### END HIDDEN TESTS

# %% test="replace_head:kept" points=1
# All the rest is what the model had
def below(arrays, head="dense2"):
    return {name: value for name, value in arrays.items() if not name.startswith(head)}

got, old = replaced("norm", 0, 3, 1), small_model("norm", 0)
assert_same(below(got["params"]), below(old.params), hint="All layers below the head are copied.")
assert_same(got["state"], dict(old.state),
            hint="Running means and variances belong to what was learned.")
### BEGIN HIDDEN TESTS
for kind, seed, head in [("norm", 4, "dense2"), ("three", 5, "dense3")]:
    got, old = replaced(kind, seed, 5, 2), small_model(kind, seed)
    assert_same(below(got["params"], head), below(old.params, head),
                hint="All layers below the head are copied, the dense ones too.")
    assert_same(got["state"], dict(old.state), hint="What is in model.state?")
### END HIDDEN TESTS

# %% test="replace_head:fresh" points=0.75
# The head is fresh: Glorot's weights from rng, biases 0
first, again, other = (replaced("wide", 0, 5, seed)["params"] for seed in (1, 1, 2))
old = small_model("wide", 0).params
assert_same(first["dense1.b"], np.zeros(5), hint="Also for as many classes as before: biases are 0.")
assert_same(first["dense1.w"], again["dense1.w"], hint="The same rng must give the same weights.")
for name, w in {"the old head": old["dense1.w"], "another rng": other["dense1.w"]}.items():
    assert np.abs(first["dense1.w"] - w).max() > 0.01, f"These are the weights of {name}."
### BEGIN HIDDEN TESTS
for n_classes, seed in [(40, 3), (90, 4)]:
    w = replaced("wide", 2, n_classes, seed)["params"]["dense1.w"]
    # 12,000 weights and more: their standard deviation is within 1 % of the true one
    assert_same(float(w.std()), float(np.sqrt(2 / (n_classes + 300))), rtol=0.05,
                hint="Glorot: the variance is 2 / (D + classes).")
    assert_same(float(w.mean()), 0.0, atol=0.005, hint="Weights around 0.")
### END HIDDEN TESTS

# %% test="replace_head:position" points=0.75
# The head is the last layer, whatever its name
for kind, head, D in [("one", "dense1", 48), ("three", "dense3", 4)]:
    got = replaced(kind, 0, 2, 1)["params"]
    assert_shape(got[f"{head}.w"], (2, D), hint=f"In this model the head is {head}.")
    assert_same(got[f"{head}.b"], np.zeros(2), hint=f"In this model the head is {head}.")
with assert_raises(ValueError, hint="This model ends with a ReLU: there is no head to replace."):
    replaced("no_head", 0, 2, 1)

# %% test="replace_head:details" points=0.6
# The dtype, and nothing frozen
got = replaced("norm", 0, 5, 1)
assert_same(got["frozen"], set(), hint="The old model had a frozen layer; the new one has none.")
for dtype in ("float32", "float64"):
    got = replaced("norm", 0, 3, 1, dtype)
    for name in ("dense2.w", "dense2.b"):
        assert_dtype(got["params"][name], dtype, hint=f"{name} has the dtype that it had before.")

# %% beside="old_model"
@beside_student
def old_model(kind, seed):
    """Give the old model's arrays, and its gradients, after the new one was used and changed."""
    old, rng = small_model(kind, seed), np.random.default_rng(seed)
    X, dscores = rng.normal(size=(4, 1, 8, 6)), rng.normal(size=(4, 5))
    new = replace_head(old, 3, rng)
    old.forward(X)
    new.forward(X[:2] + 3)
    grads = old.backward(dscores)
    for value in (*new.params.values(), *new.state.values()):
        value += 1
    return {**old.params, **old.state}, grads

# %% test="replace_head:independent" points=0.4
# The old model stays as it was, whatever happens to the new one
def unharmed(kind, seed):
    model, rng = small_model(kind, seed), np.random.default_rng(seed)
    X, dscores = rng.normal(size=(4, 1, 8, 6)), rng.normal(size=(4, 5))
    model.forward(X)
    return {**model.params, **model.state}, model.backward(dscores)

arrays, grads = old_model("norm", 0)
assert_same(arrays, unharmed("norm", 0)[0],
            hint="We added 1 to all arrays of the new model, and the old one changed.")
assert_same(grads, unharmed("norm", 0)[1],
            hint="The new model's pass forward changed what a layer of the old one remembers.")
### BEGIN HIDDEN TESTS
arrays, grads = old_model("three", 6)
assert_same(arrays, unharmed("three", 6)[0], hint="The two models share an array.")
assert_same(grads, unharmed("three", 6)[1], hint="The two models share a layer.")
### END HIDDEN TESTS

# %% [markdown]
# From here on `transfer.replace_head` stands in. It replaces one layer. The deck replaces all dense ones:
# a fresh `dense1` is then two arrays more, as you see in section 6.

# %% [markdown]
# ---
# ## 3 · Layers that stay
#
# **Freezing** sounds easy: give these layers no gradient. Two things move them all the same.
#
# *Weight decay* pulls every weight towards 0 in each step, gradient or not. One step of plain descent is
#
# $$ p \leftarrow p - \eta\, m\, (dp + \lambda\, p) $$
#
# with the learning rate $\eta$, a factor $m$ for this layer (1 where nothing is said), and the weight
# decay $\lambda$. **By hand:** $p = 2$, $dp = 0$, $\eta = 0.1$, $\lambda = 0.5$: the step goes to
# $2 - 0.1 \cdot (0 + 1) = 1.9$. After ten such steps $2 \cdot 0.95^{10} \approx 1.2$ is left. So a frozen
# parameter must be *skipped*, not given a gradient of 0.
#
# *Running statistics* of batch normalisation move in every pass forward in training, without any
# gradient. Batch normalisation that is frozen must therefore also be told to use its statistics, and to
# leave them alone.

# %% [markdown] quiz="drift"
# **Predict.** All parameters of the source net are frozen, and nothing is updated. We only run ten
# batches of *target* pictures forward with `train=True`. Does the net still tell its own five classes
# apart as well as before?
# - [ ] Yes; not one parameter has changed. :: But what is not a parameter has.
# - [x] Only if its batch normalisation was told too :: Otherwise the running means and variances become
#   those of boots and bags, and coats are normalised wrongly.
# - [ ] No; dropout has changed the weights. :: Dropout drops numbers on their way, it stores nothing.

# %% demo
for told in (False, True):
    net = source.copy()
    if told:
        net.frozen = set(net.params)
    before = training.evaluate(net, source_x[:500], source_y[:500])[1]
    for start in range(0, 250, 25):
        net.forward(few_from[0][start : start + 25], train=True)
    drift = max(np.abs(net.state[name] - source.state[name]).max() for name in net.state)
    after = training.evaluate(net, source_x[:500], source_y[:500])[1]
    print(f"{'frozen' if told else 'not frozen':10}: statistics moved by up to {drift:.2f}, "
          f"right {before:.1%} before and {after:.1%} after")

# %% [markdown]
# In this course a chain is told by names in `model.frozen`: `backward` gives no gradient for them, and
# batch normalisation whose `gamma` and `beta` are both there keeps its statistics and uses them in
# training as well.
#
# **Slow instead of frozen.** Between *frozen* and *free* there is a third way: copied layers learn with a
# smaller rate, $m = 0.1$ say. They are good already, and a fresh head sends wild gradients at first.
#
# #### Exercise 2 · `freeze` and `sgd_step`
#
# `freeze(model, prefix)` adds the names of all parameters that **begin** with the prefix to
# `model.frozen`, and returns them. `sgd_step` makes one step of the equation above and returns **new**
# parameters.
#
# In `lr_mult` a prefix stands for all names that begin with it. Where several fit, the longest counts:
# with `{"conv": 0.1, "conv1": 0.01}` conv1 gets 0.01 and conv2 gets 0.1.
#
# *About 30 minutes.*
#
# <details><summary>Hint 1: sets</summary>
#
# `a | b` is the union of two sets, `a |= b` adds to one in place. What you return should be a set of its
# own: whoever changes it must not change the model.
# </details>
# <details><summary>Hint 2: skip, but return</summary>
#
# The result has *all* names. A frozen one is only copied; don't even look for its gradient, it may be
# missing.
# </details>
# <details><summary>Hint 3: the longest prefix</summary>
#
# Collect the prefixes that fit, `name.startswith(prefix)`; `max(..., key=len)` finds the longest.
# `max` of nothing is an error: give it a `default`, or let '' be a prefix with the factor 1.
# </details>

# %% exercise="freeze" forbids="cnnkit.freeze cnnkit.sgd_step cnnkit.SGD cnnkit.Adam torch" minutes=30
def freeze(model, prefix):
    """Tell a model that all parameters with a prefix shall stay.

    Parameters
    ----------
    model : Sequential
        Their names are added to ``model.frozen``; what is frozen already stays frozen.
    prefix : str
        What the names begin with: 'conv' is conv1 and conv2, 'conv1.' only conv1, '' all.

    Returns
    -------
    names : set of str
        The parameters that begin with the prefix, as a set of its own.

    Raises
    ------
    ValueError
        If no parameter begins with the prefix: a typing error would freeze nothing.

    Examples
    --------
    >>> model = NormNet(np.random.default_rng(0))
    >>> sorted(freeze(model, "batch_norm1"))
    ['batch_norm1.beta', 'batch_norm1.gamma']
    """
    ### BEGIN SOLUTION
    names = {name for name in model.params if name.startswith(prefix)}
    if not names:
        raise ValueError(f"No parameter begins with {prefix!r}.")
    model.frozen |= names
    return names
    ### END SOLUTION


def sgd_step(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    """Give the parameters after one step: p - lr * m * (dp + weight_decay * p).

    Parameters
    ----------
    params : dict of ndarray
        Name to parameter. Not changed.
    grads : dict of ndarray
        Name to gradient; those of frozen parameters may be missing.
    lr : float
        The learning rate.
    frozen : set, list or tuple of str
        Names of parameters that stay to the last bit.
    lr_mult : dict, optional
        Prefix to the factor m of all names that begin with it; of several the longest counts; m is
        1 where none fits.
    weight_decay : float

    Returns
    -------
    new : dict of ndarray
        All names in the order of params, the frozen ones too: new arrays with the dtypes of the
        old ones.

    Examples
    --------
    >>> params = {"conv.w": np.array([1.0, 2.0]), "head.w": np.array([3.0])}
    >>> sgd_step(params, {"head.w": np.array([1.0])}, 0.5, frozen={"conv.w"})
    {'conv.w': array([1., 2.]), 'head.w': array([2.5])}
    """
    ### BEGIN SOLUTION
    factors = {"": 1.0, **(lr_mult or {})}
    new = {}
    for name, p in params.items():
        new[name] = p.copy()
        if name not in frozen:
            m = factors[max((f for f in factors if name.startswith(f)), key=len)]
            new[name] -= lr * m * (grads[name] + weight_decay * p)
    return new
    ### END SOLUTION

# %% beside="frozen_by"
@beside_student
def frozen_by(*prefixes):
    """Freeze in a small model, one prefix after the other; give what was returned and model.frozen."""
    model = small_model("norm", 0)
    returned = [freeze(model, prefix) for prefix in prefixes]
    told = set(model.frozen)
    returned[-1].add("mine")
    return [names - {"mine"} for names in returned], told, "mine" in model.frozen

# %% test="freeze:names" points=0.75
# Which names are returned, and which the model is told
returned, told, _ = frozen_by("conv", "batch_norm1")
norm1 = {"batch_norm1.gamma", "batch_norm1.beta"}
assert_same(returned, [{"conv1.w", "conv2.w"}, norm1], hint="For each call its own names.")
assert_same(told, norm1 | {"conv1.w", "conv2.w"}, hint="What was frozen before stays frozen.")
with assert_raises(ValueError, hint="No name *begins* with 'norm1'."):
    frozen_by("norm1")
### BEGIN HIDDEN TESTS
returned, told, _ = frozen_by("conv2.", "dense1.b", "")
every = set(small_model("norm", 0).params)
assert_same(returned, [{"conv2.w"}, {"dense1.b"}, every], hint="'' begins every name.")
assert_same(told, every, hint="The last call froze all.")
returned, told, _ = frozen_by("d", "batch_norm2.g")
dense = {"dense1.w", "dense1.b", "dense2.w", "dense2.b"}
assert_same(returned, [dense, {"batch_norm2.gamma"}], hint="A prefix may end anywhere.")
assert_same(told, dense | {"batch_norm2.gamma"}, hint="What was frozen before stays frozen.")
for prefix in ("conv3", "w", "2.w"):
    with assert_raises(ValueError, hint="Nothing begins so: say it, don't freeze nothing."):
        frozen_by(prefix)
### END HIDDEN TESTS

# %% test="freeze:step" points=0.75
# One step with weight decay, and the dtypes
params, grads = {"a": np.array([2.0, -4.0]), "b": np.array([[1.0]])}, {"a": np.array([1.0, 0.0]),
                                                                       "b": np.array([[-3.0]])}
assert_same(sgd_step(copied(params), copied(grads), 0.1), {"a": np.array([1.9, -4.0]), "b": np.array([[1.3]])},
            hint="Without weight decay: p − lr · dp.")
assert_same(sgd_step(copied(params), copied(grads), 0.1, weight_decay=0.5),
            {"a": np.array([1.8, -3.8]), "b": np.array([[1.25]])},
            hint="2 − 0.1 · (1 + 0.5 · 2) = 1.8")
single = {name: p.astype(np.float32) for name, p in params.items()}
assert_dtype(sgd_step(single, copied(grads), 0.1)["a"], "float32",
             hint="A float32 parameter stays float32, though its gradient is float64.")
### BEGIN HIDDEN TESTS
source_rng = np.random.default_rng(1201)
shapes = {"conv1.w": (3, 2, 3, 3), "conv1.b": (3,), "dense1.w": (4, 5)}
params = {name: source_rng.normal(size=shape) for name, shape in shapes.items()}
grads = {name: source_rng.normal(size=shape) for name, shape in shapes.items()}
for lr, decay in [(0.3, 0.0), (0.05, 0.7), (2.0, 0.01)]:
    expected = {name: (1 - lr * decay) * p - lr * grads[name] for name, p in params.items()}
    assert_same(sgd_step(copied(params), copied(grads), lr, weight_decay=decay), expected,
                hint="p − lr · (dp + weight_decay · p)")
single = {name: p.astype(np.float32) for name, p in params.items()}
for name, p in sgd_step(copied(single), copied(grads), 0.3, weight_decay=0.1).items():
    assert_dtype(p, "float32", hint=f"{name} was float32; its gradient, float64, does not decide.")
### END HIDDEN TESTS

# %% test="freeze:rates" points=0.75
# Factors of the rate by prefix
params = {name: np.array([1.0]) for name in ("conv1.w", "conv2.w", "dense1.w")}
grads = {name: np.array([1.0]) for name in params}
got = sgd_step(copied(params), copied(grads), 0.5, lr_mult={"conv": 0.1})
assert_same(got, {"conv1.w": np.array([0.95]), "conv2.w": np.array([0.95]),
                  "dense1.w": np.array([0.5])}, hint="conv1 and conv2: a tenth of the rate.")
got = sgd_step(copied(params), copied(grads), 0.5, lr_mult={"conv": 0.1, "conv1": 0.01})
assert_same(got, {"conv1.w": np.array([0.995]), "conv2.w": np.array([0.95]),
                  "dense1.w": np.array([0.5])}, hint="For conv1 both fit: the longer one counts.")
### BEGIN HIDDEN TESTS
names = ("conv1.w", "conv1.b", "conv2.w", "conv10.w", "dense1.w", "head.b")
for seed, lr_mult in [(1202, {"conv": 0.1, "conv1.": 0.01, "head": 5}),
                      (1203, {"conv1": 0.2, "conv": 0.5, "": 2}), (1204, {"conv1.w": 0, "d": 3})]:
    source_rng = np.random.default_rng(seed)
    params = {name: source_rng.normal(size=4) for name in names}
    grads = {name: source_rng.normal(size=4) for name in names}
    expected = optimisers.sgd_step(params, grads, 0.3, lr_mult=lr_mult, weight_decay=0.4)
    got = sgd_step(copied(params), copied(grads), 0.3, lr_mult=lr_mult, weight_decay=0.4)
    assert_same(got, expected, hint="The longest prefix that fits; m multiplies the decay too.")
### END HIDDEN TESTS

# %% test="freeze:stays" points=0.75
# What is frozen stays to the last bit
params = {"conv.w": np.array([2.0, 1 / 3]), "head.w": np.array([3.0])}
got = sgd_step(copied(params), {"head.w": np.array([1.0])}, 0.5, frozen={"conv.w"}, weight_decay=0.5)
assert_same(got, {"conv.w": params["conv.w"], "head.w": np.array([1.75])}, rtol=0, atol=0,
            hint="Frozen: no gradient, no weight decay, but in the result.")
### BEGIN HIDDEN TESTS
source_rng = np.random.default_rng(1205)
params = {name: source_rng.normal(size=(3, 2)) for name in ("a.w", "a.b", "b.w", "b.b")}
grads = {name: source_rng.normal(size=(3, 2)) for name in params}
for frozen in (["a.w"], ("b.b", "a.b"), set(params)):
    got = sgd_step(copied(params), copied(grads), 0.7, frozen=type(frozen)(frozen), weight_decay=0.3)
    assert_same({name: got[name] for name in frozen}, {name: params[name] for name in frozen},
                rtol=0, atol=0, hint="A gradient that is there must not move it either.")
    assert_same(got, optimisers.sgd_step(params, grads, 0.7, frozen=frozen, weight_decay=0.3),
                hint="All other parameters make their step.")
### END HIDDEN TESTS

# %% beside="learned"
@beside_student
def learned(prefixes, seed, steps):
    """Let a small model learn with parts frozen; give its parameters and its state."""
    model, rng = small_model("norm", seed), np.random.default_rng(seed)
    frozen = set().union(*[freeze(model, prefix) for prefix in prefixes])
    for _ in range(steps):
        model.forward(rng.normal(2, 1, (6, 1, 8, 6)), train=True)
        grads = model.backward(rng.normal(size=(6, 5)))
        model.params = sgd_step(model.params, grads, 0.01, frozen=frozen, weight_decay=0.1)
    return dict(model.params), dict(model.state)

# %% test="freeze:learning" points=0.75
# Ten steps of a net whose first block is frozen, statistics included
params, state = learned(["conv1", "batch_norm1"], 0, 10)
model = small_model("norm", 0)
for name, value in [*params.items(), *state.items()]:
    block = name.startswith(("conv1.", "batch_norm1."))
    kept = np.array_equal(value, {**model.params, **model.state}[name])
    assert kept == block, f"{name} {'moved though it is frozen' if block else 'did not move'}."
### BEGIN HIDDEN TESTS
for seed, prefixes in [(7, ["conv", "batch_norm"]), (8, ["batch_norm2"]), (9, ["dense1"])]:
    model, source_rng, frozen = small_model("norm", seed), np.random.default_rng(seed), set()
    for prefix in prefixes:
        frozen |= transfer.freeze(model, prefix)
    for _ in range(3):
        model.forward(source_rng.normal(2, 1, (6, 1, 8, 6)), train=True)
        grads = model.backward(source_rng.normal(size=(6, 5)))
        model.params = optimisers.sgd_step(model.params, grads, 0.01, frozen=frozen,
                                           weight_decay=0.1)
    params, state = learned(prefixes, seed, 3)
    assert_same(state, dict(model.state), rtol=1e-5,
                hint="Which running statistics may move, and which not?")
    assert_same(params, dict(model.params), rtol=1e-5, atol=1e-7,
                hint="After some steps parameters are elsewhere than they should be.")
### END HIDDEN TESTS

# %% beside="step_operands"
@beside_student
def step_operands(params, grads, frozen):
    """Give params and grads as they are after a step whose results were changed."""
    for value in sgd_step(params, grads, 0.5, frozen=frozen).values():
        value += 1
    return copied(params), copied(grads)

# %% test="freeze:contract" points=0.25
# Nothing that was handed over changes, and no result is one of the old arrays
params = {"a": np.array([1.0, 2.0]), "b": np.array([3.0])}
grads = {"a": np.array([1.0, 1.0]), "b": np.array([1.0])}
after = step_operands(copied(params), copied(grads), {"a"})
assert_same(after, (params, grads), hint="Is a frozen array copied, or handed on?")
assert not frozen_by("conv")[2], "The set that you returned is model.frozen itself: give a new one."

# %% [markdown]
# From here on `transfer.freeze` and `optimisers.sgd_step` stand in. Here they are at work on the source net:
# the convolutions are frozen, `dense1` is slow, the head is free. What moved in five steps?

# %% demo
from cnnkit.ops import softmax_cross_entropy

net = transfer.replace_head(source, 5, np.random.default_rng(0))
frozen = transfer.freeze(net, "conv") | transfer.freeze(net, "batch_norm")
begun = net.copy()
for start in range(0, 125, 25):
    x, y = (part[start : start + 25] for part in few_from)
    loss, dscores = softmax_cross_entropy(net.forward(x, train=True), y)
    net.params = optimisers.sgd_step(net.params, net.backward(dscores), 0.05, frozen=frozen,
                                     lr_mult={"dense1": 0.1}, weight_decay=0.001)
    print(f"loss {loss:.2f}", end="  ")
print()
for name, p in net.params.items():
    print(f"{name:18} moved by up to {np.abs(p - begun.params[name]).max():.4f}")

# %% [markdown]
# ---
# ## 4 · A frozen net makes features
#
# If the first layers never move, they compute the same numbers for the same picture in every epoch. So
# compute them **once**, keep them, and train only what comes behind. The frozen net has become a machine
# that turns pictures into features.
#
# Features must be those of a net that is *used*, not trained: nothing is dropped, and batch normalisation
# takes its running statistics. Else the features of a picture would depend on chance, and on the pictures
# that happen to be in the same batch.
#
# `model.outputs(x)` goes forward, `train=False` if nothing is said, and yields the name and the output of
# each layer on the way:

# %% demo
for name, y in source.outputs(few_from[0][:2]):
    print(f"{name:12} {str(y.shape):16} {y.size // 2:5} numbers a picture")

# %% [markdown]
# #### Exercise 3 · `extract_features`
#
# Give what a layer makes of images, a batch at a time: a thousand pictures at once may not fit into
# memory. For no images there is an empty array with the right number of axes: let one empty batch go
# through.
#
# *About 15 minutes.*
#
# <details><summary>Hint 1: one batch</summary>
#
# Go through `model.outputs(...)` until the name is the one that is wanted. The loop can be left there:
# later layers are then not even computed.
# </details>
# <details><summary>Hint 2: all batches</summary>
#
# `range(0, len(X), batch)` gives the starts; a slice that reaches beyond the end stops there by itself.
# `np.concatenate` joins the parts along the first axis.
# </details>
# <details><summary>Hint 3: no images</summary>
#
# `range(0, 0, batch)` is empty, and nothing can't be joined. How long must the range be at least?
# </details>

# %% exercise="extract_features" forbids="cnnkit.extract_features torch" minutes=15
def extract_features(model, X, layer, batch):
    """Give what a layer makes of images, as after training.

    Parameters
    ----------
    model : Sequential
        Not changed: neither its parameters nor its state.
    X : ndarray, shape (N, C, H, W)
        N may be 0.
    layer : str
        A name in ``model.layers``.
    batch : int, at least 1
        How many images go through the model at a time; the last batch may be shorter. It changes
        nothing but memory and time.

    Returns
    -------
    features : ndarray, shape (N, ...)
        The output of that layer, without dropout and with running statistics.

    Raises
    ------
    ValueError
        If the model has no layer of that name.

    Examples
    --------
    >>> model = NormNet(np.random.default_rng(0))
    >>> extract_features(model, np.zeros((5, 1, 28, 28)), "flatten1", 2).shape
    (5, 1568)
    """
    ### BEGIN SOLUTION
    if layer not in model.layers:
        raise ValueError(f"There is no layer {layer!r}: there are {', '.join(model.layers)}.")
    parts = []
    for start in range(0, max(1, len(X)), batch):
        outputs = dict(model.outputs(X[start : start + batch]))
        parts.append(outputs[layer])
    return np.concatenate(parts)
    ### END SOLUTION

# %% beside="features_of"
@beside_student
def features_of(seed, X, layer, batch):
    """Give a small model's features, its arrays afterwards, and how many images it saw each time."""
    model, seen = small_model("norm", seed), []
    outputs = model.outputs

    def watched(x, train=False):
        seen.append(len(x))
        return outputs(x, train)

    model.outputs = watched
    features = extract_features(model, X, layer, batch)
    return features, {**model.params, **model.state}, seen

# %% test="extract_features:values" points=0.75
# The output of the layer that is asked for
X = np.random.default_rng(0).normal(size=(4, 1, 8, 6))
expected = dict(small_model("norm", 0).outputs(X))
for name in ("conv1", "max_pool1", "flatten1", "dense2"):
    got, _, _ = features_of(0, X.copy(), name, 4)
    assert_same(got, expected[name], hint=f"The output of {name}, not its input, not the scores.")
### BEGIN HIDDEN TESTS
for seed, n, names in [(3, 5, ("batch_norm1", "relu2", "dense1")), (4, 1, ("relu1", "max_pool2"))]:
    X = np.random.default_rng(seed).normal(-1, 2, size=(n, 1, 8, 6))
    expected = dict(small_model("norm", seed).outputs(X))
    for name in names:
        got, _, _ = features_of(seed, X.copy(), name, 10)
        assert_same(got, expected[name], hint=f"The output of {name} for all images.")
### END HIDDEN TESTS

# %% test="extract_features:batches" points=0.5
# Batches change nothing but memory
X = np.random.default_rng(1).normal(size=(7, 1, 8, 6))
whole, _, _ = features_of(0, X.copy(), "flatten1", 7)
for batch in (1, 3):
    got, _, seen = features_of(0, X.copy(), "flatten1", batch)
    assert_same(got, whole, hint=f"7 images, {batch} at a time: the last ones belong to it too.")
    assert max(seen) <= batch, f"{max(seen)} images at once, where {batch} are allowed."
### BEGIN HIDDEN TESTS
X = np.random.default_rng(1207).normal(size=(11, 1, 8, 6))
whole, _, _ = features_of(5, X.copy(), "max_pool1", 20)
for batch in (4, 5):
    got, _, seen = features_of(5, X.copy(), "max_pool1", batch)
    assert_same(got, whole, hint="No image may be lost, and none depends on the others.")
    assert max(seen) <= batch, f"{max(seen)} images at once, where {batch} are allowed."
### END HIDDEN TESTS

# %% test="extract_features:evaluation" points=0.5
# As after training: nothing is dropped, no statistics of the batch
X = np.random.default_rng(2).normal(3, 1, size=(6, 1, 8, 6))
kept, arrays, _ = features_of(0, X.copy(), "dropout1", 6)
assert_same(len(kept), 6, hint="Features of six images.")
again, _, _ = features_of(0, X.copy(), "dropout1", 6)
alone, _, _ = features_of(0, X[:1].copy(), "dropout1", 6)
assert_same(kept, again, hint="Two calls, two results: is something dropped?")
assert_same(kept[:1], alone, hint="The features of an image depend on the other images.")
model = small_model("norm", 0)
assert_same(arrays, {**model.params, **model.state}, hint="The running statistics have moved.")
### BEGIN HIDDEN TESTS
for seed, layer in [(6, "batch_norm1"), (7, "dropout1")]:
    X = np.random.default_rng(seed).normal(-2, 3, size=(5, 1, 8, 6))
    together, arrays, _ = features_of(seed, X.copy(), layer, 5)
    alone, _, _ = features_of(seed, X[3:4].copy(), layer, 5)
    assert_same(together[3:4], alone, hint="The features of an image depend on the other images.")
    model = small_model("norm", seed)
    assert_same(arrays, {**model.params, **model.state}, hint="The model was changed.")
### END HIDDEN TESTS

# %% test="extract_features:edges" points=0.25
# No images, and a layer that is not there
got, _, _ = features_of(0, np.zeros((0, 1, 8, 6)), "max_pool1", 3)
assert_shape(got, (0, 3, 4, 3), hint="No images: an empty array, three maps of 4 × 3.")
for layer in ("conv3", "conv", ""):
    with assert_raises(ValueError, hint=f"There is no layer {layer!r}."):
        features_of(0, np.ones((2, 1, 8, 6)), layer, 2)

# %% [markdown]
# From here on `transfer.extract_features` stands in.
#
# **How much time is saved?** 100 pictures of the target, 20 of each class, and two new dense layers, 30
# epochs: once through the whole net with its convolutions frozen, once on features that were computed
# before.

# %% demo
import time

from cnnkit.layers import Dropout

few = transfer.few_per_class(few_from[1], 20, np.random.default_rng(0))
few_x, few_y = few_from[0][few], few_from[1][few]
net = transfer.replace_head(source, 5, np.random.default_rng(0))
for prefix in ("conv", "batch_norm"):
    transfer.freeze(net, prefix)
rng = np.random.default_rng(0)
top = Sequential(Dense(288, 64, rng), ReLU(), Dropout(0.25), Dense(64, 5, rng), rng=rng)
options = {"epochs": 30, "batch_size": 25, "rng": rng, "progress": False}
began = time.perf_counter()
training.fit(net, few_x, few_y, optimiser=Adam(0.001), **options)
whole = time.perf_counter() - began
features = transfer.extract_features(source, few_x, "flatten1", 50)
training.fit(top.astype(np.float32), features, few_y, optimiser=Adam(0.001), **options)
print(f"the whole net {whole:.2f} s, features first {time.perf_counter() - began - whole:.2f} s")

# %% [markdown] quiz="which_layer"
# **Which layer is worth taking?** Next we train one dense layer, and nothing else, on the features of each
# stage: 20 pictures of each class. The source net ends with `relu4`, 64 numbers from which it tells
# T-shirts from coats. **Predict:** which features tell boots from sandals best?
# - [ ] Those of `relu4`: the deeper, the cleverer :: Clever for another task. What does not help to tell
#   T-shirts from coats was thrown away on the way there.
# - [x] Those of the last pool, before the dense layers :: Far enough to have found shapes, not so far as to
#   be about T-shirts only.
# - [ ] The pixels; nothing is lost there :: Nothing is lost, but everything that moved is somewhere else.

# %% demo
def head_on(net, layer, seed):
    """Train one dense layer on a layer's features; give its accuracy on the validation."""
    F, G = few_x, validation[0]
    if layer != "pixels":
        F, G = (transfer.extract_features(net, part, layer, 250) for part in (F, G))
    F, G = (part.reshape(len(part), -1) / F.std() for part in (F, G))
    rng = np.random.default_rng(seed)
    top = Sequential(Dense(F.shape[1], 5, rng)).astype(np.float32)
    training.fit(top, F, few_y, optimiser=Adam(0.003), epochs=100, batch_size=25, rng=rng,
                 progress=False)
    return training.evaluate(top, G, validation[1])[1]

# %% demo
from cnnkit.pictures import accuracy_by_number

untrained = [NormNet(np.random.default_rng(seed), channels=(8, 16, 32), classes=5).astype(np.float32)
             for seed in (7, 8, 9)]
nets = {"trained on the source": [source] * 3, "random filters": untrained}
stages = ("pixels", "max_pool1", "max_pool2", "flatten1", "relu4")
show(accuracy_by_number({name: {layer: [head_on(net, layer, seed) for seed, net in enumerate(three)]
                                for layer in stages} for name, three in nets.items()},
                        "features of the layer"))

# %% [markdown]
# Read it from left to right; at the pixels both are the same. Even *random* filters with pools make useful
# features here: the pictures are small and the kinds look very different. Trained ones are better on average,
# but by no more than random nets differ among themselves. (The random nets are three; the source net is one,
# and its three runs differ in the head alone. So its bars are too short.) Both are best at the last pool. Behind
# the first dense layer all is lost again: `relu4` keeps what T-shirts, trousers and coats differ in, and for boots
# and bags that is worth no more than random numbers. That is the deck's recipe, measured: keep the convolutions,
# replace the dense layers.

# %% [markdown]
# ---
# ## 5 · A fair comparison
#
# Three ways to begin, one number each, the largest wins? Four things can make such a comparison worthless.
#
# 1. **Other pictures.** With five images of each class it matters much *which* five. All starts must get
#    the same ones.
# 2. **One run.** Draw again, begin again, and the number is another one. So repeat with several **seeds**,
#    and tell the mean $\bar a$ and the spread $s = \sqrt{\tfrac{1}{n-1} \sum_{i=1}^n (a_i - \bar a)^2}$.
# 3. **Other care.** A start that was tried with one learning rate loses against one that was tried with
#    ten. Give all the same rates to choose from.
# 4. **Choosing on the test set.** Who tries ten rates and tells the best *test* accuracy tells the luck of
#    that test set. The **validation** chooses. The test set sees only what was chosen, once.
#
# **By hand.** Accuracies 0.70, 0.74 and 0.78: the mean is 0.74; the deviations are −0.04, 0 and 0.04, the sum
# of their squares is 0.0032, and $s = \sqrt{0.0032 / 2} = 0.04$. (With $n$ for $n - 1$ it would be 0.033: too
# small, since the mean was fitted to the same three numbers.)

# %% [markdown] quiz="luck"
# **Predict.** Ten models are all equally good: each gets 80 % of *all* boots and bags right. A test set of 100
# pictures is asked about each of them, and the best of the ten numbers is told. What is it, on average?
# - [ ] 80 % :: The mean of the ten is. The best of ten is not the mean.
# - [ ] 82 % :: Luck is worth more: a single number from 100 pictures has a spread of 4 points.
# - [x] About 86 % :: The best of ten lies one and a half spreads above the mean. Nothing has been learned.

# %% demo
rng = np.random.default_rng(5)
right = rng.binomial(100, 0.8, size=(10_000, 10))  # 10,000 times: ten models, 100 pictures
print(f"spread of one model: {right[:, 0].std():.1f} points")
print(f"mean of the best of ten: {right.max(axis=1).mean():.1f} %")

# %% [markdown]
# #### Exercise 4 · `compare_starts`
#
# Write the comparison once, for any way to train. It is handed a function,
# `train(start, X, y, rate, seed) -> predict`, which trains from a start and gives back a function:
# `predict(X)` gives labels. For each seed:
#
# - draw `per_class` different images of each class of the training set, with
#   `np.random.default_rng(seed)`: the same ones for all starts and rates, others for other seeds; their
#   order is free;
# - from each start train once with each rate, and pass the seed on;
# - for each start choose, anew for each seed, the rate whose model is best on the validation, of equal
#   ones the first;
# - let the chosen model, and no other, predict the whole test set, once.
#
# *About 35 minutes.*
#
# <details><summary>Hint 1: the order of the loops</summary>
#
# Seeds outside, then draw, then starts, then rates. Where in this nest are images drawn, and where is the
# test set asked?
# </details>
# <details><summary>Hint 2: drawing</summary>
#
# Class by class: the places where `y` is that class, and `rng.choice(..., replace=False)` of them. It
# raises a ValueError by itself if there are too few.
# </details>
# <details><summary>Hint 3: choosing and telling</summary>
#
# Keep all `predict` of one start in a list; `np.argmax` takes the first of equal ones. The accuracy is the
# mean of `predict(X) == y`. `np.std` has an argument `ddof`.
# </details>

# %% exercise="compare_starts" forbids="cnnkit.compare_starts cnnkit.few_per_class cnnkit.run_ablation torch" minutes=35
def compare_starts(train, starts, rates, training, validation, test, *, per_class, seeds):
    """Compare ways to begin a training, on the same few images, each at its best learning rate.

    Parameters
    ----------
    train : callable
        ``train(start, X, y, rate, seed) -> predict``, and ``predict(X)`` gives labels (N,).
    starts : list of str
    rates : list of float
    training, validation, test : tuple (X, y)
        Images (N, C, H, W) and labels (N,). Not changed.
    per_class : int
        How many images of each class of ``training`` to draw.
    seeds : list of int
        Two or more.

    Returns
    -------
    result : dict
        For each start a dict with 'scores' (a list of float: the accuracies on the test set, a
        seed each, in order), their 'mean' and 'sd', divisor n - 1.

    Raises
    ------
    ValueError
        If there are fewer than two seeds, or a class has fewer than per_class images.

    Examples
    --------
    >>> X, y = np.arange(6.0).reshape(6, 1, 1, 1), np.array([0, 1, 0, 1, 0, 0])
    >>> def train(start, X, y, rate, seed):  # learns nothing, and always says 0
    ...     return lambda X: np.zeros(len(X), int)
    >>> found = compare_starts(train, ["zero"], [0.1], (X, y), (X, y), (X[:4], y[:4]),
    ...                        per_class=2, seeds=[0, 1])
    >>> found["zero"]
    {'scores': [0.5, 0.5], 'mean': 0.5, 'sd': 0.0}
    """
    ### BEGIN SOLUTION
    if len(seeds) < 2:
        raise ValueError("There must be two seeds at least: one has no spread.")
    X, y = training
    scores = {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        few = [rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in np.unique(y)]
        few = np.concatenate(few)
        for start in starts:
            models = [train(start, X[few], y[few], rate, seed) for rate in rates]
            valid = [np.mean(predict(validation[0]) == validation[1]) for predict in models]
            chosen = models[int(np.argmax(valid))]
            scores[start].append(float(np.mean(chosen(test[0]) == test[1])))
    return {start: {"scores": a, "mean": float(np.mean(a)), "sd": float(np.std(a, ddof=1))}
            for start, a in scores.items()}
    ### END SOLUTION

# %% [markdown]
# To test it we don't train. The next cell hands over a `train` that only takes **notes**: which images it was
# given, and how often its models were asked about which image. How many answers are right, it is told. Each
# image is one pixel, its number: 0, 1, 2, … for those to learn from, 100 and more in the validation, 200 and
# more in the test set.

# %% beside="rehearsed"
@beside_student
def rehearsed(labels, right, *, starts, rates, seeds, per_class):
    """Run `compare_starts` with a train that takes notes; right[0] of 20 in validation, right[1] in test."""
    drawn, asked = {}, np.zeros(220, int)

    def train(start, X, y, rate, seed):
        place = seeds.index(seed), starts.index(start), rates.index(rate)
        drawn[place] = X.ravel().astype(int), np.array(y)

        def predict(X):
            ids = X.ravel().astype(int)
            np.add.at(asked, ids, 1)
            return (ids % 100 < right[int(ids[0] >= 200)][place]).astype(int)

        return predict

    ids, ones = np.arange(220.0).reshape(-1, 1, 1, 1), np.ones(20, int)
    sets = (ids[: len(labels)], labels), (ids[100:120], ones), (ids[200:], ones)
    result = compare_starts(train, starts, rates, *sets, per_class=per_class, seeds=seeds)
    return result, drawn, asked

# %% test="compare_starts:mean_and_spread" points=1
# Mean and spread over the seeds, one learning rate
thirds, setting = np.arange(30) % 3, {"starts": ["new", "old"], "rates": [0.1], "seeds": [3, 4, 5]}
right = np.zeros((2, 3, 2, 1), int)  # in validation and test, by seed, start and rate
right[1, :, 0, 0], right[1, :, 1, 0] = (10, 12, 17), (18, 18, 18)
got, _, _ = rehearsed(thirds.copy(), right.copy(), **setting, per_class=4)
assert_same(got["new"]["scores"], [0.5, 0.6, 0.85], hint="10, 12 and 17 of 20 are right.")
assert_same(got["new"]["mean"], 0.65, hint="The mean of the three.")
assert_same(got["new"]["sd"], float(np.sqrt(0.065 / 2)), hint="n − 1 below the sum of squares.")
assert_same(got["old"], {"scores": [0.9, 0.9, 0.9], "mean": 0.9, "sd": 0.0},
            hint="Equal accuracies have no spread.")
### BEGIN HIDDEN TESTS
source_rng = np.random.default_rng(1210)
for n_seeds, n_starts in [(2, 3), (5, 1)]:
    right = source_rng.integers(1, 20, (2, n_seeds, n_starts, 1))
    names = [f"start {n}" for n in range(n_starts)]
    got, _, _ = rehearsed(thirds.copy(), right.copy(), starts=list(names), rates=[1.0], per_class=2,
                          seeds=[11 * n for n in range(n_seeds)])
    for name, row in zip(names, right[1, :, :, 0].T / 20, strict=True):
        expected = {"scores": row.tolist(), "mean": float(row.mean()),
                    "sd": float(row.std(ddof=1))}
        assert_same(got[name], expected, hint="All seeds count; the spread has n − 1.")
### END HIDDEN TESTS

# %% test="compare_starts:same_images" points=1
# The same images for all starts and rates, so many of each class, others for other seeds
thirds = np.arange(30) % 3
setting = {"starts": ["new", "old"], "rates": [0.1, 0.2], "seeds": [3, 4, 5]}
_, drawn, _ = rehearsed(thirds, np.ones((2, 3, 2, 2), int), **setting, per_class=4)
for place in drawn:
    ids, y = drawn[place]
    assert_same(np.bincount(y).tolist(), [4, 4, 4], hint="Four images of each class.")
    assert_same(y, ids % 3, hint="Here the label of image n is n % 3: each must keep its own.")
    assert len(set(ids.tolist())) == 12, "An image was drawn twice."
    assert_same(sorted(ids.tolist()), sorted(drawn[place[0], 0, 0][0].tolist()),
                hint="All starts and rates of one seed learn from the same images.")
assert set(drawn[0, 0, 0][0].tolist()) != set(drawn[1, 0, 0][0].tolist()), "Seeds 3 and 4 drew alike."
### BEGIN HIDDEN TESTS
source_rng = np.random.default_rng(1211)
y_all = source_rng.permutation([0] * 30 + [1] * 9 + [2] * 12)
for per_class, seeds in [(9, [0, 7]), (2, [8, 9])]:
    setting = {"starts": list("abc"), "rates": [1.0, 2.0], "seeds": seeds}
    _, drawn, _ = rehearsed(y_all.copy(), np.ones((2, 2, 3, 2), int), **setting,
                            per_class=per_class)
    assert len(drawn) == 12, "Each seed, start and rate is trained once."
    for (seed, _, _), (ids, y) in drawn.items():
        assert_same(np.bincount(y).tolist(), [per_class] * 3, hint="As many of each class.")
        assert_same(y, y_all[ids], hint="Each image with its own label.")
        assert len(set(ids.tolist())) == 3 * per_class, "An image was drawn twice."
        assert_same(sorted(ids.tolist()), sorted(drawn[seed, 0, 0][0].tolist()),
                    hint="All starts and rates of one seed learn from the same images.")
    assert set(drawn[0, 0, 0][0].tolist()) != set(drawn[1, 0, 0][0].tolist()), "Two seeds drew alike."
### END HIDDEN TESTS

# %% test="compare_starts:choice" points=1
# The validation chooses the rate, of equal ones the first
thirds, right = np.arange(30) % 3, np.zeros((2, 2, 1, 3), int)
right[0, :, 0], right[1, :, 0] = [[7, 15, 15], [16, 3, 9]], [[19, 10, 12], [11, 20, 13]]
setting = {"starts": ["new"], "rates": [0.1, 0.2, 0.3], "seeds": [0, 1]}
got, _, _ = rehearsed(thirds, right, **setting, per_class=1)
assert_same(got["new"]["scores"], [0.5, 0.55],
            hint="Seed 0: the second rate, 15 in the validation, first of two; so 10 in the test.")
### BEGIN HIDDEN TESTS
source_rng = np.random.default_rng(1212)
for n_rates in (2, 4):
    right = np.array([source_rng.integers(5, 9, (3, 2, n_rates)),
                      source_rng.integers(0, 20, (3, 2, n_rates))])
    setting = {"starts": ["a", "b"], "rates": list(range(n_rates)), "seeds": [5, 6, 7]}
    got, _, _ = rehearsed(thirds, right.copy(), **setting, per_class=1)
    chosen = right[0].argmax(axis=2)
    expected = np.take_along_axis(right[1], chosen[..., None], axis=2)[..., 0] / 20
    for n, name in enumerate("ab"):
        assert_same(got[name]["scores"], expected[:, n].tolist(),
                    hint="For each seed and start its own choice, by the validation alone.")
### END HIDDEN TESTS

# %% test="compare_starts:once" points=0.4
# Each model is asked about the validation once, and only the chosen one about the test set
thirds = np.arange(30) % 3
setting = {"starts": ["new", "old"], "rates": [0.1, 0.2, 0.3], "seeds": [3, 4]}
_, _, asked = rehearsed(thirds, np.ones((2, 2, 2, 3), int), **setting, per_class=4)
assert_same(asked[200:], np.full(20, 4), hint="Two seeds, two starts: four models see the test set.")
assert_same(asked[100:120], np.full(20, 12), hint="Three rates more: twelve see the validation.")

# %% test="compare_starts:errors" points=0.6
# Too few seeds, too few images
thirds, right = np.arange(30) % 3, np.ones((2, 1, 1, 1), int)
with assert_raises(ValueError, hint="One seed has no spread: n − 1 is 0."):
    rehearsed(thirds, right, starts=["new"], rates=[1.0], seeds=[0], per_class=4)
right = np.ones((2, 2, 1, 1), int)
with assert_raises(ValueError, hint="There are ten images of each class, not eleven."):
    rehearsed(thirds, right, starts=["new"], rates=[1.0], seeds=[0, 1], per_class=11)
### BEGIN HIDDEN TESTS
with assert_raises(ValueError, hint="One class has fewer images than per_class."):
    rehearsed(np.array([0] * 9 + [1] * 3), right, starts=["new"], rates=[1.0], seeds=[0, 1],
              per_class=4)
### END HIDDEN TESTS

# %% [markdown]
# ---
# ## 6 · Does it help?
#
# From here on `transfer.compare_starts` stands in. First a small comparison, now, on your machine: 20 pictures
# of each class, three seeds. `begin` makes the three starts of section 2. The fresh `dense1` is taken from a
# fresh net.

# %% demo
def begin(start, seed):
    rng = np.random.default_rng(seed)
    fresh = NormNet(rng, channels=(8, 16, 32), classes=5).astype(np.float32)
    if start == "scratch":
        return fresh
    model = transfer.replace_head(source, 5, rng)
    for name in ("dense1.w", "dense1.b"):
        model.params[name] = fresh.params[name]
    if start == "frozen":
        for prefix in ("conv", "batch_norm"):
            transfer.freeze(model, prefix)
    return model

# %% demo
def train(start, X, y, rate, seed):
    model = begin(start, seed)
    training.fit(model, X, y, optimiser=Adam(rate), epochs=25, batch_size=25, progress=False,
                 rng=np.random.default_rng(seed))
    return lambda images: training.predict(model, images)


starts = ["scratch", "frozen", "fine-tuned"]
result = transfer.compare_starts(train, starts, [0.003], few_from, validation, test, per_class=20,
                                 seeds=[0, 1, 2])
for start, found in result.items():
    scores = ", ".join(f"{score:.1%}" for score in found["scores"])
    print(f"{start:10} {found['mean']:.1%} ± {found['sd']:.1%}   ({scores})")

# %% [markdown]
# One number of pictures, one rate, three seeds: an indication. The full comparison takes too long for a
# notebook, so its results were recorded: five seeds with a source net each, and for each start the
# better of two rates.

# %% demo items="163"
from cnnkit import recorded

record = recorded.load("12_transfer")


def scores_of(**settings):
    """Give the recorded accuracies of the runs with these settings, a seed each."""
    usual = {"source": "apparel", "pictures": "moved", "augmented": False, "per_class": 20}
    wanted = {**usual, **settings}
    return [run["accuracy"] for run in record.runs if wanted.items() <= run.items()]


sizes = (5, 10, 20, 50, 450)
by_size = {start: {f"{n}": scores_of(start=start, copied=copied, per_class=n) for n in sizes}
           for start, copied in [("scratch", 0), ("frozen", 3), ("fine-tuned", 3)]}
print(record.label)
show(accuracy_by_number(by_size, "pictures of each target class"))

# %% demo
for n in sizes:
    scratch, tuned = (np.array(by_size[start][f"{n}"]) for start in ("scratch", "fine-tuned"))
    gain = tuned - scratch
    spreads = ", ".join(f"{100 * runs.std(ddof=1):.1f}" for runs in (scratch, tuned, gain))
    print(f"{n:3} of each: gain {100 * gain.mean():+.1f} points, above 0 for {np.sum(gain > 0)} of "
          f"{len(gain)} seeds; spread of scratch, fine-tuned, gain: {spreads}")

# %% [markdown]
# The gain of each seed is a difference on the *same* pictures. What a lucky draw gives to both starts cancels,
# and only that. Here it is little: most of the luck lies in the training itself, each start has its own, and two
# lucks together can spread more than one. So a pair for each seed is right, but no cure; more seeds are.

# %% [markdown] items="164"
# **A better starting point.** Why does it help, if every start may move as far as it likes? The deck says it in
# one line: the copied weights are a better starting point for the optimiser. Then the difference should
# show *early*. Here are the first epochs of the three starts.

# %% demo items="164"
from cnnkit.pictures import learning_curves

curves = {}
for start in starts:
    curves[start] = training.fit(
        begin(start, 0), few_x, few_y, optimiser=Adam(0.003), epochs=12, batch_size=25, progress=False,
        rng=np.random.default_rng(0), validation=validation)
show(learning_curves(curves))

# %% [markdown]
# All three learn the hundred pictures nearly by heart (dashed). What differs is what they make of pictures that they
# have not seen, and after how many epochs.
#
# Don't believe such a picture too fast. Why does *scratch* stay at 20 % on the validation for epochs, while it
# gets most of its own pictures right? 20 % is one class for everything. Features can hardly be that bad; the
# running statistics can. They begin at mean 0 and variance 1, go a tenth of the way in each step, and an epoch
# has only four steps here. Let us stop after five epochs, and after 25 as above, and let the statistics alone
# catch up: of *scratch*, and in fairness of *fine-tuned* too. (The same hundred pictures for all; half a minute.)

# %% demo
for epochs, start in [(5, "scratch"), (5, "fine-tuned"), (25, "scratch"), (25, "fine-tuned")]:
    scores = []
    for seed in range(3):
        net = begin(start, seed)
        training.fit(net, few_x, few_y, optimiser=Adam(0.003), epochs=epochs, batch_size=25,
                     progress=False, rng=np.random.default_rng(seed))
        scores.append([training.evaluate(net, *validation)[1]])
        for _ in range(50):
            net.forward(few_x, train=True)  # no gradient, no step: only the statistics move
        scores[-1].append(training.evaluate(net, *validation)[1])
    as_it_is, caught_up = np.mean(scores, axis=0)
    print(f"{epochs:2} epochs, {start:10}: {as_it_is:.1%}, caught up {caught_up:.1%} (three seeds)")

# %% [markdown]
# Compare the two starts epoch by epoch, before and after. Most of the *early* lead was the copied statistics, not
# the copied filters. Both belong to a better starting point, but one of them could be had for nothing. After 25
# epochs most of the lead stays, whatever the statistics do: that is due to the filters.
#
# ### How much to keep?
#
# The deck: *typical approach, but could keep more or less*. Four blocks can be copied, from the front. Recorded,
# 20 pictures of each class, three seeds, 0 blocks being scratch:

# %% demo items="163"
kept = ("0\nnothing", "1\nconv1", "2\nand conv2", "3\nand conv3", "4\nand dense1")
by_depth = {start: {label: scores_of(start=start if copied else "scratch", copied=copied)[:3]
                    for copied, label in enumerate(kept)} for start in ("frozen", "fine-tuned")}
for start, runs in by_depth.items():
    zero, first, three, four = (np.mean(runs[kept[n]]) for n in (0, 1, 3, 4))
    print(f"{start:10}: nothing {zero:.1%}, one block {first:.1%}, three {three:.1%}, "
          f"dense1 as well {four:.1%}")
print(record.label)
show(accuracy_by_number(by_depth, "blocks that are copied from the source net"))

# %% [markdown]
# So how much to keep? The convolutions: the first block brings most of the gain already, and three seeds can't
# tell one block from two or three. `dense1` knows T-shirts. Kept *frozen* it is worse than nothing; *fine-tuned*
# it learns anew, and the harm is undone.
#
# ### How much to freeze?
#
# To keep a block is one choice, to **freeze** it another. The slider takes over all four blocks, freezes the first
# of them and lets the rest learn: at 0 everything is fine-tuned, at 4 only the head learns. Its accuracies are
# recorded as well, with 5, 20 and 50 pictures of each class, and first it asks which depth is best with 5. What
# becomes of it with 50? What are blocks worth that are frozen *from scratch*, as they were drawn? And how many of
# the net's parameters learn when all convolutions are frozen? It asks that too, if you choose so under *predict*.
#
# The table of the net is not recorded. Whenever the slider moves, a new head is made, `freeze` is called layer by
# layer, and two steps of training show what moves, the running statistics too.
# `freeze_slider(freeze, sgd_step, replace_head)` does that with your own functions, and says what moved though it
# was frozen.

# %% demo
from cnnkit.widgets import freeze_slider

freeze_slider()

# %% [markdown]
# What did freezing bring here? Hardly any accuracy. With 5 and 20 pictures of each class three seeds find no
# difference between none, one and two frozen blocks; with 50, two are ahead of none by 1.8 ± 1.1 points, and they
# were picked as the best of five on the test set, as nobody should (section 5). The third block costs three or four
# points, and where `dense1` is frozen too the head alone does worse than a whole net from scratch. Even blocks that
# stay *as they were drawn* cost nothing that could be seen, up to two of them: section 4 found random filters useful
# as well. What freezing does save is work: nothing goes back through a frozen block, and what it makes of a picture
# can be computed once. It hardly saves parameters: `dense1` alone holds three quarters of them.
#
# ### Where it helps, and where not
#
# A method that always helped would need no comparison. The same record has other cases. One of them is the
# remedy of chapter 11: the 20 pictures of each class are moved anew in every epoch, for both starts.

# %% [markdown] quiz="on_top"
# **Predict.** With this augmentation, what does fine-tuning gain over scratch?
# - [ ] As much as without it: two remedies add up. :: They would, if they taught different things.
# - [x] Hardly anything :: The source net, too, knew above all that the place does not matter. Who learns it from
#   moved pictures need not be told again.
# - [ ] More: the better start makes more of the pictures. :: It has less to make of them: what it knows ahead is
#   what the moved pictures teach.

# %% demo
def tell(what, start="fine-tuned", **settings):
    scratch = np.array(scores_of(start="scratch", copied=0, **{**settings, "source": "apparel"}))
    other = np.array(scores_of(start=start, copied=3, **settings))
    n = min(len(scratch), len(other))  # seeds that both have
    gain = 100 * (other[:n] - scratch[:n])
    print(f"{what:29} scratch {scratch[:n].mean():.1%}, {start} {other[:n].mean():.1%}, gain "
          f"{gain.mean():+.1f} ± {gain.std(ddof=1):.1f} points, {n} seeds")


tell("as above, 20 of each:")
tell("with all 450 of each:", per_class=450)
tell("with all 450 of each:", start="frozen", per_class=450)
tell("centred pictures, 20 of each:", pictures="centred")
tell("centred pictures, 5 of each:", pictures="centred", per_class=5)
tell("both augmented, 20 of each:", augmented=True)
tell("source net trained on digits:", source="digits")

# %% [markdown]
# Take it case by case.
# - **Enough pictures of one's own.** The more there are, the less there is to gain: with hundreds of each class
#   a net finds the same edges by itself. Filters that stay frozen, made for coats, may then even be a fetter; three
#   seeds can hardly tell.
# - **Pictures that vary little.** In the middle of the picture, always the same way up, these five kinds can be
#   told apart by nearly anything. What the source net knew above all was *that the place does not matter*;
#   where the place never changes, that is worth little.
# - **Augmentation** (chapter 11) teaches the same lesson without any source: move the few pictures anew in every
#   epoch. Here that brings more than transfer, and transfer on top of it brings nothing that could be seen. Try
#   the cheap remedy first.
# - **A source that is far** may serve as well. Digits have neither sleeves nor heels, but strokes, corners and
#   places. What is shared between tasks is what the *first* layers know; the picture above says the same.
#
# Three or five seeds tell differences of a few points, and no smaller ones. And all seeds are asked about the same
# 500 test pictures, whose own luck no seed shows: for an accuracy of 85 % it is
# $\sqrt{0.85 \cdot 0.15 / 500}$, 1.6 points. Where a gain is smaller than its spread, or than that, say: *no
# difference was found*.

# %% [markdown]
# ### What fine-tuning does to filters
#
# How far do copied filters move? Here is the first layer before and after 25 epochs on a hundred pictures.

# %% demo
from cnnkit.pictures import filters_changed

net = begin("fine-tuned", 0)
before = {name: value.copy() for name, value in net.params.items()}
training.fit(net, few_x, few_y, optimiser=Adam(0.003), epochs=25, batch_size=25, progress=False,
             rng=np.random.default_rng(0))
for name in ("conv1.w", "conv2.w", "conv3.w", "dense1.w", "dense2.w"):
    change = np.linalg.norm(net.params[name] - before[name]) / np.linalg.norm(before[name])
    print(f"{name}: changed by {change:.0%} of its size")
show(filters_changed(before["conv1.w"], net.params["conv1.w"]))

# %% [markdown]
# Copied filters shift a little and keep their shape, the first ones least: what is general is right already. That
# is why a small rate for copied layers, or none at all, costs so little.
#
# ---
# ## 7 · The same in torch
#
# Large nets are rarely trained in NumPy, and their weights come from somewhere else. The steps are the same. First
# our source net as a net of torch: the same layers, the same numbers, so the same scores.

# %% demo
import torch
from torch import nn

torch.set_num_threads(1)
layers = []
for C, O in [(1, 8), (8, 16), (16, 32)]:
    layers += [nn.Conv2d(C, O, 3, padding=1, bias=False), nn.BatchNorm2d(O), nn.ReLU(),
               nn.MaxPool2d(2)]
twin = nn.Sequential(*layers, nn.Flatten(), nn.Linear(288, 64), nn.ReLU(), nn.Dropout(0.25),
                     nn.Linear(64, 5))
theirs = {"w": "weight", "gamma": "weight", "b": "bias", "beta": "bias", "mean": "running_mean",
          "var": "running_var"}
arrays = {**source.params, **source.state}
for layer, module in zip(source.layers, twin, strict=True):
    for name in [name for name in arrays if name.partition(".")[0] == layer]:
        tensor = getattr(module, theirs[name.partition(".")[2]])
        tensor.data.copy_(torch.from_numpy(arrays[name]))

# %% demo
from cnnkit import transfer_torch

twin.eval()  # in torch the net remembers whether it is in training
with torch.no_grad():
    scores = twin(torch.from_numpy(validation[0])).numpy()
print("largest difference of the scores:", np.abs(scores - source.forward(validation[0])).max())
new = transfer_torch.replace_head(twin, 5, np.random.default_rng(0))
new[13].reset_parameters()  # dense1: a fresh one, as above
# a Sequential of torch names its layers by number: 0, 4 and 8 are the convolutions, 1, 5 and 9 their
# batch normalisation, which keeps the whole rate, like the dense layers 13 and 16
slow = transfer_torch.rate_groups(new, 0.003, {"0.": 0.1, "4.": 0.1, "8.": 0.1})
for group in slow:
    print(f"rate {group['lr']:.4f} for {len(group['params'])} arrays")
training.fit(new, few_x, few_y, optimiser=torch.optim.Adam(slow), epochs=25, batch_size=25, progress=False,
             rng=np.random.default_rng(0))
print(f"convolutions at a tenth of the rate: right {training.evaluate(new, *test)[1]:.1%}")

# %% [markdown]
# What `transfer_torch` does for you is little, and worth knowing by its torch names:
#
# | Here | In torch |
# |---|---|
# | `replace_head(model, 5, rng)` | `model.fc = nn.Linear(model.fc.in_features, 5)`, on a copy of the model |
# | `freeze(model, "conv")` | `p.requires_grad_(False)` for each parameter, **and** `.eval()` for batch normalisation, after every `.train()` |
# | `lr_mult` | *parameter groups*: a list of dicts with `params` and `lr` for the optimiser |
# | `extract_features` | a *forward hook*, or the net without its last layers, in `eval()` and under `torch.no_grad()` |
#
# A weight decay does not move a parameter without gradient in torch's optimisers: they skip it. Set its gradient
# to *zeros* instead of none, and it moves.

# %% demo
moving = {}
for grad in (None, torch.zeros(1)):
    weight = nn.Parameter(torch.ones(1))
    weight.grad = grad
    torch.optim.SGD([weight], lr=0.1, weight_decay=0.5).step()
    print(f"gradient {grad}: the weight goes from 1 to {weight.item():.2f}")

# %% [markdown]
# ---
# ## What you learned
#
# - A trained net is its parameters **and** its running statistics. A new task needs a new head at least.
# - *Frozen* means: no gradient, no weight decay, no drifting statistics. *Fine-tuned* means: begun at the copied
#   numbers, and free to move, often with a smaller rate.
# - What is frozen can be computed once. Late layers know their own task best and are worth least to another.
# - A comparison needs the same pictures, several seeds with a spread, the same care for all, and a test set that
#   nothing was chosen on.
# - Transfer helps most with few pictures and a source that knows what the target needs. With many pictures, or
#   easy ones, there is little to gain; say so where it is so.
#
# ## Three questions

# %% [markdown] quiz="end_frozen"
# **1.** Somebody freezes everything below the head of a net with batch normalisation, by giving it no gradient,
# and trains a new head. Afterwards the *old* head, put back, gives worse scores than before. Why?
# - [ ] The convolutions have moved a little by rounding. :: What is not updated does not move.
# - [x] The running statistics went on in training. :: They follow the pictures that pass, and the old
#   head knew features that were normalised otherwise.
# - [ ] A head can only be used once. :: It is an array like any other.

# %% [markdown] quiz="end_step"
# **2.** $p = 1$, $dp = 2$, learning rate 0.1, factor 0.5, weight decay 1. Where does one step lead?
# - [ ] 0.70 :: That is the whole rate for both terms: 1 − 0.1 · (2 + 1).
# - [ ] 0.80 :: There the factor was applied to the gradient only: 1 − 0.1 · (0.5 · 2 + 1).
# - [x] 0.85 :: 1 − 0.1 · 0.5 · (2 + 1).

# %% [markdown] quiz="end_fair"
# **3.** A paper says: "fine-tuned 84.1 %, scratch 82.9 %, best of five runs each." What is missing most?
# - [ ] More decimal places :: The spread of five runs is likely larger than the first of them.
# - [x] Mean and spread, and what chose the best run :: If the test set chose, both numbers tell luck as well,
#   and without a spread nobody knows whether 1.2 points are a difference.
# - [ ] A larger net :: That would be another comparison.

# %% [markdown]
# ## One open question
#
# The net of the source was trained to name T-shirts and coats. Nobody needed those names: the copied layers would
# have served as well without a single label. Could a net learn useful features from pictures alone? Invent a task
# whose answers come with the picture, turning it by 0, 90, 180 or 270 degrees for example, train `NormNet` on it
# with the 2,500 pictures of the source, and put its convolutions in the place of `source`. What would such a net
# have to notice, and is it what boots and bags need?
#
# *[13 The apparel case →](13_capstone_apparel.ipynb)*
