# Two commands on a fresh Debian or Ubuntu: `make demo` and `make test`.

PYTHON ?= python3
PORT ?= 8000
# Test processes: one for each core.
WORKERS ?= auto
# More for pytest: make test ARGS="-k deadline -x"
ARGS ?=

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo demo-reset demo-port test test-postgres test-long fmt messages score bench-reading bench-importing bench-filing bench-overview screenshots readme-pictures constraints vendor \
	lint lint-style lint-templates lint-framework lint-types lint-migrations lint-production lint-messages

BIN := .venv/bin/python
# Of the caller's environment nothing reaches a demo or a test: neither another database nor a frozen clock.
CLEAN := env -u ALLOWED_HOSTS -u CSRF_TRUSTED_ORIGINS -u DATABASE_URL -u DEBUG -u DJANGO_SETTINGS_MODULE -u HTTPS \
	-u LOG_LEVEL -u PORTAL_CONTACT -u PORTAL_ENV -u PORTAL_NAME -u PORTAL_NOW -u PORTAL_OFFICE -u PORTAL_VAR \
	-u SECRET_KEY -u STATIC_ROOT -u TASK_TABLE_MAX_BYTES -u TASK_TABLE_MAX_UNPACKED_BYTES -u TRUSTED_PROXY_COUNT \
	PYTHONDONTWRITEBYTECODE=
DEMO := $(CLEAN) PORTAL_ENV=demo PORTAL_NOW=2023-10-20T09:00 PORTAL_VAR="$$PWD/var/demo" \
	STATIC_ROOT="$$PWD/var/demo/static" LOG_LEVEL=WARNING PORTAL_OFFICE=济宁高新区党政办公室
PRODUCTION := $(CLEAN) PORTAL_ENV=production ALLOWED_HOSTS=portal.example.org PORTAL_VAR="$$PWD/var/lint" \
	SECRET_KEY=only-for-the-check-of-production-settings-0123456789-abcdefghijk \
	DATABASE_URL=postgres://portal:portal@127.0.0.1/portal

help:
	@echo "make demo           the portal with a year's data at http://127.0.0.1:$(PORT)/ (PORT=… for another port)"
	@echo "make demo-reset     the same, from the beginning"
	@echo "make test           all tests, on SQLite (ARGS=\"-k word\" for some)"
	@echo "make test-postgres  all tests, on a PostgreSQL that is thrown away"
	@echo "make test-long      what takes its time: 200 pairs of people at once, on both databases; long random lives of reports"
	@echo "make lint           all checks of the source"
	@echo "make fmt            put the source in order"
	@echo "make messages       bring the catalogue of translations up to the source"
	@echo "make score          score the reading of task tables, where the corpus stands beside"
	@echo "make vendor         make the front-end files under static/vendor again, with Node"
	@echo "make screenshots    every page of the demo's year, at two widths, printed, and gone wrong, drawn into screenshots/"
	@echo "make readme-pictures  take the README's pictures from there"
	@echo "make bench-reading  how fast task tables are read, beside the bare parse of the same file"
	@echo "make bench-importing the same, for the whole way of a table into the portal"
	@echo "make bench-filing   two hundred units file at the same hour, over HTTP, on PostgreSQL and on SQLite"
	@echo "make bench-overview how long overview, list and sub-item page take, beside an empty page"
	@echo "make constraints    write constraints.txt again, after a change of requirements"

# What is needed from the system is named in one line.

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, $(PYTHON) is `$(PYTHON) --version 2>&1`; name another: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "The venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv

# A stamp is as new as the requirements it was installed from, so that a second run installs nothing.
PIP := $(BIN) -m pip --disable-pip-version-check --no-input install -qq -c constraints.txt

.venv/.stamp: requirements.txt constraints.txt | .venv/bin/python
	@echo "Installing what the portal runs on …"
	@$(BIN) -m pip --version >/dev/null 2>&1 || $(BIN) -m ensurepip >/dev/null
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.stamp-dev: requirements.txt requirements-dev.txt constraints.txt | .venv/bin/python
	@echo "Installing what the tests and checks need …"
	@$(BIN) -m pip --version >/dev/null 2>&1 || $(BIN) -m ensurepip >/dev/null
	@$(PIP) -r requirements-dev.txt
	@touch $@ .venv/.stamp

demo-port: | .venv/bin/python
	@$(BIN) scripts/port_is_free.py "$(PORT)"

demo: demo-port .venv/.stamp
	@mkdir -p var/demo
	@$(DEMO) $(BIN) manage.py migrate --verbosity 0
	@$(DEMO) $(BIN) manage.py createcachetable --verbosity 0
	@$(DEMO) $(BIN) manage.py collectstatic --no-input --verbosity 0
	@$(DEMO) $(BIN) manage.py seed_demo
	@echo; echo "  http://127.0.0.1:$(PORT)/   (Ctrl-C stops it)"; echo
	@$(DEMO) $(BIN) manage.py seed_demo --print-sign-ins
	@exec $(DEMO) $(BIN) -m gunicorn minsheng.wsgi --bind "127.0.0.1:$(PORT)" --workers 2 --threads 4 \
		--no-control-socket --log-level error

demo-reset: demo-port
	@rm -rf var/demo
	@$(MAKE) --no-print-directory demo PORT="$(PORT)"

test: .venv/.stamp-dev
	@$(CLEAN) $(BIN) -m pytest -n $(WORKERS) $(ARGS)

test-postgres: .venv/.stamp-dev
	@command -v pg_virtualenv >/dev/null || { echo "pg_virtualenv is missing: apt-get install postgresql" >&2; exit 1; }
	@pg_virtualenv -t -i --locale=C.UTF-8 -o synchronous_commit=off -o log_min_messages=fatal sh -c 'exec $(CLEAN) \
		DATABASE_URL="postgres://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/$$PGDATABASE" \
		$(BIN) -m pytest -n $(WORKERS) $(ARGS)'

# Where two people act at the same moment, and where reports live at random: by turns of 200 what a usual run does 20
# times, and some hundred long lives for its few short ones.
LONG := $(patsubst %,tests/minsheng/%/test_at_once.py,filing review handover periods task_table) \
	tests/minsheng/filing/test_processes.py
LIVES := tests/minsheng/todo/test_lives.py tests/minsheng/test_state_machine.py
test-long: .venv/.stamp-dev
	@PAIRS=200 LIVES=long $(MAKE) --no-print-directory test ARGS="$(LONG) $(LIVES) $(ARGS)"
	@PAIRS=200 $(MAKE) --no-print-directory test-postgres ARGS="$(LONG) $(ARGS)"

# One target for each check: make -k lint says everything at once.
lint: lint-style lint-templates lint-framework lint-types lint-migrations lint-production lint-messages

lint-style: .venv/.stamp-dev
	$(BIN) -m ruff check
	$(BIN) -m ruff format --check

lint-templates: .venv/.stamp-dev
	$(BIN) -m djlint --lint --quiet --allow-empty-input templates

lint-framework: .venv/.stamp-dev
	git ls-files -z '*.py' | xargs -0 $(BIN) -m django_upgrade --target-version 5.2 --check

lint-types: .venv/.stamp-dev
	@$(CLEAN) $(BIN) -m mypy

lint-migrations: .venv/.stamp-dev
	@echo "makemigrations --check"
	@$(CLEAN) PORTAL_VAR="$$PWD/var/lint" $(BIN) manage.py makemigrations --check --dry-run

lint-production: .venv/.stamp-dev
	@echo "check --deploy, as in production"
	@$(PRODUCTION) $(BIN) manage.py check --deploy --fail-level WARNING

lint-messages: .venv/.stamp-dev
	@$(CLEAN) $(BIN) scripts/check_catalogue.py

fmt: .venv/.stamp-dev
	$(BIN) -m ruff check --fix
	$(BIN) -m ruff format
	git ls-files -z '*.py' | xargs -0 $(BIN) -m django_upgrade --target-version 5.2 --exit-zero-even-if-changed

messages: .venv/.stamp-dev
	@$(CLEAN) $(BIN) scripts/check_catalogue.py --update

score: .venv/.stamp-dev
	@if [ -f ../shared/tools/score_task_tables.py ]; then \
		$(CLEAN) $(BIN) ../shared/tools/score_task_tables.py ../shared/seed ../shared/task_tables/open --min-right 99 --read "$(BIN) manage.py read_task_table"; \
	else echo "No corpus of task tables stands beside: ../shared/tools/score_task_tables.py"; fi

# The test that walks every page draws it too.
screenshots: .venv/.stamp-dev
	@rm -rf screenshots
	@$(CLEAN) REQUIRE_BROWSER=1 SCREENSHOTS="$$PWD/screenshots" $(BIN) -m pytest -q tests/minsheng/test_every_page.py
	@echo "$$(ls screenshots/*.png | wc -l) pages in screenshots/"

# The three of the README, after a look at them.
readme-pictures:
	@for name in overview sub-item filing; do cp "screenshots/readme-$$name.png" "docs/$$name.png"; done

bench-importing: .venv/.stamp
	@$(CLEAN) PORTAL_ENV=development $(BIN) benchmarks/importing.py $(ARGS)

bench-overview: .venv/.stamp
	@$(CLEAN) PORTAL_ENV=development $(BIN) benchmarks/overview.py $(ARGS)

# What PostgreSQL acknowledges must survive a power cut: pg_virtualenv alone would switch fsync off.
bench-filing: .venv/.stamp
	@command -v pg_virtualenv >/dev/null || { echo "pg_virtualenv is missing: apt-get install postgresql" >&2; exit 1; }
	@pg_virtualenv -t -i --locale=C.UTF-8 -o fsync=on -o synchronous_commit=on -o log_min_messages=fatal sh -c 'exec $(CLEAN) \
		DATABASE_URL="postgres://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/$$PGDATABASE" $(BIN) benchmarks/filing.py $(ARGS)'
	@$(CLEAN) $(BIN) benchmarks/filing.py $(ARGS)

bench-reading: .venv/.stamp
	@$(CLEAN) PORTAL_ENV=development $(BIN) benchmarks/reading.py $(ARGS)

constraints:
	@rm -rf var/constraints && mkdir -p var && $(PYTHON) -m venv var/constraints
	var/constraints/bin/python -m pip --disable-pip-version-check install -qq -r requirements-dev.txt
	@sed 's/ *#.*//; s/\[.*\]//; /^-/d; /^$$/d' requirements.txt requirements-dev.txt > var/constraints/named.txt
	@{ echo "# What comes along with the requirements, pinned too. Written by make constraints."; \
		var/constraints/bin/python -m pip freeze | grep -vixFf var/constraints/named.txt; } > constraints.txt
	@rm -rf var/constraints

vendor:
	@command -v npm >/dev/null || { echo "npm is missing: apt-get install nodejs npm" >&2; exit 1; }
	@npm ci --no-audit --no-fund
	@node scripts/vendor.mjs
