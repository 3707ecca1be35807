"""The playground, as people meet it: a real browser, a real server, the offline coach."""

import hashlib
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

WORRY = "I lie awake at night thinking about my exam next week. I am afraid to fail it."
# With the person's own words each step gets what it asks for, whoever the coach is.
REPLIES = [
    WORRY,
    "It is solved when I sleep through the night and know that I prepared enough.",
    "The exam is on Friday and I have two free evenings. I tried learning until midnight.",
    "Yes, that is how I would ask it.",
    "My parents expect a lot, and I do not want to let them down.",
    "I think so. What could I do?",
    "Please show me the ways I have.",
    "Go on.",
]
PATIENCE = 30_000  # milliseconds; an answer of the slowed coach takes a few seconds


def part(page: Page, name: str) -> Locator:
    """Find a part of the page by its stable name."""
    return page.locator(f"[data-test={name}]")


def enter_as_guest(page: Page, house: Any) -> None:
    """Open the page and come in by the widest door."""
    page.goto(f"{house.url}/play")
    part(page, "guest").click()
    expect(part(page, "message")).to_be_visible()


def say(page: Page, text: str) -> None:
    """Send a message; do not wait for what it brings."""
    part(page, "message").fill(text)
    part(page, "message").press("Enter")


def wait_for_answer(page: Page) -> None:
    """Wait until the running answer has come to its end."""
    expect(part(page, "answer").last).to_have_attribute("aria-busy", "false", timeout=PATIENCE)
    expect(part(page, "stop")).to_be_hidden(timeout=PATIENCE)


def wait_for_first_words(page: Page) -> str:
    """Wait until an answer is being written; return what there is of it."""
    expect(part(page, "words").last).to_have_text(re.compile(r"\S"), timeout=PATIENCE)
    return part(page, "words").last.inner_text()


def kept(page: Page, house: Any) -> dict[str, Any]:
    """Return the session the address names, as the API holds it."""
    session = page.url.partition("#s=")[2]
    assert session, page.url
    reply = page.request.get(f"{house.url}/sessions/{session}?include_messages=true")
    assert reply.ok
    found: dict[str, Any] = reply.json()
    return found


def shown_text(page: Page) -> str:
    """Return the last answer as the page shows it, options put back into their lines."""
    read: Callable[[str], Any] = part(page, "answer").last.evaluate
    text: str = read(
        """turn => [
            turn.querySelector("[data-test=words]").textContent,
            ...[...turn.querySelectorAll("[data-test=option]")].map(card => card.dataset.message),
        ].join(" ")"""
    )
    return text


def words_of(text: str) -> list[str]:
    """Compare by words: the page may lay out line breaks anew."""
    return text.split()


def test_guest_gets_a_streamed_answer_and_the_next_step(browser_page, live_house):
    enter_as_guest(browser_page, live_house)
    expect(part(browser_page, "step-receive")).to_have_attribute("aria-current", "step")

    say(browser_page, WORRY)
    expect(part(browser_page, "stop")).to_be_visible()
    begun = wait_for_first_words(browser_page)
    wait_for_answer(browser_page)

    whole = shown_text(browser_page)
    assert whole.startswith(begun.strip()[:20])
    assert words_of(whole) == words_of(kept(browser_page, live_house)["messages"][-1]["content"])
    expect(part(browser_page, "said")).to_have_text(WORRY)
    expect(part(browser_page, "step-clarify")).to_have_attribute("aria-current", "step")
    expect(part(browser_page, "session").first).to_contain_text("I lie awake")


def test_stop_keeps_what_was_said(browser_page, live_house):
    enter_as_guest(browser_page, live_house)
    say(browser_page, WORRY)
    wait_for_first_words(browser_page)

    part(browser_page, "stop").click()
    wait_for_answer(browser_page)

    expect(part(browser_page, "answer")).to_have_attribute("data-state", "stopped")
    expect(part(browser_page, "note")).to_contain_text("Stopped")
    answer = kept(browser_page, live_house)["messages"][-1]
    assert answer["state"] == "stopped"
    assert answer["content"].strip()
    assert words_of(shown_text(browser_page)) == words_of(answer["content"])


def test_reload_in_mid_answer_continues_it(browser_page, live_house):
    enter_as_guest(browser_page, live_house)
    say(browser_page, WORRY)
    wait_for_first_words(browser_page)

    browser_page.reload()
    wait_for_first_words(browser_page)
    wait_for_answer(browser_page)

    answer = kept(browser_page, live_house)["messages"][-1]
    assert answer["state"] == "complete"
    assert words_of(shown_text(browser_page)) == words_of(answer["content"])
    expect(part(browser_page, "answer")).to_have_count(1)
    calls = part(browser_page, "call").filter(has_text="/stream")
    expect(calls).to_have_count(1)


def test_calls_are_shown_with_their_events_and_without_secrets(browser_page, live_house):
    passwords: list[str] = []

    def note(request) -> None:
        if request.url.endswith("/auth/register"):
            passwords.append(json.loads(request.post_data)["password"])

    browser_page.on("request", note)
    enter_as_guest(browser_page, live_house)
    say(browser_page, WORRY)
    wait_for_answer(browser_page)

    posted = part(browser_page, "call").filter(has_text="Idempotency-Key")
    expect(posted).to_have_count(1)
    expect(posted.locator("summary")).to_contain_text("POST")
    expect(posted.locator("summary")).to_contain_text("200")
    events = posted.locator("[data-test=frames] li")
    expect(events.first).to_contain_text("token")
    expect(events.last).to_contain_text("next_step")
    assert len(passwords) == 1
    panel = part(browser_page, "calls").text_content() or ""
    assert passwords[0] not in panel
    assert '"password": "••••••••"' in panel
    cookies = {cookie["name"]: cookie["value"] for cookie in browser_page.context.cookies()}
    for name in ("access_token", "refresh_token", "csrf_token"):
        assert cookies[name] not in panel


def test_an_option_is_chosen_by_a_click(browser_page, live_house):
    enter_as_guest(browser_page, live_house)
    options = part(browser_page, "option")
    for reply in REPLIES:
        say(browser_page, reply)
        wait_for_answer(browser_page)
        if options.count():
            break
    assert options.count() >= 2
    offered = options.first.get_attribute("data-message")

    options.first.click()
    wait_for_answer(browser_page)

    expect(part(browser_page, "said").last).to_have_text(offered)
    expect(options.first).to_have_attribute("aria-pressed", "true")
    said = [m for m in kept(browser_page, live_house)["messages"] if m["role"] == "user"]
    assert said[-1]["content"] == offered


def test_someone_at_risk_is_shown_where_help_is(browser_page, live_house):
    enter_as_guest(browser_page, live_house)
    say(browser_page, "I want to kill myself")
    wait_for_answer(browser_page)

    helplines = part(browser_page, "crisis").locator("a")
    expect(helplines).to_have_count(2)
    expect(helplines.first).to_be_in_viewport()
    assert helplines.first.get_attribute("href") == "tel:988"


def test_one_signs_out_and_in_again_and_finds_everything(browser_page, live_house):
    page = browser_page
    email, password = f"again-{uuid.uuid4().hex[:8]}@example.com", "Quiet-Morning-7"
    page.goto(f"{live_house.url}/play")
    part(page, "email").fill(email)
    part(page, "password").fill(password)
    part(page, "register").click()
    say(page, WORRY)
    wait_for_answer(page)

    part(page, "log-out").click()
    expect(part(page, "guest")).to_be_visible()
    expect(part(page, "turns")).to_be_empty()
    assert WORRY not in (part(page, "calls").text_content() or "")
    part(page, "email").fill(email)
    part(page, "password").fill(password)
    part(page, "sign-in").click()
    part(page, "session").first.click()

    expect(part(page, "said")).to_have_text(WORRY)
    expect(part(page, "who")).to_have_text(email)


def test_link_in_a_letter_asks_and_its_button_acts(browser_page, live_house):
    """A stricter Referrer-Policy would make Chromium send ``Origin: null``, and the form fail."""
    import psycopg

    token, fingerprint = uuid.uuid4().hex, uuid.uuid4().hex
    email = f"{fingerprint[:10]}@example.com"
    body = {"email": email, "password": "Quiet-Morning-7", "device_fingerprint": fingerprint}
    answer = httpx.post(f"{live_house.url}/auth/register", json=body, trust_env=False).json()
    digest = hashlib.sha256(token.encode()).hexdigest()
    with psycopg.connect(live_house.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            """INSERT INTO accounts_mailedtoken
                      (id, user_id, purpose, digest, expires_at, created_at, updated_at)
               VALUES (gen_random_uuid(), %s, 'free_device', %s,
                       now() + interval '1 hour', now(), now())""",
            [answer["user_id"], digest],
        )
    browser_page.goto(f"{live_house.url}/mail/free-device?token={token}")
    browser_page.get_by_role("button").click()
    browser_page.get_by_role("status").wait_for()
    assert "sign in again" in browser_page.get_by_role("status").inner_text()
