"""Looks at cards: graded, taken back."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from learn import errors
from learn.models import Card, CardState, LearnerSettings, Review
from learn.rules import balance, memory
from learn.rules.memory import Memory, Rating
from learn.selectors import reviews as selectors
from learn.selectors import settings
from learn.services import cards


def grade(*, card_id: UUID, user_id: UUID, rating: Rating, key: str | None, now: datetime) -> Card:
    """Say how a look at a card went; FSRS says when the next one is.

    The same key is one grade, however often it is sent. Two devices at once are two looks, one
    after the other. Raises CardNotFound, CardNotActive, GradeKeyReused.
    """
    try:
        return _grade(card_id, user_id, rating, key, now)
    except IntegrityError:  # the same key, in this very moment: it is there by now
        return _grade(card_id, user_id, rating, key, now)


@transaction.atomic
def _grade(card_id: UUID, user_id: UUID, rating: Rating, key: str | None, now: datetime) -> Card:
    card = cards.lock(card_id, user_id)
    if key is not None:
        before = Review.objects.filter(user_id=user_id, idempotency_key=key).first()
        if before is not None:
            if (before.card_id, before.rating) != (card_id, rating.value):
                raise errors.GradeKeyReused
            return card
    if card.state != CardState.ACTIVE:
        raise errors.CardNotActive(state=card.state)
    wishes = settings.of(user_id)
    known = card.memory
    card.looks += 1
    Review.objects.create(
        user_id=user_id,
        card=card,
        number=card.looks,
        rating=rating.value,
        at=now,
        predicted=memory.retrievability(known, now=now),
        before=known.packed(),
        idempotency_key=key,
    )
    card.memory = memory.grade(known, rating, now=now, retention=wishes.desired_retention)
    card.due = _balanced(card.memory, wishes, now)
    card.save()
    return card


def _balanced(known: Memory, wishes: LearnerSettings, now: datetime) -> datetime:
    """Return when a card is due once its learner's other cards and easy days are considered.

    With load balance every card may move; without it only those due on an easy day do.
    """
    if known.interval < balance.SHORTEST or not (wishes.load_balance or wishes.easy_days):
        return known.due
    calendar = wishes.calendar
    day = calendar.day_of(known.due)
    if not wishes.load_balance and balance.ease_of(day, wishes.easy_days) is None:
        return known.due
    days = balance.candidates(day, known.interval, today=calendar.day_of(now))
    if not days:
        return known.due
    loads = selectors.loads(
        user_id=wishes.user_id, calendar=calendar, first=days[0], days=len(days)
    )
    return calendar.moved(known.due, (balance.choose(day, loads, wishes.easy_days) - day).days)


@transaction.atomic
def undo(*, card_id: UUID, user_id: UUID, now: datetime) -> Card:
    """Take the last grade back: the card is as it was before, the look is marked as withdrawn.

    Only the last one: the same undo sent twice is one. Raises CardNotFound, NothingToUndo.
    """
    card = cards.lock(card_id, user_id)
    last = Review.objects.filter(card=card, number=card.looks).first()
    if last is None or last.before is None:
        raise errors.NothingToUndo
    if last.withdrawn_at is None:
        Review.objects.filter(pk=last.pk).update(withdrawn_at=now, updated_at=now)
        card.memory = Memory.unpacked(last.before)
        card.save()
    return card
