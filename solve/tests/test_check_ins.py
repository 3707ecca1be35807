"""After a commit with a time: asked once, answered by link or API, only by its owner."""

import csv
import io
import os
import re
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from conftest import ROOT, copy_database, template_database
from solacore.kit import signed
from solve.models import CheckIn, SolveSession
from solve.services import check_ins

ACTION = "Write two lines to my brother"
DAY = timedelta(days=1)


def commit(person, when="2031-05-06T07:08:09Z", **changes):
    session = person.open_session()
    body = {"first_step_action": ACTION, "reminder_time": when, **changes}
    assert person.send("PATCH", f"/sessions/{session}", body).status == 200
    return session


def say(person, session, outcome, **more):
    return person.send("POST", f"/sessions/{session}/check-in", {"outcome": outcome, **more})


def come_due(session):
    CheckIn.objects.filter(session=session).open().update(due_at=timezone.now() - DAY)


@pytest.fixture
def confirmed(ada, mailoutbox):
    User.objects.filter(pk=ada.id).update(email_verified_at=timezone.now())
    mailoutbox.clear()
    return ada


class TestPlanning:
    def test_due_a_day_after_the_time_that_was_chosen(self, ada):
        session = commit(ada, "2031-05-06T09:08:09+02:00")
        assert CheckIn.objects.get().due_at == datetime(2031, 5, 7, 7, 8, 9, tzinfo=UTC)
        found = ada.read(session)
        assert found["check_in"] == {
            "due_at": "2031-05-07T07:08:09.000000Z",
            "outcome": None,
            "answered_at": None,
        }
        assert found["follows"] is None

    def test_needs_both_a_step_and_a_time(self, ada):
        session = ada.open_session()
        ada.send("PATCH", f"/sessions/{session}", {"first_step_action": ACTION})
        assert not CheckIn.objects.exists()
        ada.send("PATCH", f"/sessions/{session}", {"reminder_time": "2031-05-06T07:08:09Z"})
        assert CheckIn.objects.count() == 1
        assert ada.read(ada.open_session())["check_in"] is None

    def test_time_already_past_counts_as_now(self, ada):
        commit(ada, "2026-01-01T08:00:00Z")
        assert abs(CheckIn.objects.get().due_at - timezone.now() - DAY) < timedelta(minutes=1)

    def test_last_day_of_the_calendar_is_no_failure(self, ada):
        session = commit(ada, "9999-12-31T10:00:00Z")
        assert ada.read(session)["check_in"]["due_at"].startswith("9999-12-31T23:59:59")

    def test_new_time_moves_it_and_the_same_time_does_not(self, ada):
        session = commit(ada)
        CheckIn.objects.update(asked_at=timezone.now())
        ada.send("PATCH", f"/sessions/{session}", {"reminder_time": "2031-05-06T07:08:09Z"})
        assert CheckIn.objects.get().asked_at
        ada.send("PATCH", f"/sessions/{session}", {"reminder_time": "2031-06-06T07:08:09"})
        moved = CheckIn.objects.get()
        assert (moved.asked_at, moved.due_at.month) == (None, 6)

    @pytest.mark.parametrize(
        "change", [{"reminder_time": None}, {"first_step_action": None}, {"status": "abandoned"}]
    )
    def test_clearing_removes_one_that_nobody_was_asked(self, ada, change):
        session = commit(ada)
        ada.send("PATCH", f"/sessions/{session}", change)
        assert not CheckIn.objects.exists()

    def test_clearing_leaves_one_that_was_asked(self, ada):
        session = commit(ada)
        CheckIn.objects.update(asked_at=timezone.now())
        ada.send("PATCH", f"/sessions/{session}", {"reminder_time": None})
        assert say(ada, session, "done").status == 200

    def test_own_time_replaces_it_and_outlives_a_reworded_step(self, ada):
        session = commit(ada)
        path = f"/sessions/{session}/check-in"
        reply = ada.send("PUT", path, {"due_at": "2032-01-01T10:00:00+01:00"})
        assert (reply.status, reply.json()["due_at"]) == (200, "2032-01-01T09:00:00Z")
        assert reply.json()["action"] == ACTION
        ada.send("PATCH", f"/sessions/{session}", {"first_step_action": "Ring him"})
        assert CheckIn.objects.get().due_at.year == 2032
        assert ada.send("DELETE", path).status == 204
        again = ada.send("DELETE", path)
        assert (again.status, again.code) == (404, "CHECK_IN_NOT_FOUND")

    def test_own_time_needs_a_step_that_is_not_done(self, ada):
        session = ada.open_session()
        body = {"due_at": "2032-01-01T10:00:00Z"}
        reply = ada.send("PUT", f"/sessions/{session}/check-in", body)
        assert (reply.status, reply.code) == (400, "NO_ACTION")
        ada.send("PATCH", f"/sessions/{session}", {"first_step_action": ACTION})
        ada.send("PATCH", f"/actions/{session}/complete")
        reply = ada.send("PUT", f"/sessions/{session}/check-in", body)
        assert (reply.status, reply.code) == (400, "ACTION_COMPLETED")


class TestAnswering:
    def test_done_completes_the_step(self, ada):
        session = commit(ada)
        reply = say(ada, session, "done", note="He wrote back")
        assert reply.status == 200
        assert reply.json()["note"] == "He wrote back"
        assert ada.read(session)["action_completed"] is True
        assert ada.read(session)["check_in"]["outcome"] == "done"

    def test_same_again_keeps_the_first_moment_and_another_replaces(self, ada):
        session = commit(ada)
        first = say(ada, session, "done").json()
        assert say(ada, session, "done").json() == first
        second = say(ada, session, "changed", note="Ring him instead").json()
        assert (second["id"], second["outcome"]) == (first["id"], "changed")
        assert ada.read(session)["action_completed"] is False
        assert CheckIn.objects.count() == 1

    def test_answer_stands_once_a_follow_up_has_begun_from_it(self, ada):
        session = commit(ada)
        say(ada, session, "not_yet")
        ada.open_session(follow_up_of=session)
        reply = say(ada, session, "done")
        assert (reply.status, reply.code) == (409, "CHECK_IN_SETTLED")
        assert ada.read(session)["action_completed"] is False
        assert say(ada, session, "not_yet").status == 200

    def test_not_yet_plans_the_next_and_a_retry_plans_no_other(self, ada):
        session = commit(ada)
        for _ in range(2):
            reply = say(ada, session, "not_yet", next_due_at="2031-07-01T10:00:00+02:00").json()
            assert reply["next_due_at"] == "2031-07-01T08:00:00Z"
        assert CheckIn.objects.count() == 2
        moved = say(ada, session, "not_yet", next_due_at="2031-08-01T10:00:00Z").json()
        assert (moved["id"], moved["next_due_at"]) == (reply["id"], "2031-08-01T10:00:00Z")
        assert say(ada, session, "done").json()["id"] != reply["id"]
        assert [c.outcome for c in CheckIn.objects.order_by("created_at")] == ["not_yet", "done"]

    def test_ticking_the_step_off_answers_it_and_unticking_asks_again(self, ada):
        session = commit(ada)
        ada.send("PATCH", f"/actions/{session}/complete")
        assert ada.read(session)["check_in"]["outcome"] == "done"
        ada.send("PATCH", f"/actions/{session}/uncomplete")
        assert ada.read(session)["check_in"]["outcome"] is None

    @pytest.mark.parametrize(
        "body",
        [{}, {"outcome": "maybe"}, {"outcome": "done", "note": "x" * 501},
         {"outcome": "done", "note": "a\x00b"}, {"outcome": "done", "next_due_at": "2031-01-01T00:00:00Z"},
         {"outcome": "not_yet", "next_due_at": "soon"}],
    )  # fmt: skip
    def test_nonsense_is_422_and_answers_nothing(self, ada, body):
        session = commit(ada)
        assert ada.send("POST", f"/sessions/{session}/check-in", body).status == 422
        assert CheckIn.objects.get().outcome is None

    def test_without_a_check_in_there_is_nothing_to_answer(self, ada):
        reply = say(ada, ada.open_session(), "done")
        assert (reply.status, reply.code) == (404, "CHECK_IN_NOT_FOUND")


class TestOwners:
    @pytest.mark.parametrize(
        ("method", "body"),
        [("PUT", {"due_at": "2032-01-01T10:00:00Z"}), ("POST", {"outcome": "done"}), ("DELETE", None)],
    )  # fmt: skip
    def test_somebody_elses_is_like_one_that_never_was(self, ada, bob, method, body):
        session = commit(ada)
        before = CheckIn.objects.values().get()
        theirs = bob.send(method, f"/sessions/{session}/check-in", body)
        unknown = bob.send(method, f"/sessions/{uuid.uuid4()}/check-in", body)
        assert theirs.status == unknown.status == 404
        assert theirs.code == "SESSION_NOT_FOUND"
        assert {**theirs.json(), "request_id": 0} == {**unknown.json(), "request_id": 0}
        assert CheckIn.objects.values().get() == before
        assert bob.send("GET", "/sessions/check-ins").json()["check_ins"] == []

    def test_list_is_soonest_first_and_costs_the_same_for_three(self, ada, bob):
        commit(bob)
        late = commit(ada, "2033-01-01T00:00:00Z")
        with CaptureQueriesContext(connection) as one:
            ada.send("GET", "/sessions/check-ins")
        soon, mid = commit(ada, "2031-01-01T00:00:00Z"), commit(ada, "2032-01-01T00:00:00Z")
        say(ada, mid, "done", note="mine")
        with CaptureQueriesContext(connection) as three:
            found = ada.send("GET", "/sessions/check-ins").json()
        assert len(one) == len(three)
        assert [c["session_id"] for c in found["check_ins"]] == [soon, mid, late]
        assert (found["total"], found["check_ins"][0]["action"]) == (3, ACTION)

        def ids(query):
            found = ada.send("GET", f"/sessions/check-ins?{query}").json()
            return [c["session_id"] for c in found["check_ins"]]

        assert ids("status=open") == [soon, late]
        assert ids("status=answered") == [mid]
        assert ids("limit=1&offset=1") == [mid]
        for bad in ("status=x", "limit=0", "limit=101", "offset=-1", f"offset={2**63}"):
            assert ada.send("GET", f"/sessions/check-ins?{bad}").status == 422

    def test_staff_never_see_a_note(self, ada, client, db):
        say(ada, commit(ada), "changed", note="a private sentence")
        User.objects.filter(pk=ada.id).update(is_staff=True, is_superuser=True)
        client.force_login(User.objects.get(pk=ada.id))
        for path in ("", f"{CheckIn.objects.get().pk}/change/"):
            page = client.get(f"/admin/solve/checkin/{path}", headers={"host": "localhost"})
            assert page.status_code == 200
            assert "private sentence" not in page.content.decode()


class TestLetter:
    def ask(self, person, mailoutbox):
        session = commit(person)
        come_due(session)
        call_command("ask_check_ins", verbosity=0)
        letter = mailoutbox[-1]
        return session, letter, re.search(r"/mail/check-in\?token=(\S+)", letter.body)[1]

    def press(self, wire, token, outcome):
        page = wire.send("GET", f"/mail/check-in?token={token}")
        form = page.body.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
        return wire.send(
            "POST", "/mail/check-in",
            body=f"csrfmiddlewaretoken={form}&token={token}&outcome={outcome}".encode(),
            headers={"content-type": "application/x-www-form-urlencoded",
                     "cookie": f"staff_csrf={page.cookies['staff_csrf']}", "origin": "http://localhost"},
        )  # fmt: skip

    def test_goes_out_once_when_due_and_tells_nothing(self, confirmed, mailoutbox):
        commit(confirmed)  # not due
        session, letter, _ = self.ask(confirmed, mailoutbox)
        call_command("ask_check_ins", verbosity=0)
        assert len(mailoutbox) == 1
        whole = letter.subject + letter.body + letter.alternatives[0][0]
        for private in ("brother", "Write two lines", session):
            assert private not in whole

    def test_does_not_go_to_an_address_nobody_confirmed(self, ada, mailoutbox):
        come_due(commit(ada))
        mailoutbox.clear()
        call_command("ask_check_ins", verbosity=0)
        assert mailoutbox == []

    def test_many_go_in_batches(self, confirmed, mailoutbox):
        sessions = SolveSession.objects.bulk_create(
            SolveSession(user_id=confirmed.id) for _ in range(120)
        )
        CheckIn.objects.bulk_create(CheckIn(session=s, due_at=timezone.now()) for s in sessions)
        call_command("ask_check_ins", verbosity=0)
        assert len(mailoutbox) == 120

    @pytest.mark.parametrize(("language", "word"), [("en", "How did"), ("zh", "进展"), ("es", "Cómo te")])  # fmt: skip
    def test_looking_changes_nothing_and_shows_nothing(self, confirmed, mailoutbox, language, word):
        _, _, token = self.ask(confirmed, mailoutbox)
        before = CheckIn.objects.values().get()
        page = confirmed.wire.send(
            "GET",
            f"/mail/check-in?token={token}&outcome=done",
            headers={"accept-language": language},
        )
        text = page.body.decode()
        assert page.status == 200
        assert word in text
        assert text.count('name="outcome"') == 3
        assert "brother" not in text
        assert "<script" not in text
        assert CheckIn.objects.values().get() == before

    @pytest.mark.parametrize("outcome", ["done", "not_yet", "changed"])
    def test_button_answers(self, confirmed, mailoutbox, outcome):
        session, _, token = self.ask(confirmed, mailoutbox)
        reply = self.press(confirmed.wire, token, outcome)
        assert reply.status == 200
        assert "brother" not in reply.body.decode()
        assert confirmed.read(session)["check_in"]["outcome"] == outcome
        assert confirmed.read(session)["action_completed"] is (outcome == "done")

    def test_answers_one_check_in_only_and_none_once_it_is_settled(self, confirmed, mailoutbox):
        session, _, token = self.ask(confirmed, mailoutbox)
        other = commit(confirmed)
        self.press(confirmed.wire, token, "not_yet")
        assert confirmed.read(other)["check_in"]["outcome"] is None
        assert self.press(confirmed.wire, token, "changed").status == 200
        confirmed.open_session(follow_up_of=session)
        spent = self.press(confirmed.wire, token, "done")
        assert spent.status == 400
        assert "has expired" in spent.body.decode()
        assert confirmed.read(session)["check_in"]["outcome"] == "changed"

    def test_newer_question_and_deletion_end_the_link(self, confirmed, mailoutbox):
        session, _, token = self.ask(confirmed, mailoutbox)
        say(confirmed, session, "not_yet", next_due_at="2031-07-01T10:00:00Z")
        assert self.press(confirmed.wire, token, "done").status == 400
        confirmed.send("DELETE", f"/sessions/{session}")
        assert self.press(confirmed.wire, token, "done").status == 400

    def test_forged_foreign_and_expired_are_told_kindly(self, confirmed, mailoutbox):
        _, _, token = self.ask(confirmed, mailoutbox)
        now, subject = timezone.now(), str(CheckIn.objects.get().pk)
        old = signed.issue(subject, purpose="check-in", until=now)
        other = signed.issue(subject, purpose="else", until=now + DAY)
        for bad in ("", "%22%3E%3Cscript%3E", token[:-1], old, other, "%00", "a:b"):
            page = confirmed.wire.send("GET", f"/mail/check-in?token={bad}")
            assert page.status == 400
            assert b"<script>" not in page.body
        two_weeks = now + timedelta(days=14, minutes=1)
        assert signed.read(token, purpose="check-in", now=two_weeks) is None
        assert signed.read(token, purpose="check-in", now=now + timedelta(days=13)) == subject


class TestFigures:
    def test_outcomes_are_part_of_the_figures_and_their_files(self, ada, bob):
        say(bob, commit(bob), "done")
        say(ada, commit(ada), "done")
        say(ada, commit(ada), "done")
        say(ada, commit(ada), "not_yet", next_due_at="2031-07-01T10:00:00Z")
        wanted = {"asked": 3, "answered": 3, "done": 2, "not_yet": 1, "changed": 0, "rate": 66.7}
        assert ada.send("GET", "/stats/overview").json()["follow_through"] == wanted
        whole = ada.send("GET", "/stats/export").json()
        assert list(whole)[-1] == "follow_through"
        rows = list(
            csv.reader(io.StringIO(ada.send("GET", "/stats/export?format=csv").body.decode()))
        )
        assert rows[-1] == ["Follow-through Rate (%)", "66.7"]

    def test_nothing_asked_is_nothing_told(self, ada):
        assert "follow_through" not in ada.send("GET", "/stats/overview").json()
        assert b"Follow-through" not in ada.send("GET", "/stats/export?format=csv").body


@pytest.mark.timeout(120)
def test_two_schedulers_at_once_double_nothing(django_db_setup):
    """Two processes, each with its own connection, and a third that holds a row."""
    name = f"claims_{uuid.uuid4().hex[:10]}"
    url = copy_database(name, template_database())
    env = {**os.environ, "DATABASE_URL": url}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "manage.py", "ask_check_ins"]
    try:
        with psycopg.connect(url) as db:
            db.execute(
                """INSERT INTO accounts_user (id, email, password, is_superuser, is_staff, is_active,
                          is_tester, auth_provider, locale, device_limit, created_at, updated_at)
                   SELECT gen_random_uuid(), 'a@example.com', '!', false, false, true,
                          false, 'email', 'en', 1, now(), now()"""
            )
            db.execute(
                """INSERT INTO solve_solvesession (id, user_id, status, current_step, locale, tags,
                          action_completed, reminder_sent, created_at, updated_at)
                   SELECT gen_random_uuid(), (SELECT id FROM accounts_user), 'active', 'commit', 'en',
                          '{}', false, false, now(), now() FROM generate_series(1, 700)"""
            )
            db.execute(
                """INSERT INTO solve_checkin (id, session_id, due_at, created_at, updated_at)
                   SELECT gen_random_uuid(), id, now(), now(), now() FROM solve_solvesession"""
            )
            db.commit()
            db.execute("SELECT 1 FROM solve_checkin ORDER BY due_at, id LIMIT 3 FOR UPDATE")
            both = [
                subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE) for _ in "12"
            ]
            counts = [int(p.communicate(timeout=60)[0].split()[0]) for p in both]
            assert [p.returncode for p in both] == [0, 0]
            assert sum(counts) == 697  # nobody waited for the three that are held
            db.rollback()
            assert subprocess.check_output(command, cwd=ROOT, env=env).split()[0] == b"3"
            queued = (
                "SELECT args_kwargs->'args'->2->>'about' FROM django_tasks_database_dbtaskresult"
            )
            about = [row[0] for row in db.execute(queued)]
            assert len(about) == len(set(about)) == 700
    finally:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as db:
            db.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def test_claim_and_letter_are_kept_or_lost_together(confirmed, monkeypatch, mailoutbox):
    come_due(commit(confirmed))

    def crash(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(check_ins.letters, "send", crash)
        with pytest.raises(SystemExit):
            check_ins.send_due(now=timezone.now())
    assert CheckIn.objects.get().asked_at is None
    check_ins.send_due(now=timezone.now())
    assert len(mailoutbox) == 1
