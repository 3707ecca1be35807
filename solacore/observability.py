"""What engineers may see: JSON logs with a request id, Sentry without anybody's words."""

import logging
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from sentry_sdk._types import DataCollectionUserOptions
    from sentry_sdk.types import Event, Hint

request_id: ContextVar[str] = ContextVar("request_id", default="-")

# A record carries these and nothing else: an unknown key could hold somebody's words.
ALLOWED_KEYS = {
    "event", "level", "logger", "timestamp", "request_id", "exception", "method", "route", "status",
    "seconds", "answer", "provider", "fault", "count", "address",
}  # fmt: skip


def _add_request_id(
    _: Any, __: str, record: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    record.setdefault("request_id", request_id.get())
    return record


def _allow_listed(
    _: Any, __: str, record: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {key: value for key, value in record.items() if key in ALLOWED_KEYS or key[0] == "_"}


def _without_values(
    _: Any, __: str, record: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Render an exception as type and places. Its text may quote a row, a body or a prompt."""
    info = record.pop("exc_info", None)
    if info is True:
        return record
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        frames = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        record["exception"] = f"{type(error).__name__} at " + " < ".join(reversed(frames[-8:]))
    return record


SHARED_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _add_request_id,
    _without_values,
    _allow_listed,
]


def logging_config(*, json: bool) -> dict[str, Any]:
    """Return Django's LOGGING: one line per record, as JSON or as readable text."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED_PROCESSORS,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Both repeat what our own handlers say, with paths and values in them.
            "django.request": {"level": "CRITICAL"},
            "django.db.backends": {"level": "ERROR"},
            "uvicorn.access": {"level": "WARNING", "handlers": [], "propagate": False},
            "psycopg.pool": {"level": "ERROR"},
            "django_tasks": {"level": "WARNING"},  # two lines for each letter that goes well
        },
    }


NOTHING: "DataCollectionUserOptions" = {
    "user_info": False,
    "cookies": {"mode": "off"},
    "http_headers": {"request": {"mode": "off"}},
    "http_bodies": [],
    "url_query_params": {"mode": "off"},
    "database_query_data": False,
    "queues": False,
    "stack_frame_variables": False,
    "frame_context_lines": 0,
}


def start_sentry(*, dsn: str, environment: str, release: str, traces_sample_rate: float) -> None:
    """Report crashes, if there is a DSN: types and places, never bodies, locals or values."""
    if not dsn:
        return
    import sentry_sdk  # noqa: PLC0415 (4 MB and 0.15 s for who has a DSN)

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release,
        traces_sample_rate=traces_sample_rate,
        data_collection=NOTHING,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=scrub,
    )


def scrub(event: "Event", hint: "Hint") -> "Event":
    """Blank everything in a Sentry event that could hold somebody's words."""
    for error in event.get("exception", {}).get("values", []):
        error["value"] = ""
    for part in ("request", "breadcrumbs", "extra", "user", "logentry", "message"):
        event.pop(part, None)  # type: ignore[misc]
    event.setdefault("tags", {})["request_id"] = request_id.get()
    return event


logger = logging.getLogger("solacore")
