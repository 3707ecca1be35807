"""What the stores deliver: verified, kept once, applied once, tried again."""

import itertools
import json
import time
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from billing.models import Entitlement, StoreEvent, StripeCustomer
from billing.tests.stores import Post, RevenueCat, Stripe, signed
from solacore import account
from solacore.kit.http import to_json
from webhooks.models import InboundEvent
from webhooks.services import inbox


def plan(person):
    return person.send("GET", "/subscriptions/current").json()


class TestStripesSignature:
    BODY = b'{"id":"evt_1","type":"ping","data":{"object":{}}}'

    @pytest.mark.parametrize(
        "header",
        ["", "junk", "t=1,v1=00", "v1=abc", "t=abc,v1=abc", "t=,v1=", "t=1,t=2,v1=aa", "t=" + "9" * 40 + ",v1=aa",
         "t=é,v1=é", "t=²,v1=aa", ",,,", "t=-1,v1=aa"],
    )  # fmt: skip
    def test_of_nobody_is_refused(self, post, header):
        reply = post.stripe(self.BODY, **{"stripe-signature": header})
        assert reply.status == 400
        assert reply.code == ("INVALID_SIGNATURE" if header else "MISSING_SIGNATURE")
        assert not InboundEvent.objects.exists()

    def test_window_is_five_minutes_either_way(self, post):
        for age, status in ((290, 200), (310, 400), (-290, 200), (-310, 400)):
            header = signed(self.BODY, Post.SECRET, time.time() - age)
            assert post.stripe(self.BODY, **{"stripe-signature": header}).status == status

    def test_both_secrets_count_while_they_are_changed_and_no_other(self, post, shops):
        for secret, status in (
            ("whsec_old", 200),
            (Post.SECRET, 200),
            ("whsec_new", 400),
            ("", 400),
        ):
            header = signed(self.BODY, secret)
            assert post.stripe(self.BODY, **{"stripe-signature": header}).status == status
        shops.STRIPE_WEBHOOK_SECRETS = []
        header = signed(self.BODY, "")
        assert post.stripe(self.BODY, **{"stripe-signature": header}).status == 400

    def test_of_another_scheme_or_another_body_is_refused(self, post):
        good = signed(self.BODY, Post.SECRET)
        stamp, v1 = good.split(",")
        only_v0 = f"{stamp},v0={v1[3:]}"
        assert post.stripe(self.BODY, **{"stripe-signature": only_v0}).status == 400
        altered = self.BODY.replace(b"evt_1", b"evt_2")
        assert post.stripe(altered, **{"stripe-signature": good}).status == 400
        again = json.dumps(json.loads(self.BODY), indent=1).encode()
        assert post.stripe(again, **{"stripe-signature": good}).status == 400
        two = f"{stamp},v1={'0' * 64},{v1}"
        assert post.stripe(self.BODY, **{"stripe-signature": two}).status == 200

    @pytest.mark.parametrize(
        "body", [b"not json", b"[]", b"5", b'"x"', b"null", b"\xff\xfe", b"{" * 5000, b""]
    )
    def test_right_on_what_is_no_event(self, post, body):
        reply = post.stripe(body)
        assert (reply.status, reply.code) == (400, "INVALID_PAYLOAD")
        assert not InboundEvent.objects.exists()

    @pytest.mark.parametrize("where", ["data", "type", "created", "id", "livemode"])
    @pytest.mark.parametrize(
        "value", [None, [], {}, 5, -1, 10**30, "x" * 5000, "\x00", "9" * 400, True, {"object": []}]
    )
    def test_right_on_absurd_fields_is_never_a_failure(self, post, ada, where, value):
        event = Stripe(ada.id).checkout()
        event[where] = value
        assert (
            post.stripe(
                to_json(event) if not isinstance(value, int) else json.dumps(event).encode()
            ).status
            == 200
        )


class TestRevenueCatsBearer:
    @pytest.mark.parametrize(
        ("header", "code"),
        [("", "MISSING_AUTH"), (Post.BEARER, "MISSING_AUTH"), (f"bearer {Post.BEARER}", "MISSING_AUTH"),
         (f"Basic {Post.BEARER}", "MISSING_AUTH"), ("Bearer ", "INVALID_AUTH"), ("Bearer rc", "INVALID_AUTH"),
         (f"Bearer {Post.BEARER}x", "INVALID_AUTH"), (f"Bearer  {Post.BEARER}", "INVALID_AUTH"),
         (f"Bearer {Post.BEARER}\xa0", "INVALID_AUTH"), ("Bearer é", "INVALID_AUTH")],
    )  # fmt: skip
    def test_must_be_ours(self, post, header, code):
        reply = post.revenuecat({"id": "1", "type": "TEST"}, authorization=header)
        assert (reply.status, reply.json()["detail"]) == (401, {"error": code})
        assert not InboundEvent.objects.exists()

    def test_without_a_secret_nobody_is_believed(self, post, shops):
        shops.REVENUECAT_SECRET = ""
        assert post.revenuecat({}, authorization="Bearer ").code == "INVALID_AUTH"

    @pytest.mark.parametrize(
        "body", [b"not json", b"[]", b"5", b'{"event":null}', b'{"event":[]}', b"\xff", b""]
    )
    def test_right_on_what_is_no_event(self, post, body):
        reply = post.revenuecat(body)
        assert (reply.status, reply.code) == (400, "INVALID_PAYLOAD")

    @pytest.mark.parametrize(
        "where",
        [
            "type",
            "id",
            "app_user_id",
            "entitlement_ids",
            "expiration_at_ms",
            "event_timestamp_ms",
            "aliases",
            "store",
        ],
    )
    @pytest.mark.parametrize(
        "value",
        [
            None,
            [],
            {},
            5,
            -(10**18),
            10**30,
            "x" * 5000,
            "\x00",
            "9999-99-99",
            1e300,
            [None, 5, {}],
        ],
    )
    def test_right_on_absurd_fields_is_never_a_failure(self, post, ada, where, value):
        event = RevenueCat(ada.id).event("INITIAL_PURCHASE", 39, ends=60)
        event[where] = value
        assert post.revenuecat(event).status == 200

    def test_times_may_be_seconds_milliseconds_or_text(self, post, ada):
        until = timezone.now().replace(microsecond=0) + timedelta(days=10)
        forms = [
            {"expiration_at_ms": int(until.timestamp() * 1000)}, {"expiration_at": until.isoformat()},
            {"expires_at_ms": int(until.timestamp())}, {"expires_at": until.strftime("%Y-%m-%dT%H:%M:%S")},
        ]  # fmt: skip
        for form in forms:
            post.revenuecat({**RevenueCat(ada.id).event("RENEWAL", 39), **form})
            assert Entitlement.objects.get(user_id=ada.id).period_end == until
            StoreEvent.objects.all().delete()


def test_payments_off_is_said_before_anything_else(post, shops):
    shops.PAYMENTS_ENABLED = False
    assert post.stripe(b"junk", **{"stripe-signature": ""}).code == "PAYMENTS_DISABLED"
    assert post.revenuecat({}, authorization="").status == 501


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a\x00b\x00\x00", "ab"),
        ("\\u0000", "\\u0000"),
        ("\\\x00", "\\"),
        ("x\\\\u0000", "x\\\\u0000"),
    ],
)
def test_nul_is_left_out_of_what_is_kept_and_nothing_else(post, ada, sent, kept):
    event = {**Stripe(ada.id).checkout(day=39), "note": sent}
    assert post.stripe(json.dumps(event).encode()).status == 200
    assert InboundEvent.objects.get().payload["note"] == kept


class TestOnce:
    def test_hundred_deliveries_are_one_row_and_one_effect(self, post, ada):
        event = Stripe(ada.id).checkout("pro", day=39)
        for _ in range(100):
            assert post.stripe(event).json() == {"received": True}
        assert InboundEvent.objects.count() == StoreEvent.objects.count() == 1
        row = InboundEvent.objects.get()
        assert (row.source, row.event_type, row.state) == (
            "stripe",
            "checkout.session.completed",
            "applied",
        )
        assert len(row.payload_hash) == 64
        assert plan(ada)["tier"] == "pro"

    def test_event_without_an_id_counts_and_leaves_no_row(self, post, ada):
        event = {**Stripe(ada.id).checkout(day=39), "id": ""}
        for _ in range(2):
            assert post.stripe(event).status == 200
        assert plan(ada)["tier"] == "standard"
        assert not InboundEvent.objects.exists()
        assert StoreEvent.objects.count() == 1

    def test_same_id_from_both_stores_is_two_events(self, post, ada, bob):
        post.stripe({**Stripe(ada.id).checkout(day=39), "id": "same"})
        post.revenuecat({**RevenueCat(bob.id).event("INITIAL_PURCHASE", 39, ends=60), "id": "same"})
        assert plan(ada)["tier"] == plan(bob)["tier"] == "standard"


class TestOrder:
    """Through the wire and the rows: with customers that are only learnt on the way."""

    def test_stripe_in_every_order(self, wire, post, register):
        for order in itertools.permutations(range(4)):
            person = register()
            s = Stripe(person.id)
            story = [
                s.checkout(day=30),
                s.invoice(30, "pro"),
                s.changed(31, status="active", tier="pro"),
                s.changed(32, cancel_at_period_end=True),
            ]
            for index in order:
                assert post.stripe(story[index]).status == 200
            mine = plan(person)
            assert (mine["tier"], mine["status"], mine["cancel_at_period_end"]) == (
                "pro",
                "active",
                True,
            ), order
            assert mine["period_end"], order

    def test_two_stripe_subscriptions_in_every_order(self, post, register):
        for order in itertools.permutations(range(4)):
            person = register()
            s = Stripe(person.id)
            story = [
                s.checkout(day=30),
                s.checkout("pro", 35, sub="sub_new" + s.customer),
                s.changed(36, "deleted"),
                s.invoice(35, "pro", sub="sub_new" + s.customer),
            ]
            for index in order:
                post.stripe(story[index])
            assert plan(person)["tier"] == "pro", order

    def test_transfer_in_every_order(self, post, register):
        for order in itertools.permutations(range(3)):
            old, new = register(), register()
            r = RevenueCat(old.id)
            story = [
                r.event("INITIAL_PURCHASE", 30, "pro", ends=60),
                r.event(
                    "TRANSFER",
                    35,
                    None,
                    app_user_id=str(new.id),
                    transferred_from=[str(old.id)],
                    transferred_to=[str(new.id)],
                ),
                RevenueCat(new.id).event(
                    "RENEWAL", 36, "pro", ends=66, original_transaction_id=r.transaction
                ),
            ]
            for index in order:
                post.revenuecat(story[index])
            assert (plan(old)["tier"], plan(new)["tier"]) == ("free", "pro"), order
            assert User.objects.get(pk=new.id).device_limit == 3
            assert User.objects.get(pk=old.id).device_limit == 1

    def test_every_story_of_both_stores_through_the_wire(self, post, register):
        person = register()
        s, r = Stripe(person.id), RevenueCat(person.id)
        story = [
            s.checkout("pro", 20),
            r.event("INITIAL_PURCHASE", 21, ends=61),
            s.changed(22, "deleted"),
        ]
        for order in itertools.permutations(story):
            InboundEvent.objects.all().delete()
            StoreEvent.objects.all().delete()
            for event in order:
                post.any(event)
            assert plan(person)["tier"] == "standard"  # one ends, the other stays
            assert Entitlement.objects.count() == 2


class TestWhose:
    def test_purchase_of_an_anonymous_phone_is_claimed_when_it_says_who_it_was(self, post, ada):
        anonymous = "$RCAnonymousID:" + uuid.uuid4().hex
        r = RevenueCat(anonymous)
        post.revenuecat(r.event("INITIAL_PURCHASE", 30, ends=60))
        assert StoreEvent.objects.parked().count() == 1
        post.revenuecat(
            r.event(
                "RENEWAL", 35, ends=65, app_user_id=str(ada.id), aliases=[anonymous, str(ada.id)]
            )
        )
        assert StoreEvent.objects.parked().count() == 0
        assert plan(ada)["tier"] == "standard"

    def test_refund_that_comes_before_its_payment_waits_for_it(self, post, ada):
        s = Stripe(ada.id)
        post.stripe(s.dispute(36, "pi_5"))
        assert StoreEvent.objects.parked().count() == 1
        post.stripe(s.checkout(day=35))
        post.stripe(s.invoice(35, payment="pi_5"))
        assert StoreEvent.objects.parked().count() == 0
        assert plan(ada)["tier"] == "free"

    def test_somebody_who_appears_later_gets_what_was_parked(self, post, register):
        future = uuid.uuid4()
        post.revenuecat(RevenueCat(future).event("INITIAL_PURCHASE", 30, ends=60))
        User.objects.create(id=future, email="late@example.com")
        call_command("retry_webhooks", verbosity=0)
        assert Entitlement.objects.get(user_id=future).tier == "standard"

    def test_deleted_people_are_not_made_again(self, post, ada):
        s, r = Stripe(ada.id), RevenueCat(ada.id)
        post.stripe(s.checkout(day=35))
        ada.send("DELETE", "/account")
        for event in (s.invoice(36), s.changed(37, "deleted"), r.event("RENEWAL", 36, ends=60)):
            assert post.any(event).status == 200
        assert not User.objects.filter(pk=ada.id).exists()
        assert not StripeCustomer.objects.exists()
        assert not Entitlement.objects.exists()

    def test_what_moved_on_survives_its_first_owner(self, post, ada, bob):
        r = RevenueCat(ada.id)
        post.revenuecat(r.event("INITIAL_PURCHASE", 30, ends=60))
        post.revenuecat(
            r.event(
                "TRANSFER", 31, None, transferred_from=[str(ada.id)], transferred_to=[str(bob.id)]
            )
        )
        account.erase(user_id=ada.id, now=timezone.now())
        post.revenuecat(
            RevenueCat(bob.id).event("CANCELLATION", 32, original_transaction_id=r.transaction)
        )
        assert plan(bob)["tier"] == "standard"

    def test_customer_of_somebody_else_cannot_be_taken_over(self, post, ada, bob):
        s = Stripe(ada.id)
        post.stripe(s.checkout(day=30))
        thief = Stripe(bob.id, customer=s.customer)
        post.stripe(thief.checkout("pro", 31))
        assert plan(bob)["tier"] == "free"


class TestProduction:
    @pytest.fixture(autouse=True)
    def production(self, shops):
        shops.PRODUCTION = True

    def test_rehearsals_are_kept_and_ignored(self, post, ada):
        post.stripe(Stripe(ada.id).checkout(day=39))
        post.revenuecat(
            RevenueCat(ada.id).event("INITIAL_PURCHASE", 39, ends=60, environment="SANDBOX")
        )
        assert {row.state for row in InboundEvent.objects.all()} == {"ignored"}
        assert plan(ada)["tier"] == "free"

    def test_real_ones_count(self, post, ada, bob):
        post.stripe({**Stripe(ada.id).checkout(day=39), "livemode": True})
        post.revenuecat(RevenueCat(bob.id).event("INITIAL_PURCHASE", 39, ends=60))
        assert plan(ada)["tier"] == plan(bob)["tier"] == "standard"


class TestFailure:
    @pytest.fixture
    def broken(self, monkeypatch):
        """The reducer fails, as if it had a mistake."""

        def fail(**kwargs):
            raise ValueError("private words of a payload")

        with monkeypatch.context() as patch:
            patch.setattr("billing.services.entitlements.hear", fail)
            yield patch

    def test_is_kept_answered_and_tried_again_later(self, post, ada, broken, caplog):
        event = Stripe(ada.id).checkout(day=39)
        assert post.stripe(event).status == 200
        row = InboundEvent.objects.get()
        assert (row.state, row.error, row.attempts) == ("failed", "ValueError", 1)
        assert plan(ada)["tier"] == "free"
        broken.undo()
        assert inbox.retry_due(now=timezone.now()) == 0  # not yet
        later = timezone.now() + timedelta(minutes=2)
        assert inbox.retry_due(now=later) == 1
        assert plan(ada)["tier"] == "standard"
        assert InboundEvent.objects.get().state == "applied"

    def test_redelivery_does_not_wait(self, post, ada, broken):
        event = Stripe(ada.id).checkout(day=39)
        post.stripe(event)
        broken.undo()
        post.stripe(event)
        assert plan(ada)["tier"] == "standard"

    def test_event_that_was_lost_after_it_was_kept_is_found(self, post, ada, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr("webhooks.services.inbox._process", lambda pk, now: None)
            post.stripe(Stripe(ada.id).checkout(day=39))
        assert inbox.retry_due(now=timezone.now() + timedelta(minutes=2)) == 1
        assert plan(ada)["tier"] == "standard"

    def test_pauses_grow_and_end(self, post, ada, broken):
        post.stripe(Stripe(ada.id).checkout(day=39))
        now = timezone.now()
        for _ in range(20):
            now += timedelta(days=1)
            inbox.retry_due(now=now)
        assert InboundEvent.objects.get().attempts == inbox.TRIES


class TestCommands:
    def run(self, *args, **options):
        out = StringIO()
        call_command(*args, stdout=out, **options)
        return out.getvalue()

    def test_status_names_what_failed_and_what_is_parked(self, post, ada):
        post.revenuecat(RevenueCat("nobody").event("RENEWAL", 39, ends=60))
        post.stripe(Stripe(ada.id).checkout(day=39))
        InboundEvent.objects.filter(source="stripe").update(
            state="failed", error="KeyError", attempts=2
        )
        said = self.run("webhooks_status")
        assert "checkout.session.completed: KeyError, 2 tries" in said
        assert "1 pieces of news are about nobody" in said

    def test_replay_changes_nothing_twice(self, post, ada):
        event = Stripe(ada.id).checkout(day=39)
        post.stripe(event)
        assert "applied" in self.run("replay_webhooks", event["id"])
        assert StoreEvent.objects.count() == 1
        with pytest.raises(CommandError, match="No event"):
            self.run("replay_webhooks", "evt_unknown")

    def test_payloads_are_forgotten_after_a_month_and_replays_still_count_once(self, post, ada):
        event = Stripe(ada.id).checkout(day=39)
        post.stripe(event)
        InboundEvent.objects.update(processed_at=timezone.now() - timedelta(days=31))
        assert "1 payloads" in self.run("prune_webhooks")
        assert InboundEvent.objects.get().payload is None
        post.stripe(event)
        assert StoreEvent.objects.count() == 1


def test_answers_say_nothing_about_people(post, ada, caplog):
    post.stripe(Stripe(ada.id).checkout(day=39, customer_email=ada.email))
    assert ada.email not in caplog.text
