"""What a teacher gets: one page about the whole class."""

from autograder.report.page import render_report, write_report

__all__ = ["render_report", "write_report"]
