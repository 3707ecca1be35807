"""Sessions: opened, listed, read, changed, deleted; each only by its owner."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Usage
from solve.models import AnalyticsEvent, PromptTemplate, SolveSession, StepVisit
from solve.services import templates


def test_opening_writes_session_history_event_and_usage_in_one_statement(ada):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        reply = ada.send("POST", "/sessions")

    assert reply.status == 201
    session = SolveSession.objects.get(pk=reply.json()["session_id"])
    assert StepVisit.objects.get(session=session).step == "receive"
    event = AnalyticsEvent.objects.get(session=session)
    assert event.payload == {"user_id": str(ada.id), "device_id": str(session.device_id)}
    assert Usage.objects.get(user_id=ada.id).session_count == 1
    # Who is asking and their plan (remembered where the news is heard), then everything else.
    assert len(queries) == 3


def test_quota_is_never_exceeded_and_refusals_cost_nothing(ada):
    for _ in range(10):
        ada.open_session()

    refused = ada.send("POST", "/sessions")

    assert (refused.status, refused.code) == (403, "QUOTA_EXCEEDED")
    assert refused.json()["detail"] == {
        "error": "QUOTA_EXCEEDED",
        "usage": {"used": 10, "limit": 10, "tier": "free"},
        "upgrade_url": "/subscriptions/checkout",
    }
    assert refused.json()["resources"]["US"] == "988"  # nobody is left without a number to call
    assert SolveSession.objects.count() == 10
    assert Usage.objects.get().session_count == 10


def test_unknown_device_opens_nothing(ada, bob):
    for fingerprint in ("never-seen", bob.fingerprint):
        refused = ada.send("POST", "/sessions", headers={"x-device-fingerprint": fingerprint})
        assert (refused.status, refused.code) == (403, "DEVICE_NOT_FOUND")
    assert not SolveSession.objects.exists()
    assert not Usage.objects.exists()


def test_template_greets_is_counted_and_its_prompt_stays_hidden(ada, say_words):
    templates.seed()
    template = PromptTemplate.objects.filter(welcome_message__isnull=False).first()
    provider = say_words("Hm.")

    session_id = ada.open_session(template_id=str(template.pk))
    ada.say(session_id, "My landlord raised the rent")

    said = ada.read(session_id)["messages"]
    assert said[0]["content"] == template.welcome_message
    assert all(m["role"] != "system" for m in said)
    assert template.system_prompt not in str(said)
    template.refresh_from_db()
    assert template.usage_count == 1
    assert len(provider.asked) == 1


def test_seeding_twice_adds_nothing_and_respects_edits(db):
    assert templates.seed() == 5
    PromptTemplate.objects.filter(role_name="Life Coach").update(system_prompt="edited")

    assert templates.seed() == 0
    assert PromptTemplate.objects.get(role_name="Life Coach").system_prompt == "edited"


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_however_long(ada, say_words, count):
    say_words("Hm.")
    for _ in range(count):
        ada.say(ada.open_session(), "My landlord raised the rent")
    for path in ("/sessions", "/sessions?q=landlord&status=active&tags=x", "/api/v1/templates"):
        with CaptureQueriesContext(connection) as queries:
            assert ada.send("GET", path).status == 200
        assert len(queries) <= 3
    session_id = ada.send("GET", "/sessions").json()["sessions"][0]["id"]
    with CaptureQueriesContext(connection) as queries:
        ada.read(session_id)
    assert len(queries) == 3  # who is asking; the session; its messages


def test_hot_reads_say_what_their_schemas_say(ada, say_words):
    """The list and the detail go out past their schemas: they must still match them."""
    from solacore.kit.http import to_json
    from solve.api.sessions import DetailOut, HistoryOut

    say_words("Hm.")
    session_id = ada.open_session()
    ada.say(session_id, "我的房东涨了房租 😔")
    changes = {
        "tags": ["rent", "家"],
        "reminder_time": "2031-05-06T07:08:09Z",
        "status": "completed",
    }
    assert ada.send("PATCH", f"/sessions/{session_id}", changes).status == 200

    history = ada.send("GET", "/sessions").body
    listed = HistoryOut.model_validate_json(history)
    assert to_json(listed.model_dump(exclude_unset=True)) == _micro(history)
    found = ada.send("GET", "/sessions?q=房东").body
    assert HistoryOut.model_validate_json(found).sessions[0].highlights
    detail = ada.send("GET", f"/sessions/{session_id}?include_messages=true").body
    parsed = DetailOut.model_validate_json(detail)
    assert to_json(parsed.model_dump(exclude_unset=True)) == _micro(detail)


def _micro(body: bytes) -> bytes:
    """PostgreSQL writes whole seconds with six zeros, Python without."""
    return body.replace(b".000000Z", b"Z")


@pytest.mark.parametrize(
    ("method", "body"), [("GET", None), ("PATCH", {"status": "completed"}), ("DELETE", None)]
)
def test_session_of_somebody_else_does_not_exist(ada, bob, method, body):
    session_id = ada.open_session()

    theirs = bob.send(method, f"/sessions/{session_id}", body)
    unknown = bob.send(method, f"/sessions/{uuid.uuid4()}", body)

    assert theirs.status == unknown.status == 404
    assert {**theirs.json(), "request_id": 0} == {**unknown.json(), "request_id": 0}
    assert ada.read(session_id)["status"] == "active"
    assert bob.send("GET", "/sessions").json()["total"] == 0


def test_mass_assignment_changes_nothing(ada, bob):
    session_id = ada.open_session()
    before = SolveSession.objects.filter(pk=session_id).values().get()
    sneaky = {"user_id": str(bob.id), "id": str(uuid.uuid4()), "created_at": "2001-01-01T00:00:00Z",
              "reminder_sent": True, "first_message": "x", "action_completed": True}  # fmt: skip

    assert ada.send("PATCH", f"/sessions/{session_id}", sneaky).status == 200

    after = SolveSession.objects.filter(pk=session_id).values().get()
    assert {**before, "updated_at": 0} == {**after, "updated_at": 0}


def test_completing_from_any_step_closes_the_history(ada):
    session_id = ada.open_session()

    ada.send("PATCH", f"/sessions/{session_id}", {"status": "completed"})

    assert not StepVisit.objects.open().filter(session_id=session_id).exists()
    types = set(AnalyticsEvent.objects.values_list("event_type", flat=True))
    assert "session_completed" in types


def test_reopened_session_is_undated_and_can_be_talked_to(ada, say_words):
    say_words("Welcome back.")
    session_id = ada.open_session()
    ada.send("PATCH", f"/sessions/{session_id}", {"status": "completed"})

    ada.send("PATCH", f"/sessions/{session_id}", {"status": "active"})

    assert "completed_at" not in ada.read(session_id)
    assert ada.say(session_id, "My landlord raised the rent").events[-1].name == "done"


@pytest.mark.parametrize(
    "query",
    ["limit=-1", "limit=0", "limit=101", "limit=1e3", "limit=9223372036854775808", "offset=-1",
     "offset=99999999999999999999", "status=bogus", "status=", "q=a%00b", "tags=a%00b",
     "from_date=tomorrow", "limit=" + "9" * 400],
)  # fmt: skip
def test_bad_list_parameters_are_422(ada, query):
    reply = ada.send("GET", f"/sessions?{query}")
    assert reply.status == 422
    assert isinstance(reply.json()["detail"], list)


def test_archived_is_what_the_web_calls_abandoned(ada):
    session_id = ada.open_session()
    ada.send("PATCH", f"/sessions/{session_id}", {"status": "abandoned"})

    found = ada.send("GET", "/sessions?status=archived").json()["sessions"]
    assert [s["id"] for s in found] == [session_id]


@pytest.mark.parametrize(
    "changes",
    [{"tags": ["x"] * 11}, {"tags": [""]}, {"tags": ["t" * 51]}, {"locale": "x" * 11},
     {"reminder_time": "2026-13-01T00:00:00Z"}, {"first_step_action": "x" * 2001}],
)  # fmt: skip
def test_bad_changes_are_422_and_change_nothing(ada, changes):
    session_id = ada.open_session()
    if "tags" in changes and len(changes["tags"]) == 11:
        changes = {"tags": [f"tag {n}" for n in range(11)]}
    assert ada.send("PATCH", f"/sessions/{session_id}", changes).status == 422
    assert ada.read(session_id)["tags"] == []
