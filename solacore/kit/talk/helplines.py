"""Whom to call, in words and as data. Works with the database away: the file is the fallback.

Staff may edit the rows (``Helpline``). A process remembers them for five minutes and never
waits for them: ``refresh`` reads them anew where a database thread is at hand.
"""

import logging
import time
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import Error

logger = logging.getLogger(__name__)

FILE = Path(__file__).resolve().parents[3] / "templates" / "helplines.toml"
REMEMBERED_SECONDS = 300.0
FRESH = timedelta(days=180)
ANYWHERE = "ZZ"
ALWAYS = ("US", "ES")  # the clients read these two (contract 3.4, B16)
MAX_COUNTRIES = 4
FIELDS = (
    "country",
    "languages",
    "name",
    "phone",
    "sms",
    "url",
    "hours",
    "source",
    "verified_on",
    "position",
)
# Where a language's speakers mostly are, for people whose country is not known.
_LIKELY = {
    "en": ("US", "GB", "CA", "AU"), "zh": ("CN", "HK", "TW", "SG"), "es": ("ES", "US", "MX", "AR"),
    "fr": ("FR", "CA", "CH"), "de": ("DE", "AT", "CH"), "pt": ("BR", "PT"), "ja": ("JP",),
    "ko": ("KR",), "ru": ("RU",), "ar": ("EG", "LB"), "hi": ("IN",),
}  # fmt: skip
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


@dataclass(frozen=True, slots=True)
class Line:
    """One helpline, as the table and the file both have it."""

    country: str
    languages: tuple[str, ...]
    name: str
    phone: str
    sms: str
    url: str
    hours: str
    source: str
    verified_on: date | None  # when somebody last looked it up at its source
    position: int

    @property
    def number(self) -> str:
        return self.phone or self.sms or self.url

    def as_dict(self) -> dict[str, object]:
        return {
            **{name: getattr(self, name) for name in ("country", "name", "phone", "sms", "url", "hours")},
            "languages": list(self.languages),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Help:
    """What somebody at risk is shown. ``resources``: country -> number, always US and ES."""

    text: str
    resources: Mapping[str, str]
    lines: list[dict[str, object]] = field(default_factory=list)


class _Memory:
    lines: tuple[Line, ...] = ()
    read_at = float("-inf")


def card(*, language: str, country: str | None) -> Help:
    """Return the help card in ``language`` for ``country`` (ISO alpha-2, None: not known).

    By country, else by language, else international. Never raises, never waits.
    """
    short = language[:2].lower()
    words = _words(language)
    known = _current()
    home = (country or "").upper()
    mine = [line for line in known if line.country == home and home != ANYWHERE]
    where = (home,) if mine else _LIKELY.get(short, ALWAYS)[:MAX_COUNTRIES]
    shown = [line for place in where for line in known if line.country == place]
    shown += [line for line in known if line.country in ALWAYS and line.country not in where]
    shown += [line for line in known if line.country == ANYWHERE]
    resources = {place: _first(known, place) for place in dict.fromkeys((*ALWAYS, *where))}
    said = "\n".join(f"- {_said(line)}" for line in shown if line.country != ANYWHERE)
    text = f"{words['first']}\n{said}\n{words['elsewhere']}\n\n{words['last']}"
    return Help(text, {c: n for c, n in resources.items() if n}, [line.as_dict() for line in shown])


def done(card: Help) -> dict[str, object]:
    """Return the closing frame of an answer that is help (contract 3.4)."""
    return {
        "blocked": True,
        "reason": "CRISIS",
        "resources": dict(card.resources),
        "helplines": card.lines,
    }


def elsewhere(language: str) -> str:
    """Return the one line that says where help is to be found, wherever somebody is."""
    return _words(language)["elsewhere"]


def refresh() -> None:
    """Read the staff's rows anew. For a database thread; a database that is away changes nothing."""
    try:
        rows = list(
            apps.get_model("talk", "Helpline").objects.filter(is_active=True).values(*FIELDS)
        )
    except Error:
        logger.warning("Helplines could not be read; the file's are shown")
        return
    _Memory.lines, _Memory.read_at = tuple(_line(row) for row in rows), time.monotonic()


def keep_fresh() -> None:
    """Read the staff's rows anew if that was long ago. For a database thread."""
    if is_due():
        refresh()


def is_due() -> bool:
    """Whether the rows were read so long ago that ``refresh`` should be called."""
    return time.monotonic() - _Memory.read_at > REMEMBERED_SECONDS


def stale(lines: Iterable[Line], today: date) -> list[Line]:
    """Return the lines that nobody has looked up for more than 180 days, or ever."""
    return [line for line in lines if not _looked_up(line, today)]


def _looked_up(line: Line, today: date) -> bool:
    return line.verified_on is not None and today - line.verified_on <= FRESH


def in_force() -> tuple[Line, ...]:
    """Return the lines that are shown now: the staff's, or the file's."""
    return _current()


def seed() -> int:
    """Add the file's lines that the table lacks; return how many. Edited ones are left alone."""
    model = apps.get_model("talk", "Helpline")
    added = 0
    for line in from_file():
        values = {name: getattr(line, name) for name in FIELDS} | {
            "languages": list(line.languages)
        }
        key = {"country": values.pop("country"), "name": values.pop("name")}
        added += model.objects.get_or_create(**key, defaults=values)[1]
    return added


@cache
def from_file() -> tuple[Line, ...]:
    """Return the lines that came with the program."""
    return tuple(_line(row) for row in _file()["line"])


def _current() -> tuple[Line, ...]:
    """Return the remembered rows while they are fresh, completed by the file where they lack one."""
    if not _Memory.lines or is_due():
        return from_file()
    places = {line.country for line in _Memory.lines}
    needed = (*ALWAYS, ANYWHERE)
    return _Memory.lines + tuple(
        line for line in from_file() if line.country in needed and line.country not in places
    )


def _first(lines: Iterable[Line], country: str) -> str:
    """Return a country's number; the two that clients rely on never change (contract 3.4)."""
    fixed = {"US": "988", "ES": "717 003 717"}
    return fixed.get(country) or next((x.number for x in lines if x.country == country), "")


def _said(line: Line) -> str:
    sms = f"SMS {line.sms}" if line.sms and line.sms != line.phone else ""
    reach = ", ".join(
        part for part in (line.phone, sms, line.url if not line.phone else "") if part
    )
    hours = f" ({line.hours})" if line.hours else ""
    return f"{line.country}: {line.name}, {reach}{hours}"


def _words(language: str) -> dict[str, str]:
    cards: dict[str, dict[str, str]] = _file()["card"]
    if language.lower() in _TRADITIONAL:
        return cards["zh-hant"]
    return cards.get(language[:2].lower(), cards["en"])


def _line(row: Mapping[str, Any]) -> Line:
    values: dict[str, Any] = {name: row.get(name) for name in FIELDS}
    values["languages"] = tuple(row["languages"])
    return Line(**values)


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
