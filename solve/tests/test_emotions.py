"""The feeling a message names (contract 3.7), and what it denies."""

import pytest

from solve.rules.emotions import Emotion, detect


@pytest.mark.parametrize(
    ("text", "label", "confidence"),
    [("happy", "calm", 0.75), ("I feel lost", "confused", 0.7), ("我很焦虑", "anxious", 0.85),
     ("不知道怎么办", "confused", 0.7), ("", "neutral", 0.5), ("   ", "neutral", 0.5),
     ("The meeting is at three", "neutral", 0.5)],
)  # fmt: skip
def test_contract_examples(text, label, confidence):
    assert detect(text) == Emotion(label, confidence)


@pytest.mark.parametrize(
    ("text", "label"),
    [("I am so anxious and worried about tomorrow", "anxious"), ("I feel sad and lonely", "sad"),
     ("estoy muy preocupada", "anxious"), ("me siento sola y triste", "sad"),
     ("no sé qué hacer", "confused"), ("por fin estoy tranquilo", "calm"), ("我好难过", "sad"),
     ("有点纠结", "confused"), ("现在轻松多了", "calm"), ("I can’t sleep", "anxious")],
)  # fmt: skip
def test_feelings_in_three_languages(text, label):
    assert detect(text).label == label


@pytest.mark.parametrize(
    "text", ["not sad at all", "I'm not anxious", "no estoy triste", "不难过", "我不太焦虑",
             "never felt sad", "I am no longer worried"],
)  # fmt: skip
def test_what_is_denied_is_not_felt(text):
    assert detect(text).label == "neutral"


def test_denial_ends_with_its_clause():
    assert detect("I'm not angry, just sad").label == "sad"
    assert detect("I don't feel anxious but I am sad").label == "sad"


def test_longest_message_is_read():
    assert detect("x " * 20_000 + "sad").label == "neutral"  # past what is read
    assert detect("sad " * 10_000).confidence == 1.0
