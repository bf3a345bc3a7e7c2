# `make` alone lists what there is to do. Every target explains itself and may be run as often as you like.

.DEFAULT_GOAL := help
.PHONY: help setup run dev test quick matrix browser check check-code check-types check-frontend format bench crash pages wheel drill translations
ifndef SIDE_BY_SIDE
.NOTPARALLEL:
endif
MAKEFLAGS += --no-print-directory
unexport PYTHONDONTWRITEBYTECODE  # containers set it: then every run of the tests would compile 1,500 files anew

VENV := .venv
BIN := $(VENV)/bin
SHA256 := $(shell command -v sha256sum || echo shasum -a 256)
PYTHONS := $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3
PART ?= plan_day
QUICK := tests/app/domain tests/app/schemas tests/app/texts tests/routing
ARGS ?=
CRASH_PARTS := $(subst workers,killed_workers,$(if $(filter command,$(firstword $(origin PART))),$(PART),workers model sync attack integrations weather lost_day hands))

# A step of `setup` is done again only when the content of its inputs changed:
#   $(call once,name,files and folders,command)
define once
	@want=$$( { find $(2) \( -name node_modules -o -name '*.mo' \) -prune -o -type f -print | LC_ALL=C sort | \
		xargs cat; echo "$(CURDIR)"; } | $(SHA256) ); \
	if [ "$$want" != "$$(cat $(VENV)/.done-$(1) 2>/dev/null)" ]; then \
		{ $(3); } && echo "$$want" > $(VENV)/.done-$(1); fi
endef

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/bin/python ## virtual environment, locked dependencies, built assets; does nothing when nothing changed
	$(call once,dependencies,requirements.lock,\
		echo "Installing the locked dependencies (the first time takes a few minutes) …"; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock)
	@$(BIN)/python hatch_build.py
	$(call once,project,pyproject.toml,\
		echo "Installing tannha itself …"; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .)

$(VENV)/bin/python:
	@for python in $(PYTHONS); do \
		command -v $$python >/dev/null || continue; \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue; \
		echo "Making $(VENV) with $$($$python --version) …"; \
		$$python -m venv $(VENV) && exit 0; \
		rm -rf $(VENV); \
		echo "Python can't make a virtual environment: install its venv package (Debian: apt-get install python3-venv)." >&2; exit 2; \
	done; \
	echo "Python 3.11 or newer is missing: install it, or name it with PYTHON=/path/to/python make setup." >&2; exit 2

run: setup ## set everything up, seed the demo once, plan the day, serve on http://localhost:$PORT (8000)
	@exec $(BIN)/tannha up $(ARGS)

dev: setup ## the same, begun again whenever code or a template changes; the traceback of a failure is on its page
	@exec $(BIN)/tannha up --reload $(ARGS)

test: setup $(if $(ARGS),$(findstring browser,$(ARGS)),browser) ## the whole suite, browser tests included, on a real PostgreSQL (ARGS=tests/app/domain: a part of it)
	@$(BIN)/python -m pytest -p tests.forecast -n 2 --dist worksteal --durations 20 --durations-min 5 $(ARGS)

browser: ## the browsers of the tests (Chromium, Firefox, WebKitGTK): installed where that is allowed, else one line that says what to install
	@.ci/browsers

quick: setup ## the tests of rules, sentences, schemas and judging of routes: no database, no browser, 20 s of CPU at most
	@$(BIN)/python -m pytest -m quick $(or $(ARGS),$(QUICK))

matrix: setup ## the tests of routing with and without the compiled search, with and without PyVRP and VROOM (FORM=whole, uncompiled, without-extras or bare; alone: all), each in an environment of its own
	@$(BIN)/python -m tests.matrix $(FORM) $(ARGS)

# two at a time, and what each says stays together; a finding of one does not hide those of the others
check: setup ## format, lint, types, imports, front end, packages, catalogue
	@$(MAKE) SIDE_BY_SIDE=1 --jobs=2 --keep-going $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) \
		check-types check-frontend check-code

check-types: $(if $(SIDE_BY_SIDE),,setup) ## types alone
	$(BIN)/mypy

check-frontend: $(if $(SIDE_BY_SIDE),,setup) ## types, lint, format and unit tests of the front end alone
	$(BIN)/python hatch_build.py check

check-code: $(if $(SIDE_BY_SIDE),,setup) ## format, lint, imports, packages and catalogue alone: what a commit is asked
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports
	$(BIN)/python -m pip check --disable-pip-version-check
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/repository/test_catalogue.py

format: setup ## put Python and the front end into their form, and mend what ruff mends by itself
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	$(BIN)/python hatch_build.py format

bench: setup ## measure one part (PART=plan_day, sync, integrations, addresses, enumeration or routing: country among them, docs/routing.md names its parts; SHORT=1: in minutes); appends to var/bench.jsonl
	@$(BIN)/python -m tests.bench $(PART) $(if $(INSTANCES),--instances $(INSTANCES)) $(if $(SHORT),--short) $(ARGS)

crash: setup ## the long proofs, each <= 40 min, resumable (PART=workers, model, sync, attack, integrations, weather, lost_day or hands; alone: all): kill -9 in mid-plan, a day that is lost with its database, a database restarted 20 times, tables locked, bodies half sent, a clock that jumps and a full disk (as root: a mount), phones against what really happened, 10,000 operations and 2,000 joined dossiers while servers are killed, guessed operations of strange hands and honest ones beside them, a courier's whole day in a browser with all that befalls a phone; appends to var/crash.jsonl
	@for part in $(CRASH_PARTS); do \
		TANNHA_CRASH_ROUNDS=$(or $(ROUNDS),20) TANNHA_CRASH_STEPS=$(or $(STEPS),100000) \
		TANNHA_CRASH_OPERATIONS=$(or $(OPERATIONS),10000) TANNHA_CRASH_DOSSIERS=$(or $(DOSSIERS),2000) \
		TANNHA_CRASH_THIN=$(THIN) $(BIN)/python -m pytest -x -s --timeout 2700 tests/crash/test_$$part.py $(ARGS) || exit 1; done

pages: setup browser ## every page of everybody and every form that came back, 360 and 1440 wide, by day and night, in type of double size: what axe finds and what runs off the side; a picture of each in var/pages
	@rm -rf var/pages && mkdir -p var/pages
	@TANNHA_PICTURES=var/pages $(BIN)/python -m pytest -n 0 tests/browser/test_every_page.py

wheel: setup ## what is installed elsewhere, into dist/: one file, with the lock of production and the files of deploy/ in it
	@rm -f dist/tannha-*.whl
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist . >$(VENV)/wheel.log 2>&1 || { cat $(VENV)/wheel.log; exit 1; }
	@ls dist/tannha-*.whl

drill: wheel ## the production form on an empty machine, by docs/installing.md word for word (as root on Debian 12, some twenty minutes): installed, used, each part restarted under load, a key changed, saved and restored; appends to var/crash.jsonl
	$(call once,drill,tests/drill/requirements.lock,\
		echo "Installing the tools of the drill …"; $(BIN)/python -m venv --clear .cache/drill; \
		.cache/drill/bin/pip install --quiet --disable-pip-version-check --require-hashes -r tests/drill/requirements.lock)
	@TANNHA_DRILL=1 $(BIN)/python -m pytest -x -s --timeout 2700 tests/drill $(ARGS)

translations: setup ## extract the sentences and bring the English catalogues up to date, that of the courier's app, too
	$(BIN)/pybabel -q extract --no-wrap --sort-output --omit-header --add-location file -F app/translations/babel.cfg -k n -k _ \
		-o $(VENV)/messages.pot app
	$(BIN)/pybabel -q update --no-wrap --no-fuzzy-matching --ignore-obsolete --omit-header --init-missing \
		-i $(VENV)/messages.pot -d app/translations -l en
	$(BIN)/python hatch_build.py translations
