"""Wrong solutions of chapter 12 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells. Most are a
right solution with one thing wrong, so that they fail for that thing only.
"""
# ruff: noqa: D103 - what a function does wrong is said in its diagnosis

import numpy as np

from autograder.misconceptions import misconception
from cnnkit.initialisers import glorot
from cnnkit.layers import Dense

# replace_head


@misconception(
    replaces="replace_head",
    fails="replace_head-independent",
    diagnosis="The model itself gets the new head; there is no copy.",
    hint="The source net is needed again for the next task. What is it after your call?",
)
def changes_the_model_itself(model, n_classes, rng):
    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("The last layer is not dense.")
    w, b = model.params[f"{head}.w"], model.params[f"{head}.b"]
    model.params[f"{head}.w"] = glorot((n_classes, w.shape[1]), rng).astype(w.dtype)
    model.params[f"{head}.b"] = np.zeros(n_classes, b.dtype)
    model.frozen = set()
    return model


@misconception(
    replaces="replace_head",
    fails="replace_head-independent",
    diagnosis="The dicts are copied, their arrays are shared: training the new model in place also "
    "trains the old one.",
    hint="dict(d) and d.copy() make a new dict. Whose are the arrays in it?",
)
def shares_the_arrays(model, n_classes, rng):
    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("The last layer is not dense.")
    new = model.copy()
    new.params, new.state = dict(model.params), dict(model.state)
    w, b = model.params[f"{head}.w"], model.params[f"{head}.b"]
    new.params[f"{head}.w"] = glorot((n_classes, w.shape[1]), rng).astype(w.dtype)
    new.params[f"{head}.b"] = np.zeros(n_classes, b.dtype)
    new.frozen = set()
    return new


@misconception(
    replaces="replace_head",
    fails="replace_head-independent",
    diagnosis="The arrays are copied, but both models have the same layer objects, which remember "
    "the last pass forward for the way back.",
    hint="What does a layer keep between forward and backward, and who else uses that layer?",
)
def shares_the_layers(model, n_classes, rng):
    import copy

    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("The last layer is not dense.")
    new = copy.copy(model)
    new.params = {name: value.copy() for name, value in model.params.items()}
    new.state = {name: value.copy() for name, value in model.state.items()}
    w, b = model.params[f"{head}.w"], model.params[f"{head}.b"]
    new.params[f"{head}.w"] = glorot((n_classes, w.shape[1]), rng).astype(w.dtype)
    new.params[f"{head}.b"] = np.zeros(n_classes, b.dtype)
    new.frozen = set()
    return new


@misconception(
    replaces="replace_head",
    fails="replace_head-kept",
    diagnosis="The running statistics of batch normalisation are begun anew, at mean 0 and "
    "variance 1.",
    hint="What does a net store that is not in params?",
)
def forgets_the_statistics(model, n_classes, rng):
    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("The last layer is not dense.")
    new = model.copy()
    for name, value in new.state.items():
        value[...] = 1 if name.endswith("var") else 0
    w, b = model.params[f"{head}.w"], model.params[f"{head}.b"]
    new.params[f"{head}.w"] = glorot((n_classes, w.shape[1]), rng).astype(w.dtype)
    new.params[f"{head}.b"] = np.zeros(n_classes, b.dtype)
    new.frozen = set()
    return new


@misconception(
    replaces="replace_head",
    fails="replace_head-kept",
    diagnosis="Only convolutions and their normalisation are copied; the dense layers below the "
    "head are drawn anew.",
    hint="Which layer shall be fresh? Are there other dense ones?",
)
def keeps_the_convolutions_only(model, n_classes, rng):
    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("The last layer is not dense.")
    new = model.copy()
    w, b = model.params[f"{head}.w"], model.params[f"{head}.b"]
    new.params[f"{head}.w"] = glorot((n_classes, w.shape[1]), rng).astype(w.dtype)
    new.params[f"{head}.b"] = np.zeros(n_classes, b.dtype)
    for name, value in model.params.items():
        if name.startswith("dense") and not name.startswith(head):
            new.params[name] = glorot(value.shape, rng) if value.ndim == 2 else 0 * value
    new.frozen = set()
    return new


@misconception(
    replaces="replace_head",
    fails="replace_head-fresh",
    diagnosis="The new head begins with the old one's biases, where there are enough of them.",
    hint="What did the old bias of class 3 say, and what is class 3 now?",
)
def keeps_the_old_bias(model, n_classes, rng):
    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("The last layer is not dense.")
    new = model.copy()
    w, b = model.params[f"{head}.w"], model.params[f"{head}.b"]
    new.params[f"{head}.w"] = glorot((n_classes, w.shape[1]), rng).astype(w.dtype)
    if n_classes != len(b):
        new.params[f"{head}.b"] = np.zeros(n_classes, b.dtype)
    new.frozen = set()
    return new


@misconception(
    replaces="replace_head",
    fails="replace_head-fresh",
    diagnosis="A head for as many classes as before is not replaced.",
    hint="Five classes of shoes are not five classes of coats. What says that a head is fresh?",
)
def keeps_a_head_that_fits(model, n_classes, rng):
    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("The last layer is not dense.")
    new = model.copy()
    new.frozen = set()
    w, b = model.params[f"{head}.w"], model.params[f"{head}.b"]
    if len(w) != n_classes:
        new.params[f"{head}.w"] = glorot((n_classes, w.shape[1]), rng).astype(w.dtype)
        new.params[f"{head}.b"] = np.zeros(n_classes, b.dtype)
    return new


@misconception(
    replaces="replace_head",
    fails="replace_head-fresh",
    diagnosis="The weights come from a generator of your own with a fixed seed, not from rng.",
    hint="Two calls with different generators: may they give the same head?",
)
def draws_from_a_fixed_seed(model, n_classes, rng):
    rng = np.random.default_rng(0)
    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("The last layer is not dense.")
    new = model.copy()
    w, b = model.params[f"{head}.w"], model.params[f"{head}.b"]
    new.params[f"{head}.w"] = glorot((n_classes, w.shape[1]), rng).astype(w.dtype)
    new.params[f"{head}.b"] = np.zeros(n_classes, b.dtype)
    new.frozen = set()
    return new


@misconception(
    replaces="replace_head",
    fails="replace_head-fresh",
    diagnosis="The new weights are normal with standard deviation 1, much larger than Glorot's.",
    hint="What does glorot do with the numbers of inputs and outputs?",
)
def draws_large_weights(model, n_classes, rng):
    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("The last layer is not dense.")
    new = model.copy()
    w, b = model.params[f"{head}.w"], model.params[f"{head}.b"]
    new.params[f"{head}.w"] = rng.normal(size=(n_classes, w.shape[1])).astype(w.dtype)
    new.params[f"{head}.b"] = np.zeros(n_classes, b.dtype)
    new.frozen = set()
    return new


@misconception(
    replaces="replace_head",
    fails="replace_head-position",
    diagnosis="The head is taken to be dense2, whatever the model's last layer is.",
    hint="Which name has the last layer of a model with one or with three dense layers?",
)
def takes_dense2_for_the_head(model, n_classes, rng):
    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("The last layer is not dense.")
    new = model.copy()
    w, b = model.params["dense2.w"], model.params["dense2.b"]
    new.params["dense2.w"] = glorot((n_classes, w.shape[1]), rng).astype(w.dtype)
    new.params["dense2.b"] = np.zeros(n_classes, b.dtype)
    new.frozen = set()
    return new


@misconception(
    replaces="replace_head",
    fails="replace_head-position",
    diagnosis="The last dense layer is replaced, also where it is not the last layer.",
    hint="What does the last layer of this model give, and would those be scores?",
)
def takes_the_last_dense_layer(model, n_classes, rng):
    head = [name for name, layer in model.layers.items() if isinstance(layer, Dense)][-1]
    new = model.copy()
    w, b = model.params[f"{head}.w"], model.params[f"{head}.b"]
    new.params[f"{head}.w"] = glorot((n_classes, w.shape[1]), rng).astype(w.dtype)
    new.params[f"{head}.b"] = np.zeros(n_classes, b.dtype)
    new.frozen = set()
    return new


@misconception(
    replaces="replace_head",
    fails="replace_head-details",
    diagnosis="What was frozen in the old model is frozen in the new one too.",
    hint="The copy has all that the old model had. Is there something that it should not have?",
)
def stays_frozen(model, n_classes, rng):
    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("The last layer is not dense.")
    new = model.copy()
    w, b = model.params[f"{head}.w"], model.params[f"{head}.b"]
    new.params[f"{head}.w"] = glorot((n_classes, w.shape[1]), rng).astype(w.dtype)
    new.params[f"{head}.b"] = np.zeros(n_classes, b.dtype)
    return new


@misconception(
    replaces="replace_head",
    fails="replace_head-details",
    diagnosis="The head of a float32 model is float64: all that it computes becomes float64.",
    hint="Which dtype does glorot give, and which np.zeros?",
)
def gives_a_float64_head(model, n_classes, rng):
    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("The last layer is not dense.")
    new = model.copy()
    D = model.params[f"{head}.w"].shape[1]
    new.params[f"{head}.w"] = glorot((n_classes, D), rng)
    new.params[f"{head}.b"] = np.zeros(n_classes)
    new.frozen = set()
    return new


@misconception(
    replaces="replace_head",
    fails="replace_head-shapes",
    diagnosis="The weights of the new head are (D, classes): the axes are exchanged.",
    hint="Dense weights are (out, in). How many outputs has the head?",
)
def exchanges_the_axes(model, n_classes, rng):
    head = list(model.layers)[-1]
    if not isinstance(model.layers[head], Dense):
        raise ValueError("The last layer is not dense.")
    new = model.copy()
    w, b = model.params[f"{head}.w"], model.params[f"{head}.b"]
    new.params[f"{head}.w"] = glorot((w.shape[1], n_classes), rng).astype(w.dtype)
    new.params[f"{head}.b"] = np.zeros(n_classes, b.dtype)
    new.frozen = set()
    return new


# freeze, sgd_step


@misconception(
    replaces="freeze",
    fails="freeze-names freeze-learning",
    diagnosis="The names are returned, but the model is not told: its batch normalisation goes on "
    "gathering statistics.",
    hint="Which of the two, the optimiser or the model, moves the running mean?",
)
def does_not_tell_the_model(model, prefix):
    names = {name for name in model.params if name.startswith(prefix)}
    if not names:
        raise ValueError("No parameter begins so.")
    return names


@misconception(
    replaces="freeze",
    fails="freeze-names",
    diagnosis="Each call forgets what was frozen before.",
    hint="Freeze conv, then batch_norm1. What is in model.frozen?",
)
def forgets_what_was_frozen(model, prefix):
    names = {name for name in model.params if name.startswith(prefix)}
    if not names:
        raise ValueError("No parameter begins so.")
    model.frozen = set(names)
    return names


@misconception(
    replaces="freeze",
    fails="freeze-names",
    diagnosis="Names that contain the prefix anywhere are frozen, not those that begin with it.",
    hint="Does 'batch_norm1.gamma' begin with 'norm1'?",
)
def looks_anywhere_in_the_name(model, prefix):
    names = {name for name in model.params if prefix in name}
    if not names:
        raise ValueError("No parameter contains it.")
    model.frozen |= names
    return names


@misconception(
    replaces="freeze",
    fails="freeze-names",
    diagnosis="A prefix that no name begins with freezes nothing, and nobody hears of it.",
    hint="Somebody writes 'cnov'. How would they find out?",
)
def freezes_nothing_silently(model, prefix):
    names = {name for name in model.params if name.startswith(prefix)}
    model.frozen |= names
    return names


@misconception(
    replaces="freeze",
    fails="freeze-names",
    diagnosis="All that is frozen is returned, not what this call has frozen.",
    hint="Call it twice, with 'conv' and with 'dense': what should the second call return?",
)
def returns_all_that_is_frozen(model, prefix):
    names = {name for name in model.params if name.startswith(prefix)}
    if not names:
        raise ValueError("No parameter begins so.")
    model.frozen = model.frozen | names
    return set(model.frozen)


@misconception(
    replaces="freeze",
    fails="freeze-contract",
    diagnosis="The set that is returned becomes the model's own: who adds to it freezes more.",
    hint="Are model.frozen and what you return two sets, or two names of one?",
)
def hands_out_the_models_set(model, prefix):
    names = {name for name in model.params if name.startswith(prefix)}
    if not names:
        raise ValueError("No parameter begins so.")
    if model.frozen:
        model.frozen |= names
    else:
        model.frozen = names
    return names


@misconception(
    replaces="sgd_step",
    fails="freeze-stays",
    diagnosis="A frozen parameter gets the gradient 0, and the weight decay moves it all the same.",
    hint="Put dp = 0 into the equation. Does p stay?",
)
def sets_gradients_to_zero(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    factors = {"": 1.0, **(lr_mult or {})}
    new = {}
    for name, p in params.items():
        m = factors[max((f for f in factors if name.startswith(f)), key=len)]
        dp = np.zeros_like(p) if name in frozen else grads[name]
        new[name] = (p - lr * m * (dp + weight_decay * p)).astype(p.dtype)
    return new


@misconception(
    replaces="sgd_step",
    fails="freeze-stays freeze-learning",
    diagnosis="The gradient of a frozen parameter is looked up, though it may be missing.",
    hint="What is needed of grads for a parameter that stays?",
)
def wants_all_gradients(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    factors = {"": 1.0, **(lr_mult or {})}
    new = {}
    for name, p in params.items():
        m = factors[max((f for f in factors if name.startswith(f)), key=len)]
        step = lr * m * (grads[name] + weight_decay * p)
        new[name] = (p - (0 if name in frozen else 1) * step).astype(p.dtype)
    return new


@misconception(
    replaces="sgd_step",
    fails="freeze-stays",
    diagnosis="Frozen parameters are missing from the result.",
    hint="The result becomes model.params. What happens in the next pass forward?",
)
def leaves_frozen_ones_out(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    factors = {"": 1.0, **(lr_mult or {})}
    new = {}
    for name, p in params.items():
        if name not in frozen:
            m = factors[max((f for f in factors if name.startswith(f)), key=len)]
            new[name] = (p - lr * m * (grads[name] + weight_decay * p)).astype(p.dtype)
    return new


@misconception(
    replaces="sgd_step",
    fails="freeze-stays freeze-learning",
    diagnosis="Names that are frozen are not looked at: everything learns.",
    hint="Where in your code does frozen occur?",
)
def ignores_what_is_frozen(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    factors = {"": 1.0, **(lr_mult or {})}
    new = {}
    for name, p in params.items():
        m = factors[max((f for f in factors if name.startswith(f)), key=len)]
        dp = grads.get(name, np.zeros_like(p))
        new[name] = (p - lr * m * (dp + weight_decay * p)).astype(p.dtype)
    return new


@misconception(
    replaces="sgd_step",
    fails="freeze-step freeze-rates freeze-stays freeze-learning",
    diagnosis="The step goes up the gradient.",
    hint="The loss shall fall. With which sign does the gradient enter?",
)
def goes_up_the_gradient(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    factors = {"": 1.0, **(lr_mult or {})}
    new = {}
    for name, p in params.items():
        new[name] = p.copy()
        if name not in frozen:
            m = factors[max((f for f in factors if name.startswith(f)), key=len)]
            new[name] += lr * m * (grads[name] + weight_decay * p)
    return new


@misconception(
    replaces="sgd_step",
    fails="freeze-step",
    diagnosis="The weight decay is not multiplied by the learning rate.",
    hint="p = 2, dp = 0, rate 0.1, decay 0.5: by hand it is 1.9. And yours?",
)
def decays_without_the_rate(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    factors = {"": 1.0, **(lr_mult or {})}
    new = {}
    for name, p in params.items():
        new[name] = p.copy()
        if name not in frozen:
            m = factors[max((f for f in factors if name.startswith(f)), key=len)]
            new[name] -= lr * m * grads[name] + m * weight_decay * p
    return new


@misconception(
    replaces="sgd_step",
    fails="freeze-step",
    diagnosis="There is no weight decay, whatever weight_decay says.",
    hint="Where in your code does weight_decay occur?",
)
def forgets_the_decay(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    factors = {"": 1.0, **(lr_mult or {})}
    new = {}
    for name, p in params.items():
        new[name] = p.copy()
        if name not in frozen:
            m = factors[max((f for f in factors if name.startswith(f)), key=len)]
            new[name] -= lr * m * grads[name]
    return new


@misconception(
    replaces="sgd_step",
    fails="freeze-step",
    diagnosis="A float32 parameter becomes float64, since its gradient is.",
    hint="Which dtype has float32 minus float64?",
)
def takes_the_gradients_dtype(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    factors = {"": 1.0, **(lr_mult or {})}
    new = {}
    for name, p in params.items():
        new[name] = p.copy()
        if name not in frozen:
            m = factors[max((f for f in factors if name.startswith(f)), key=len)]
            new[name] = p - lr * m * (grads[name] + weight_decay * p)
    return new


@misconception(
    replaces="sgd_step",
    fails="freeze-rates",
    diagnosis="A factor is looked up under the whole name, not by prefix.",
    hint="lr_mult has 'conv'. Is there a parameter of just that name?",
)
def looks_up_whole_names(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    new = {}
    for name, p in params.items():
        new[name] = p.copy()
        if name not in frozen:
            m = (lr_mult or {}).get(name, 1.0)
            new[name] -= lr * m * (grads[name] + weight_decay * p)
    return new


@misconception(
    replaces="sgd_step",
    fails="freeze-rates",
    diagnosis="All factors whose prefix fits are multiplied.",
    hint="'conv' 0.1 and 'conv1' 0.01: which one counts for conv1.w?",
)
def multiplies_all_factors(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    new = {}
    for name, p in params.items():
        new[name] = p.copy()
        if name not in frozen:
            m = 1.0
            for prefix, factor in (lr_mult or {}).items():
                m *= factor if name.startswith(prefix) else 1
            new[name] -= lr * m * (grads[name] + weight_decay * p)
    return new


@misconception(
    replaces="sgd_step",
    fails="freeze-rates",
    diagnosis="The first prefix that fits counts, not the longest.",
    hint="May the order of lr_mult change the result?",
)
def takes_the_first_prefix(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    new = {}
    for name, p in params.items():
        new[name] = p.copy()
        if name not in frozen:
            m = next((f for k, f in (lr_mult or {}).items() if name.startswith(k)), 1.0)
            new[name] -= lr * m * (grads[name] + weight_decay * p)
    return new


@misconception(
    replaces="sgd_step",
    fails="freeze-rates",
    diagnosis="The factor is applied to the gradient only, not to the weight decay.",
    hint="In the equation, what does m stand in front of?",
)
def scales_the_gradient_only(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    factors = {"": 1.0, **(lr_mult or {})}
    new = {}
    for name, p in params.items():
        new[name] = p.copy()
        if name not in frozen:
            m = factors[max((f for f in factors if name.startswith(f)), key=len)]
            new[name] -= lr * (m * grads[name] + weight_decay * p)
    return new


@misconception(
    replaces="sgd_step",
    fails="freeze-contract",
    diagnosis="The parameters that were handed over are changed in place.",
    hint="After `new = sgd_step(params, ...)`: what is in params?",
)
def steps_in_place(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    factors = {"": 1.0, **(lr_mult or {})}
    for name, p in params.items():
        if name not in frozen:
            m = factors[max((f for f in factors if name.startswith(f)), key=len)]
            p -= lr * m * (grads[name] + weight_decay * p)
    return params


@misconception(
    replaces="sgd_step",
    fails="freeze-contract",
    diagnosis="The frozen arrays in the result are the old ones themselves, not copies.",
    hint="Somebody changes an array of the result. Whose array was it?",
)
def hands_frozen_arrays_on(params, grads, lr, *, frozen=(), lr_mult=None, weight_decay=0):
    factors = {"": 1.0, **(lr_mult or {})}
    new = {}
    for name, p in params.items():
        new[name] = p
        if name not in frozen:
            m = factors[max((f for f in factors if name.startswith(f)), key=len)]
            new[name] = (p - lr * m * (grads[name] + weight_decay * p)).astype(p.dtype)
    return new


# extract_features


@misconception(
    replaces="extract_features",
    fails="extract_features-batches extract_features-evaluation",
    diagnosis="The model goes forward in training: dropout drops, and batch normalisation uses the "
    "statistics of each batch and moves its own.",
    hint="Two calls, two results? And do the features of an image depend on its neighbours?",
)
def extracts_in_training(model, X, layer, batch):
    if layer not in model.layers:
        raise ValueError("There is no such layer.")
    parts = []
    for start in range(0, max(1, len(X)), batch):
        parts.append(dict(model.outputs(X[start : start + batch], train=True))[layer])
    return np.concatenate(parts)


@misconception(
    replaces="extract_features",
    fails="extract_features-batches",
    diagnosis="Images that do not fill a batch are lost.",
    hint="7 images, 3 at a time: how many batches are that?",
)
def loses_the_last_batch(model, X, layer, batch):
    if layer not in model.layers:
        raise ValueError("There is no such layer.")
    if len(X) < batch:
        return dict(model.outputs(X))[layer]
    parts = []
    for start in range(0, len(X) - batch + 1, batch):
        parts.append(dict(model.outputs(X[start : start + batch]))[layer])
    return np.concatenate(parts)


@misconception(
    replaces="extract_features",
    fails="extract_features-batches",
    diagnosis="All images go through the model at once; batch is not used.",
    hint="What is batch for, if not for the values?",
)
def takes_all_at_once(model, X, layer, batch):
    if layer not in model.layers:
        raise ValueError("There is no such layer.")
    return dict(model.outputs(X))[layer]


@misconception(
    replaces="extract_features",
    fails="extract_features-values",
    diagnosis="The scores are returned, whatever layer is asked for.",
    hint="At which layer should the way forward be left?",
)
def gives_the_scores(model, X, layer, batch):
    if layer not in model.layers:
        raise ValueError("There is no such layer.")
    parts = []
    for start in range(0, max(1, len(X)), batch):
        parts.append(model.forward(X[start : start + batch]))
    return np.concatenate(parts)


@misconception(
    replaces="extract_features",
    fails="extract_features-values",
    diagnosis="The input of the layer is returned, not its output.",
    hint="Which one comes with the layer's name: what it gets, or what it gives?",
)
def gives_the_layers_input(model, X, layer, batch):
    if layer not in model.layers:
        raise ValueError("There is no such layer.")
    parts = []
    for start in range(0, max(1, len(X)), batch):
        x = X[start : start + batch]
        for name, y in model.outputs(x):
            if name == layer:
                parts.append(x)
            x = y
    return np.concatenate(parts)


@misconception(
    replaces="extract_features",
    fails="extract_features-edges",
    diagnosis="For no images there is no batch, and nothing can be joined.",
    hint="How often does your loop run for N = 0?",
)
def has_no_batch_for_no_images(model, X, layer, batch):
    if layer not in model.layers:
        raise ValueError("There is no such layer.")
    parts = []
    for start in range(0, len(X), batch):
        parts.append(dict(model.outputs(X[start : start + batch]))[layer])
    return np.concatenate(parts) if parts else np.zeros(0)


@misconception(
    replaces="extract_features",
    fails="extract_features-edges",
    diagnosis="For a layer that is not there the scores come back, without a word.",
    hint="Somebody asks for conv3 of a net with two. How do they hear of it?",
)
def accepts_any_name(model, X, layer, batch):
    parts = []
    for start in range(0, max(1, len(X)), batch):
        outputs = dict(model.outputs(X[start : start + batch]))
        parts.append(outputs.get(layer, list(outputs.values())[-1]))
    return np.concatenate(parts)


# compare_starts


@misconception(
    replaces="compare_starts",
    fails="compare_starts-mean_and_spread",
    diagnosis="The sum of squares is divided by n, not by n - 1.",
    hint="np.std has an argument for that.",
)
def divides_by_n(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) < 2:
        raise ValueError("two seeds at least")
    X, y = training
    scores = {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        few = [rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in np.unique(y)]
        few = np.concatenate(few)
        for start in starts:
            models = [train(start, X[few], y[few], rate, seed) for rate in rates]
            valid = [np.mean(predict(validation[0]) == validation[1]) for predict in models]
            scores[start].append(float(np.mean(models[np.argmax(valid)](test[0]) == test[1])))
    return {
        start: {"scores": a, "mean": float(np.mean(a)), "sd": float(np.std(a))}
        for start, a in scores.items()
    }


@misconception(
    replaces="compare_starts",
    fails="compare_starts-mean_and_spread",
    diagnosis="The spread is divided by the root of n: that is the standard error of the mean.",
    hint="Does the spread of single runs shrink when you repeat more often?",
)
def tells_the_standard_error(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) < 2:
        raise ValueError("two seeds at least")
    X, y = training
    scores = {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        few = [rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in np.unique(y)]
        few = np.concatenate(few)
        for start in starts:
            models = [train(start, X[few], y[few], rate, seed) for rate in rates]
            valid = [np.mean(predict(validation[0]) == validation[1]) for predict in models]
            scores[start].append(float(np.mean(models[np.argmax(valid)](test[0]) == test[1])))
    return {
        start: {
            "scores": a,
            "mean": float(np.mean(a)),
            "sd": float(np.std(a, ddof=1) / np.sqrt(len(a))),
        }
        for start, a in scores.items()
    }


@misconception(
    replaces="compare_starts",
    fails="compare_starts-mean_and_spread",
    diagnosis="The best seed is told in place of the mean.",
    hint="What would a reader expect of the next seed: the best, or the mean?",
)
def tells_the_best_seed(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) < 2:
        raise ValueError("two seeds at least")
    X, y = training
    scores = {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        few = [rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in np.unique(y)]
        few = np.concatenate(few)
        for start in starts:
            models = [train(start, X[few], y[few], rate, seed) for rate in rates]
            valid = [np.mean(predict(validation[0]) == validation[1]) for predict in models]
            scores[start].append(float(np.mean(models[np.argmax(valid)](test[0]) == test[1])))
    return {
        start: {"scores": a, "mean": float(np.max(a)), "sd": float(np.std(a, ddof=1))}
        for start, a in scores.items()
    }


@misconception(
    replaces="compare_starts",
    fails="compare_starts-same_images",
    diagnosis="Each start draws its own images: what is compared is also the luck of the draw.",
    hint="Where in the nest of loops do you draw?",
)
def draws_for_each_start(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) < 2:
        raise ValueError("two seeds at least")
    X, y = training
    scores = {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        for start in starts:
            few = np.concatenate(
                [rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in np.unique(y)]
            )
            models = [train(start, X[few], y[few], rate, seed) for rate in rates]
            valid = [np.mean(predict(validation[0]) == validation[1]) for predict in models]
            scores[start].append(float(np.mean(models[np.argmax(valid)](test[0]) == test[1])))
    return {
        start: {"scores": a, "mean": float(np.mean(a)), "sd": float(np.std(a, ddof=1))}
        for start, a in scores.items()
    }


@misconception(
    replaces="compare_starts",
    fails="compare_starts-same_images",
    diagnosis="All seeds learn from the same images: the luck of the draw is not in the spread.",
    hint="What does the seed change in your code, beside what train makes of it?",
)
def draws_once_for_all_seeds(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) < 2:
        raise ValueError("two seeds at least")
    X, y = training
    rng = np.random.default_rng(seeds[0])
    few = [rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in np.unique(y)]
    few = np.concatenate(few)
    scores = {start: [] for start in starts}
    for seed in seeds:
        for start in starts:
            models = [train(start, X[few], y[few], rate, seed) for rate in rates]
            valid = [np.mean(predict(validation[0]) == validation[1]) for predict in models]
            scores[start].append(float(np.mean(models[np.argmax(valid)](test[0]) == test[1])))
    return {
        start: {"scores": a, "mean": float(np.mean(a)), "sd": float(np.std(a, ddof=1))}
        for start, a in scores.items()
    }


@misconception(
    replaces="compare_starts",
    fails="compare_starts-same_images compare_starts-errors",
    diagnosis="The images are drawn from all classes together: some get more than others.",
    hint="Draw 12 of 30 balls in three colours. Four of each, always?",
)
def draws_from_all_together(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) < 2:
        raise ValueError("two seeds at least")
    X, y = training
    scores = {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        few = rng.choice(len(y), per_class * len(np.unique(y)), replace=False)
        for start in starts:
            models = [train(start, X[few], y[few], rate, seed) for rate in rates]
            valid = [np.mean(predict(validation[0]) == validation[1]) for predict in models]
            scores[start].append(float(np.mean(models[np.argmax(valid)](test[0]) == test[1])))
    return {
        start: {"scores": a, "mean": float(np.mean(a)), "sd": float(np.std(a, ddof=1))}
        for start, a in scores.items()
    }


@misconception(
    replaces="compare_starts",
    fails="compare_starts-same_images compare_starts-errors",
    diagnosis="An image may be drawn twice.",
    hint="What does rng.choice do, if nothing is said about replace?",
)
def draws_with_replacement(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) < 2:
        raise ValueError("two seeds at least")
    X, y = training
    scores = {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        few = [rng.choice(np.flatnonzero(y == c), per_class) for c in np.unique(y)]
        few = np.concatenate(few)
        for start in starts:
            models = [train(start, X[few], y[few], rate, seed) for rate in rates]
            valid = [np.mean(predict(validation[0]) == validation[1]) for predict in models]
            scores[start].append(float(np.mean(models[np.argmax(valid)](test[0]) == test[1])))
    return {
        start: {"scores": a, "mean": float(np.mean(a)), "sd": float(np.std(a, ddof=1))}
        for start, a in scores.items()
    }


@misconception(
    replaces="compare_starts",
    fails="compare_starts-choice compare_starts-once",
    diagnosis="The test set chooses the rate: what is told is its luck as well.",
    hint="Which set is there to choose on, and which one only to tell?",
)
def chooses_on_the_test_set(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) < 2:
        raise ValueError("two seeds at least")
    X, y = training
    scores = {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        few = [rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in np.unique(y)]
        few = np.concatenate(few)
        for start in starts:
            models = [train(start, X[few], y[few], rate, seed) for rate in rates]
            tested = [np.mean(predict(test[0]) == test[1]) for predict in models]
            scores[start].append(float(np.max(tested)))
    return {
        start: {"scores": a, "mean": float(np.mean(a)), "sd": float(np.std(a, ddof=1))}
        for start, a in scores.items()
    }


@misconception(
    replaces="compare_starts",
    fails="compare_starts-choice",
    diagnosis="Of equal rates the last one is chosen, not the first.",
    hint="With `>=` a later one that is as good takes the place of an earlier one.",
)
def takes_the_last_of_equals(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) < 2:
        raise ValueError("two seeds at least")
    X, y = training
    scores = {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        few = [rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in np.unique(y)]
        few = np.concatenate(few)
        for start in starts:
            best = -1.0
            for rate in rates:
                predict = train(start, X[few], y[few], rate, seed)
                valid = np.mean(predict(validation[0]) == validation[1])
                if valid >= best:
                    best, chosen = valid, predict
            scores[start].append(float(np.mean(chosen(test[0]) == test[1])))
    return {
        start: {"scores": a, "mean": float(np.mean(a)), "sd": float(np.std(a, ddof=1))}
        for start, a in scores.items()
    }


@misconception(
    replaces="compare_starts",
    fails="compare_starts-choice compare_starts-once",
    diagnosis="Nothing is chosen: only the first rate is used.",
    hint="What are the other rates for?",
)
def uses_the_first_rate(train, starts, rates, training, validation, test, *, per_class, seeds):
    if len(seeds) < 2:
        raise ValueError("two seeds at least")
    X, y = training
    scores = {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        few = [rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in np.unique(y)]
        few = np.concatenate(few)
        for start in starts:
            models = [train(start, X[few], y[few], rate, seed) for rate in rates]
            scores[start].append(float(np.mean(models[0](test[0]) == test[1])))
    return {
        start: {"scores": a, "mean": float(np.mean(a)), "sd": float(np.std(a, ddof=1))}
        for start, a in scores.items()
    }


@misconception(
    replaces="compare_starts",
    fails="compare_starts-once",
    diagnosis="Every model sees the test set, though only the chosen one's answers are told.",
    hint="How often may the test set be asked for one seed and one start?",
)
def asks_the_test_set_every_time(
    train, starts, rates, training, validation, test, *, per_class, seeds
):
    if len(seeds) < 2:
        raise ValueError("two seeds at least")
    X, y = training
    scores = {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        few = [rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in np.unique(y)]
        few = np.concatenate(few)
        for start in starts:
            models = [train(start, X[few], y[few], rate, seed) for rate in rates]
            valid = [np.mean(predict(validation[0]) == validation[1]) for predict in models]
            tested = [np.mean(predict(test[0]) == test[1]) for predict in models]
            scores[start].append(float(tested[np.argmax(valid)]))
    return {
        start: {"scores": a, "mean": float(np.mean(a)), "sd": float(np.std(a, ddof=1))}
        for start, a in scores.items()
    }


@misconception(
    replaces="compare_starts",
    fails="compare_starts-errors",
    diagnosis="A single seed is accepted; its spread is 0/0.",
    hint="What is n - 1 for one run?",
)
def accepts_a_single_seed(train, starts, rates, training, validation, test, *, per_class, seeds):
    X, y = training
    scores = {start: [] for start in starts}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        few = [rng.choice(np.flatnonzero(y == c), per_class, replace=False) for c in np.unique(y)]
        few = np.concatenate(few)
        for start in starts:
            models = [train(start, X[few], y[few], rate, seed) for rate in rates]
            valid = [np.mean(predict(validation[0]) == validation[1]) for predict in models]
            scores[start].append(float(np.mean(models[np.argmax(valid)](test[0]) == test[1])))
    return {
        start: {
            "scores": a,
            "mean": float(np.mean(a)),
            "sd": float(np.std(a, ddof=1)) if len(a) > 1 else 0.0,
        }
        for start, a in scores.items()
    }
