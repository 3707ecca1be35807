"""A session that looks back on another: only on one's own, and knowing what became of it."""

import uuid
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import Usage
from solve.models import PromptTemplate, SolveSession
from solve.selectors import follow_up
from solve.services import templates

WORRY = "I keep putting off the letter to my brother. " + "x" * 400


def first(person, say_words):
    say_words("Hm.")
    session = person.open_session()
    person.say(session, WORRY)
    person.say(session, "Because of last summer")
    body = {"first_step_action": "Write two lines", "reminder_time": "2031-05-06T07:08:09Z"}
    person.send("PATCH", f"/sessions/{session}", body)
    return session


def test_knows_step_outcome_note_and_concern_in_one_statement(ada, say_words):
    before = first(ada, say_words)
    ada.send("POST", f"/sessions/{before}/check-in", {"outcome": "changed", "note": "Rang him"})
    after = ada.open_session(follow_up_of=before)
    assert ada.read(after)["follows"] == before
    now = timezone.now()
    with CaptureQueriesContext(connection) as queries:
        known = follow_up.before(uuid.UUID(after), now=now + timedelta(days=3))
    assert len(queries) == 1
    assert known == follow_up.Before(
        action="Write two lines", outcome="changed", note="Rang him", days_ago=3,
        concern=WORRY[:300] + "...",
    )  # fmt: skip


def test_unanswered_is_known_as_such(ada, say_words):
    after = ada.open_session(follow_up_of=first(ada, say_words))
    known = follow_up.before(uuid.UUID(after), now=timezone.now())
    assert (known.outcome, known.note, known.days_ago) == (None, None, 0)


def test_session_that_follows_none_or_a_deleted_one_knows_nothing(ada, say_words):
    alone, before = ada.open_session(), first(ada, say_words)
    after = ada.open_session(follow_up_of=before)
    assert follow_up.before(uuid.UUID(alone), now=timezone.now()) is None
    assert ada.send("DELETE", f"/sessions/{before}").status == 204
    assert ada.read(after)["follows"] is None
    assert follow_up.before(uuid.UUID(after), now=timezone.now()) is None


def test_somebody_elses_is_like_one_that_never_was_and_costs_nothing(ada, bob):
    before = ada.open_session()
    theirs = bob.send("POST", "/sessions", {"follow_up_of": before})
    unknown = bob.send("POST", "/sessions", {"follow_up_of": str(uuid.uuid4())})
    assert theirs.status == unknown.status == 404
    assert theirs.code == unknown.code == "SESSION_NOT_FOUND"
    assert SolveSession.objects.count() == 1
    assert not Usage.objects.filter(user_id=bob.id).exists()
    assert bob.send("POST", "/sessions", {"follow_up_of": "x"}).status == 422


def test_template_and_follow_up_go_together_and_null_is_neither(ada):
    templates.seed()
    template = str(PromptTemplate.objects.first().pk)
    before = ada.open_session(follow_up_of=None, template_id=None)
    after = ada.open_session(follow_up_of=before, template_id=template)
    assert ada.read(after)["follows"] == before
    refused = ada.send(
        "POST", "/sessions", {"follow_up_of": str(uuid.uuid4()), "template_id": str(uuid.uuid4())}
    )
    assert refused.code == "TEMPLATE_NOT_FOUND"  # asked first


def test_account_with_a_chain_is_erased_whole(ada, say_words):
    chain = first(ada, say_words)
    ada.open_session(follow_up_of=ada.open_session(follow_up_of=chain))
    whole = ada.send("GET", "/account/export").json()
    assert [s["follows_id"] for s in whole["solve_sessions"]][:2] == [None, chain]
    assert len(whole["check_ins"]) == 1
    assert ada.send("DELETE", "/account").status == 204
    assert not SolveSession.objects.exists()
