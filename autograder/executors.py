"""Where submissions run: on this machine, or on the workers of a cluster.

Either way there is a pool: a context manager with ``run(units)``, which yields a reply for each
unit, and ``faulty``, the tests that the chapter's own solution fails.
"""

from __future__ import annotations

from collections.abc import Callable

from autograder.chapter import Chapter
from autograder.files import GradeError

LOCAL = "local"


def choose(executor: str, workers: int | None) -> Callable:
    """Give what makes a pool of a chapter, by the text of ``--executor``."""
    if executor == LOCAL:
        return local
    from autograder.run import cluster

    scheduler = cluster.scheduler_of(executor)
    if workers is not None:
        raise GradeError(
            "--workers is for this machine; in a cluster every worker grades as many submissions "
            "at once as it has threads. Leave it out.",
            wrong_use=True,
        )

    def pool(chapter: Chapter, workers: int, **options: object) -> cluster.ClusterPool:
        return cluster.ClusterPool(chapter, scheduler=scheduler, **options)

    return pool


def local(chapter: Chapter, **options: object):
    """Give a pool of this machine."""
    from autograder.run import Pool

    return Pool(chapter, **options)
