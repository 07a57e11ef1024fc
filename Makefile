# Words for people: run, test. Words for those who change the code: quick, format, lock, messages, vendor, clean.
.DEFAULT_GOAL := help
.PHONY: help setup test-setup run test test-real quick check format lock messages vendor clean
MAKEFLAGS += --no-print-directory

PYTHON_HERE := .venv/bin/python
PYTEST := $(PYTHON_HERE) -m pytest
SERIAL := browser or journey or kill
LOCK := uv pip compile pyproject.toml --universal --extra scale --generate-hashes --no-annotate --no-header --python-version 3.11

help:
	@echo "make run    set up what is missing and start an exercise force"
	@echo "make test   set up what the tests need and run them all"
	@echo "make quick  the same without browsers, journeys, servers, whole pages and what is slow: under 3 minutes"
	@echo "make test-real  the publishers and sources against servers that others wrote"
	@echo "make setup  only set up    make format  format the code    make clean  remove what was built"

setup:
	@sh scripts/setup.sh

test-setup:
	@sh scripts/setup-tests.sh

run:
	@sh scripts/setup.sh run
	@exec $(PYTHON_HERE) -m appeal run

test: test-setup check
	$(PYTEST) -n 2 --dist loadgroup -m "not ($(SERIAL))"
	$(PYTEST) -m "$(SERIAL)"

# Against servers of others, started on this machine: a Bluesky network, Dovecot, Exim.
test-real: test-setup
	@sh scripts/setup-real.sh
	APPEAL_TEST_REAL=1 $(PYTEST) tests/real

quick:
	@sh scripts/setup.sh test
	@$(MAKE) check
	$(PYTEST) -q -n 2 --dist loadgroup -m "not ($(SERIAL) or slow or postgres or redis)"

check:
	$(PYTHON_HERE) -m ruff format --check .
	$(PYTHON_HERE) -m ruff check .
	$(PYTHON_HERE) -m mypy

format:
	$(PYTHON_HERE) -m ruff format .
	$(PYTHON_HERE) -m ruff check --fix .

# For maintainers: needs uv.
lock:
	$(LOCK) --output-file requirements.lock
	$(LOCK) --group test --constraint requirements.lock --output-file requirements-test.lock

messages:
	$(PYTHON_HERE) scripts/messages.py
	$(PYTHON_HERE) scripts/catalogues.py

# For maintainers: needs npm.
vendor:
	$(PYTHON_HERE) scripts/vendor.py

# The instance folder holds keys and tips: it is never removed here.
clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find appeal tests bench scripts -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f appeal/translations/*/LC_MESSAGES/messages.mo
