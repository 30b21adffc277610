"""A scheduler and workers of dask.distributed, in processes of their own on this machine."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
WORKER = "from distributed.cli.dask_worker import main; main()"
# A worker to which the kernel refuses namespaces, as many a container does.
BARE = f"""
from autograder.run import linux, seccomp
no_new_privileges = 38
linux.prctl(no_new_privileges, 1)
seccomp.forbid()
{WORKER}
"""
PATIENCE = 120  # seconds for all to be there


class Cluster:
    """Processes that end with the block."""

    def __init__(self, place):
        self.place = place
        self.processes = []
        self._open = contextlib.ExitStack()

    def __enter__(self):
        about = self.place / "scheduler.json"
        process = self._begin(SCHEDULER, "--port", 0, "--scheduler-file", about)
        deadline = time.monotonic() + PATIENCE
        while not (about.exists() and about.read_text().strip().endswith("}")):
            assert process.poll() is None and time.monotonic() < deadline, self.said()
            signal.sigtimedwait([], 0.05)
        self.address = json.loads(about.read_text())["address"]
        self.executor = self.address.replace("tcp://", "dask://")
        return self

    def __exit__(self, *exception):
        self._open.close()

    def start(self, count=1, code=WORKER):
        """Start workers of one thread each; give their addresses when all are there."""
        with self.client() as client:
            before = set(workers(client))
            for _ in range(count):
                options = ("--no-nanny", "--nthreads", 1, "--memory-limit", 0)
                self._begin(code, self.address, *options, "--local-directory", self.place)
            client.wait_for_workers(len(before) + count, timeout=PATIENCE)
            return sorted(set(workers(client)) - before)

    @contextlib.contextmanager
    def client(self):
        """Look at the cluster from outside."""
        from distributed import Client

        with Client(self.address, timeout=PATIENCE, set_as_default=False) as client:
            yield client

    def said(self):
        return "\n".join(path.read_text() for path in self.place.glob("*.log"))

    def _begin(self, code, *arguments):
        log = self._open.enter_context(
            open(self.place / f"{len(list(self.place.glob('*.log')))}.log", "w")
        )
        options = ("--host", "127.0.0.1", "--no-dashboard")
        process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments), *options],
            env={**os.environ, "TMPDIR": str(self.place)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        self._open.callback(_end, process)
        self.processes.append(process)
        return process


def workers(client):
    """What the scheduler knows of its workers, by address."""
    return client.scheduler_info(n_workers=-1)["workers"]


def _end(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
