# Needs Python 3.11 or later, make and a shell; everything else comes into .venv.
# Relative paths and `python -m` throughout: the project may lie in a folder with a space in its name.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP := .venv/bin/python -m pip --disable-pip-version-check -qq
COMPILE := .venv/bin/python -m uv pip compile pyproject.toml -q --python-version 3.11 --universal --generate-hashes --no-header --no-annotate
# One more than there are cores: many tests wait for a process or a page.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable
NO_SERVERS := DATABASE_URL=postgres://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0
PRODUCTION := DEBUG=false PUBLIC_URL=https://switchboard.example EMAIL_URL=smtp://127.0.0.1:1 \
	SECRET_KEY=only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz FIELD_KEYS=only-for-the-check

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test test-fast lint bench reset lock browser

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 18

run: .venv/.run-stamp ## start everything: servers, demo, web, worker, beat
	@.venv/bin/python -m config.devrun

test: .venv/.dev-stamp browser ## run all tests, the browser's too
	.venv/bin/python -m pytest -n $(WORKERS)

test-fast: .venv/.dev-stamp ## run the tests that need no browser
	.venv/bin/python -m pytest -n $(WORKERS) -m "not browser"

lint: .venv/.dev-stamp ## check style, types, imports, migrations and the settings of production
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	$(NO_SERVERS) .venv/bin/python -m mypy
	.venv/bin/python -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(NO_SERVERS) .venv/bin/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(NO_SERVERS) $(PRODUCTION) .venv/bin/python manage.py check --deploy --fail-level WARNING

bench: .venv/.dev-stamp ## run the benchmarks one after another
	.venv/bin/python -m bench

reset: .venv/.run-stamp ## delete the development data under var/
	@.venv/bin/python -m config.devrun --reset

lock: .venv/.made ## write the requirements anew from pyproject.toml
	$(PIP) install uv
	$(COMPILE) -o requirements.txt
	$(COMPILE) -c requirements.txt --extra run -o requirements-run.txt
	$(COMPILE) -c requirements-run.txt --extra run --extra test -o requirements-dev.txt

.venv/.made:
	@test -n "$(PYTHON)" || { echo "There is no python3 here: Switchboard needs Python 3.11 or later." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than Python 3.11: name another one with \`make PYTHON=...\`." >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv >/dev/null || \
		{ echo "$(PYTHON) cannot make a virtual environment (on Debian: apt-get install python3-venv)." >&2; exit 1; }
	@touch $@

.venv/.run-stamp: requirements-run.txt .venv/.made
	@echo "Installing what is needed to run (once)."
	@$(PIP) install --require-hashes -r requirements-run.txt
	@touch $@

.venv/.dev-stamp: requirements-dev.txt .venv/.made
	@echo "Installing what is needed to develop (once)."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch .venv/.run-stamp $@

browser:
	@for name in $(BROWSERS); do ! command -v $$name >/dev/null || exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	then apt-get -qq update && apt-get -qq install --no-install-recommends chromium >/dev/null; \
	else echo "The browser tests need Chromium: sudo apt-get install chromium (or \`make test-fast\`)." >&2; exit 1; fi
