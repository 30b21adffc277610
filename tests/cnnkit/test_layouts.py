"""Orders of weight axes."""

from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnnkit.layouts import layout_convert

ORDERS = ["".join(order) for order in permutations("OIHW")]
SIZES = {"O": 2, "I": 3, "H": 4, "W": 5}


def numbered(order):
    """Weights whose value at O, I, H, W tells the four indices, stored in ``order``."""
    w = np.empty([SIZES[axis] for axis in order])
    for index in np.ndindex(w.shape):
        place = dict(zip(order, index, strict=True))
        w[index] = place["O"] * 1000 + place["I"] * 100 + place["H"] * 10 + place["W"]
    return w


@pytest.mark.parametrize("dst", ORDERS)
@pytest.mark.parametrize("src", ["OIHW", "HWIO", "IOHW", "WOHI"])
def test_every_weight_keeps_its_meaning(src, dst):
    assert_array_equal(layout_convert(numbered(src), src, dst), numbered(dst))


@pytest.mark.parametrize("order", ORDERS)
def test_round_trip(order):
    w = numbered("OIHW")
    assert_array_equal(layout_convert(layout_convert(w, "OIHW", order), order, "OIHW"), w)


@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.complex64, bool])
def test_dtype_stays(dtype):
    assert layout_convert(numbered("OIHW").astype(dtype), "OIHW", "HWIO").dtype == dtype


@pytest.mark.parametrize("dst", ["OIHW", "HWIO"])
def test_the_result_is_new(dst):
    w = numbered("OIHW")
    assert not np.shares_memory(layout_convert(w, "OIHW", dst), w)


def test_a_view_of_read_only_weights_is_accepted():
    w = numbered("OIHW")
    w.flags.writeable = False
    assert_array_equal(
        layout_convert(w[::-1, :, ::2], "OIHW", "WIHO"), w[::-1, :, ::2].transpose(3, 1, 2, 0)
    )


@pytest.mark.parametrize(
    ("src", "dst", "message"),
    [
        ("NCHW", "OIHW", r"src is 'NCHW': it must hold each of O, I, H, W once\."),
        ("OIHW", "HWI", "dst is 'HWI'"),
        ("OIHW", "OOHW", "dst is 'OOHW'"),
        ("oihw", "OIHW", "src is 'oihw'"),
        ("OIHW", None, "dst is None"),
    ],
)
def test_other_letters_are_refused(src, dst, message):
    with pytest.raises(ValueError, match=message):
        layout_convert(numbered("OIHW"), src, dst)


def test_another_rank_is_refused():
    with pytest.raises(ValueError, match=r"w has shape \(2, 3, 4\): OIHW names four axes, w has 3"):
        layout_convert(np.zeros((2, 3, 4)), "OIHW", "HWIO")
