"""What tokens cost, by model.

US dollars per million tokens in and out, the makers' standard rates without caching or batches
as of November 2026: platform.claude.com/docs/en/about-claude/pricing and
developers.openai.com/api/docs/pricing; for models no longer listed, their last price there.
OpenRouter passes the makers' prices on. A model that is not here costs LLM_PRICE_IN and
LLM_PRICE_OUT: 0 for a server of one's own.
"""

import re
from decimal import ROUND_CEILING, Decimal

from django.conf import settings

from solacore.kit.llm.base import Spent

Price = tuple[Decimal, Decimal]

# (in, out): families. A family's name stands for itself, its dated snapshots and its "latest".
_TABLE = {
    ("0.15", "0.60"): "gpt-4o-mini",
    ("2.50", "10"): "gpt-4o",
    ("2", "8"): "gpt-4.1 o3",
    ("0.40", "1.60"): "gpt-4.1-mini",
    ("0.10", "0.40"): "gpt-4.1-nano",
    ("1.25", "10"): "gpt-5",
    ("0.25", "2"): "gpt-5-mini",
    ("0.05", "0.40"): "gpt-5-nano",
    ("1.75", "14"): "gpt-5.2",
    ("2.50", "15"): "gpt-5.4",
    ("0.75", "4.50"): "gpt-5.4-mini",
    ("0.20", "1.25"): "gpt-5.4-nano",
    ("30", "180"): "gpt-5.4-pro gpt-5.5-pro",
    ("5", "30"): "gpt-5.5",
    ("1.10", "4.40"): "o3-mini o4-mini",
    ("0.25", "1.25"): "claude-3-haiku",
    ("0.80", "4"): "claude-3.5-haiku",
    ("1", "5"): "claude-haiku-4.5",
    (
        "3",
        "15",
    ): "claude-3.5-sonnet claude-3.7-sonnet claude-sonnet-4 claude-sonnet-4.5 claude-sonnet-4.6",
    ("2", "10"): "claude-sonnet-5 claude-sonnet-5.5",
    ("15", "75"): "claude-3-opus claude-opus-4 claude-opus-4.1",
    ("5", "25"): "claude-opus-4.5 claude-opus-4.6 claude-opus-5",
    ("4", "20"): "claude-opus-5.5",
}
_SNAPSHOT = re.compile(r"-(?:latest|\d{8}|\d{4}-\d{2}-\d{2})$")


def _family(model: str) -> str:
    """Return a model's name without its maker (OpenRouter), date and spelling of numbers."""
    return _SNAPSHOT.sub("", model.lower().rpartition("/")[2]).replace(".", "-")


PRICES: dict[str, Price] = {
    _family(name): (Decimal(taken), Decimal(given))
    for (taken, given), names in _TABLE.items()
    for name in names.split()
}


def price(model: str) -> Price:
    """Return what a million tokens in and out cost, in US dollars."""
    if model.endswith(":free"):  # OpenRouter's own mark
        return Decimal(0), Decimal(0)
    llm = settings.LLM
    unknown = Decimal(str(llm["llm_price_in"])), Decimal(str(llm["llm_price_out"]))
    return PRICES.get(_family(model), unknown)


def cost(spent: Spent) -> int:
    """Return what an answer cost in millionths of a US dollar, rounded up.

    Dollars per million tokens are millionths of a dollar per token.
    """
    taken, given = price(spent.model)
    exact = spent.tokens_in * taken + spent.tokens_out * given
    return int(exact.to_integral_value(rounding=ROUND_CEILING))
