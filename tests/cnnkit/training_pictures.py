"""Examples of the pictures of trainings, networks and augmentation."""

import numpy as np

from cnnkit import architectures, pictures
from cnnkit.augment import cutout, hflip, random_crop

APPAREL = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Ankle boot")


def rng(seed=0):
    return np.random.default_rng(seed)


def history(epochs, seed=0):
    """Numbers as a training gives them, made up."""
    gain = 0.9 * np.exp(-np.arange(epochs) / 3) + 0.05 * rng(seed).random(epochs)
    return {
        "loss": list(2.5 * gain),
        "acc": list(1 - gain),
        "val_loss": list(2.5 * gain + 0.2),
        "val_acc": list(0.97 - gain),
        "seconds": [1.0] * epochs,
    }


IMAGE = rng(1).integers(0, 256, (3, 28, 40), dtype=np.uint8)
GREY = rng(2).random((12, 1, 28, 28))
RELU = np.maximum(rng(3).normal(size=(16, 12, 12)), 0)


def table(net):
    return architectures.layer_table(net["layers"], net["input_shape"])


EXAMPLES = {
    "learning curves": lambda: pictures.learning_curves(history(9)),
    "learning curves, one epoch": lambda: pictures.learning_curves(history(1)),
    "learning curves, loss alone": lambda: pictures.learning_curves({"loss": [2.3, 1.1, 0.4]}),
    "learning curves, many runs": lambda: pictures.learning_curves(
        {
            "without augmentation": [history(30, seed) for seed in range(3)],
            "with augmentation": [history(20 + 9 * seed, seed) for seed in range(3)],
            "with augmentation and dropout": history(12),
        }
    ),
    "confusions of apparel": lambda: pictures.confusion_matrix(
        rng().integers(0, 12, (7, 7)) + np.diag(np.full(7, 6000)), APPAREL
    ),
    "confusions of two": lambda: pictures.confusion_matrix(np.array([[3, 1], [0, 4]]), "ab"),
    "learned filters": lambda: pictures.learned_filters(rng().normal(size=(20, 1, 5, 3))),
    "learned filters, one": lambda: pictures.learned_filters(rng().normal(size=(1, 1, 3, 3))),
    "learned filters, colour": lambda: pictures.learned_filters(rng().normal(size=(24, 3, 11, 11))),
    "learned filters, slices": lambda: pictures.learned_filters(rng().normal(size=(64, 32, 3, 3))),
    "feature maps": lambda: pictures.feature_maps(
        GREY[0], {"conv1, ReLU": RELU, "conv2": rng().normal(size=(4, 10, 10))}
    ),
    "feature maps, one": lambda: pictures.feature_maps(IMAGE, {"zero": np.zeros((1, 9, 13))}),
    "costs of AlexNet": lambda: pictures.layer_costs(architectures.alexnet_table()),
    "costs of ResNet-18": lambda: pictures.layer_costs(table(architectures.resnet18())),
    "costs of one layer": lambda: pictures.layer_costs(
        [{"name": "dense", "shape": (3,), "params": 9_219, "macs": 9_216}]
    ),
    "receptive fields": lambda: pictures.receptive_field(
        GREY[0], architectures.small_convnet()["layers"]
    ),
    "receptive fields beyond": lambda: pictures.receptive_field(
        IMAGE, architectures.vgg16()["layers"], names=("conv1", "max_pool2", "max_pool5")
    ),
    "images": lambda: pictures.image_grid(GREY, np.arange(12) % 7, classes=APPAREL, columns=10),
    "images with predictions": lambda: pictures.image_grid(
        GREY, np.arange(12) % 7, predictions=np.arange(12) % 5, classes=APPAREL
    ),
    "one image": lambda: pictures.image_grid(IMAGE[None], np.array([5])),
    "augmentation": lambda: pictures.augmentation_grid(
        IMAGE,
        {
            "flip": lambda x: hflip(x, 0.5, rng()),
            "crop, smaller": lambda x: random_crop(x, 20, 0, rng()),
            "cut-out": lambda x: cutout(x, 9, rng()),
        },
    ),
}
