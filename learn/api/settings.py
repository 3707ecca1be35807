"""How I want to learn."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import AfterValidator, Field

from accounts.auth import SIGNED_IN, ApiRequest
from learn import limits
from learn.rules.balance import Ease
from learn.rules.days import zones
from learn.rules.memory import MAX_RETENTION, MIN_RETENTION
from learn.selectors import settings as selectors
from learn.services import settings
from solacore.kit.http import Text, json_response
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread

router = Router(tags=["learn"], auth=SIGNED_IN)


def _zone(name: str) -> str:
    if name not in zones():
        raise ValueError("must be a name of the IANA time zone database, like Europe/Madrid")
    return name


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
PerDay = Annotated[int, Field(ge=0, le=limits.PER_DAY)]
Hour = Annotated[int, Field(ge=0, le=23)]
Retention = Annotated[float, Field(ge=MIN_RETENTION, le=MAX_RETENTION)]


class SettingsOut(Schema):
    """``reviews_per_day`` and ``new_per_day``: null is no limit. Days begin at
    ``day_starts_at`` o'clock in ``time_zone``; ``digest`` is the daily letter at
    ``digest_hour``."""

    reviews_per_day: int | None
    new_per_day: int | None
    easy_days: dict[Weekday, Ease]
    load_balance: bool
    desired_retention: float
    time_zone: str
    day_starts_at: int
    digest: bool
    digest_hour: int


class SettingsIn(Schema):
    """Only what is sent changes; ``easy_days`` is sent whole."""

    reviews_per_day: PerDay | None = None
    new_per_day: PerDay | None = None
    easy_days: dict[Weekday, Ease] = Field(default_factory=dict)
    load_balance: bool = False
    desired_retention: Retention = 0.9
    time_zone: Annotated[Text, Field(max_length=64), AfterValidator(_zone)] = "UTC"
    day_starts_at: Hour = 4
    digest: bool = False
    digest_hour: Hour = 8


@router.get("/settings", response=SettingsOut)
async def read(request: ApiRequest) -> HttpResponse:
    """Show how I want to learn."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return json_response(selectors.shown(await in_thread(selectors.of)(who.user_id)))


@router.patch("/settings", response=SettingsOut)
async def change(request: ApiRequest, body: SettingsIn) -> Any:
    """Change how I want to learn; what is not sent stays."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return await in_thread(settings.change)(
        user_id=who.user_id, changes=body.model_dump(exclude_unset=True), now=timezone.now()
    )
