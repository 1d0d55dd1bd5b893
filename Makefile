# Every target sets up what it needs, once: a virtual environment in .venv, from pyproject.toml.
# Needs python3 (3.11 or newer) with venv, and make; nothing else.

# Bytecode is kept, whatever the environment says: tests and benches start dozens of processes, as an installed node starts.
export PYTHONDONTWRITEBYTECODE :=
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
HOME_URL ?= http://localhost:8000

.DEFAULT_GOAL := help
.PHONY: run test check bench soak shots weights lighthouse help

run: $(STAMP) ## serve a demonstration community at http://localhost:8000
	@export ARCHIPEL_DEVELOPMENT=1 ARCHIPEL_URL=$(HOME_URL) \
	&& $(BIN)/archipel init --demo && exec $(BIN)/archipel serve

test: $(STAMP) ## run every test that can run on this machine, and say which cannot
	@$(BIN)/pytest -n auto --dist worksteal -q $(ARGS)

check: $(STAMP) ## lint, format, types, layers, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT \
	&& url="sqlite+aiosqlite:///$$folder/node.db" \
	&& $(BIN)/alembic -x url="$$url" upgrade head && $(BIN)/alembic -x url="$$url" check

bench: $(STAMP) ## measure this node beside the floor of this machine; ONLY=accept,fetch for some
	@$(BIN)/python -m benchmarks $(ONLY)

soak: $(STAMP) ## fail nodes and links at every point and count what was lost; SHORT=1, FAULTS=, ACTIVITIES=, MINUTES=, SEED=, DATABASE=
	@$(BIN)/python -m soak $(if $(SHORT),--short) $(if $(PLANTED),--planted) $(if $(FAULTS),--faults $(FAULTS)) \
		$(if $(ACTIVITIES),--activities $(ACTIVITIES)) $(if $(MINUTES),--minutes $(MINUTES)) \
		$(if $(SEED),--seed $(SEED)) $(if $(DATABASE),--database $(DATABASE))

shots: $(STAMP) ## pictures of every page, on phone and desk, light and dark, into docs/design/shots; ONLY=groups for some
	@$(BIN)/python -m tests.browser.shots $(ONLY)

weights: $(STAMP) ## what the first view of every page weighs
	@$(BIN)/python -m tests.browser.weights

lighthouse: $(STAMP) ## what Lighthouse says of the front page, a group, a thread and a person
	@$(BIN)/python -m tests.browser.lighthouse

help: ## show this
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile

$(STAMP): pyproject.toml
	@echo "Setting up .venv, once; this takes about a minute."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(STAMP)
