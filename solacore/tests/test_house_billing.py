"""Billing on whole servers: crashes at every seam, many at once, news that counts at once."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import httpx
import psycopg
import pytest

from billing.tests.conftest import Provider, serve
from billing.tests.stores import RevenueCat, Stripe, signed
from solacore.tests.test_house import Client, hang_up  # noqa: F401 (a fixture)
from solacore.tests.test_house_accounts import sql

pytestmark = [pytest.mark.house, pytest.mark.timeout(120), pytest.mark.xdist_group("house")]

SHOPS = {
    "STRIPE_WEBHOOK_SECRET": "whsec_house", "STRIPE_PRICE_STANDARD": "price_standard", "STRIPE_PRICE_PRO": "price_pro",
    "REVENUECAT_WEBHOOK_SECRET": "rc_house",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(make_house):
    return make_house(**SHOPS)


def deliver(house, event, timeout=20):
    if "data" in event:
        body = json.dumps(event).encode()
        headers = {"Stripe-Signature": signed(body, SHOPS["STRIPE_WEBHOOK_SECRET"])}
        path = "stripe"
    else:
        body = json.dumps({"event": event}).encode()
        headers = {"Authorization": f"Bearer {SHOPS['REVENUECAT_WEBHOOK_SECRET']}"}
        path = "revenuecat"
    headers["Content-Type"] = "application/json"
    url = f"{house.url}/webhooks/{path}"
    return httpx.post(url, content=body, headers=headers, timeout=timeout, trust_env=False)


def tier(client):
    return client.http.get("/subscriptions/current").json()["tier"]


def test_news_counts_at_once_with_a_warm_memory(shop):
    client = Client(shop.url)
    s = Stripe(client.tokens["user_id"])
    for _ in range(3):
        assert tier(client) == "free"
    assert deliver(shop, s.checkout("pro", 39)).status_code == 200
    time.sleep(0.05)
    assert tier(client) == "pro"
    deliver(shop, s.changed(39.5, "deleted"))
    time.sleep(0.05)
    assert tier(client) == "free"


def test_twenty_deliveries_at_once_are_one_effect(shop):
    client = Client(shop.url)
    for event in (
        Stripe(client.tokens["user_id"]).checkout("pro", 39),
        RevenueCat(client.tokens["user_id"]).event("INITIAL_PURCHASE", 39, ends=60),
    ):
        with ThreadPoolExecutor(20) as pool:
            codes = list(
                pool.map(lambda _, event=event: deliver(shop, event).status_code, range(20))
            )
        assert set(codes) == {200}
        ((count,),) = sql(
            shop, "SELECT count(*) FROM billing_storeevent WHERE event_id = %s", event["id"]
        )
        assert count == 1
    ((rows,),) = sql(
        shop,
        "SELECT count(*) FROM billing_entitlement WHERE user_id = %s",
        client.tokens["user_id"],
    )
    assert rows == 2


def test_different_news_of_one_person_at_once_is_all_counted(shop):
    client = Client(shop.url)
    s, r = Stripe(client.tokens["user_id"]), RevenueCat(client.tokens["user_id"])
    story = [s.checkout("standard", 30), s.invoice(30), s.changed(31, status="active", tier="pro"), s.invoice(32, "pro"),
             r.event("INITIAL_PURCHASE", 30, ends=50), r.event("CANCELLATION", 31), r.event("EXPIRATION", 33)]  # fmt: skip
    with ThreadPoolExecutor(7) as pool:
        assert {reply.status_code for reply in pool.map(lambda e: deliver(shop, e), story)} == {200}
    time.sleep(0.1)
    assert tier(client) == "pro"
    told = client.http.get("/subscriptions/explain").json()["entitlements"]
    assert {row["store"]: row["status"] for row in told} == {
        "app_store": "expired",
        "stripe": "active",
    }


def test_last_session_of_a_plan_is_opened_by_exactly_one_a_hundred_times(shop):
    client = Client(shop.url)
    client.open()
    user = client.tokens["user_id"]
    with ThreadPoolExecutor(25) as pool:
        for _ in range(100):
            sql(shop, "UPDATE billing_usage SET session_count = 9 WHERE user_id = %s", user)
            codes = list(pool.map(lambda _: client.http.post("/sessions").status_code, range(50)))
            assert (codes.count(201), codes.count(403)) == (1, 49)
            ((count,),) = sql(
                shop, "SELECT session_count FROM billing_usage WHERE user_id = %s", user
            )
            assert count == 10


@contextmanager
def held(house, statement, *parameters):
    """Hold a lock in the database, so that whoever comes there waits."""
    with psycopg.connect(house.env["DATABASE_URL"]) as connection:
        connection.execute(statement, parameters)
        yield
        connection.rollback()


SEAMS = {
    "before it is kept": ("LOCK TABLE webhooks_inboundevent IN EXCLUSIVE MODE",),
    "after it is kept": ("SELECT 1 FROM accounts_user WHERE id = %s FOR UPDATE", "user"),
    "while it is computed": ("LOCK TABLE billing_entitlement IN EXCLUSIVE MODE",),
}


def test_kill_at_every_seam_leaves_all_or_nothing(make_house):
    house = make_house(**SHOPS)
    for seam in [*SEAMS, "after the commit"]:
        kill_at(house, seam)
    house.stop()


def kill_at(house, seam):
    client = Client(house.url)
    user = client.tokens["user_id"]
    event = Stripe(user).checkout("pro", 39)

    def send():
        with suppress(httpx.TransportError):  # it was killed before it could answer
            deliver(house, event, timeout=10)

    sending = threading.Thread(target=send)
    if seam in SEAMS:
        statement, *names = SEAMS[seam]
        with held(house, statement, *[user for _ in names]):
            sending.start()
            time.sleep(1.0)
            house.kill()
    else:
        sending.start()
        deadline = time.monotonic() + 10
        while not entitlements(house, user):
            assert time.monotonic() < deadline
        house.kill()
    sending.join(15)
    whole = seam == "after the commit"
    kept = sql(house, "SELECT state FROM webhooks_inboundevent WHERE event_id = %s", event["id"])
    assert effects(house, event) == entitlements(house, user) == int(whole), seam
    expected = [] if seam == "before it is kept" else ["applied"] if whole else ["pending"]
    assert [state for (state,) in kept] == expected, seam
    sql(house, "UPDATE webhooks_inboundevent SET retry_at = now() WHERE state = 'pending'")
    house.start()
    deadline = time.monotonic() + 15
    while kept and tier(client) != "pro":  # what was kept is applied without the store's help
        assert time.monotonic() < deadline, seam
        time.sleep(0.1)
    assert deliver(house, event).status_code == 200
    assert effects(house, event) == 1
    assert tier(client) == "pro"


def test_kill_while_stripe_is_asked_is_made_good_by_the_queue(make_house):
    stripe = Provider(hold=threading.Event())
    server = serve(stripe)
    house = make_house(
        **SHOPS,
        STRIPE_SECRET_KEY="sk_test_" + "x" * 32,
        STRIPE_API_BASE=f"http://127.0.0.1:{server.server_port}",
    )
    client = Client(house.url)
    s = Stripe(client.tokens["user_id"])
    picture = {
        "id": s.subscription, "object": "subscription", "customer": s.customer, "status": "active",
        "items": {"object": "list", "data": [{"id": "si", "object": "subscription_item", "price": {"id": "price_pro", "object": "price"}}]},
    }  # fmt: skip
    stripe.answers["GET", f"/v1/subscriptions/{s.subscription}"] = picture
    deliver(house, s.checkout("standard", 38))
    deliver(house, s.changed(39, status="active", tier="standard"))
    queue = "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE task_path LIKE '%%check_subscription' AND status = %s"
    deadline = time.monotonic() + 20
    while not sql(house, queue, "RUNNING")[0][0]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    house.kill()
    stripe.hold.set()
    sql(
        house,
        "UPDATE django_tasks_database_dbtaskresult SET started_at = now() - interval '11 minutes' WHERE status = 'RUNNING'",
    )
    house.start()  # its first round puts back what a dead worker held
    deadline = time.monotonic() + 20
    while tier(client) != "pro":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    house.stop()
    server.shutdown()
    server.server_close()


def effects(house, event):
    return sql(house, "SELECT count(*) FROM billing_storeevent WHERE event_id = %s", event["id"])[
        0
    ][0]


def entitlements(house, user):
    return sql(house, "SELECT count(*) FROM billing_entitlement WHERE user_id = %s", user)[0][0]


def test_two_devices_grading_at_once_lose_nothing(shop):
    client = Client(shop.url)
    body = {"question": "Why tides?", "answer": "The moon"}
    card = client.http.post("/learn/cards", json=body).raise_for_status().json()["id"]
    path = f"/learn/reviews/{card}/grade"

    def look(n):
        headers = {"Idempotency-Key": f"k{n % 10}"}
        return client.http.post(path, json={"rating": "good"}, headers=headers).status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(look, range(40))) == {200}
    ((looks,),) = sql(shop, "SELECT count(*) FROM learn_review WHERE card_id = %s", card)
    assert looks == 10
