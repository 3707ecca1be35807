"""Actions, figures, files, reminders: what grows out of sessions."""

import csv
import io
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from solve.models import Message, SolveSession
from solve.rules import exports


def with_action(person, text="Walk for ten minutes", **changes):
    session = person.open_session()
    person.send("PATCH", f"/sessions/{session}", {"first_step_action": text, **changes})
    return session


class TestActions:
    def test_somebody_elses_is_like_one_that_never_was(self, ada, bob):
        session = with_action(ada)
        for verb in ("complete", "uncomplete"):
            foreign = bob.send("PATCH", f"/actions/{session}/{verb}")
            unknown = bob.send("PATCH", f"/actions/{uuid.uuid4()}/{verb}")
            assert foreign.status == unknown.status == 404
            assert foreign.json()["detail"] == unknown.json()["detail"] == "Session not found"
        assert SolveSession.objects.get(pk=session).action_completed is False
        assert bob.send("GET", "/actions").json()["actions"] == []

    def test_second_completion_keeps_the_first_time(self, ada):
        session = with_action(ada)
        first = ada.send("PATCH", f"/actions/{session}/complete").json()
        second = ada.send("PATCH", f"/actions/{session}/complete").json()
        assert first == second

    def test_list_costs_the_same_for_one_and_for_three(self, ada, django_assert_num_queries):
        with_action(ada)
        with CaptureQueriesContext(connection) as one:
            ada.send("GET", "/actions/")
        with_action(ada)
        with_action(ada)
        with django_assert_num_queries(len(one)):
            assert len(ada.send("GET", "/actions").json()["actions"]) == 3

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=101", "offset=-1", f"offset={2**63}", "status=", "limit=x"]
    )
    def test_bad_paging_is_refused(self, ada, query):
        assert ada.send("GET", f"/actions?{query}").status == 422


class TestFigures:
    def test_costs_the_same_however_much_there_is(self, ada, django_assert_num_queries):
        with CaptureQueriesContext(connection) as none:
            ada.send("GET", "/stats/overview")
        for n in range(3):
            with_action(ada, tags=[f"t{n}", "all"])
        with django_assert_num_queries(len(none)):
            found = ada.send("GET", "/stats/overview").json()
        assert found["top_tags"][0] == {"tag": "all", "count": 3}

    def test_trend_has_thirty_days_and_ten_tags(self, ada):
        for days in (0, 0, 29, 30):
            session = ada.open_session()
            then = timezone.now() - timedelta(days=days)
            SolveSession.objects.filter(pk=session).update(created_at=then)
        ada.send("PATCH", f"/sessions/{session}", {"tags": [f"t{n}" for n in range(10)]})
        other = ada.open_session()
        ada.send("PATCH", f"/sessions/{other}", {"tags": ["t9", "x", "y"]})
        found = ada.send("GET", "/stats/overview").json()
        assert [day["count"] for day in found["daily_trend"]] == [1, 3]
        assert len(found["top_tags"]) == 10
        assert found["top_tags"][0] == {"tag": "t9", "count": 2}


class TestFiles:
    WORDS = "我很焦虑 👩🏽‍🚀 \u202eright\u202c"

    @pytest.fixture
    def told(self, ada):
        session = with_action(ada, "=HYPERLINK(0)", tags=["work, rent", "+1"])
        ada.say(session, self.WORDS)
        ada.wire.settle()
        return session

    def test_one_as_markdown_and_json(self, ada, told):
        reply = ada.send("GET", f"/sessions/{told}/export")
        assert reply.header("content-type") == "text/markdown; charset=utf-8"
        text = reply.body.decode()
        assert text.startswith("# =HYPERLINK(0)\n")
        assert self.WORDS in text
        assert "- [ ] =HYPERLINK(0)" in text
        found = json.loads(ada.send("GET", f"/sessions/{told}/export?format=json").body)
        assert set(found) == {"id", "status", "current_step", "created_at", "completed_at", "tags", "first_step_action",
                              "action_completed", "action_completed_at", "messages"}  # fmt: skip
        assert found["messages"][0]["content"] == self.WORDS
        assert set(found["messages"][0]) == {"id", "role", "content", "created_at"}
        assert found["created_at"].endswith("Z")

    def test_name_survives_a_header_and_the_web_client(self, ada, told):
        header = ada.send("GET", f"/sessions/{told}/export").header("content-disposition")
        header.encode("ascii")
        plain = header.split("filename=")[1].replace('"', "")
        assert plain.endswith(f"_{timezone.now():%Y%m%d}.md")
        assert "filename*=UTF-8''" in header
        assert header.index("filename*=") < header.index("filename=")

    @pytest.mark.parametrize("language", exports.LABELS)
    def test_labels_follow_the_sessions_language(self, ada, told, language):
        SolveSession.objects.update(locale=f"{language}-XX")
        text = ada.send("GET", f"/sessions/{told}/export").body.decode()
        assert f"## {exports.LABELS[language]['talk']}" in text

    def test_all_as_json_and_csv(self, ada, told, bob):
        bob.open_session()
        ada.open_session()
        reply = ada.send("GET", "/sessions/all/export")
        assert "sessions_export_" in reply.header("content-disposition")
        found = reply.json()
        assert found["total_sessions"] == 2
        assert [s["message_count"] for s in found["sessions"]] == [0, 2]
        assert found["sessions"][1]["messages"][0]["content"] == self.WORDS
        reply = ada.send("GET", "/sessions/all/export?format=csv")
        assert reply.header("content-type") == "text/csv; charset=utf-8"
        header, empty, full = csv.reader(io.StringIO(reply.body.decode()))
        assert tuple(header) == exports.COLUMNS
        assert full[6] == "'=HYPERLINK(0)"
        assert full[5] == "work, rent, +1"
        assert (full[7], full[9], empty[9]) == ("False", "2", "0")

    def test_nothing_is_a_file_as_well(self, ada):
        assert ada.send("GET", "/sessions/all/export").json()["sessions"] == []
        assert len(ada.send("GET", "/sessions/all/export?format=csv").body.splitlines()) == 1

    def test_filters(self, ada, told):
        other = ada.open_session()
        ada.send("PATCH", f"/sessions/{other}", {"status": "abandoned", "tags": ["Holiday"]})

        def ids(query):
            return [
                s["id"] for s in ada.send("GET", f"/sessions/all/export?{query}").json()["sessions"]
            ]

        assert ids("status=archived") == [other]
        assert ids("tags=oli") == [other]
        assert ids("tags=OLI,rent") == [other, told]
        today = timezone.now().date()
        assert ids(f"start_date={today}&end_date={today}") == [other, told]
        assert ids(f"start_date={today + timedelta(days=1)}") == []
        assert ids(f"end_date={today - timedelta(days=1)}") == []

    @pytest.mark.parametrize(
        "query",
        ["format=pdf", "status=odd", "start_date=soon", "start_date=2026-13-01", "tags=%00"],
    )
    def test_bad_wishes_are_refused(self, ada, query):
        assert ada.send("GET", f"/sessions/all/export?{query}").status == 422

    def test_somebody_elses_is_like_one_that_never_was(self, ada, bob, told):
        foreign = bob.send("GET", f"/sessions/{told}/export")
        unknown = bob.send("GET", f"/sessions/{uuid.uuid4()}/export")
        assert foreign.status == unknown.status == 404
        assert foreign.code == unknown.code == "SESSION_NOT_FOUND"

    def test_costs_the_same_for_one_and_for_three(self, ada, told, django_assert_num_queries):
        with CaptureQueriesContext(connection) as one:
            ada.send("GET", "/sessions/all/export")
        for _ in range(2):
            ada.say(ada.open_session(), "hello")
            ada.wire.settle()
        with django_assert_num_queries(len(one)):
            assert ada.send("GET", "/sessions/all/export").json()["total_sessions"] == 3

    def test_system_words_are_not_in_any(self, ada):
        call_command("seed", verbosity=0)
        template = ada.send("GET", "/api/v1/templates").json()["templates"][0]["id"]
        session = ada.open_session(template_id=template)
        prompt = Message.objects.get(session=session, role="system").content
        for path in (
            f"/sessions/{session}/export",
            f"/sessions/{session}/export?format=json",
            "/sessions/all/export",
        ):
            assert prompt[:40] not in ada.send("GET", path).body.decode()

    @pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
    def test_no_cell_is_a_formula(self, cell):
        (row,) = csv.reader(io.StringIO(exports.csv_text([[cell]])))
        assert row == [f"'{cell}"]


class TestReminders:
    def remind(self, person, when):
        session = with_action(person)
        reply = person.send("PATCH", f"/sessions/{session}", {"reminder_time": when})
        assert reply.status == 200
        return session

    def test_go_out_once_when_due_to_a_confirmed_address(self, ada, mailoutbox, settings):
        User.objects.filter(pk=ada.id).update(email_verified_at=timezone.now())
        session = self.remind(ada, "2026-01-01T08:00:00+02:00")
        self.remind(ada, (timezone.now() + timedelta(hours=1)).isoformat())
        mailoutbox.clear()
        for _ in range(2):
            call_command("send_reminders", verbosity=0)
        (letter,) = mailoutbox
        assert f"{settings.FRONTEND_URL}/sessions/{session}" in letter.body
        assert "Walk" not in letter.body + letter.subject  # what it is about stays here
        assert SolveSession.objects.get(pk=session).reminder_sent_at

    def test_do_not_go_to_an_address_nobody_confirmed(self, ada, mailoutbox):
        session = self.remind(ada, "2026-01-01T08:00:00Z")
        mailoutbox.clear()
        call_command("send_reminders", verbosity=0)
        assert mailoutbox == []
        assert SolveSession.objects.get(pk=session).reminder_sent

    def test_new_time_counts_anew_and_null_clears(self, ada):
        session = self.remind(ada, "2026-01-01T08:00:00Z")
        call_command("send_reminders", verbosity=0)
        ada.send("PATCH", f"/sessions/{session}", {"reminder_time": "2026-01-02T08:00:00Z"})
        assert SolveSession.objects.get(pk=session).reminder_sent is False
        ada.send("PATCH", f"/sessions/{session}", {"reminder_time": None})
        assert SolveSession.objects.get(pk=session).reminder_time is None

    def test_many_are_sent_in_batches(self, ada, mailoutbox):
        User.objects.filter(pk=ada.id).update(email_verified_at=timezone.now())
        mailoutbox.clear()
        SolveSession.objects.bulk_create(
            SolveSession(user_id=ada.id, reminder_time=datetime(2026, 1, 1, tzinfo=UTC))
            for _ in range(150)
        )
        call_command("send_reminders", verbosity=0)
        assert len(mailoutbox) == 150
