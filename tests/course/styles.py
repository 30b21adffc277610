"""Correct solutions in different styles, by chapter and exercise."""

from __future__ import annotations

import importlib


def styles_of(name: str) -> dict[str, dict[str, str]]:
    """The styles of a chapter: exercise, then style, then the source of the solution cell."""
    return importlib.import_module(f"styles_{name[:2]}").STYLES
