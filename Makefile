# Everything that a developer does, by name. `make demo` and `make test` do all the set-up that they need.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
BIN := .venv/bin
PACKAGES := cdkit plugins
SOURCES := $(PACKAGES) tests benchmarks pipeline-examples
# The variables of the test cluster; a failure of `up` ends the recipe with its exit code.
WITH_CLUSTER = vars=$$(tests/cluster/up) || exit $$?; eval "$$vars"
# Those of the services that tests of test pods depend on.
WITH_SERVICES = vars=$$(tests/services/images) || exit $$?; eval "$$vars"
# Those of the clients with which tests play build servers.
WITH_SERVERS = vars=$$(tests/servers/tools) || exit $$?; eval "$$vars"

.PHONY: help
help: ## Show this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | column -t -s "$$(printf '\t')"

.venv/installed: pyproject.toml .ci/venv
	@.ci/venv

.PHONY: venv
venv: .venv/installed ## Make the virtual environment.

.PHONY: demo
demo: venv ## Run the hello pipeline on a cluster of its own, and show what it answers.
	@$(WITH_CLUSTER); $(BIN)/python pipeline-examples/demo.py

.PHONY: test
test: venv lint types layers ## Run all checks and tests.
	@$(WITH_CLUSTER); $(WITH_SERVICES); $(WITH_SERVERS); $(BIN)/pytest -q -n 4 --dist worksteal tests

.PHONY: lint
lint: venv ## Check style and format.
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)

.PHONY: types
types: venv ## Check types.
	@$(BIN)/mypy

.PHONY: layers
layers: venv ## Check that imports run downwards only.
	@$(BIN)/lint-imports

.PHONY: unit
unit: venv ## Run the tests that need no cluster and no clients of build servers.
	@$(BIN)/pytest -q -n 2 -m "not cluster and not servers" tests

.PHONY: servers
servers: venv ## Run the examples of all build servers with their real clients.
	@$(WITH_CLUSTER); $(WITH_SERVERS); $(BIN)/pytest -q -n 2 tests/servers

.PHONY: cluster
cluster: ## Bring up the test cluster, and print its variables.
	@tests/cluster/up

.PHONY: bench
bench: venv ## Measure against the tools that one would use instead.
	@$(WITH_CLUSTER); $(WITH_SERVICES); vars=$$(tests/cluster/tools) || exit $$?; eval "$$vars"; $(BIN)/python benchmarks/run.py

.PHONY: soak
soak: venv ## Run the long campaigns.
	@$(WITH_CLUSTER); $(WITH_SERVICES); CDKIT_SOAK=1 $(BIN)/pytest -q tests -k soak

IMAGE := cdkit
IMAGE_BASE := python:3.13-bookworm
IMAGE_PYTHON := 3.13
.PHONY: wheels
wheels: venv ## Collect the wheels for the container image, for IMAGE_PYTHON.
	@rm -rf dist/wheels && mkdir -p dist/wheels
	@$(BIN)/pip wheel --quiet --no-deps --wheel-dir dist/wheels .
	@$(BIN)/pip download --quiet --dest dist/wheels --only-binary :all: --implementation cp \
	  --python-version $(IMAGE_PYTHON) --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 pip dist/wheels/cdkit-*.whl

.PHONY: image
image: wheels ## Build the container image IMAGE from IMAGE_BASE, with cdkit itself.
	@$(BIN)/cdkit step build-image --repository $(IMAGE) --args BASE=$(IMAGE_BASE)

.PHONY: clean
clean: ## Remove what the other targets made; the cluster stays (tests/cluster/down).
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist
