"""Webhooks arriving at a fixed rate: how long does an answer take?

python bench/webhooks.py [--rate 100] [--seconds 20]

An open model: each delivery leaves on its tick, whether or not earlier ones were answered.
Half are Stripe's, half RevenueCat's; every event is about one of 50 people and is new.
"""

import argparse
import asyncio
import json
import random
import time
import uuid
from datetime import date

import aiohttp
import httpx
from house import house

from billing.tests.stores import RevenueCat, Stripe, signed

SECRETS = {
    "STRIPE_WEBHOOK_SECRET": "whsec_bench",
    "STRIPE_PRICE_STANDARD": "price_standard",
    "STRIPE_PRICE_PRO": "price_pro",
    "REVENUECAT_WEBHOOK_SECRET": "rc_bench",
}


def stories(people: list[str]) -> list[dict]:
    """One event after another, for people in turn."""
    made = []
    for user in people:
        s, r = Stripe(user), RevenueCat(user)
        made.append([s.checkout(), s.invoice(0), s.changed(5, status="active"), s.invoice(30)])
        made.append([r.event("INITIAL_PURCHASE", 0, ends=30), r.event("RENEWAL", 30, ends=60)])
    flat = [event for story in made for event in story]
    random.shuffle(flat)
    return flat


async def deliver(http: aiohttp.ClientSession, url: str, event: dict) -> float:
    if "data" in event:
        body = json.dumps(event).encode()
        headers = {"Stripe-Signature": signed(body, SECRETS["STRIPE_WEBHOOK_SECRET"])}
        path = "stripe"
    else:
        body = json.dumps({"event": event}).encode()
        headers = {"Authorization": f"Bearer {SECRETS['REVENUECAT_WEBHOOK_SECRET']}"}
        path = "revenuecat"
    headers["Content-Type"] = "application/json"
    started = time.perf_counter()
    async with http.post(f"{url}/webhooks/{path}", data=body, headers=headers) as reply:
        assert reply.status == 200, await reply.text()
    return time.perf_counter() - started


async def drive(url: str, people: list[str], rate: int, seconds: float) -> list[float]:
    total = int(rate * seconds)
    events: list[dict] = []
    while len(events) < total:
        fresh = stories(people)
        for event in fresh:
            event["id"] = uuid.uuid4().hex
        events += fresh
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        begun = time.perf_counter()
        tasks = []
        for number, event in enumerate(events[:total]):
            await asyncio.sleep(max(0, begun + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(deliver(http, url, event)))
        return sorted(await asyncio.gather(*tasks))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    with house(LLM_PROVIDER="offline", BETA_MODE="false", **SECRETS) as server:
        people = []
        for _ in range(50):
            name = uuid.uuid4().hex
            body = {
                "email": f"{name[:12]}@example.com",
                "password": "Quiet-Morning-7",
                "device_fingerprint": name,
            }
            answer = httpx.post(f"{server.url}/auth/register", json=body, trust_env=False)
            people.append(answer.json()["user_id"])
        asyncio.run(drive(server.url, people, 20, 2))
        cpu = server.cpu()
        times = asyncio.run(drive(server.url, people, options.rate, options.seconds))
        spent = (server.cpu() - cpu) / len(times) * 1000
        p50, p95, p99 = (times[int(len(times) * q)] * 1000 for q in (0.5, 0.95, 0.99))
        print(
            f"\n{date.today()}: {len(times)} webhooks at {options.rate}/s: p50 {p50:.0f}, "
            f"p95 {p95:.0f}, p99 {p99:.0f} ms; {spent:.1f} ms of CPU each"
        )


if __name__ == "__main__":
    main()
