"""The daily letter about due cards: to who asked for it, at their hour, at most once their day."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.services import letters
from accounts.services.letters import Letter
from learn.models import LearnerSettings
from learn.selectors import reviews
from learn.services.settings import next_digest

AT_ONCE = 100
LATE = timedelta(hours=3)  # later than that it waits for their next day


def send_due(*, now: datetime) -> int:
    """Queue a letter for everybody whose hour it is and who has something due; return how many.

    Claimed, queued and put off to the next day in one transaction: two schedulers skip each
    other's, and a crash leaves all of it undone.
    """
    sent = 0
    while True:
        with transaction.atomic():
            claimed = list(
                LearnerSettings.objects.filter(digest=True, digest_next__lte=now)
                .order_by("digest_next", "pk")
                .select_for_update(skip_locked=True)[:AT_ONCE]
            )
            for learner in claimed:
                sent += _consider(learner, now)
            LearnerSettings.objects.bulk_update(claimed, ["digest_next", "digest_day"])
        if len(claimed) < AT_ONCE:
            return sent


def unsubscribe(*, token: str) -> None:
    """Send no more digests to whoever ``token`` was made for. Raises InvalidOrExpiredToken."""
    user_id = letters.read_unsubscribe(Letter.REVIEW_DIGEST, token)
    stop(user_id=user_id)


def stop(*, user_id: UUID) -> None:
    """Send somebody no more digests. Twice is once, and so is an account that is gone."""
    LearnerSettings.objects.filter(user_id=user_id).update(digest=False, digest_next=None)


def _consider(learner: LearnerSettings, now: datetime) -> bool:
    today = learner.calendar.day_of(now)
    had = learner.digest_day is not None and learner.digest_day >= today
    late = learner.digest_next is None or now - learner.digest_next > LATE
    count = 0 if had or late else reviews.remaining(learner, now=now)
    if count:
        link = f"{settings.FRONTEND_URL}/learn/reviews"
        letters.send(Letter.REVIEW_DIGEST, learner.user_id, now=now, link=link, count=count)
        learner.digest_day = today
    learner.digest_next = next_digest(learner, now)
    return count > 0
