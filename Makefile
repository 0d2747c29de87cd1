# Everything a person or a pipeline runs. `make` lists it.
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
.DEFAULT_GOAL := help
# Each process of the tests would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

# The environment is what its lock file says; a changed lock file is installed again.
.venv/%.stamp: requirements-%.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or later is needed: make PYTHON=python3.13, say")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.PHONY: install
install: .venv/dev.stamp ## make .venv with everything for development

.PHONY: run
run: .venv/local.stamp ## serve on 127.0.0.1:8000 (PORT=… changes it) over data/interactions.sqlite3
	$(MANAGE) migrate --verbosity 0
	$(MANAGE) welcome --port $(PORT)
	$(MANAGE) runserver 127.0.0.1:$(PORT)

.PHONY: run-production
run-production: .venv/local.stamp .dynamodb-local/stamp ## serve as in production, over DynamoDB Local
	infra/run-production $(PORT)

# Maven writes what it has got before it fails: what counts is the stamp.
.dynamodb-local/stamp: infra/dynamodb-local/pom.xml
	@rm -rf .dynamodb-local
	mvn -q -B -Dstyle.color=never -f $< dependency:copy-dependencies '-DoutputDirectory=$(CURDIR)/.dynamodb-local/lib'
	@touch $@

.PHONY: dynamodb-local
dynamodb-local: .dynamodb-local/stamp ## fetch DynamoDB Local, AWS's own emulator (needs Java 17 and Maven)
	@:

# Left out where it cannot be had, but not in CI.
.PHONY: dynamodb-local-for-tests
dynamodb-local-for-tests:
	@if command -v java >/dev/null && { test -e .dynamodb-local/stamp || command -v mvn >/dev/null; }; then \
		$(MAKE) --no-print-directory dynamodb-local && exit; \
	fi; \
	echo "The tests on DynamoDB Local are left out: they need Java 17, and Maven to fetch it once" \
		"(apt-get install default-jre-headless maven)."; \
	test "$$CI" != true

# Django's own test cases, which only its source distribution has; the lock file has its hash.
.django-cases/stamp: requirements-dev.txt | .venv/dev.stamp
	@rm -rf .django-cases && mkdir .django-cases
	@sed -n '/^django==/,/^    # via/p' $< > .django-cases/requirements.txt
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps --no-binary django \
		--dest .django-cases -r .django-cases/requirements.txt
	@cd .django-cases && name=$$(basename django-*.tar.gz .tar.gz) && \
		tar -xzf $$name.tar.gz --strip-components 2 $$name/tests/cache $$name/tests/sessions_tests && rm $$name.tar.gz
	@touch $@

.PHONY: django-cases
django-cases: .django-cases/stamp ## fetch Django's own test cases of sessions and caches
	@:

.PHONY: django-cases-for-tests
django-cases-for-tests:
	@$(MAKE) --no-print-directory django-cases && exit; \
	echo "Django's own test cases are left out: its source distribution cannot be fetched."; \
	test "$$CI" != true

# checkov needs other versions of what the service uses: it has an environment of its own.
.checkov/stamp: requirements-checkov.txt | .venv/dev.stamp
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .checkov
	$(BIN)/uv pip install --quiet --compile-bytecode --python .checkov --require-hashes -r $<
	@touch $@

.tools/actionlint: Makefile # whose version it has
	GOBIN=$(CURDIR)/.tools go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
	@touch $@

# What cannot be had is left out, but not in CI: each step says so itself.
.PHONY: infra-check-tools
infra-check-tools: .venv/dev.stamp
	@$(MAKE) --silent .checkov/stamp || echo "checkov cannot be installed."
	@! command -v go >/dev/null || $(MAKE) --silent .tools/actionlint || echo "actionlint cannot be installed."

.PHONY: infra-check
infra-check: infra-check-tools ## check Terraform's code, the workflow and the scripts (STEPS="controls workflow" for some)
	$(BIN)/python -m infra.check $(STEPS)

.PHONY: check
check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(MANAGE) check --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run --verbosity 0

.PHONY: test
test: check dynamodb-local-for-tests django-cases-for-tests ## check style, types and documents; run the tests that start no process of their own
	$(MANAGE) test

.PHONY: test-all
test-all: check dynamodb-local-for-tests django-cases-for-tests infra-check-tools ## check the deployment too, and run every test, the API's on every transport
	$(MANAGE) test --all

# What test-all adds to test, in two parts for a pipeline that runs them side by side.
.PHONY: test-system
test-system: .venv/dev.stamp dynamodb-local-for-tests django-cases-for-tests infra-check-tools
	$(MANAGE) test --system

.PHONY: test-transports
test-transports: .venv/dev.stamp dynamodb-local-for-tests
	$(MANAGE) test --transport events
	$(MANAGE) test --transport gateway

.PHONY: bench
bench: .venv/dev.stamp .dynamodb-local/stamp ## measure the function on Lambda, redaction, and stores of 1,000 and 100,000 interactions (BENCH=lambda, redaction or scale)
	PYTHONPATH=infra/lambda $(BIN)/python -m benchmarks $(BENCH)

ARCH ?= arm64

.PHONY: package
package: .venv/dev.stamp ## build dist/lambda.zip for AWS Lambda (ARCH=x86_64 for another machine than arm64)
	$(BIN)/python infra/lambda/build.py --architecture $(ARCH)

# What goes into it, so that a package that is there is made anew only when something of that has changed.
PACKAGED := $(shell find project interactions infra/lambda/lambda_package -name '*.py') \
	interactions/domain/prices.json requirements.txt pyproject.toml openapi.yaml
dist/lambda.zip: $(PACKAGED) | .venv/dev.stamp
	$(BIN)/python infra/lambda/build.py --architecture $(ARCH)

.lambda-runtime/interpreter: requirements-dev.txt | .venv/dev.stamp
	$(BIN)/python infra/lambda/runtime.py .lambda-runtime

.PHONY: lambda-local
lambda-local: .dynamodb-local/stamp .lambda-runtime/interpreter dist/lambda.zip ## serve dist/lambda.zip as Lambda and API Gateway do, over DynamoDB Local
	infra/run-lambda $(PORT) dist/lambda.zip $(OPTIONS)

.PHONY: openapi
openapi: .venv/dev.stamp ## write openapi.yaml anew from the code
	$(MANAGE) spectacular --validate --fail-on-warn --file openapi.yaml

# A newer version of genai-prices is a change in pyproject.toml, and `make lock`.
.PHONY: prices
prices: .venv/dev.stamp ## add rows to interactions/domain/prices.json from genai-prices (ADOPT="openai/gpt-5=2026-12-01" …)
	$(BIN)/python -m infra.prices $(addprefix --adopt ,$(ADOPT))

COMPILE := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"
LOCK := $(COMPILE) pyproject.toml

.PHONY: lock
lock: .venv/dev.stamp ## pin the newest versions that pyproject.toml allows
	$(LOCK) --output-file requirements.txt
	$(LOCK) --group local --constraints requirements.txt --output-file requirements-local.txt
	$(LOCK) --group dev --constraints requirements-local.txt --output-file requirements-dev.txt
	$(COMPILE) requirements-checkov.in --output-file requirements-checkov.txt

.PHONY: clean
clean: ## remove what was made, but for data/
	rm -rf .venv .checkov .dynamodb-local .django-cases .lambda-runtime .tools .mypy_cache .pytest_cache .ruff_cache .hypothesis .schemathesis artifacts dist static
