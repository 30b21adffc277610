"""Formulas as MathML: browsers draw it themselves, so no script has to be fetched or shipped."""

from __future__ import annotations

import re

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging

# What the converter lacks, by what it knows.
KNOWN = {r"{aligned}": "{align*}", r"\arg": r"\operatorname{arg}"}
logger = logging.getLogger(__name__)


def mathml(formula: str, display: str, place: nodes.Node) -> str:
    """Convert a formula; warn of a command that would stand there as it is written."""
    for lacking, known in KNOWN.items():
        formula = formula.replace(lacking, known)
    made = convert(formula.strip(), display=display)
    if left := re.search(r">(\\\w+|&)<", made):
        logger.warning("%s cannot be drawn in the formula %s", left[1], formula, location=place)
    return made


def inline(self, node: nodes.math) -> None:
    """Write a formula within a line."""
    self.body.append(mathml(node.astext(), "inline", node))
    raise nodes.SkipNode


def block(self, node: nodes.math_block) -> None:
    """Write a formula with a line of its own, which scrolls where the page is narrow."""
    formula = mathml(node.astext(), "block", node)
    self.body.append(f'<div class="formula" tabindex="0">{formula}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx."""
    app.add_html_math_renderer(
        "mathml", inline_renderers=(inline, None), block_renderers=(block, None)
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
