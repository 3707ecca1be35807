"""The counters and histograms anyone may touch. Labels come from fixed sets, never from people."""

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
CRISIS_REFERRALS = Counter("crisis_referrals", "Help shown", ["language", "tier"])
ACTIVE_SESSIONS = Gauge("active_sessions", "Unexpired login sessions", multiprocess_mode="max")
ACTIVE_USERS = Gauge("active_users", "Users with a login session", multiprocess_mode="max")
