# From a clean clone: `make demo` shows everything at work, `make test` proves it. Needs Python 3.11+, git and make.
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))
VENV ?= .venv
BIN = $(VENV)/bin
INSTALLED = $(VENV)/.installed
TEST_PROCESSES ?= 2

# Compiled modules are kept: without them every command would compile dbt anew.
export PYTHONDONTWRITEBYTECODE =
export PYTHONUTF8 = 1

.PHONY: setup demo dashboard test lint bench faults lock clean
setup: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python "$(PYTHON)" $(VENV) && \
		uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements.lock && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
		"$(PYTHON)" -m venv $(VENV) && \
		$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $@

demo: setup
	$(BIN)/bridgebook demo

dashboard: setup
	@test -f "$${BRIDGEBOOK_HOME:-.bridgebook}/snapshots/CURRENT" || $(BIN)/bridgebook demo
	$(BIN)/bridgebook dashboard

test: setup
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint --processes 0 --disable-progress-bar dbt_project/models
	$(BIN)/mypy

bench: setup
	$(BIN)/python -m tests.bench

faults: setup
	BRIDGEBOOK_FAULT_ROUNDS=$${BRIDGEBOOK_FAULT_ROUNDS:-200} $(BIN)/python -m pytest -m faults -n $(TEST_PROCESSES)

lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-strip-extras --quiet -o requirements.lock

clean:
	rm -rf $(VENV) .bridgebook dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
