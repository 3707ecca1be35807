"""Plans as their owners and staff see them: bought, counted, explained, compared."""

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Device, User
from billing.models import Entitlement, StoreEvent, StripeCustomer, Usage
from billing.rules import ledger
from billing.services import customers, entitlements, mirror, quotas, reconcile
from billing.tests.stores import RevenueCat, Stripe


def current(person):
    return person.send("GET", "/subscriptions/current").json()


def usage(person):
    return person.send("GET", "/subscriptions/usage").json()


def buy(person, price, **headers):
    return person.send("POST", "/subscriptions/checkout", {"price_id": price}, headers=headers)


def give(person, tier, days=30):
    until = timezone.now() + timedelta(days=days) if days else None
    entitlements.grant(user_id=person.id, tier=tier, until=until, reason="test", now=timezone.now())


class TestCheckout:
    @pytest.fixture
    def stripe(self, provider):
        provider.answers |= {
            ("POST", "/v1/customers"): {"id": "cus_1", "object": "customer"},
            ("POST", "/v1/checkout/sessions"): {"id": "cs_1", "object": "checkout.session", "url": "https://pay.example/cs_1"},
            ("POST", "/v1/billing_portal/sessions"): {"id": "bps_1", "object": "billing_portal.session", "url": "https://pay.example/p"},
        }  # fmt: skip
        return provider

    def test_leads_to_stripes_page_and_makes_one_customer(self, stripe, ada):
        reply = buy(ada, "price_standard")
        assert reply.json() == {"checkout_url": "https://pay.example/cs_1", "session_id": "cs_1"}
        buy(ada, "price_pro")
        assert StripeCustomer.objects.get(user_id=ada.id).customer_id == "cus_1"
        (made,) = stripe.asked("POST", "/v1/customers")
        assert made == {"email": ada.email, "metadata[user_id]": str(ada.id)}
        asked = stripe.asked("POST", "/v1/checkout/sessions")[0]
        assert asked["client_reference_id"] == asked["metadata[user_id]"] == str(ada.id)
        assert asked["metadata[price_id]"] == asked["line_items[0][price]"] == "price_standard"
        assert asked["mode"] == "subscription"

    def test_says_the_same_key_for_the_same_wish(self, stripe, ada):
        for _ in range(2):
            buy(ada, "price_standard", **{"idempotency-key": "k1"})
        buy(ada, "price_standard", **{"idempotency-key": "k2"})
        keys = [
            head["Idempotency-Key"]
            for method, path, _, head in stripe.calls
            if path.endswith("checkout/sessions")
        ]
        assert keys[0] == keys[1] != keys[2]
        assert str(ada.id) in keys[0]

    @pytest.mark.parametrize("price", ["", "price_unknown", "PRICE_PRO", "price_standard "])
    def test_of_no_plan_is_refused(self, stripe, ada, price):
        reply = buy(ada, price)
        assert (reply.status, reply.json()["detail"]) == (400, {"error": "INVALID_PRICE_ID"})

    def test_empty_price_is_nobodys_when_nothing_is_configured(self, stripe, ada, shops):
        shops.STRIPE_PRICES = {"standard": [], "pro": []}
        assert buy(ada, "").code == "INVALID_PRICE_ID"

    def test_of_what_one_has_is_refused(self, stripe, ada):
        give(ada, "standard")
        assert buy(ada, "price_standard").code == "ALREADY_SUBSCRIBED"
        give(ada, "pro")
        assert buy(ada, "price_standard").code == "ALREADY_SUBSCRIBED"
        assert stripe.calls == []

    def test_upgrade_changes_the_subscription_instead_of_making_a_second(self, stripe, post, ada):
        s = Stripe(ada.id)
        post.stripe(s.checkout(day=35))
        stripe.answers["GET", f"/v1/subscriptions/{s.subscription}"] = {
            "id": s.subscription, "object": "subscription", "items": {"object": "list", "data": [{"id": "si_7", "object": "subscription_item"}]},
        }  # fmt: skip
        stripe.calls.clear()
        reply = buy(ada, "price_pro")
        assert reply.json() == {"checkout_url": "https://pay.example/p", "session_id": "bps_1"}
        assert not stripe.asked("POST", "/v1/checkout/sessions")
        (asked,) = stripe.asked("POST", "/v1/billing_portal/sessions")
        flow = "flow_data[subscription_update_confirm]"
        assert asked[f"{flow}[subscription]"] == s.subscription
        assert asked[f"{flow}[items][0][id]"] == "si_7"
        assert asked[f"{flow}[items][0][price]"] == "price_pro"
        assert asked["customer"] == s.customer

    def test_stripe_away_is_503_and_leaves_nothing(self, stripe, ada):
        stripe.failing = True
        reply = buy(ada, "price_standard")
        assert (reply.status, reply.code) == (503, "PAYMENTS_UNAVAILABLE")
        assert reply.header("retry-after")
        assert not StripeCustomer.objects.exists()

    def test_without_a_key_it_is_not_to_be_had(self, stripe, ada, shops):
        shops.STRIPE_KEY = ""
        assert buy(ada, "price_standard").code == "PAYMENTS_UNAVAILABLE"

    def test_portal_is_for_customers(self, stripe, ada, bob):
        assert ada.send("GET", "/subscriptions/portal").code == "NO_SUBSCRIPTION"
        StripeCustomer.objects.create(user_id=ada.id, customer_id="cus_1")
        assert ada.send("GET", "/subscriptions/portal").json() == {
            "portal_url": "https://pay.example/p"
        }
        assert bob.send("GET", "/subscriptions/portal").status == 404

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "checkout"),
            ("GET", "portal"),
            ("GET", "current"),
            ("GET", "usage"),
            ("GET", "explain"),
        ],
    )
    def test_switched_off_is_501_for_the_signed_in_only(self, wire, ada, shops, method, path):
        shops.PAYMENTS_ENABLED = False
        body = {"price_id": "x"} if method == "POST" else None
        reply = ada.send(method, f"/subscriptions/{path}", body)
        assert (reply.status, reply.json()["detail"]) == (501, {"error": "PAYMENTS_DISABLED"})
        nobody = wire.send(
            method, f"/subscriptions/{path}", body, headers={"origin": "https://solacore.app"}
        )
        assert nobody.status == 401


class TestPlan:
    def test_free_is_what_nobody_told_of(self, ada):
        assert current(ada) == {
            "tier": "free",
            "status": "active",
            "period_start": None,
            "period_end": None,
            "cancel_at_period_end": False,
        }

    def test_lapses_by_the_clock_without_news(self, ada, post):
        post.revenuecat(RevenueCat(ada.id).event("INITIAL_PURCHASE", 0, "pro", ends=39))
        assert current(ada)["tier"] == "pro"  # one day over: its grace
        grace = ledger.GRACE + timedelta(days=1)
        Entitlement.objects.update(valid_until=timezone.now() - grace)
        assert current(ada) == {
            "tier": "free",
            "status": "expired",
            "period_start": None,
            "period_end": None,
            "cancel_at_period_end": False,
        }

    def test_highest_of_several_stores_counts_and_the_other_stays(self, ada, post):
        s = Stripe(ada.id)
        post.stripe(s.checkout("pro", 35))
        post.revenuecat(RevenueCat(ada.id).event("INITIAL_PURCHASE", 35, ends=65))
        assert current(ada)["tier"] == "pro"
        post.stripe(s.changed(36, "deleted"))
        assert current(ada)["tier"] == "standard"

    def test_payment_that_failed_says_so_and_keeps_access_for_a_week(self, ada, post):
        s = Stripe(ada.id)
        post.stripe(s.checkout(day=30))
        post.stripe(s.invoice(39, kind="payment_failed"))
        mine = current(ada)
        assert (mine["tier"], mine["status"]) == ("standard", "past_due")
        post.stripe(s.invoice(31, kind="payment_failed"))  # it failed earlier than we knew
        assert current(ada)["tier"] == "free"

    def test_devices_follow_the_plan_and_nobody_is_thrown_out(self, wire, ada, post):
        give(ada, "pro")
        for _ in range(2):
            body = {
                "email": ada.email,
                "password": ada.password,
                "device_fingerprint": uuid.uuid4().hex,
            }
            assert wire.send("POST", "/auth/login", body).status == 200
        give(ada, "free")
        assert User.objects.get(pk=ada.id).device_limit == 1
        assert Device.objects.active().filter(user_id=ada.id).count() == 3
        assert (
            wire.send("POST", "/auth/login", {**body, "device_fingerprint": "x"}).code
            == "DEVICE_LIMIT_REACHED"
        )

    def test_lapse_brings_devices_in_line_within_the_hour(self, ada):
        give(ada, "pro", days=1)
        Entitlement.objects.update(
            valid_until=timezone.now() - timedelta(minutes=1),
            updated_at=timezone.now() - timedelta(hours=1),
        )
        StoreEvent.objects.update(period_end=timezone.now() - timedelta(minutes=1))
        call_command("reconcile_entitlements", verbosity=0)
        assert User.objects.get(pk=ada.id).device_limit == 1

    def test_lower_contract_comes_forward_when_the_higher_one_is_over(self, ada, post):
        s = Stripe(ada.id)
        post.stripe(s.checkout("standard", 20))
        post.stripe(s.invoice(20, length=60))
        post.stripe(s.checkout("pro", 21, sub="sub_pro"))
        post.stripe(s.invoice(21, "pro", sub="sub_pro", length=15, lines=[s.line(21, "pro", 15)]))
        assert current(ada)["tier"] == "standard"


class TestQuota:
    def test_usage_says_when_it_begins_anew_and_warns(self, ada):
        for _ in range(8):
            ada.open_session()
        mine = usage(ada)
        assert (mine["sessions_used"], mine["sessions_limit"], mine["is_lifetime"]) == (8, 10, True)
        assert mine["solve"]["warning"] == 80
        assert mine["resets_at"] is None
        assert mine["learn"]["limit"] == 100
        assert mine["learn"]["resets_at"].endswith("-01T00:00:00Z")
        ada.open_session()
        ada.open_session()
        assert usage(ada)["solve"]["warning"] == 100
        give(ada, "pro")
        assert usage(ada)["solve"] == {
            **usage(ada)["solve"],
            "used": 0,
            "limit": None,
            "warning": None,
        }

    def test_new_period_begins_a_new_count_and_a_proration_does_not(self, ada, post):
        s = Stripe(ada.id)
        post.stripe(s.checkout(day=20))
        post.stripe(s.invoice(20))
        ada.open_session()
        assert usage(ada)["sessions_used"] == 1
        post.stripe(s.invoice(25, "pro", lines=[s.line(25, "pro", 25, proration=True)]))
        assert usage(ada)["sessions_used"] == 1
        post.stripe(s.invoice(35))
        assert usage(ada)["sessions_used"] == 0

    def test_lapsed_payer_is_back_on_the_lifetime_count(self, ada):
        for _ in range(3):
            ada.open_session()
        give(ada, "standard")
        for _ in range(12):
            ada.open_session()
        assert usage(ada)["sessions_used"] == 12
        give(ada, "free")
        assert usage(ada)["sessions_used"] == 3

    def test_lessons_have_a_count_of_their_own(self, ada):
        from billing import selectors

        mine = selectors.stand((), joined=timezone.now(), now=timezone.now())
        parameters = quotas.spend_parameters(
            user_id=ada.id, allowance=mine.lessons, now=timezone.now()
        )
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH permitted AS (SELECT 1), {quotas.SPEND} SELECT session_count FROM spent",
                parameters,
            )
            assert cursor.fetchone() == (1,)
        assert {(row.kind, row.session_count) for row in Usage.objects.all()} == {("lessons", 1)}
        assert usage(ada)["learn"]["used"] == 1
        assert usage(ada)["sessions_used"] == 0

    def test_beta_is_unlimited(self, ada, settings):
        settings.BETA_MODE = True
        for _ in range(12):
            ada.open_session()
        assert usage(ada)["sessions_limit"] is None


class TestExplanation:
    def explain(self, person):
        return person.send("GET", "/subscriptions/explain").json()

    def test_of_every_standing_is_one_true_sentence(self, ada, post):
        assert self.explain(ada)["sentence"] == "Free: no store has told of a purchase."
        s = Stripe(ada.id)
        post.stripe(s.checkout(day=35))
        told = self.explain(ada)
        assert told["sentence"].startswith("Standard, by the web shop (Stripe): until ")
        assert told["entitlements"][0]["events"][0]["type"] == "checkout.session.completed"
        post.stripe(s.invoice(35))
        post.stripe(s.changed(36, cancel_at_period_end=True))
        assert "cancelled, access ends on" in self.explain(ada)["sentence"]
        post.stripe(s.invoice(38, kind="payment_failed"))
        assert "a payment failed, access goes on until" in self.explain(ada)["sentence"]
        give(ada, "pro", days=0)
        told = self.explain(ada)
        assert told["sentence"].startswith("Pro, by a gift from our staff: for good")
        assert "standard by the web shop (Stripe) would count if it ended" in told["sentence"]
        assert told["until"] is None
        give(ada, "free")
        post.stripe(s.changed(39, "deleted"))
        assert "says canceled" in self.explain(ada)["sentence"]

    def test_of_a_lapse_names_the_day(self, ada, post):
        post.revenuecat(RevenueCat(ada.id).event("INITIAL_PURCHASE", 0, ends=20))
        assert "ran out on" in self.explain(ada)["sentence"]

    def test_is_each_persons_own(self, ada, bob):
        give(ada, "pro")
        assert self.explain(bob)["entitlements"] == []

    def test_staff_read_the_same_and_may_give(self, db, ada, rf, admin_user):
        from django.contrib.admin import site
        from django.contrib.messages.storage.fallback import FallbackStorage

        give(ada, "standard")
        row = Entitlement.objects.get()
        page = site.get_model_admin(Entitlement)
        assert page.explanation(row) == self.explain(ada)["sentence"]
        assert "test" in page.news(row)
        request = rf.post("/")
        request.user, request.session = admin_user, {}
        request._messages = FallbackStorage(request)
        page.give_pro(request, Entitlement.objects.all())
        assert current(ada)["tier"] == "pro"
        page.take_gift_back(request, Entitlement.objects.all())
        assert current(ada)["tier"] == "free"

    def test_commands_give_and_say_why(self, ada):
        out = StringIO()
        call_command("grant_plan", ada.email, "pro", days=7, stdout=out)
        assert out.getvalue().startswith("Pro, by a gift from our staff: until")
        with pytest.raises(CommandError, match="no such account"):
            call_command("grant_plan", "no@example.com", "pro")
        with pytest.raises(CommandError, match="between"):
            call_command("grant_plan", ada.email, "pro", days=0)


class TestReconciliation:
    def run(self, **options):
        out = StringIO()
        call_command("reconcile_entitlements", stdout=out, **options)
        return out.getvalue()

    def picture(self, s, **changes):
        end = int((timezone.now() + timedelta(days=20)).timestamp())
        return {
            "id": s.subscription, "object": "subscription", "customer": s.customer, "status": "active", "cancel_at_period_end": False,
            "items": {"object": "list", "data": [{"id": "si", "object": "subscription_item", "price": {"id": "price_pro", "object": "price"},
                                                  "current_period_start": end - 30 * 86400, "current_period_end": end}]}, **changes,
        }  # fmt: skip

    def test_without_keys_nobody_is_asked(self, ada, shops):
        give(ada, "pro")
        assert "nobody (no keys)" in self.run()

    def test_lost_upgrade_is_reported_and_then_applied(self, ada, post, provider, settings):
        settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
        s = Stripe(ada.id)
        post.stripe(s.checkout(day=35))
        provider.answers["GET", f"/v1/subscriptions/{s.subscription}"] = self.picture(s)
        assert f"{ada.id} stripe: ours standard" in self.run()
        assert current(ada)["tier"] == "standard"
        self.run(apply=True)
        assert current(ada)["tier"] == "pro"
        assert "0 differ" in self.run()

    def test_subscription_that_is_gone_ends(self, ada, post, provider, settings):
        settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
        post.stripe(Stripe(ada.id).checkout(day=35))
        self.run(apply=True)
        assert current(ada)["tier"] == "free"

    def test_hint_is_checked_with_stripe_by_the_worker(self, ada, post, provider):
        s = Stripe(ada.id)
        provider.answers["GET", f"/v1/subscriptions/{s.subscription}"] = self.picture(s)
        post.stripe(s.checkout(day=35))
        # This update is late: by now Stripe says otherwise.
        post.stripe(s.changed(36, status="past_due", tier="standard"))
        mine = current(ada)
        assert (mine["tier"], mine["status"]) == ("pro", "active")

    def test_app_stores_are_asked_through_revenuecat(self, ada, post, provider):
        post.revenuecat(RevenueCat(ada.id).event("INITIAL_PURCHASE", 0, ends=38))
        soon = (timezone.now() + timedelta(days=25)).isoformat()
        provider.answers["GET", f"/v1/subscribers/{ada.id}"] = {
            "subscriber": {
                "entitlements": {"standard_access": {"expires_date": soon, "product_identifier": "std"}},
                "subscriptions": {"std": {"store": "app_store", "expires_date": soon, "unsubscribe_detected_at": soon, "billing_issues_detected_at": None}},
            }
        }  # fmt: skip
        assert "1 differ" in self.run(apply=True)
        mine = current(ada)
        assert mine["cancel_at_period_end"] is True
        assert mine["period_end"][:10] == soon[:10]
        provider.answers["GET", f"/v1/subscribers/{ada.id}"] = {
            "subscriber": {"entitlements": {}, "subscriptions": {}}
        }
        self.run(apply=True)
        assert current(ada)["tier"] == "free"

    def test_store_that_cannot_be_asked_is_a_clear_failure(self, ada, post, provider, settings):
        settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
        post.stripe(Stripe(ada.id).checkout(day=35))
        provider.failing = True
        with pytest.raises(CommandError, match="try again later"):
            self.run()
        assert current(ada)["tier"] == "standard"

    def test_unknown_subscription_is_not_asked_about(self, provider, db):
        reconcile.check_subscription.enqueue("sub_unknown")
        assert provider.calls == []


class TestMirror:
    def test_copies_for_staff_and_forgets_with_the_account(self, ada, post, provider):
        from djstripe.models import Customer, Event

        customer = {
            "id": "cus_mirror", "object": "customer", "created": 1760000000, "livemode": False, "email": ada.email, "metadata": {},
            "balance": 0, "delinquent": False, "currency": "usd", "invoice_settings": {}, "preferred_locales": [], "address": None,
        }  # fmt: skip
        provider.answers["GET", "/v1/customers/cus_mirror"] = customer
        provider.answers["GET", "/v1/account"] = {
            "id": "acct_1",
            "object": "account",
            "created": 1760000000,
            "settings": {},
            "type": "standard",
            "country": "US",
        }
        event = Stripe(ada.id).event("customer.updated", customer, 39)
        event |= {
            "api_version": "2024-12-18.acacia",
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
        }
        assert post.stripe(event).status == 200
        assert Customer.objects.get().id == "cus_mirror"
        assert Event.objects.get().id == event["id"]
        provider.answers["DELETE", "/v1/customers/cus_mirror"] = {
            "id": "cus_mirror",
            "object": "customer",
            "deleted": True,
        }
        customers.leave_stripe.enqueue("cus_mirror")
        assert not Customer.objects.exists()
        assert not Event.objects.exists()

    def test_is_only_fed_with_a_key(self, ada, post, shops):
        from djstripe.models import Event

        post.stripe(Stripe(ada.id).checkout(day=39))
        mirror.copy({"id": "evt_1"})
        assert not Event.objects.exists()


def test_plan_costs_one_query_however_many_rows(ada, post, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    give(ada, "pro")
    with CaptureQueriesContext(connection) as one:
        current(ada)
    post.stripe(Stripe(ada.id).checkout(day=35))
    post.revenuecat(RevenueCat(ada.id).event("INITIAL_PURCHASE", 35, ends=65))
    with django_assert_num_queries(len(one)):
        current(ada)
