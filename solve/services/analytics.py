"""What happened, kept for the product's own questions; never what was said."""

from collections.abc import Sequence

from solacore.kit.rows import insert
from solve.models import AnalyticsEvent, SolveSession


def record(session: SolveSession, event_type: str, **payload: object) -> None:
    """Add one event to the running transaction."""
    record_all(session, [(event_type, payload)])


def record_all(session: SolveSession, events: Sequence[tuple[str, dict[str, object]]]) -> None:
    """Add several events, in one statement; none for an empty list."""
    insert(
        [
            AnalyticsEvent(
                user_id=session.user_id, session=session, event_type=event_type, payload=payload
            )
            for event_type, payload in events
        ]
    )
