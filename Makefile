# Two commands on a bare machine: make demo, make check.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo check study bench integrations

$(VENV)/run.stamp: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/run.stamp

demo: $(VENV)/run.stamp
	$(BIN)/python demo/run.py --out demo-out

check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/interrogate --quiet src
	$(BIN)/codespell src tests docs demo bench README.md CONTRIBUTING.md CHANGELOG.md
	$(BIN)/deptry src
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not study' --cov --cov-report=term:skip-covered -q

study: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -m study -p no:randomly --timeout 3600 -q

bench: $(VENV)/dev.stamp
	$(BIN)/python bench/run.py

# Against the real libraries, which are large: an environment of its own. For torch without a GPU's gigabytes:
#   make integrations PIP_OPTIONS="--extra-index-url https://download.pytorch.org/whl/cpu"
PIP_OPTIONS ?=
APART := .venv-integrations

$(APART)/run.stamp: pyproject.toml
	$(PYTHON) -m venv $(APART)
	$(APART)/bin/pip install --quiet --disable-pip-version-check $(PIP_OPTIONS) -e '.[dev,trainer,mlflow,c2pa,croissant]'
	@touch $@

integrations: $(APART)/run.stamp
	$(APART)/bin/python -m pytest tests/integrations -q
