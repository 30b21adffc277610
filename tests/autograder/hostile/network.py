"""Submissions that call out, or wait to be called."""

from __future__ import annotations

from functools import partial

from hostile.attack import GAIN, PORT, Attack, add

ATTACKS: dict[str, Attack] = {}
attack = partial(add, ATTACKS)

attack(
    "calls out",
    "the network",
    first=GAIN
    + f"""
import socket
try:
    with socket.create_connection(("127.0.0.1", {PORT}), 1):
        gained("a line to the machine")
except OSError:
    pass
""",
)
attack(
    "sockets that no namespace holds",
    "the network",
    first=GAIN
    + """
import socket
for name in ("AF_VSOCK", "AF_ALG", "AF_BLUETOOTH", "AF_TIPC", "AF_QIPCRTR", "AF_CAN"):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
        try:
            socket.socket(getattr(socket, name), kind).close()
        except (OSError, AttributeError):
            continue
        gained("a socket to the host or the kernel")
""",
)
attack(
    "waits to be called",
    "the network",
    f="""
def f(x):
    import socket
    with socket.socket() as line:
        line.bind(("", 0))
        line.listen()
        line.settimeout(0.3)
        try:
            line.accept()
        except OSError:
            pass
""",
)
