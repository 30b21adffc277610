"""Sphinx's settings for the course's pages; tools/site/build.py writes the pages and calls it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "Convolutional networks, by hand"
author = "the course's authors"
extensions = ["myst_nb", "mathml"]
html_theme = "furo"
html_title = project
html_static_path = ["static"]
html_css_files = ["site.css"]
html_favicon = "static/favicon.svg"
html_math_renderer = "mathml"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_use_index = False
html_theme_options = {"navigation_with_keys": False}  # arrow keys belong to the widgets
templates_path: list[str] = []
exclude_patterns: list[str] = []

myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_merge_streams = True
# A widget's text/html is alive in a static page; its other form asks for a kernel.
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
# Chapters begin a part with a rule and a heading, and hints hold headings of their own.
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type", "misc.highlighting_failure"]
