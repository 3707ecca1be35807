"""Regenerate, edit, undo: what was replaced is kept, and what it did is taken back."""

import uuid

import pytest

from solacore.kit.replies import producer
from solve.models import Message, StepVisit
from solve.models.event import AnalyticsEvent

RENT = "My landlord raised the rent by two hundred"


def again(person, session_id, message_id, **options):
    path = f"/sessions/{session_id}/messages/{message_id}/regenerate"
    return person.send("POST", path, **options)


def edit(person, session_id, message_id, text, **options):
    path = f"/sessions/{session_id}/messages/{message_id}/edit"
    return person.send("POST", path, {"content": text}, **options)


@pytest.fixture
def talk(ada, say_words):
    """A session with one exchange, which moved it to clarify."""
    say_words("First answer.")
    session_id = ada.open_session()
    ada.say(session_id, RENT)
    question, answer = ada.read(session_id)["messages"]
    return session_id, question["id"], answer["id"]


def test_regenerate_gives_another_answer_and_keeps_the_old_one(ada, talk, say_words):
    session_id, _, answer = talk
    provider = say_words("Second answer.")

    reply = again(ada, session_id, answer)

    assert (reply.status, reply.text) == (200, "Second answer.")
    assert [t.content for t in provider.asked[0].turns] == [RENT]
    said = ada.read(session_id)["messages"]
    assert [m["content"] for m in said] == [RENT, "Second answer."]
    assert [m["variants"] for m in said] == [0, 1]
    kept = ada.send("GET", f"/sessions/{session_id}/messages/{said[1]['id']}/variants").json()
    assert [(v["content"], v["current"]) for v in kept["variants"]] == [
        ("First answer.", False), ("Second answer.", True)
    ]  # fmt: skip
    assert Message.objects.filter(pk=answer, shelved=True, state="complete").exists()


def test_regenerate_takes_the_step_back_first(ada, talk, say_words):
    session_id, _, answer = talk
    assert ada.read(session_id)["current_step"] == "clarify"
    provider = say_words("Again.")

    reply = again(ada, session_id, answer)

    assert provider.asked[0].step == "receive"
    assert provider.asked[0].turn_in_step == 1
    assert reply.events[-1].data["next_step"] == "clarify"
    visits = StepVisit.objects.filter(session_id=session_id).order_by("started_at")
    assert [(v.step, v.message_count) for v in visits] == [("receive", 1), ("clarify", 0)]
    assert AnalyticsEvent.objects.filter(event_type="step_undone").count() == 1


def test_regenerate_of_the_last_answer_of_all_reopens_the_session(ada, talk, say_words):
    session_id, _, answer = talk
    ada.send("PATCH", f"/sessions/{session_id}", {"status": "completed"})
    say_words("Again.")

    assert again(ada, session_id, answer).status == 200
    assert ada.read(session_id)["status"] == "active"


def test_regenerate_while_the_answer_runs_ends_it(wire, ada, say_words):
    say_words(*["word "] * 500, pause=0.01)
    session_id = ada.open_session()
    running = ada.say(session_id, RENT, hang_up_after=3).header("x-message-id")
    say_words("Short.")

    reply = again(ada, session_id, running)

    wire.settle()
    assert reply.text == "Short."
    assert producer.running == {}
    old = Message.objects.get(pk=running)
    assert (old.state, old.shelved) == ("interrupted", True)
    assert old.content.startswith("word word ")


def test_regenerate_with_the_same_key_is_one_answer(ada, talk, say_words):
    session_id, _, answer = talk
    provider = say_words("Once.")
    key = {"idempotency-key": "again-1"}

    first = again(ada, session_id, answer, headers=key)
    second = again(ada, session_id, answer, headers=key)

    assert first.header("x-message-id") == second.header("x-message-id")
    assert len(provider.asked) == 1
    assert Message.objects.filter(session_id=session_id).count() == 3


def test_broken_answer_can_be_given_anew(ada, say_words):
    say_words("I ", "hear ", fail_after=1)
    session_id = ada.open_session()
    broken = ada.say(session_id, RENT).header("x-message-id")
    say_words("Whole.")

    assert again(ada, session_id, broken).text == "Whole."
    assert [m["content"] for m in ada.read(session_id)["messages"]] == [RENT, "Whole."]


def test_edit_says_the_last_message_differently(ada, talk, say_words):
    session_id, question, _ = talk
    provider = say_words("To the new words.")

    reply = edit(ada, session_id, question, "My landlord sold the house")

    assert reply.text == "To the new words."
    assert [t.content for t in provider.asked[0].turns] == ["My landlord sold the house"]
    said = ada.read(session_id)["messages"]
    assert [(m["content"], m["variants"]) for m in said] == [
        ("My landlord sold the house", 1), ("To the new words.", 1)
    ]  # fmt: skip
    listed = ada.send("GET", "/sessions").json()["sessions"][0]
    assert listed["first_message"] == "My landlord sold the house"
    kept = ada.send("GET", f"/sessions/{session_id}/messages/{said[0]['id']}/variants").json()
    assert [v["content"] for v in kept["variants"]] == [RENT, "My landlord sold the house"]


def test_edit_counts_no_message_twice(ada, talk, say_words):
    session_id, question, _ = talk
    say_words("Hm.")
    edit(ada, session_id, question, "My landlord sold the house")

    visit = StepVisit.objects.get(session_id=session_id, step="receive")
    assert visit.message_count == 1


def test_edit_of_somebody_at_risk_is_met_with_help(ada, talk, say_words):
    session_id, question, _ = talk
    provider = say_words("never shown")

    reply = edit(ada, session_id, question, "I want to die")

    assert provider.asked == []
    assert reply.events[-1].data["reason"] == "CRISIS"


@pytest.mark.parametrize("act", [again, lambda p, s, m: edit(p, s, m, "other words")])
def test_only_the_last_exchange_can_be_changed(ada, talk, say_words, act):
    session_id, question, answer = talk
    say_words("More.")
    ada.say(session_id, "He wants it by Friday")
    before = ada.read(session_id)

    old = act(ada, session_id, answer if act is again else question)
    wrong = act(ada, session_id, question if act is again else answer)
    unknown = act(ada, session_id, uuid.uuid4())

    assert (old.status, old.code) == (400, "MESSAGE_NOT_LAST")
    assert (wrong.status, wrong.code) == (400, "MESSAGE_NOT_LAST")
    assert (unknown.status, unknown.code) == (404, "MESSAGE_NOT_FOUND")
    assert ada.read(session_id) == before


def test_undo_goes_back_one_step_and_loses_no_word(ada, talk, say_words):
    session_id, *_ = talk

    undone = ada.send("POST", f"/sessions/{session_id}/undo")

    assert undone.status == 200
    assert undone.json()["current_step"] == "receive"
    assert len(ada.read(session_id)["messages"]) == 2
    first = ada.send("POST", f"/sessions/{session_id}/undo")
    assert (first.status, first.code) == (400, "NOTHING_TO_UNDO")
    provider = say_words("Hm.")
    ada.say(session_id, "Something else weighs on me, in fact")
    assert provider.asked[0].turn_in_step == 1  # the step begins anew


def test_undo_reopens_a_session_that_has_ended(ada, talk):
    session_id, *_ = talk
    ada.send("PATCH", f"/sessions/{session_id}", {"status": "completed"})

    undone = ada.send("POST", f"/sessions/{session_id}/undo").json()

    assert (undone["status"], undone["current_step"]) == ("active", "clarify")
    assert "completed_at" not in ada.read(session_id)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "/sessions/{s}/messages/{a}/regenerate", None),
     ("POST", "/sessions/{s}/messages/{q}/edit", {"content": "x"}),
     ("GET", "/sessions/{s}/messages/{a}/variants", None),
     ("GET", "/sessions/{s}/messages/{a}/sent", None),
     ("POST", "/sessions/{s}/undo", None)],
)  # fmt: skip
def test_somebody_elses_conversation_does_not_exist(ada, bob, talk, method, path, body):
    session_id, question, answer = talk
    before = ada.read(session_id)

    theirs = bob.send(method, path.format(s=session_id, q=question, a=answer), body)
    unknown = bob.send(method, path.format(s=uuid.uuid4(), q=question, a=answer), body)
    mixed = bob.send(method, path.format(s=bob.open_session(), q=question, a=answer), body)

    assert theirs.status == unknown.status == 404
    assert theirs.code == unknown.code == "SESSION_NOT_FOUND"
    if "messages" in path:
        assert (mixed.status, mixed.code) == (404, "MESSAGE_NOT_FOUND")
    assert ada.read(session_id) == before


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"content": ""}', b'{"content": "  "}',
                                  b'{"content": "a\\u0000"}', b'{"content": 5}', b""])  # fmt: skip
def test_rubbish_edits_nothing(ada, talk, body):
    session_id, question, _ = talk
    headers = {"content-type": "application/json"}
    path = f"/sessions/{session_id}/messages/{question}/edit"

    refused = ada.send("POST", path, body=body, headers=headers)

    assert refused.status == 422
    assert len(ada.read(session_id)["messages"]) == 2
    assert not Message.objects.filter(shelved=True).exists()


@pytest.mark.parametrize("amount", [1, 3])
def test_variants_cost_the_same_however_many(
    ada, talk, say_words, django_assert_num_queries, amount
):
    session_id, _, answer = talk
    for _ in range(amount):
        say_words("Another.")
        answer = again(ada, session_id, answer).header("x-message-id")

    with django_assert_num_queries(3):  # who is asking; the message; its versions
        kept = ada.send("GET", f"/sessions/{session_id}/messages/{answer}/variants").json()
    assert len(kept["variants"]) == amount + 1


def test_welcome_of_a_template_can_be_neither_edited_nor_given_anew(ada):
    from solve.models import PromptTemplate

    role = PromptTemplate.objects.create(
        role_name="Host", category="life", system_prompt="Be kind.", welcome_message="Welcome."
    )
    session_id = ada.open_session(template_id=str(role.pk))
    (welcome,) = ada.read(session_id)["messages"]

    for act in (again, lambda p, s, m: edit(p, s, m, "my own words")):
        refused = act(ada, session_id, welcome["id"])
        assert (refused.status, refused.code) == (400, "MESSAGE_NOT_LAST")
    assert [m["content"] for m in ada.read(session_id)["messages"]] == ["Welcome."]
