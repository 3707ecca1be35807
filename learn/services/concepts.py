"""Concepts a coach names: kept once for each learner, however often and however written."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from learn import limits
from learn.models import Concept
from learn.rules.concepts import NamedConcept, clean, joined, key_of


@transaction.atomic
def name(
    *, user_id: UUID, session_id: UUID | None, concepts: Sequence[NamedConcept], now: datetime
) -> int:
    """Keep what a coach named in a lesson, with what each rests on; return how many were new.

    The same call twice is one; prerequisites add up. Names that are empty are left out, and so
    is what goes beyond CONCEPTS_AT_ONCE or the account's CONCEPTS.
    """
    named: dict[str, NamedConcept] = {}
    for each in concepts[: limits.CONCEPTS_AT_ONCE]:
        if key := key_of(clean(each.name)):
            before = named.get(key)
            more = (*before.prerequisites, *each.prerequisites) if before else each.prerequisites
            named[key] = NamedConcept(before.name if before else clean(each.name), more)
    mine = Concept.objects.owned_by(user_id)
    known = set(mine.filter(key__in=named).values_list("key", flat=True))
    room = max(0, limits.CONCEPTS - mine.count())
    fresh = sorted(named.keys() - known)[:room]  # in one order for all, so that none wait in a ring
    Concept.objects.bulk_create(
        [
            Concept(user_id=user_id, session_id=session_id, name=named[key].name, key=key)
            for key in fresh
        ],
        ignore_conflicts=True,
    )
    held = list(mine.filter(key__in=named).order_by("key").select_for_update())
    for concept in held:
        more = named[concept.key].prerequisites
        concept.prerequisites = joined(concept.name, concept.prerequisites, more)
        concept.updated_at = now
    Concept.objects.bulk_update(held, ["prerequisites", "updated_at"])
    return len(fresh)
