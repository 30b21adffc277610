"""Misconceptions are read from text, in order, and turned into code to paste."""

import ast

import pytest
from build_fixture import NAME, copy_course

from autograder.build import build_all
from autograder.chapter import Chapter, ChapterError
from autograder.misconceptions import MisconceptionError, as_source, load, misconception

HEAD = "from autograder.misconceptions import misconception\nimport nowhere_to_be_found\n\n"
MARK = '@misconception(replaces="double", fails="double-values", diagnosis="D.", hint="H.")\n'


@pytest.fixture
def file(tmp_path):
    script = copy_course(tmp_path)
    build_all(tmp_path)
    return script.parent / "misconceptions" / script.name


def write(file, *functions):
    file.write_text(HEAD + "\n\n".join(MARK + f for f in functions), encoding="utf-8")
    return load(file)


def test_load_reads_what_the_decorator_says(file):
    (known,) = load(file)
    assert (known.id, known.chapter, known.replaces) == ("squares", NAME, "double")
    assert known.exercise == "double"
    assert known.fails == ("double-values", "double-contract")
    assert (known.diagnosis, known.hint) == ("The number is squared.", "Try 3.")
    assert known.source.startswith("@misconception(") and known.source.endswith("return x * x")
    assert file.read_text(encoding="utf-8").splitlines()[known.line - 1] == "def squares(x):"


def test_load_takes_a_chapter_as_well_as_a_path(file):
    chapter = Chapter.load(file.parent.parent / f"{NAME}.ipynb")
    assert load(chapter) == load(str(file)) == load(file, chapter) != []


def test_the_order_is_the_files_and_nothing_runs(file):
    names = [known.id for known in write(file, "def b(x): ...\n", "def a(x): ...\n")]
    assert names == ["b", "a"]  # HEAD imports a module that does not exist


def test_the_exercise_is_the_one_whose_cell_binds_the_function(file):
    text = file.read_text(encoding="utf-8").replace('replaces="double"', 'replaces="halve"')
    file.write_text(text, encoding="utf-8")
    assert load(file)[0].exercise == "double"


def test_no_file_is_no_misconception(file):
    file.unlink()
    assert load(file) == load(Chapter.load(file.parent.parent / f"{NAME}.ipynb")) == []


def test_a_path_without_its_notebook_says_so(file):
    (file.parent.parent / f"{NAME}.ipynb").unlink()
    with pytest.raises(ChapterError, match="Cannot read the chapter"):
        load(file)


@pytest.mark.parametrize(
    "text, line, words",
    [
        (MARK.replace("double", "triple") + "def f(x): ...", 2, "No exercise binds 'triple'"),
        (MARK + "def f(x): ...\n" + MARK + "def f(x): ...", 4, "'f' stands there twice"),
        (MARK.replace('"H."', "HINT") + "def f(x): ...", 1, "'f' has no hint"),
        (MARK + "def f(x: ...", 2, "does not compile"),
    ],
)
def test_errors_name_the_line(text, line, words, file):
    file.write_text(text, encoding="utf-8")
    with pytest.raises(MisconceptionError) as caught:
        load(file)
    assert f"{file}:{line}: " in str(caught.value) and words in str(caught.value)


def test_the_source_is_pasted_under_the_students_name(file):
    (known,) = write(
        file,
        "def counts_down(x, *, step=1):\n"
        '    """Not counts_down."""\n'
        "    # äöü: counts_down again\n"
        '    text = "äöü", counts_down.__name__\n'
        "    return 0 if x <= 0 else 1 + counts_down(x - step)  # why\n",
    )
    source = as_source(known)
    assert source.startswith("def double(x, *, step=1):\n") and source.endswith("# why\n")
    assert '"""Not counts_down."""' in source and "# äöü: counts_down again" in source
    assert '"äöü", double.__name__' in source
    namespace = {}
    exec(source, namespace)
    assert namespace["double"](5) == 5 and "counts_down" not in namespace


def test_a_class_can_be_a_misconception(file):
    (known,) = write(
        file, "class Lazy:\n    def more(self):\n        return super(Lazy, self), Lazy\n"
    )
    source = as_source(known)
    assert source.startswith("class double:") and "Lazy" not in source
    assert ast.parse(source)


def test_other_decorators_above_or_below_go_with_the_own_one(file):
    file.write_text(MARK + "@staticmethod\ndef f(x):\n    return x\n", encoding="utf-8")
    assert as_source(load(file)[0]) == "def double(x):\n    return x\n"


def test_the_decorator_leaves_the_function_alone():
    def wrong(x):
        return x

    mark = misconception(replaces="double", fails="double-values", diagnosis="D.", hint="H.")
    assert mark(wrong) is wrong
