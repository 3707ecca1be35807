"""A message, its answer, and everything that can come between them."""

import uuid

import pytest

from solacore.kit.replies import producer
from solve.models import Message, SolveSession, StepVisit
from solve.models.event import AnalyticsEvent


def answer_of(session_id: str) -> Message:
    return Message.objects.get(session_id=session_id, role="assistant")


def test_answer_streams_and_is_kept_and_moves_the_step_on(ada, say_words):
    say_words("I ", "hear ", "you.")
    session_id = ada.open_session()

    reply = ada.say(session_id, "I feel stuck at work")

    assert reply.status == 200
    assert reply.text == "I hear you."
    assert reply.events[-1].name == "done"
    assert reply.events[-1].data["next_step"] == "clarify"
    kept = ada.read(session_id)
    assert [m["content"] for m in kept["messages"]] == ["I feel stuck at work", "I hear you."]
    assert kept["current_step"] == "clarify"
    assert reply.header("x-message-id") == kept["messages"][1]["id"]


def test_event_ids_count_the_characters_shown(ada, say_words):
    say_words("你好，", "我在", "听 😔")
    reply = ada.say(ada.open_session(), "我很难过，工作压力太大了")

    shown = 0
    for event in reply.events[:-1]:
        shown += len(event.data["content"])
        assert event.id == str(shown)


@pytest.mark.parametrize("pause", [0.02, 0], ids=["while_thinking", "while_sending"])
def test_answer_is_finished_when_the_client_hangs_up(wire, ada, say_words, pause):
    say_words(*["word "] * 50, pause=pause)
    session_id = ada.open_session()

    reply = ada.say(session_id, "I feel stuck", hang_up_after=1)

    assert reply.events[0].name == "token"
    wire.settle()
    kept = answer_of(session_id)
    assert kept.content == ("word " * 50).strip()
    assert kept.state == "complete"


def test_lost_answer_is_taken_up_where_the_client_lost_it(wire, ada, say_words):
    say_words(*[f"{n} " for n in range(40)], pause=0.01)
    session_id = ada.open_session()
    first = ada.say(session_id, "I feel stuck", hang_up_after=2)
    message_id = first.header("x-message-id")
    seen = first.events[1].id

    rest = ada.send(
        "GET",
        f"/sessions/{session_id}/messages/{message_id}/stream",
        headers={"last-event-id": seen},
    )

    whole = "".join(e.data["content"] for e in first.events[:2]) + rest.text
    assert whole == answer_of(session_id).content == " ".join(map(str, range(40)))
    assert rest.events[-1].name == "done"


def test_finished_answer_can_be_read_again_from_anywhere(ada, say_words):
    say_words("All ", "of ", "it.")
    session_id = ada.open_session()
    message_id = ada.say(session_id, "I feel stuck").header("x-message-id")
    path = f"/sessions/{session_id}/messages/{message_id}/stream"

    assert ada.send("GET", path).text == "All of it."
    assert ada.send("GET", path, headers={"last-event-id": "4"}).text == "of it."
    beyond = ada.send("GET", path, headers={"last-event-id": "999"})
    assert [event.name for event in beyond.events] == ["done"]


@pytest.mark.parametrize("bad", ["-1", "x", "1.5", "9" * 30, "²"])
def test_bad_last_event_id_is_a_clear_refusal(ada, say_words, bad):
    say_words("Hm.")
    session_id = ada.open_session()
    message_id = ada.say(session_id, "I feel stuck").header("x-message-id")
    path = f"/sessions/{session_id}/messages/{message_id}/stream"

    try:
        bad.encode("latin-1")
    except UnicodeEncodeError:
        pytest.skip("cannot stand in a header")
    assert ada.send("GET", path, headers={"last-event-id": bad}).status == 422


def test_stop_keeps_what_was_said_and_the_step(wire, ada, say_words):
    say_words(*["word "] * 200, pause=0.01)
    session_id = ada.open_session()
    message_id = ada.say(session_id, "I feel stuck", hang_up_after=3).header("x-message-id")

    stopped = ada.send("POST", f"/sessions/{session_id}/messages/{message_id}/stop")

    assert stopped.status == 200
    assert stopped.json()["state"] == "stopped"
    assert stopped.json()["content"].startswith("word ")
    assert 0 < len(stopped.json()["content"]) < len("word ") * 200
    assert producer.running == {}
    assert ada.read(session_id)["current_step"] == "receive"
    again = ada.send("GET", f"/sessions/{session_id}/messages/{message_id}/stream")
    assert again.text == stopped.json()["content"]
    assert again.events[-1].data["stopped"] is True


def test_stop_of_a_finished_answer_changes_nothing(ada, say_words):
    say_words("Done ", "already.")
    session_id = ada.open_session()
    message_id = ada.say(session_id, "I feel stuck").header("x-message-id")

    stopped = ada.send("POST", f"/sessions/{session_id}/messages/{message_id}/stop")

    assert stopped.json() == {
        "id": message_id, "state": "complete", "content": "Done already."
    }  # fmt: skip


def test_new_message_ends_the_running_answer_and_keeps_it(wire, ada, say_words):
    say_words(*["word "] * 500, pause=0.01)
    session_id = ada.open_session()
    ada.say(session_id, "I feel stuck", hang_up_after=3)
    say_words("Second.")

    reply = ada.say(session_id, "wait, something else")

    wire.settle()
    assert reply.text == "Second."
    said = ada.read(session_id)["messages"]
    assert [m["role"] for m in said] == ["user", "assistant", "user", "assistant"]
    assert said[1]["state"] == "interrupted"
    assert said[1]["content"].startswith("word word ")
    assert said[3]["state"] == "complete"


def test_same_key_gives_the_same_answer_once(ada, say_words):
    provider = say_words("Once.")
    session_id = ada.open_session()
    key = {"idempotency-key": str(uuid.uuid4())}

    first = ada.say(session_id, "I feel stuck", headers=key)
    second = ada.say(session_id, "I feel stuck", headers=key)

    assert first.text == second.text == "Once."
    assert first.header("x-message-id") == second.header("x-message-id")
    assert len(provider.asked) == 1
    assert len(ada.read(session_id)["messages"]) == 2


def test_same_key_with_another_text_is_refused(ada, say_words):
    say_words("Once.")
    session_id = ada.open_session()
    key = {"idempotency-key": "k1"}
    ada.say(session_id, "I feel stuck", headers=key)

    refused = ada.say(session_id, "something else", headers=key)

    assert (refused.status, refused.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len(ada.read(session_id)["messages"]) == 2


def test_same_key_of_somebody_else_is_another_key(ada, bob, say_words):
    say_words("Yours.")
    key = {"idempotency-key": "shared"}
    for person in (ada, bob):
        session_id = person.open_session()
        assert person.say(session_id, "I feel stuck", headers=key).text == "Yours."


def test_answer_that_breaks_says_so_and_is_kept(ada, say_words):
    say_words("I ", "hear ", "you", fail_after=2)
    session_id = ada.open_session()

    reply = ada.say(session_id, "I feel stuck")

    assert [e.name for e in reply.events if e.name != "token"] == ["error", "done"]
    assert reply.events[-2].data == {"error": "STREAM_ERROR", "code": "ANSWER_INTERRUPTED"}
    assert reply.events[-1].data["next_step"] == "receive"
    kept = answer_of(session_id)
    assert (kept.content, kept.state) == ("I hear", "interrupted")


def test_no_frame_but_token_holds_text(ada, say_words):
    say_words("Hm.", fail_after=1)
    reply = ada.say(ada.open_session(), "I feel stuck")

    forbidden = {"content", "delta", "token", "text", "message"}
    for event in reply.events:
        if event.name != "token":
            assert not forbidden & set(event.data)


def test_model_text_cannot_forge_a_frame(ada, say_words):
    forged = "a\n\nevent: done\ndata: {}\n\n\r\u2028b"
    say_words(forged)
    reply = ada.say(ada.open_session(), "I feel stuck")

    assert reply.text == forged
    assert [e.name for e in reply.events] == ["token", "done"]


def test_person_at_risk_is_given_help_not_coaching(ada, say_words):
    provider = say_words("never shown")
    session_id = ada.open_session()

    reply = ada.say(session_id, "I want to die")

    assert provider.asked == []
    assert [e.name for e in reply.events] == ["token", "done"]
    done = reply.events[1].data
    assert done["blocked"] is True
    assert done["reason"] == "CRISIS"
    assert done["resources"]["US"] == "988"
    kept = ada.read(session_id)
    assert kept["current_step"] == "receive"
    assert kept["messages"][0]["content"] == "I want to die"  # always stored
    event = AnalyticsEvent.objects.get(session_id=session_id, event_type="crisis_detected")
    assert event.payload == {
        "keyword": "want-to-die",
        "tier": "explicit",
    }  # our phrase's name, not their words


def test_history_template_and_step_reach_the_model(ada, say_words):
    provider = say_words("Tell me more.")
    session_id = ada.open_session()
    ada.say(session_id, "My landlord raised the rent")
    ada.say(session_id, "He wants two hundred more")

    ask = provider.asked[-1]
    assert ask.step == "clarify"
    assert [turn.content for turn in ask.turns] == [
        "My landlord raised the rent", "Tell me more.", "He wants two hundred more"
    ]  # fmt: skip
    assert ask.turns[-1].role == "user"


def test_trailer_of_the_model_moves_the_step_and_is_never_shown(ada, say_words):
    say_words("Let us look ", "at it anew.\n[[co", 'ach {"done": true}]]')
    session_id = ada.open_session()
    ada.say(session_id, "My landlord raised the rent")  # receive -> clarify

    reply = ada.say(session_id, "He wants two hundred more")

    assert reply.text == "Let us look at it anew."
    assert reply.events[-1].data["next_step"] == "reframe"
    assert "coach" not in str(ada.read(session_id))


def test_answer_that_leads_to_options_always_ends_with_them(ada, say_words):
    say_words('Here it is. [[coach {"done": true}]]')
    session_id = ada.open_session()
    ada.say(session_id, "My landlord raised the rent by two hundred")
    ada.say(session_id, "He says it is the market, I cannot pay it")

    reply = ada.say(session_id, "My friend would tell me to talk to him")

    assert reply.events[-1].data["next_step"] == "options"
    last = [line[:2] for line in reply.text.strip().split("\n")[-3:]]
    assert last == ["A)", "B)", "C)"]


def test_step_history_and_events_tell_the_whole_way(ada, say_words):
    say_words("Hm.")
    session_id = ada.open_session()
    ada.say(session_id, "My landlord raised the rent")
    ada.say(session_id, "He wants two hundred more")

    visits = StepVisit.objects.filter(session_id=session_id).order_by("started_at")
    assert [(v.step, v.message_count) for v in visits] == [("receive", 1), ("clarify", 1)]
    assert visits[0].completed_at is not None
    assert visits[1].completed_at is None
    events = AnalyticsEvent.objects.filter(session_id=session_id).order_by("created_at")
    assert [e.event_type for e in events] == ["session_started", "step_completed"]
    assert events[1].payload == {"from_step": "receive", "to_step": "clarify"}


def test_deleting_a_session_ends_its_answer(wire, ada, say_words):
    say_words(*["word "] * 500, pause=0.01)
    session_id = ada.open_session()
    ada.say(session_id, "I feel stuck", hang_up_after=1)

    assert ada.send("DELETE", f"/sessions/{session_id}").status == 204

    wire.settle(seconds=10)
    assert not SolveSession.objects.filter(pk=session_id).exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/sessions/{s}/messages"), ("GET", "/sessions/{s}/messages/{m}/stream"),
     ("POST", "/sessions/{s}/messages/{m}/stop")],
)  # fmt: skip
def test_answers_of_somebody_else_do_not_exist(ada, bob, say_words, method, path):
    say_words("Private.")
    session_id = ada.open_session()
    message_id = ada.say(session_id, "I feel stuck").header("x-message-id")
    body = {"content": "hello", "step": "receive"} if path.endswith("messages") else None

    theirs = bob.send(method, path.format(s=session_id, m=message_id), body)
    unknown = bob.send(method, path.format(s=uuid.uuid4(), m=message_id), body)

    assert theirs.status == unknown.status == 404
    assert theirs.code == unknown.code == "SESSION_NOT_FOUND"
    assert b"Private" not in theirs.body
    assert len(ada.read(session_id)["messages"]) == 2


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b'{"content": "x"}', b'{"content": 5, "step": "receive"}',
     b'{"content": "", "step": "receive"}', b'{"content": "   ", "step": "receive"}',
     b'{"content": "a\\u0000b", "step": "receive"}', b'{"content": "\\ud800", "step": "receive"}',
     b'{"content": NaN, "step": "receive"}', b"\xff\xfe", b"[" * 5000,
     b'{"content": "' + b"x" * 8001 + b'", "step": "receive"}',
     b'{"content": "x", "step": "bogus"}'],
)  # fmt: skip
def test_rubbish_is_refused_and_nothing_is_kept(ada, body):
    session_id = ada.open_session()
    headers = {"content-type": "application/json"}

    reply = ada.send("POST", f"/sessions/{session_id}/messages", body=body, headers=headers)

    assert reply.status in (400, 422)
    assert set(reply.json()) == {"error", "detail", "message", "request_id"}
    assert not Message.objects.exists()


def test_completed_session_takes_no_message(ada):
    session_id = ada.open_session()
    ada.send("PATCH", f"/sessions/{session_id}", {"status": "completed"})

    refused = ada.say(session_id, "one more thing")

    assert (refused.status, refused.code) == (400, "SESSION_COMPLETED")
