"""The built-in teacher: protocols that move on, wait for the lost, and use the learner's words."""

import re
import tomllib

import pytest
from django.conf import settings

from solacore.kit import llm
from solacore.kit.llm.base import Ask, Turn

FOLDER = settings.PROMPTS_DIR / "offline" / "teach"
WORDS = {
    language: tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    for language in ("en", "zh", "es")
}
STEPS = ("start", "explore", "practice", "plan")


def teach(says, method="", step="explore", language="en", **given):
    """Return the coach's answers to ``says``, one after the other."""
    turns, answers = [], []
    for number, said in enumerate(says, 1):
        turns.append(Turn("user", said))
        ask = Ask(
            system="", turns=tuple(turns), product="learn", step=step, turn_in_step=number,
            language=language, method=method, **given,
        )  # fmt: skip
        answer = llm.offline_coach().answer(ask)
        assert answer == llm.offline_coach().answer(ask)
        assert not re.search(r"\{\w+\}", answer)
        answers.append(answer)
        turns.append(Turn("assistant", answer))
    return answers


def test_three_languages_say_the_same_things():
    def shape(value):
        if isinstance(value, dict):
            return {key: shape(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [sorted(set(re.findall(r"\{\w+\}", text))) for text in value]
        return sorted(set(re.findall(r"\{\w+\}", value)))

    assert shape(WORDS["en"]) == shape(WORDS["zh"]) == shape(WORDS["es"])


@pytest.mark.parametrize("step", STEPS)
def test_steps_have_four_turns_of_their_own(step):
    says = ["How do tides work?", "The moon pulls the water", "The earth turns", "The sun helps"]
    answers = teach(says, step=step)
    assert len(set(answers)) == 4
    assert "The moon pulls the water" in answers[1] + answers[0] or step == "plan"


def test_grow_goes_its_four_letters_and_ends_in_the_learners_plan():
    says = [
        "How do tides work?",
        "I want to explain tides to my sister",
        "I can explain the moon but not the second bulge",
        "I would draw a picture for her",
        "On Sunday at 10 am",
    ]
    answers = teach(says, "grow")
    for answer, letter in zip(answers, ("Goal", "Reality", "Options", "Will"), strict=False):
        assert answer.startswith(f"**{letter}.**")
    assert "Plan: On Sunday, at 10 am, ten minutes: “I would draw a picture for her”" in answers[4]


def test_protocol_waits_for_somebody_who_is_lost():
    says = ["How do tides work?", "no idea", "I want to explain tides", "I know the moon pulls"]
    answers = teach(says, "grow")
    assert [re.match(r"\*\*(\w+)", a)[1] for a in answers] == ["Goal", "Goal", "Reality", "Options"]
    assert answers[0] != answers[1]


@pytest.mark.parametrize(
    ("said", "gap"),
    [
        ("Somehow the water goes up because of the moon", "the word “Somehow”"),
        ("The water goes up near the moon", "the why behind"),
        ("Water rises because gravity pulls, for example at the coast", "what “"),
    ],
)
def test_feynman_names_what_is_missing_in_their_words(said, gap):
    answer = teach(["How do tides work?", said], "feynman")[1]
    (bold,) = re.findall(r"\*\*(.+?)\*\*", answer)
    assert bold.startswith(gap)
    assert said in answer


def test_feynman_names_no_gap_twice_in_a_row():
    said = "The water goes up near the moon"
    answers = teach(["How do tides work?", said, said, said], "feynman")
    gaps = [re.findall(r"\*\*(.+?)\*\*", answer) for answer in answers[1:]]
    assert len({gap for (gap,) in gaps}) == 3


def test_interleaving_uses_an_earlier_topic_of_theirs():
    first = teach(["How do tides work?"], "interleaving", earlier=("What is compound interest?",))
    assert "“compound interest”" in first[0]
    assert "“cooking" in teach(["How do tides work?"], "interleaving")[0]


def test_pictures_hold_their_terms_and_no_markup_of_theirs():
    says = [
        "How do tides work?",
        'The moon "]; pulls the `water` of the {ocean}',
        "The earth turns",
    ]
    answers = teach(says, "dual_coding")
    assert "[ moon ] --> [ water ] --> [ ocean ] --> [ ? ]" in answers[1]
    assert answers[2].count("```") == 2
    assert re.search(r'T\["tides"\] --> N0\["\w+"\]', answers[2])


def test_cards_come_from_their_sentences_and_are_not_repeated():
    says = ["How do tides work?", "It rises because the moon pulls the water", "The earth turns once a day", "ok then, the coast passes a bulge"]  # fmt: skip
    answers = teach(says, "spaced")
    assert "Q:" not in answers[0]
    assert "Q: Why does this hold: “It rises”?\nA: the moon pulls the water" in answers[1]
    quizzed = re.search(r"^Q: (.+)$", answers[1], re.M)[1]
    assert quizzed in answers[2]
    assert "A:" not in answers[2]
    cards = [q for answer in answers for q in re.findall(r"^Q: .+$", answer, re.M)]
    assert len(cards) == len(set(cards)) >= 5


def test_topic_is_known_when_the_first_turn_no_longer_is():
    late = Ask(
        system="", turns=(Turn("user", "no idea"),), product="learn", step="explore",
        turn_in_step=30, method="pareto", topic="How do tides work?",
    )  # fmt: skip
    assert "tides" in llm.offline_coach().answer(late)


@pytest.mark.parametrize("said", ["", "?", "…", "{topic} {evil}", "x" * 4_000, "我" * 4_000])
@pytest.mark.parametrize("method", ["", *(k for k in WORDS["en"] if "turns" in WORDS["en"][k])])
def test_odd_words_are_answered(method, said):
    step = method if method in STEPS else "explore"
    ask = Ask(
        system="", turns=(Turn("user", said), Turn("assistant", "x"), Turn("user", said)),
        product="learn", step=step, turn_in_step=2, method="" if method in STEPS else method,
    )  # fmt: skip
    answer = llm.offline_coach().answer(ask)
    assert 20 < len(answer) < 2_000
