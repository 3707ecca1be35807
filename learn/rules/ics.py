"""Calendars as text (RFC 5545): all-day events, a day's cards, a lesson to review."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

OCTETS = 75  # of a line, without its break (RFC 5545, 3.1)
WORDS = {
    "en": ("Solacore: review", "Cards to review: {}", "Review a lesson"),
    "zh": ("Solacore：复习", "要复习的卡片：{} 张", "复习一节课"),
    "es": ("Solacore: repaso", "Tarjetas para repasar: {}", "Repasar una lección"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something on a day. ``about`` names it for good, so that calendars know it again."""

    about: str
    day: date
    summary: str
    url: str


def feed(name: str, events: Iterable[Event], *, now: datetime) -> str:
    """Return a whole calendar."""
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Solacore//Learn//EN", "CALSCALE:GREGORIAN"),
        *("METHOD:PUBLISH", f"X-WR-CALNAME:{_escaped(name)}"),
        *("REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H"),
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uuid.uuid5(uuid.NAMESPACE_URL, f'solacore:{event.about}:{event.day}')}",
            f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(event.summary)}",
            f"URL:{event.url}",
            *("TRANSP:TRANSPARENT", "END:VEVENT"),
        ]
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def digest(token: str) -> str:
    """Return what is kept of a calendar's secret: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Return a line cut at 75 octets, never within a character."""
    pieces, size = [""], 0
    for char in line:
        width = len(char.encode())
        if size + width > OCTETS:
            pieces.append(" ")
            size = 1
        pieces[-1] += char
        size += width
    return "\r\n".join(pieces) + "\r\n"
