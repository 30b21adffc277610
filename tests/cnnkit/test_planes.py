"""The picture of a difference, and when it is shown."""

import xml.etree.ElementTree as ElementTree
from types import SimpleNamespace

import IPython
import IPython.display
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from cnnkit._arrays import Tolerance, compare_arrays
from cnnkit._planes import can_draw, picture
from cnnkit.testing import Mismatch, assert_same


def difference(got, expected):
    return compare_arrays(np.asarray(got), np.asarray(expected), Tolerance(1e-6, 1e-8))


def figures(got, expected):
    """The parts of the picture, parsed: it must be well-formed."""
    return ElementTree.fromstring(picture(difference(got, expected))).findall("figure")


def cells(figure):
    """Count the drawn cells by colour."""
    paths = figure.find("svg").findall("path")
    return {path.get("fill"): path.get("d").count("M") for path in paths}


def test_three_panels_with_captions():
    captions = [f.find("figcaption").text for f in figures([[1.0, 2, 3]], [[1.0, 5, 3]])]
    assert captions == ["expected", "got", "difference"]


def test_two_panels_where_shapes_differ():
    assert len(figures(np.zeros((2, 3)), np.zeros((2, 4)))) == 2


def test_every_picture_has_a_text():
    for figure in figures([[1.0, 2, 3]], [[1.0, 5, 3]]):
        svg = figure.find("svg")
        assert svg.get("role") == "img"
        assert svg.get("aria-label").startswith("Values: 1 of 3 differs")


def test_every_cell_of_a_plane_is_drawn():
    rng = np.random.default_rng(0)
    expected = rng.standard_normal((20, 30))
    for figure in figures(expected + (expected > 1), expected)[:2]:
        assert sum(cells(figure).values()) == 600


def test_the_difference_marks_what_differs_and_nothing_else():
    expected = np.zeros((3, 4))
    got = expected.copy()
    got[0, 1], got[2, 3], got[1, 1] = 1, -1, 1e-12
    marks = figures(got, expected)[2].find("svg").findall("path")
    assert [path.get("d") for path in marks] == [
        "M1 0h1v1h-1z",  # larger: the whole cell
        "M3.2 2.2h0.6v0.6h-0.6z",  # smaller: a smaller square
    ]


def test_numbers_in_small_planes_only():
    def numbers(n):
        return [t.text for t in figures(np.zeros((1, n)), np.ones((1, n)))[0].iter("text")]

    assert numbers(8) == ["1"] * 8
    assert numbers(9) == []


def test_the_difference_carries_numbers_where_there_is_one():
    panel = figures([[1.0, 2, 3]], [[1.0, 5, 3]])[2]
    assert [t.text for t in panel.iter("text")] == ["-3"]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_drawn(value):
    got = np.zeros((2, 9))
    got[1, 2] = value
    panels = figures(got, np.zeros((2, 9)))
    assert cells(panels[1])["#c2187a"] == 1
    assert sum(cells(panels[2]).values()) == 1


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float16])
def test_dtypes(dtype):
    assert len(figures(np.ones((2, 3), dtype), np.zeros((2, 3), dtype))) == 3


def test_unsigned_values_do_not_wrap():
    marks = figures(np.zeros((1, 9), np.uint8), np.full((1, 9), 255, np.uint8))[2]
    assert cells(marks) == {"#2b7bd6": 9}


def test_large_planes_stay_small_pages():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 64, 64))
    assert len(picture(difference(a, b))) < 400_000


@pytest.mark.parametrize(
    ("shape", "drawn"), [((64, 3), True), ((65, 3), False), ((3, 65), False), ((5,), False)]
)
def test_what_can_be_drawn(shape, drawn):
    assert bool(can_draw(difference(np.zeros(shape), np.ones(shape)))) is drawn


def test_the_message_is_escaped():
    text = picture(difference([[1.0]], [[2.0]]).within("result['<script>\"']"))
    assert "<script>" not in text
    ElementTree.fromstring(text)


@pytest.fixture
def shown(monkeypatch):
    """A shell with a kernel; what it is told to display."""
    displayed = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=object()))
    monkeypatch.setattr(IPython.display, "display", displayed.append)
    return displayed


def test_shown_in_a_notebook(shown):
    with pytest.raises(Mismatch):
        assert_same(np.zeros((2, 3)), np.ones((2, 3)))
    (html,) = shown
    assert html.data.startswith("<div") and "<svg" in html.data


def test_not_shown_where_nothing_differs_or_nothing_is_a_plane(shown):
    assert_same(np.ones((2, 3)), np.ones((2, 3)))
    for got, expected in ((1, 2), (np.zeros(3), np.ones(3))):
        with pytest.raises(Mismatch):
            assert_same(got, expected)
    assert shown == []


def test_not_shown_in_a_terminal(shown, monkeypatch):
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace())
    with pytest.raises(Mismatch):
        assert_same(np.zeros((2, 3)), np.ones((2, 3)))
    assert shown == []


def test_a_picture_that_fails_does_not_hide_the_mismatch(shown, monkeypatch):
    def broken(_):
        raise RuntimeError("no display")

    monkeypatch.setattr(IPython.display, "display", broken)
    with pytest.raises(Mismatch, match="6 of 6 differ"):
        assert_same(np.zeros((2, 3)), np.ones((2, 3)))


def test_in_a_real_kernel():
    source = (
        "import numpy as np\nfrom cnnkit.testing import assert_same\n"
        "assert_same(np.zeros((2, 3)), np.ones((2, 3)), hint='Look again.')"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    picture_shown, error = notebook.cells[0].outputs
    assert picture_shown["data"]["text/html"].count("<svg") == 3
    assert error["ename"] == "Mismatch"
    assert "Hint: Look again." in error["evalue"]
    assert "find_difference" not in "\n".join(error["traceback"])
