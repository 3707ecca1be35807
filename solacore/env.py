"""Every environment variable, once: its type, its default, and what is wrong with it.

Names are the contract's (section 7), read case-insensitively from the environment and from
``.env``. Unknown variables are ignored. Only ``settings.py`` may import this module.
"""

import ipaddress
from contextlib import suppress
from functools import cached_property
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MIN_SECRET_BYTES = 32
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", ""}
MODEL_URLS = ("openai_base_url", "anthropic_base_url", "openrouter_base_url")
PLACEHOLDERS = ("change", "secret", "example", "placeholder", "your-", "dev-")


def _comma_list(value: object) -> object:
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


CommaList = Annotated[list[str], NoDecode, BeforeValidator(_comma_list)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Env(BaseSettings):
    """The environment, typed. ``ENVIRONMENT=production`` refuses to start half-configured."""

    # An empty variable is a missing one: .env.example can be copied as it is.
    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", case_sensitive=False
    )

    # Who we are
    app_name: str = "Solacore API"
    environment: Literal["local", "production"] = "local"
    debug: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    allowed_hosts: CommaList = []
    trusted_proxies: CommaList = []
    frontend_url: str = "http://localhost:3000"
    frontend_url_prod: str = "https://solacore.app"
    api_url: str = ""
    cors_allowed_origins: CommaList = []
    cookie_domain: str = ""
    playground: bool | None = None

    # Where things are kept
    database_url: str = "postgresql://localhost:5432/solacore"
    redis_url: str = ""
    db_threads: int = 4

    # Secrets and tokens
    jwt_secret: SecretStr = SecretStr("")
    jwt_algorithm: Literal["HS256", "HS384", "HS512"] = "HS256"
    jwt_expire_minutes: int = 60

    # Signing in with Google and Apple
    google_client_id: CommaList = []
    google_client_secret: SecretStr = SecretStr("")
    google_jwks_url: str = "https://www.googleapis.com/oauth2/v3/certs"
    google_token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 (an address)
    apple_client_id: CommaList = []
    apple_jwks_url: str = "https://appleid.apple.com/auth/keys"

    # Mail
    smtp_enabled: bool = False
    smtp_host: str = "smtp.sendgrid.net"
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = "noreply@solacore.app"
    smtp_from_name: str = "Solacore Support"

    # Money
    stripe_secret_key: SecretStr = SecretStr("")
    stripe_webhook_secret: SecretStr = SecretStr("")
    stripe_price_standard: CommaList = []
    stripe_price_pro: CommaList = []
    stripe_success_url: str = ""
    stripe_cancel_url: str = ""
    stripe_api_base: str = "https://api.stripe.com"
    revenuecat_webhook_secret: SecretStr = SecretStr("")
    revenuecat_entitlement_standard: str = "standard_access"
    revenuecat_entitlement_pro: str = "pro_access"
    revenuecat_api_key: SecretStr = SecretStr("")
    revenuecat_api_base: str = "https://api.revenuecat.com"

    # Allowances
    rate_limit_global: str = "100/minute"
    rate_limit_auth: str = "5/minute"
    rate_limit_oauth: str = "10/minute"
    rate_limit_forgot_password: str = "3/hour"  # noqa: S105 (a rate)
    rate_limit_api: str = "60/minute"
    rate_limit_sse: str = "5/minute"
    rate_limit_redis_url: str = ""
    rate_limit_ip_whitelist: CommaList = []
    beta_mode: bool = False
    payments_enabled: bool = True

    # Language models
    llm_provider: Literal["openai", "anthropic", "openrouter", "offline"] = "openai"
    llm_model: str = "gpt-4o-mini"
    llm_timeout: float = 30
    llm_first_piece_timeout: float = 20
    llm_total_timeout: float = 90
    llm_max_tokens: int = 1024
    prompt_injection_policy: Literal["warn", "block"] = "warn"
    # US dollars: a day's budget (0 is unlimited), and a million tokens of a model without a price
    llm_daily_budget_user: NotNegative = 1.0
    llm_daily_budget_house: NotNegative = 0.0
    llm_price_in: NotNegative = 1.0
    llm_price_out: NotNegative = 4.0
    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = "https://api.openai.com/v1"
    anthropic_api_key: SecretStr = SecretStr("")
    anthropic_base_url: str = "https://api.anthropic.com/v1"
    anthropic_model: str = "claude-3-5-haiku-latest"
    openrouter_api_key: SecretStr = SecretStr("")
    openrouter_base_url: str = "https://openrouter.ai/api/v1"
    openrouter_app_name: str = ""
    openrouter_referer: str = ""
    offline_pause: float = 0.03

    # Watching
    sentry_dsn: str = ""
    sentry_environment: str = "production"
    sentry_traces_sample_rate: float = 0.1

    @cached_property
    def production(self) -> bool:
        return self.environment == "production"

    @cached_property
    def serves_playground(self) -> bool:
        return not self.production if self.playground is None else self.playground

    @cached_property
    def public_url(self) -> str:
        """Where people reach this server: for the links in mails, never taken from a request."""
        if self.api_url:
            return self.api_url.rstrip("/")
        if self.production and self.allowed_hosts:
            return f"https://{self.allowed_hosts[0].lstrip('.')}"
        return f"http://localhost:{self.port}"

    def llm(self) -> dict[str, Any]:
        """Return what the language models are configured by."""
        prefixes = ("llm_", "openai_", "anthropic_", "openrouter_", "offline_")
        return {k: v for k, v in self.model_dump().items() if k.startswith(prefixes)}

    @model_validator(mode="after")
    def _always_sound(self) -> "Env":
        faults = []
        secret = self.jwt_secret.get_secret_value()
        if secret and len(secret.encode()) < MIN_SECRET_BYTES:
            faults.append(f"JWT_SECRET must be at least {MIN_SECRET_BYTES} bytes long")
        if urlsplit(self.database_url).scheme.split("+")[0] not in ("postgresql", "postgres"):
            faults.append("DATABASE_URL must look like postgresql://user:password@host:5432/name")
        if self.redis_url and urlsplit(self.redis_url).scheme not in ("redis", "rediss", "unix"):
            faults.append("REDIS_URL must start with redis://, rediss:// or unix://")
        for name in ("trusted_proxies", "rate_limit_ip_whitelist"):
            for item in getattr(self, name):
                try:
                    ipaddress.ip_network(item, strict=False)
                except ValueError:
                    faults.append(f"{name.upper()}: {item!r} is not an address or a network")
        faults += filter(None, map(self._model_url_fault, MODEL_URLS))
        if self.production:
            faults += self._production_faults(secret)
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _production_faults(self, secret: str) -> list[str]:
        """Everything that must not reach the public, all at once (contract 7, quality 65)."""
        return [
            sentence
            for wrong, sentence in [
                (self.debug, "DEBUG must be off"),
                (not secret, "JWT_SECRET is missing"),
                (
                    any(word in secret.lower() for word in PLACEHOLDERS)
                    or 0 < len(set(secret)) < 12,
                    "JWT_SECRET looks like a placeholder: make a random one",
                ),
                (
                    urlsplit(self.database_url).hostname in LOCAL_HOSTS,
                    "DATABASE_URL points at this machine",
                ),
                (
                    urlsplit(self.frontend_url).hostname in LOCAL_HOSTS,
                    "FRONTEND_URL points at this machine",
                ),
                (
                    not self._has_model_key(),
                    f"the key for LLM_PROVIDER={self.llm_provider} is missing",
                ),
                (not self.google_client_id, "GOOGLE_CLIENT_ID is missing"),
                *[
                    (self.payments_enabled and not self._has(name), f"{name.upper()} is missing")
                    for name in (
                        "stripe_secret_key",
                        "stripe_webhook_secret",
                        "revenuecat_webhook_secret",
                    )
                ],
                (not self.allowed_hosts, "ALLOWED_HOSTS is missing"),
                ("*" in self.allowed_hosts, "ALLOWED_HOSTS must name hosts, not *"),
                (self.beta_mode, "BETA_MODE must be off"),
                *[
                    (getattr(self, name).startswith("http:"), f"{name.upper()} must be https://")
                    for name in MODEL_URLS
                ],
                (
                    not self.cookie_domain.startswith("."),
                    "COOKIE_DOMAIN must be set and start with a dot",
                ),
            ]
            if wrong
        ]

    def _model_url_fault(self, name: str) -> str | None:
        """Return what is wrong with where a model is (quality 64): words go there, and a key."""
        url = urlsplit(getattr(self, name))
        if url.username is not None or not url.hostname:
            return f"{name.upper()} must name a host, and no user"
        with suppress(ValueError):
            if ipaddress.ip_address(url.hostname).is_link_local:
                return f"{name.upper()} points at a network's own services"
        if url.scheme != "https" and (url.scheme, url.hostname in LOCAL_HOSTS) != ("http", True):
            return f"{name.upper()} must start with https:// (http:// only on this machine)"
        return None

    def _has(self, name: str) -> bool:
        secret: SecretStr = getattr(self, name)
        return bool(secret.get_secret_value())

    def _has_model_key(self) -> bool:
        keys = {
            "openai": self.openai_api_key,
            "anthropic": self.anthropic_api_key,
            "openrouter": self.openrouter_api_key,
        }
        key = keys.get(self.llm_provider)
        return key is None or bool(key.get_secret_value())
