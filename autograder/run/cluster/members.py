"""Who of a cluster's workers may take units: those that can grade, and grade alike."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from autograder.files import GradeError
from autograder.run.cluster import worker

if TYPE_CHECKING:
    from distributed import Client

LOOK = 1.0  # seconds from one look at who is there to the next
_FIRST = 10.0  # seconds for a first worker to be there
_DESERTED = 60.0  # seconds without any: one that died is back by then, if it ever is


class Members:
    """The workers of one batch.

    Parameters
    ----------
    client : Client
        The connection to the scheduler.
    scheduler : str
        HOST:PORT, for sentences.
    order : Order
        What the workers are told of the batch.
    """

    def __init__(self, client: Client, scheduler: str, order: worker.Order):
        self.faulty: dict[str, str] | None = None  # tests that the chapter's own solution fails
        self.notes: list[str] = []  # who takes no work, with why
        self.slots: dict[str, tuple[str, int]] = {}  # host and units at once, by address
        self._client, self._scheduler, self._order = client, scheduler, order
        self._refused: dict[str, str] = {}  # why, by address
        self._next_look = 0.0
        self._last_seen = time.monotonic()

    @property
    def hosts(self) -> set[str]:
        """The machines that may take units."""
        return {host for host, _ in self.slots.values()}

    @property
    def units_at_once(self) -> int:
        """How many units may run at the same time."""
        return sum(units for _, units in self.slots.values())

    def look_around(self) -> None:
        """Give new workers a room, and count who may take units; give up where nobody may."""
        now = time.monotonic()
        if now < self._next_look:
            return
        workers = self._workers()
        if new := [each for each in workers if each not in self.slots | self._refused]:
            self._welcome(new)
            workers = self._workers()
        name = self._order.name
        self.slots = {
            address: (about["host"], int(about["resources"][name]))
            for address, about in workers.items()
            if about["resources"].get(name)
        }
        if self.slots:
            self._last_seen = now
        elif now - self._last_seen > _DESERTED:
            raise GradeError(
                f"No worker of the cluster at {self._scheduler} is left. What is graded is kept; "
                "start workers, and the same command goes on from here."
            )
        self._next_look = time.monotonic() + LOOK

    def await_first(self) -> None:
        """Wait for the first workers, and see that one of them at least can grade."""
        with contextlib.suppress(TimeoutError):
            self._client.wait_for_workers(1, timeout=_FIRST)
        self.look_around()
        if not self.slots and self._refused:
            address, why = min(self._refused.items())
            others = f" (the first of {len(self._refused)})" if len(self._refused) > 1 else ""
            raise GradeError(
                f"No worker of the cluster at {self._scheduler} can grade. {address}{others}: {why}"
            )
        if not self.slots:
            raise GradeError(
                f"The scheduler at {self._scheduler} has no workers. Start one on each machine "
                f"that is to grade: 'dask worker {self._scheduler}'."
            )

    def dismiss(self) -> None:
        """Close the rooms; where that fails, the next batch does it."""
        with contextlib.suppress(Exception):
            self._client.run(worker.dismiss, self._order.name, on_error="ignore")

    def lost(self) -> GradeError:
        """Say that the scheduler is gone."""
        return GradeError(
            f"The scheduler at {self._scheduler} is gone. What is graded is kept; start it again, "
            "and the same command goes on from here."
        )

    def _workers(self) -> dict[str, dict]:
        if self._client.status != "running":
            raise self.lost()
        try:
            return self._client.scheduler_info(n_workers=-1)["workers"]
        except OSError as error:
            raise self.lost() from error

    def _welcome(self, addresses: list[str]) -> None:
        """Let workers make their rooms, and admit those that can grade as the others do."""
        run, name = self._client.run, self._order.name
        living = self._client.run_on_scheduler(worker.batches)
        reports = run(worker.prepare, self._order, living, workers=addresses, on_error="return")
        able = {}
        for address, report in sorted(reports.items()):
            if isinstance(report, Exception):
                self._refuse(address, f"{report or type(report).__name__}.")
            elif report["why"]:
                self._refuse(address, report["why"])
            else:
                able[address] = report["faulty"]
        if able and self.faulty is None:
            self.faulty = min(able.values(), key=lambda faulty: (len(faulty), sorted(faulty)))
        for address, faulty in list(able.items()):
            if differ := sorted(set(faulty) ^ set(self.faulty)):
                del able[address]
                self._refuse(address, f"Other workers judge the test {differ[0]} otherwise.")
        run(worker.admit, name, workers=list(able), on_error="ignore")

    def _refuse(self, address: str, why: str) -> None:
        self._refused[address] = why
        self.notes.append(f"The worker {address} of the cluster took no work. {why}")
