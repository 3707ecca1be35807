"""What a learner's calendar shows of the next days: how many cards, which days for lessons.

Never what a card or a lesson is about: a calendar is shown to colleagues and synced to others'
machines.
"""

from datetime import datetime, timedelta

from django.conf import settings as house

from learn import errors
from learn.models import CalendarFeed, LearnSession
from learn.rules import ics
from learn.rules.ics import WORDS, Event
from learn.rules.schedule import DAYS
from learn.rules.steps import Status
from learn.selectors import reviews, settings
from solacore.kit.mail import language_of

LESSONS = 500


def feed(*, token: str, now: datetime) -> str:
    """Return the calendar behind a secret. Raises CalendarNotFound."""
    found = (
        CalendarFeed.objects.select_related("user")
        .filter(digest=ics.digest(token), user__is_active=True)
        .first()
    )
    if found is None:
        raise errors.CalendarNotFound
    title, cards, lesson = WORDS[language_of(found.user.locale)]
    link = f"{house.FRONTEND_URL}/learn"
    days = reviews.forecast(user_id=found.user_id, now=now)
    events = [
        Event(f"cards:{found.user_id}", day, cards.format(count), f"{link}/reviews")
        for day, count in days.items()
        if count
    ]
    calendar = settings.of(found.user_id).calendar
    completed = LearnSession.objects.owned_by(found.user_id).filter(
        status=Status.COMPLETED, completed_at__gte=now - timedelta(days=max(DAYS) + 1)
    )
    rows = completed.order_by("-completed_at", "pk").values_list("pk", "review_schedule")
    for pk, schedule in rows[:LESSONS]:
        for moment in (schedule or {}).values():
            day = calendar.day_of(datetime.fromisoformat(moment))
            if day in days:
                events.append(Event(f"lesson:{pk}", day, lesson, f"{link}/{pk}"))
    return ics.feed(title, events, now=now)
