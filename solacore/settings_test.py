"""What tests change: a database of their own, a cheap hasher, threads off, limits lifted."""

import os

from solacore import embedded

# Tests never touch what `make run` keeps; a given DATABASE_URL is respected.
os.environ["DEBUG"] = "false"
os.environ["ENVIRONMENT"] = "local"
os.environ["REDIS_URL"] = ""
for _key in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENROUTER_API_KEY"):
    os.environ[_key] = ""
if not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = embedded.start_postgres(embedded.VAR / "test-postgres")
os.environ["JWT_SECRET"] = "tests sign with this and nothing else does, 0123456789"

from solacore.settings import *  # noqa: E402, F403
from solacore.settings import LLM  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DB_THREADS = 0
DATABASES["default"]["OPTIONS"].pop("pool")  # noqa: F405
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
RATE_LIMITS = dict.fromkeys(RATE_LIMITS, "100000/minute")  # noqa: F405
LLM = {**LLM, "offline_pause": 0.0, "llm_provider": "openai"}
WHITENOISE_AUTOREFRESH = True
