"""The built-in coach, as the person on the other side meets it."""

import asyncio
import re
from pathlib import Path

import pytest

from solacore.kit.llm import mirror
from solacore.kit.llm.base import Ask, Turn
from solacore.kit.llm.offline import OfflineCoach
from solacore.kit.talk import language
from solve.rules import coach

PROMPTS = Path(__file__).resolve().parents[2] / "templates" / "prompts"
COACH = OfflineCoach(PROMPTS)
STEPS = ["receive", "clarify", "reframe", "options", "commit"]
TALKS = {
    "en": ["hi", "I can't decide about my job. My boss keeps piling work on me and I feel exhausted",
           "She gives me the projects nobody wants, because I never say no",
           "Mostly since the new project began in March", "I tried to talk to her but she brushed it off",
           "I'd tell a friend she is allowed to say no", "B", "ok, tomorrow after lunch"],
    "zh": ["你好", "我和妈妈吵架了，我很难过，因为她总是不听我说", "她总觉得我还是小孩", "从我搬出去以后就这样",
           "我试过好好说，但最后还是吵", "我会告诉朋友，妈妈只是担心", "第一个", "今晚"],
    "es": ["hola", "Me siento perdida desde que terminé la carrera", "Tengo miedo de elegir mal",
           "Llevo seis meses mandando currículums", "He probado con un orientador y no me ayudó",
           "Le diría que no tiene que decidirlo todo hoy", "la tercera", "no puedo",
           "vale, mañana por la mañana"],
}  # fmt: skip


def talk(lines):
    """Walk through a conversation by the rule; return [(step, moved, answer)]."""
    step, turns, said, spoken, heard = "receive", [], [], "en", []
    for line in lines:
        spoken = language.detect(line, spoken)
        turns.append(Turn("user", line))
        said.append(line)
        moving = coach.purpose_met(step, said)
        ask = Ask(
            "", tuple(turns), step=step, turn_in_step=len(said), moving=moving, language=spoken
        )
        answer = COACH.answer(ask)
        turns.append(Turn("assistant", answer))
        heard.append((step, moving, answer))
        if moving:
            if step == "commit":
                return heard
            step, said = STEPS[STEPS.index(step) + 1], []
    return heard


@pytest.mark.parametrize("spoken", TALKS)
def test_whole_conversation_reaches_its_end(spoken):
    heard = talk(TALKS[spoken])
    assert heard[-1][:2] == ("commit", True)
    assert [step for step, moved, _ in heard if moved] == STEPS


@pytest.mark.parametrize("spoken", TALKS)
def test_every_answer_keeps_the_manners(spoken):
    for step, moved, answer in talk(TALKS[spoken]):
        assert 1 <= len(re.findall(r"[?？]", answer)) <= 2 or (step, moved) == ("commit", True)
        assert not re.search(r"[!！]|\bAI\b|\{\w*\}", answer)
        assert language.detect(answer, "??") == spoken
        leads_to_options = (step, moved) == ("reframe", True)
        assert coach.has_options(answer) is leads_to_options
        assert len(re.findall(r"\b[A-D]\)", answer)) == (3 if leads_to_options else 0)
        if leads_to_options:
            assert [line[:2] for line in answer.split("\n")[-3:]] == ["A)", "B)", "C)"]


def test_person_is_told_what_they_said_not_what_anybody_says():
    heard = talk(TALKS["en"])
    assert "your boss keeps piling work on you" in heard[1][2].lower()
    assert "she gives you the projects nobody wants" in heard[2][2].lower()
    assert "Put it on one page" in heard[6][2]  # the B they chose
    assert "tomorrow after lunch" in heard[7][2]


def test_no_two_turns_sound_alike_and_the_same_talk_sounds_the_same():
    first, second = talk(TALKS["en"]), talk(TALKS["en"])
    assert first == second
    answers = [answer for _, _, answer in first]
    assert len(set(answers)) == len(answers)


def test_small_talk_is_answered_kindly_and_leads_back():
    for _, moved, answer in talk(["hi", "how are you?", "haha", "ok"]):
        assert not moved
        assert "?" in answer


@pytest.mark.parametrize(
    "text", ["write to jane.roe@example.org please", "call me at +34 612 345 678, I'm scared",
             "my mail is [EMAIL] and I feel lost"],
)  # fmt: skip
def test_private_details_are_not_said_back(text):
    answer = talk([text])[0][2]
    for private in ("jane.roe", "@", "612", "[EMAIL]"):
        assert private not in answer


@pytest.mark.parametrize(
    "text", ["", "😔😔😔", "…", "x" * 8000, "a. " * 2600, "A) B) C)", "?" * 500]
)
def test_odd_messages_are_answered(text):
    ask = Ask("", (Turn("user", text),), step="clarify", turn_in_step=1, language="en")
    answer = COACH.answer(ask)
    assert 10 < len(answer) < 700
    assert not re.search(r"\b[A-D]\)", answer)


def test_answer_comes_in_pieces_and_nothing_is_lost():
    ask = Ask("", (Turn("user", "我很累 and tired"),), step="clarify", language="zh")

    async def collect():
        return [piece async for piece in COACH.stream(ask)]

    pieces = asyncio.run(collect())
    assert len(pieces) > 5
    assert "".join(pieces) == COACH.answer(ask)


def test_unknown_language_is_answered_in_english():
    assert "?" in COACH.answer(Ask("", (Turn("user", "hi"),), language="xx"))
    assert COACH.notice("xx") == COACH.notice("en")


@pytest.mark.parametrize(
    ("clause", "spoken", "said"),
    [("I can't decide about my job", "en", "you can't decide about your job"),
     ("I'm lost and nobody helps me", "en", "you're lost and nobody helps you"),
     ("You know how it is", "en", None), ("nobody calls", "en", None),
     ("我很累", "zh", "你很累"), ("你说得对", "zh", None),
     ("tengo miedo de mi jefe", "es", "tienes miedo de tu jefe"),
     ("me siento mal desde que terminé", "es", None), ("llueve", "es", None)],
)  # fmt: skip
def test_words_are_turned_only_where_it_is_safe(clause, spoken, said):
    assert mirror.turned(clause, spoken) == said
