"""A worker's side of a cluster: it sees that it can grade before it takes work, and then grades.

Everything here runs in the processes of ``dask worker``, or in the scheduler's where it says so.
What comes and goes is plain data: bytes, text and JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import platform
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata

from autograder import places, store
from autograder.chapter import Chapter, ChapterError
from autograder.files import GradeError
from autograder.run import folder
from autograder.run.pool import Pool
from autograder.run.sandbox import NoSandbox
from autograder.run.server import ServerFailed

_NAMED = 3  # differences of software that a sentence names


@dataclass(frozen=True)
class Order:
    """What a worker is told of a batch, once."""

    name: str
    chapter: str  # name of the file
    notebook: bytes  # the built chapter
    misconceptions: bytes | None
    isolation: str
    software: dict[str, str]


class Room:
    """Where a worker grades the units of one batch: a folder, and the pool's processes."""

    def __init__(self, order: Order):
        self.order = order
        self._open = contextlib.ExitStack()
        # One thread for good: the pool's processes end with the thread that started them.
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="room")

    async def open(self) -> None:
        """See that this machine can grade, and start what grades."""
        await asyncio.wrap_future(self._keeper.submit(self._start))

    async def close(self) -> None:
        """End the processes and remove the folder."""
        await asyncio.wrap_future(self._keeper.submit(self._open.close))
        self._keeper.shutdown(wait=False)

    def _start(self) -> None:
        if difference := differences(self.order.software, software()):
            raise GradeError(difference)
        with contextlib.ExitStack() as opened:
            place = opened.enter_context(folder.of_this_run())
            if self.order.isolation != "none":
                places.refuse_in_sight(chapter=place)
            chapter = place / self.order.chapter
            chapter.write_bytes(self.order.notebook)
            known = None
            if self.order.misconceptions is not None:
                known = place / "misconceptions" / f"{chapter.stem}.py"
                known.parent.mkdir()
                known.write_bytes(self.order.misconceptions)
            pool = Pool(Chapter.load(chapter), misconceptions=known, isolation=self.order.isolation)
            self.pool = opened.enter_context(pool)
            self._open = opened.pop_all()


_rooms: dict[str, Room] = {}  # of this process, by batch


async def prepare(order: Order, living: list[str], dask_worker) -> dict:
    """Make a room for a batch; say why there is none, or which tests are faulty here.

    ``living`` names the batches whose grader is still there: rooms of others are left by graders
    that were killed, and are closed.
    """
    for name in set(_rooms) - (set(living) - {order.name}):
        await dismiss(name, dask_worker)
    room = Room(order)
    try:
        await room.open()
    except (GradeError, NoSandbox, ServerFailed, ChapterError, OSError) as error:
        await room.close()
        return {"why": str(error), "faulty": {}}
    _rooms[order.name] = room
    return {"why": "", "faulty": room.pool.faulty}


async def admit(name: str, dask_worker) -> None:
    """Let the scheduler send units of a batch here: they ask for a resource of its name."""
    await dask_worker.set_resources(**{name: dask_worker.state.nthreads})


async def dismiss(name: str, dask_worker) -> None:
    """Take no more units of a batch, and close its room."""
    if (room := _rooms.pop(name, None)) is not None:
        await dask_worker.set_resources(**{name: 0})
        await room.close()


def grade(name: str, unit: str) -> str:
    """Grade one unit. Where the grader's own processes are gone, this worker goes as well.

    Else it would go on to fail, faster than others grade; the scheduler sends its units elsewhere.
    """
    room = _rooms[name]
    reply = room.pool.grade(json.loads(unit))
    if not room.pool.alive and _rooms.get(name) is room:  # and the batch is not over
        from distributed import get_worker

        worker = get_worker()
        worker.loop.add_callback(worker.close, nanny=False, reason="the grader's processes ended")
        raise RuntimeError("the grader's processes ended on a worker of the cluster")
    return json.dumps(reply)


def batches(dask_scheduler) -> list[str]:
    """Name the batches whose grader is connected; runs in the scheduler."""
    return [batch_of(client) for client in dask_scheduler.clients]


def batch_of(client: str) -> str:
    """Name the batch of a client."""
    return f"autograder-{client}"


def software() -> dict[str, str]:
    """Tell what results depend on: Python, our own files, the packages that the course asks for."""
    found = {
        "Python": platform.python_version(),
        "cnnkit and autograder": store.packages_digest()[:12],
    }
    for need in metadata.requires("cnnkit") or ():
        if not re.search(r"""extra == ["']dev["']""", need):
            name = re.match(r"[\w.-]+", need)[0]
            try:
                found[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                found[name] = "none"
    return found


def differences(wanted: dict[str, str], found: dict[str, str]) -> str:
    """Say in a sentence what a worker has that the grader has not; "" where it has the same."""
    differ = [
        f"{name} {found.get(name, 'none')} in place of {version}"
        for name, version in wanted.items()
        if found.get(name, "none") != version
    ]
    if not differ:
        return ""
    more = ", and more" if len(differ) > _NAMED else ""
    return (
        f"It has {', '.join(differ[:_NAMED])}{more}. Install there what is installed here: the "
        "same checkout, with 'pip install -c constraints.txt'."
    )
