# Each target but `clean` makes the virtual environment first.
#   make demo      the course at work, on simulated ratings
#   make test      the unit tier: no slow tests, no processes, no bank, no hostile submissions
#   make test-all  every test
#   make coverage  the unit tier with a report on covered lines, in the terminal and in htmlcov/
#   make messages  extract what is translated, and merge it into the catalogues of each language
#   make lint      style, types, directions of imports, dependencies, built exercises, catalogues, numbers in prose
#   make nightly   every test, the bank on three seeds, mutants of the answers, hostile submissions
#                  in stock nbgrader
#   make lab       a workspace, my-course, in JupyterLab
#   make clean     remove the environment and all that the other targets left
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTEST := $(BIN)/python -m pytest -n 2 --dist worksteal
UNIT := not slow and not process and not bank and not hostile

.PHONY: demo test test-all coverage nightly messages lint lab clean

demo: $(READY)
	$(BIN)/autograder demo

test: $(READY)
	$(PYTEST) -m "$(UNIT)" $(ARGS)

test-all: $(READY)
	$(PYTEST) $(ARGS)

coverage: $(READY)
	$(PYTEST) -m "$(UNIT)" --cov --cov-report=term --cov-report=html $(ARGS)

nightly: $(READY)
	$(PYTEST) --seeds 1,20261,31415 $(ARGS)
	$(BIN)/python -m benchmarks.mutants
	$(BIN)/python -m benchmarks.hostile_nbgrader

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/autograder dev build --check
	$(BIN)/autograder dev messages --check
	$(BIN)/autograder dev prose

messages: $(READY)
	$(BIN)/autograder dev messages

lab: $(READY)
	test -f my-course/.autograder.toml || $(BIN)/autograder start my-course
	cd my-course && ../$(BIN)/autograder lab

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,lab,cluster]'
	@touch $(READY)

clean:
	rm -rf $(VENV) demo figures served htmlcov .coverage .pytest_cache .ruff_cache .mypy_cache
