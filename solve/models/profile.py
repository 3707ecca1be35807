from typing import Any

from django.db import models

from solacore.kit.models import BaseModel
from solve.models.session import SolveSession
from solve.rules.profile import SCHEMA_VERSION


class SolveProfile(BaseModel):
    """What the coach remembers of a session's problem: ``solve.rules.profile`` as JSON.

    Written only through ``solve.services.profiles``; its owner can read and forget it, staff
    cannot see it.
    """

    session = models.OneToOneField(SolveSession, models.CASCADE, related_name="profile")
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    schema_version = models.PositiveSmallIntegerField(default=SCHEMA_VERSION)

    def __str__(self) -> str:
        return f"Profile of {self.session_id}"
