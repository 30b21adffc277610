# Every target first sets up what it needs: "make lab" or "make test" alone is enough.
#
#   make lab         open the course in JupyterLab
#   make test        prove everything on small classes; make test-all: the long tests as well
#   make build       notebooks from solutions/NN_name.py
#   make docs        pages made from them, and the course as a web page: build/site
#   make check       linter, floors of the package, stale notebooks and pages
#   make bench       measure layers, training and the grader beside what people use today
#   make experiments record the long trainings that chapters show; goes on where it was stopped

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BROWSER := $(VENV)/.browser

# On Linux the plain torch brings several GB for graphics cards. This index has the small build;
# where it cannot be reached, pip goes on without it. "make TORCH_INDEX= ..." takes the plain one.
TORCH := $(shell sed -n 's/^torch==//p' constraints.txt)
ifeq ($(shell uname -s),Linux)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
endif

# nbgrader starts alembic by its bare name.
export PATH := $(CURDIR)/$(BIN):$(PATH)

# What "make bench" runs, the quick ones first.
BENCHMARKS := imports datasets layers convolution widgets grading_parts grading cluster accuracy

.PHONY: lab test test-all build check bench experiments docs clean

lab: build
	$(BIN)/jupyter lab notebooks

# The browser's tests run by themselves: a JupyterLab that shares its cores answers too late.
test: $(STAMP) $(BROWSER)
	$(BIN)/pytest -n 2 --dist loadgroup -m "not long and not browser" tests
	CHROMIUM="$$(cat $(BROWSER))" $(BIN)/pytest -m "browser and not long" tests/browser

test-all: $(STAMP) $(BROWSER)
	$(BIN)/pytest -n 2 --dist loadgroup -m "not browser" tests
	CHROMIUM="$$(cat $(BROWSER))" $(BIN)/pytest -m browser tests/browser

build: $(STAMP)
	$(BIN)/autograder build

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/autograder build --check
	$(BIN)/python tools/sources.py --check
	$(BIN)/python tools/benchmarks_page.py --check
	$(BIN)/python tools/results_page.py --check
	$(BIN)/python tools/hostile_page.py --check

bench: $(STAMP) $(BROWSER)
	@set -e; export CHROMIUM="$$(cat $(BROWSER))"; for script in $(BENCHMARKS); do \
	    echo "benchmarks/$$script.py"; $(BIN)/python benchmarks/$$script.py; done
	$(BIN)/python tools/benchmarks_page.py

# Each script goes on where it was stopped. When all are through, what they keep for that is removed,
# so that the next time everything is made anew.
experiments: build
	@set -e; for script in experiments/[0-9]*.py; do \
	    echo "$$script"; $(BIN)/python "$$script"; done
	$(BIN)/python tools/results_page.py
	rm -rf build/experiments

docs: $(STAMP)
	$(BIN)/python tools/sources.py
	$(BIN)/python tools/benchmarks_page.py
	$(BIN)/python tools/results_page.py
	$(BIN)/python tools/hostile_page.py
	$(BIN)/python tests/course/proofs.py
	$(BIN)/python tools/site/build.py

clean:
	rm -rf $(VENV)

# --no-deps: only torch itself is looked up in the extra index, and a dead one costs one try.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || \
	    { echo "This needs Python 3.11 or newer: make PYTHON=python3.11 ..." >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps --retries 1 --timeout 15 \
	    $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) torch==$(TORCH)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[torch,grader,cluster,dev]"
	touch $@

# Holds the path of the browser.
$(BROWSER): $(STAMP) tools/browser.sh
	tools/browser.sh $(BIN)/python > $@.new
	mv $@.new $@
