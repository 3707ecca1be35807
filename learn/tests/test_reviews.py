"""Reviews: limits of a day, load balance, grades taken back, forecasts, settings."""

import random
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.db.models import F

from learn.models import Card, LearnerSettings, Review
from learn.rules import balance, memory
from learn.rules.memory import Rating
from learn.selectors import reviews as selectors
from learn.selectors import settings as wishes
from learn.services import reviews, settings
from learn.tests.test_cards import grade, make

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday

AGAIN, HARD, GOOD, EASY = Rating


def card_of(person, question="q", **fields):
    card = Card(user_id=person.id, question=question, answer="a")
    card.memory = memory.fresh(NOW)
    for name, value in fields.items():
        setattr(card, name, value)
    card.save()
    return card


def seen(person, days_ago, question="q", **fields):
    """A card in review, due now, last seen some days ago."""
    then = NOW - timedelta(days=days_ago)
    known = {"phase": 2, "step": None, "stability": float(days_ago), "difficulty": 5.0}
    return card_of(
        person,
        question,
        **{**known, "due": NOW - timedelta(hours=1), "last_review": then, **fields},
    )


def look(person, card, rating=Rating.GOOD, now=NOW, key=None):
    return reviews.grade(card_id=card.pk, user_id=person.id, rating=rating, key=key, now=now)


def due(person, now=NOW, limit=20, everything=False):
    return selectors.due(user_id=person.id, now=now, limit=limit, everything=everything)


def choose(person, **changes):
    return settings.change(user_id=person.id, changes=changes, now=NOW)


class TestSettings:
    DEFAULTS = {
        "reviews_per_day": None, "new_per_day": None, "easy_days": {}, "load_balance": False,
        "desired_retention": 0.9, "time_zone": "UTC", "day_starts_at": 4, "digest": False, "digest_hour": 8,
    }  # fmt: skip

    def test_are_the_defaults_until_something_is_chosen(self, ada):
        assert ada.send("GET", "/learn/settings").json() == self.DEFAULTS
        assert not LearnerSettings.objects.exists()

    def test_change_only_in_what_was_sent(self, ada, bob):
        for change in (
            {"new_per_day": 5, "easy_days": {"sunday": "none", "saturday": "reduced"}},
            {"time_zone": "Asia/Shanghai"},
            {"desired_retention": 0.85},
            {"new_per_day": None},
            {},
        ):
            before = ada.send("GET", "/learn/settings").json()
            assert ada.send("PATCH", "/learn/settings", change).json() == before | change
        assert ada.send("GET", "/learn/settings").json()["time_zone"] == "Asia/Shanghai"
        assert bob.send("GET", "/learn/settings").json() == self.DEFAULTS

    @pytest.mark.parametrize("change", [
        {"reviews_per_day": -1}, {"new_per_day": 10_000}, {"easy_days": {"someday": "none"}}, {"easy_days": {"sunday": "much"}},
        {"desired_retention": 0.79}, {"desired_retention": 0.98}, {"desired_retention": None}, {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"}, {"time_zone": ""}, {"time_zone": "a\x00"}, {"time_zone": "localtime"}, {"day_starts_at": 24},
        {"digest_hour": -1}, {"digest": None}, {"load_balance": "perhaps"}, {"easy_days": []},
    ])  # fmt: skip
    def test_nonsense_is_refused_and_changes_nothing(self, ada, change):
        assert ada.send("PATCH", "/learn/settings", {"digest_hour": 9, **change}).status == 422
        assert not LearnerSettings.objects.exists()

    def test_are_for_the_signed_in(self, wire):
        assert wire.send("GET", "/learn/settings").status == 401

    def test_desired_retention_reaches_the_schedule(self, ada):
        calm, keen = seen(ada, 30, "calm"), seen(ada, 30, "keen")
        choose(ada, desired_retention=0.8)
        far = look(ada, calm).memory.interval
        choose(ada, desired_retention=0.97)
        assert look(ada, keen).memory.interval < far / 3


class TestLimits:
    def test_count_what_was_done_today_and_all_lifts_them(self, ada):
        old = [seen(ada, 10 + n, f"old{n}", due=NOW - timedelta(days=n + 1)) for n in range(4)]
        new = [card_of(ada, f"new{n}", due=NOW - timedelta(seconds=9 - n)) for n in range(3)]
        choose(ada, reviews_per_day=2, new_per_day=1)
        found = due(ada)
        assert [c["question"] for c in found["cards"]] == ["old3", "old2", "new0"]
        assert (found["total"], found["remaining_today"], found["due_total"]) == (3, 3, 7)
        look(ada, old[3])
        look(ada, new[0], Rating.EASY)
        found = due(ada)
        assert [c["question"] for c in found["cards"]] == ["old2"]
        assert (found["remaining_today"], found["due_total"]) == (1, 5)
        whole = due(ada, everything=True)
        assert (len(whole["cards"]), whole["total"], whole["remaining_today"]) == (5, 5, 1)

    def test_card_seen_today_comes_back_and_counts_once(self, ada):
        card = card_of(ada)
        card_of(ada, "other")
        choose(ada, new_per_day=1, reviews_per_day=0)
        look(ada, card, Rating.AGAIN)
        later = NOW + timedelta(minutes=5)
        assert [c["question"] for c in due(ada, later)["cards"]] == ["q"]
        look(ada, card, Rating.AGAIN, now=later)
        found = due(ada, later + timedelta(minutes=5))
        assert (found["total"], found["due_total"]) == (1, 2)

    def test_begin_anew_with_the_learners_own_day(self, ada):
        choose(ada, new_per_day=1, time_zone="Asia/Shanghai")
        first, _ = card_of(ada, "a"), card_of(ada, "b")
        look(ada, first, Rating.EASY, now=NOW)
        evening = datetime(2026, 11, 24, 19, 59, tzinfo=UTC)  # 03:59 in Shanghai
        assert due(ada, evening)["total"] == 0
        assert due(ada, evening + timedelta(minutes=1))["total"] == 1

    def test_withdrawn_look_does_not_count(self, ada):
        choose(ada, new_per_day=1)
        first, _ = card_of(ada, "a", due=NOW - timedelta(days=1)), card_of(ada, "b")
        look(ada, first, Rating.EASY)
        assert due(ada)["total"] == 0
        reviews.undo(card_id=first.pk, user_id=ada.id, now=NOW)
        assert [c["question"] for c in due(ada)["cards"]] == ["a"]

    def test_over_the_wire(self, ada):
        ada.send("PATCH", "/learn/settings", {"new_per_day": 1})
        make(ada, "a"), make(ada, "b")
        found = ada.send("GET", "/learn/reviews/due").json()
        assert (len(found["cards"]), found["remaining_today"], found["due_total"]) == (1, 1, 2)
        assert len(ada.send("GET", "/learn/reviews/due?all=true").json()["cards"]) == 2

    def test_queue_takes_two_statements(self, ada, django_assert_num_queries):
        card_of(ada), seen(ada, 9)
        with django_assert_num_queries(2):
            due(ada)


class TestBalance:
    def histories(self, person, **chosen):
        if chosen:
            choose(person, **chosen)
        chance, moments = random.Random(3), NOW
        card = card_of(person)
        for _ in range(40):
            moments += timedelta(days=chance.randint(0, 30), minutes=chance.randint(1, 900))
            rating = chance.choice(list(Rating))
            before = Card.objects.get(pk=card.pk).memory
            yield before, rating, moments, look(person, card, rating, now=moments)

    def test_off_the_schedule_is_the_packages_own(self, ada):
        for before, rating, moment, card in self.histories(ada):
            assert card.memory == memory.grade(before, rating, now=moment)

    def test_on_only_the_due_day_moves_and_within_reach(self, ada):
        for n in range(60):
            seen(ada, 9, f"x{n}", due=NOW + timedelta(days=n * 3))
        moved = 0
        easy = {"sunday": "none", "saturday": "reduced"}
        days = wishes.of(ada.id).calendar
        for before, rating, moment, card in self.histories(ada, load_balance=True, easy_days=easy):
            pure, ours = memory.grade(before, rating, now=moment), card.memory
            assert (ours.stability, ours.difficulty) == (pure.stability, pure.difficulty)
            assert (ours.last_review, ours.phase) == (pure.last_review, pure.phase)
            moved += ours.due != pure.due
            shift = (days.day_of(ours.due) - days.day_of(pure.due)).days
            if pure.interval < balance.SHORTEST:
                assert shift == 0
                continue
            least, greatest = balance.reach(pure.interval)
            assert least <= pure.interval + shift <= greatest
            assert days.day_of(ours.due) > days.day_of(moment)
            assert days.day_of(ours.due).weekday() != 6 or greatest - least < 1
        assert moved

    def test_full_days_are_avoided(self, ada):
        choose(ada, load_balance=True)
        card = seen(ada, 10)
        pure = memory.grade(card.memory, Rating.GOOD, now=NOW)
        for n in range(5):
            seen(ada, 9, f"full{n}", due=pure.due)
        assert look(ada, card).due.date() != pure.due.date()

    def test_easy_days_alone_move_only_what_falls_on_them(self, ada):
        card, other = seen(ada, 10), seen(ada, 10, "other")
        pure = memory.grade(card.memory, Rating.GOOD, now=NOW)
        names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        for n in range(3):
            seen(ada, 9, f"full{n}", due=pure.due)
        choose(ada, easy_days={names[(pure.due.weekday() + 3) % 7]: "none"})
        assert look(ada, other).due == pure.due
        choose(ada, easy_days={names[pure.due.weekday()]: "none"})
        assert abs((look(ada, card).due - pure.due).days) in (1, 2, 3)

    def test_asks_for_the_loads_in_one_statement(self, ada, django_assert_num_queries):
        card, other = seen(ada, 10), seen(ada, 10, "b")
        with django_assert_num_queries(6):  # savepoint, card, settings, look, card, release
            look(ada, card)
        choose(ada, load_balance=True)
        with django_assert_num_queries(7):
            look(ada, other)


class TestUndo:
    def test_all_is_as_before_and_the_look_stays_in_the_history(self, ada):
        card = seen(ada, 10)
        before = Card.objects.get(pk=card.pk).memory
        look(ada, card, key="k")
        for _ in range(2):  # sent twice it is one
            reply = ada.send("POST", f"/learn/reviews/{card.pk}/undo")
            assert reply.status == 200, reply.body
        assert Card.objects.get(pk=card.pk).memory == before
        row = Review.objects.get()
        assert row.withdrawn_at
        assert ada.send("GET", "/learn/reviews/retention").json()["reviews"] == 0
        grade(ada, card.pk, key="k")  # a late repetition of what was taken back
        assert Card.objects.get(pk=card.pk).memory == before
        assert grade(ada, card.pk, "hard").status == 200
        assert list(Review.objects.order_by("number").values_list("number", flat=True)) == [1, 2]

    def test_clocks_that_jump_back_do_not_change_which_was_last(self, ada):
        card = card_of(ada)
        look(ada, card, Rating.GOOD, now=NOW)
        after_first = Card.objects.get(pk=card.pk).memory
        look(ada, card, Rating.AGAIN, now=NOW - timedelta(days=400))
        reviews.undo(card_id=card.pk, user_id=ada.id, now=NOW - timedelta(days=401))
        assert Card.objects.get(pk=card.pk).memory == after_first
        assert Review.objects.get(withdrawn_at__isnull=False).rating == Rating.AGAIN

    def test_nothing_to_undo(self, ada):
        card = make(ada)
        refused = ada.send("POST", f"/learn/reviews/{card}/undo")
        assert (refused.status, refused.code) == (400, "NOTHING_TO_UNDO")
        Card.objects.filter(pk=card).update(state="proposed")
        assert grade(ada, card).code == "CARD_NOT_ACTIVE"
        assert ada.send("POST", f"/learn/reviews/{card}/undo").code == "NOTHING_TO_UNDO"

    def test_looks_from_before_they_were_numbered_are_numbered_by_time(self, ada):
        migration = import_module("learn.migrations.0004_memory")
        for question in ("a", "b"):
            card = card_of(ada, question)
            for n, rating in enumerate((GOOD, AGAIN, HARD)):
                look(ada, card, rating, now=NOW + timedelta(days=n))
        Review.objects.update(number=F("number") * -1 + 1000)
        Card.objects.update(looks=0)
        with connection.cursor() as cursor:
            cursor.execute(migration.NUMBER_THE_LOOKS)
        in_order = Review.objects.order_by("card__question", "at").values_list("number", flat=True)
        assert list(in_order) == [1, 2, 3, 1, 2, 3]
        assert set(Card.objects.values_list("looks", flat=True)) == {3}

    def test_memory_survives_json(self):
        known = memory.fresh(NOW)
        assert memory.Memory.unpacked(known.packed()) == known
        chance = random.Random(2)
        for _ in range(200):
            known = memory.grade(known, chance.choice(list(Rating)), now=NOW + timedelta(days=_))
            assert memory.Memory.unpacked(known.packed()) == known


class TestForecast:
    def test_is_in_the_learners_own_days_over_a_change_of_clocks(self, ada):
        choose(ada, time_zone="Europe/Madrid", day_starts_at=0)
        now = datetime(2026, 3, 27, 12, tzinfo=UTC)
        for n, when in enumerate((
            datetime(2026, 3, 27, 22, 59, tzinfo=UTC),  # 23:59 on the 27th
            datetime(2026, 3, 27, 23, 0, tzinfo=UTC),  # 00:00 on the 28th
            datetime(2026, 3, 28, 23, 0, tzinfo=UTC),  # 00:00 on the 29th, which has 23 hours
            datetime(2026, 3, 29, 21, 59, tzinfo=UTC),  # 23:59 on the 29th
            datetime(2026, 3, 29, 22, 0, tzinfo=UTC),  # 00:00 on the 30th
            datetime(2026, 1, 1, tzinfo=UTC),  # late
        )):  # fmt: skip
            card_of(ada, f"q{n}", due=when)
        days = selectors.forecast(user_id=ada.id, now=now)
        assert len(days) == 30
        counts = [days[date(2026, 3, day)] for day in (27, 28, 29, 30, 31)]
        assert counts == [2, 1, 2, 1, 0]

    def test_retention_is_shown_by_what_was_predicted(self, ada):
        card = seen(ada, 10)
        for n, (predicted, rating) in enumerate([(0.5, 1), (0.92, 3), (0.92, 1), (0.99, 4)]):
            Review.objects.create(
                user_id=ada.id, card=card, number=n + 1, rating=rating, at=NOW, predicted=predicted
            )
        found = selectors.retention(user_id=ada.id, now=NOW)
        shown = [(b["at_least"], b["below"], b["reviews"], b["measured"]) for b in found["buckets"]]
        assert shown == [(0.0, 0.7, 1, 0.0), (0.9, 0.95, 2, 0.5), (0.95, 1.0, 1, 1.0)]
        assert (found["reviews"], found["measured"]) == (4, 0.5)
        assert found["predicted"] == pytest.approx((0.5 + 0.92 * 2 + 0.99) / 4)
