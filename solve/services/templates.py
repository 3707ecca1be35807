"""The coach's roles, as words on disk."""

import tomllib

from django.conf import settings

from solve.models import PromptTemplate


def seed() -> int:
    """Add the roles of ``prompts/roles.toml`` that are missing; return how many were.

    A role that staff have edited is left alone.
    """
    text = (settings.PROMPTS_DIR / "roles.toml").read_text(encoding="utf-8")
    added = 0
    for role in tomllib.loads(text)["roles"]:
        name = role.pop("role_name")
        _, made = PromptTemplate.objects.get_or_create(role_name=name, defaults=role)
        added += made
    return added
