# The commands that people put into scripts; each prepares what it needs first.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
CODE := dashboard.py pages etl geo riskmap tests

.PHONY: run setup test test-all check lint types imports libraries bench

run: $(VENV)/runtime
	@$(BIN)/python -m etl status >/dev/null 2>&1 || $(BIN)/python -m etl demo
	@echo "http://localhost:$(PORT)"
	$(BIN)/python -m riskmap.ui.serve --server.port $(PORT)

setup: $(VENV)/runtime

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Python 3.11 is needed: make PYTHON=/path/to/python3.11 ..."; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "On Debian or Ubuntu: apt install python3.11-venv"; exit 2; }

$(VENV)/runtime: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/development: requirements-dev.txt requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(VENV)/runtime $@

$(VENV)/bench: requirements-bench.txt $(VENV)/development
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

test: $(VENV)/development
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not every_combination"

test-all: $(VENV)/development
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: lint types imports libraries test

lint: $(VENV)/development
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)

types: $(VENV)/development
	$(BIN)/mypy

imports: $(VENV)/development
	$(BIN)/lint-imports

$(VENV)/audit: requirements-audit.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --target $(VENV)/audit -r requirements-audit.txt
	@touch $@

libraries: $(VENV)/runtime $(VENV)/audit
	@PYTHONPATH=$(VENV)/audit $(BIN)/python -m tests.libraries

bench: $(VENV)/bench
	@status=0; for name in map_repaint return_load many_workbooks page_times record_growth protection many_sessions lisa scan farrington; do \
		$(BIN)/python -m tests.benchmarks.$$name || status=1; done; exit $$status
