"""What a teacher gets: one page about the whole class."""

from autograder.report.page import render_report
from autograder.report.write import report_again, write_report

__all__ = ["render_report", "report_again", "write_report"]
