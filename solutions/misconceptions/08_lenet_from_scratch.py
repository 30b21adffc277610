"""Wrong solutions of chapter 08 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells. Most are a
right solution with one thing wrong, so that they fail for that thing only.
"""
# ruff: noqa: D101, D102, D103, D107 - what a function does wrong is said in its diagnosis

import re

import numpy as np

from autograder.misconceptions import misconception
from cnnkit import initialisers, models, ops, shapes
from cnnkit.shapes import pair

# dense_backward


@misconception(
    replaces="dense_backward",
    fails="dense_backward-dx",
    diagnosis="dy is multiplied by w transposed, as x is on the way forward.",
    hint="Which axis of dy is summed over, and which axis of w has the same length?",
)
def multiplies_by_w_transposed(dy, x, w):
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError("The shapes do not go together.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, x, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    return dy @ w.T, dy.T @ x, dy.sum(axis=0)


@misconception(
    replaces="dense_backward",
    fails="dense_backward-dx",
    diagnosis="What the images get is summed over the batch: all have the same dx.",
    hint="Which images does output n = 0 depend on?",
)
def gives_all_images_the_same(dy, x, w):
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError("The shapes do not go together.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, x, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    return np.zeros_like(x) + dy.sum(axis=0) @ w, dy.T @ x, dy.sum(axis=0)


@misconception(
    replaces="dense_backward",
    fails="dense_backward-dx",
    diagnosis="dx is divided by the number of images as well.",
    hint="dy is the gradient of the loss already. Does an image know how many others there are?",
)
def divides_dx_by_n(dy, x, w):
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError("The shapes do not go together.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, x, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    return dy @ w / max(1, len(x)), dy.T @ x, dy.sum(axis=0)


@misconception(
    replaces="dense_backward",
    fails="dense_backward-dw",
    diagnosis="dw comes out transposed, (D, O).",
    hint="A gradient has the shape of what it is the gradient of: w is (O, D).",
)
def transposes_dw(dy, x, w):
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError("The shapes do not go together.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, x, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    return dy @ w, x.T @ dy, dy.sum(axis=0)


@misconception(
    replaces="dense_backward",
    fails="dense_backward-dw",
    diagnosis="dw is a product of sums: both dy and x are summed over the batch first.",
    hint="Take two images with opposite x and opposite dy. What should dw be?",
)
def multiplies_the_sums(dy, x, w):
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError("The shapes do not go together.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, x, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    return dy @ w, np.outer(dy.sum(axis=0), x.sum(axis=0)), dy.sum(axis=0)


@misconception(
    replaces="dense_backward",
    fails="dense_backward-dw",
    diagnosis="dw is that of the last image: each image overwrites what the one before it gave.",
    hint="= or += ?",
)
def keeps_the_last_image(dy, x, w):
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError("The shapes do not go together.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, x, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    dw = np.zeros_like(w)
    for sent, image in zip(dy, x, strict=True):
        dw = np.outer(sent, image)
    return dy @ w, dw, dy.sum(axis=0)


@misconception(
    replaces="dense_backward",
    fails="dense_backward-dw dense_backward-db",
    diagnosis="dw and db are divided by the number of images, though dy has been already.",
    hint="The mean is the loss's business. What does the task say about dividing?",
)
def divides_by_n(dy, x, w):
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError("The shapes do not go together.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, x, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    n = max(1, len(x))
    return dy @ w, dy.T @ x / n, dy.sum(axis=0) / n


@misconception(
    replaces="dense_backward",
    fails="dense_backward-db",
    diagnosis="db is summed over the outputs: it has a number for each image.",
    hint="How many biases are there, and which axis of dy has that length?",
)
def sums_db_over_outputs(dy, x, w):
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError("The shapes do not go together.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, x, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    return dy @ w, dy.T @ x, dy.sum(axis=1)


@misconception(
    replaces="dense_backward",
    fails="dense_backward-db",
    diagnosis="db keeps the batch axis: it is (1, O) instead of (O,).",
    hint="What is the shape of b?",
)
def keeps_an_axis_in_db(dy, x, w):
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError("The shapes do not go together.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, x, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    return dy @ w, dy.T @ x, dy.sum(axis=0, keepdims=True)


@misconception(
    replaces="dense_backward",
    fails="dense_backward-db",
    diagnosis="db is the mean over the batch, dw is the sum.",
    hint="Both are shared by all images alike.",
)
def averages_db(dy, x, w):
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError("The shapes do not go together.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, x, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    return dy @ w, dy.T @ x, dy.sum(axis=0) / max(1, len(x))


@misconception(
    replaces="dense_backward",
    fails="dense_backward-edges",
    diagnosis="Whole numbers stay whole numbers.",
    hint="Whole numbers count as float64 in all arithmetic of this course.",
)
def leaves_integers_whole(dy, x, w):
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError("The shapes do not go together.")
    return dy @ w, dy.T @ x, dy.sum(axis=0)


@misconception(
    replaces="dense_backward",
    fails="dense_backward-edges",
    diagnosis="The gradients are float64 whatever came in.",
    hint="float32 with float32 stays float32.",
)
def gives_float64_gradients(dy, x, w):
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError("The shapes do not go together.")
    dy, x, w = (a.astype(float) for a in (dy, x, w))
    return dy @ w, dy.T @ x, dy.sum(axis=0)


@misconception(
    replaces="dense_backward",
    fails="dense_backward-edges",
    diagnosis="Shapes are not compared: one row of dy is spread over all images.",
    hint="Hand over one row of dy and four images. Who told NumPy that all four get it?",
)
def spreads_one_row(dy, x, w):
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, x, w = (a.astype(np.result_type(*kinds)) for a in (dy, x, w))
    dw = (dy[:, :, None] * x[:, None, :]).sum(axis=0)
    return dy @ w, dw, dy.sum(axis=0)


@misconception(
    replaces="dense_backward",
    fails="dense_backward-contract",
    diagnosis="The weights take their step here, inside the backward function.",
    hint="What does the caller's w hold after the call?",
)
def takes_the_step_itself(dy, x, w):
    if x.shape[1:] != w.shape[1:] or dy.shape != (len(x), len(w)):
        raise ValueError("The shapes do not go together.")
    kinds = [a.dtype if a.dtype.kind == "f" else np.float64 for a in (dy, x, w)]
    dy, x = (a.astype(np.result_type(*kinds)) for a in (dy, x))
    dx, dw = (dy @ w).astype(dy.dtype), dy.T @ x
    w -= (0.1 * dw).astype(w.dtype)
    return dx, dw, dy.sum(axis=0)


# softmax_cross_entropy


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-large",
    diagnosis="e is taken to the scores as they are: 1000 gives infinity, and then NaN.",
    hint="What may be subtracted from all scores of a row without changing a probability?",
)
def overflows(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    exponentials = np.exp(scores, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    dscores = exponentials / exponentials.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[np.arange(N), y]))
    dscores[np.arange(N), y] -= 1
    return loss, dscores / N


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-large",
    diagnosis="The logarithm is taken of a probability that has become 0: the loss is infinite.",
    hint="The gradient is right. Can you write the loss without computing p first?",
)
def takes_the_logarithm_of_zero(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    dscores = exponentials / exponentials.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[np.arange(N), y]))
    dscores[np.arange(N), y] -= 1
    return loss, dscores / N


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-large",
    diagnosis="A tiny number is added before the logarithm: a loss of 1000 comes out as 27.6.",
    hint="The tiny number hides the trouble. How large is the loss really?",
)
def adds_a_tiny_number(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    dscores = exponentials / exponentials.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(dscores[np.arange(N), y] + 1e-12))
    dscores[np.arange(N), y] -= 1
    return loss, dscores / N


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-large",
    diagnosis="The largest score of the whole batch is subtracted, not that of each row.",
    hint="What is left of a row at −1000 if another row has 1000?",
)
def subtracts_one_maximum(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    shifted = scores - scores.max()
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(totals[:, 0]) - shifted[np.arange(N), y])
    dscores = exponentials / totals
    dscores[np.arange(N), y] -= 1
    return loss, dscores / N


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-loss softmax_cross_entropy-batch",
    diagnosis="The logarithm to base 2 is taken.",
    hint="What is the loss of ten equal scores?",
)
def takes_bits(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(totals[:, 0]) - shifted[np.arange(N), y]) / np.log(2)
    dscores = exponentials / totals
    dscores[np.arange(N), y] -= 1
    return loss, dscores / N


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-loss",
    diagnosis="The mean is taken over all N × K numbers, K − 1 zeros for each picture.",
    hint="How many losses has a batch of N pictures?",
)
def averages_over_classes_too(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=1, keepdims=True)
    right = np.arange(K) == y[:, None]
    loss = np.mean(right * (np.log(totals) - shifted))
    dscores = exponentials / totals - right
    return loss, (dscores / N).astype(exponentials.dtype)


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-gradient softmax_cross_entropy-batch",
    diagnosis="The gradient is p itself: nothing is taken off at the label.",
    hint="In which direction should the score of the right class go?",
)
def gives_p_as_gradient(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(totals[:, 0]) - shifted[np.arange(N), y])
    return loss, exponentials / totals / N


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-gradient",
    diagnosis="The gradient has the wrong sign: it points downhill.",
    hint="Training takes minus the gradient. What is the gradient, then?",
)
def points_downhill(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(totals[:, 0]) - shifted[np.arange(N), y])
    dscores = -exponentials / totals
    dscores[np.arange(N), y] += 1
    return loss, dscores / N


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-gradient",
    diagnosis="The gradient is the one with respect to the probabilities, −1/p at the label.",
    hint="Go one step further back: how does p depend on all scores of its row?",
)
def stops_at_the_probabilities(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(totals[:, 0]) - shifted[np.arange(N), y])
    dscores = np.zeros_like(exponentials)
    dscores[np.arange(N), y] = -(totals[:, 0] / np.maximum(exponentials[np.arange(N), y], 1e-300))
    return loss, dscores / N


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-batch",
    diagnosis="The gradient is not divided by N, though the loss is a mean.",
    hint="Measure it with quotients, for a batch of two.",
)
def forgets_the_mean_in_the_gradient(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(totals[:, 0]) - shifted[np.arange(N), y])
    dscores = exponentials / totals
    dscores[np.arange(N), y] -= 1
    return loss, dscores


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-batch",
    diagnosis="The losses of the batch are summed; their mean is asked for.",
    hint="Should a batch of 64 count 64 times as much as one picture?",
)
def sums_the_losses(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=1, keepdims=True)
    loss = np.sum(np.log(totals[:, 0]) - shifted[np.arange(N), y])
    dscores = exponentials / totals
    dscores[np.arange(N), y] -= 1
    return loss, dscores


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-batch",
    diagnosis="p[:, y] takes the columns y of every row: each row gets the labels of all pictures.",
    hint="What is the shape of p[:, y]? You need N numbers.",
)
def takes_all_columns(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(totals) - shifted[:, y])
    dscores = exponentials / totals
    dscores[:, y] -= 1
    return loss, dscores / N


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-loss softmax_cross_entropy-gradient softmax_cross_entropy-batch",
    diagnosis="The softmax goes down the columns: a class sums to 1 over the batch.",
    hint="What should sum to 1: the probabilities of one picture, or those of one class?",
)
def normalises_over_the_batch(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    shifted = scores - scores.max(axis=0)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=0)
    loss = np.mean((np.log(totals) - shifted)[np.arange(N), y])
    dscores = exponentials / totals
    dscores[np.arange(N), y] -= 1
    return loss, dscores / N


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-edges",
    diagnosis="Labels are not looked at: −1 means the last class to NumPy.",
    hint="Which class is −1?",
)
def counts_labels_from_the_end(scores, y):
    N, K = scores.shape
    if N == 0:
        raise ValueError("There is no picture.")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=1, keepdims=True)
    if y.max() >= K:
        raise ValueError("There is no such class.")
    loss = np.mean(np.log(totals[:, 0]) - shifted[np.arange(N), y])
    dscores = exponentials / totals
    dscores[np.arange(N), y] -= 1
    return loss, dscores / N


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-edges",
    diagnosis="An empty batch gives a loss of 0, as if it had been learned perfectly.",
    hint="What is the mean of no numbers?",
)
def takes_no_picture_for_perfect(scores, y):
    N, K = scores.shape
    if N == 0:
        return 0.0, np.zeros(scores.shape)
    if y.min() < 0 or y.max() >= K:
        raise ValueError("There is no such class.")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(totals[:, 0]) - shifted[np.arange(N), y])
    dscores = exponentials / totals
    dscores[np.arange(N), y] -= 1
    return loss, dscores / N


@misconception(
    replaces="softmax_cross_entropy",
    fails="softmax_cross_entropy-contract",
    diagnosis="The maximum is subtracted from the scores themselves.",
    hint="-= writes into the caller's array.",
)
def writes_into_the_scores(scores, y):
    N, K = scores.shape
    if N == 0 or y.min() < 0 or y.max() >= K:
        raise ValueError("There is no picture, or no such class.")
    scores -= scores.max(axis=1, keepdims=True)
    exponentials = np.exp(scores, dtype=scores.dtype if scores.dtype.kind == "f" else float)
    totals = exponentials.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(totals[:, 0]) - scores[np.arange(N), y])
    dscores = exponentials / totals
    dscores[np.arange(N), y] -= 1
    return loss, dscores / N


# fans


@misconception(
    replaces="fans",
    fails="glorot-conv glorot-spread",
    diagnosis="Both fans of a convolution are the size of the kernel: channels are not counted.",
    hint="How many products does one output add up, if the input has 32 channels?",
)
def counts_the_kernel_alone(shape):
    if len(shape) not in (2, 4):
        raise ValueError("neither kind of weights")
    if len(shape) == 4:
        return shape[2] * shape[3], shape[2] * shape[3]
    return shape[1], shape[0]


@misconception(
    replaces="fans",
    fails="glorot-conv glorot-spread",
    diagnosis="The fans of a convolution are channels and filters: the kernel is not counted.",
    hint="How many products does one output add up, if the kernel is 5 × 5?",
)
def forgets_the_kernel(shape):
    if len(shape) not in (2, 4):
        raise ValueError("neither kind of weights")
    return shape[1], shape[0]


@misconception(
    replaces="fans",
    fails="glorot-conv glorot-spread",
    diagnosis="The kernel counts on the way in only: fan_out is the number of filters.",
    hint="Into how many windows of one map does an input go?",
)
def forgets_the_kernel_in_fan_out(shape):
    if len(shape) not in (2, 4):
        raise ValueError("neither kind of weights")
    taps = shape[2] * shape[3] if len(shape) == 4 else 1
    return shape[1] * taps, shape[0]


@misconception(
    replaces="fans",
    fails="glorot-conv glorot-spread",
    diagnosis="The shape is read as (kH, kW, C, O), the order of Keras.",
    hint="In this course filters come first.",
)
def reads_the_order_of_keras(shape):
    if len(shape) not in (2, 4):
        raise ValueError("neither kind of weights")
    if len(shape) == 2:
        return shape[1], shape[0]
    return shape[0] * shape[1] * shape[2], shape[0] * shape[1] * shape[3]


@misconception(
    replaces="fans",
    fails="glorot-conv",
    diagnosis="The two fans of a convolution have changed places; the sum does not show it.",
    hint="fan_in is what one output adds up.",
)
def swaps_the_fans_of_a_convolution(shape):
    if len(shape) not in (2, 4):
        raise ValueError("neither kind of weights")
    if len(shape) == 2:
        return shape[1], shape[0]
    return shape[0] * shape[2] * shape[3], shape[1] * shape[2] * shape[3]


@misconception(
    replaces="fans",
    fails="glorot-dense",
    diagnosis="A dense layer's weights are read as (D, O).",
    hint="y = x wᵀ: which axis of w is summed over?",
)
def swaps_the_fans_of_a_dense_layer(shape):
    if len(shape) not in (2, 4):
        raise ValueError("neither kind of weights")
    if len(shape) == 2:
        return tuple(shape)
    return shape[1] * shape[2] * shape[3], shape[0] * shape[2] * shape[3]


@misconception(
    replaces="fans",
    fails="glorot-dense",
    diagnosis="Shapes of any length are taken, also those of no weights.",
    hint="What are the fans of (4, 3, 2)?",
)
def takes_any_rank(shape):
    taps = 1
    for size in shape[2:]:
        taps *= size
    return shape[-1] if len(shape) < 2 else shape[1] * taps, shape[0] * taps


# glorot


@misconception(
    replaces="glorot",
    fails="glorot-spread",
    diagnosis="The variance is handed over where a standard deviation is asked for.",
    hint="Look up what `rng.normal` takes as its second number.",
)
def takes_the_variance_for_the_deviation(shape, rng, *, dist="uniform"):
    variance = 2 / sum(initialisers.fans(shape))
    if dist == "uniform":
        return rng.uniform(-np.sqrt(3 * variance), np.sqrt(3 * variance), shape)
    if dist == "normal":
        return rng.normal(0, variance, shape)
    raise ValueError(f"dist is {dist!r}.")


@misconception(
    replaces="glorot",
    fails="glorot-spread",
    diagnosis="The variance is 2 / fan_in: that is He's rule.",
    hint="Glorot's is a middle between the way forward and the way back.",
)
def takes_hes_rule(shape, rng, *, dist="uniform"):
    variance = 2 / initialisers.fans(shape)[0]
    if dist == "uniform":
        return rng.uniform(-np.sqrt(3 * variance), np.sqrt(3 * variance), shape)
    if dist == "normal":
        return rng.normal(0, np.sqrt(variance), shape)
    raise ValueError(f"dist is {dist!r}.")


@misconception(
    replaces="glorot",
    fails="glorot-spread glorot-shape",
    diagnosis="The uniform limit is the standard deviation, so weights are √3 times too small.",
    hint="Numbers between −ℓ and ℓ: what is their standard deviation?",
)
def ends_at_the_deviation(shape, rng, *, dist="uniform"):
    variance = 2 / sum(initialisers.fans(shape))
    if dist == "uniform":
        return rng.uniform(-np.sqrt(variance), np.sqrt(variance), shape)
    if dist == "normal":
        return rng.normal(0, np.sqrt(variance), shape)
    raise ValueError(f"dist is {dist!r}.")


@misconception(
    replaces="glorot",
    fails="glorot-spread glorot-shape",
    diagnosis="The normal distribution gets the uniform limit as its standard deviation.",
    hint="s means two things on the slide. Which one is √6 / …?",
)
def takes_the_limit_for_the_deviation(shape, rng, *, dist="uniform"):
    variance = 2 / sum(initialisers.fans(shape))
    if dist == "uniform":
        return rng.uniform(-np.sqrt(3 * variance), np.sqrt(3 * variance), shape)
    if dist == "normal":
        return rng.normal(0, np.sqrt(3 * variance), shape)
    raise ValueError(f"dist is {dist!r}.")


@misconception(
    replaces="glorot",
    fails="glorot-shape",
    diagnosis="Uniform weights are all positive, from 0 to the limit.",
    hint="What is the mean of your weights?",
)
def draws_positive_weights(shape, rng, *, dist="uniform"):
    variance = 2 / sum(initialisers.fans(shape))
    if dist == "uniform":
        return rng.uniform(0, np.sqrt(3 * variance), shape)
    if dist == "normal":
        return rng.normal(0, np.sqrt(variance), shape)
    raise ValueError(f"dist is {dist!r}.")


@misconception(
    replaces="glorot",
    fails="glorot-shape",
    diagnosis="Normal numbers are drawn for both words.",
    hint="How large is the largest of your uniform weights?",
)
def draws_normal_numbers_always(shape, rng, *, dist="uniform"):
    if dist not in ("uniform", "normal"):
        raise ValueError(f"dist is {dist!r}.")
    return rng.normal(0, np.sqrt(2 / sum(initialisers.fans(shape))), shape)


@misconception(
    replaces="glorot",
    fails="glorot-shape",
    diagnosis="Uniform numbers are drawn for both words.",
    hint="Does a normal distribution end somewhere?",
)
def draws_uniform_numbers_always(shape, rng, *, dist="uniform"):
    if dist not in ("uniform", "normal"):
        raise ValueError(f"dist is {dist!r}.")
    limit = np.sqrt(6 / sum(initialisers.fans(shape)))
    return rng.uniform(-limit, limit, shape)


@misconception(
    replaces="glorot",
    fails="glorot-options",
    diagnosis="Every word that is not 'uniform' means normal, misspelt ones too.",
    hint="What does your function do with 'unifrom'?",
)
def takes_any_other_word_for_normal(shape, rng, *, dist="uniform"):
    variance = 2 / sum(initialisers.fans(shape))
    if dist == "uniform":
        return rng.uniform(-np.sqrt(3 * variance), np.sqrt(3 * variance), shape)
    return rng.normal(0, np.sqrt(variance), shape)


@misconception(
    replaces="glorot",
    fails="glorot-options",
    diagnosis="The weights are rounded to float32.",
    hint="Which dtype does the docstring promise?",
)
def rounds_to_float32(shape, rng, *, dist="uniform"):
    variance = 2 / sum(initialisers.fans(shape))
    if dist == "uniform":
        limit = np.sqrt(3 * variance)
        return rng.uniform(-limit, limit, shape).astype(np.float32)
    if dist == "normal":
        return rng.normal(0, np.sqrt(variance), shape).astype(np.float32)
    raise ValueError(f"dist is {dist!r}.")


@misconception(
    replaces="glorot",
    fails="glorot-generator",
    diagnosis="The generator that is handed over is not used: a new one is made at each call.",
    hint="Ask twice with one generator. Are the weights of both layers the same?",
)
def makes_its_own_generator(shape, rng, *, dist="uniform"):
    rng = np.random.default_rng(0)
    variance = 2 / sum(initialisers.fans(shape))
    if dist == "uniform":
        return rng.uniform(-np.sqrt(3 * variance), np.sqrt(3 * variance), shape)
    if dist == "normal":
        return rng.normal(0, np.sqrt(variance), shape)
    raise ValueError(f"dist is {dist!r}.")


# parse_arch


@misconception(
    replaces="parse_arch",
    fails="parse_arch-nested",
    diagnosis="A group ends at the first closing bracket: groups in groups are not understood.",
    hint="Which bracket closes which, in [[C]*2→P]*2?",
)
def ends_at_the_first_bracket(text):
    words = {"CONV": "C", "RELU": "R", "POOL": "P", "FC": "F"}
    text = text.replace("→", "->")
    layers, wants_part = [], True
    while text.strip():
        text = text.strip()
        group = re.match(r"\[([^\]]*)\]\s*(?:\*\s*([0-9]+))?", text)
        word = re.match(r"CONV|RELU|POOL|FC|[CRPF]", text)
        if wants_part and group:
            inner = [part.strip(" [") for part in group[1].split("->")]
            if any(part not in words and part not in words.values() for part in inner):
                raise ValueError(f"{text!r} is malformed.")
            layers += [words.get(part, part) for part in inner] * int(group[2] or 1)
            text = text[group.end() :]
        elif wants_part and word:
            layers.append(words.get(word[0], word[0]))
            text = text[word.end() :]
        elif not wants_part and text.startswith("->"):
            text = text[2:]
        else:
            raise ValueError(f"{text!r} is malformed.")
        wants_part = not wants_part
    if wants_part:
        raise ValueError("The text ends too early.")
    return layers


@misconception(
    replaces="parse_arch",
    fails="parse_arch-flat",
    diagnosis="Words are kept as words: CONV instead of C.",
    hint="The result holds four different strings.",
)
def leaves_words_as_they_are(text):
    words = ("CONV", "RELU", "POOL", "FC")
    groups, wants_part = [[]], True
    for token in re.findall(r"CONV|RELU|POOL|FC|->|\]\s*\*\s*[0-9]+|\S", text):
        if wants_part != (token in (*words, "C", "R", "P", "F", "[")):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        if token == "[":
            groups.append([])
        elif token.startswith("]") and len(groups) > 1:
            times = int(token.split("*")[1]) if "*" in token else 1
            group = groups.pop()
            groups[-1].extend(group * times)
        elif wants_part:
            groups[-1].append(token)
        elif token not in ("->", "→"):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        wants_part = token in ("[", "->", "→")
    if wants_part or len(groups) > 1:
        raise ValueError(f"{text!r} ends too early.")
    return groups[0]


@misconception(
    replaces="parse_arch",
    fails="parse_arch-flat",
    diagnosis="Only the arrow → is known, not ->.",
    hint="The grammar has two spellings of an arrow.",
)
def knows_no_arrow_of_two_characters(text):
    words = ("CONV", "RELU", "POOL", "FC")
    groups, wants_part = [[]], True
    for token in re.findall(r"CONV|RELU|POOL|FC|\]\s*\*\s*[0-9]+|\S", text):
        if wants_part != (token in (*words, "C", "R", "P", "F", "[")):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        if token == "[":
            groups.append([])
        elif token.startswith("]") and len(groups) > 1:
            times = int(token.split("*")[1]) if "*" in token else 1
            group = groups.pop()
            groups[-1].extend(group * times)
        elif wants_part:
            groups[-1].append(token[0])
        elif token not in ("→",):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        wants_part = token in ("[", "→")
    if wants_part or len(groups) > 1:
        raise ValueError(f"{text!r} ends too early.")
    return groups[0]


@misconception(
    replaces="parse_arch",
    fails="parse_arch-groups parse_arch-nested",
    diagnosis="A number repeats the last layer of its group, not the group.",
    hint="What stands twice in [C→R]*2?",
)
def repeats_the_last_layer_only(text):
    words = ("CONV", "RELU", "POOL", "FC")
    groups, wants_part = [[]], True
    for token in re.findall(r"CONV|RELU|POOL|FC|->|\]\s*\*\s*[0-9]+|\S", text):
        if wants_part != (token in (*words, "C", "R", "P", "F", "[")):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        if token == "[":
            groups.append([])
        elif token.startswith("]") and len(groups) > 1:
            times = int(token.split("*")[1]) if "*" in token else 1
            group = groups.pop()
            groups[-1].extend(group + group[-1:] * (times - 1))
        elif wants_part:
            groups[-1].append(token[0])
        elif token not in ("->", "→"):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        wants_part = token in ("[", "->", "→")
    if wants_part or len(groups) > 1:
        raise ValueError(f"{text!r} ends too early.")
    return groups[0]


@misconception(
    replaces="parse_arch",
    fails="parse_arch-groups",
    diagnosis="A number repeats all that was read so far, what stands before the bracket too.",
    hint="Try P→[C]*2. How often does P stand there?",
)
def repeats_all_that_came_before(text):
    words = ("CONV", "RELU", "POOL", "FC")
    groups, wants_part = [[]], True
    for token in re.findall(r"CONV|RELU|POOL|FC|->|\]\s*\*\s*[0-9]+|\S", text):
        if wants_part != (token in (*words, "C", "R", "P", "F", "[")):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        if token == "[":
            groups.append([])
        elif token.startswith("]") and len(groups) > 1:
            times = int(token.split("*")[1]) if "*" in token else 1
            group = groups.pop()
            groups[-1] = (groups[-1] + group) * times
        elif wants_part:
            groups[-1].append(token[0])
        elif token not in ("->", "→"):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        wants_part = token in ("[", "->", "→")
    if wants_part or len(groups) > 1:
        raise ValueError(f"{text!r} ends too early.")
    return groups[0]


@misconception(
    replaces="parse_arch",
    fails="parse_arch-groups",
    diagnosis="Each layer of a group is repeated by itself: C C R R for [C→R]*2.",
    hint="Read [C→R]*2 aloud.",
)
def repeats_layer_by_layer(text):
    words = ("CONV", "RELU", "POOL", "FC")
    groups, wants_part = [[]], True
    for token in re.findall(r"CONV|RELU|POOL|FC|->|\]\s*\*\s*[0-9]+|\S", text):
        if wants_part != (token in (*words, "C", "R", "P", "F", "[")):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        if token == "[":
            groups.append([])
        elif token.startswith("]") and len(groups) > 1:
            times = int(token.split("*")[1]) if "*" in token else 1
            group = groups.pop()
            groups[-1].extend(part for part in group for _ in range(times))
        elif wants_part:
            groups[-1].append(token[0])
        elif token not in ("->", "→"):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        wants_part = token in ("[", "->", "→")
    if wants_part or len(groups) > 1:
        raise ValueError(f"{text!r} ends too early.")
    return groups[0]


@misconception(
    replaces="parse_arch",
    fails="parse_arch-groups",
    diagnosis="Groups stay lists within the list.",
    hint="A flat list is asked for.",
)
def keeps_groups_as_lists(text):
    words = ("CONV", "RELU", "POOL", "FC")
    groups, wants_part = [[]], True
    for token in re.findall(r"CONV|RELU|POOL|FC|->|\]\s*\*\s*[0-9]+|\S", text):
        if wants_part != (token in (*words, "C", "R", "P", "F", "[")):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        if token == "[":
            groups.append([])
        elif token.startswith("]") and len(groups) > 1:
            times = int(token.split("*")[1]) if "*" in token else 1
            group = groups.pop()
            groups[-1].extend([group] * times)
        elif wants_part:
            groups[-1].append(token[0])
        elif token not in ("->", "→"):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        wants_part = token in ("[", "->", "→")
    if wants_part or len(groups) > 1:
        raise ValueError(f"{text!r} ends too early.")
    return groups[0]


@misconception(
    replaces="parse_arch",
    fails="parse_arch-nested",
    diagnosis="Only the outermost number counts: groups within groups stand once.",
    hint="Work [[C]*2→P]*2 out from the inside.",
)
def takes_inner_numbers_for_one(text):
    words = ("CONV", "RELU", "POOL", "FC")
    groups, wants_part = [[]], True
    for token in re.findall(r"CONV|RELU|POOL|FC|->|\]\s*\*\s*[0-9]+|\S", text):
        if wants_part != (token in (*words, "C", "R", "P", "F", "[")):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        if token == "[":
            groups.append([])
        elif token.startswith("]") and len(groups) > 1:
            times = int(token.split("*")[1]) if "*" in token else 1
            group = groups.pop()
            times = times if len(groups) == 1 else min(times, 1)
            groups[-1].extend(group * times)
        elif wants_part:
            groups[-1].append(token[0])
        elif token not in ("->", "→"):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        wants_part = token in ("[", "->", "→")
    if wants_part or len(groups) > 1:
        raise ValueError(f"{text!r} ends too early.")
    return groups[0]


@misconception(
    replaces="parse_arch",
    fails="parse_arch-numbers",
    diagnosis="*0 counts as once.",
    hint="How often is not at all?",
)
def takes_zero_for_one(text):
    words = ("CONV", "RELU", "POOL", "FC")
    groups, wants_part = [[]], True
    for token in re.findall(r"CONV|RELU|POOL|FC|->|\]\s*\*\s*[0-9]+|\S", text):
        if wants_part != (token in (*words, "C", "R", "P", "F", "[")):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        if token == "[":
            groups.append([])
        elif token.startswith("]") and len(groups) > 1:
            times = int(token.split("*")[1]) if "*" in token else 1
            group = groups.pop()
            groups[-1].extend(group * max(1, times))
        elif wants_part:
            groups[-1].append(token[0])
        elif token not in ("->", "→"):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        wants_part = token in ("[", "->", "→")
    if wants_part or len(groups) > 1:
        raise ValueError(f"{text!r} ends too early.")
    return groups[0]


@misconception(
    replaces="parse_arch",
    fails="parse_arch-numbers",
    diagnosis="Of a number the first digit is read only.",
    hint="How often does [C]*12 stand?",
)
def reads_one_digit(text):
    words = ("CONV", "RELU", "POOL", "FC")
    groups, wants_part = [[]], True
    for token in re.findall(r"CONV|RELU|POOL|FC|->|\]\s*\*\s*[0-9]+|\S", text):
        if wants_part != (token in (*words, "C", "R", "P", "F", "[")):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        if token == "[":
            groups.append([])
        elif token.startswith("]") and len(groups) > 1:
            times = int(token.split("*")[1].strip()[0]) if "*" in token else 1
            group = groups.pop()
            groups[-1].extend(group * times)
        elif wants_part:
            groups[-1].append(token[0])
        elif token not in ("->", "→"):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        wants_part = token in ("[", "->", "→")
    if wants_part or len(groups) > 1:
        raise ValueError(f"{text!r} ends too early.")
    return groups[0]


@misconception(
    replaces="parse_arch",
    fails="parse_arch-malformed",
    diagnosis="Characters that are none of the grammar's are passed over.",
    hint="What does your function say to X→C?",
)
def skips_what_it_does_not_know(text):
    words = ("CONV", "RELU", "POOL", "FC")
    groups, wants_part = [[]], True
    for token in re.findall(r"CONV|RELU|POOL|FC|->|\]\s*\*\s*[0-9]+|[][CRPF→]", text):
        if wants_part != (token in (*words, "C", "R", "P", "F", "[")):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        if token == "[":
            groups.append([])
        elif token.startswith("]") and len(groups) > 1:
            times = int(token.split("*")[1]) if "*" in token else 1
            group = groups.pop()
            groups[-1].extend(group * times)
        elif wants_part:
            groups[-1].append(token[0])
        elif token not in ("->", "→"):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        wants_part = token in ("[", "->", "→")
    if wants_part or len(groups) > 1:
        raise ValueError(f"{text!r} ends too early.")
    return groups[0]


@misconception(
    replaces="parse_arch",
    fails="parse_arch-malformed",
    diagnosis="A group that is never closed is closed at the end of the text.",
    hint="What is missing in [C→R?",
)
def closes_open_groups_silently(text):
    words = ("CONV", "RELU", "POOL", "FC")
    groups, wants_part = [[]], True
    for token in re.findall(r"CONV|RELU|POOL|FC|->|\]\s*\*\s*[0-9]+|\S", text):
        if wants_part != (token in (*words, "C", "R", "P", "F", "[")):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        if token == "[":
            groups.append([])
        elif token.startswith("]") and len(groups) > 1:
            times = int(token.split("*")[1]) if "*" in token else 1
            group = groups.pop()
            groups[-1].extend(group * times)
        elif wants_part:
            groups[-1].append(token[0])
        elif token not in ("->", "→"):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        wants_part = token in ("[", "->", "→")
    while len(groups) > 1:
        group = groups.pop()
        groups[-1].extend(group)
    if wants_part:
        raise ValueError(f"{text!r} ends too early.")
    return groups[0]


@misconception(
    replaces="parse_arch",
    fails="parse_arch-malformed",
    diagnosis="Arrows are passed over: it makes no difference whether there are any.",
    hint="C R is no pattern. What stands between two parts?",
)
def needs_no_arrows(text):
    words = ("CONV", "RELU", "POOL", "FC")
    groups, wants_part = [[]], True
    for token in re.findall(r"CONV|RELU|POOL|FC|->|\]\s*\*\s*[0-9]+|\S", text):
        if token == "[":
            groups.append([])
        elif token.startswith("]") and len(groups) > 1:
            times = int(token.split("*")[1]) if "*" in token else 1
            group = groups.pop()
            groups[-1].extend(group * times)
        elif token in (*words, "C", "R", "P", "F"):
            groups[-1].append(token[0])
        elif token not in ("->", "→"):
            raise ValueError(f"{text!r} is malformed at {token!r}.")
        wants_part = token in ("[", "->", "→")
    if wants_part or len(groups) > 1 or not text.strip():
        raise ValueError(f"{text!r} ends too early.")
    return groups[0]


# layer_table


@misconception(
    replaces="layer_table",
    fails="layer_table-conv",
    diagnosis="A convolution's biases are counted as products, one at each place.",
    hint="Adding is no multiplying.",
)
def counts_biases_as_products(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out) + O * out[0] * out[1]
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-conv",
    diagnosis="A convolution's products are counted at the places of its input.",
    hint="How many windows are there: as many as pixels go in, or as numbers come out?",
)
def counts_products_at_the_inputs(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, (H, W))
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-conv",
    diagnosis="Filters are taken to be one channel deep.",
    hint="How deep is a filter over 32 maps?",
)
def takes_filters_for_flat(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (_, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(1, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(1, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-conv",
    diagnosis="A convolution has biases here, also if its `bias` is False.",
    hint="Ask for all options that the dict has.",
)
def gives_each_filter_a_bias_always(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel)
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-conv",
    diagnosis="Stride, padding and dilation of a convolution are passed over.",
    hint="Ask for all options that the dict has.",
)
def ignores_stride_and_padding(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-conv",
    diagnosis="The dilation of a convolution is passed over.",
    hint="How far does a window of 3 taps reach with dilation 2?",
)
def ignores_dilation(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-passing",
    diagnosis="A pool is given as many parameters as its window has cells.",
    hint="What would a maximum learn?",
)
def gives_pools_weights(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            params = layer["kernel"][0] * layer["kernel"][1]
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-passing",
    diagnosis="The comparisons of a pool are counted as products.",
    hint="A product is a multiplication with its addition.",
)
def counts_comparisons(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
            macs = int(np.prod(shape)) * layer["kernel"][0] * layer["kernel"][1]
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-passing",
    diagnosis="ReLU counts a product for each number.",
    hint="Cutting off at 0 multiplies nothing.",
)
def takes_a_relu_for_work(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind == "relu":
            macs = int(np.prod(shape))
        else:
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-passing",
    diagnosis="The stride of a pool is taken to be its kernel, whatever the layer says.",
    hint="A pool has a stride of its own in the dict.",
)
def slides_pools_by_their_kernel(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["kernel"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-passing",
    diagnosis="The padding of a pool is passed over.",
    hint="A pool has a padding in the dict.",
)
def pools_without_padding(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-passing layer_table-nets",
    diagnosis="Flattening forgets the channels: H · W numbers are left.",
    hint="How many numbers are in a volume?",
)
def flattens_the_planes_only(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape[1:])),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-dense layer_table-nets",
    diagnosis="Dense layers have no biases here.",
    hint="Each unit has one more number to learn.",
)
def forgets_dense_biases(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-dense",
    diagnosis="A dense layer's biases are counted as products.",
    hint="Adding is no multiplying.",
)
def multiplies_by_dense_biases(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            macs = params
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-dense",
    diagnosis="A dense layer has biases here, also if its `bias` is False.",
    hint="Ask for all options that the dict has.",
)
def gives_dense_layers_biases_always(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + layer["units"]
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-nets",
    diagnosis="Convolutions and pools are always given the input picture, not what the layer "
    "before gives.",
    hint="What does the second convolution see?",
)
def gives_every_layer_the_picture(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if (
            kind in ("conv", "max_pool")
            and len(shape) * len(input_shape) != 9
            or kind == "dense"
            and len(shape) != 1
        ):
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = tuple(input_shape), layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*input_shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-nets",
    diagnosis="The channels stay those of the picture: later layers don't see how many maps a "
    "convolution made.",
    hint="How deep is what a layer of 32 filters gives?",
)
def forgets_the_new_channels(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            macs = shapes.conv_macs(C, O, kernel, out)
            rows.append({"name": layer["name"], "shape": (O, *out), "params": params, "macs": macs})
            shape = (C, *out)
            continue
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-errors",
    diagnosis="A dense layer takes a volume here, and flattens it without a word.",
    hint="Should a plan that lacks its flatten layer pass?",
)
def flattens_for_dense_layers(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = int(np.prod(shape)) * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        elif kind != "relu":
            raise ValueError(f"{layer['name']} is of no known kind: {kind}.")
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


@misconception(
    replaces="layer_table",
    fails="layer_table-errors",
    diagnosis="A layer of an unknown kind counts nothing and is passed over.",
    hint="What if somebody writes 'convolution'?",
)
def passes_unknown_kinds(layers, input_shape):
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, params, macs = layer["kind"], 0, 0
        if kind in ("conv", "max_pool") and len(shape) != 3 or kind == "dense" and len(shape) != 1:
            raise ValueError(f"{layer['name']} can't take {shape}.")
        if kind == "conv":
            (C, H, W), O, kernel = shape, layer["filters"], layer["kernel"]
            options = {key: layer[key] for key in ("stride", "padding", "dilation")}
            out = shapes.conv2d_shape(H, W, kernel, **options)
            params = shapes.conv_params(C, O, kernel, bias=layer["bias"])
            shape, macs = (O, *out), shapes.conv_macs(C, O, kernel, out)
        elif kind == "max_pool":
            options = {"stride": layer["stride"], "padding": layer["padding"]}
            shape = (shape[0], *shapes.conv2d_shape(*shape[1:], layer["kernel"], **options))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            macs = shape[0] * layer["units"]
            params = macs + (layer["units"] if layer["bias"] else 0)
            shape = (layer["units"],)
        rows.append({"name": layer["name"], "shape": shape, "params": params, "macs": macs})
    return rows


# LeNetLike


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-params",
    diagnosis="The dense layers are numbered on from the convolutions: dense3, dense4.",
    hint="Which names does the task list?",
)
class names_by_place:
    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels, pools, strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n + 2}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n + 2}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p, self.kept = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense3.w"], p["dense3.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense4.w"], p["dense4.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense4.w"], grads["dense4.b"] = ops.dense_backward(
            dy, self.active, p["dense4.w"]
        )
        dy = ops.relu_backward(dy, self.sums)
        dy, grads["dense3.w"], grads["dense3.b"] = ops.dense_backward(dy, self.flat, p["dense3.w"])
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.relu_backward(dy, pooled)
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-params",
    diagnosis="The first dense layer's weights are kept as (D, O).",
    hint="w of a dense layer is (O, D), everywhere in this course.",
)
class keeps_dense_weights_the_other_way:
    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels, pools, strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = (
                initialisers.glorot((O, D), rng).T if n == 1 else initialisers.glorot((O, D), rng)
            )
            self.params[f"dense{n}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p, self.kept = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"].T, p["dense1.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dy, self.active, p["dense2.w"]
        )
        dy = ops.relu_backward(dy, self.sums)
        dy, dw, grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"].T)
        grads["dense1.w"] = dw.T
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.relu_backward(dy, pooled)
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-start",
    diagnosis="All weights begin at 0.",
    hint="What comes back to the first layer if all weights above it are 0?",
)
class begins_at_zero(models.LeNetLike):
    def __init__(self, rng, **sizes):
        super().__init__(rng, **sizes)
        for value in self.params.values():
            value[...] = 0


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-start",
    diagnosis="First weights have the standard deviation 1, whatever the layer.",
    hint="What is your loss at the start? And log 10?",
)
class begins_with_standard_normal_weights(models.LeNetLike):
    def __init__(self, rng, **sizes):
        super().__init__(rng, **sizes)
        for name in [name for name in self.params if name.endswith(".w")]:
            self.params[name][...] = rng.normal(size=self.params[name].shape)


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-start",
    diagnosis="First weights are He's, of variance 2 / fan_in.",
    hint="Which initialiser does the task ask for?",
)
class begins_with_hes_weights(models.LeNetLike):
    def __init__(self, rng, **sizes):
        super().__init__(rng, **sizes)
        for name in [name for name in self.params if name.endswith(".w")]:
            self.params[name][...] = initialisers.he(self.params[name].shape, rng)


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-start",
    diagnosis="Biases are drawn at random.",
    hint="At which number do biases begin?",
)
class draws_biases_too(models.LeNetLike):
    def __init__(self, rng, **sizes):
        super().__init__(rng, **sizes)
        for name in [name for name in self.params if name.endswith(".b")]:
            self.params[name][...] = rng.uniform(-0.1, 0.1, len(self.params[name]))


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-start",
    diagnosis="The generator that is handed over is not used.",
    hint="Do two seeds give two networks?",
)
class takes_a_generator_of_its_own(models.LeNetLike):
    def __init__(self, rng, **sizes):
        super().__init__(np.random.default_rng(0), **sizes)


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-forward LeNetLike-backward",
    diagnosis="There is no ReLU behind the convolutions.",
    hint="What does a negative response become?",
)
class has_no_relu_behind_convolutions:
    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels, pools, strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p, self.kept = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = pooled
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"], p["dense1.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dy, self.active, p["dense2.w"]
        )
        dy = ops.relu_backward(dy, self.sums)
        dy, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"])
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-forward LeNetLike-backward",
    diagnosis="There is no ReLU between the two dense layers.",
    hint="What can two linear layers in a row do that one can't?",
)
class has_no_relu_between_dense_layers:
    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels, pools, strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p, self.kept = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"], p["dense1.b"])
        self.active = self.sums
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dy, self.active, p["dense2.w"]
        )
        dy, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"])
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.relu_backward(dy, pooled)
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-forward",
    diagnosis="Forward gives probabilities, not scores; the loss takes the softmax itself.",
    hint="What would softmax_cross_entropy do with them?",
)
class gives_probabilities(models.LeNetLike):
    def forward(self, x, train=False):
        return ops.softmax(super().forward(x))


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-forward",
    diagnosis="A last ReLU cuts negative scores off.",
    hint="May a score be negative?",
)
class cuts_the_scores_off(models.LeNetLike):
    def forward(self, x, train=False):
        self.scores = super().forward(x)
        return ops.relu(self.scores)

    def backward(self, dscores):
        return super().backward(ops.relu_backward(dscores, self.scores))


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-forward LeNetLike-backward",
    diagnosis="The volume is flattened with the channels last.",
    hint="In which order does reshape read (N, C, H, W)?",
)
class flattens_channels_last:
    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels, pools, strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p, self.kept = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = (len(x), *x.shape[2:], x.shape[1])
        self.flat = x.transpose(0, 2, 3, 1).reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"], p["dense1.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dy, self.active, p["dense2.w"]
        )
        dy = ops.relu_backward(dy, self.sums)
        dy, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"])
        dy = dy.reshape(self.volume).transpose(0, 3, 1, 2)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.relu_backward(dy, pooled)
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-forward",
    diagnosis="The convolutions are computed without their biases.",
    hint="Set all weights to 0 and a bias to 1: what comes out?",
)
class forgets_biases_of_convolutions:
    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels, pools, strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p, self.kept = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"], p["dense1.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dy, self.active, p["dense2.w"]
        )
        dy = ops.relu_backward(dy, self.sums)
        dy, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"])
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.relu_backward(dy, pooled)
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-forward",
    diagnosis="Average pooling stands where max pooling is asked for.",
    hint="The table says max_pool.",
)
class averages_instead:
    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels, pools, strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p, self.kept = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled = ops.avg_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"], p["dense1.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dy, self.active, p["dense2.w"]
        )
        dy = ops.relu_backward(dy, self.sums)
        dy, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"])
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.relu_backward(dy, pooled)
            dy = ops.avg_pool2d_backward(dy, maps.shape, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-params LeNetLike-sizes",
    diagnosis="A pair of kernel sizes is read as its first number.",
    hint="Which window has kernel=(2, 3)?",
)
class has_square_kernels_only:
    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools
        C, *size = in_shape
        kernel = kernel if isinstance(kernel, int) else kernel[0]
        for n, (O, pool) in enumerate(zip(channels, pools, strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p, self.kept = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"], p["dense1.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dy, self.active, p["dense2.w"]
        )
        dy = ops.relu_backward(dy, self.sums)
        dy, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"])
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.relu_backward(dy, pooled)
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-params LeNetLike-sizes",
    diagnosis="There are two convolutions, whatever `channels` says; more or fewer are an error "
    "or are left out.",
    hint="How long may `channels` be?",
)
class has_two_convolutions_always:
    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools[:2]
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels[:2], pools[:2], strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p, self.kept = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"], p["dense1.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dy, self.active, p["dense2.w"]
        )
        dy = ops.relu_backward(dy, self.sums)
        dy, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"])
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.relu_backward(dy, pooled)
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-sizes",
    diagnosis="Where there are fewer pools than channels, the last convolutions are left out "
    "without a word.",
    hint="What should LeNetLike(rng, pools=(3,)) do?",
)
class leaves_extra_convolutions_out:
    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels, pools, strict=False), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p, self.kept = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"], p["dense1.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dy, self.active, p["dense2.w"]
        )
        dy = ops.relu_backward(dy, self.sums)
        dy, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"])
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.relu_backward(dy, pooled)
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-backward",
    diagnosis="The way back passes the ReLU between the dense layers as if it were not there.",
    hint="Which units were silent? Do they hear anything back?",
)
class forgets_relu_on_the_way_back:
    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels, pools, strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p, self.kept = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"], p["dense1.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dy, self.active, p["dense2.w"]
        )
        dy, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"])
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.relu_backward(dy, pooled)
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-backward",
    diagnosis="The way back passes the ReLUs behind the convolutions as if they were not there.",
    hint="A map that was cut off to 0 everywhere: what may its filter hear?",
)
class forgets_the_relus_of_convolutions_on_the_way_back:
    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels, pools, strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p, self.kept = self.params, []
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"], p["dense1.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dy, self.active, p["dense2.w"]
        )
        dy = ops.relu_backward(dy, self.sums)
        dy, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"])
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-backward",
    diagnosis="The gradients are divided by the number of pictures, though the loss has done so.",
    hint="What arrives is the gradient of the mean already.",
)
class divides_by_the_batch_again(models.LeNetLike):
    def backward(self, dscores):
        return {name: grad / len(dscores) for name, grad in super().backward(dscores).items()}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-backward LeNetLike-contract",
    diagnosis="There are no gradients of the biases.",
    hint="What should a training do with `params` that have no gradient?",
)
class gives_no_gradients_of_biases(models.LeNetLike):
    def backward(self, dscores):
        grads = super().backward(dscores)
        return {name: grad for name, grad in grads.items() if name.endswith(".w")}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-again",
    diagnosis="Gradients add up from call to call.",
    hint="What should backward give when it is asked twice?",
)
class adds_gradients_up(models.LeNetLike):
    def __init__(self, rng, **sizes):
        super().__init__(rng, **sizes)
        self.total = {name: np.zeros(value.shape) for name, value in self.params.items()}

    def backward(self, dscores):
        for name, grad in super().backward(dscores).items():
            self.total[name] = self.total[name] + grad
        return dict(self.total)


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-again",
    diagnosis="What forward keeps is kept for all networks together, in the class.",
    hint="Which network's pictures does backward use if another one went forward in between?",
)
class shares_what_it_keeps:
    kept = []

    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels, pools, strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p = self.params
        self.kept.clear()
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"], p["dense1.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dy, self.active, p["dense2.w"]
        )
        dy = ops.relu_backward(dy, self.sums)
        dy, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"])
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.relu_backward(dy, pooled)
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-again",
    diagnosis="The list of what forward keeps is never emptied: backward uses the very first "
    "batch.",
    hint="How long is the list after two batches?",
)
class appends_to_what_was_kept:
    def __init__(
        self,
        rng,
        *,
        in_shape=(1, 28, 28),
        channels=(32, 64),
        kernel=5,
        pools=(3, 2),
        hidden=200,
        classes=10,
    ):
        self.params, self.state, self.pools = {}, {}, pools
        self.kept = []
        C, *size = in_shape
        for n, (O, pool) in enumerate(zip(channels, pools, strict=True), 1):
            shape = (O, C, *pair(kernel, "kernel", 1))
            self.params[f"conv{n}.w"] = initialisers.glorot(shape, rng)
            self.params[f"conv{n}.b"] = np.zeros(O)
            size = shapes.conv2d_shape(*size, kernel)
            size = shapes.conv2d_shape(*size, pool, stride=pool)
            C = O
        for n, (D, O) in enumerate([(C * size[0] * size[1], hidden), (hidden, classes)], 1):
            self.params[f"dense{n}.w"] = initialisers.glorot((O, D), rng)
            self.params[f"dense{n}.b"] = np.zeros(O)

    def forward(self, x, train=False):
        p = self.params
        for n, pool in enumerate(self.pools, 1):
            maps = ops.conv2d(x, p[f"conv{n}.w"], p[f"conv{n}.b"])
            pooled, _ = ops.max_pool2d(maps, pool)
            self.kept.append((x, maps, pooled))
            x = ops.relu(pooled)
        self.volume = x.shape
        self.flat = x.reshape(len(x), -1)
        self.sums = ops.dense(self.flat, p["dense1.w"], p["dense1.b"])
        self.active = ops.relu(self.sums)
        return ops.dense(self.active, p["dense2.w"], p["dense2.b"])

    def backward(self, dscores):
        p, grads, dy = self.params, {}, dscores
        dy, grads["dense2.w"], grads["dense2.b"] = ops.dense_backward(
            dy, self.active, p["dense2.w"]
        )
        dy = ops.relu_backward(dy, self.sums)
        dy, grads["dense1.w"], grads["dense1.b"] = ops.dense_backward(dy, self.flat, p["dense1.w"])
        dy = dy.reshape(self.volume)
        for n in range(len(self.pools), 0, -1):
            x, maps, pooled = self.kept[n - 1]
            dy = ops.relu_backward(dy, pooled)
            dy = ops.max_pool2d_backward(dy, maps, self.pools[n - 1])
            dy, grads[f"conv{n}.w"], grads[f"conv{n}.b"] = ops.conv2d_backward(
                dy, x, p[f"conv{n}.w"]
            )
        return {name: grads[name] for name in p}


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-contract",
    diagnosis="Backward changes the parameters: it takes the step itself.",
    hint="Who knows the learning rate?",
)
class steps_while_it_measures(models.LeNetLike):
    def backward(self, dscores):
        grads = super().backward(dscores)
        for name, grad in grads.items():
            self.params[name] -= 1e-3 * grad
        return grads


@misconception(
    replaces="LeNetLike",
    fails="LeNetLike-contract",
    diagnosis="Forward writes into the pictures: their mean is subtracted in place.",
    hint="Is x after the call what it was before?",
)
class centres_the_pictures_in_place(models.LeNetLike):
    def forward(self, x, train=False):
        mean = x.mean()
        x -= mean
        return super().forward(x + mean)


# train


@misconception(
    replaces="train",
    fails="train-history",
    diagnosis="The mean of the batches' losses is given: the pictures of a short batch count more.",
    hint="Work the example with 2, 2 and 1 pictures.",
)
def averages_the_batches(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            total += loss
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / -(-len(X) // batch_size)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-history",
    diagnosis="The history holds the loss of each epoch's last batch.",
    hint="Whose mean should it be?",
)
def gives_the_last_batch(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            total = loss * len(X)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-history",
    diagnosis="Loss and accuracy are computed anew after each step: twice the work, and other "
    "numbers.",
    hint="Which scores were learned from?",
)
def looks_after_the_step(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            scores = model.forward(X[batch])
            loss, _ = ops.softmax_cross_entropy(scores, y[batch])
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-history",
    diagnosis="The accuracy is a count, not a part of 1.",
    hint="An accuracy lies between 0 and 1.",
)
def counts_right_answers(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right))
    return history


@misconception(
    replaces="train",
    fails="train-history",
    diagnosis="Loss and accuracy are those of the finished model on all pictures, after each "
    "epoch.",
    hint="Which scores does the task ask for? What would it cost with 60,000 pictures?",
)
def evaluates_after_the_epoch(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        scores = model.forward(X)
        loss, _ = ops.softmax_cross_entropy(scores, y)
        history["loss"].append(float(loss))
        history["acc"].append(float(np.mean(scores.argmax(axis=1) == y)))
    return history


@misconception(
    replaces="train",
    fails="train-step train-overfits",
    diagnosis="The step goes along the gradient: the loss is made large.",
    hint="In which direction does the gradient point, uphill or downhill?",
)
def climbs(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] += lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-step",
    diagnosis="The gradient is divided by the size of the batch, though it is that of a mean.",
    hint="What does softmax_cross_entropy's gradient have in it already?",
)
def divides_the_gradient_again(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient / len(batch)
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-step",
    diagnosis="The gradients of an epoch are added up, and one step is taken at its end.",
    hint="When does each batch move the parameters?",
)
def steps_once_an_epoch(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right, moves = 0.0, 0, {}
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                moves[name] = moves.get(name, 0) + gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        for name, move in moves.items():
            model.params[name] -= lr * move
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-batches",
    diagnosis="A short last batch is left out.",
    hint="Which pictures are never learned from in this epoch?",
)
def drops_the_last_batch(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        for start in range(
            0, len(X) - len(X) % batch_size if len(X) > batch_size else len(X), batch_size
        ):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(
            float(total / (len(X) - len(X) % batch_size if len(X) > batch_size else len(X)))
        )
        history["acc"].append(
            float(right / (len(X) - len(X) % batch_size if len(X) > batch_size else len(X)))
        )
    return history


@misconception(
    replaces="train",
    fails="train-batches",
    diagnosis="Every epoch takes the pictures in the order in which they stand.",
    hint="What if all T-shirts stand first?",
)
def does_not_shuffle(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = np.arange(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-batches",
    diagnosis="The order is drawn once, before the first epoch.",
    hint="Are the batches of the second epoch those of the first?",
)
def shuffles_once(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    order = rng.permutation(len(X))
    for _ in range(epochs):
        total, right = 0.0, 0
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-batches",
    diagnosis="Batches are drawn with replacement: some pictures come twice in an epoch, some "
    "never.",
    hint="Does each picture have its turn?",
)
def draws_with_replacement(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.integers(0, len(X), len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-batches train-overfits",
    diagnosis="The pictures are shuffled, the labels are not.",
    hint="Which label belongs to the first picture of the batch?",
)
def leaves_the_labels_behind(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[start : start + batch_size])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[start : start + batch_size])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-step train-overfits",
    diagnosis="Copies of the parameters are updated: the model stays as it was.",
    hint="Which arrays does forward compute with?",
)
def updates_copies(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    params = {name: value.copy() for name, value in model.params.items()}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                params[name] -= lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-generator",
    diagnosis="NumPy's global generator is seeded and used, not rng.",
    hint="What is rng for? Try two seeds.",
)
def seeds_numpys_global_generator(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    np.random.seed(0)
    for _ in range(epochs):
        total, right = 0.0, 0
        order = np.random.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-generator",
    diagnosis="The order comes from a generator with a seed of its own.",
    hint="What is rng for? Try two seeds.",
)
def seeds_its_own_generator(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    rng = np.random.default_rng(0)
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-contract",
    diagnosis="Each step puts a new array into params: whoever holds the old one sees nothing "
    "change.",
    hint="= or -= ?",
)
def puts_new_arrays_into_params(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] = model.params[name] - lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history


@misconception(
    replaces="train",
    fails="train-contract",
    diagnosis="X and y themselves are shuffled.",
    hint="In which order are the caller's pictures afterwards?",
)
def shuffles_the_pictures_in_place(model, X, y, lr, epochs, batch_size, rng):
    history = {"loss": [], "acc": []}
    for _ in range(epochs):
        total, right = 0.0, 0
        order = rng.permutation(len(X))
        X[...], y[...] = X[order], y[order]
        order = np.arange(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = model.forward(X[batch])
            loss, dscores = ops.softmax_cross_entropy(scores, y[batch])
            for name, gradient in model.backward(dscores).items():
                model.params[name] -= lr * gradient
            total += loss * len(batch)
            right += np.sum(scores.argmax(axis=1) == y[batch])
        history["loss"].append(float(total / len(X)))
        history["acc"].append(float(right / len(X)))
    return history
