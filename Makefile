# Every task of the project; `make help` lists them. Nothing needs to be installed but Python 3.11 (or 3.12) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo sync api test test-unit lint format types docs docs-check picture benchmark clean

help:  ## List the tasks
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# One environment; what each task needs is added to it once, and again when pyproject.toml changes.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' \
	  || { echo "Python 3.11 or 3.12 is needed: try  make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	@echo "Installing the connector, PyAirbyte and DuckDB into $(VENV) (once, about two minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[demo]'
	@touch $@

$(VENV)/.all: pyproject.toml | $(BIN)/python
	@echo "Installing the connector and all development tools into $(VENV) (once, about two minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[demo,test,lint]'
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo  ## Try everything: local stand-in of the API -> connector -> DuckDB, without a token
	@$(BIN)/python -m examples.demo

sync: $(VENV)/.demo  ## Read a real account into DuckDB, incrementally: MOVIDESK_TOKEN=... make sync
	@$(BIN)/python -m examples.sync

api: $(VENV)/.demo  ## Start the local stand-in of the API alone
	@$(BIN)/python -m integration_tests.movidesk_api

test: $(VENV)/.all  ## Run all tests
	@$(BIN)/python -m pytest -n auto --dist loadfile -m "not image_tests" -W error::airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning

test-unit: $(VENV)/.all  ## Run the unit tests only
	@$(BIN)/python -m pytest unit_tests

lint: $(VENV)/.all  ## Check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(VENV)/.all  ## Mend style and format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(VENV)/.all  ## Check types
	@$(BIN)/mypy

docs: $(VENV)/.all  ## Write schemas, stream reference and code lists from docs/reference
	@$(BIN)/python docs/generate.py

docs-check: $(VENV)/.all  ## Check that the generated files are up to date
	@$(BIN)/python docs/generate.py --check

picture: $(VENV)/.demo  ## Draw the README's picture from what the demo prints
	@$(BIN)/python -m examples.demo | $(BIN)/python docs/picture.py

benchmark: $(VENV)/.demo  ## Measure requests, seconds and memory of a sync against the stand-in
	@$(BIN)/python -m benchmarks.full_sync

clean:  ## Remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .cache build dist *.egg-info
