"""The whole account, over all floors: taken along as one file, or deleted."""

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from ninja import Router, Schema

import accounts.selectors
import accounts.services.users
import billing.selectors
import billing.services.customers
import learn.selectors.cards
import learn.selectors.reviews
import learn.selectors.sessions
import learn.selectors.settings
import learn.services.sessions
import solve.selectors.exports
import solve.services.sessions
from accounts import limits
from accounts.auth import SIGNED_IN, ApiRequest
from accounts.errors import UserNotFound
from accounts.models import User
from accounts.rules import cookies
from solacore.kit import answerlog, downloads
from solacore.kit.http import to_json
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread

router = Router(tags=["account"], auth=SIGNED_IN)

# Each floor tells what it keeps of somebody; models it leaves out are named, with the reason,
# in solacore/tests/test_account.py.
EXPORTS = [
    accounts.selectors.export,
    billing.selectors.export,
    solve.selectors.exports.account,
    learn.selectors.sessions.account,
    learn.selectors.cards.account,
    learn.selectors.reviews.account,
    learn.selectors.settings.account,
]


class ExportOut(Schema):
    """Every list holds all there is; fields are the contract's (1.9) and more."""

    exported_at: datetime
    user: dict[str, Any]
    identities: list[dict[str, Any]]
    devices: list[dict[str, Any]]
    active_sessions: list[dict[str, Any]]
    subscription: dict[str, Any] | None
    entitlements: list[dict[str, Any]]
    stripe_customers: list[dict[str, Any]]
    store_events: list[dict[str, Any]]
    usage: list[dict[str, Any]]
    spending: list[dict[str, Any]]
    solve_sessions: list[dict[str, Any]]
    solve_profiles: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    step_history: list[dict[str, Any]]
    check_ins: list[dict[str, Any]]
    analytics_events: list[dict[str, Any]]
    learn_sessions: list[dict[str, Any]]
    learn_messages: list[dict[str, Any]]
    cards: list[dict[str, Any]]
    reviews: list[dict[str, Any]]
    concepts: list[dict[str, Any]]
    learner_settings: list[dict[str, Any]]
    calendar_feeds: list[dict[str, Any]]


@router.get("/export", response=ExportOut)
async def export_account(request: ApiRequest) -> StreamingHttpResponse:
    """Give me everything that is mine, as one JSON file."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    file = await in_thread(export)(user_id=who.user_id, now=timezone.now())
    return downloads.respond(file, name="solacore-export.json", content_type="application/json")


@router.delete("", response={204: None})
async def delete_account(request: ApiRequest) -> HttpResponse:
    """Delete my account and everything in it, at once and for good."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    answers = await in_thread(erase)(user_id=who.user_id, now=timezone.now())
    await answerlog.shared().forget(answers)
    response = HttpResponse(status=204)
    cookies.clear(response, domain=settings.COOKIE_DOMAIN)
    return response


def export(*, user_id: UUID, now: datetime) -> IO[bytes]:
    """Write everything somebody owns to a file and return it, at its beginning.

    One moment of the database (REPEATABLE READ), read in batches: memory does not grow with
    the account, and no connection is held while the reader reads. Raises UserNotFound.
    """
    file = downloads.spool()
    with transaction.atomic():
        if not connection.savepoint_ids:  # tests have opened one already
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        file.write(b'{"exported_at":' + to_json(now))
        for floor in EXPORTS:
            for name, section in floor(user_id):
                file.write(b"," + to_json(name) + b":")
                _write(file, section)
        file.write(b"}")
    file.seek(0)
    return file


@transaction.atomic
def erase(*, user_id: UUID, now: datetime) -> list[UUID]:
    """Delete somebody on every floor; return the answers whose text may stand in Redis still.

    One transaction, in which Stripe's part and the farewell are queued: a crash at any point
    leaves all or nothing, and the call can be made again. Raises UserNotFound.
    """
    if not User.objects.select_for_update().filter(pk=user_id):
        raise UserNotFound
    answers = solve.services.sessions.erase_all(user_id=user_id, now=now)
    answers += learn.services.sessions.erase_all(user_id=user_id, now=now)
    billing.services.customers.erase(user_id=user_id)
    accounts.services.users.erase(user_id=user_id, now=now)
    return answers


def count(*, user_id: UUID) -> dict[str, int]:
    """Return how many things of each kind an export would hold."""
    sections = (section for floor in EXPORTS for section in floor(user_id))
    return {
        name: sum(1 for _ in section) for name, section in sections if isinstance(section, Iterator)
    }


def _write(file: IO[bytes], section: Any) -> None:
    if not isinstance(section, Iterator):
        file.write(to_json(section))
        return
    joint = b"["
    for row in section:
        file.write(joint + to_json(row))
        joint = b","
    file.write(b"[]" if joint == b"[" else b"]")
