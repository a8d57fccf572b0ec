# Hustings. `make run` and `make test` need Python 3.11, 3.12 or 3.13 and nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help install run test fast lint static rehearse replay coverage lock clean \
	bench-import bench-roll bench-sealing bench-board bench-cast bench-verifier bench-check bench-issuer bench-mail bench-destroy

BIN := .venv/bin
# The lock files name every package: pip resolves nothing, so that no release of tomorrow is asked
# for. `make lint` has pip check that nothing is missing.
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet \
	--require-hashes --no-deps --only-binary :all:
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-annotate --no-header
FAILED = { echo 'Step "install" failed; its own message is above.' >&2; \
	echo 'Check the network and the room on the disk, and run make again.' >&2; exit 1; }
CORE_TESTS := tests/board tests/sealing tests/counting tests/eligibility tests/matching tests/rollfile tests/canonical tests/verifier

help:
	@echo 'make run       try Hustings on this machine: http://localhost:8000 (PORT=… for another)'
	@echo 'make test      check everything: style, types, layers, and the whole of the tests'
	@echo 'make fast      the tests of the core alone, in seconds'
	@echo 'make lint      style, types, layers and migrations'
	@echo 'make install   the environment in .venv/, and no more'
	@echo 'make static    styles and scripts, where their sources changed'
	@echo 'make rehearse PROFILE=file.blt [OPTIONS=…]   a whole election from a profile of papers'
	@echo 'make replay    Labour 2016 at a hundredth of its size, and its report anew in docs/'
	@echo 'make bench-import, bench-roll, bench-sealing, bench-board, bench-cast, bench-verifier, bench-check, bench-issuer, bench-mail, bench-destroy [OPTIONS=…]'
	@echo 'make lock      pin every requirement anew, with hashes'
	@echo 'make clean     forget everything that was made here, the trial data too'

install: .venv/.installed

.venv/.installed: requirements.lock .ci/environment
	@.ci/environment
	@echo 'Installing what Hustings needs (requirements.lock).'
	@$(PIP) -r requirements.lock || $(FAILED)
	@touch $@

.venv/.installed-dev: requirements.lock requirements-dev.lock .venv/.installed
	@echo 'Installing what its tests need (requirements-dev.lock).'
	@$(PIP) -r requirements.lock -r requirements-dev.lock || $(FAILED)
	@touch $@

run: install
	@exec $(BIN)/python -m config.embedded.supervisor --stop-with-parent $(OPTIONS)

static: install
	@$(BIN)/python -m config.embedded.node build

rehearse: install
	@$(BIN)/python manage.py rehearse $(PROFILE) $(OPTIONS)

replay: install static
	@$(BIN)/python manage.py replay tests/elections/labour-2016-leader.csv \
		--report docs/replay-labour-2016.md $(OPTIONS)

lint: .venv/.installed-dev
	$(BIN)/python -m pip check
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	HUSTINGS_DEVELOPMENT=1 $(BIN)/python -W ignore manage.py makemigrations --check --dry-run

test: .venv/.installed-dev static
	@$(BIN)/python -m config.embedded.chromium
	@$(MAKE) --no-print-directory lint
	$(BIN)/python -m config.embedded.node test
	$(BIN)/pytest -n auto --dist loadfile --ignore tests/browser
	$(BIN)/pytest tests/browser

fast: .venv/.installed-dev
	$(BIN)/pytest -p no:django $(wildcard $(CORE_TESTS))

coverage: .venv/.installed-dev
	$(BIN)/pytest -p no:django --cov --cov-report=term-missing:skip-covered $(wildcard $(CORE_TESTS))

bench-import: .venv/.installed-dev
	@$(BIN)/python benchmarks/roll_import.py $(OPTIONS)

bench-roll: install
	@$(BIN)/python -m benchmarks.roll $(OPTIONS)

bench-sealing: install
	@$(BIN)/python -m benchmarks.sealing $(OPTIONS)

bench-board: install
	@$(BIN)/python -m benchmarks.board $(OPTIONS)
	@$(BIN)/python -m benchmarks.board_stored $(OPTIONS)

bench-cast: install
	@$(BIN)/python manage.py bench_cast $(OPTIONS)

bench-verifier: install
	@$(BIN)/python -m benchmarks.verifier $(OPTIONS)

bench-check: .venv/.installed-dev static
	@$(BIN)/python -m benchmarks.check_page $(OPTIONS)

bench-issuer: install
	@$(BIN)/python -m benchmarks.issuer $(OPTIONS)

bench-mail: install static
	@$(BIN)/python -m benchmarks.mail $(OPTIONS)

bench-destroy: install
	@$(BIN)/python -m benchmarks.destroy $(OPTIONS)

# requirements.lock first: the others are held to its versions (-c requirements.lock).
lock: .venv/.installed-dev
	$(COMPILE) --output-file requirements.lock requirements.txt
	$(COMPILE) --output-file requirements-dev.lock requirements-dev.txt
	$(COMPILE) --output-file requirements-trustee.lock requirements-trustee.txt
	$(COMPILE) --output-file requirements-node.lock requirements-node.txt

clean:
	@if test -L var/postgres/elsewhere; then rm -rf "$$(readlink -f var/postgres/elsewhere)"; fi
	rm -rf .venv var staticfiles static/build node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
