"""What happened, kept for the product's own questions; never what was said."""

from solve.models import AnalyticsEvent, SolveSession


def record(session: SolveSession, event_type: str, **payload: str | None) -> None:
    """Add one event to the running transaction."""
    AnalyticsEvent.objects.create(
        user_id=session.user_id, session=session, event_type=event_type, payload=payload
    )
