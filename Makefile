# demo · test · lint · bench: the verbs a newcomer needs. Each makes its own environment first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= 2
PIN := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
# Tests that are run once more with the engine reached as a ClickHouse server.
SERVED ?= tests/store tests/playbook tests/ingest tests/server tests/cli tests/test_analysis.py tests/test_selection.py

.PHONY: demo test lint bench vendor docs lock wheel browser collector clean help

help: ## Show these verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(READY) ## Make a company to explore and serve it; prints one link
	$(BIN)/exos demo $(DEMO)

test: lint browser ## Lint, types, and every test; those of the data once more through a ClickHouse server
	sh scripts/tests.sh $(BIN)/python $(JOBS) $(PYTEST)
	sh scripts/tests.sh $(BIN)/python $(JOBS) --server $(SERVED) $(PYTEST)

lint: $(READY) ## Ruff, formatting and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY) ## Every figure of the README, as ratios in one run (NAMES="process import" for some)
	sh scripts/environment.sh $(PYTHON) .venv-bench bench/requirements.txt
	.venv-bench/bin/python bench/run.py $(NAMES)

vendor: $(READY) ## Build the portal's vendored libraries again
	$(BIN)/python frontend/build.py

docs: $(READY) ## Write the generated pages of docs/ again
	$(BIN)/python docs/generate.py

wheel: $(READY) ## Build a wheel with a working portal in dist/
	$(BIN)/python -m hatchling build -t wheel

lock: $(READY) ## Pin all requirements again, with hashes
	$(BIN)/python -m pip install --quiet uv
	$(PIN) -o requirements/dev.txt pyproject.toml requirements/dev.in
	$(PIN) -o bench/requirements.txt pyproject.toml bench/requirements.in

browser: $(READY) ## Chromium for the browser tests, through apt when it is missing and that is permitted
	sh scripts/browser.sh

collector: ## Build the OpenTelemetry Collector with Go, for the test that compares with it
	sh scripts/collector.sh

clean: ## Remove everything that these verbs made
	rm -rf $(VENV) .venv-bench .collector dist src/exos/portal/vendor .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): requirements/dev.txt pyproject.toml scripts/environment.sh
	sh scripts/environment.sh $(PYTHON) $(VENV) requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
	$(BIN)/python frontend/build.py
	touch $@
