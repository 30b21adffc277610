"""A tiny data set, and a server on this computer that gives its files rightly and wrongly."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from cnnkit.data import sets
from cnnkit.data.content import File

IMAGES = {
    "train": np.random.default_rng(0).integers(0, 256, (40, 5, 3), dtype=np.uint8),
    "test": np.random.default_rng(1).integers(0, 256, (7, 5, 3), dtype=np.uint8),
}
LABELS = {split: (np.arange(len(images)) % 4).astype(np.uint8) for split, images in IMAGES.items()}


def idx(array):
    """The IDX format, from its description."""
    head = bytes([0, 0, 8, array.ndim])
    return head + b"".join(n.to_bytes(4, "big") for n in array.shape) + array.tobytes()


def sha(data):
    return hashlib.sha256(data).hexdigest()


CONTENTS = {
    f"{stem}-{kind}.gz": idx(arrays[split])
    for split, stem in [("train", "train"), ("test", "t10k")]
    for kind, arrays in [("images-idx3-ubyte", IMAGES), ("labels-idx1-ubyte", LABELS)]
}
PACKED = {name: gzip.compress(content, mtime=0) for name, content in CONTENTS.items()}
FIRST = "train-images-idx3-ubyte.gz"  # what load asks for first


def tiny(*bases):
    files = [
        File(name, len(PACKED[name]), sha(PACKED[name]), sha(CONTENTS[name])) for name in PACKED
    ]
    return sets.Published(
        bases=bases,
        files={"train": tuple(files[:2]), "test": tuple(files[2:])},
        classes=("a", "b", "c", "d"),
        counts=(40, 7),
        size=(5, 3),
        source="made by a test",
    )


class Server:
    """Serves /HOW/NAME; HOW says what the server does.

    ``asked`` counts the requests by path; each held or stalled request is counted up in ``began``
    and goes on when ``release`` is set.
    """

    def __init__(self):
        self.reset()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked[self.path] += 1
                how, name = self.path.split("/")[1], self.path.split("/")[-1]
                getattr(outer, f"_{how}")(self, PACKED[name], name)

            def log_message(self, *_):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))

    def reset(self):
        self.asked = Counter()
        self.began, self.release = threading.Semaphore(0), threading.Event()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.release.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def base(self, how):
        return f"http://127.0.0.1:{self._http.server_port}/{how}/"

    def _send(self, to, body, *, length=None, status=200, **headers):
        to.send_response(status)
        if length != "unsaid":
            to.send_header("Content-Length", str(len(body) if length is None else length))
        for key, value in headers.items():
            to.send_header(key.replace("_", "-"), value)
        to.end_headers()
        to.wfile.write(body)

    def _right(self, to, body, name):
        self._send(to, body)

    def _unpacked(self, to, body, name):
        self._send(to, body, Content_Encoding="gzip")  # so that the client unpacks it

    def _repacked(self, to, body, name):
        self._send(to, gzip.compress(CONTENTS[name], 1, mtime=77))

    def _classroom(self, to, body, name):
        self._send(to, body)

    def _other(self, to, body, name):
        self._send(to, gzip.compress(CONTENTS[name][:-1] + b"?"))

    def _noise(self, to, body, name):
        self._send(to, body[:30] + bytes(len(body) - 30))

    def _page(self, to, body, name):
        self._send(to, b"\n<!DOCTYPE html><p>Please log in.</p>")

    def _gone(self, to, body, name):
        self._send(to, b"", status=404)

    def _shy(self, to, body, name):
        self._send(to, body, status=503 if self.asked[to.path] == 1 else 200)

    def _half(self, to, body, name):
        self._send(to, body[: len(body) // 2], length=len(body))

    def _cut(self, to, body, name):
        self._send(to, body[: len(body) // 2], length="unsaid")

    def _mute(self, to, body, name):
        self.release.wait(20)

    def _stalled(self, to, body, name):
        self._send(to, body[: len(body) // 2], length=len(body))
        self.began.release()
        self.release.wait(20)

    def _held(self, to, body, name):
        self.began.release()
        self.release.wait(20)
        self._send(to, body)
