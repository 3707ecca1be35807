"""Sessions that nobody came back to: set down, with a note of where they stood."""

from datetime import datetime, timedelta

from django.db import transaction

from solve.models import Message, SolveSession
from solve.rules.steps import Status
from solve.services import sessions

AT_ONCE = 100


def abandon(*, days: int, now: datetime) -> int:
    """Abandon active sessions in which nothing was said for ``days`` days; return how many.

    A check-in that is planned stays: a conversation was left, not the step it led to.
    Two at once skip each other's; whoever is talking in this moment holds the row.
    """
    since = now - timedelta(days=days)
    count = 0
    while True:
        with transaction.atomic():
            quiet = SolveSession.objects.filter(status=Status.ACTIVE, created_at__lt=since)
            spoken = Message.objects.filter(created_at__gte=since).values("session_id")
            locked = list(
                quiet.exclude(pk__in=spoken)
                .order_by("created_at", "pk")
                .select_for_update(skip_locked=True)[:AT_ONCE]
            )
            # A message may have been kept between that look and the lock.
            awake = set(spoken.filter(session__in=locked).values_list("session_id", flat=True))
            for session in locked:
                if session.pk not in awake:
                    sessions.abandon(session, now)
                    session.save(update_fields=["status", "completed_at", "updated_at"])
                    count += 1
        if len(locked) < AT_ONCE:
            return count
