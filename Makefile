# The commands of this project. Only make and Python 3.11 or newer are assumed; everything else comes into .venv.
.DEFAULT_GOAL := help
.SUFFIXES:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
# A value of these in the caller's shell would send Python or pip away from .venv.
unexport PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV VIRTUAL_ENV

BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --require-hashes --no-deps
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard crm/translations/*/LC_MESSAGES/*.po))
ARGS ?=

##@ Use
.PHONY: help install run demo
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile
	@echo

install: .venv/.run-stamp $(BIN)/peyvand $(CATALOGUES) ## Make .venv and install the locked dependencies

run: install ## Start the CRM (PORT=8000; DEMO=1 takes sample data without asking)
	@exec $(BIN)/peyvand run

demo: install ## Start the CRM with sample data
	@DEMO=1 exec $(BIN)/peyvand run

##@ Test
.PHONY: test test-sqlite test-postgres test-browser bench security
test: dev ## Run everything that can run here; the last lines say what could not
	@$(BIN)/python -m tests $(ARGS)

test-sqlite: dev ## The suite on SQLite (ARGS="-k word" for some of it)
	@$(BIN)/python -m pytest -m "not browser" --database sqlite $(ARGS)

test-postgres: dev ## The suite on PostgreSQL (PEYVAND_TEST_POSTGRES_URL, or a server of its own)
	@$(BIN)/python -m pytest -m "not browser" --database postgres $(ARGS)

test-browser: dev ## The journeys in a real Chromium (PEYVAND_CHROMIUM)
	@$(BIN)/python -m pytest -m browser $(ARGS)

bench: dev ## Measure the contact list at 100,000 and 1,000,000 contacts
	@$(BIN)/python -m benchmarks $(ARGS)

security: dev ## Look for known holes in the locked dependencies
	@$(BIN)/python tools/audit.py

##@ Change
.PHONY: lint fix sure translations vendor locks dev
lint: dev ## Check code, format, types, import contracts, templates, translations and dependencies
	@$(BIN)/python tools/lint.py

fix: dev ## Mend what can be mended by itself: order, format
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet . ; true

sure: lint test ## Everything CI runs, in CI's order

translations: dev ## Gather the strings and bring the catalogues up to date
	@$(BIN)/python tools/translations.py gather

vendor: dev ## Fetch the browser files of static/vendor again and check their hashes
	@$(BIN)/python tools/vendor.py

locks: ## Write run.lock and dev.lock anew (needs uv; maintainers only)
	@uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --extra postgres pyproject.toml -o run.lock
	@uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --extra postgres --group dev pyproject.toml -o dev.lock

dev: .venv/.dev-stamp $(BIN)/peyvand $(CATALOGUES)

# The environment. It is made anew when its Python no longer runs, or when the project moved to another folder.
ifneq ($(shell $(BIN)/python -c 'print(open(".venv/place").read().strip())' 2>/dev/null),$(CURDIR))
.PHONY: .venv/pyvenv.cfg
endif

.venv/pyvenv.cfg:
	@sh tools/venv.sh

.venv/.run-stamp: run.lock .venv/pyvenv.cfg
	@echo "Installing the dependencies (run.lock)"
	@$(PIP) -r run.lock
	@touch $@

.venv/.dev-stamp: dev.lock .venv/pyvenv.cfg
	@echo "Installing the dependencies and the developer's tools (dev.lock)"
	@$(PIP) -r dev.lock
	@touch $@

# The console script, without a build step: a path entry and the two lines an installer would write.
$(BIN)/peyvand: .venv/pyvenv.cfg tools/console_script.py
	@$(BIN)/python tools/console_script.py

%.mo: %.po | .venv/pyvenv.cfg
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(word 3,$(subst /, ,$<))
