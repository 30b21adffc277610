"""The wire between the tester and the pupil: values over a socket, no pickle."""

from __future__ import annotations

import socket
import struct

from autograder.run.values import MAX_BODY, WireError, decode, encode

MAX_HEAD = 1 << 20  # bytes of JSON
_PACKET = 1 << 16  # bytes asked for at once: a message of small arrays arrives in one piece
_PART = 1 << 20  # the same while a large message is on its way
_FRAME = struct.Struct(">IQ")


class Wire:
    """Send and receive values over a connected stream socket."""

    def __init__(self, sock: socket.socket):
        self.sock = sock
        self.arrived = bytearray()

    def send(self, value: object) -> None:
        """Send one value; raise WireError where it is too large or too deep."""
        head, buffers = encode(value)
        body = sum(buffer.nbytes for buffer in buffers)
        for size, most, what in (
            (len(head), MAX_HEAD, "lists and text"),
            (body, MAX_BODY, "arrays"),
        ):
            if size > most:
                raise WireError(
                    f"{size / 2**20:.1f} MiB of {what} are too large to hand over "
                    f"(at most {most / 2**20:.0f} MiB)"
                )
        self.sock.sendall(b"".join((_FRAME.pack(len(head), body), head, *buffers)))

    def receive(self) -> object:
        """Receive one value; raise EOFError where the other side has gone."""
        head_size, body_size = _FRAME.unpack(self._take(_FRAME.size))
        if head_size > MAX_HEAD or body_size > MAX_BODY:
            raise WireError("a message is larger than messages may be")
        head = self._take(head_size)
        return decode(head, memoryview(self._take(body_size)))

    def _take(self, size: int) -> bytearray:
        """Wait for ``size`` bytes; what arrives behind them is kept for the next call."""
        while (missing := size - len(self.arrived)) > 0:
            part = self.sock.recv(_PACKET if missing < _PACKET else _PART)
            if not part:
                raise EOFError("the other side has gone")
            self.arrived += part
        if len(self.arrived) == size:  # nothing to copy
            taken, self.arrived = self.arrived, bytearray()
        else:
            taken = self.arrived[:size]
            del self.arrived[:size]
        return taken
