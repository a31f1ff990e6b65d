# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
#
# Needs make and python3 (3.11 or later). Everything else is set up in .venv from the locked lists.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_WHEEL := $(wildcard vendor/pip-*.whl)

.PHONY: help run test lint bench fuzz soak lock docs clean

help:  ## these lines
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

# The pip wheel in vendor/ lets the set-up work where Debian's python3-venv (ensurepip) is absent.
$(VENV)/.stamp-pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "poststelle needs Python 3.11 or later; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv --without-pip --clear $(VENV)
	$(BIN)/python $(PIP_WHEEL)/pip install --quiet --no-index --disable-pip-version-check $(PIP_WHEEL)
	@touch $@

$(VENV)/.stamp-run: requirements.lock $(VENV)/.stamp-pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "$(CURDIR)/src" > $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/poststelle.pth
	@printf '#!%s\nfrom poststelle.__main__ import main\nmain()\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/poststelle && chmod +x $(BIN)/poststelle
	@touch $@

$(VENV)/.stamp-dev: requirements-dev.lock $(VENV)/.stamp-run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: $(VENV)/.stamp-run  ## set up and run the gateway with the demo's synthetic citizens
	$(BIN)/poststelle demo

# One more than there are processors: much of the time a test of a whole gateway waits.
test: $(VENV)/.stamp-dev  ## set up and pass the tests
	$(BIN)/python -m pytest -n $$(($$(nproc) + 1)) --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.stamp-dev  ## ruff, mypy --strict, import contracts, licences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/reuse lint --quiet

bench: $(VENV)/.stamp-dev  ## measure: messages per second and CPU per message, beside smtp-sink
	$(BIN)/python -m bench

$(VENV)/.stamp-soak: requirements-soak.lock $(VENV)/.stamp-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-soak.lock
	@touch $@

fuzz: $(VENV)/.stamp-dev  ## bent input for every parser, a minute each, the same each time
	$(BIN)/python -m tests.fuzz --seconds 60 --seed 1 --jobs $$(nproc)

soak: $(VENV)/.stamp-soak  ## long runs: fuzzing and kills under load; an hour for each parser
	$(BIN)/python -m pytest -m soak
	POSTSTELLE_HYPOTHESIS=soak $(BIN)/python -m pytest tests/core tests/inspection tests/protocol
	$(BIN)/python -m tests.fuzz --seconds 300
	$(BIN)/python -m tests.fuzz zip ooxml odf pdf image text --atheris --seconds 3600

lock:  ## renew the locked dependency lists (needs uv)
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header pyproject.toml -o requirements.lock
	cp requirements.lock requirements-scaleout.lock  # the same versions, and what many nodes need
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --extra scaleout pyproject.toml -o requirements-scaleout.lock
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --group dev --extra scaleout --extra pkcs11 pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --group pyproject.toml:soak -o requirements-soak.lock

clean:  ## remove what the set-up and the runs made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
