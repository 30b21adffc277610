"""The pool of a cluster: the units of a batch go to the workers of a dask.distributed scheduler.

The same interface as :class:`autograder.run.pool.Pool`, which every worker opens for itself. Dask
sends a unit whose worker is lost to another one.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import json
import queue
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.chapter import Chapter
from autograder.run.cluster import worker
from autograder.run.cluster.connect import connected
from autograder.run.cluster.members import LOOK, Members
from autograder.run.pool import not_graded

_COLLECT = 60.0  # seconds to fetch a result; longer where it is being made once more
_CANCELLED = (concurrent.futures.CancelledError, asyncio.CancelledError)

Unit = tuple[object, dict]


class ClusterPool:
    """A batch on a cluster, and the units that run on it.

    Parameters
    ----------
    chapter : Chapter
        What is graded.
    scheduler : str
        HOST:PORT of the scheduler.
    misconceptions : Path or None
        The chapter's file of misconceptions.
    isolation : {"sandbox", "none"}
        As for the local pool, on every worker.

    Raises
    ------
    GradeError
        On entering, where there is no scheduler or no worker that can grade; later, where the last
        one is lost.
    """

    def __init__(
        self,
        chapter: Chapter,
        *,
        scheduler: str,
        misconceptions: Path | None = None,
        isolation: str = "sandbox",
    ):
        self.scheduler = scheduler
        self._chapter, self._misconceptions, self._isolation = chapter, misconceptions, isolation
        self._running: dict[object, Unit] = {}  # by dask's future
        self._done: queue.SimpleQueue = queue.SimpleQueue()  # futures
        self._sent = 0
        self._open = contextlib.ExitStack()

    def __enter__(self) -> ClusterPool:
        with contextlib.ExitStack() as opened:
            self._client = opened.enter_context(connected(self.scheduler))
            self._name = worker.batch_of(self._client.id)
            self._members = Members(self._client, self.scheduler, self._order())
            opened.callback(self._members.dismiss)
            self._members.await_first()
            self._open = opened.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._open.close()

    @property
    def faulty(self) -> dict[str, str]:
        """Test cells that the chapter's own solution fails, on every worker."""
        return self._members.faulty or {}

    @property
    def notes(self) -> list[str]:
        """Sentences on the workers that took no work."""
        return self._members.notes

    def run(self, units: Iterable[Unit]) -> Iterator[tuple[object, dict]]:
        """Grade units and yield (key, reply) as they finish, in no particular order.

        As in the local pool, what may be a neighbour's doing is graded again when all others are
        done, and alone on its host; so is what was on a worker each time that one died.
        """
        again: list[Unit] = []
        try:
            for unit, reply in self._together(iter(units)):
                if reply["disturbed"]:
                    again.append(unit)
                else:
                    yield unit[0], reply
            for unit, reply in self._alone(again):
                yield unit[0], reply
        finally:
            with contextlib.suppress(OSError, *_CANCELLED):
                self._client.cancel(list(self._running))
            self._running.clear()

    def _together(self, units: Iterator[Unit]) -> Iterator[tuple[Unit, dict]]:
        while True:
            # a few units wait in line; the rest are not even read yet
            most = 2 * self._members.units_at_once
            while len(self._running) < most and (unit := next(units, None)):
                self._send(unit)
            if not self._running and most:
                return
            yield from self._finished()

    def _alone(self, units: list[Unit]) -> Iterator[tuple[Unit, dict]]:
        """Grade units one at a time on each host."""
        busy: dict[str, object] = {}  # futures by host
        while units or self._running:
            there = self._members.hosts
            for host in set(busy) - there:  # its last worker is gone: another host has to do it
                if lost := self._running.pop(busy.pop(host), None):
                    units.append(lost)
            busy = {host: future for host, future in busy.items() if future in self._running}
            for host in sorted(there - set(busy)):
                if units:
                    busy[host] = self._send(units.pop(0), host)
            yield from self._finished()

    def _send(self, unit: Unit, host: str | None = None) -> object:
        self._sent += 1
        future = self._client.submit(
            worker.grade,
            self._name,
            json.dumps(unit[1]),
            key=f"{self._name}-{self._sent}",
            resources={self._name: 1},
            workers=host,
        )
        self._running[future] = unit
        future.add_done_callback(self._done.put)
        return future

    def _finished(self) -> Iterator[tuple[Unit, dict]]:
        """Wait for a unit, for a moment; see who is there in between."""
        self._members.look_around()
        try:
            future = self._done.get(timeout=LOOK)
        except queue.Empty:
            return
        if future not in self._running:
            return
        unit = self._running[future]
        try:
            reply = json.loads(future.result(timeout=_COLLECT))
        except _CANCELLED:
            raise self._members.lost() from None
        except TimeoutError:  # lost with its worker, and made once more
            future.add_done_callback(self._done.put)
            return
        except Exception as error:  # dask's KilledWorker, or what a worker could not do
            self._members.look_around()  # where the scheduler is gone, that is it
            why = f"The cluster could not grade this submission ({error})."[:500]
            reply = not_graded(unit[1], why, disturbed=True)
        del self._running[future]
        yield unit, reply

    def _order(self) -> worker.Order:
        known = self._misconceptions
        return worker.Order(
            self._name,
            self._chapter.path.name,
            self._chapter.path.read_bytes(),
            known.read_bytes() if known else None,
            self._isolation,
            worker.software(),
        )
