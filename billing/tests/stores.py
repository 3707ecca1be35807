"""What Stripe and RevenueCat send, made by hand: lifecycles as lists of payloads, in order."""

import hashlib
import hmac
import json
import time
import uuid
from datetime import UTC, datetime

DAY = 86400
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PRICES = {"price_standard": "standard", "price_pro": "pro"}
NAMES = {"standard_access": "standard", "pro_access": "pro"}


class Stripe:
    """One customer's life at Stripe; ``day`` counts from the first purchase."""

    def __init__(self, user_id, start=None, customer=None):
        self.user_id = str(user_id)
        self.start = int(start if start is not None else time.time() - 40 * DAY)
        self.customer = customer or f"cus_{uuid.uuid4().hex[:12]}"
        self.subscription = f"sub_{uuid.uuid4().hex[:12]}"

    def event(self, kind, thing, day):
        return {
            "id": f"evt_{uuid.uuid4().hex}", "object": "event", "livemode": False, "type": kind,
            "created": int(self.start + day * DAY), "data": {"object": thing},
        }  # fmt: skip

    def checkout(self, tier="standard", day=0.0, kind="completed", sub=None, **changes):
        thing = {
            "id": f"cs_{uuid.uuid4().hex}", "object": "checkout.session", "payment_status": "paid",
            "client_reference_id": self.user_id, "customer": self.customer,
            "subscription": sub or self.subscription,
            "metadata": {"user_id": self.user_id, "price_id": f"price_{tier}"}, **changes,
        }  # fmt: skip
        return self.event(f"checkout.session.{kind}", thing, day)

    def line(self, day, tier="standard", length=30, proration=False):
        period = {
            "start": int(self.start + day * DAY),
            "end": int(self.start + (day + length) * DAY),
        }
        return {"period": period, "price": {"id": f"price_{tier}"}, "proration": proration}

    def invoice(
        self, day, tier="standard", kind="paid", lines=None, sub=None, payment=None, length=30
    ):
        thing = {
            "id": f"in_{uuid.uuid4().hex}", "object": "invoice", "customer": self.customer,
            "subscription": sub or self.subscription, "payment_intent": payment or f"pi_{uuid.uuid4().hex}",
            "lines": {"data": lines or [self.line(day, tier, length)]},
        }  # fmt: skip
        return self.event(f"invoice.{kind}", thing, day + 0.001)

    def changed(self, day, kind="updated", sub=None, tier=None, **changes):
        thing = {
            "id": sub or self.subscription,
            "object": "subscription",
            "customer": self.customer,
            **changes,
        }
        if tier:
            thing["items"] = {"data": [{"id": "si_1", "price": {"id": f"price_{tier}"}}]}
        return self.event(f"customer.subscription.{kind}", thing, day)

    def refund(self, day, payment, whole=True):
        thing = {
            "id": "ch_1",
            "object": "charge",
            "customer": self.customer,
            "refunded": whole,
            "payment_intent": payment,
        }
        return self.event("charge.refunded", thing, day)

    def dispute(self, day, payment, kind="created", status="needs_response"):
        thing = {"id": "dp_1", "object": "dispute", "payment_intent": payment, "status": status}
        return self.event(f"charge.dispute.{kind}", thing, day)


class RevenueCat:
    """One app user's life in the app stores."""

    def __init__(self, user_id, start=None, store="APP_STORE"):
        self.user_id, self.store = str(user_id), store
        self.start = int(start if start is not None else time.time() - 40 * DAY)
        self.transaction = uuid.uuid4().hex

    def event(self, kind, day, tier="standard", ends=None, **changes):
        made = {
            "id": str(uuid.uuid4()), "type": kind, "app_user_id": self.user_id, "store": self.store,
            "environment": "PRODUCTION", "event_timestamp_ms": int((self.start + day * DAY) * 1000),
            "original_transaction_id": self.transaction,
        }  # fmt: skip
        if tier:
            made["entitlement_ids"] = [f"{tier}_access"]
        if ends is not None:
            made["expiration_at_ms"] = int((self.start + ends * DAY) * 1000)
        return {**made, **changes}


def signed(payload: bytes, secret: str, at: float | None = None) -> str:
    stamp = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


class Post:
    """Delivers to the webhooks, as the stores do."""

    SECRET, BEARER = "whsec_test", "rc_test"

    def __init__(self, wire):
        self.wire = wire

    def stripe(self, event, **headers):
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        named = {
            "content-type": "application/json",
            "stripe-signature": signed(body, self.SECRET),
            **headers,
        }
        return self.wire.send("POST", "/webhooks/stripe", body=body, headers=named)

    def revenuecat(self, event, **headers):
        body = (
            event
            if isinstance(event, bytes)
            else json.dumps({"api_version": "1.0", "event": event}).encode()
        )
        named = {
            "content-type": "application/json",
            "authorization": f"Bearer {self.BEARER}",
            **headers,
        }
        return self.wire.send("POST", "/webhooks/revenuecat", body=body, headers=named)

    def any(self, event):
        return self.stripe(event) if "data" in event else self.revenuecat(event)
