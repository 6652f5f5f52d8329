# One-line aliases of dev.py, for those who have make. `make` alone lists them.
PYTHON ?= python3
ARGS ?=
SIZE ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo stop test test-fast browser check fix docs bench fuzz calibration screenshots

help:
	@$(PYTHON) dev.py help

setup:
	@$(PYTHON) dev.py setup

demo:
	@$(PYTHON) dev.py demo

stop:
	@$(PYTHON) dev.py stop

test:
	@$(PYTHON) dev.py test $(ARGS)

test-fast:
	@$(PYTHON) dev.py test-fast $(ARGS)

browser:
	@$(PYTHON) dev.py browser $(ARGS)

check:
	@$(PYTHON) dev.py check

fix:
	@$(PYTHON) dev.py fix

docs:
	@$(PYTHON) dev.py docs

bench:
	@$(PYTHON) dev.py bench $(if $(SIZE),--size $(SIZE)) $(ARGS)

fuzz:
	@$(PYTHON) dev.py fuzz $(ARGS)

calibration:
	@$(PYTHON) dev.py calibration $(ARGS)

screenshots:
	@$(PYTHON) dev.py screenshots
