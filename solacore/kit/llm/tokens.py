"""How many tokens a text is, where no provider tells.

One token for each Chinese, Japanese or Korean character, one for every four other characters:
OpenAI's rule of thumb for English ("What are tokens and how to count them?", help.openai.com);
its newer vocabularies take a little less than one per Chinese character, its older ones and
others a little more. Each message adds four for its frame, the answer three for its beginning
(OpenAI's cookbook, "How to count tokens with tiktoken").
"""

import re

from solacore.kit.llm.base import Ask, Spent

FRAME, BEGINNING = 4, 3
# Han with its extensions, kana, hangul, and their punctuation and full-width forms.
_WIDE = re.compile(
    "[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)


def tokens(text: str) -> int:
    """Return the estimate for a text."""
    others = len(_WIDE.sub("", text))
    return len(text) - others + -(-others // 4)


def estimate(ask: Ask, text: str, *, provider: str, model: str) -> Spent:
    """Return what ``ask`` and the part of its answer that came are likely to have taken."""
    said = [ask.system, *(turn.content for turn in ask.turns)]
    taken = sum(tokens(part) + FRAME for part in said) + BEGINNING
    return Spent(provider, model, taken, tokens(text), exact=False)
