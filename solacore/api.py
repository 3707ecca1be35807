"""The front door of the JSON API: routers mounted, every failure given its envelope."""

import logging
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from accounts.api.auth import features
from accounts.api.auth import router as auth_router
from accounts.api.devices import router as devices_router
from accounts.api.oauth import router as oauth_router
from accounts.api.passwords import router as passwords_router
from accounts.errors import InvalidToken
from billing.api import router as billing_router
from learn import streams as learn_streams
from learn.api.answers import router as learn_answers_router
from learn.api.calendar import router as calendar_router
from learn.api.cards import router as cards_router
from learn.api.reviews import router as reviews_router
from learn.api.sessions import router as learn_router
from learn.api.settings import router as learner_router
from solacore.account import router as account_router
from solacore.kit import errors, http
from solacore.kit.slim import refusal
from solacore.ops.health import router as health_router
from solve import streams as solve_streams
from solve.api.actions import router as actions_router
from solve.api.answers import router as answers_router
from solve.api.check_ins import router as check_ins_router
from solve.api.exports import sessions_router as exports_router
from solve.api.exports import stats_router
from solve.api.profiles import router as profiles_router
from solve.api.sessions import router as sessions_router
from solve.api.templates import router as templates_router
from webhooks.api import router as webhooks_router

logger = logging.getLogger(__name__)


class JsonParser(Parser):
    """Reads bodies as the contract has it: 422 for bad JSON, 400 for what is no text at all."""

    def parse_body(self, request: HttpRequest) -> Any:
        return http.read_json(request.body)


class JsonRenderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return http.to_json(data)


METRICS: dict[str, Any] = {
    "/health/metrics": {
        "get": {
            "operationId": "health_metrics",
            "summary": "Metrics",
            "description": "What Prometheus scrapes. Keep it inside: the proxy does not show it.",
            "tags": ["health"],
            "responses": {
                "200": {
                    "description": "Prometheus text format",
                    "content": {"text/plain": {"schema": {"type": "string"}}},
                }
            },
        }
    }
}


class Api(NinjaAPI):
    """The API, whose description also names the streams (they are not ninja's)."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        schema["paths"].update(solve_streams.OPENAPI | learn_streams.OPENAPI)
        schema["paths"].update(METRICS)
        schema["info"]["x-api-version"] = settings.APP_VERSION
        return schema


api = Api(
    title=settings.APP_NAME,
    version=settings.APP_VERSION,
    description="The backend of an assistant that helps people think.",
    docs_url="/docs",
    openapi_url="/openapi.json",
    parser=JsonParser(),
    renderer=JsonRenderer(),
    urls_namespace="api",
)
api.add_router("/auth", auth_router)
api.add_router("/auth", devices_router)
api.add_router("/auth", passwords_router)
api.add_router("/auth/oauth", oauth_router)
api.add_router("/account", account_router)
api.add_router("/sessions", exports_router)  # before it: "all" is no session's id
api.add_router("/sessions", check_ins_router)  # likewise "check-ins"
api.add_router("/sessions", sessions_router)
api.add_router("/sessions", answers_router)
api.add_router("/sessions", profiles_router)
api.add_router("/actions", actions_router)
api.add_router("/learn", cards_router)  # before it: "cards" is no session's id
api.add_router("/learn", reviews_router)
api.add_router("/learn", calendar_router)
api.add_router("/learn", learner_router)
api.add_router("/learn", learn_router)
api.add_router("/learn", learn_answers_router)
api.add_router("/stats", stats_router)
api.add_router("/api/v1/templates", templates_router)
api.add_router("/subscriptions", billing_router)
api.add_router("/webhooks", webhooks_router)
api.add_router("/health", health_router)
api.get("/config/features", tags=["config"], operation_id="config_features")(features)


@api.exception_handler(errors.DomainError)
def on_refusal(request: HttpRequest, error: errors.DomainError) -> HttpResponse:
    return refusal(error)


@api.exception_handler(AuthenticationError)
def on_no_credential(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return refusal(InvalidToken())


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return refusal(errors.NoSuchPath())


@api.exception_handler(HttpError)
def on_ninja_refusal(request: HttpRequest, error: HttpError) -> HttpResponse:
    # ninja wraps whatever the parser raises; ours is inside.
    inside = error.__cause__
    return refusal(inside if isinstance(inside, errors.DomainError) else errors.UnreadableBody())


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return refusal(errors.Invalid(fields=[_plain(field) for field in error.errors]))


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def on_database_away(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("The database is away", exc_info=error)
    return refusal(errors.Unavailable())


@api.exception_handler(Exception)
def on_surprise(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("Unhandled error", exc_info=error)
    return refusal(errors.Internal())


HEADERS = {"x_device_fingerprint": "X-Device-Fingerprint"}


def _plain(field: Any) -> dict[str, Any]:
    """Drop the names that ninja gives to bodies and query objects: clients know their fields."""
    loc = list(field["loc"])
    if len(loc) > 1 and loc[0] in ("body", "query") and loc[1] in ("body", "filters", "page"):
        del loc[1]
    loc = [HEADERS.get(str(part), part) for part in loc]
    return {"type": field["type"], "loc": loc, "msg": field["msg"]}
