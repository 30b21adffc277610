"""Plain values as JSON and raw bytes, and back: what passes between tester and pupil.

A value becomes a JSON head and the bytes of its arrays. What comes from the pupil is written by a
student: everything is checked before it is believed, and nothing in it is executed.

Values that travel: None, bool, int, float, complex, str, bytes, list, tuple, dict, set, slice,
range, NumPy arrays and scalars of numbers, booleans and text, and ``numpy.random.Generator`` (by
its state). Anything else arrives as :class:`Opaque`, which only knows the name of its type.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

MAX_BODY = 256 << 20  # bytes of array data
MAX_DEPTH = 40  # lists in lists
MAX_HASHED = 10_000  # members of sets and keys of dicts: with one hash for all, a second's work
_DTYPE = re.compile(r"[<>|=]?[biufcSU][0-9]{1,4}")
_PLAIN = frozenset((type(None), bool, int, float, str))  # these JSON carries as they are
_BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


class WireError(Exception):
    """A value that cannot travel, or a message that is not one."""


@dataclass(frozen=True)
class Opaque:
    """Stands in the tester for an object of a type that does not travel."""

    type_name: str


def encode(value: object) -> tuple[bytes, list[memoryview]]:
    """Describe a value as JSON and the buffers of its arrays, in order."""
    buffers: list[memoryview] = []
    try:
        head = json.dumps(_describe(value, buffers, 0)).encode()
    except (ValueError, RecursionError) as error:  # an integer of thousands of digits, a cycle
        raise WireError(f"a value cannot be handed over: {error}") from error
    return head, buffers


def decode(head: bytes | bytearray, body: memoryview) -> object:
    """The inverse of :func:`encode`; raise WireError for anything malformed."""
    try:
        reader = _Reader(body)
        value = reader.value(json.loads(bytes(head)), 0)
    except WireError:
        raise
    except Exception as error:  # whatever a forged message brings NumPy to raise
        raise WireError(f"a message is malformed: {error}") from error
    if reader.position != len(body):
        raise WireError("a message carries bytes that belong to no array")
    return value


def _describe(value: object, buffers: list[memoryview], depth: int) -> object:
    if depth > MAX_DEPTH:
        raise WireError(f"a value is nested deeper than {MAX_DEPTH} levels")
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is np.ndarray and _travels(value.dtype):
        return _describe_array(value, buffers)
    if kind is list:
        return _describe_all(value, buffers, depth)
    if kind in (tuple, set, frozenset):
        return {kind.__name__: _describe_all(value, buffers, depth)}
    if kind is dict:
        items = [_describe_all(item, buffers, depth + 2) for item in value.items()]
        return {"dict": items}
    if kind in (slice, range):
        return {kind.__name__: [_describe(v, buffers, depth + 1) for v in _bounds(value)]}
    if kind is complex:
        return {"complex": [value.real, value.imag]}
    if kind is bytes:
        buffers.append(memoryview(value))
        return {"bytes": len(value)}
    if isinstance(value, np.generic) and _travels(value.dtype):
        buffers.append(memoryview(value.tobytes()))
        return {"scalar": value.dtype.str}
    if isinstance(value, np.ndarray) and _travels(value.dtype):  # of a class that stays behind
        return _describe_array(np.asarray(value), buffers)
    if kind is np.random.Generator:
        state = value.bit_generator.state
        return {"rng": _describe(state, buffers, depth + 1)}
    return {"opaque": f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")}


def _describe_all(values: Iterable, buffers: list[memoryview], depth: int) -> list:
    return [
        value if type(value) in _PLAIN else _describe(value, buffers, depth + 1) for value in values
    ]


def _bounds(value: slice | range) -> tuple:
    return value.start, value.stop, value.step


@lru_cache(maxsize=64)
def _travels(dtype: np.dtype) -> bool:
    return _DTYPE.fullmatch(dtype.str) is not None and dtype.itemsize > 0


def _describe_array(array: np.ndarray, buffers: list[memoryview]) -> object:
    buffers.append(memoryview(array.tobytes()))
    flags = array.flags
    layout = None if flags.c_contiguous or array.size == 0 else array.strides
    return {"array": [array.dtype.str, array.shape, layout, flags.writeable]}


class _Reader:
    """Rebuild values from a head, taking array bytes from the body in order."""

    def __init__(self, body: memoryview):
        self.body = body
        self.position = 0
        self.hashed = 0

    def take(self, size: int) -> memoryview:
        if not 0 <= size <= len(self.body) - self.position:
            raise WireError("a message promises more bytes than it carries")
        part = self.body[self.position : self.position + size]
        self.position += size
        return part

    def value(self, described: object, depth: int) -> object:
        if depth > 2 * MAX_DEPTH:
            raise WireError("a message is nested too deeply")
        if isinstance(described, list):
            return [
                item if type(item) in _PLAIN else self.value(item, depth + 1) for item in described
            ]
        if not isinstance(described, dict):
            return described
        ((kind, content),) = described.items()
        if kind == "array":
            return self.array(*content)
        if kind == "scalar":
            dtype = _checked_dtype(content)
            return np.frombuffer(self.take(dtype.itemsize), dtype)[0]
        if kind == "bytes":
            return bytes(self.take(_size(content)))
        if kind == "opaque":
            return Opaque(str(content)[:200])
        return self.container(kind, self.value(content, depth + 1))

    def container(self, kind: str, content: object) -> object:
        if kind != "rng" and type(content) is not list:  # a range would grow without end
            raise WireError(f"a message's {kind} is not made of a list")
        if kind == "tuple":
            return tuple(content)
        if kind in ("set", "frozenset"):
            self.hash(content)
            return {"set": set, "frozenset": frozenset}[kind](content)
        if kind == "dict":
            self.hash([key for key, _ in content])
            return {key: item for key, item in content}
        if kind == "slice":
            return slice(*content)
        if kind == "range":
            return range(*content)
        if kind == "complex":
            return complex(*content)
        if kind == "rng":
            return _generator(content)
        raise WireError(f"a message holds the unknown kind {kind!r}")

    def hash(self, keys: list) -> None:
        """Count what is to be hashed: no time limit strikes while C code sorts out collisions."""
        self.hashed += sum(1 if type(key) in _PLAIN else _leaves(key) for key in keys)
        if self.hashed > MAX_HASHED:
            raise WireError(f"a message has more than {MAX_HASHED} members of sets and dicts")

    def array(self, dtype: str, shape: list, layout: list | None, writeable: bool) -> np.ndarray:
        dtype = _checked_dtype(dtype)
        shape = [_size(n) for n in shape]
        raw = self.take(math.prod(shape) * dtype.itemsize)
        flat = np.ndarray(shape, dtype, raw)
        array = flat.copy() if layout is None else _laid_out(flat, layout)
        if not writeable:
            array.flags.writeable = False
        return array


def _leaves(key: object) -> int:
    """How much there is to compare in a member of a set or a key of a dict."""
    return 1 + sum(map(_leaves, key)) if isinstance(key, (tuple, frozenset)) else 1


def _laid_out(flat: np.ndarray, strides: list) -> np.ndarray:
    """Copy ``flat`` into fresh memory so that the copy has the given strides."""
    if len(strides) != flat.ndim or any(type(step) is not int for step in strides):
        raise WireError("an array's strides do not fit its shape")
    spans = [(n - 1) * step for n, step in zip(flat.shape, strides, strict=True)]
    low = sum(span for span in spans if span < 0)
    extent = sum(span for span in spans if span > 0) - low + flat.dtype.itemsize
    if extent > min(MAX_BODY, 64 * flat.nbytes + 4096):
        raise WireError("an array's strides span more memory than arrays may")
    memory = np.empty(extent, np.uint8)
    view = np.ndarray(flat.shape, flat.dtype, memory, offset=-low, strides=strides)
    view[...] = flat
    return view


@lru_cache(maxsize=64)
def _checked_dtype(name: str) -> np.dtype:
    if not isinstance(name, str) or not _DTYPE.fullmatch(name):
        raise WireError(f"an array has the dtype {str(name)[:40]!r}, which does not travel")
    return np.dtype(name)


def _size(number: object) -> int:
    if type(number) is not int or not 0 <= number <= MAX_BODY:
        raise WireError("an array has an impossible shape")
    return number


def _generator(state: object) -> np.random.Generator:
    name = state.get("bit_generator") if isinstance(state, dict) else None
    if name not in _BIT_GENERATORS:
        raise WireError("a random generator of an unknown kind")
    bits = getattr(np.random, name)()
    bits.state = state
    return np.random.Generator(bits)
