# Each of these sets everything up by itself; `make test` and `make slow` together run every test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test slow lint lab clean

demo: $(READY)
	$(BIN)/autograder demo

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow" $(ARGS)

slow: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m slow $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/autograder dev build --check

lab: $(READY)
	$(BIN)/autograder lab

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,lab,cluster]'
	@touch $(READY)

clean:
	rm -rf $(VENV) demo figures .pytest_cache .ruff_cache
