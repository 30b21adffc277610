"""Match the cells of a submission to those of the chapter, as students' own check does."""

from cnnkit.coursework.matching import LOCKED, SHOWN, Matched, Step, binds, match

__all__ = ["LOCKED", "SHOWN", "Matched", "Step", "binds", "match"]
