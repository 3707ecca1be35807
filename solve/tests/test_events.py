"""What happened, without what was said; and sessions that nobody came back to."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from solve.models import AnalyticsEvent, CheckIn, Message, SolveSession, StepVisit
from solve.rules.horizons import bucket
from solve.services import idle


def events(kind):
    return [
        e.payload for e in AnalyticsEvent.objects.filter(event_type=kind).order_by("created_at")
    ]


def test_abandoning_is_noted_once_with_its_step(ada):
    session = ada.open_session()
    for _ in range(2):
        ada.send("PATCH", f"/sessions/{session}", {"status": "abandoned"})
    assert events("session_abandoned") == [{"step": "receive"}]
    assert not StepVisit.objects.open().exists()


def test_reminder_is_noted_when_it_is_set_not_when_it_is_cleared_or_said_again(ada):
    session = ada.open_session()
    soon = (timezone.now() + timedelta(hours=5)).isoformat()
    for when in (soon, soon, None, "2099-01-01T00:00:00Z"):
        body = {"reminder_time": when, "first_step_action": "a private step"}
        ada.send("PATCH", f"/sessions/{session}", body)
    assert events("reminder_set") == [{"ahead": "1-6h"}, {"ahead": ">7d"}]


@pytest.mark.parametrize(
    ("hours", "name"),
    [(-1, "past"), (0, "<1h"), (0.99, "<1h"), (1, "1-6h"), (6, "6-24h"), (24, "1-3d"), (72, "3-7d"),
     (168, ">7d"), (9e6, ">7d")],
)  # fmt: skip
def test_buckets(hours, name):
    assert bucket(timedelta(hours=hours)) == name


def test_events_outlive_their_session_without_a_word_of_it(ada):
    session = ada.open_session()
    body = {"first_step_action": "a private step", "reminder_time": "2031-01-01T00:00:00Z"}
    ada.send("PATCH", f"/sessions/{session}", body)
    ada.send("PATCH", f"/sessions/{session}", {"status": "abandoned"})
    ada.send("DELETE", f"/sessions/{session}")
    left = list(AnalyticsEvent.objects.values_list("session", "event_type", "payload"))
    assert {kind for _, kind, _ in left} == {"session_started", "reminder_set", "session_abandoned"}
    assert all(session is None for session, _, _ in left)
    assert "private" not in json.dumps([payload for _, _, payload in left])


class TestIdle:
    @pytest.fixture
    def quiet(self, ada, say_words):
        say_words("Hm.")
        session = ada.open_session()
        ada.say(session, "hello")
        ada.wire.settle()
        self.age(session, 31)
        return session

    def age(self, session, days):
        then = timezone.now() - timedelta(days=days)
        SolveSession.objects.filter(pk=session).update(created_at=then)
        Message.objects.filter(session=session).update(created_at=then)

    def test_only_active_ones_without_a_word_for_that_long(self, ada, quiet):
        fresh, spoken, done = ada.open_session(), ada.open_session(), ada.open_session()
        ada.say(spoken, "hello")
        ada.wire.settle()
        SolveSession.objects.filter(pk=spoken).update(created_at=timezone.now() - timedelta(90))
        ada.send("PATCH", f"/sessions/{done}", {"status": "completed"})
        self.age(done, 90)
        for _ in range(2):
            call_command("abandon_idle", verbosity=0)
        status = {s: ada.read(s)["status"] for s in (quiet, fresh, spoken, done)}
        assert status == {quiet: "abandoned", fresh: "active", spoken: "active", done: "completed"}
        assert events("session_abandoned") == [{"step": ada.read(quiet)["current_step"]}]
        assert not StepVisit.objects.open().filter(session=quiet).exists()

    def test_days_are_the_callers(self, ada, quiet):
        call_command("abandon_idle", days=32, verbosity=0)
        assert ada.read(quiet)["status"] == "active"
        call_command("abandon_idle", "--days", "31", verbosity=0)
        assert ada.read(quiet)["status"] == "abandoned"
        for days in (0, -1, 10**9):
            with pytest.raises(CommandError):
                call_command("abandon_idle", days=days)

    def test_message_to_one_still_works(self, ada, quiet):
        call_command("abandon_idle", verbosity=0)
        assert ada.say(quiet, "My landlord raised the rent").events[-1].name == "done"
        assert ada.read(quiet)["status"] == "abandoned"

    def test_planned_check_in_stays(self, ada, quiet):
        body = {"first_step_action": "x", "reminder_time": "2031-01-01T00:00:00Z"}
        ada.send("PATCH", f"/sessions/{quiet}", body)
        call_command("abandon_idle", verbosity=0)
        assert CheckIn.objects.open().count() == 1

    def test_goes_in_bounded_batches(self, ada, monkeypatch):
        monkeypatch.setattr(idle, "AT_ONCE", 4)
        made = SolveSession.objects.bulk_create(SolveSession(user_id=ada.id) for _ in range(10))
        for session in made:
            self.age(session.pk, 40)
        assert idle.abandon(days=30, now=timezone.now()) == 10
        assert len(events("session_abandoned")) == 10
