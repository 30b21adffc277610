"""Calls of convolutions for the property tests."""

from contract import normal
from hypothesis import assume
from hypothesis import strategies as st

from cnnkit.shapes import conv2d_shape


@st.composite
def calls(draw, most=8):
    """Operands and options that go together; nothing is square but by chance."""
    groups, parts, filters = (draw(st.integers(1, 3)) for _ in range(3))
    N, H, W = draw(st.integers(0, 3)), draw(st.integers(1, most)), draw(st.integers(1, most))
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
    options = {
        "stride": draw(pairs),
        "padding": draw(st.tuples(st.integers(0, 3), st.integers(0, 3))),
        "dilation": draw(pairs),
    }
    try:
        conv2d_shape(H, W, kernel, **options)
    except ValueError:
        assume(False)
    x = normal(N, groups * parts, H, W, seed=draw(st.integers(0, 99)))
    w = normal(groups * filters, parts, *kernel, seed=100)
    b = draw(st.sampled_from([None, normal(len(w), seed=101)]))
    return (x, w, b), {**options, "groups": groups}
