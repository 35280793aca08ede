# Every target sets up what it needs; each step of the set-up runs once and again only when its inputs change.
#
#   make run            set up, then web and jobs on http://127.0.0.1:8000
#   make test           the fast suite on SQLite
#   make test-all       everything on SQLite, PostgreSQL and MariaDB, with a real browser
#   make lint format    check, tidy
#   make migrate        create or upgrade the database
#   make translations   bring the catalogues up to date and say what is missing
#   make bench SIZE=100k

SHELL := /bin/sh
.DELETE_ON_ERROR:
BIN := .venv/bin
RUN := PYTHONPATH=. $(BIN)
SIZE ?= 10k

# The first Python on the PATH that is new enough.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))

# Where `make test-all` finds its servers; every test process makes and drops a database of its own there.
TEST_POSTGRESQL_URL ?= postgresql+psycopg://postgres@127.0.0.1/postgres
TEST_MARIADB_URL ?= mysql+pymysql://root@127.0.0.1/?charset=utf8mb4
TEST_REDIS_URL ?= redis://127.0.0.1:6379/15
SERVERS := TEST_POSTGRESQL_URL="$(TEST_POSTGRESQL_URL)" TEST_MARIADB_URL="$(TEST_MARIADB_URL)" TEST_REDIS_URL="$(TEST_REDIS_URL)"
PROCESSES ?= 2
PYTEST := $(BIN)/pytest -n $(PROCESSES)
# Rules and files are the same whatever the database; the browser has been through everything on SQLite.
SERVER_TESTS := -m "not browser" --ignore=tests/architecture --ignore=tests/migrations --ignore=tests/frontend \
	--ignore=tests/browser --ignore-glob='tests/*/rules/*'

LANGUAGES := zh
CATALOGUES := $(LANGUAGES:%=translations/%/LC_MESSAGES/messages.mo)
SOURCES := $(shell find app frontend -type f ! -path '*/dist/*' ! -name '*.pyc' 2>/dev/null)
BUNDLE := app/static/dist/manifest.json

.PHONY: run setup setup-dev test test-all test-sqlite test-postgresql test-mariadb lint format bench migrate translations clean

run: setup
	$(BIN)/python run.py

setup: .venv/app.stamp $(BUNDLE) $(CATALOGUES)
setup-dev: .venv/dev.stamp setup

# -- set-up ------------------------------------------------------------------------------------------------------------
.venv/made.stamp:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed: see https://www.python.org/downloads/"; exit 1; }
	$(PYTHON) -m venv .venv || { echo "On Debian and Ubuntu: apt install python3-venv"; rm -rf .venv; exit 1; }
	@touch $@

.venv/app.stamp: requirements/app.txt | .venv/made.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/app.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt | .venv/app.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

node_modules/made.stamp: package.json package-lock.json | .venv/made.stamp
	tools/build_frontend.sh packages
	@touch $@

$(BUNDLE): node_modules/made.stamp $(SOURCES)
	tools/build_frontend.sh bundle
	@touch $@

translations/%/LC_MESSAGES/messages.mo: translations/%/LC_MESSAGES/messages.po | .venv/app.stamp
	$(BIN)/pybabel --quiet compile --locale $* --input-file $< --output-file $@

# -- work --------------------------------------------------------------------------------------------------------------
migrate: setup
	$(RUN)/flask --app run crm setup

test: setup-dev
	$(PYTEST) -m "not slow and not browser"

test-all: test-sqlite test-postgresql test-mariadb
	@echo "== test-all: every stage has passed"

test-sqlite: setup-dev
	@echo "== SQLite: all tests, a real browser, migrations on every database that answers"
	$(SERVERS) $(PYTEST)

test-postgresql: setup-dev
	@$(SERVERS) tools/test_on_server.sh PostgreSQL "$(TEST_POSTGRESQL_URL)" $(BIN)/pytest -n $(PROCESSES) $(SERVER_TESTS)

test-mariadb: setup-dev
	@$(SERVERS) tools/test_on_server.sh MariaDB "$(TEST_MARIADB_URL)" $(BIN)/pytest -n $(PROCESSES) $(SERVER_TESTS)

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy app config.py run.py
	$(RUN)/lint-imports --no-cache
	$(BIN)/djlint --quiet --lint app/templates
	$(PYTEST) -n 0 -p no:randomly tests/architecture tests/migrations -m "not slow"

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-dev
	$(RUN)/python -m benchmarks $(SIZE)

translations: setup-dev
	$(RUN)/python tools/translations.py
	$(MAKE) --no-print-directory $(CATALOGUES)

clean:
	rm -rf .venv node_modules app/static/dist translations/*/LC_MESSAGES/*.mo
