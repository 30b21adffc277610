"""Plain values come back as they were, and nothing that is told about them is believed."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.run import values
from autograder.run.values import Opaque, WireError, decode, encode


def there_and_back(value):
    head, buffers = encode(value)
    return decode(head, memoryview(b"".join(buffers)))


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.binary()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers() | st.tuples(st.integers()), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=150)
@given(plain)
def test_plain_values_arrive_as_they_were(value):
    back = there_and_back(value)
    assert back == value
    assert repr(back) == repr(value)  # tells (1,) from [1] and True from 1


@settings(deadline=None, max_examples=100)
@given(
    hnp.arrays(
        st.sampled_from(["f4", "f8", "i8", "u1", "?", "c8", ">i4", "U3"]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    )
)
def test_arrays_keep_dtype_shape_and_values(array):
    back = there_and_back(array)
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.transpose(2, 0, 1),
        lambda x: x[:, ::-1],
        lambda x: x[::2, :, ::3],
        lambda x: np.broadcast_to(x[:1], x.shape),
        lambda x: np.asfortranarray(x),
    ],
)
def test_views_keep_their_strides(view):
    array = view(np.arange(4 * 5 * 6.0).reshape(4, 5, 6))
    back = there_and_back(array)
    assert back.strides == array.strides
    np.testing.assert_array_equal(back, array)


def test_a_read_only_array_arrives_read_only_and_another_writeable():
    array = np.arange(3)
    assert there_and_back(array).flags.writeable
    array.flags.writeable = False
    assert not there_and_back(array).flags.writeable


def test_a_generator_arrives_with_its_state():
    rng = np.random.default_rng(4)
    rng.random(7)
    np.testing.assert_array_equal(there_and_back(rng).random(3), rng.random(3))


def test_scalars_and_slices_and_nan():
    scalar = there_and_back(np.float32(2.5))
    assert type(scalar) is np.float32 and scalar == np.float32(2.5)
    assert there_and_back((slice(1, None, 2), range(3))) == (slice(1, None, 2), range(3))
    assert np.isnan(there_and_back([float("nan")])[0])


class Sneaky:
    """Would win every comparison, and run code where it is pickled or converted."""

    def __eq__(self, other):
        return True

    def __array__(self, *args, **kwargs):
        raise AssertionError("converted")

    def __reduce__(self):
        raise AssertionError("pickled")


def test_an_object_of_another_type_arrives_as_its_name_only():
    back = there_and_back([Sneaky()])[0]
    assert type(back) is Opaque
    assert back.type_name.endswith("Sneaky")
    assert back != 3


def test_a_subclass_of_a_plain_type_is_not_taken_for_it():
    class Always(int):
        def __eq__(self, other):
            return True

        __hash__ = int.__hash__

    assert type(there_and_back(Always(3))) is Opaque


def test_cycles_and_depth_are_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(WireError, match="nested"):
        encode(loop)


@pytest.mark.parametrize(
    "head",
    [
        "not json",
        "[" * 5000 + "]" * 5000,
        '{"array": ["O", [1], null, true]}',  # objects
        '{"array": ["<f8", [4], null, true]}',  # more bytes than there are
        '{"array": ["<f8", [-1], null, true]}',
        '{"array": ["<f8", [1e3], null, true]}',
        '{"array": ["<f8", [99999999, 99999999], null, true]}',
        '{"array": ["<f4", [2], [99999999999], true]}',
        '{"array": ["<f8", [1]]}',
        '{"array": ["V8", [1], null, true]}',
        '{"scalar": "<f8,O"}',
        '{"rng": {"dict": {"tuple": []}}}',
        '{"pickle": "gASV"}',
        '{"a": 1, "b": 2}',
        "{}",
        '{"dict": [[[1], 2]]}',
        '{"complex": ["a", 2]}',
        '{"slice": [1]}',
        '{"tuple": {"range": [0, 10000000, 1]}}',
        '{"set": "abc"}',
        "null",  # and eight bytes that belong to nothing
    ],
)
def test_malformed_messages_are_refused(head):
    with pytest.raises(WireError):
        decode(head.encode(), memoryview(bytes(8)))


def test_strides_that_would_span_the_memory_are_refused():
    head = json.dumps({"array": ["<f8", [2], [values.MAX_BODY], True]})
    with pytest.raises(WireError, match="strides"):
        decode(head.encode(), memoryview(bytes(16)))


COLLIDING = [number * (2**61 - 1) for number in range(1, values.MAX_HASHED + 2)]  # all hash to 0


@pytest.mark.parametrize(
    "described",
    [
        {"set": COLLIDING},
        {"frozenset": COLLIDING},
        {"dict": [[number, 0] for number in COLLIDING]},
        {"set": [{"tuple": COLLIDING[:-1]}]},
        [{"set": COLLIDING[:5001]}, {"dict": [[number, 0] for number in COLLIDING[:5000]]}],
    ],
)
def test_no_more_is_hashed_than_is_quick_where_all_hashes_collide(described):
    with pytest.raises(WireError, match="members"):
        decode(json.dumps(described).encode(), memoryview(b""))


def test_a_set_of_ordinary_size_arrives():
    assert there_and_back(set(range(5000))) == set(range(5000))
