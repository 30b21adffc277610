"""Find the scheduler of a cluster."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from urllib.parse import urlsplit

from autograder.files import GradeError

_SCHEME = "dask"
_CONNECT = 10.0  # seconds


def scheduler_of(executor: str) -> str:
    """Read ``dask://HOST:PORT``."""
    parts = urlsplit(executor)
    try:
        plain = parts.scheme == _SCHEME and parts.hostname and parts.port
    except ValueError:  # a port that is none
        plain = False
    if not plain or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise GradeError(
            f"--executor takes 'local' or 'dask://HOST:PORT', the address that 'dask scheduler' "
            f"prints, not '{executor}'.",
            wrong_use=True,
        )
    return parts.netloc


@contextlib.contextmanager
def connected(scheduler: str) -> Iterator:
    """Connect to a scheduler; with TLS where dask's configuration names a certificate."""
    try:
        import dask.config
        from distributed import Client
    except ModuleNotFoundError as error:
        raise GradeError(
            f"--executor dask://... needs the extra 'cluster' ({error}): "
            "pip install -c constraints.txt -e '.[cluster]'",
            wrong_use=True,
        ) from error
    protocol = "tls" if dask.config.get("distributed.comm.tls.ca-file", None) else "tcp"
    for name in ("distributed", "distributed.client"):  # our sentences say it
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(f"{protocol}://{scheduler}", timeout=_CONNECT, set_as_default=False)
    except (OSError, RuntimeError) as error:
        raise GradeError(
            f"No scheduler answers at {scheduler} over {protocol.upper()}. Start one with 'dask "
            "scheduler' and take the address that it prints; where it wants TLS, name the "
            "certificates in dask's configuration (distributed.comm.tls)."
        ) from error
    with client:
        yield client
