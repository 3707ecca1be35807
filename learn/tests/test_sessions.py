"""Lessons over the wire: the contract's paths, streams that survive, other people's things."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learn.models import LearnMessage, LearnSession
from learn.rules import path
from learn.rules.methods import METHODS
from solacore.kit import llm
from solacore.kit.llm.base import Ask, Turn
from solacore.kit.mail import LANGUAGES

LONG = "Tides come from the pull of the moon and the sun on the water of the oceans. "


def begin(person, mode="quick"):
    return person.send("POST", f"/learn?mode={mode}").json()["session_id"]


def say(person, lesson, text="How do tides work?", **named):
    body = {"content": text, **(named or {"step": "start"})}
    return person.send("POST", f"/learn/{lesson}/messages", body)


def read(person, lesson):
    return person.send("GET", f"/learn/{lesson}").json()


class TestTalk:
    def test_step_is_stored_before_the_client_hears_of_it(self, ada, say_words):
        say_words(LONG)
        lesson = begin(ada)
        done = say(ada, lesson).events[-1].data
        assert (done["next_step"], done["step_completed"]) == ("explore", True)
        assert read(ada, lesson)["current_step"] == "explore"
        reached = ada.send("PATCH", f"/learn/{lesson}", {"current_step": "explore"})
        assert reached.status == 200

    def test_short_answer_completes_no_step(self, ada, say_words):
        say_words("Short.")
        lesson = begin(ada)
        assert say(ada, lesson).events[-1].data["step_completed"] is False
        assert read(ada, lesson)["current_step"] == "start"

    def test_last_step_completes_with_all_of_the_path_done(self, ada, say_words):
        say_words(LONG)
        lesson = begin(ada)
        assert say(ada, lesson, step="plan").events[-1].data["session_completed"] is True
        found = read(ada, lesson)
        assert list(found["review_schedule"]) == ["day_1", "day_3", "day_7", "day_15", "day_30"]
        progress = ada.send("GET", f"/learn/{lesson}/progress").json()
        assert progress["progress_percentage"] == 100
        assert progress["completed_tools"] == progress["tool_plan"]

    def test_completion_by_patch_makes_the_schedule_too(self, ada):
        lesson = begin(ada)
        ada.send("PATCH", f"/learn/{lesson}", {"status": "completed"})
        found = read(ada, lesson)
        due = timezone.datetime.fromisoformat(found["review_schedule"]["day_30"])
        completed = timezone.datetime.fromisoformat(found["completed_at"])
        assert due - completed == timedelta(days=30)

    def test_model_is_told_method_topic_history_and_other_topics(self, ada, say_words):
        model = say_words(LONG)
        say(ada, begin(ada), "Sourdough bread")
        lesson = begin(ada)
        say(ada, lesson, "How do tides work?")
        say(ada, lesson, "The moon pulls", tool="feynman")
        ask = model.asked[-1]
        assert "Feynman" in ask.system
        assert "How do tides work?" in ask.system
        assert "Sourdough bread" in ask.system
        assert [turn.role for turn in ask.turns] == ["user", "assistant", "user"]
        assert (ask.product, ask.method, ask.turn_in_step) == ("learn", "feynman", 1)

    def test_text_is_kept_as_typed_and_shielded_on_its_way_out(self, ada, say_words):
        model = say_words(LONG)
        lesson = begin(ada)
        say(ada, lesson, "Write to me at ada@example.com about it")
        assert "ada@example.com" not in json.dumps([t.content for t in model.asked[-1].turns])
        assert "ada@example.com" not in model.asked[-1].system
        assert (
            read(ada, lesson)["messages"][0]["content"] == "Write to me at ada@example.com about it"
        )

    def test_somebody_at_risk_is_helped(self, ada, say_words):
        model = say_words(LONG)
        lesson = begin(ada)
        done = say(ada, lesson, "I want to kill myself").events[-1].data
        assert (done["blocked"], done["reason"]) == (True, "CRISIS")
        assert {"US", "ES"} <= set(done["resources"])
        assert model.asked == []
        assert [m["role"] for m in read(ada, lesson)["messages"]] == ["user", "assistant"]

    def test_hang_up_loses_nothing_and_is_taken_up_again(self, ada, say_words):
        say_words(*[f"word{n} " for n in range(30)], pause=0.01)
        lesson = begin(ada)
        body = {"content": "tides", "step": "start"}
        cut = ada.send("POST", f"/learn/{lesson}/messages", body, hang_up_after=2)
        answer, seen = cut.header("x-message-id"), cut.events[-1].id
        ada.wire.settle()
        rest = ada.send(
            "GET", f"/learn/{lesson}/messages/{answer}/stream", headers={"last-event-id": seen}
        )
        assert cut.text + rest.text == " ".join(f"word{n}" for n in range(30))
        assert rest.events[-1].data["message_id"] == answer

    def test_same_key_is_one_message(self, ada, say_words):
        say_words(LONG)
        lesson = begin(ada)
        key = {"idempotency-key": "k"}
        body = {"content": "tides", "step": "start"}
        first = ada.send("POST", f"/learn/{lesson}/messages", body, headers=key)
        second = ada.send("POST", f"/learn/{lesson}/messages", body, headers=key)
        assert first.header("x-message-id") == second.header("x-message-id")
        other = {**body, "content": "waves"}
        assert ada.send("POST", f"/learn/{lesson}/messages", other, headers=key).status == 422
        assert LearnMessage.objects.count() == 2

    def test_broken_model_leaves_the_step_and_unblocks_the_client(self, ada, say_words):
        say_words("one ", "two ", "three", fail_after=2)
        lesson = begin(ada)
        names = [event.name for event in say(ada, lesson).events]
        assert names[-2:] == ["error", "done"]
        found = read(ada, lesson)
        assert found["current_step"] == "start"
        assert found["messages"][-1]["state"] == "interrupted"

    def test_stop_keeps_what_was_said(self, ada, say_words):
        say_words(LONG)
        lesson = begin(ada)
        answer = say(ada, lesson).header("x-message-id")
        stopped = ada.send("POST", f"/learn/{lesson}/messages/{answer}/stop").json()
        assert stopped["state"] == "complete"  # it was done already: nothing is taken back


class TestOfflineCoach:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("method", ["", *METHODS])
    def test_teaches_by_every_method_in_every_language(self, language, method):
        coach = llm.offline_coach()
        said = {
            "en": "How do tides work in the sea?",
            "zh": "潮汐到底是怎样形成的呢",
            "es": "Cómo funcionan las mareas del mar",
        }[language]
        seen = set()
        for turn in (1, 2):
            for step in ("start", "explore", "practice", "plan") if not method else ("explore",):
                ask = Ask(
                    system="",
                    turns=(Turn("user", said),),
                    product="learn",
                    step=step,
                    turn_in_step=turn,
                    language=language,
                    method=method,
                )
                answer = coach.answer(ask)
                assert answer == coach.answer(ask)
                assert "{" not in answer
                assert len(answer) > 40
                seen.add(answer)
        assert len(seen) == (2 if method else 8)

    def test_follows_the_language_of_the_message(self, ada):
        lesson = begin(ada)
        assert any(
            "\u4e00" <= char <= "\u9fff"
            for char in say(ada, lesson, "潮汐是怎么形成的", step="explore").text
        )


class TestTools:
    @pytest.mark.parametrize(
        ("header", "name"),
        [
            ("zh-CN", "80/20原则"),
            ("es", "Principio 80/20"),
            ("fr", "80/20 Principle"),
            ("", "80/20 Principle"),
        ],
    )
    def test_speak_the_browsers_language(self, ada, header, name):
        tools = ada.send("GET", "/learn/tools", headers={"accept-language": header}).json()["tools"]
        assert tools[0]["name"] == name
        assert [tool["id"] for tool in tools] == list(METHODS)
        assert all(len(tool["scenarios"]) == 3 for tool in tools)

    def test_progress_is_cut_not_rounded(self):
        assert [path.progress(["a", "b", "c"], t, finished=False)[1] for t in "abc"] == [0, 33, 66]
        assert path.progress([], None, finished=False) == ([], 0)
        assert path.progress(["a"], "x", finished=False) == ([], 0)
        assert path.progress(["a", "b"], "a", finished=True) == (["a", "b"], 100)


ROUTES = [
    ("GET", "/learn/{lesson}", None), ("PATCH", "/learn/{lesson}", {"current_step": "plan"}), ("DELETE", "/learn/{lesson}", None),
    ("GET", "/learn/{lesson}/progress", None), ("POST", "/learn/{lesson}/path", {"mode": "deep"}),
    ("PATCH", "/learn/{lesson}/current-tool", {"tool": "grow"}), ("POST", "/learn/{lesson}/messages", {"content": "x", "step": "start"}),
    ("GET", "/learn/{lesson}/messages/{message}/stream", None), ("POST", "/learn/{lesson}/messages/{message}/stop", None),
]  # fmt: skip


@pytest.mark.parametrize(("method", "route", "body"), ROUTES)
def test_nobody_but_the_owner_reaches_a_lesson(wire, ada, bob, say_words, method, route, body):
    say_words(LONG)
    lesson = begin(ada)
    message = say(ada, lesson).header("x-message-id")
    before = list(LearnSession.objects.values()), LearnMessage.objects.count()
    foreign = bob.send(method, route.format(lesson=lesson, message=message), body)
    unknown = bob.send(method, route.format(lesson=uuid.uuid4(), message=uuid.uuid4()), body)
    assert foreign.status == unknown.status == 404
    assert foreign.code == unknown.code == "SESSION_NOT_FOUND"
    nobody = wire.send(
        method,
        route.format(lesson=lesson, message=message),
        body,
        headers={"origin": "https://solacore.app"},
    )
    assert nobody.status == 401
    assert (list(LearnSession.objects.values()), LearnMessage.objects.count()) == before


@pytest.mark.parametrize("path_", ["/learn", "/learn/{lesson}"])
def test_reads_cost_the_same_for_one_and_for_three(
    ada, say_words, django_assert_num_queries, path_
):
    say_words("Short.")
    lesson = begin(ada)
    say(ada, lesson)
    with CaptureQueriesContext(connection) as one:
        ada.send("GET", path_.format(lesson=lesson))
    for _ in range(2):
        begin(ada)
        say(ada, lesson)
    with django_assert_num_queries(len(one)):
        ada.send("GET", path_.format(lesson=lesson))


def test_plan_of_lessons_is_its_own_and_exact(ada, settings):
    from billing.models import Usage

    begin(ada)
    Usage.objects.filter(kind="lessons").update(session_count=99)
    assert ada.send("POST", "/learn").status == 201
    refused = ada.send("POST", "/learn")
    assert (refused.status, refused.code) == (403, "QUOTA_EXCEEDED")
    assert refused.json()["detail"]["usage"] == {"used": 100, "limit": 100, "tier": "free"}
    assert LearnSession.objects.count() == 2
    assert ada.open_session()  # Solve's own is untouched


def test_stream_by_cookie_needs_no_token_from_our_own_page(wire, ada, say_words):
    say_words(LONG)
    lesson = begin(ada)
    cookie = {
        "cookie": f"access_token={ada.reply.cookies['access_token']}",
        "origin": "https://solacore.app",
    }
    body = {"content": "tides", "step": "start"}
    assert wire.send("POST", f"/learn/{lesson}/messages", body, headers=cookie).status == 200
    foreign = {**cookie, "origin": "https://evil.example"}
    assert wire.send("POST", f"/learn/{lesson}/messages", body, headers=foreign).status == 403
