"""Nobody who says it is missed, in twelve languages; nobody else is interrupted (quality 118-122)."""

import sys

import pytest

from solacore.kit.talk import crisis
from solacore.tests.crisis import disguise
from solacore.tests.crisis.labelled import (
    AT_RISK,
    DATA,
    GENTLE,
    HARMLESS,
    LANGUAGES,
    lines,
    messages,
)

MUST_CATCH = (DATA / "must_catch.txt").read_text(encoding="utf-8").splitlines()
HEARD, LEFT_ALONE = 0.74, 0.95  # of a set the phrases were not made from
BEST = ("en", "es", "zh-hans", "zh-hant")


def interrupts(text, before=()):
    risk = crisis.assess(text, before)
    return risk is not None and risk.tier in ("explicit", "imminent")


def share(language, classes, right, folder="data"):
    texts = [text for kind, text, _ in messages(language, folder) if kind in classes]
    wrong = [text for text in texts if not right(text)]
    return 1 - len(wrong) / len(texts), wrong


def test_the_labelled_set_is_as_large_as_promised():
    sizes = {language: len(list(messages(language))) for language in LANGUAGES}
    assert min(sizes.values()) >= 60
    assert sum(sizes.values()) >= 1_100
    assert len(set(MUST_CATCH)) >= 200


@pytest.mark.parametrize("text", MUST_CATCH)
def test_what_must_be_caught_is_caught(text):
    assert interrupts(text), crisis.assess(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_outright_is_heard(language):
    recall, missed = share(language, AT_RISK, interrupts)
    assert recall >= (0.99 if language in BEST else 0.98), missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_hinted_is_noticed(language):
    noticed, missed = share(language, GENTLE, lambda text: crisis.assess(text) is not None)
    assert noticed >= 0.8, missed


def test_hardly_anybody_is_interrupted_for_nothing():
    texts = [t for language in LANGUAGES for kind, t, _ in messages(language) if kind in HARMLESS]
    interrupted = [text for text in texts if interrupts(text)]
    assert len(interrupted) <= 0.02 * len(texts), interrupted


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_phrases_were_made_from_stays_heard(language):
    recall, missed = share(language, AT_RISK, interrupts, "corpus")
    quiet, interrupted = share(language, HARMLESS, lambda text: not interrupts(text), "corpus")
    assert recall >= 0.94, missed
    assert quiet >= 0.97, interrupted


def test_what_strangers_wrote_is_heard_no_worse_than_it_was():
    """Floors under the measured figures (bench/README.md), not promises: nobody tunes on these."""
    heard, quiet = (
        [
            ok(text)
            for lang in LANGUAGES
            for kind, text, _ in messages(lang, "held")
            if kind in kinds
        ]
        for kinds, ok in ((AT_RISK, interrupts), (HARMLESS, lambda text: not interrupts(text)))
    )
    assert sum(heard) >= HEARD * len(heard)
    assert sum(quiet) >= LEFT_ALONE * len(quiet)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ordinary_worries_are_left_alone(language):
    tiers = [risk and risk.tier for risk in map(crisis.assess, lines(language, "ordinary"))]
    assert len(tiers) >= 150
    assert sum(tier in ("explicit", "imminent") for tier in tiers) <= 0.01 * len(tiers)
    assert tiers.count("soft") <= 0.1 * len(tiers)


@pytest.mark.parametrize("text", (DATA / "everyday.txt").read_text(encoding="utf-8").splitlines())
def test_everyday_trouble_is_not_interrupted(text):
    assert not interrupts(text)


def test_a_plan_is_imminent():
    plans = [t for language in LANGUAGES for kind, t, _ in messages(language) if kind == "plan"]
    near = [t for t in plans if (risk := crisis.assess(t)) and risk.tier == "imminent"]
    assert len(near) >= 0.9 * len(plans), set(plans) - set(near)


def _disguises():
    for name, hide in disguise.EVERYWHERE.items():
        yield from ((name, hide, language) for language in LANGUAGES)
    for name, hide in disguise.IN_LATIN.items():
        yield from ((name, hide, language) for language in disguise.LATIN)
    for name, hide in disguise.IN_CHINESE.items():
        yield from ((name, hide, language) for language in ("zh-hans", "zh-hant"))


@pytest.mark.parametrize(("name", "hide", "language"), list(_disguises()))
def test_a_disguise_hides_little(name, hide, language):
    recall, missed = share(language, AT_RISK, lambda text: interrupts(hide(text)))
    assert recall >= 0.9, (name, [hide(text) for text in missed])


@pytest.mark.parametrize(
    "pieces", [("I want", "to", "die"), ("I'm going to", "kill myself"), ("想", "自杀"), ("我不想", "活了"),
               ("quiero", "morirme"), ("k", "m", "s"), ("sui", "cidal thoughts")]
)  # fmt: skip
def test_a_phrase_in_pieces_is_heard_when_it_is_whole(pieces):
    *before, last = pieces
    assert interrupts(last, before)


def test_what_was_said_before_is_not_said_again():
    assert crisis.assess("thank you for listening", ["I want to die"]) is None


@pytest.mark.parametrize(
    "text", ["I want to 💀", "I'm going to 🔫 myself", "🔪 my wrist tonight, I want to die"]
)
def test_signs_are_words(text):
    assert interrupts(text)


def test_the_name_of_a_phrase_is_ours():
    for language in LANGUAGES:
        for _, text, _ in messages(language):
            risk = crisis.assess(text)
            assert risk is None or (risk.keyword.isascii() and risk.keyword != text)


def _work(text):
    """Count what the interpreter does: calls and lines, not seconds."""
    steps = 0

    def count(frame, event, argument):
        nonlocal steps
        steps += 1
        return count

    sys.settrace(count)
    try:
        crisis.assess(text)
    finally:
        sys.settrace(None)
    return steps


@pytest.mark.parametrize(
    "pump",
    [
        "i want to ",
        "no kill ",
        "a b ",
        "want die not ",
        "我想",
        "不想死",
        "죽고",
        "quiero no morir ",
        "x1!",
        "w.",
        "хочу не жить ",
    ],
)
def test_twice_the_length_is_twice_the_work(pump):
    crisis.assess(pump)
    short, long = (pump * (8_000 // len(pump)))[:2_000], (pump * (8_000 // len(pump) + 1))[:4_000]
    crisis.assess(short), crisis.assess(long)
    assert _work(long) < 2.6 * _work(short) + 2_000


def test_the_longest_message_is_read_to_its_end():
    assert interrupts("all is well. " * 600 + "I want to die")
