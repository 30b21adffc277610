"""What a student gets back: one page, and the notebook as formgrader shows it."""

from autograder.feedback.autograded import autograded_notebook
from autograder.feedback.page import render_page

__all__ = ["autograded_notebook", "render_page"]
