"""The counters and histograms anyone may touch. Labels come from fixed sets, never from people."""

from collections.abc import Mapping

from prometheus_client import Counter, Gauge, Histogram, Summary, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]

HTTP_REQUESTS = Counter(
    "http_requests", "Exchanges by route template", ["method", "path", "status"]
)
HTTP_SECONDS = Histogram(
    "http_request_duration_seconds",
    "How long an exchange took; a stream ends with its last byte",
    ["method", "path", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
DB_QUERIES = Summary("db_query_duration_seconds", "Statements sent to PostgreSQL")
REDIS_COMMANDS = Summary("redis_command_duration_seconds", "Calls to Redis", ["command"])
CACHE_HITS = Counter("cache_hits", "Reads answered without the database")
CACHE_MISSES = Counter("cache_misses", "Reads that went to the database")
ANSWERS = Counter("answers", "Answers by how they ended", ["outcome"])
ANSWERS_RUNNING = Gauge("answers_running", "Answers being produced", multiprocess_mode="livesum")
LLM_REQUESTS = Counter("llm_requests", "Asks by provider and outcome", ["provider", "outcome"])
LLM_FAULTS = Counter("llm_faults", "Failed asks by what was wrong", ["provider", "fault"])
LLM_CIRCUIT_OPEN = Gauge(
    "llm_circuit_open",
    "1 while a provider is left alone",
    ["provider"],
    multiprocess_mode="livemax",
)
LLM_TOKENS = Counter(
    "llm_tokens", "Tokens in and out, counted or estimated", ["provider", "direction"]
)
LLM_COST = Counter("llm_cost_micros", "Millionths of a US dollar", ["provider"])
LLM_BUDGET_USED = Gauge(
    "llm_budget_used_ratio",
    "Of the house's budget of the day, 0 to 1",
    multiprocess_mode="mostrecent",
)
LETTERS = Counter("letters", "Mails handed to the mail server", ["letter"])
SIGN_INS = Counter("sign_ins", "Tries to sign in by how they ended", ["way", "outcome"])
WEBHOOKS = Counter("webhooks", "Events of the stores by what became of them", ["outcome"])
ENTITLEMENT_DRIFT = Gauge(
    "entitlement_drift", "Places where stores and we differ", multiprocess_mode="max"
)
REPLAYS = Counter("refresh_replays", "Families of refresh tokens ended because one was used again")
ANSWERS_STOPPED = Counter("answers_stopped", "Answers of a model cut off as unsafe", ["fault"])
INJECTIONS = Counter("injections_flagged", "Messages that try to instruct the model", ["family"])
CRISIS_REFERRALS = Counter("crisis_referrals", "Help shown", ["language", "tier"])
ACTIVE_SESSIONS = Gauge("active_sessions", "Unexpired login sessions", multiprocess_mode="max")
ACTIVE_USERS = Gauge("active_users", "Users with a login session", multiprocess_mode="max")

# Derived at scrape time; v0's dashboards read these names (contract 6.4).
REQUEST_COUNT = Gauge("request_count", "Exchanges in all", multiprocess_mode="livesum")
REQUEST_DURATION = Gauge("request_duration", "Mean seconds", multiprocess_mode="livemax")
CACHE_HIT_RATE = Gauge("cache_hit_rate", "Hits among reads, 0 to 1", multiprocess_mode="livemax")
POOL_SIZE = Gauge("db_pool_size", "Database connections open", multiprocess_mode="livesum")
POOL_OUT = Gauge("db_pool_checked_out", "Connections in use", multiprocess_mode="livesum")
POOL_OVERFLOW = Gauge("db_pool_overflow", "Waiting for one", multiprocess_mode="livesum")


def derive(pool: Mapping[str, int]) -> None:
    """Set the derived gauges; ``pool`` is psycopg's own account of its connections."""
    count, seconds = _total(HTTP_SECONDS, "_count"), _total(HTTP_SECONDS, "_sum")
    hits, misses = _total(CACHE_HITS, "_total"), _total(CACHE_MISSES, "_total")
    REQUEST_COUNT.set(count)
    REQUEST_DURATION.set(seconds / count if count else 0)
    CACHE_HIT_RATE.set(hits / (hits + misses) if hits + misses else 0)
    size = pool.get("pool_size", 0)
    POOL_SIZE.set(size)
    POOL_OUT.set(size - pool.get("pool_available", 0))
    POOL_OVERFLOW.set(pool.get("requests_waiting", 0))


def _total(metric: Counter | Histogram, suffix: str) -> float:
    samples = [sample for family in metric.collect() for sample in family.samples]
    return sum(sample.value for sample in samples if sample.name.endswith(suffix))
