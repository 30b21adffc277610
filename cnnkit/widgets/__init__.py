"""Widgets of the chapters: quizzes, and pictures that run on the student's own function.

The functions here load what they need when they are called, so that reading the quiz format
(:mod:`cnnkit.widgets.quiz_format`) costs the standard library alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from cnnkit.widgets.conv_widget import ConvExplorer
    from cnnkit.widgets.quiz_widget import Quiz

__all__ = ["conv_explorer", "quiz"]


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
