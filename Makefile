# Every target is a command of scripts/hub; 'make help' explains them.
# Settings are given as variables, e.g.:
#   make run PORT=8080
#   make test ARGS="addons/order_hub/tests/test_flow.py -k pilot"
#   make bench ONLY=confirm_batch FULL=1

HUB := scripts/hub

# Only what is set here or in the environment reaches the program.
export PYTHON PORT HOST DB FRESH ARGS FAST FIX ONLY FULL

.DEFAULT_GOAL := help
.PHONY: help setup platform run stop status logs test lint bench shell psql odoo i18n clean

help setup platform run stop status logs test lint bench shell psql odoo i18n clean:
	@$(HUB) $@
