"""Django settings, assembled from the typed environment. No logic, no side effects."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import django_stubs_ext
from pydantic import ValidationError

from solacore import observability
from solacore.env import Env

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
try:
    ENV = Env()
except ValidationError as error:
    sys.exit("Settings: " + "; ".join(str(fault["msg"]) for fault in error.errors()))

# Who we are
APP_NAME = ENV.app_name
APP_VERSION = "0.1.0"
PRODUCTION = ENV.production
DRAIN_SECONDS = 20.0 if PRODUCTION else 1.0  # for running answers, when the server is stopped
DEBUG = ENV.debug
HOST, PORT = ENV.host, ENV.port
FRONTEND_URL, PUBLIC_URL = ENV.frontend_url.rstrip("/"), ENV.public_url
_OWN_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = ENV.allowed_hosts or _OWN_HOSTS
TRUSTED_PROXIES = ENV.trusted_proxies
TRUSTED_ORIGINS = frozenset(
    [
        ENV.frontend_url,
        ENV.frontend_url_prod,
        ENV.frontend_url_prod.replace("://", "://www."),
        *ENV.cors_allowed_origins,
        *([] if PRODUCTION else [f"http://{h}:{p}" for h in _OWN_HOSTS for p in (3000, ENV.port)]),
    ]
)
ROOT_URLCONF = "solacore.urls"
ASGI_APPLICATION = "solacore.asgi.application"
APPEND_SLASH = False
# daphne answers to `runserver` alone (uvicorn serves): Twisted would be 30 MB in every process.
_DEVELOPING = sys.argv[1:2] == ["runserver"]
INSTALLED_APPS = [
    *(["daphne"] if _DEVELOPING else []),
    "solacore.apps.SolacoreConfig",
    "solacore.kit.talk.apps.TalkConfig",
    "accounts",
    "billing",
    "solve",
    "learn",
    "webhooks",
    "solacore.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "djstripe",
    "django_tasks",
    "django_tasks_db",
    "channels",
    "ninja",
]
# Only pages (admin, docs, playground) pass these; the API meets the gate alone (kit/gate.py).
MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
PROMPTS_DIR = BASE_DIR / "templates" / "prompts"
PLAYGROUND = ENV.serves_playground

# Where things are kept
_db = urlsplit(ENV.database_url)
_db_options = {key: values[-1] for key, values in parse_qs(_db.query).items()}
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(_db.path.lstrip("/")),
        "USER": unquote(_db.username or ""),
        "PASSWORD": unquote(_db.password or ""),
        "HOST": _db_options.pop("host", None) or _db.hostname or "",
        "PORT": _db.port or "",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 16, "timeout": 2},
            # Short statements on solid-state disks: compiling takes longer than it saves, and a
            # page further on costs what the next one does.
            "options": "-c jit=off -c random_page_cost=1.1",
            **_db_options,
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DB_THREADS = ENV.db_threads
REDIS_URL = ENV.redis_url
RATE_LIMIT_REDIS_URL = ENV.rate_limit_redis_url or ENV.redis_url
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": 0.2,
            "SOCKET_TIMEOUT": 0.2,
            "IGNORE_EXCEPTIONS": True,
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
        },
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [(name, BASE_DIR / "templates" / name) for name in ("playground", "pages")]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False

# Secrets, sign-in
JWT_SECRET = ENV.jwt_secret.get_secret_value() or "set-me-" + "x" * 32
SECRET_KEY = f"django:{JWT_SECRET}"
JWT_ALGORITHM = ENV.jwt_algorithm
ACCESS_TOKEN_MINUTES = ENV.jwt_expire_minutes
COOKIE_DOMAIN = ENV.cookie_domain or None
COOKIE_SECURE = PRODUCTION and not DEBUG
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["accounts.rules.passwords.Argon2Hasher"]
SESSION_COOKIE_NAME = "staff_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = COOKIE_SECURE
SESSION_COOKIE_AGE = 8 * 3600
CSRF_COOKIE_NAME = "staff_csrf"
CSRF_TRUSTED_ORIGINS = sorted(TRUSTED_ORIGINS)
LOGIN_URL = "/admin/login/"
SECURE_HSTS_SECONDS = 365 * 86400 if PRODUCTION else 0
# The gate adds the security headers to pages, API and streams alike; TLS ends at the proxy.
RATELIMIT_USE_CACHE = "default"
# The address is unique without case, by a constraint that auth.E003 does not recognise.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002", "security.W008", "auth.E003"]

# Google, Apple: whose word about a person counts
GOOGLE_CLIENT_IDS, APPLE_CLIENT_IDS = ENV.google_client_id, ENV.apple_client_id
GOOGLE_CLIENT_SECRET = ENV.google_client_secret.get_secret_value()
GOOGLE_TOKEN_URL = ENV.google_token_url
GOOGLE_JWKS_URL, APPLE_JWKS_URL = ENV.google_jwks_url, ENV.apple_jwks_url

# Deferred work, mail
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
EMAIL_BACKEND = "django.core.mail.backends." + (
    "smtp.EmailBackend"
    if ENV.smtp_enabled
    else "dummy.EmailBackend"
    if PRODUCTION
    else "console.EmailBackend"
)
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER = ENV.smtp_host, ENV.smtp_port, ENV.smtp_user
EMAIL_HOST_PASSWORD = ENV.smtp_password.get_secret_value()
EMAIL_USE_TLS = True
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = f"{ENV.smtp_from_name} <{ENV.smtp_from}>"

# Money
STRIPE_API_BASE = ENV.stripe_api_base
STRIPE_KEY = ENV.stripe_secret_key.get_secret_value()
STRIPE_WEBHOOK_SECRETS = [
    secret.strip() for secret in ENV.stripe_webhook_secret.get_secret_value().split(",") if secret
]
STRIPE_PRICES = {"standard": ENV.stripe_price_standard, "pro": ENV.stripe_price_pro}
STRIPE_SUCCESS_URL = ENV.stripe_success_url or FRONTEND_URL
STRIPE_CANCEL_URL = ENV.stripe_cancel_url or FRONTEND_URL
REVENUECAT_SECRET = ENV.revenuecat_webhook_secret.get_secret_value()
REVENUECAT_ENTITLEMENTS = {
    "standard": ENV.revenuecat_entitlement_standard,
    "pro": ENV.revenuecat_entitlement_pro,
}
REVENUECAT_KEY = ENV.revenuecat_api_key.get_secret_value()
REVENUECAT_API_BASE = ENV.revenuecat_api_base
# dj-stripe mirrors Stripe's objects for staff; no decision is ever asked of it. Its upstream
# migrations take a minute on a fresh database, so ours is one flat one (stack.md).
MIGRATION_MODULES = {"djstripe": "billing.djstripe_migrations"}
STRIPE_API_VERSION = "2024-12-18.acacia"
STRIPE_LIVE_MODE = STRIPE_KEY.startswith(("sk_live_", "rk_live_"))
STRIPE_SECRET_KEY = STRIPE_KEY
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"

# Allowances
RATE_LIMITS = {
    "GLOBAL": ENV.rate_limit_global,
    "AUTH": ENV.rate_limit_auth,
    "OAUTH": ENV.rate_limit_oauth,
    "FORGOT_PASSWORD": ENV.rate_limit_forgot_password,
    "API": ENV.rate_limit_api,
    "SSE": ENV.rate_limit_sse,
}
RATE_LIMIT_IP_WHITELIST = ENV.rate_limit_ip_whitelist
BETA_MODE = ENV.beta_mode
PAYMENTS_ENABLED = ENV.payments_enabled

# Language models (kit/llm)
LLM = ENV.llm()
PROMPT_INJECTION_POLICY = ENV.prompt_injection_policy

# Language, time
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

# Watching
SENTRY = bool(ENV.sentry_dsn)
LOGGING = observability.logging_config(json=PRODUCTION)
LOGGING_CONFIG = "logging.config.dictConfig"
observability.start_sentry(
    dsn="" if DEBUG else ENV.sentry_dsn,
    environment=ENV.sentry_environment,
    release=APP_VERSION,
    traces_sample_rate=ENV.sentry_traces_sample_rate,
)
