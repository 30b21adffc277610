"""Pictures of the course: each function returns a matplotlib Figure, ``show`` displays it.

A figure carries its content in words as ``figure.alt``; :func:`show` hands it to screen readers
and offers it to everybody. Colours are chosen to be told apart by colour-blind readers, and no
picture says anything by colour alone. An array of another kind or shape than a function draws, or a
place that is not there, is a ``TypeError`` or a ``ValueError``.
"""

from cnnkit.pictures.blocks import block_diagrams, channel_wiring
from cnnkit.pictures.comparisons import spread, stopping
from cnnkit.pictures.disturbance import disturbance_curves
from cnnkit.pictures.equivariance import moving_and_staying, two_ways
from cnnkit.pictures.errors import confident_errors, occlusion
from cnnkit.pictures.fields import gradient_field, strongest_patches
from cnnkit.pictures.filtering import borders, difference, filter_bank, filter_step
from cnnkit.pictures.filters import dot_product, response_maps
from cnnkit.pictures.gradients import gradient_flow, gradient_sums, pool_routing, step_errors
from cnnkit.pictures.grids import augmentation_grid, image_grid
from cnnkit.pictures.im2col import conv_matrix, running_times, window_columns
from cnnkit.pictures.learned import feature_maps, learned_filters
from cnnkit.pictures.networks import layer_costs, receptive_field
from cnnkit.pictures.pixels import channels, gallery, histograms, memory_order, pixel_grid
from cnnkit.pictures.pooling import conv_then_pool, pooling
from cnnkit.pictures.rows import along_row
from cnnkit.pictures.shown import Picture, show
from cnnkit.pictures.signals import alignments, modes, slide
from cnnkit.pictures.starts import signal_by_layer
from cnnkit.pictures.templates import class_scores, templates
from cnnkit.pictures.training import confusion_matrix, learning_curves
from cnnkit.pictures.transfer import accuracy_by_number, filters_changed, kept_layers
from cnnkit.pictures.volumes import volume
from cnnkit.pictures.windows import coverage, window, windows

__all__ = [
    "Picture",
    "accuracy_by_number",
    "alignments",
    "along_row",
    "augmentation_grid",
    "block_diagrams",
    "borders",
    "channel_wiring",
    "channels",
    "class_scores",
    "confident_errors",
    "confusion_matrix",
    "conv_matrix",
    "conv_then_pool",
    "coverage",
    "difference",
    "disturbance_curves",
    "dot_product",
    "feature_maps",
    "filter_bank",
    "filter_step",
    "filters_changed",
    "gallery",
    "gradient_field",
    "gradient_flow",
    "gradient_sums",
    "histograms",
    "image_grid",
    "kept_layers",
    "layer_costs",
    "learned_filters",
    "learning_curves",
    "memory_order",
    "modes",
    "moving_and_staying",
    "occlusion",
    "pixel_grid",
    "pool_routing",
    "pooling",
    "receptive_field",
    "response_maps",
    "running_times",
    "show",
    "signal_by_layer",
    "slide",
    "spread",
    "step_errors",
    "stopping",
    "strongest_patches",
    "templates",
    "two_ways",
    "volume",
    "window",
    "window_columns",
    "windows",
]
