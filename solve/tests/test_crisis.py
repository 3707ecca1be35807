"""Nobody who says it outright is missed; nobody who does not is interrupted."""

import pytest

from solacore.kit.talk import crisis, helplines

CAUGHT = """
I want to die|i wanna die|quiero morir|sometimes I think about SUICIDE|I'm having suicidal thoughts
I want to end it all|I can’t go on|I can't go on like this|kms|I want to unalive myself
Ｉ ｗａｎｔ ｔｏ ｄｉｅ|I want to kill my self|I keep thinking about killing myself|I feel suicidal
they would be better off without me|there is no reason to live|I don't want to live anymore
I wish I was dead|I have been cutting myself|I started self-harming again|I want to d\u200bie
我想自杀|我不想活了|我想死|活着没意思|想轻生|自鲨|我割腕了|烧炭|活不下去了|我想自殺|死了算了
quiero matarme|pienso en el suicidio|no quiero vivir más|acabar con todo|quitarme de en medio
quiero quitarme la vida|je veux mourir|j'en peux plus, je veux en finir|ich will sterben
ich will nicht mehr leben|quero morrer|死にたい|죽고싶다|хочу умереть|أريد أن أموت|मरना चाहता हूँ
"""
LET_BE = """
The deadline is killing my weekend plans|this deadline is killing me|I am dying to see you
We watched Suicide Squad|I don't want to die|I would never kill myself|笑死我了|累死了
me muero de risa|I work in suicide prevention|the hero of the film wants to die|饿死了|我想死你了
I could kill for a coffee|my phone died|she said he wants to die in the movie|no quiero morir
I can't go on holiday this year|我不想活动|I want to diet|I cut my finger|hello|The meeting is at three
The Virgin Suicides is a good book|kill two birds with one stone|I hurt my knee|热死了|不是想死
"""


def lines(block):
    return [text for line in block.strip().splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", lines(CAUGHT))
def test_said_outright_is_caught(text):
    risk = crisis.assess(text)
    assert risk is not None
    assert risk.tier in ("explicit", "imminent")
    assert risk.keyword not in ("", text)


@pytest.mark.parametrize("text", lines(LET_BE))
def test_harmless_words_interrupt_nobody(text):
    assert not crisis.is_at_risk(text)


@pytest.mark.parametrize("language", ["en", "zh", "es", "xx"])
def test_help_names_whom_to_call(language):
    words = helplines.card(language=language, country=None).text
    assert "988" in words
    assert "717 003 717" in words


def test_longest_message_is_read_to_its_end():
    assert crisis.assess("all is well. " * 600 + "I want to die") is not None
    assert crisis.assess("want to " * 1000) is None
