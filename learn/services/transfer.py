"""Cards taken along and brought in."""

from datetime import datetime
from typing import IO, Any
from uuid import UUID

from learn import limits
from learn.rules import transfer
from learn.rules.cards import NewCard
from learn.rules.transfer import Format, Skipped
from learn.selectors import cards as selectors
from learn.services import cards
from solacore.kit import downloads


def export(*, user_id: UUID, format: Format) -> IO[bytes]:
    """Write somebody's cards to a file and return it; memory does not grow with them."""
    file = downloads.spool()
    for piece in transfer.write(format, selectors.to_take(user_id)):
        file.write(piece.encode())
    return file


def bring_in(*, user_id: UUID, format: Format, content: str, now: datetime) -> dict[str, Any]:
    """Make the cards of a file, due at once; say how many, and what was left out and why."""
    found: list[tuple[int, NewCard]] = []
    skipped: list[Skipped] = []
    for each in transfer.read(format, content):
        if isinstance(each, Skipped):
            skipped.append(each)
        else:
            found.append(each)
    outcomes = cards.add(user_id=user_id, cards=[card for _, card in found], now=now)
    for (line, _), reason in zip(found, outcomes, strict=True):
        if reason:
            skipped.append(Skipped(line, reason))
    skipped.sort(key=lambda each: each.line)
    return {
        "created": outcomes.count(""),
        "skipped": [
            {"line": each.line, "reason": each.reason} for each in skipped[: limits.SKIPPED_SHOWN]
        ],
        "skipped_total": len(skipped),
    }
