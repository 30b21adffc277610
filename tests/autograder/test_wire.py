"""The wire takes values whole from a socket, however they arrive, and refuses what is too large."""

import socket
import struct
import threading

import numpy as np
import pytest

from autograder.run import wire
from autograder.run.values import WireError
from autograder.run.wire import Wire


@pytest.fixture
def ends():
    near, far = socket.socketpair()
    near.settimeout(20)  # a wire that waits for what is there already fails here, not for ever
    yield near, far
    near.close()
    far.close()


def test_messages_that_arrive_together_are_told_apart(ends):
    near, far = ends
    sender = Wire(far)
    sent = [{"a": np.arange(3)}, [], np.ones((2, 3)), "text", np.zeros(0), b"bytes"]
    for value in sent:
        sender.send(value)
    receiver = Wire(near)
    assert [repr(receiver.receive()) for _ in sent] == [repr(value) for value in sent]


@pytest.mark.parametrize("piece", [1, 11, 12, 13, 40])
def test_a_message_that_arrives_in_pieces_is_put_together(ends, piece):
    near, far = ends
    Wire(far).send({"x": np.arange(5.0), "text": "a"})
    message = near.recv(1 << 16) * 2
    receiver, got = Wire(near), []
    reader = threading.Thread(target=lambda: got.extend(receiver.receive() for _ in range(2)))
    reader.start()
    for at in range(0, len(message), piece):
        far.sendall(message[at : at + piece])
    reader.join()
    assert [repr(value) for value in got] == [repr({"x": np.arange(5.0), "text": "a"})] * 2


def test_a_large_message_arrives_with_the_small_one_behind_it(ends):
    near, far = ends
    large = np.arange(3 << 17)  # 3 MiB, more than a socket holds
    sender = threading.Thread(target=lambda: [Wire(far).send(value) for value in (large, 7)])
    sender.start()
    receiver = Wire(near)
    np.testing.assert_array_equal(receiver.receive(), large)
    assert receiver.receive() == 7
    sender.join()


def test_a_message_that_ends_early_is_told_as_the_end(ends):
    near, far = ends
    far.sendall(struct.pack(">IQ", 10, 0) + b"[1, 2")
    far.shutdown(socket.SHUT_WR)
    with pytest.raises(EOFError):
        Wire(near).receive()


def test_a_frame_that_promises_too_much_is_refused_before_it_is_read(ends):
    near, far = ends
    far.sendall(struct.pack(">IQ", 10, 1 << 50))
    with pytest.raises(WireError, match="larger"):
        Wire(near).receive()


def test_a_value_too_large_is_refused_by_the_sender(ends, monkeypatch):
    monkeypatch.setattr(wire, "MAX_BODY", 100)
    near, far = ends
    with pytest.raises(WireError, match="too large"):
        Wire(near).send(np.zeros(100))


def test_lists_too_long_for_the_head_are_refused_by_the_sender(ends):
    near, far = ends
    near.settimeout(1)  # nobody reads what should not be sent
    with pytest.raises(WireError, match="lists and text are too large"):
        Wire(near).send([0.123456789] * 100_000)
