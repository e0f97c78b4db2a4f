# Every task of the project; `make help` lists them. Nothing needs to be installed but Python (3.11, 3.12, or 3.13 for
# what does without PyAirbyte) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
QA := $(VENV)-qa
QA_VERSION := 0.132.0
# A name of this machine: where an image is pushed to, its owner says (docs/release.md).
IMAGE ?= source-movidesk:$(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

.DEFAULT_GOAL := help
.PHONY: help demo sync views notebook api test test-slow test-unit check lint format types docs docs-check picture bench wheel wheel-test newest image image-test qa lock clean

help:  ## List the tasks
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# One environment; what each task needs is added to it once, and again when pyproject.toml changes.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Python 3.11 to 3.13 is needed: try  make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	@echo "Installing the connector, PyAirbyte and DuckDB into $(VENV) (once, about two minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[demo]'
	@touch $@

$(VENV)/.all: pyproject.toml | $(BIN)/python
	@echo "Installing the connector and all development tools into $(VENV) (once, about two minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[demo,notebook,test,lint]'
	@touch $@ $(VENV)/.demo $(VENV)/.notebook

$(VENV)/.notebook: pyproject.toml | $(BIN)/python
	@echo "Installing the connector and what the notebook needs into $(VENV) (once, about two minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[demo,notebook]'
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo  ## Try everything: local stand-in of the API -> connector -> DuckDB, without a token
	@$(BIN)/python -m examples.demo

sync: $(VENV)/.demo  ## Read a real account into DuckDB, incrementally: MOVIDESK_TOKEN=... make sync
	@$(BIN)/python -m examples.sync

views: $(VENV)/.demo  ## Write the SQL files of the views anew: newest versions, current rows, Kondado's names
	@$(BIN)/python -m examples.views --write
	@$(BIN)/python -m examples.kondado --write

notebook: $(VENV)/.notebook  ## Execute the notebook from top to bottom and keep its output
	@$(BIN)/python -m examples.notebook

api: $(VENV)/.demo  ## Start the local stand-in of the API alone
	@$(BIN)/python -m integration_tests.movidesk_api

PYTEST := --dist loadfile -W error::airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning

# Four at a time even on two processors, as most of the time is waiting for processes; but not where the pace is tested.
test: $(VENV)/.all  ## Run the tests (but for those of test-slow and image-test)
	@$(BIN)/python -m pytest -n 4 $(PYTEST) -m "not image_tests and not slow"

test-slow: $(VENV)/.all  ## Run the longer tests: PyAirbyte, notebook, SQL, guides, quota, faults, long runs
	@$(BIN)/python -m pytest -n auto $(PYTEST) -m slow

test-unit: $(VENV)/.all  ## Run the unit tests only
	@$(BIN)/python -m pytest unit_tests

check: lint types docs-check test  ## What a pull request needs: style, types, generated files, tests (under ten minutes)

lint: $(VENV)/.all  ## Check style and format, of Dockerfiles and workflows too
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/hadolint Dockerfile image_tests/Dockerfile.cdk
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/zizmor --offline --quiet --no-progress .github

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

# dlt has dependencies of its own and is only compared with: where it cannot be installed, its figures say so.
.venv-dlt/.done: | $(BIN)/python
	@$(PYTHON) -m venv .venv-dlt
	@.venv-dlt/bin/python -m pip install --quiet --disable-pip-version-check 'dlt[duckdb]>=1.31,<2' \
	  && touch $@ || echo "dlt cannot be installed here; its figures are left out."

bench: $(VENV)/.demo .venv-dlt/.done  ## Measure all that the documentation claims, and write docs/performance.md (15 minutes)
	@$(BIN)/python -m benchmarks $(ONLY)

# With another base: make image BASE_IMAGE=...
image:  ## Build the image with the container engine of this machine
	docker build $(if $(BASE_IMAGE),--build-arg BASE_IMAGE=$(BASE_IMAGE)) --tag $(IMAGE) .

wheel: $(VENV)/.all  ## Build the wheel and the source archive into dist/
	@rm -rf dist
	@$(BIN)/uv build --quiet --python $(BIN)/python --out-dir dist

wheel-test: $(VENV)/.all  ## Install the wheel into clean environments of each Python that is here, and run it there
	@$(BIN)/python -m pytest integration_tests/test_wheel.py -rs

# Beyond what pyproject.toml allows: pip says so, and the tests tell what it means.
newest: $(VENV)/.all  ## Install the newest CDK and PyAirbyte, to run the tests with them
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade airbyte-cdk airbyte duckdb

image-test: $(VENV)/.all  ## Build the image and run it in tests (as root on Debian nothing needs to be installed for it)
	@$(BIN)/python -m pytest image_tests -rs

# An environment of its own, as it has more packages than all the rest together; pip takes three minutes for them.
$(QA)/.airbyte-internal-ops-$(QA_VERSION): | $(BIN)/python
	@echo "Installing Airbyte's checks and Poetry into $(QA) (once, about half a minute) ..."
	@$(PYTHON) -m venv --clear $(QA)
	@$(QA)/bin/python -m pip install --quiet --disable-pip-version-check uv
	@$(QA)/bin/uv pip install --quiet --python $(QA)/bin/python airbyte-internal-ops==$(QA_VERSION) 'poetry>=2.1,<3' poetry-plugin-pypi-mirror
	@touch $@

qa: $(QA)/.airbyte-internal-ops-$(QA_VERSION)  ## Run Airbyte's own checks of a connector, without network
	@DO_NOT_TRACK=1 AIRBYTE_OFFLINE_MODE=1 PYTHONWARNINGS=ignore $(QA)/bin/python .ci/qa.py
	@$(QA)/bin/poetry check --lock --quiet || { echo "poetry.lock is not that of pyproject.toml: make lock"; exit 1; }

# Through pip's index, which has all that Poetry needs; its address does not get into the file.
lock: $(QA)/.airbyte-internal-ops-$(QA_VERSION)  ## Write poetry.lock anew, after a change of the dependencies
	@POETRY_VIRTUALENVS_CREATE=false \
	POETRY_PYPI_MIRROR_URL=$$($(QA)/bin/python -c 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)') \
	  $(QA)/bin/poetry lock --no-interaction

clean:  ## Remove the environments and caches
	rm -rf $(VENV) $(QA) .venv-dlt .pytest_cache .mypy_cache .ruff_cache .hypothesis .cache build dist *.egg-info
	@rm -rf /var/tmp/source-movidesk-engine 2>/dev/null || echo 'Only root can remove /var/tmp/source-movidesk-engine.'
