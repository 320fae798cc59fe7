# make demo    install linernotes and identify two songs
# make test    all checks and all tests
# make quick   all checks, and the quick tests of what a change touches
# make docs    the documentation site, in docs/_build/html
# make wheel   build the wheel, and do the main job with it alone, without extras
# make lowest  the main job and quick tests with the lowest versions of packages
# make pythons quick tests on every Python from 3.11 to 3.13 that is found
# make clusters the tests of Ray and Spark, which are installed for it
# make bench   the benchmarks, as ratios
# make format  let ruff arrange the code

# Tests compare numbers to the last bit, and OpenBLAS rounds otherwise on some processors where it
# splits a product over threads. tests/engine/test_blas.py asks for several.
export OMP_NUM_THREADS ?= 1

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test quick check docs wheel lowest pythons clusters bench format clean

demo: $(VENV)/.demo
	$(BIN)/linernotes doctor
	mkdir -p demo
	$(BIN)/linernotes demo --output demo/report.html

# Two modules at a time: most tests wait for processes and browsers.
test: check
	$(BIN)/pytest --numprocesses=2 --dist=loadfile

quick: check
	@tests=$$($(BIN)/python tools/changed_tests.py); echo "quick tests: $${tests:-none}"; \
	if [ -n "$$tests" ]; then $(BIN)/pytest -x -m "not slow" $$tests; fi

check: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/check_docstrings.py

docs: $(VENV)/.docs
	$(BIN)/python -m sphinx -W --keep-going -n -q docs docs/_build/html

wheel lowest pythons: $(VENV)/.test
	$(BIN)/python tools/environments.py $@

# Ray and Spark are too large for every run: Spark needs Java as well. `make test` has Dask.
clusters: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --editable '.[ray,spark]'
	$(BIN)/pytest tests/scale/test_faults_on_clusters.py tests/engine/test_clusters.py -k "not dask"

bench: $(VENV)/.test
	$(BIN)/python benchmarks/networks.py
	$(BIN)/python benchmarks/installed_networks.py
	$(BIN)/python benchmarks/identify.py
	$(BIN)/python benchmarks/one_pass.py
	$(BIN)/python benchmarks/features.py
	$(BIN)/python benchmarks/features_style.py
	$(BIN)/python benchmarks/features_together.py
	$(BIN)/python benchmarks/foreign_music.py
	$(BIN)/python benchmarks/tempo_key.py
	$(BIN)/python benchmarks/production_drift.py
	$(BIN)/python benchmarks/library.py
	$(BIN)/python benchmarks/similar.py
	$(BIN)/python benchmarks/blend.py
	$(BIN)/python benchmarks/discover.py
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/million.py
	$(BIN)/python benchmarks/web.py
	$(BIN)/python benchmarks/learning.py
	$(BIN)/python benchmarks/producers.py

format: $(VENV)/.test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf $(VENV) demo dist docs/_build docs/api docs/examples .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit("linernotes needs Python 3.11 or newer: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.demo: $(VENV)/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.docs: $(VENV)/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	touch $@

# torch goes first, in the version that is at hand for Python 3.11. Tests that need it are
# skipped without it. So are those that ask TagLib, which is not built here.
$(VENV)/.test: $(VENV)/.made pyproject.toml
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; \
	then $(BIN)/python -m pip install --quiet torch==2.13.0 || echo "torch is not to be had"; fi
	@$(BIN)/python -m pip install --quiet --only-binary :all: pytaglib || echo "pytaglib is not to be had"
	$(BIN)/python -m pip install --quiet --editable '.[test,tools,boosting]'
	touch $@ $(VENV)/.demo
