"""The built-in coach does not fall below what it has reached (bench/coach)."""

import asyncio

import pytest

from bench.coach import play as stage
from bench.coach.scores import CHECKS
from solacore.kit import llm


@pytest.fixture(scope="module")
def heard():
    async def answer(ask):
        return llm.offline_coach().answer(ask)

    async def everything():
        lines = llm.offline_coach().options_lines
        return [
            each
            for language in stage.LANGUAGES
            for talk in stage.load(language)
            for each in await stage.play(talk, answer, lines)
        ]

    return asyncio.run(everything())


def test_there_are_forty_conversations():
    assert [len(stage.load(language)) for language in stage.LANGUAGES] == [16, 12, 12]


@pytest.mark.parametrize("name", CHECKS)
def test_offline_coach_keeps_its_score(heard, name):
    missed = [
        f"{each.talk}: {each.said!r} -> {each.answer!r}" for each in heard if not CHECKS[name](each)
    ]
    assert len(missed) <= REACHED.get(name, 0), missed


REACHED: dict[str, int] = {}  # misses allowed, of over 300 answers


def test_checks_can_fail():
    """Each check says no to an answer made to fail it."""
    bad = {
        "advances": {"after": "commit"},
        "one question": {"answer": "Why? Who? When?"},
        "language": {"answer": "Te oigo decir que no puedes más y que tienes miedo."},
        "options": {"step": "reframe", "after": "options", "answer": "Look.\n\nA) one\nB) two"},
        "length": {"answer": "Hm."},
        "no diagnosis": {"answer": "It sounds like you have depression. Is that so?"},
        "no repetition": {
            "answer": "I see it. Since when is it so?",
            "earlier": ("Hm. Since when is it so?",),
        },
    }
    good = dict(
        talk="x", language="en", said="It began in March", step="clarify", wanted=("clarify",),
        after="clarify", answer="I hear you. What would you like to have instead of this?", earlier=(),
    )  # fmt: skip
    assert set(bad) == set(CHECKS)
    for name, check in CHECKS.items():
        assert check(stage.Heard(**good)), name
        assert not check(stage.Heard(**{**good, **bad[name]})), name
