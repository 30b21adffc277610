"""What every layer promises, as checks that take the layer: one call, its operands."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

# float64 sums of at most some hundred products of numbers near 1
CLOSE = {"rtol": 1e-12, "atol": 1e-12}


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def apart(*shape, seed=0):
    """Numbers around 0 that are all different, by steps of at least 0.1, and none of them 0.

    So a small step of a difference quotient changes no maximum and no sign.
    """
    count = int(np.prod(shape))
    numbers = (np.arange(count) - count // 2 + 0.5) / 10
    return np.random.default_rng(seed).permutation(numbers).reshape(shape)


def numeric_gradient(call, dy, *operands, step=1e-5):
    """Difference quotients of sum(dy * call(*operands)), one gradient for each operand."""
    gradients = []
    for place, operand in enumerate(operands):
        gradient = np.empty(operand.shape)
        for index in np.ndindex(operand.shape):
            ends = []
            for sign in (1, -1):
                moved = operand.copy()
                moved[index] += sign * step
                ends.append(np.sum(dy * call(*operands[:place], moved, *operands[place + 1 :])))
            gradient[index] = (ends[0] - ends[1]) / (2 * step)
        gradients.append(gradient)
    return gradients


def assert_gradients(got, expected):
    """Central differences in float64 are right to about 1e-9 where values are near 1."""
    got = got if isinstance(got, tuple) else (got,)
    for mine, numeric in zip(got, expected, strict=True):
        assert mine.shape == numeric.shape
        assert_allclose(mine, numeric, rtol=1e-6, atol=1e-7)


# The same numbers, laid out in memory in other ways
LAYOUTS = {
    "transposed": np.asfortranarray,
    "every second": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "backwards": lambda x: np.flip(np.flip(x).copy()),
    "channels last": lambda x: np.moveaxis(np.moveaxis(x, 1, -1).copy(), -1, 1),
    "foreign byte order": lambda x: x.astype(x.dtype.newbyteorder()),
}


def arrays_of(results):
    """The arrays of a result, of nested tuples too."""
    if isinstance(results, tuple):
        return [array for result in results for array in arrays_of(result)]
    return [results] if isinstance(results, np.ndarray) else []


def assert_layouts(call, *operands):
    """Other strides, byte order and a read-only flag change nothing."""
    operands = [operand.copy() for operand in operands]  # a test's data may serve others too
    expected = arrays_of(call(*(operand.copy() for operand in operands)))
    assert expected
    for layout in LAYOUTS.values():
        changed = [
            layout(o) if np.ndim(o) > 1 or layout is LAYOUTS["backwards"] else o for o in operands
        ]
        for operand in changed:
            operand.flags.writeable = False
        for got, wanted in zip(arrays_of(call(*changed)), expected, strict=True):
            assert got.dtype == wanted.dtype
            assert got.dtype.isnative
            assert_allclose(got, wanted, **CLOSE)


def assert_keeps_inputs(call, *operands):
    """No operand is changed; results are new, writeable, and share nothing, not even a second
    call's with the first's."""
    operands = [operand.copy() for operand in operands]  # a test's data may serve others too
    copies = [operand.copy() for operand in operands]
    results = arrays_of(call(*operands))
    kept = [result.copy() for result in results]
    again = arrays_of(call(*operands))
    everything = [*results, *again, *operands]
    for place, result in enumerate([*results, *again]):
        assert result.flags.writeable
        for other in everything[place + 1 :]:
            assert not np.shares_memory(result, other)
    for array in again:
        array[...] = 77
    for operand, copy in zip([*operands, *results], [*copies, *kept], strict=True):
        assert_array_equal(operand, copy)


def assert_dtypes(call, *operands):
    """Floats are kept, the widest wins, integers and bool count as float64."""
    kinds = ["float16", "float32", "float64", "longdouble", "bool", "uint8", "int64"]
    for first in kinds:
        for second in kinds:
            changed = [o.astype(second if i else first) for i, o in enumerate(operands)]
            counted = ["float64" if o.dtype.kind in "biu" else o.dtype for o in changed]
            for got in arrays_of(call(*changed)):
                assert got.dtype == np.result_type(*counted), (first, second)
