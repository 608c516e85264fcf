# Everything a developer types. Each longer step is a script in .ci/.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PYTHON := .venv/bin/python
PORT ?= 8000
export PORT

# One more than the cores: browsers, databases and races wait a third of the time.
WORKERS = $$($(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard consular/translations/*/LC_MESSAGES/*.po))

# Arguments for `make bench-peers`, such as COMPARE='--small --rounds 1 --seconds 2'; for `make bench-growth`, such as
# GROWTH='--sizes 20,2000,100000' (22 million slots).
.PHONY: bench bench-peers bench-growth bench-report
.PHONY: help run test prove setup check lint format seed words lock clean environment environment-dev assets translations

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: environment assets translations ## run it: data, web and worker on http://127.0.0.1:8000 (PORT= changes it)
	@$(PYTHON) .ci/serve

test: setup ## the whole suite, with a real browser and PostgreSQL
	@$(PYTHON) .ci/browser
	@$(PYTHON) -m pytest --everything -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST)

prove: setup ## the long proofs: 50 rounds of each race, every bad input at every address, 20 million slots (an hour)
	@$(PYTHON) .ci/browser
	@RACE_ROUNDS=50 GENERATED_REQUESTS=300 HOSTILE_REQUESTS=2000 EVERY_BAD_INPUT=1 $(PYTHON) -m pytest --everything \
		-n auto --dist loadfile tests/races tests/hostile tests/site/test_hostile.py tests/api/test_generated.py \
		tests/api/test_race.py tests/api/test_restarts.py $(PYTEST)
	@.ci/prove-api
	@$(PYTHON) -m bench.growth --many-slots --sizes 20,10000 --sqlite-sizes '' --rounds 5

check: setup ## lint, format, types, import floors, and that the benchmarks run
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@if $(PYTHON) .ci/wrk && $(PYTHON) .ci/browser; then $(PYTHON) -m bench.floors --quick; \
		else echo "· left out: make bench, which needs wrk and a browser"; fi

lint: check ## the same as check

format: environment-dev ## rewrite the code in the house's format
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

bench: environment-dev assets translations ## ours beside the least that Flask can do, on both databases (15 minutes; needs wrk and a browser)
	@$(PYTHON) .ci/wrk
	@$(PYTHON) .ci/browser
	@$(PYTHON) -m bench.floors $(BENCH)

bench-peers: environment-dev assets translations ## ours beside pretix and django-appointment, each in an environment of its own (half an hour; needs wrk)
	@$(PYTHON) -m bench.peers.compare $(COMPARE)

bench-growth: environment-dev assets translations ## whether a country of 10,000 offices answers as fast as one of 20 (20 minutes)
	@$(PYTHON) -m bench.growth $(GROWTH)

bench-report: environment-dev ## write the newest results into docs/performance.md, with pictures
	@$(PYTHON) -m bench.report

setup: environment-dev assets translations ## everything a developer needs, without running anything

seed: environment ## load seeds/ again into the database of `make run` (loading twice changes nothing)
	@$(PYTHON) .ci/serve --only-prepare

words: environment ## collect new sentences into the catalogues; then write their msgstr
	@.ci/words

lock: environment-dev ## pin again from requirements*.in and package.json
	@.ci/lock

clean: ## remove what was installed and built; instance/ (the data) stays
	rm -rf .venv .venv-node node_modules consular/static/vendor
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find consular -name '*.mo' -delete

environment:
	@.ci/environment

environment-dev:
	@.ci/environment dev

assets: environment
	@$(PYTHON) .ci/assets

translations: $(CATALOGUES)

%.mo: %.po | environment
	@$(PYTHON) -m babel.messages.frontend --quiet compile -i $< -o $@
