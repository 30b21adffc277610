"""Widgets of the chapters: quizzes, and pictures that run on the student's own function.

The functions here load what they need when they are called, so that reading the quiz format
(:mod:`cnnkit.widgets.quiz_format`) costs the standard library alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike

    from cnnkit.layers import Sequential
    from cnnkit.widgets.architecture_widget import ArchitectureBuilder
    from cnnkit.widgets.backprop_widget import BackpropStepper
    from cnnkit.widgets.conv_widget import ConvExplorer
    from cnnkit.widgets.im2col_widget import Im2colViewer
    from cnnkit.widgets.kernel_widget import KernelEditor
    from cnnkit.widgets.mixer_widget import AugmentationMixer
    from cnnkit.widgets.pixel_widget import PixelInspector
    from cnnkit.widgets.pooling_widget import PoolingPlayground
    from cnnkit.widgets.quiz_widget import Quiz
    from cnnkit.widgets.shift_widget import ShiftSlider
    from cnnkit.widgets.slide_widget import SlidingKernel

__all__ = [
    "architecture_builder",
    "augmentation_mixer",
    "backprop_stepper",
    "conv_explorer",
    "im2col_viewer",
    "kernel_editor",
    "pixel_inspector",
    "pooling_playground",
    "quiz",
    "shift_slider",
    "sliding_kernel",
    "stay_alive",
]


def stay_alive() -> None:
    """Let widgets shown from now on carry what they need in a page without a kernel.

    Their HTML then holds the script and the views drawn beforehand: some hundred kilobytes.
    """
    from cnnkit.widgets.base import Widget

    Widget.alive = True


def quiz(encoded: str) -> Quiz:
    """Show a question whose options explain themselves once one is chosen.

    Parameters
    ----------
    encoded : str
        What :func:`cnnkit.widgets.quiz_format.encode` made of the question.
    """
    from cnnkit.widgets.quiz_format import decode
    from cnnkit.widgets.quiz_widget import Quiz

    return Quiz(decode(encoded))


def pixel_inspector(
    quantize: Callable | None = None, *, image: ArrayLike | str | None = None
) -> PixelInspector:
    """See light become a grid of numbers, one pixel after another.

    Parameters
    ----------
    quantize : function, optional
        Your own, called as ``quantize(img, levels=)`` for each channel; by default
        :func:`cnnkit.images.quantize`. What it returns is what the widget shows.
    image : array_like, shape (H, W) or (3, H, W), or the path of a file, optional
        Another picture than the flower: uint8, or floats from 0 to 1.
    """
    from cnnkit.widgets.pixel_widget import PixelInspector

    return PixelInspector(quantize, image=image)


def sliding_kernel(
    correlate1d: Callable | None = None,
    convolve1d: Callable | None = None,
    *,
    signal: ArrayLike | None = None,
    kernel: ArrayLike | None = None,
) -> SlidingKernel:
    """Slide a kernel along a signal, one place after another.

    Parameters
    ----------
    correlate1d, convolve1d : function, optional
        Your own, called as ``correlate1d(x, k, mode=)`` and, flipped, ``convolve1d(x, k)``;
        those of :mod:`cnnkit.filters` by default.
    signal, kernel : array_like of one axis, optional
        Numbers of your own, up to 24 each.
    """
    from cnnkit.widgets.slide_widget import SlidingKernel

    return SlidingKernel(correlate1d, convolve1d, signal=signal, kernel=kernel)


def kernel_editor(
    correlate2d: Callable | None = None,
    convolve2d: Callable | None = None,
    *,
    image: ArrayLike | str | None = None,
) -> KernelEditor:
    """Type the weights of a kernel and see what it answers to a photograph.

    Parameters
    ----------
    correlate2d, convolve2d : function, optional
        Your own, called as ``correlate2d(x, k, mode="same")``; by default of cnnkit.filters.
    image : array_like, shape (H, W) or (3, H, W), or the path of a file, optional
        Another picture than the flower, your own for instance: uint8, or floats from 0 to 1.
    """
    from cnnkit.widgets.kernel_widget import KernelEditor

    return KernelEditor(correlate2d, convolve2d, image=image)


def conv_explorer(
    conv2d: Callable | None = None, *, image: ArrayLike | None = None, **setting: int
) -> ConvExplorer:
    """Move a kernel over a small picture, one output place after another.

    Parameters
    ----------
    conv2d : function, optional
        Your own function, called as ``conv2d(x, w, b, stride=, padding=, dilation=)``;
        :func:`cnnkit.ops.conv2d` by default. What it returns is what the widget shows.
    image : array_like, shape (H, W) or (C, H, W), optional
        Another picture than the flower of ten grey levels a channel, at least 3 by 3;
        of a larger one than 10 by 10, or of more than 3 channels, the first are used.
    **setting : int
        Where the sliders start: ``height``, ``width``, ``kernel``, ``stride``, ``padding``,
        ``dilation``, ``channels``, ``filters``.
    """
    from cnnkit.widgets.conv_widget import ConvExplorer

    return ConvExplorer(conv2d, image=image, **setting)


def pooling_playground(
    max_pool2d: Callable | None = None,
    *,
    avg_pool2d: Callable | None = None,
    lp_pool2d: Callable | None = None,
    max_pool2d_backward: Callable | None = None,
    avg_pool2d_backward: Callable | None = None,
    image: ArrayLike | None = None,
    **setting: object,
) -> PoolingPlayground:
    """See where a pool's numbers come from, what a shift changes, and who gets the gradient.

    Parameters
    ----------
    max_pool2d, avg_pool2d, lp_pool2d, max_pool2d_backward, avg_pool2d_backward : function, optional
        Your own functions, with the signatures of those in :mod:`cnnkit.ops`, which are the
        default. With your own ``max_pool2d`` alone the gradient goes where its argmax points.
    image : array_like, shape (H, W), optional
        Another picture, at least 4 by 4; of a larger one than 10 by 10 the first pixels are used.
    **setting
        Where the controls start: ``kind`` ("max", "average" or "L2"), ``window``, ``stride``,
        ``padding``, ``shift``.
    """
    from cnnkit.widgets.pooling_runs import Functions
    from cnnkit.widgets.pooling_widget import PoolingPlayground

    functions = Functions(
        max_pool2d, avg_pool2d, lp_pool2d, max_pool2d_backward, avg_pool2d_backward
    )
    return PoolingPlayground(functions, image=image, **setting)


def shift_slider(
    shift2d: Callable | None = None,
    receptive_field: Callable | None = None,
    *,
    net: Sequential | Mapping[str, Sequential] | None = None,
    picture: ArrayLike | None = None,
) -> ShiftSlider:
    """Move a picture, and watch a trained net's maps, their means and what it says.

    Parameters
    ----------
    shift2d : function, optional
        Your own function, called as ``shift2d(x, rows, cols, mode=)`` on a picture (H, W);
        :func:`cnnkit.images.shift2d` by default. What it returns is what the net sees.
    receptive_field : function, optional
        Your own function, called with a list of (kernel, stride, padding, dilation);
        :func:`cnnkit.architectures.receptive_field` by default. It draws the frame.
    net : Sequential, or dict of them by name, optional
        Other nets than the two small ones whose recorded weights come with cnnkit.
    picture : array_like, shape (H, W) or (C, H, W), or the path of a file, optional
        Another picture than ten pieces of clothing: uint8, or floats of 0 to 1.
    """
    from cnnkit.widgets.shift_widget import ShiftSlider

    return ShiftSlider(shift2d, receptive_field, net=net, picture=picture)


def backprop_stepper(
    conv2d_backward: Callable | None = None,
    *,
    x: ArrayLike | None = None,
    w: ArrayLike | None = None,
    **setting: int,
) -> BackpropStepper:
    """Step through a layer's outputs and see what each sends back to pixels and weights.

    Parameters
    ----------
    conv2d_backward : function, optional
        Your own function, called as ``conv2d_backward(dy, x, w, stride=, padding=, dilation=)``;
        :func:`cnnkit.ops.conv2d_backward` by default. What it returns is what the widget shows.
    x, w : array_like, shape (H, W) and (kH, kW), optional
        Another image and kernel, of few and short numbers.
    **setting : int
        Where the sliders start: ``height``, ``width``, ``kernel``, ``stride``, ``padding``,
        ``dilation``.
    """
    from cnnkit.widgets.backprop_widget import BackpropStepper

    return BackpropStepper(conv2d_backward, x=x, w=w, **setting)


def architecture_builder(
    count_macs: Callable | None = None,
    receptive_field: Callable | None = None,
    *,
    start: str = "a small net",
) -> ArchitectureBuilder:
    """Stack blocks to a net, and watch shapes, parameters, products and receptive field.

    Parameters
    ----------
    count_macs : function, optional
        Your own function, called with a network (a dict with 'input_shape' and 'layers');
        :func:`cnnkit.architectures.count_macs` by default. Its counts are what is shown.
    receptive_field : function, optional
        Your own function, called with a list of (kernel, stride, padding, dilation);
        :func:`cnnkit.architectures.receptive_field` by default.
    start : str
        The net to start from: 'a small net', 'LeNet-5', 'AlexNet', 'VGG-16' or 'residual'.
    """
    from cnnkit.widgets.architecture_widget import ArchitectureBuilder

    return ArchitectureBuilder(count_macs, receptive_field, start=start)


def augmentation_mixer(
    own: Callable | None = None, *, picture: ArrayLike | None = None, **functions: Callable
) -> AugmentationMixer:
    """Mix augmentations of nine pictures by sliders and a seed, and see what a label becomes.

    Parameters
    ----------
    own : function, optional
        A change of your own, called as ``own(x, rng=)`` with a batch (9, C, H, W) of 0..1; it
        gives a batch of the same shape. It comes after the others and before mix-up.
    picture : array_like, shape (H, W) or (C, H, W), or the path of a file, optional
        A picture of your own: uint8, or floats of 0 to 1.
    **functions
        Your own ``hflip``, ``affine``, ``random_crop``, ``color_jitter``, ``cutout`` or
        ``mixup``, in the place of those of :mod:`cnnkit.augment`, called by the names of their
        arguments.
    """
    from cnnkit.widgets.mixer_widget import AugmentationMixer

    return AugmentationMixer(own, picture=picture, **functions)


def im2col_viewer(
    im2col: Callable | None = None, *, image: ArrayLike | None = None, **setting: int
) -> Im2colViewer:
    """See which window of a picture is which column of a matrix, and where each pixel went.

    Parameters
    ----------
    im2col : function, optional
        Your own function, called as ``im2col(x, kernel=, stride=, padding=, dilation=)``;
        :func:`cnnkit.ops.im2col` by default. What it returns is what the widget shows.
    image : array_like, shape (H, W) or (C, H, W), optional
        Another picture, at least 2 by 2; of a larger one the first 2 channels, 5 rows and 5
        columns are used.
    **setting : int
        Where the sliders start: ``channels``, ``height``, ``width``, ``kernel``, ``stride``,
        ``padding``, ``dilation``.
    """
    from cnnkit.widgets.im2col_widget import Im2colViewer

    return Im2colViewer(im2col, image=image, **setting)
