# Every task of the project; `make help` lists them. Nothing needs to be installed but Python (3.11, 3.12, or 3.13 for
# what does without PyAirbyte) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
QA := $(VENV)-qa
QA_VERSION := 0.132.0
DBT := $(VENV)-dbt
# A name of this machine: where an image is pushed to, its owner says (docs/release.md).
IMAGE ?= source-movidesk:$(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

# The user's language, by the same rule as examples/language.py. What a task does is said in both, with " | " between.
PORTUGUESE := $(filter pt%,$(firstword $(MOVIDESK_LANG) $(LC_ALL) $(LC_MESSAGES) $(LANG)))

.DEFAULT_GOAL := help
.PHONY: help demo sync verify doctor dbt dbt-sql notebook api test test-slow test-unit check lint format types docs docs-check picture bench wheel wheel-test newest image image-test qa lock clean

help:  ## List the tasks | Lista as tarefas
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) \
	  | sed -E 's/:.*## (.*) \| (.*)/\t\$(if $(PORTUGUESE),2,1)/' | expand -t 14

# One environment; what each task needs is added to it once, and again when pyproject.toml changes.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "$(if $(PORTUGUESE),É preciso ter Python 3.11 a 3.13: tente,Python 3.11 to 3.13 is needed: try)  make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# The connector runs on 3.13 too, PyAirbyte does not.
PYAIRBYTE = $(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] > (3, 12))' \
  || { echo "$(if $(PORTUGUESE),O PyAirbyte precisa do Python 3.11 ou 3.12: tente,PyAirbyte needs Python 3.11 or 3.12: try)  make clean && make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	@$(PYAIRBYTE)
	@echo "$(if $(PORTUGUESE),Instalando o conector e o PyAirbyte com o DuckDB em $(VENV) (só na primeira vez: uns dois minutos) ...,Installing the connector and PyAirbyte with DuckDB into $(VENV) (once: about two minutes) ...)"
	@$(BIN)/python -m examples.install '.[demo]'
	@touch $@

$(VENV)/.all: pyproject.toml | $(BIN)/python
	@echo "$(if $(PORTUGUESE),Instalando o conector e as ferramentas de desenvolvimento em $(VENV) (só na primeira vez: uns três minutos) ...,Installing the connector and all development tools into $(VENV) (once: about three minutes) ...)"
	@$(BIN)/python -m examples.install '.[demo,notebook,test,lint]'
	@touch $@ $(VENV)/.demo $(VENV)/.notebook

$(VENV)/.notebook: pyproject.toml | $(BIN)/python
	@$(PYAIRBYTE)
	@echo "$(if $(PORTUGUESE),Instalando o conector e o que o notebook usa em $(VENV) (só na primeira vez: uns dois minutos) ...,Installing the connector and what the notebook needs into $(VENV) (once: about two minutes) ...)"
	@$(BIN)/python -m examples.install '.[demo,notebook]'
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo  ## Try everything: local stand-in of the API -> connector -> DuckDB, without a token | Experimenta tudo: simulador local da API -> conector -> DuckDB, sem chave
	@$(BIN)/python -m examples.demo

sync: $(VENV)/.demo  ## Read a real account into DuckDB, or into MOVIDESK_DATABASE, only what is new: MOVIDESK_TOKEN=... make sync | Lê da sua conta só o que é novo e grava no DuckDB, ou em MOVIDESK_DATABASE: MOVIDESK_TOKEN=... make sync
	@$(BIN)/python -m examples.sync

verify: $(VENV)/.demo  ## Is everything there? A census of the account against what make sync has read; without a token of the stand-in | Está tudo lá? Um censo da conta contra o que o make sync leu; sem chave, do simulador
	@$(BIN)/python -m examples.verify

doctor: $(VENV)/.demo  ## Ask a real account, by thirty requests, how the API behaves there: MOVIDESK_TOKEN=... make doctor | Pergunta a uma conta real, com trinta requisições, como a API se comporta ali: MOVIDESK_TOKEN=... make doctor
	@$(BIN)/movidesk-doctor --json doctor.json

notebook: $(VENV)/.notebook  ## Execute the notebook from top to bottom and keep its output | Executa o notebook do começo ao fim e guarda os resultados
	@$(BIN)/python -m examples.notebook

api: $(VENV)/.demo  ## Start the local stand-in of the API alone | Inicia só o simulador local da API
	@$(BIN)/python -m integration_tests.movidesk_api

PYTEST := --dist loadfile -W error::airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning

# Four at a time even on two processors, as most of the time is waiting for processes; but not where the pace is tested.
test: $(VENV)/.all  ## Run the tests (but for those of test-slow and image-test) | Roda os testes (menos os de test-slow e image-test)
	@$(BIN)/python -m pytest -n 4 $(PYTEST) -m "not image_tests and not slow"

# The model's lives share nothing, so that they need not stay together.
test-slow: $(VENV)/.all  ## Run the longer tests: PyAirbyte, notebook, SQL, guides, quota, faults, long runs | Roda os testes mais longos: PyAirbyte, notebook, SQL, guias, cota, falhas, leituras longas
	@$(BIN)/python -m pytest -n auto $(PYTEST) -m slow --ignore unit_tests/model
	@$(BIN)/python -m pytest -n auto -m slow unit_tests/model

test-unit: $(VENV)/.all  ## Run the unit tests only | Roda só os testes unitários
	@$(BIN)/python -m pytest -n 4 $(PYTEST) unit_tests

check: lint types docs-check test  ## What a pull request needs: style, types, generated files, tests (under ten minutes) | O que um pull request precisa: estilo, tipos, arquivos gerados, testes (menos de dez minutos)

lint: $(VENV)/.all  ## Check style and format, of Dockerfiles and workflows too | Verifica estilo e formato, também de Dockerfiles e workflows
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	@$(BIN)/hadolint Dockerfile image_tests/Dockerfile.cdk
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/zizmor --offline --quiet --no-progress .github

format: $(VENV)/.all  ## Mend style and format | Corrige estilo e formato
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(VENV)/.all  ## Check types | Verifica os tipos
	@$(BIN)/mypy

docs: $(VENV)/.all  ## Write schemas, stream reference and code lists from docs/reference | Gera esquemas, referência das streams e listas de códigos a partir de docs/reference
	@$(BIN)/python docs/generate.py

docs-check: $(VENV)/.all  ## Check that the generated files are up to date | Verifica se os arquivos gerados estão em dia
	@$(BIN)/python docs/generate.py --check

picture: $(VENV)/.demo  ## Draw the READMEs' pictures from what the demo prints | Desenha as figuras dos README a partir do que a demonstração mostra
	@MOVIDESK_LANG=en $(BIN)/python -m examples.demo | $(BIN)/python docs/picture.py demo.svg
	@MOVIDESK_LANG=pt $(BIN)/python -m examples.demo | $(BIN)/python docs/picture.py demo.pt-BR.svg

# dlt has dependencies of its own and is only compared with: where it cannot be installed, its figures say so.
.venv-dlt/.done: | $(BIN)/python
	@$(PYTHON) -m venv .venv-dlt
	@.venv-dlt/bin/python -m examples.install 'dlt[duckdb]>=1.31,<2' \
	  && touch $@ || echo "dlt cannot be installed here; its figures are left out."

bench: $(VENV)/.demo .venv-dlt/.done  ## Measure all that the documentation claims, and write docs/performance.md (15 minutes) | Mede tudo o que a documentação afirma e grava docs/performance.md (15 minutos)
	@$(BIN)/python -m benchmarks $(ONLY)

# With another base: make image BASE_IMAGE=...
image:  ## Build the image with the container engine of this machine | Cria a imagem com o Docker desta máquina
	docker build $(if $(BASE_IMAGE),--build-arg BASE_IMAGE=$(BASE_IMAGE)) --tag $(IMAGE) .

wheel: $(VENV)/.all  ## Build the wheel and the source archive into dist/ | Cria o wheel e o pacote-fonte em dist/
	@rm -rf dist
	@$(BIN)/uv build --quiet --python $(BIN)/python --out-dir dist

wheel-test: $(VENV)/.all  ## Install the wheel into clean environments of each Python that is here, and run it there | Instala o wheel em ambientes limpos de cada Python desta máquina e o executa ali
	@$(BIN)/python -m pytest integration_tests/test_wheel.py -rs

# Beyond what pyproject.toml allows: pip says so, and the tests tell what it means.
newest: $(VENV)/.all  ## Install the newest CDK and PyAirbyte, to run the tests with them | Instala o CDK e o PyAirbyte mais novos, para rodar os testes com eles
	@$(BIN)/python -m examples.install --upgrade airbyte-cdk airbyte duckdb

image-test: $(VENV)/.all  ## Build the image and run it in tests (as root on Debian nothing needs to be installed for it) | Cria a imagem e a testa (como root no Debian, não é preciso instalar nada)
	@$(BIN)/python -m pytest image_tests -rs

# An environment of its own, as it has more packages than all the rest together; pip takes three minutes for them.
$(QA)/.airbyte-internal-ops-$(QA_VERSION): | $(BIN)/python
	@echo "Installing Airbyte's checks and Poetry into $(QA) (once, about half a minute) ..."
	@$(PYTHON) -m venv --clear $(QA)
	@$(QA)/bin/python -m pip install --quiet --disable-pip-version-check uv
	@$(QA)/bin/uv pip install --python $(QA)/bin/python airbyte-internal-ops==$(QA_VERSION) 'poetry>=2.1,<3' poetry-plugin-pypi-mirror
	@touch $@

qa: $(QA)/.airbyte-internal-ops-$(QA_VERSION)  ## Run Airbyte's own checks of a connector, without network | Roda as verificações de conectores do próprio Airbyte, sem rede
	@DO_NOT_TRACK=1 AIRBYTE_OFFLINE_MODE=1 PYTHONWARNINGS=ignore $(QA)/bin/python .ci/qa.py
	@$(QA)/bin/poetry check --lock --quiet || { echo "poetry.lock is not that of pyproject.toml: make lock"; exit 1; }

# Through pip's index, which has all that Poetry needs; its address does not get into the file.
lock: $(QA)/.airbyte-internal-ops-$(QA_VERSION)  ## Write poetry.lock anew, after a change of the dependencies | Gera de novo o poetry.lock, depois de mudar dependências
	@POETRY_VIRTUALENVS_CREATE=false \
	POETRY_PYPI_MIRROR_URL=$$($(QA)/bin/python -c 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)') \
	  $(QA)/bin/poetry lock --no-interaction

# An environment of its own, as dbt's dependencies fit no other. 1.12 of dbt-core has a parser that can't be installed
# everywhere; DuckDB is the version that PyAirbyte takes, so that both open the same file.
$(DBT)/.done: | $(BIN)/python
	@echo "Installing dbt into $(DBT) (once, about half a minute) ..."
	@$(PYTHON) -m venv --clear $(DBT)
	@$(DBT)/bin/python -m examples.install \
	  'dbt-core>=1.11,<1.12' 'dbt-duckdb>=1.10,<2' 'dbt-postgres>=1.9,<2' 'duckdb<1.5' 'sqlglot>=27,<31'
	@touch $@

# As root on Debian PostgreSQL's server is installed where it is missing.
dbt: $(VENV)/.all $(DBT)/.done  ## Build and test the dbt package on DuckDB and PostgreSQL; parse its SQL for the others | Executa e testa o pacote dbt em DuckDB e PostgreSQL; analisa o SQL dos outros bancos
	@$(DBT)/bin/python dbt/compiled.py --check
	@$(BIN)/python -m pytest dbt_tests -rs

dbt-sql: $(DBT)/.done  ## Write the SQL for people without dbt anew, after a change of the package | Gera de novo o SQL para quem não usa dbt, depois de uma mudança no pacote
	@$(DBT)/bin/python dbt/compiled.py

clean:  ## Remove the environments and caches | Remove os ambientes e caches
	rm -rf $(VENV) $(QA) $(DBT) .venv-dlt .pytest_cache .mypy_cache .ruff_cache .hypothesis .cache build dist *.egg-info
	@rm -rf /var/tmp/source-movidesk-engine 2>/dev/null || echo 'Only root can remove /var/tmp/source-movidesk-engine.'
