"""Widgets of the chapters: quizzes, and pictures that run on the student's own function.

Each is loaded when it is first asked for, so that reading the quiz format
(:mod:`cnnkit.widgets.quiz_format`) costs the standard library alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnkit.widgets.architecture_widget import architecture_builder
    from cnnkit.widgets.backprop_widget import backprop_stepper
    from cnnkit.widgets.conv_widget import conv_explorer
    from cnnkit.widgets.dashboard_widget import training_dashboard
    from cnnkit.widgets.error_widget import error_browser
    from cnnkit.widgets.freeze_widget import freeze_slider
    from cnnkit.widgets.im2col_widget import im2col_viewer
    from cnnkit.widgets.kernel_widget import kernel_editor
    from cnnkit.widgets.mixer_widget import augmentation_mixer
    from cnnkit.widgets.pixel_widget import pixel_inspector
    from cnnkit.widgets.pooling_widget import pooling_playground
    from cnnkit.widgets.quiz_widget import quiz
    from cnnkit.widgets.shift_widget import shift_slider
    from cnnkit.widgets.slide_widget import sliding_kernel

# The module of each widget. None is called like its function: once loaded, it would hide it.
HOMES = {
    "architecture_builder": "architecture_widget",
    "augmentation_mixer": "mixer_widget",
    "backprop_stepper": "backprop_widget",
    "conv_explorer": "conv_widget",
    "error_browser": "error_widget",
    "freeze_slider": "freeze_widget",
    "im2col_viewer": "im2col_widget",
    "kernel_editor": "kernel_widget",
    "pixel_inspector": "pixel_widget",
    "pooling_playground": "pooling_widget",
    "quiz": "quiz_widget",
    "shift_slider": "shift_widget",
    "sliding_kernel": "slide_widget",
    "training_dashboard": "dashboard_widget",
}

__all__ = [
    "architecture_builder",
    "augmentation_mixer",
    "backprop_stepper",
    "conv_explorer",
    "error_browser",
    "freeze_slider",
    "im2col_viewer",
    "kernel_editor",
    "pixel_inspector",
    "pooling_playground",
    "quiz",
    "shift_slider",
    "sliding_kernel",
    "stay_alive",
    "training_dashboard",
]


def __getattr__(name: str) -> object:
    """Load a widget's module."""
    if name not in HOMES:
        raise AttributeError(f"module 'cnnkit.widgets' has no attribute '{name}'")
    return getattr(import_module(f"cnnkit.widgets.{HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *HOMES])


def stay_alive() -> None:
    """Let widgets shown from now on carry what they need in a page without a kernel.

    Their HTML then holds the script and the views drawn beforehand: some hundred kilobytes.
    """
    from cnnkit.widgets.base import Widget

    Widget.alive = True
