"""Several variants of solutions in one notebook, where none of them can touch another's tests.

A notebook costs the same to grade whether one of its exercises is solved in another way or all
of them are. Two variants share a notebook when neither binds a name that the other's exercise,
with its tests and all that these call, makes use of: then each test sees the one variant that it
would see alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.bindings import bound_at_top
from autograder.chapter import Chapter
from autograder.demo_class import with_misconception
from autograder.misconceptions import Misconception


@dataclass(frozen=True)
class Variant:
    """Another source for the solution cell of one exercise."""

    name: str
    exercise: str
    source: str


def wrong(chapter: Chapter, known: Iterable[Misconception]) -> list[Variant]:
    """The misconceptions, as students may write them."""
    return [
        Variant(m.id, m.exercise, with_misconception(chapter.by_name[m.exercise], m)) for m in known
    ]


def styled(styles: dict[str, dict[str, str]]) -> list[Variant]:
    """The styles of a chapter: exercise, then style, then source."""
    return [
        Variant(f"{exercise} {style}", exercise, source)
        for exercise, sources in styles.items()
        for style, source in sources.items()
    ]


def packs(chapter: Chapter, variants: list[Variant]) -> list[dict[str, Variant]]:
    """Put variants into as few notebooks as a first fit finds; each is a dict by exercise."""
    rooms: list[dict[str, Variant]] = []
    needs = {variant: _needs(chapter, variant) for variant in variants}
    binds = {variant: set(bound_at_top(variant.source)) for variant in variants}
    for variant in variants:
        for room in rooms:
            if variant.exercise not in room and not any(
                binds[variant] & needs[other] or binds[other] & needs[variant]
                for other in room.values()
            ):
                room[variant.exercise] = variant
                break
        else:
            rooms.append({variant.exercise: variant})
    return rooms


def _needs(chapter: Chapter, variant: Variant) -> set[str]:
    """Every name that the variant or its tests use, and what the cells that bind these use."""
    binders = [cell for cell in chapter.cells if cell.role in ("beside", "exercise")]
    sources = [variant.source, *(cell.source for cell in chapter.tests_of(variant.exercise))]
    needed = set().union(*map(names_in, sources))
    while True:
        used = (
            names_in(cell.source)
            for cell in binders
            if cell.name != variant.exercise and needed & set(cell.bound_names)
        )
        more = needed.union(*used)
        if more == needed:
            return needed
        needed = more


def names_in(source: str) -> set[str]:
    """The names that a source reads or binds, attributes left out."""
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
