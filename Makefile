# All set-up that a command needs happens on its first run: Python 3.11 or newer, make and git are enough.

PYTHON ?= python3
UV_VERSION := 0.13.9
CDK_CLI_VERSION := 2.1148.1
GUARD_VERSION := 0.0.62

BIN := $(CURDIR)/.venv/bin
CDK := $(CURDIR)/.venv/cdk/node_modules/.bin/cdk
SYNTHESIZED := examples/minimal examples/network examples/trail examples/backup examples/cache examples/distribution examples/databases examples/service examples/instances examples/apis examples/edge examples/stores examples/machines examples/audit examples/reference

# Node comes from PyPI into the environment, before any other that may be on the machine.
export PATH := $(BIN):$(dir $(CDK)):$(PATH)
# A mirror's or a proxy's certificate is known to the machine and not to uv.
export UV_SYSTEM_CERTS := true
export CDK_DISABLE_CLI_TELEMETRY := true
export CDK_DISABLE_VERSION_CHECK := 1
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help all test check synth docs explanations snapshots bench corpus mutants lowest lock clean

help: ## List the commands.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

all: check test lowest synth ## All that CI runs.

test: .venv/ready ## Run all tests.
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --quiet

check: .venv/ready ## Check format, lint, strict types, import layers and that the generated pages are fresh.
	@$(BIN)/ruff format --check --quiet . || { echo "run .venv/bin/ruff format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@CDK_VALIDATION=false $(BIN)/python -m tools.docs --check

synth: .venv/ready ## Synthesize the examples with the CDK CLI and say what was judged.
	@failed=0; for example in $(SYNTHESIZED); do \
		$(CDK) synth --quiet --no-notices --app "python3 $$example/app.py" --output cdk.out/$$example || failed=1; \
	done; \
	$(BIN)/python -m tools.summary $(addprefix cdk.out/,$(SYNTHESIZED)) && exit $$failed

docs: .venv/ready ## Write the generated pages anew.
	@CDK_VALIDATION=false $(BIN)/python -m tools.docs

explanations: .venv/ready ## Find the examples of hipaa-constructs explain anew, in the tests of the rules.
	@$(BIN)/python -m tools.rule_examples

snapshots: .venv/ready ## Take the templates as they are now for the right ones.
	@$(BIN)/python -m pytest tests/snapshot --quiet --snapshot-update

bench: .venv/ready .venv/guard/ready ## Measure against checkov, cfn-lint, cfn-guard and cdk-nag, and write it into the README.
	@$(BIN)/python -m benchmarks

corpus: .venv/ready ## Judge templates of public packages, beside checkov and cdk-nag.
	@$(BIN)/python -m tools.corpus

mutants: .venv/ready ## Change the rules in thousands of ways and list what no test notices, e.g. with MODULES="ecr sqs".
	@$(BIN)/python -m tools.mutants $(MODULES)

lowest: .venv-lowest/ready ## Run the unit and rule tests on the oldest versions allowed.
	@PATH=$(CURDIR)/.venv-lowest/bin:$(PATH) .venv-lowest/bin/python -m pytest tests/unit tests/rules --numprocesses 2 --dist loadfile --quiet

lock: .venv/uv ## Resolve the development dependencies anew.
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" pyproject.toml --group dev --output-file requirements-dev.lock
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --python-version 3.11 --resolution lowest-direct \
		--custom-compile-command "make lock" pyproject.toml --group unit --output-file requirements-lowest.lock

clean: ## Take away all that the commands made.
	@rm -rf .venv .venv-lowest .cache cdk.out .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.venv/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it with make PYTHON=…")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/ready: .venv/uv requirements-dev.lock pyproject.toml Makefile
	@echo "setting up .venv"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirements requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(BIN)/npm install --silent --no-audit --no-fund --prefix .venv/cdk aws-cdk@$(CDK_CLI_VERSION)
	@touch $@

# Its peer, the CDK in JavaScript, is not needed for the program and the rules in it.
.venv/guard/ready: .venv/ready
	@$(BIN)/npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps --prefix .venv/guard \
		@cdklabs/cdk-validator-cfnguard@$(GUARD_VERSION)
	@chmod +x .venv/guard/node_modules/@cdklabs/cdk-validator-cfnguard/bin/*/*/cfn-guard
	@touch $@

.venv-lowest/ready: .venv/uv requirements-lowest.lock pyproject.toml
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-lowest
	@$(BIN)/uv pip install --quiet --python .venv-lowest/bin/python --require-hashes --requirements requirements-lowest.lock
	@$(BIN)/uv pip install --quiet --python .venv-lowest/bin/python --no-deps --editable .
	@touch $@
