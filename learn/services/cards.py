"""Cards: proposed, made, changed, graded, gone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from learn import errors, limits
from learn.models import Card, CardState, LearnMessage, Review
from learn.rules import memory, proposals
from learn.rules.memory import Rating

EDITABLE = ("question", "answer", "concept", "state")


def propose(*, answer: LearnMessage, text: str, topic: str, now: datetime) -> int:
    """Keep the cards a coach wrote into an answer, for its learner to accept; return how many."""
    found = proposals.read(text)
    known = memory.fresh(now)
    cards = []
    for proposal in found:
        card = Card(
            user_id=answer.session.user_id,
            session_id=answer.session_id,
            source=answer,
            question=proposal.question,
            answer=proposal.answer,
            concept=topic,
            state=CardState.PROPOSED,
        )
        card.memory = known
        cards.append(card)
    Card.objects.bulk_create(cards)
    return len(cards)


def create(*, user_id: UUID, question: str, answer: str, concept: str, now: datetime) -> Card:
    """Make a card; it is due at once. Raises TooManyCards."""
    if Card.objects.owned_by(user_id).count() >= limits.CARDS:
        raise errors.TooManyCards
    card = Card(user_id=user_id, question=question, answer=answer, concept=concept)
    card.memory = memory.fresh(now)
    card.save(force_insert=True)
    return card


@transaction.atomic
def change(*, card_id: UUID, user_id: UUID, changes: Mapping[str, Any]) -> Card:
    """Edit a card, accept it, set it aside or take it up again. Raises CardNotFound."""
    card = _lock(card_id, user_id)
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
    card = _lock(card_id, user_id)
    if key is not None:
        before = Review.objects.filter(user_id=user_id, idempotency_key=key).first()
        if before is not None:
            if (before.card_id, before.rating) != (card_id, rating.value):
                raise errors.GradeKeyReused
            return card
    if card.state != CardState.ACTIVE:
        raise errors.CardNotActive(state=card.state)
    Review.objects.create(
        user_id=user_id,
        card=card,
        rating=rating.value,
        at=now,
        predicted=memory.retrievability(card.memory, now=now),
        idempotency_key=key,
    )
    card.memory = memory.grade(card.memory, rating, now=now)
    card.save()
    return card


def _lock(card_id: UUID, user_id: UUID) -> Card:
    card = Card.objects.owned_by(user_id).select_for_update().filter(pk=card_id).first()
    if card is None:
        raise errors.CardNotFound
    return card
