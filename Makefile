# Everything a person or the CI does here. A fresh machine needs only Python ≥ 3.11, make and the package registries.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test test-all check bench fmt lock docs clean

## Two simulated weeks on this machine: mails, weekly report and ledger in demo-output/
demo: $(VENV)/demo.stamp
	$(BIN)/approval-monitor demo

## The quick tests
test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -q -n auto -m "not slow"

## All tests, the long walks too (a quarter of an hour)
test-all: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -q -n auto

## Lint, formatting, types, architecture
check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

## The benchmarks, each next to its limit in the same run
bench: $(VENV)/dev.stamp
	$(BIN)/python -m bench

fmt: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

## Writes the lock files anew from pyproject.toml
lock: $(VENV)/dev.stamp
	$(PIP) install uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --extra demo pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --extra dev pyproject.toml -o requirements-dev.lock

## The configuration reference, written from the declarations
docs: $(VENV)/dev.stamp
	$(BIN)/python -m config.reference > docs/configuration.md

clean:
	rm -rf $(VENV) demo-output .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/demo.stamp: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps -e .
	touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps -e .
	touch $@ $(VENV)/demo.stamp
