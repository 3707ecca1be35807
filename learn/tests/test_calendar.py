"""The calendar feed and the daily letter: secret addresses, folded lines, once a day, way out."""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from accounts.services import letters
from accounts.services.letters import Letter
from learn.models import CalendarFeed, Card, LearnerSettings, LearnSession
from learn.rules import ics
from learn.rules.ics import Event
from learn.selectors import calendar as selectors
from learn.services import digests
from learn.services import settings as settings_service
from learn.tests.test_cards import make
from learn.tests.test_reviews import NOW, card_of, choose

PATH = "/learn/calendar"


def open_feed(person):
    reply = person.send("POST", PATH)
    assert reply.status == 201
    return urlsplit(reply.json()["url"]).path


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


class TestFeed:
    def test_needs_no_sign_in_and_says_nothing_of_what_is_learned(self, wire, ada):
        make(ada, "Why are there tides?", concept="Gravity")
        lesson = LearnSession.objects.create(
            user_id=ada.id, status="completed", completed_at=timezone.now(), topic="Oceans",
            review_schedule={"day_1": (timezone.now() + timedelta(days=1)).isoformat()},
        )  # fmt: skip
        reply = wire.send("GET", open_feed(ada))
        assert reply.status == 200
        assert reply.header("content-type") == "text/calendar; charset=utf-8"
        assert reply.header("cache-control") == "no-store"
        text = reply.body.decode()
        for private in ("tides", "moon", "Gravity", "Oceans", str(ada.id), ada.email):
            assert private not in text
        lines = unfolded(text)
        assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
        assert "SUMMARY:Cards to review: 1" in lines
        assert any(line.endswith(f"/learn/{lesson.pk}") for line in lines)

    def test_secret_is_kept_as_a_digest_only_and_shown_once(self, ada):
        token = open_feed(ada).removeprefix("/learn/calendar/").removesuffix(".ics")
        assert len(token) == 43  # 256 bits
        row = CalendarFeed.objects.get()
        assert token not in row.digest
        assert token.encode() not in ada.send("GET", "/account/export").body
        assert row.digest.encode() not in ada.send("GET", "/account/export").body

    def test_new_address_replaces_the_old_and_deletion_revokes(self, wire, ada, bob):
        old, new, bobs = open_feed(ada), open_feed(ada), open_feed(bob)
        assert wire.send("GET", old).status == 404
        assert wire.send("GET", new).status == 200
        for _ in range(2):
            assert ada.send("DELETE", PATH).status == 204
        gone = wire.send("GET", new)
        assert (gone.status, gone.code) == (404, "CALENDAR_NOT_FOUND")
        assert wire.send("GET", bobs).status == 200
        User.objects.filter(pk=bob.id).update(is_active=False)
        assert wire.send("GET", bobs).status == 404

    @pytest.mark.parametrize(
        "token", ["x", "%00", "é".encode().hex(), "%2e%2e", "a" * 3000, "%F0%9F"]
    )
    def test_unknown_secrets_find_nothing(self, wire, db, token):
        assert wire.send("GET", f"{PATH}/{token}.ics").status == 404

    def test_only_the_signed_in_make_or_end_one(self, wire, db):
        origin = {"origin": "https://solacore.app"}
        for method in ("POST", "DELETE"):
            assert wire.send(method, PATH, headers=origin).status == 401

    def test_guessing_is_slowed_down(self, wire, db, settings):
        settings.RATE_LIMITS = {**settings.RATE_LIMITS, "API": "3/minute"}
        found = [wire.send("GET", f"{PATH}/x.ics", client="203.0.113.9").status for _ in range(5)]
        assert found == [404, 404, 404, 429, 429]

    def test_lessons_stand_on_the_learners_own_day(self, ada):
        choose(ada, time_zone="Asia/Shanghai")
        LearnSession.objects.create(
            user_id=ada.id, status="completed", completed_at=NOW,
            review_schedule={"day_1": "2026-11-25T21:00:00Z", "day_30": "2026-12-30T12:00:00Z"},
        )  # fmt: skip
        token = open_feed(ada).removeprefix("/learn/calendar/").removesuffix(".ics")
        lines = unfolded(selectors.feed(token=token, now=NOW))
        days = [line for line in lines if line.startswith("DTSTART")]
        assert days == ["DTSTART;VALUE=DATE:20261126"]  # 05:00 there; the other is too far

    def test_text_is_what_the_standard_asks(self):
        long = "潮汐，" * 40 + "a;b,c\\d\nBEGIN:VEVENT\r\n"
        event = Event("x", date(2026, 12, 31), long, "https://solacore.app/learn")
        text = ics.feed("Ada; her reviews", [event], now=NOW)
        assert text.endswith("END:VCALENDAR\r\n")
        assert "\n" not in text.replace("\r\n", "")
        assert "\r" not in text.replace("\r\n", "")
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
        lines = unfolded(text)
        assert lines.count("BEGIN:VEVENT") == 1
        assert "DTEND;VALUE=DATE:20270101" in lines
        summary = next(line for line in lines if line.startswith("SUMMARY:"))
        back = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], summary[8:])
        assert back == long.replace("\r\n", "\n")
        assert "X-WR-CALNAME:Ada\\; her reviews" in lines

    def test_events_keep_their_names(self):
        def uid(about, day, summary):
            text = ics.feed("n", [Event(about, day, summary, "u")], now=NOW)
            return re.search(r"UID:(\S+)", text)[1]

        first = uid("a", date(2026, 1, 1), "3 cards")
        assert uid("a", date(2026, 1, 1), "4 cards") == first
        assert len({first, uid("a", date(2026, 1, 2), "x"), uid("b", date(2026, 1, 1), "x")}) == 3

    @pytest.mark.parametrize("lessons", [1, 3])
    def test_costs_the_same_for_one_and_for_three(self, ada, django_assert_num_queries, lessons):
        for n in range(lessons):
            card_of(ada, f"q{n}")
            LearnSession.objects.create(user_id=ada.id, status="completed", completed_at=NOW)
        token = open_feed(ada).removeprefix("/learn/calendar/").removesuffix(".ics")
        with django_assert_num_queries(5):
            selectors.feed(token=token, now=NOW)


@pytest.fixture
def reader(ada, mailoutbox):
    """Ada, who wants the letter at seven in Shanghai (23:00 UTC), and has one card due."""
    User.objects.filter(pk=ada.id).update(email_verified_at=timezone.now())
    card_of(ada, "Why tides?")
    choose(ada, time_zone="Asia/Shanghai", digest=True, digest_hour=7)
    mailoutbox.clear()
    return ada


SEVEN = datetime(2026, 11, 24, 23, tzinfo=UTC)  # on the 25th in Shanghai


class TestDigest:
    def test_goes_out_at_their_hour_once_a_day(self, reader, mailoutbox, settings):
        for minutes in (-30, -1, 0, 1, 15, 600):
            digests.send_due(now=SEVEN + timedelta(minutes=minutes))
        (letter,) = mailoutbox
        assert letter.to == [reader.email]
        assert f"{settings.FRONTEND_URL}/learn/reviews" in letter.body
        assert "1" in letter.body
        assert "tides" not in letter.body + letter.subject
        digests.send_due(now=SEVEN + timedelta(days=1, minutes=5))
        assert len(mailoutbox) == 2

    def test_does_not_go_to_an_address_nobody_confirmed(self, reader, mailoutbox):
        User.objects.filter(pk=reader.id).update(email_verified_at=None)
        digests.send_due(now=SEVEN)
        assert mailoutbox == []

    @pytest.mark.parametrize("why", ["digest", "suspended", "limit", "later"])
    def test_is_for_who_asked_and_has_something_due(self, reader, mailoutbox, why):
        if why == "digest":
            choose(reader, digest=False)
        if why == "suspended":
            Card.objects.update(state="suspended")
        if why == "limit":
            choose(reader, new_per_day=0)
        if why == "later":
            Card.objects.update(due=SEVEN + timedelta(minutes=1))
        assert digests.send_due(now=SEVEN) == 0
        assert mailoutbox == []

    def test_new_hour_or_zone_does_not_make_a_second_one_that_day(self, reader, mailoutbox):
        digests.send_due(now=SEVEN)
        for change in (
            {"digest_hour": 9},
            {"time_zone": "America/Los_Angeles"},
            {"digest_hour": 20},
        ):
            choose(reader, **change)
            row = LearnerSettings.objects.get()
            assert row.calendar.day_of(row.digest_next) > row.digest_day
        choose(reader, digest=False)
        choose(reader, digest=True, time_zone="Asia/Shanghai", digest_hour=8)
        digests.send_due(now=SEVEN + timedelta(hours=1))
        assert len(mailoutbox) == 1

    def test_hours_missed_by_far_wait_for_the_next_day(self, reader, mailoutbox):
        digests.send_due(now=SEVEN + timedelta(hours=4))
        assert mailoutbox == []
        digests.send_due(now=SEVEN + timedelta(days=1))
        assert len(mailoutbox) == 1

    def test_clock_that_jumps_back_sends_no_second_one(self, reader, mailoutbox):
        for jump in (0, -3, 0, -48, 0):
            digests.send_due(now=SEVEN + timedelta(hours=jump))
        assert len(mailoutbox) == 1

    @pytest.mark.parametrize(
        ("first", "hours"),
        [((3, 28), [1, 25, 48]), ((10, 24), [0, 24, 49])],  # UTC, from midnight of the first day
    )
    def test_is_sent_once_on_days_of_23_and_25_hours(self, reader, mailoutbox, first, hours):
        card_of(reader, "old", due=datetime(2026, 1, 1, tzinfo=UTC))
        start = datetime(2026, *first, tzinfo=UTC)
        changes = {"time_zone": "Europe/Madrid", "digest_hour": 2, "day_starts_at": 0}
        settings_service.change(user_id=reader.id, changes=changes, now=start - timedelta(hours=1))
        quarters = [start + timedelta(minutes=15 * n) for n in range(4 * 50)]
        sent = [moment for moment in quarters if digests.send_due(now=moment)]
        assert [(moment - start) / timedelta(hours=1) for moment in sent] == hours
        assert len(mailoutbox) == 3

    def test_many_are_sent_in_batches(self, reader, mailoutbox):
        LearnerSettings.objects.update(digest_next=SEVEN)
        users = User.objects.bulk_create(
            User(email=f"{n}@example.com", email_verified_at=NOW) for n in range(120)
        )
        LearnerSettings.objects.bulk_create(
            LearnerSettings(user=user, digest=True, digest_next=SEVEN) for user in users
        )
        assert digests.send_due(now=SEVEN) == 1  # the others have nothing due
        assert not LearnerSettings.objects.filter(digest_next__lte=SEVEN).exists()

    def test_command_says_how_many(self, reader, capsys):
        call_command("send_review_digests", verbosity=1)
        assert "written to" in capsys.readouterr().out


class TestWayOut:
    def way_out(self, mailoutbox):
        digests.send_due(now=SEVEN)
        return re.search(r"https?://\S+/mail/unsubscribe\?token=\S+", mailoutbox[-1].body)[0]

    def test_letter_has_it_for_people_and_for_mail_programs(self, reader, mailoutbox):
        link = self.way_out(mailoutbox)
        headers = mailoutbox[-1].extra_headers
        assert headers["List-Unsubscribe"] == f"<{link}>"
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_opening_it_changes_nothing_its_button_does(self, reader, mailoutbox):
        link = self.way_out(mailoutbox)
        path = link[link.index("/mail/") :]
        page = reader.wire.send("GET", path)
        assert page.status == 200
        assert LearnerSettings.objects.get().digest
        token = re.search(r'name="token" value="([^"]+)"', page.body.decode())[1]
        form = {"content-type": "application/x-www-form-urlencoded"}
        for _ in range(2):
            body = f"token={token}".encode()
            assert (
                reader.wire.send("POST", "/mail/unsubscribe", body=body, headers=form).status == 200
            )
        assert not LearnerSettings.objects.get().digest
        assert reader.send("GET", "/learn/settings").json()["digest"] is False

    def test_mail_programs_do_it_by_one_post(self, reader, mailoutbox):
        link = self.way_out(mailoutbox)
        form = {"content-type": "application/x-www-form-urlencoded"}
        body = b"List-Unsubscribe=One-Click"
        reply = reader.wire.send("POST", link[link.index("/mail/") :], body=body, headers=form)
        assert reply.status == 200
        assert not LearnerSettings.objects.get().digest

    @pytest.mark.parametrize("token", ["", "x", "x:y", "\x00", "é", "a" * 5000])
    def test_rubbish_and_forgeries_are_refused(self, reader, mailoutbox, token):
        real = self.way_out(mailoutbox).partition("token=")[2]
        other = letters._signer(Letter.REMINDER).sign(str(reader.id))
        for bad in (token, real[:-1] + ("A" if real[-1] != "A" else "B"), other):
            with pytest.raises(letters.InvalidOrExpiredToken):
                digests.unsubscribe(token=bad)
        assert LearnerSettings.objects.get().digest

    @pytest.mark.parametrize("language", ["en", "zh", "es"])
    def test_letter_is_in_the_readers_language(self, reader, mailoutbox, language):
        User.objects.filter(pk=reader.id).update(locale=language)
        self.way_out(mailoutbox)
        subjects = {"en": "Cards are waiting", "zh": "有卡片", "es": "Te esperan"}
        assert mailoutbox[-1].subject.startswith(subjects[language])
        page = reader.wire.send("GET", "/mail/unsubscribe", headers={"accept-language": language})
        assert f'lang="{language}"' in page.body.decode()
