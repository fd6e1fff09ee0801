# `make` alone lists what there is. Works with GNU make 3.81 (macOS) and newer.
.DEFAULT_GOAL := list
# Whoever reads what `make` prints, as tests do, gets the same also where `make` started them.
MAKEFLAGS += --no-print-directory
.PHONY: list setup demo rehearse walk soak faults test quick bench check fmt messages lock fresh

PY := .venv/bin/python
USERS ?= 200
CUSTOMERS ?= 2
CSV ?=
WORLD ?=
MINUTES ?= 10
TESTS ?=
PARTS ?=
DOCS ?=
ONLY ?=
FAULT ?=
QUICK ?=
GROUP ?=
RELEASES ?= 12 13
UV_COMPILE = uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
	--python-version 3.11 --quiet

list:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## .venv with the locked dependencies; quick when nothing has changed
	@for python in python3.13 python3.12 python3.11 python3; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			exec $$python -m devtools.commands.setup; \
		fi; \
	done; \
	echo "Python 3.11 or newer is needed and was not found. Debian, Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python" >&2; \
	exit 1

demo: setup ## the whole product on this machine, with three customers; Ctrl-C stops it
	@exec $(PY) -m devtools.commands.demo

rehearse: setup ## new customers to live without a browser: USERS=200 CUSTOMERS=2, GROUP=1 by a group, CSV=file, or one reality: WORLD=name, list
	@exec $(PY) -m devtools.commands.rehearse $(if $(WORLD),--world "$(WORLD)") --users $(USERS) --customers $(CUSTOMERS) $(if $(GROUP),--by-group) $(if $(CSV),--csv "$(CSV)")

test: setup ## every test, on PostgreSQL and SQLite; TESTS="tests/house -k name" for some
	@exec $(PY) -m devtools.commands.test $(TESTS)

quick: setup ## the quick ones of the tests that need no browser, no broker and no running sandbox
	@exec $(PY) -m devtools.commands.quick $(TESTS)

bench: setup ## what things cost, each beside its bar; PARTS="client product log people scope sandbox", DOCS=1 writes docs/benchmarks.md
	@exec $(PY) -m bench $(if $(filter file,$(origin USERS)),,--users $(USERS)) $(if $(DOCS),--docs) $(PARTS)

walk: setup ## every failure mode through the product's own pages, into docs/failure-modes.md; FAULT=F13,F14 (or large), QUICK=1
	@exec $(PY) -m devtools.commands.walk $(if $(FAULT),--fault "$(FAULT)") $(if $(QUICK),--quick)

soak: setup ## the real stack for MINUTES=10 with unkind tenants and faults
	@exec $(PY) -m devtools.commands.soak --minutes $(MINUTES)

faults: setup ## everything that may go wrong, into docs/reliability.md; ONLY=kills,broker for some groups
	@exec $(PY) -m devtools.commands.faults $(if $(ONLY),--only "$(ONLY)")

check: setup ## format, lint, types, imports, migrations, deploy check, templates, stylesheets, translations
	@exec $(PY) -m devtools.commands.check

fmt: setup ## put code, templates, stylesheets and scripts into the house's format
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .
	@.venv/bin/biome check --write
	@find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} +

messages: setup ## collect the texts to translate into onboarding/locale/*/LC_MESSAGES/django.po
	@$(PY) -m devtools.commands.messages update

lock: ## compile the lock files from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo "uv is needed to write the lock files: pip install uv" >&2; exit 1; }
	$(UV_COMPILE) pyproject.toml -o requirements.lock
	$(UV_COMPILE) pyproject.toml --group dev -o requirements-dev.lock
	$(UV_COMPILE) --group clients -o requirements-clients.lock
	@! grep -n '://' requirements*.lock

fresh: setup ## both README commands on minimal Debians made for it, as root: RELEASES="12 13" TESTS=…
	@exec $(PY) -m devtools.commands.fresh --releases "$(RELEASES)" --tests "$(TESTS)"
