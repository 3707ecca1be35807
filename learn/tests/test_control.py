"""Answers given anew in a lesson, what was sent for them, and what they leave behind."""

import uuid

import pytest

from learn.models import Card, Concept, LearnMessage, LearnSession
from solacore.kit.llm.base import Spent
from solacore.kit.talk.models import ReferralCount

NOTE = (
    '\n[[coach {"concepts": [{"name": "Tidal bulge", "needs": ["Gravity"]}], '
    '"summary": "You know that the moon pulls.", "tool_done": true}]]'
)
CARD = "Q: What pulls the sea? / A: The moon."


@pytest.fixture
def lesson(ada):
    return ada.send("POST", "/learn").json()["session_id"]


def say(person, lesson, text, **place):
    body = {"content": text, **(place or {"step": "start"})}
    return person.send("POST", f"/learn/{lesson}/messages", body)


def again(person, lesson, message_id, **options):
    path = f"/learn/{lesson}/messages/{message_id}/regenerate"
    return person.send("POST", path, **options)


def test_note_of_the_coach_is_kept_and_never_shown(ada, lesson, say_words):
    say_words(f"The moon pulls. {CARD}", NOTE)

    reply = say(ada, lesson, "Why are there tides?", tool="feynman", step="explore")

    assert reply.text == f"The moon pulls. {CARD}"
    read = ada.send("GET", f"/learn/{lesson}").json()
    assert read["key_concepts"] == ["Tidal bulge"]
    assert read["learning_summary"] == "You know that the moon pulls."
    assert "coach" not in str(read["messages"])
    assert "feynman" in ada.send("GET", f"/learn/{lesson}/progress").json()["completed_tools"]
    assert Concept.objects.get(name="Tidal bulge").user_id == ada.id
    names = {c["name"] for c in ada.send("GET", "/learn/map").json()["concepts"]}
    assert "Tidal bulge" in names


def test_answer_without_a_note_fills_concepts_and_summary_all_the_same(ada, lesson, say_words):
    say_words("What do you know of it?")
    say(ada, lesson, "I want to understand photosynthesis. Plants turn light into sugar.")

    read = ada.send("GET", f"/learn/{lesson}").json()
    assert read["key_concepts"]
    assert "light into sugar" in read["learning_summary"]


def test_regenerate_takes_back_step_and_proposals_but_no_accepted_card(ada, lesson, say_words):
    say_words(f"Long enough to count as an answer to the step. {CARD}\nQ: Second? / A: Yes.")
    first = say(ada, lesson, "Why are there tides?").header("x-message-id")
    assert ada.send("GET", f"/learn/{lesson}").json()["current_step"] == "explore"
    kept = Card.objects.get(question="What pulls the sea?")
    ada.send("PATCH", f"/learn/cards/{kept.pk}", {"state": "active"})
    provider = say_words("Another answer that is long enough to count for the step at hand.")

    reply = again(ada, lesson, first)

    assert reply.text.startswith("Another answer")
    assert provider.asked[0].step == "start"
    assert [c.question for c in Card.objects.all()] == ["What pulls the sea?"]
    read = ada.send("GET", f"/learn/{lesson}").json()
    assert read["current_step"] == "explore"
    assert [(m["role"], m["variants"]) for m in read["messages"]] == [("user", 0), ("assistant", 1)]
    kept = ada.send("GET", f"/learn/{lesson}/messages/{read['messages'][1]['id']}/variants").json()
    assert [v["current"] for v in kept["variants"]] == [False, True]


def test_regenerate_of_the_plan_completes_the_lesson_once_more(ada, lesson, say_words):
    say_words("Come back in a few days, and keep the moon in mind when you do that.")
    last = say(ada, lesson, "Let us close", step="plan").header("x-message-id")
    assert ada.send("GET", f"/learn/{lesson}").json()["status"] == "completed"
    say_words("Another plan.")

    reply = again(ada, lesson, last)

    assert reply.events[-1].data["session_completed"] is True
    session = LearnSession.objects.get(pk=lesson)
    assert session.status == "completed"
    assert set(session.review_schedule) == {"day_1", "day_3", "day_7", "day_15", "day_30"}


def test_private_details_stay_here_and_their_owner_can_see_it(ada, lesson, monkeypatch, say_words):
    provider = say_words("Write [EMAIL_1] what you learned.")
    plain = provider.stream

    async def stream(ask):
        async for piece in plain(ask):
            yield piece
        yield Spent("anthropic", "claude-haiku-4.5", 50, 9)

    monkeypatch.setattr(provider, "stream", stream)
    reply = say(ada, lesson, "My tutor jane@example.com says tides are waves")

    assert "jane@example.com" not in str(provider.asked[0])
    assert reply.text == "Write jane@example.com what you learned."
    message_id = reply.header("x-message-id")
    told = ada.send("GET", f"/learn/{lesson}/messages/{message_id}/sent").json()
    assert told["left_the_house"] is True
    assert told["turns"][0]["content"] == "My tutor [EMAIL_1] says tides are waves"
    assert told["hidden"] == {"EMAIL": 1}
    assert LearnMessage.objects.get(pk=message_id).tokens_in == 50


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/learn/{s}/messages/{m}/regenerate"), ("GET", "/learn/{s}/messages/{m}/variants"),
     ("GET", "/learn/{s}/messages/{m}/sent"), ("POST", "/learn/{s}/messages/{m}/stop"),
     ("GET", "/learn/{s}/messages/{m}/stream")],
)  # fmt: skip
def test_somebody_elses_lesson_does_not_exist(ada, bob, lesson, say_words, method, path):
    say_words("Private.")
    message_id = say(ada, lesson, "Why are there tides?").header("x-message-id")
    before = ada.send("GET", f"/learn/{lesson}").json()
    own = bob.send("POST", "/learn").json()["session_id"]

    theirs = bob.send(method, path.format(s=lesson, m=message_id))
    unknown = bob.send(method, path.format(s=uuid.uuid4(), m=message_id))
    mixed = bob.send(method, path.format(s=own, m=message_id))

    assert theirs.status == unknown.status == mixed.status == 404
    assert theirs.code == unknown.code == "SESSION_NOT_FOUND"
    assert mixed.code == "MESSAGE_NOT_FOUND"
    assert ada.send("GET", f"/learn/{lesson}").json() == before


def test_only_the_last_answer_can_be_given_anew(ada, lesson, say_words):
    say_words("One.")
    first = say(ada, lesson, "Why are there tides?").header("x-message-id")
    say(ada, lesson, "And the sun?")

    old = again(ada, lesson, first)

    assert (old.status, old.code) == (400, "MESSAGE_NOT_LAST")
    assert not LearnMessage.objects.filter(shelved=True).exists()


def test_what_only_the_teacher_understands_brings_help_and_moves_nothing(ada, lesson, say_words):
    say_words(
        'It matters that you told me. Are you safe?\n[[coach {"at_risk": true, "summary": "x"}]]'
    )

    reply = say(ada, lesson, "the moon can have me, I have packed up being here")

    done = reply.events[-1].data
    assert (done["blocked"], done["reason"]) == (True, "CRISIS")
    assert reply.text.startswith("It matters that you told me. Are you safe?\n\n")
    assert "988" in reply.text
    session = LearnSession.objects.get(pk=lesson)
    assert (session.current_step, session.learning_summary) == ("start", None)
    assert ReferralCount.objects.get().product == "learn"
