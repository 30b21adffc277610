"""What a convolutional net assumes, taken away: fixed pixels, neighbours, clean pictures, sharing.

Part 1, on apparel: three nets learn the pictures as they are, or with all pixels moved about by
one and the same permutation. Those that learned the pictures as they are then see shifted
pictures, and noise: by chance, or in the direction that hurts most. Part 2, on digits: the same
net with shared and with unshared filters, on digits in the middle of a dark frame and somewhere
in it.
"""

from __future__ import annotations

import numpy as np
from records import Book

from cnnkit import ops
from cnnkit.data import load
from cnnkit.images import permute_pixels, shift2d
from cnnkit.initialisers import glorot
from cnnkit.layers import AvgPool2D, Conv2D, Dense, Flatten, Layer, MaxPool2D, ReLU, Sequential
from cnnkit.optimisers import Adam, cosine
from cnnkit.training import evaluate, fit

SEEDS = range(3)
SHIFTS = range(9)  # pixels to the right
NOISE = (0, 0.02, 0.05, 0.1, 0.2, 0.4)  # the largest change of a pixel, of white
FRAME = 3  # dark pixels around a digit of 8 x 8


def dense_net(rng):
    """A hidden layer of 21, so that it has about as many parameters as the convolutional net."""
    return [Flatten(), Dense(784, 21, rng), ReLU(), Dense(21, 10, rng)]


def convolutions(rng):
    """Three convolutions and two pools: from 28 x 28 to 3 x 3."""
    layers = [Conv2D(1, 16, 3, rng), ReLU(), MaxPool2D(2), Conv2D(16, 32, 3, rng), ReLU()]
    return [*layers, MaxPool2D(2), Conv2D(32, 32, 3, rng), ReLU()]


def conv_net(rng):
    """A dense layer looks at all places of the last maps."""
    return [*convolutions(rng), Flatten(), Dense(288, 10, rng)]


def mean_net(rng):
    """The same, but the last maps are averaged first: what is where is lost on purpose."""
    return [*convolutions(rng), AvgPool2D(3), Flatten(), Dense(32, 10, rng)]


NETS = {"dense": dense_net, "convolutional": conv_net, "convolutional, mean": mean_net}


def trained(layers, x, y, rng, epochs):
    """Make a net of layers and train it."""
    model = Sequential(*layers).astype(np.float32)
    options = {"optimiser": Adam(5e-3), "schedule": cosine, "epochs": epochs, "rng": rng}
    fit(model, x, y, **options, progress=False)
    return model


def accuracy(model, x, y):
    """Give the part that is right, rounded."""
    return round(evaluate(model, x, y)[1], 4)


def on_apparel(net, pixels, seed):
    """Train a net on pictures of clothes and, if they are as they are, disturb them."""
    rng = np.random.default_rng(seed)
    (x, y), (x_test, y_test) = (scaled("apparel", split) for split in ("train", "test"))
    if pixels == "permuted":
        order = rng.permutation(x[0].size)
        x, x_test = permute_pixels(x, order), permute_pixels(x_test, order)
    model = trained(NETS[net](rng), x, y, rng, epochs=10)
    found = {
        "params": sum(array.size for array in model.params.values()),
        "test_acc": accuracy(model, x_test, y_test),
    }
    if pixels == "as they are":
        found["shifted"] = [accuracy(model, shift2d(x_test, 0, n), y_test) for n in SHIFTS]
        signs = {"chance": rng.choice(np.float32([-1, 1]), x_test.shape),
                 "directed": np.sign(input_gradient(model, x_test, y_test))}  # fmt: skip
        for name, sign in signs.items():
            noisy = [np.clip(x_test + size * sign, 0, 1).astype(np.float32) for size in NOISE]
            found[name] = [accuracy(model, x, y_test) for x in noisy]
    return found


def input_gradient(model, x, y):
    """Give the gradient of the loss with respect to the pixels."""
    _, sent = ops.softmax_cross_entropy(model.forward(x), y)
    for layer in reversed(model.layers.values()):
        sent, _ = layer.backward(sent)
    return sent


class Local(Layer):
    """A layer of 3 x 3 windows whose filters are not shared: each place has its own."""

    kind = "local"

    def __init__(self, C, O, out, rng):
        super().__init__()
        filters = [glorot((O, C, 3, 3), rng) for _ in range(out * out)]
        self.params = {
            "w": np.reshape(filters, (out, out, O, C, 3, 3)),
            "b": np.zeros((out, out, O)),
        }

    def forward(self, x, train=False):
        """Give the maps, and keep x for the way back."""
        self.x = x
        return ops.locally_connected(x, **self.params)

    def backward(self, dy):
        """Give dx and the gradients of w and b."""
        dx, dw, db = ops.locally_connected_backward(dy, self.x, self.params["w"])
        return dx, {"w": dw, "b": db}


def on_digits(filters, digits, last, seed):
    """Train a net with shared or unshared filters on digits in the middle, or somewhere."""
    rng = np.random.default_rng(seed)
    sets = [scaled("digits", split) for split in ("train", "test")]
    (x, y), (x_test, y_test) = [(placed(x, digits, rng), y) for x, y in sets]
    layers, size = [], x.shape[-1]
    for C, O in ((1, 8), (8, 8), (8, 16)):
        size -= 2
        layer = Conv2D(C, O, 3, rng) if filters == "shared" else Local(C, O, size, rng)
        layers += [layer, ReLU()]
    pool = {"maximum": MaxPool2D, "mean": AvgPool2D}[last](size)
    model = trained([*layers, pool, Flatten(), Dense(16, 10, rng)], x, y, rng, epochs=15)
    return {
        "params": sum(array.size for array in model.params.values()),
        "train_acc": accuracy(model, x, y),
        "test_acc": accuracy(model, x_test, y_test),
    }


def placed(x, where, rng):
    """Put each digit into a dark frame, in its middle or moved by chance."""
    wide = np.pad(x, [(0, 0), (0, 0), (FRAME, FRAME), (FRAME, FRAME)])
    if where == "in the middle":
        return wide
    moves = rng.integers(-FRAME, FRAME + 1, (len(x), 2)).tolist()
    return np.stack([shift2d(one, *move) for one, move in zip(wide, moves, strict=True)])


def scaled(name, split):
    """Give pictures in 0..1 and their labels."""
    x, y = load(name, split)
    return x.astype(np.float32) / 255, y


if __name__ == "__main__":
    book = Book("09_permuted_and_shifted", data=["apparel", "digits"])
    for seed in SEEDS:
        for net in NETS:
            for pixels in ("as they are", "permuted"):
                book.run({"net": net, "pixels": pixels, "seed": seed}, on_apparel)
        for filters in ("shared", "unshared"):
            for where in ("in the middle", "moved"):
                for last in ("maximum", "mean"):
                    settings = {"filters": filters, "digits": where, "last": last, "seed": seed}
                    book.run(settings, on_digits)
    book.close()
