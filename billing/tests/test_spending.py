"""What answers cost, whose budget of the day it comes out of, and who is shown what."""

import threading
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from billing import selectors
from billing.models import HouseSpending, UserSpending
from billing.services import customers, spending
from solacore.kit import metrics
from solacore.kit.llm import Spent
from solacore.kit.llm.prices import PRICES, cost

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = NOON.date()
MILLION = 1_000_000


def spent(tokens_in=1000, tokens_out=500, model="gpt-4o-mini", provider="openai"):
    return Spent(provider, model, tokens_in, tokens_out)


@pytest.fixture
def budgets(settings):
    def put(user: float = 0, house: float = 0, **more: float):
        settings.LLM = {
            **settings.LLM, "llm_daily_budget_user": user, "llm_daily_budget_house": house, **more,
        }  # fmt: skip

    return put


def record(person, *spents, now=NOON, **options):
    return spending.record(user_id=person.id, spents=spents or [spent()], now=now, **options)


def row(person, day=TODAY):
    mine = UserSpending.objects.filter(user_id=person.id, day=day)
    return mine.values_list("answers", "tokens_in", "tokens_out", "cost_micros").first()


def house(day=TODAY):
    rows = HouseSpending.objects.filter(day=day)
    return rows.values_list("answers", "tokens_in", "tokens_out", "cost_micros").first()


class TestAPrice:
    @pytest.mark.parametrize(
        ("model", "micros"),
        [("gpt-4o-mini", 750_000), ("gpt-4o-mini-2024-07-18", 750_000), ("gpt-4o", 12_500_000),
         ("openai/gpt-4o-mini", 750_000), ("anthropic/claude-3.5-haiku", 4_800_000),
         ("claude-3-5-haiku-latest", 4_800_000), ("claude-haiku-4-5-20251001", 6_000_000),
         ("meta/llama:free", 0)],
    )  # fmt: skip
    def test_is_the_familys_whatever_the_models_date_maker_and_spelling(self, model, micros):
        assert cost(spent(MILLION, MILLION, model)) == micros

    def test_of_an_unknown_model_is_the_environments(self, budgets):
        budgets(llm_price_in=2.0, llm_price_out=3.5)
        assert cost(spent(MILLION, MILLION, "gpt-4o-audio-preview")) == 5_500_000
        budgets(llm_price_in=0, llm_price_out=0)
        assert cost(spent(MILLION, MILLION, "llama3.2")) == 0

    def test_is_rounded_up_and_exact_where_it_is_whole(self):
        assert cost(spent(1, 0)) == 1
        assert cost(spent(1000, 0)) == 150
        assert cost(spent(0, 0)) == 0

    def test_is_more_for_what_is_said_than_for_what_is_read(self):
        assert "claude-3-5-haiku" in PRICES
        assert all(0 < taken < given for taken, given in PRICES.values())


class TestRecording:
    def test_adds_up_for_the_person_and_for_the_house(self, ada, bob):
        assert record(ada) == 450
        record(ada, spent(10, 5), spent(1, 1, "claude-haiku-4-5", "anthropic"))
        record(bob)
        assert row(ada) == (2, 1011, 506, 450 + 5 + 6)
        assert row(bob) == (1, 1000, 500, 450)
        assert house() == (3, 2011, 1006, 450 + 11 + 450)

    def test_is_one_statement_and_none_for_what_took_nothing(self, ada, django_assert_num_queries):
        with django_assert_num_queries(1):
            record(ada)
        with django_assert_num_queries(0):
            assert spending.record(user_id=ada.id, spents=[], now=NOON) == 0

    def test_begins_anew_at_midnight_utc(self, ada):
        record(ada, now=datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC))
        record(ada, now=datetime(2026, 11, 25, 0, 0, tzinfo=UTC))
        assert row(ada)[0] == row(ada, date(2026, 11, 25))[0] == 1

    def test_of_an_answer_that_failed_is_the_houses_alone(self, ada):
        record(ada, charged=False)
        assert row(ada) is None
        assert house() == (1, 1000, 500, 450)

    def test_for_somebody_who_has_left_is_the_houses_alone(self, db):
        spending.record(user_id=uuid4(), spents=[spent()], now=NOON)
        assert not UserSpending.objects.exists()
        assert house() == (1, 1000, 500, 450)

    def test_counts_by_provider_when_it_is_kept(
        self, ada, budgets, django_capture_on_commit_callbacks
    ):
        budgets(house=0.001)
        counted = metrics.LLM_TOKENS.labels("openai", "in"), metrics.LLM_COST.labels("openai")
        before = [counter._value.get() for counter in counted]
        with django_capture_on_commit_callbacks() as callbacks:
            record(ada)
        assert [counter._value.get() for counter in counted] == before
        for callback in callbacks:
            callback()
        assert [counter._value.get() for counter in counted] == [before[0] + 1000, before[1] + 450]
        assert metrics.LLM_BUDGET_USED._value.get() == pytest.approx(0.45)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_nothing_is_lost(self):
        person = User.objects.create(email="many@example.com")
        failures: list[Exception] = []

        def ten():
            try:
                for _ in range(10):
                    spending.record(user_id=person.pk, spents=[spent(1, 1)], now=NOON)
            except Exception as error:
                failures.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=ten) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert UserSpending.objects.get(user_id=person.pk).answers == 80
        assert HouseSpending.objects.get(day=TODAY).tokens_in == 80

    def test_an_account_that_is_being_deleted_is_not_waited_for(self):
        person = User.objects.create(email="leaving@example.com")
        database = settings.DATABASES["default"]
        with psycopg.connect(
            dbname=connection.settings_dict["NAME"], host=database["HOST"] or None,
            user=database["USER"] or None, port=database["PORT"] or None,
        ) as other:  # fmt: skip
            other.execute("SELECT 1 FROM accounts_user WHERE id = %s FOR UPDATE", [person.pk])
            with transaction.atomic():
                connection.cursor().execute("SET LOCAL lock_timeout = '500ms'")
                spending.record(user_id=person.pk, spents=[spent()], now=NOON)
        assert not UserSpending.objects.exists()
        assert HouseSpending.objects.get().answers == 1


class TestABudget:
    def test_of_somebody_is_spent_by_them_and_only_for_the_day(self, ada, bob, budgets):
        budgets(user=0.0009)
        record(ada)
        assert selectors.within_budget(user_id=ada.id, now=NOON) is None
        record(ada)
        assert selectors.within_budget(user_id=ada.id, now=NOON) == "user"
        assert selectors.within_budget(user_id=bob.id, now=NOON) is None
        assert selectors.within_budget(user_id=ada.id, now=NOON + timedelta(days=1)) is None

    def test_of_the_house_is_spent_by_all(self, ada, bob, budgets):
        budgets(user=1, house=0.0009)
        record(ada)
        record(bob)
        assert selectors.within_budget(user_id=ada.id, now=NOON) == "house"
        assert selectors.within_budget(user_id=uuid4(), now=NOON) == "house"

    def test_is_one_query_and_none_without_budgets(self, ada, budgets, django_assert_num_queries):
        budgets(user=1, house=1)
        record(ada)
        with django_assert_num_queries(1):
            selectors.within_budget(user_id=ada.id, now=NOON)
        budgets()
        with django_assert_num_queries(0):
            assert selectors.within_budget(user_id=ada.id, now=NOON) is None

    def test_is_not_given_back_by_leaving(self, ada, budgets):
        budgets(house=0.0001)
        record(ada)
        customers.erase(user_id=ada.id)
        assert row(ada) is None
        assert house()[0] == 1
        assert selectors.within_budget(user_id=uuid4(), now=NOON) == "house"


class TestWhatIAmShown:
    def usage(self, person):
        return person.send("GET", "/subscriptions/usage").json()["answers_today"]

    def test_is_nothing_at_first(self, ada):
        shown = self.usage(ada)
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        resets_at = datetime.fromisoformat(shown.pop("resets_at"))
        assert resets_at - midnight in (timedelta(days=1), timedelta(0))  # midnight may pass
        assert shown == {"answers": 0, "tokens_in": 0, "tokens_out": 0, "budget_used_percent": 0}

    def test_is_mine_and_nobody_elses(self, ada, bob, budgets):
        budgets(user=0.001)
        record(ada, now=datetime.now(UTC))
        shown = self.usage(ada)
        assert (shown["answers"], shown["tokens_in"], shown["tokens_out"]) == (1, 1000, 500)
        assert shown["budget_used_percent"] == 45
        assert self.usage(bob)["answers"] == self.usage(bob)["budget_used_percent"] == 0

    def test_never_exceeds_a_hundred_percent_and_is_null_without_a_budget(self, ada, budgets):
        record(ada, spent(MILLION, MILLION), now=datetime.now(UTC))
        budgets(user=0.1)
        assert self.usage(ada)["budget_used_percent"] == 100
        budgets()
        assert self.usage(ada)["budget_used_percent"] is None

    def test_takes_as_many_queries_for_many_days(self, ada):
        self.usage(ada)
        counts = []
        for days in (1, 3):
            for back in range(days):
                record(ada, now=datetime.now(UTC) - timedelta(days=back))
            with CaptureQueriesContext(connection) as captured:
                self.usage(ada)
            counts.append(len(captured))
        assert counts[0] == counts[1] > 0
