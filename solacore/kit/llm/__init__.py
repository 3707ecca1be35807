"""Language models: one door. ``get_provider().stream(ask)`` answers, whatever is configured."""

from functools import cache

from django.conf import settings

from solacore.kit.llm import tokens
from solacore.kit.llm.anthropic import Anthropic
from solacore.kit.llm.base import Ask, Provider, ProviderUnavailable, Spent, Turn
from solacore.kit.llm.guard import CHARACTERS_PER_TOKEN
from solacore.kit.llm.offline import OfflineCoach
from solacore.kit.llm.openai import OpenAI
from solacore.kit.llm.patient import Patient

__all__ = [
    "Ask",
    "Provider",
    "ProviderUnavailable",
    "Spent",
    "Turn",
    "configured",
    "estimate",
    "get_provider",
    "offline_coach",
]


@cache
def offline_coach() -> OfflineCoach:
    """Return the built-in coach: the embedded default, and the last resort."""
    return OfflineCoach(settings.PROMPTS_DIR, pause=settings.LLM["offline_pause"])


@cache
def configured() -> tuple[Provider, ...]:
    """Return the providers that have a key: the chosen one first, the others behind it."""
    llm = settings.LLM
    common = {"max_tokens": llm["llm_max_tokens"], "timeout": llm["llm_timeout"]}
    made: dict[str, Provider] = {}
    if key := llm["openai_api_key"].get_secret_value():
        made["openai"] = OpenAI(
            "openai", llm["openai_base_url"], key, model=llm["llm_model"], **common
        )
    if key := llm["anthropic_api_key"].get_secret_value():
        chosen = llm["llm_provider"] == "anthropic" and llm["llm_model"].startswith("claude")
        model = llm["llm_model"] if chosen else llm["anthropic_model"]
        made["anthropic"] = Anthropic(llm["anthropic_base_url"], key, model=model, **common)
    if key := llm["openrouter_api_key"].get_secret_value():
        headers = {"HTTP-Referer": llm["openrouter_referer"], "X-Title": llm["openrouter_app_name"]}
        made["openrouter"] = OpenAI(
            "openrouter",
            llm["openrouter_base_url"],
            key,
            model=llm["llm_model"],
            headers={name: value for name, value in headers.items() if value},
            **common,
        )
    if llm["llm_provider"] == "offline":
        return ()
    order = sorted(made, key=lambda name: name != llm["llm_provider"])
    return tuple(made[name] for name in order)


@cache
def get_provider() -> Provider:
    """Return what answers: the configured models in order, the offline coach last."""
    coach: Provider = offline_coach()
    if not configured():
        return coach
    return Patient(
        configured(),
        offline_coach(),
        first_piece=settings.LLM["llm_first_piece_timeout"],
        total=settings.LLM["llm_total_timeout"],
        max_characters=settings.LLM["llm_max_tokens"] * CHARACTERS_PER_TOKEN,
    )


def estimate(ask: Ask, text: str) -> Spent | None:
    """Return what an answer is likely to have taken that was stopped after ``text``.

    A stopped answer's provider cannot tell any more; the first one configured is taken to have
    answered. None when no model is configured: the offline coach takes nothing.
    """
    if not configured():
        return None
    first = configured()[0]
    model = str(getattr(first, "model", first.name))
    return tokens.estimate(ask, text, provider=first.name, model=model)
