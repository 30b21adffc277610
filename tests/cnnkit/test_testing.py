"""Assertions for students: what they accept, what they say, and what they never do."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cnnkit.testing import (
    Mismatch,
    assert_dtype,
    assert_raises,
    assert_same,
    assert_shape,
    beside_student,
)

NAN, INF = np.nan, np.inf


def mismatch(got, expected, **options):
    with pytest.raises(Mismatch) as caught:
        assert_same(got, expected, **options)
    return caught.value


# What is the same -----------------------------------------------------------------------------


class Sub(np.ndarray):
    """A subclass whose comparisons lie."""

    def __eq__(self, other):
        return np.zeros(self.shape, bool)

    __ne__ = __eq__


SAME = [
    (None, None),
    (True, True),
    (np.True_, True),
    (3, 3),
    (np.int32(3), 3),
    (3.0, 3),
    (3, np.float32(3)),
    (np.array(3.0), 3.0),
    (3.0, np.array(3.0)),
    (1.0000005, 1.0),
    (5e-9, 0.0),
    (2**200, 2**200),
    (10**400, INF),
    (1 + 2j, 1 + 2j),
    (NAN, NAN),
    (-INF, -INF),
    (complex(NAN, 1), complex(NAN, 1)),
    ("abc", "abc"),
    (np.str_("abc"), "abc"),
    (b"ab", b"ab"),
    ([1, (2.0, "x")], [1, (2.0, "x")]),
    ({"a": np.ones(3), 1: None}, {1: None, "a": np.ones(3)}),
    ({"conv1", ("a", 2)}, {("a", 2), "conv1"}),
    (frozenset({1}), {1}),
    (slice(1, 5, 3), slice(1, 5, 3)),
    (slice(None, np.int64(5)), slice(None, 5)),
    (np.array([1.0, NAN, INF, -INF]), np.array([1.0, NAN, INF, -INF])),
    (np.array([1, 2]), np.array([1.0, 2.0])),
    (np.array([True, False]), np.array([1, 0])),
    (np.array([-0.0]), np.array([0.0])),
    (np.array([1.0000005]), np.array([1.0])),
    (np.array([1 + 1j]), np.array([1 + 1j])),
    (np.array(["a", "b"]), np.array(["a", "b"])),
    (np.zeros((0, 3, 4)), np.zeros((0, 3, 4))),
    ([], []),
    ({}, {}),
    ((), ()),
    (np.ones((2, 3)).view(Sub), np.ones((2, 3))),
    (np.ones((3, 2)).T[::-1], np.ones((2, 3))),
]


@pytest.mark.parametrize(("got", "expected"), SAME)
def test_the_same(got, expected):
    assert assert_same(got, expected) is None


# What differs, in words -----------------------------------------------------------------------

x = np.arange(24.0).reshape(2, 3, 4)


def changed(*places, to=-1.5):
    y = x.copy()
    for place in places:
        y[place] = to
    return y


ARRAYS = [
    (
        np.zeros((2, 4, 5, 5)),
        np.zeros((2, 4, 5, 3)),
        "Shape: expected (2, 4, 5, 3), got (2, 4, 5, 5).",
        "Shape: expected (2, 4, 5, 3), got (2, 4, 5, 5).",
    ),
    (
        np.zeros(3),
        np.zeros((1, 3)),
        "Shape: expected (1, 3), got (3,).",
        "Shape: expected (1, 3), got (3,).",
    ),
    (
        changed((0, 1, 2), (1, 0, 0)),
        x,
        "Values: 2 of 24 differ; the first at [0, 1, 2]: expected 6, got -1.5 "
        "(largest difference 13.5).",
        "Values: 2 of 24 differ; the first at [0, 1, 2] (largest difference 10 to 100).",
    ),
    (
        changed((1, 2, 3)),
        x,
        "Values: 1 of 24 differs; the first at [1, 2, 3]: expected 23, got -1.5 "
        "(largest difference 24.5).",
        "Values: 1 of 24 differs; the first at [1, 2, 3] (largest difference 10 to 100).",
    ),
    (
        changed((0, 0, 0), (1, 1, 1), to=NAN),
        x,
        "Values: 2 of 24 differ; the first at [0, 0, 0]: expected 0, got nan "
        "(NaN or infinity in 2).",
        "Values: 2 of 24 differ; the first at [0, 0, 0] (NaN or infinity in 2).",
    ),
    (
        np.array([INF, 2.0, 3.0]),
        np.array([-INF, 2.5, 3.0]),
        "Values: 2 of 3 differ; the first at [0]: expected -inf, got inf "
        "(largest difference 0.5; NaN or infinity in 1).",
        "Values: 2 of 3 differ; the first at [0] "
        "(largest difference 0.1 to 1; NaN or infinity in 1).",
    ),
    (
        np.array([1000001]),
        np.array([1000000]),
        "Values: 1 of 1 differs; the first at [0]: expected 1000000, got 1000001 "
        "(largest difference 1).",
        "Values: 1 of 1 differs; the first at [0] (largest difference 1 to 10).",
    ),
    (
        np.array([1.00001]),
        np.array([1.0]),
        "Values: 1 of 1 differs; the first at [0]: expected 1, got 1.00001 "
        "(largest difference 1e-05).",
        "Values: 1 of 1 differs; the first at [0] (largest difference 1e-05 to 0.0001).",
    ),
    (
        np.array([1j, 2j]),
        np.array([1j, -2j]),
        "Values: 1 of 2 differs; the first at [1]: expected -0-2j, got 0+2j "
        "(largest difference 4).",
        "Values: 1 of 2 differs; the first at [1] (largest difference 1 to 10).",
    ),
    (
        np.array([True, False]),
        np.array([True, True]),
        "Values: 1 of 2 differs; the first at [1]: expected True, got False "
        "(largest difference 1).",
        "Values: 1 of 2 differs; the first at [1] (largest difference 1 to 10).",
    ),
    (
        np.array(["conv", "pool"]),
        np.array(["conv", "relu"]),
        "Values: 1 of 2 differs; the first at [1]: expected 'relu', got 'pool'.",
        "Values: 1 of 2 differs; the first at [1].",
    ),
    (
        np.array([1.0, 2.0], dtype=object),
        np.array([1.0, 2.0]),
        "Type: expected an array, got an array of objects, not of numbers.",
        "Type: expected an array, got an array of objects, not of numbers.",
    ),
    (
        np.array([b"ab"]),
        np.array([1.0]),
        "Type: expected an array of numbers, got an array of dtype |S2.",
        "Type: expected an array of numbers, got an array of dtype |S2.",
    ),
]


@pytest.mark.parametrize(("got", "expected", "full", "brief"), ARRAYS)
def test_arrays_that_differ(got, expected, full, brief):
    error = mismatch(got, expected)
    assert (error.full, error.brief) == (full, brief)


OTHERS = [
    (5, 3, "Value: expected 3, got 5.", "Value: differs by 1 to 10."),
    (-1.5, 1.5, "Value: expected 1.5, got -1.5.", "Value: differs by 1 to 10."),
    (NAN, 1.5, "Value: expected 1.5, got nan.", "Value: differs."),
    (INF, -INF, "Value: expected -inf, got inf.", "Value: differs."),
    (1 + 1j, 1.0, "Value: expected 1, got 1+1j.", "Value: differs by 1 to 10."),
    (
        105_705_601,
        105_705_600,
        "Value: expected 105705600, got 105705601.",
        "Value: differs by 1 to 10.",
    ),
    (
        2**200,
        1,
        "Value: expected 1, got an int of 201 bits.",
        "Value: differs by 1e+60 to 1e+61.",
    ),
    (
        1.00001,
        1.00000001,
        "Value: expected 1, got 1.00001.",
        "Value: differs by 1e-06 to 1e-05.",
    ),
    (False, True, "Value: expected True, got False.", "Value: differs."),
    (
        "max_pool",
        "max pool",
        "Text: expected 'max pool', got 'max_pool'.",
        "Text: differs at character 3.",
    ),
    ("conv", "conv2d", "Text: expected 'conv2d', got 'conv'.", "Text: differs at character 4."),
    (
        (5, 4),
        (5, 3),
        "In result[1]: Value: expected 3, got 4.",
        "In result[1]: Value: differs by 1 to 10.",
    ),
    ((5,), (5, 3), "Length: expected 2, got 1.", "Length: expected 2, got 1."),
    (
        [1, {"dx": (np.zeros(2), np.zeros(3))}],
        [1, {"dx": (np.zeros(2), np.ones(3))}],
        "In result[1]['dx'][1]: Values: 3 of 3 differ; the first at [0]: expected 1, got 0 "
        "(largest difference 1).",
        "In result[1]['dx'][1]: Values: 3 of 3 differ; the first at [0] "
        "(largest difference 1 to 10).",
    ),
    (
        {"weight": 1, "b": 2},
        {"w": 1, "b": 2},
        "Keys: missing 'w'; too many 'weight'.",
        "Keys: 1 missing, 1 too many.",
    ),
    ({"w": 1}, {"w": 1, "b": 2}, "Keys: missing 'b'.", "Keys: 1 missing."),
    ({1, 2}, {1}, "Set: too many 2.", "Set: 1 too many."),
    (
        slice(0, 5, 3),
        slice(1, 5, 3),
        "Slice: expected slice(1, 5, 3), got slice(0, 5, 3).",
        "Slice: its start differs.",
    ),
    (
        slice(1, 5, None),
        slice(1, 5, 3),
        "Slice: expected slice(1, 5, 3), got slice(1, 5, None).",
        "Slice: its step differs.",
    ),
    (b"ab", b"ac", "Text: expected b'ac', got b'ab'.", "Text: differs at character 1."),
]


@pytest.mark.parametrize(("got", "expected", "full", "brief"), OTHERS)
def test_other_values_that_differ(got, expected, full, brief):
    error = mismatch(got, expected)
    assert (error.full, error.brief) == (full, brief)


class Opaque:
    """As a grader's placeholder is called."""

    def __init__(self, type_name):
        self.type_name = type_name


class Thing:
    pass


KINDS = [
    ([[1.0]], np.ones((1, 1)), "Type: expected an array, got a list."),
    (torch.ones(2, 3), np.ones((2, 3)), "Type: expected an array, got a Tensor."),
    (Opaque("torch.Tensor"), np.ones((2, 3)), "Type: expected an array, got a torch.Tensor."),
    (Opaque(7), np.ones((2, 3)), "Type: expected an array, got an Opaque."),
    (Thing(), 3, "Type: expected a number, got a Thing."),
    (np.ones((1, 1)), 1.0, "Type: expected a number, got an array."),
    (1.0, np.ones(1), "Type: expected an array, got a number."),
    ([5, 3], (5, 3), "Type: expected a tuple, got a list."),
    ((5, 3), [5, 3], "Type: expected a list, got a tuple."),
    (True, 1, "Type: expected a number, got a bool."),
    (1, True, "Type: expected a bool, got a number."),
    ("3", 3, "Type: expected a number, got a string."),
    (np.ones(2), None, "Type: expected None, got an array."),
    (range(2), [0, 1], "Type: expected a list, got a range."),
    (np.timedelta64(3), 3, "Type: expected a number, got a timedelta64."),
    (None, np.ones(2), "The function returned None: is there a return?"),
    (None, 0, "The function returned None: is there a return?"),
    ((1, None), (1, 2), "In result[1]: Type: expected a number, got None."),
    ({Thing(): 1}, {"a": 1}, "Keys: a Thing is among them."),
    ({("a", Thing()): 1}, {"a": 1}, "Keys: a tuple is among them."),
]


@pytest.mark.parametrize(("got", "expected", "message"), KINDS)
def test_other_kinds(got, expected, message):
    error = mismatch(got, expected)
    assert (error.full, error.brief) == (message, message)


def test_more_digits_where_six_do_not_tell():
    error = mismatch(np.array([1234567.5]), np.array([1234568.0]), rtol=1e-9)
    assert "expected 1234568, got 1234567.5" in error.full


def test_long_texts_are_cut():
    error = mismatch("a" * 10_000, "b" * 10_000)
    assert len(error.full) < 250


def test_tolerances():
    assert_same(1.01, 1.0, rtol=0.02)
    assert_same(np.array([0.01]), np.array([0.0]), atol=0.02)
    mismatch(1.01, 1.0, rtol=0.001)
    mismatch(np.array([0.01]), np.array([0.0]), atol=0.001)
    assert_same(100.0, 109.0, rtol=0.0826)  # relative to what is expected: 9/109, not 9/100
    mismatch(109.0, 100.0, rtol=0.0826)


def test_hint_and_text():
    error = mismatch(5, 3, hint="Count the starts.")
    assert error.hint == "Count the starts."
    assert str(error) == "Value: expected 3, got 5.\nHint: Count the starts."
    assert str(mismatch(5, 3)) == "Value: expected 3, got 5."
    assert isinstance(error, AssertionError)


# What a hidden test may show ------------------------------------------------------------------

values = arrays.arrays(
    st.sampled_from([np.float64, np.int64]),
    arrays.array_shapes(max_dims=3, max_side=3),
    elements=st.integers(1000, 9999),
)


@given(values, st.data())
def test_brief_tells_no_value(expected, data):
    expected = expected * 7 + 100_000  # six digits: no shape, count or index
    place = tuple(data.draw(st.integers(0, size - 1)) for size in expected.shape)
    got = expected.copy()
    got[place] += 3
    error = mismatch(got, expected)
    told = {str(int(v)) for v in itertools.chain(expected.flat, got.flat)}
    assert str(int(expected[place])) in error.full
    assert not any(value in error.brief for value in told)
    assert str(list(place)) in error.brief
    for nothing in (np.zeros_like(expected), 0 * expected.flat[0]):  # the difference itself tells
        error = mismatch(nothing, expected if nothing.ndim else expected.flat[0])
        assert not any(value in error.brief for value in told)


@given(values)
def test_an_array_is_itself(expected):
    assert_same(expected.copy(), expected)


@given(values, st.data())
def test_one_changed_value_is_found(expected, data):
    place = tuple(data.draw(st.integers(0, size - 1)) for size in expected.shape)
    got = expected.copy()
    got[place] += 1
    assert mismatch(got, expected).full.startswith(f"Values: 1 of {got.size} differs; ")


# The plane ------------------------------------------------------------------------------------


def test_the_plane_of_the_first_difference():
    error = mismatch(changed((1, 1, 2)), x)
    np.testing.assert_array_equal(error.expected, x[1])
    np.testing.assert_array_equal(error.got, changed((1, 1, 2))[1])
    assert not np.shares_memory(error.expected, x)


def test_the_plane_within_a_tuple():
    error = mismatch((x, changed((1, 1, 2))), (x, x))
    np.testing.assert_array_equal(error.expected, x[1])


def test_planes_of_two_shapes_are_the_first_of_each():
    error = mismatch(x[:, :2], x)
    np.testing.assert_array_equal(error.expected, x[0])
    np.testing.assert_array_equal(error.got, x[0, :2])


def test_the_plane_of_one_axis_is_the_array():
    error = mismatch(np.array([1, 2]), np.array([1, 3]))
    assert error.expected.tolist() == [1, 3]
    assert error.got.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("got", "expected"),
    [(1, 2), (np.array([1j]), np.array([2j])), (np.zeros((0, 2)), np.zeros((0, 3))), (None, x)],
)
def test_no_plane(got, expected):
    error = mismatch(got, expected)
    assert error.expected is None
    assert error.got is None


# Objects that want to be asked ----------------------------------------------------------------


def test_no_method_of_a_strange_object_is_called():
    calls = []

    class Meta(type):
        def __getattribute__(cls, name):
            calls.append(f"Meta.{name}")
            return super().__getattribute__(name)

    def method(name):
        def call(self, *args):
            calls.append(name)
            return True

        return call

    names = "eq ne lt gt bool hash len iter getitem contains float int index array repr str abs sub"
    methods = {f"__{name}__": method(name) for name in names.split()}
    strange = Meta("Strange", (), methods)()
    holder = np.empty(1, dtype=object)
    holder[0] = strange
    calls.clear()
    for expected in (1, 1.0, True, "a", None, x, [1], (1,), {"a": 1}, {1}, slice(0, 1)):
        message = mismatch(strange, expected).full
        assert message.endswith("got a Strange.")
    for got, expected in (([strange], [1]), ({"a": strange}, {"a": 1}), ((strange,), (x,))):
        mismatch(got, expected)
    mismatch(slice(strange, 1), slice(0, 1))
    mismatch(holder.reshape(()), 1)
    mismatch(holder, np.ones(1))
    assert calls == []


@pytest.mark.parametrize(
    ("base", "value"),
    [(int, 3), (float, 3.0), (str, "3"), (np.float64, 3.0), (list, [3]), (tuple, (3,))],
)
def test_a_subclass_that_is_equal_to_everything_is_not(base, value):
    liar = type("Liar", (base,), {"__eq__": lambda a, b: True, "__ne__": lambda a, b: False})
    assert mismatch(liar(value), value).full.endswith("got a Liar.")


@pytest.mark.parametrize("check", [
    lambda got: assert_same(got, np.ones(2)),
    lambda got: assert_shape(got, got.shape),
    lambda got: assert_dtype(got, object),
])  # fmt: skip
@pytest.mark.parametrize(
    "got", [np.array([1, 1], object), np.zeros(2, "M8[s]"), np.zeros(2, "i1,i1")]
)
def test_an_array_that_could_not_travel_is_refused_here_too(check, got):
    with pytest.raises(Mismatch, match="got an array of objects, not of numbers"):
        check(got)


def test_an_object_array_of_rank_0_is_no_number():
    mismatch(np.array(3, object), 3)


def test_a_graders_stand_in_for_such_an_array_is_told_alike():
    from autograder.run.values import Opaque

    message = mismatch(Opaque("numpy.ndarray"), np.ones(2)).full
    assert message == mismatch(np.array([1, 1], object), np.ones(2)).full


def test_expected_values_must_be_plain():
    with pytest.raises(TypeError, match="The expected result is a Tensor: only plain data"):
        assert_same(np.ones(2), torch.ones(2))
    with pytest.raises(TypeError, match=r"The expected result\[0\] is a Thing"):
        assert_same([1], [Thing()])
    with pytest.raises(TypeError, match="The expected result is an array of objects"):
        assert_same(np.ones(1), np.array([None]))


def test_nothing_is_changed():
    got, expected = changed((0, 0, 1)), x.copy()
    got.flags.writeable = expected.flags.writeable = False
    mismatch(got, expected)


# Shape, dtype, errors -------------------------------------------------------------------------


def test_assert_shape():
    assert_shape(x, (2, 3, 4))
    assert_shape(x, [2, 3, np.int64(4)])
    assert_shape(3.0, ())
    with pytest.raises(Mismatch) as caught:
        assert_shape(x, (2, 4, 3), hint="Rows first.")
    assert str(caught.value) == "Shape: expected (2, 4, 3), got (2, 3, 4).\nHint: Rows first."


def test_assert_dtype():
    assert_dtype(x, np.float64)
    assert_dtype(x, "float64")
    assert_dtype(np.float32(1), np.float32)
    assert_dtype(3, int)
    with pytest.raises(Mismatch) as caught:
        assert_dtype(x, np.float32, hint="Keep the dtype.")
    assert str(caught.value) == "Dtype: expected float32, got float64.\nHint: Keep the dtype."
    with pytest.raises(Mismatch, match="Dtype: expected int64, got float64"):
        assert_dtype(3.0, np.int64)


@pytest.mark.parametrize(
    "check", [lambda got: assert_shape(got, (1,)), lambda got: assert_dtype(got, float)]
)
@pytest.mark.parametrize(
    ("got", "message"),
    [
        (None, "The function returned None: is there a return?"),
        ([1.0], "Type: expected an array, got a list."),
        (torch.ones(1), "Type: expected an array, got a Tensor."),
    ],
)
def test_shape_and_dtype_need_an_array(check, got, message):
    with pytest.raises(Mismatch) as caught:
        check(got)
    assert str(caught.value) == message


def fail_with(error, wanted, **options):
    with pytest.raises(Mismatch) as caught, assert_raises(wanted, **options):
        if error:
            raise error
    return caught.value


def test_the_expected_error():
    with assert_raises(ValueError):
        raise ValueError("no")
    with assert_raises(ValueError):
        raise UnicodeError("a subclass")
    with assert_raises((TypeError, ValueError)):
        raise TypeError("one of two")


def test_no_error():
    error = fail_with(None, ValueError, hint="Look at the channels.")
    assert error.full == error.brief == "Error: expected a ValueError, but the call returned."
    assert error.hint == "Look at the channels."


def test_no_error_of_several():
    assert fail_with(None, (IndexError, TypeError)).full == (
        "Error: expected an IndexError or a TypeError, but the call returned."
    )


def test_another_error():
    error = fail_with(IndexError("index 7 is out of bounds"), ValueError)
    assert error.brief == "Error: expected a ValueError, but the call raised an IndexError."
    assert error.full == (
        "Error: expected a ValueError, but the call raised an IndexError: index 7 is out of bounds"
    )
    assert isinstance(error.__cause__, IndexError)


@pytest.mark.parametrize("wanted", [ValueError, RuntimeError, Exception])
def test_not_implemented_passes_through(wanted):
    undone = NotImplementedError()
    with pytest.raises(NotImplementedError) as caught, assert_raises(wanted):
        raise undone
    assert caught.value is undone


def test_not_implemented_can_be_expected():
    with assert_raises(NotImplementedError):
        raise NotImplementedError


def test_a_mismatch_inside_passes_through():
    with pytest.raises(Mismatch) as caught, assert_raises(ValueError):
        assert_same(1, 2)
    assert caught.value.full == "Value: expected 2, got 1."


def test_an_interrupt_passes_through():
    with pytest.raises(KeyboardInterrupt), assert_raises(ValueError):
        raise KeyboardInterrupt


def test_beside_student_changes_nothing():
    def function(y):
        return y

    assert beside_student(function) is function


def test_a_cell_shows_the_line_the_difference_and_the_hint_without_a_traceback(tmp_path):
    script = tmp_path / "cell.py"
    script.write_text("y = 3\nassert_same(y, 2, hint='Count again.')\n")
    with pytest.raises(Mismatch) as caught:
        exec(compile(script.read_text(), str(script), "exec"), {"assert_same": assert_same})
    assert caught.value._render_traceback_() == [
        "Not as expected, in line 2 of this cell:",
        "    assert_same(y, 2, hint='Count again.')",
        "Value: expected 2, got 3.",
        "Hint: Count again.",
    ]
