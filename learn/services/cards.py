"""Cards: proposed, accepted, made, changed, gone. Grades are in ``reviews``."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from learn import errors, limits
from learn.models import Card, CardState, LearnMessage
from learn.rules import memory, proposals
from learn.rules.cards import NewCard, question_key

EDITABLE = ("question", "answer", "concept", "state")


@transaction.atomic
def propose(*, answer: LearnMessage, text: str, topic: str, now: datetime) -> int:
    """Keep the cards a coach wrote into an answer, for its learner to accept; return how many.

    A card belongs to the concept the coach named for it, else to the topic. A question the
    learner has already, in whatever state, is not proposed again.
    """
    found = proposals.read(text)
    if not found:
        return 0
    user_id = answer.session.user_id
    known, room = _held(user_id)
    asked = {"session_id": answer.session_id, "source": answer, "state": CardState.PROPOSED}
    cards = [
        _new(user_id, NewCard(each.question, each.answer, each.concept or topic), now, **asked)
        for each in found
        if question_key(each.question) not in known
    ]
    return len(Card.objects.bulk_create(cards[:room]))


@transaction.atomic
def create(*, user_id: UUID, question: str, answer: str, concept: str, now: datetime) -> Card:
    """Make a card; it is due at once. Raises TooManyCards."""
    one_at_a_time(user_id)
    if Card.objects.owned_by(user_id).count() >= limits.CARDS:
        raise errors.TooManyCards
    card = _new(user_id, NewCard(question, answer, concept), now)
    card.save(force_insert=True)
    return card


@transaction.atomic
def change(*, card_id: UUID, user_id: UUID, changes: Mapping[str, Any]) -> Card:
    """Edit a card, accept it, set it aside or take it up again. Raises CardNotFound."""
    card = lock(card_id, user_id)
    for name in EDITABLE:
        if changes.get(name) is not None:
            setattr(card, name, changes[name])
    card.save(update_fields=[*EDITABLE, "updated_at"])
    return card


def delete(*, card_id: UUID, user_id: UUID) -> None:
    """Delete a card and its history. Raises CardNotFound."""
    deleted, _ = Card.objects.owned_by(user_id).filter(pk=card_id).delete()
    if not deleted:
        raise errors.CardNotFound


@transaction.atomic
def accept(*, user_id: UUID, ids: Sequence[UUID], now: datetime) -> tuple[list[UUID], list[UUID]]:
    """Accept proposals; return (those being learned now, those that are no proposal of theirs).

    One accepted before is accepted: the same call twice is one. One set aside stays so.
    """
    mine = Card.objects.owned_by(user_id).filter(pk__in=ids)
    mine.filter(state=CardState.PROPOSED).update(state=CardState.ACTIVE, updated_at=now)
    active = set(mine.active().values_list("pk", flat=True))
    wanted = list(dict.fromkeys(ids))
    return [pk for pk in wanted if pk in active], [pk for pk in wanted if pk not in active]


@transaction.atomic
def add(*, user_id: UUID, cards: Sequence[NewCard], now: datetime) -> list[str]:
    """Make many cards, due at once; return for each "", or why not: "duplicate", "limit".

    A question somebody has already, or twice among these, is a duplicate. Two calls at once
    wait for each other.
    """
    known, room = _held(user_id)
    made: list[Card] = []
    outcomes = []
    for new in cards:
        key = question_key(new.question)
        outcome = "duplicate" if key in known else "" if len(made) < room else "limit"
        if not outcome:
            known.add(key)
            made.append(
                _new(user_id, new, now + timedelta(microseconds=len(made)))
            )  # in their order
        outcomes.append(outcome)
    Card.objects.bulk_create(made, batch_size=1000)
    return outcomes


def _new(user_id: UUID, new: NewCard, now: datetime, **more: Any) -> Card:
    card = Card(
        user_id=user_id, question=new.question, answer=new.answer, concept=new.concept, **more
    )
    card.memory = memory.fresh(now)
    return card


def _held(user_id: UUID) -> tuple[set[str], int]:
    """Return the questions somebody has, and how many cards more they may; nobody else adds now."""
    one_at_a_time(user_id)
    questions = list(Card.objects.owned_by(user_id).values_list("question", flat=True))
    return {question_key(each) for each in questions}, max(0, limits.CARDS - len(questions))


def one_at_a_time(user_id: UUID) -> None:
    """Wait until nobody else adds cards to this account; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"cards:{user_id}"]
        )


def lock(card_id: UUID, user_id: UUID) -> Card:
    """Return somebody's own card, locked. Raises CardNotFound."""
    card = Card.objects.owned_by(user_id).select_for_update().filter(pk=card_id).first()
    if card is None:
        raise errors.CardNotFound
    return card
