"""Cards: proposed by the coach, graded with FSRS, and nobody else's."""

import gc
import random
import time
import uuid
from datetime import UTC, datetime, timedelta

import fsrs
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learn.models import Card, LearnMessage, Review
from learn.rules import memory, proposals
from learn.rules.memory import Rating
from solacore.kit import llm
from solacore.kit.llm.base import Ask, Turn

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def make(person, question="Why are there tides?", **changes):
    body = {"question": question, "answer": "The moon pulls.", **changes}
    reply = person.send("POST", "/learn/cards", body)
    assert reply.status == 201, reply.body
    return reply.json()["id"]


def grade(person, card, rating="good", key=None):
    headers = {"idempotency-key": key} if key else {}
    return person.send("POST", f"/learn/reviews/{card}/grade", {"rating": rating}, headers=headers)


def test_schedule_is_the_packages_own_on_a_thousand_histories():
    chance = random.Random(5)
    scheduler = fsrs.Scheduler(desired_retention=memory.RETENTION, enable_fuzzing=False)
    for _ in range(1000):
        ours = memory.fresh(NOW)
        theirs = fsrs.Card(card_id=1, due=NOW)
        moment = NOW
        for _ in range(chance.randint(1, 12)):
            moment += timedelta(minutes=chance.choice([1, 9, 11, 600, 1440, 1440 * 9, 1440 * 60]))
            rating = chance.choice(list(Rating))
            ours = memory.grade(ours, rating, now=moment)
            theirs, _ = scheduler.review_card(theirs, fsrs.Rating(rating.value), moment)
            assert (ours.phase, ours.step) == (theirs.state.value, theirs.step)
            assert (ours.due, ours.last_review) == (theirs.due, theirs.last_review)
            assert (ours.stability, ours.difficulty) == (theirs.stability, theirs.difficulty)
            later = moment + timedelta(days=3)
            assert memory.retrievability(ours, now=later) == scheduler.get_card_retrievability(
                theirs, later
            )


def test_state_survives_the_database_unchanged(ada):
    known = memory.fresh(NOW)
    card = Card(user_id=ada.id, question="q", answer="a")
    for rating in (Rating.GOOD, Rating.GOOD, Rating.HARD, Rating.AGAIN, Rating.EASY):
        known = memory.grade(known, rating, now=NOW + timedelta(days=rating.value))
        card.memory = known
        card.save()
        assert Card.objects.get().memory == known


def test_clock_that_went_back_is_no_time_at_all():
    known = memory.grade(memory.fresh(NOW), Rating.GOOD, now=NOW)
    back = memory.grade(known, Rating.GOOD, now=NOW - timedelta(days=400))
    assert back.last_review == NOW
    assert back.due > NOW
    assert 0 <= memory.retrievability(back, now=NOW - timedelta(days=9)) <= 1


class TestQueue:
    def test_new_card_is_due_and_a_graded_one_comes_back_later(self, ada):
        card = make(ada)
        found = ada.send("GET", "/learn/reviews/due").json()
        assert (found["total"], found["cards"][0]["id"]) == (1, card)
        graded = grade(ada, card, "easy").json()
        assert graded["due"] > found["cards"][0]["due"]
        assert graded["stability"] > 0
        nothing = {"cards": [], "total": 0, "remaining_today": 0, "due_total": 0}
        assert ada.send("GET", "/learn/reviews/due").json() == nothing

    def test_longest_due_comes_first_and_the_total_is_of_all(self, ada):
        ids = [make(ada, f"q{n}") for n in range(5)]
        for n, card in enumerate(ids):
            long_ago = timezone.now() - timedelta(days=n)
            Card.objects.filter(pk=card).update(due=long_ago, last_review=long_ago)
        found = ada.send("GET", "/learn/reviews/due?limit=2").json()
        assert [card["id"] for card in found["cards"]] == [ids[4], ids[3]]
        assert found["total"] == 5

    def test_proposed_and_suspended_are_not_in_it(self, ada):
        card = make(ada)
        ada.send("PATCH", f"/learn/cards/{card}", {"state": "suspended"})
        assert ada.send("GET", "/learn/reviews/due").json()["total"] == 0
        refused = grade(ada, card)
        assert (refused.status, refused.code) == (400, "CARD_NOT_ACTIVE")
        ada.send("PATCH", f"/learn/cards/{card}", {"state": "active"})
        assert ada.send("GET", "/learn/reviews/due").json()["total"] == 1

    @pytest.mark.parametrize(
        "path",
        ["/learn/reviews/due", "/learn/cards", "/learn/reviews/forecast", "/learn/map"],
    )
    def test_costs_the_same_for_one_and_for_three(self, ada, django_assert_num_queries, path):
        make(ada)
        with CaptureQueriesContext(connection) as one:
            ada.send("GET", path)
        make(ada, "b")
        make(ada, "c")
        with django_assert_num_queries(len(one)):
            ada.send("GET", path)

    def test_forecast_has_thirty_days_and_today_has_what_is_late(self, ada):
        for days in (-3, 0, 1, 29, 31):
            Card.objects.filter(pk=make(ada, f"q{days}")).update(
                due=timezone.now() + timedelta(days=days, seconds=-1)
            )
        days = ada.send("GET", "/learn/reviews/forecast").json()["days"]
        assert len(days) == 30
        today = (timezone.now() - timedelta(hours=4)).date()  # days begin at four
        assert days[0]["date"] == today.isoformat()
        assert sum(day["count"] for day in days) in (3, 4)  # day 29 may be the 30th from midnight
        assert days[0]["count"] >= 2

    def test_retention_measures_what_was_expected(self, ada):
        card = make(ada)
        assert ada.send("GET", "/learn/reviews/retention").json()["reviews"] == 0
        grade(ada, card)
        for rating in ("good", "again", "good", "good"):
            grade(ada, card, rating)
        found = ada.send("GET", "/learn/reviews/retention").json()
        assert found["reviews"] == 4  # the first look had no expectation
        assert found["measured"] == 0.75
        assert 0.5 < found["predicted"] <= 1


class TestGrades:
    def test_same_key_is_one_look(self, ada):
        card = make(ada)
        first, second = grade(ada, card, key="k"), grade(ada, card, key="k")
        assert first.json() == second.json()
        assert Review.objects.count() == 1
        assert grade(ada, card, "easy", key="k").status == 422
        assert grade(ada, make(ada, "other"), key="k").status == 422

    def test_other_peoples_same_key_is_another(self, ada, bob):
        grade(ada, make(ada), key="k")
        assert grade(bob, make(bob), key="k").status == 200
        assert Review.objects.count() == 2

    def test_history_is_kept_with_what_was_expected(self, ada):
        card = make(ada)
        grade(ada, card)
        grade(ada, card, "hard")
        first, second = Review.objects.order_by("at")
        assert first.predicted is None
        assert 0 < second.predicted <= 1

    @pytest.mark.parametrize("rating", ["", "great", None, 3, "GOOD"])
    def test_unknown_grades_are_refused(self, ada, rating):
        card = make(ada)
        assert ada.send("POST", f"/learn/reviews/{card}/grade", {"rating": rating}).status == 422
        assert not Review.objects.exists()

    def test_deleted_card_cannot_be_graded(self, ada):
        card = make(ada)
        assert ada.send("DELETE", f"/learn/cards/{card}").status == 204
        assert grade(ada, card).code == "CARD_NOT_FOUND"


class TestProposals:
    @pytest.mark.parametrize(
        ("text", "cards"),
        [
            ("Q: Why tides? / A: The moon.", [("Why tides?", "The moon.")]),
            (
                "Two:\nQ: One? / A: Yes.\nQ: Two?\nA: No.\nWell?",
                [("One?", "Yes."), ("Two?", "No.")],
            ),
            ("做卡片。问：为什么有潮汐？/ 答：月亮的引力。", [("为什么有潮汐？", "月亮的引力。")]),
            ("P: ¿Por qué? / R: La luna.", [("¿Por qué?", "La luna.")]),
            ("Q: Same? / A: 1 no\nQ: same? / A: 2 no", [("Same?", "1 no")]),
            ("Q: Which drive? / A: C: is the first", [("Which drive?", "C: is the first")]),
            ("No cards. FAQ: none / A lot", []),
            ("Q: / A:", []),
        ],
    )
    def test_are_read_from_what_a_coach_wrote(self, text, cards):
        assert [(p.question, p.answer) for p in proposals.read(text)] == cards

    @pytest.mark.parametrize(
        ("text", "concepts"),
        [
            (
                "Q: Why? / A: The moon. / C: Gravity\nQ: When?\nA: Twice.\nC: Tides",
                ["Gravity", "Tides"],
            ),
            ("问：为什么？/ 答：月亮。/ 概念：引力", ["引力"]),
            ("P: ¿Por qué? / R: La luna. / Concepto: Gravedad", ["Gravedad"]),
            ("Q: Why? / A: The moon.", [""]),
            ("Q: Why? / A: The moon. / C: " + "x" * 900, ["x" * 200]),
        ],
    )
    def test_may_name_their_concept(self, text, concepts):
        assert [p.concept for p in proposals.read(text)] == concepts

    def test_are_not_made_again(self, ada, say_words):
        make(ada, "why  TIDES?")
        say_words("Q: Why tides? / A: The moon.\nQ: When? / A: Twice a day. / C: Tides")
        for _ in range(2):
            lesson = ada.send("POST", "/learn").json()["session_id"]
            said = {"content": "How do tides work?", "step": "start"}
            ada.send("POST", f"/learn/{lesson}/messages", said)
            ada.wire.settle()
        (card,) = ada.send("GET", "/learn/cards?state=proposed").json()["cards"]
        assert (card["question"], card["concept"]) == ("When?", "Tides")

    def test_many_are_accepted_at_once_and_only_ones_own(self, ada, bob):
        mine = [uuid.UUID(make(ada, f"q{n}")) for n in range(4)]
        theirs, unknown = uuid.UUID(make(bob)), uuid.uuid4()
        Card.objects.filter(pk__in=[*mine[:2], theirs]).update(state="proposed")
        Card.objects.filter(pk=mine[3]).update(state="suspended")
        ids = [*mine, mine[0], theirs, unknown]
        for _ in range(2):
            found = ada.send("POST", "/learn/cards/accept", {"ids": ids}).json()
            assert found["accepted"] == [str(pk) for pk in mine[:3]]
            assert found["unknown"] == [str(pk) for pk in (mine[3], theirs, unknown)]
        states = dict(Card.objects.values_list("pk", "state"))
        assert (states[theirs], states[mine[3]]) == ("proposed", "suspended")

    @pytest.mark.parametrize("ids", [[], ["x"], None, [str(uuid.UUID(int=n)) for n in range(51)]])
    def test_bad_lists_are_refused(self, ada, ids):
        assert ada.send("POST", "/learn/cards/accept", {"ids": ids}).status == 422

    @pytest.mark.parametrize("pump", ["Q: x / ", "Q:", "/C:", "问：", "x"])
    def test_reading_is_linear(self, pump):
        """Eight times the text takes about eight times the processor, never sixty-four."""

        def work(times):
            text = "Q: " + pump * times
            taken = []
            gc.disable()  # it would walk through the whole suite's objects
            for _ in range(3):
                begun = time.process_time()
                proposals.read(text)
                taken.append(time.process_time() - begun)
            gc.enable()
            return min(taken)

        assert work(80_000) < 40 * max(work(10_000), 0.003)

    def test_come_with_the_answer_and_wait_to_be_accepted(self, ada, say_words):
        say_words("Here are cards.\nQ: Why tides? / A: The moon pulls the water.\n")
        lesson = ada.send("POST", "/learn").json()["session_id"]
        ada.send(
            "POST", f"/learn/{lesson}/messages", {"content": "How do tides work?", "step": "start"}
        )
        (card,) = ada.send("GET", f"/learn/cards?session_id={lesson}").json()["cards"]
        assert (card["state"], card["concept"]) == ("proposed", "How do tides work?")
        assert card["source_id"] == str(LearnMessage.objects.get(role="assistant").pk)
        assert ada.send("GET", "/learn/reviews/due").json()["total"] == 0
        accepted = ada.send(
            "PATCH", f"/learn/cards/{card['id']}", {"state": "active", "answer": "Gravity."}
        ).json()
        assert (accepted["state"], accepted["answer"]) == ("active", "Gravity.")
        assert ada.send("GET", "/learn/reviews/due").json()["total"] == 1
        ada.send("DELETE", f"/learn/{lesson}")
        assert (
            ada.send("GET", "/learn/cards").json()["cards"][0]["session_id"] is None
        )  # the card stays

    @pytest.mark.parametrize("language", ["en", "zh", "es"])
    def test_offline_coach_proposes_some(self, language):
        said = {
            "en": "The moon pulls the water of the ocean",
            "zh": "月亮的引力拉动海水",
            "es": "La luna tira del agua del océano",
        }[language]
        ask = Ask(
            system="",
            turns=(Turn("user", said),),
            product="learn",
            step="plan",
            language=language,
            method="spaced",
        )
        assert len(proposals.read(llm.offline_coach().answer(ask))) == 2


class TestOwnership:
    ROUTES = [
        ("POST", "/learn/reviews/{card}/grade", {"rating": "good"}),
        ("POST", "/learn/reviews/{card}/undo", None),
        ("PATCH", "/learn/cards/{card}", {"answer": "x"}),
        ("DELETE", "/learn/cards/{card}", None),
    ]

    @pytest.mark.parametrize(("method", "path", "body"), ROUTES)
    def test_somebody_elses_is_like_one_that_never_was(self, wire, ada, bob, method, path, body):
        card = make(ada)
        before = list(Card.objects.values())
        foreign = bob.send(method, path.format(card=card), body)
        unknown = bob.send(method, path.format(card=uuid.uuid4()), body)
        assert foreign.status == unknown.status == 404
        assert foreign.code == unknown.code == "CARD_NOT_FOUND"
        assert (
            wire.send(
                method, path.format(card=card), body, headers={"origin": "https://solacore.app"}
            ).status
            == 401
        )
        assert list(Card.objects.values()) == before

    def test_lists_never_mix_people(self, ada, bob):
        make(ada)
        for path in ("/learn/cards", "/learn/reviews/due"):
            assert bob.send("GET", path).json()["total"] == 0

    @pytest.mark.parametrize("body", [{}, {"question": "q"}, {"question": " ", "answer": "a"}, {"question": "q" * 501, "answer": "a"},
                                      {"question": "q", "answer": "a\x00"}, {"question": 5, "answer": "a"}, {"question": "q", "answer": "a", "concept": "c" * 201}])  # fmt: skip
    def test_bad_cards_are_refused(self, ada, body):
        assert ada.send("POST", "/learn/cards", body).status == 422
        assert not Card.objects.exists()

    def test_proposed_is_nothing_to_go_back_to(self, ada):
        assert ada.send("PATCH", f"/learn/cards/{make(ada)}", {"state": "proposed"}).status == 422
