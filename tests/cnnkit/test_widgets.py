"""The quiz: its packed form, its texts, and what it answers; and what each widget shows still."""

import pkgutil
import subprocess
import sys

import pytest

from cnnkit import widgets
from cnnkit.widgets import quiz, rich_text
from cnnkit.widgets.quiz_format import decode, encode

PADDING = {
    "name": "padding",
    "question": "What does padding 1 do?\n\nTake a $3 \\times 3$ kernel.",
    "options": [
        {"text": "It gives `9 x 9`.", "right": False, "why": "That is the *padded* input: ≠ 7."},
        {"text": "It keeps `7 x 7`.", "right": True, "why": "$7 + 2 - 3 + 1 = 7$."},
    ],
}


def test_a_quiz_survives_packing_and_its_answer_is_not_readable():
    packed = encode(PADDING)
    assert decode(packed) == PADDING
    assert packed.isascii() and "\n" not in packed and "keeps" not in packed


def test_packing_depends_on_no_order_of_keys():
    assert encode(dict(reversed(PADDING.items()))) == encode(PADDING)


@pytest.mark.parametrize("damaged", ["", "no base64!", "AAAA", encode(PADDING)[:-8]])
def test_a_damaged_quiz_is_refused_with_a_sentence(damaged):
    with pytest.raises(ValueError, match="cannot be read"):
        decode(damaged)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"options": PADDING["options"][:1]}, "'padding' needs two options"),
        ({"options": [PADDING["options"][0]] * 2}, "one of them right"),
        ({"options": [{"text": "x"}, {"text": "y"}]}, "lacks its text, right or why"),
    ],
)
def test_a_quiz_without_a_right_option_is_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        encode(PADDING | change)


def test_reading_the_format_loads_no_widget():
    code = (
        "import sys, cnnkit.widgets.quiz_format; "
        "print({'anywidget', 'ipywidgets', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("set()", "{'numpy'}")  # numpy: the price of `import cnnkit`


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("plain", [["text", "plain"]]),
        ("`a*b*c` is *so* **very** $x$", [
            ["code", "a*b*c"], ["text", " is "], ["em", "so"], ["text", " "],
            ["strong", "very"], ["text", " "], ["math", "x"],
        ]),
        ("2 * 3 * 4 and a*b*c", [["text", "2 * 3 * 4 and a*b*c"]]),
        ("<b>&", [["text", "<b>&"]]),
    ],
)  # fmt: skip
def test_a_text_is_read_into_spans(text, spans):
    assert rich_text.spans(text) == spans


def test_paragraphs_and_fenced_code_are_blocks():
    text = "One\nline.\n\nTwo.\n```python\nx = 1\ny = 2\n```\nThree."
    assert rich_text.blocks(text) == [
        [["text", "One line."]], [["text", "Two."]], [["pre", "x = 1\ny = 2"]], [["text", "Three."]]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"7 \times 7", "7 × 7"),
        (r"\left\lfloor\frac{n + 2p - k}{s}\right\rfloor + 1", "⌊(n + 2p - k)/s⌋ + 1"),
        (r"n \le m \leq 3 \neq \text{size}", "n ≤ m ≤ 3 ≠ size"),
        (r"x_{ij}^2", "x_ij^2"),
    ],
)
def test_simple_mathematics_is_plain_text(tex, plain):
    assert rich_text.plain_math(tex) == plain


def test_a_quiz_tells_nothing_before_an_option_is_checked():
    widget = quiz(encode(PADDING))
    assert widget.view["checked"] is None
    assert not {"right", "why"} & widget.view.keys()


def test_a_wrong_option_is_explained_and_another_can_be_checked():
    widget = quiz(encode(PADDING))
    widget.on_event({"check": 0})
    assert widget.view["right"] is False
    assert widget.view["why"][0] == ["strong", "Not right."]
    assert ["em", "padded"] in widget.view["why"]
    widget.on_event({"check": 1})
    assert widget.view["right"] is True
    assert widget.view["why"][0] == ["strong", "Right."]


# All widgets, made as a chapter makes them.
WIDGETS = {
    name: getattr(widgets, name) for name in widgets.__all__ if name not in ("quiz", "stay_alive")
} | {"quiz": lambda: quiz(encode(PADDING))}


@pytest.fixture(scope="module", params=WIDGETS)
def made(request):
    """Each of the widgets."""
    return WIDGETS[request.param]()


def test_without_a_kernel_there_is_text_and_a_still_picture(made):
    data, _ = made._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "Run the cell" in data["text/html"] and "<script" not in data["text/html"]
    assert len(data["text/plain"].splitlines()) >= 3


def test_a_quiz_without_a_kernel_does_not_tell_its_answer():
    html = quiz(encode(PADDING))._repr_mimebundle_()[0]["text/html"]
    assert "why" not in html and "padded" not in html


def test_a_widgets_script_is_one_text_that_loads_nothing(made):
    assert "function make(" in made._esm and "export default" in made._esm
    assert "import " not in made._esm and "http" not in made._esm.replace(
        "http://www.w3.org/2000/svg", ""
    )
    assert "url(" not in made._css and "@import" not in made._css


def test_every_widget_has_a_name_of_its_own_and_a_sentence_that_says_what_it_shows(made):
    if made.label != "Quiz":
        assert made.view["live"].strip() and made.view["label"] == made.label != "Widget"
    labels = [type(make()).label for make in WIDGETS.values()]
    assert len(set(labels)) == len(labels)


def test_no_module_takes_the_place_of_a_function():
    """Importing a module binds its name in the package: the function of that name would be gone."""
    modules = {module.name for module in pkgutil.iter_modules(widgets.__path__)}
    assert "conv_widget" in modules
    assert modules.isdisjoint(widgets.__all__)
