"""Stand-ins for the processes that run submissions and for the gradebook."""

import json

from autograder.chapter import Chapter
from autograder.match import match
from autograder.results import FAILED, GRADED, MANUAL, PASSED, CellResult, CodeResult, Result


class FakePool:
    """Gives full points to exercises whose source holds ``return``."""

    seconds = 0.25

    def __init__(self, chapter: Chapter, **options):
        self.chapter = chapter
        self.options = options
        self.faulty = {}

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass

    def run(self, units):
        for key, unit in units:
            yield key, self.reply(unit)

    def reply(self, unit):
        matched = match(json.loads(unit["notebook"]), self.chapter)
        sources = {step.name: step.source for step in matched.steps if step.kind == "student"}
        result = Result(unit["student"], unit["assignment"], GRADED, seconds=self.seconds)
        result.repairs = [*unit["repairs"], *matched.repairs]
        result.code = [CodeResult(name, source) for name, source in sources.items()]
        result.answers = matched.answers
        for cell in self.chapter.cells:
            if cell.role == "test":
                right = "return" in sources[cell.exercise]
                score, status = (cell.points, PASSED) if right else (0.0, FAILED)
                message = "" if right else "=2+2 is not what was expected\nover two lines"
                graded = CellResult(
                    cell.name, cell.exercise, cell.title, score, cell.points, status
                )
                graded.message = message
                result.cells.append(graded)
            elif cell.role == "answer":
                result.cells.append(CellResult(cell.name, "", "", None, cell.points, MANUAL))
        page = f"<p>{unit['student']}"
        return {"result": result.to_dict(), "feedback": page, "notebook": '{"cells": []}'}


class FakeBookkeeper:
    """Keeps what it is given."""

    def __init__(self, out, chapter, policy=None):
        self.entries, self.finished = [], None
        type(self).last = self

    def put(self, entry):
        self.entries.append(entry)

    def dismiss(self):
        pass

    def finish(self, entries):
        self.finished = entries
        return {}
