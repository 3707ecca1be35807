"""Prompts are words on disk: ``render("solve/clarify.md", step="clarify")``."""

import re
from functools import cache

from django.conf import settings

_PLACE = re.compile(r"\{\{ (\w+) \}\}")


def render(name: str, **context: str) -> str:
    """Return a prompt with its ``{{ places }}`` filled. Raises KeyError for one without a value."""
    return _PLACE.sub(lambda place: context[place[1]], _text(name)).strip()


@cache
def _text(name: str) -> str:
    return str((settings.PROMPTS_DIR / name).read_text(encoding="utf-8"))
