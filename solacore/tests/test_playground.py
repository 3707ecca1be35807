"""The playground, as people meet it: a real browser, a real server, the offline coach."""

import hashlib
import json
import uuid

import httpx
import pytest
from playwright.sync_api import expect

from solacore.tests.playground import (
    REPLIES,
    WORRY,
    enter_as_guest,
    kept,
    part,
    say,
    shown_text,
    wait_for_answer,
    wait_for_first_words,
    words_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]


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
    expect(helplines.first).to_be_in_viewport()
    assert helplines.first.get_attribute("href") == "tel:988"
    expect(part(browser_page, "crisis")).to_contain_text("24/7")
    assert helplines.filter(has_text="Spain").first.get_attribute("href") == "tel:717003717"


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
