# Everything starts from bin/bootstrap, which installs what is missing into this folder and nowhere else.
# `make run` and `make test` are the two to know.

SHELL := /bin/sh
.DEFAULT_GOAL := help
python := .venv/bin/python
amends := .venv/bin/amends

# Real orders, where they lie beside the checkout; or name your own: make rehearse DATA=path/to/orders.zip
DATA ?= $(wildcard ../shared/data/olist/olist_subset_8135_raw_csv.zip)
given_data := $(findstring command,$(origin DATA))$(findstring environment,$(origin DATA))
PORT ?= 8000
DATA_DIR ?= $(shell bin/data-folder)
STORIES ?= tests/stories $(wildcard ../shared/spec/stories)
LIVES ?= 1000
own_postgres := $(lastword $(sort $(patsubst %/initdb,%,$(wildcard /usr/lib/postgresql/*/bin/initdb))))
SEED ?= 1
# Whoever is done takes from the end of the other's queue, so neighbours share what they start: a service, a browser.
two := -n 2 --dist worksteal

.PHONY: help bootstrap run rehearse test check lint types imports play simulate prove prove-crash bench mutants messages screenshots ratchet lock

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

bootstrap:
	@bin/bootstrap

run: bootstrap ## The service with a demonstration to look at, until Ctrl-C (PORT=8000 DATA_DIR=var DATA=orders.zip)
	@exec $(amends) up --demo --port "$(PORT)" --data "$(DATA_DIR)" $(if $(given_data),--orders "$(DATA)")

rehearse: bootstrap ## A dispute told in the terminal, then the rehearsal on real orders (DATA=file)
	$(amends) demo $(if $(DATA),--data "$(DATA)",--stories tests/stories)

# The last lines are pytest's, because that is what a reader of a long log looks at.
# Where the machine has a PostgreSQL of its own, the store is tested on that too: we promise 15 and newer.
test: lint types imports ## Everything a change must pass: lint, types, arrows, all tests
ifneq ($(own_postgres),)
	AMENDS_TEST_POSTGRES="$(own_postgres)" $(python) -m pytest $(two) -q tests/store
endif
	$(python) -m pytest $(two)

check: lint types imports ## The same in seconds: lint, types, arrows, the tests of the core and of the house
	$(python) -m pytest -q $(wildcard tests/core) tests/architecture

lint: bootstrap
	.venv/bin/ruff check
	.venv/bin/ruff format --check

types: bootstrap
	.venv/bin/mypy

imports: bootstrap
	.venv/bin/lint-imports --no-cache

play: bootstrap ## Play the stories (STORIES="folder or file ...")
	$(amends) play $(STORIES)

simulate: bootstrap ## Random lives against the invariants (LIVES=1000 SEED=1)
	$(amends) simulate --lives $(LIVES) --seed $(SEED)

prove: bootstrap ## The long proofs: hostile files, broken policies, 100,000 random lives, then every policy we ship (SEED=1)
	$(python) -m pytest -q -s tests/vault/test_hostile.py | tee bench/results/hostile.txt
	AMENDS_PROVE=1 $(python) -m pytest -q tests/lab/checker
	$(amends) simulate --lives 100000 --seed $(SEED)
	@for policy in amends/policies/*.toml; do \
		echo "$(amends) policy check $$policy"; $(amends) policy check "$$policy" || exit; \
	done

prove-crash: bootstrap ## Crash at every boundary of the database, and kill all of it under load; minutes (SEED=1)
	$(python) -m bench.crash --whole --seed $(SEED)

bench: bootstrap ## Measure, and write bench/results
	$(python) -m bench

mutants: bootstrap ## Plant small bugs in the core and see which of them no test notices (long)
	.venv/bin/mutmut run

screenshots: bootstrap ## Every page and state as a picture, in build/screenshots (needs Chromium)
	$(python) -m bench.screenshots

messages: bootstrap ## Bring the catalogues of every language up to date with the texts of the code
	$(python) -m amends.words.extraction

ratchet: bootstrap ## Lower the limits on length to what the code needs today
	$(python) tests/architecture/ratchet.py

lock: ## Renew requirements*.lock from pyproject.toml (ARGS=--upgrade for newer versions)
	@bin/bootstrap --lock $(ARGS)
