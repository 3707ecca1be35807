"""Control over a conversation on the playground: versions, undo, search, what was sent."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from solacore.tests.playground import (
    WORRY,
    enter_as_guest,
    kept,
    part,
    say,
    scrolls_sideways,
    shown_text,
    visible,
    wait_for_answer,
    words_of,
    written,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def talk_of_a_session_that_is_gone(page: Page, house: Any) -> None:
    """Say something in a session, and delete it where the page does not see it."""
    enter_as_guest(page, house)
    say(page, WORRY)
    wait_for_answer(page)
    gone = f"/sessions/{page.url.partition('#s=')[2]}"
    written(page, house, "DELETE", gone, None)


def test_edit_and_another_answer_keep_their_versions(browser_page, live_house):
    enter_as_guest(browser_page, live_house)
    say(browser_page, WORRY)
    wait_for_answer(browser_page)
    first = part(browser_page, "words").inner_text()

    part(browser_page, "edit").click()
    part(browser_page, "edit-box").fill("I do not know whether to take the new job in Lisbon.")
    part(browser_page, "edit-box").press("Enter")
    wait_for_answer(browser_page)
    expect(part(browser_page, "said")).to_have_text(re.compile("Lisbon"))
    expect(part(browser_page, "words")).not_to_have_text(first)
    visible(browser_page, "again").click()
    expect(part(browser_page, "stop")).to_be_visible()
    wait_for_answer(browser_page)

    expect(visible(browser_page, "versions")).to_have_text(["2 versions", "3 versions"])
    visible(browser_page, "versions").first.click()
    expect(part(browser_page, "version").first).to_contain_text(WORRY)
    expect(part(browser_page, "version").last).to_contain_text("shown above")
    session = kept(browser_page, live_house)
    assert [m["variants"] for m in session["messages"]] == [1, 2]
    assert words_of(shown_text(browser_page)) == words_of(session["messages"][-1]["content"])
    expect(part(browser_page, "session")).to_contain_text("new job")


def test_an_edit_that_is_cancelled_changes_nothing(browser_page, live_house):
    enter_as_guest(browser_page, live_house)
    say(browser_page, WORRY)
    wait_for_answer(browser_page)

    part(browser_page, "edit").click()
    part(browser_page, "edit-box").fill("Something else.")
    part(browser_page, "edit-box").press("Escape")

    expect(part(browser_page, "said")).to_have_text(WORRY)
    expect(part(browser_page, "edit")).to_be_focused()
    assert kept(browser_page, live_house)["messages"][0]["content"] == WORRY


def test_an_answer_that_is_refused_anew_stays_as_it_was(browser_page, live_house, provoked):
    page = browser_page
    enter_as_guest(page, live_house)
    say(page, WORRY)
    wait_for_answer(page)
    before = part(page, "words").inner_text()
    body = {"error": "RATE_LIMITED", "message": "Too fast. Try again in two minutes."}
    headers = {"Retry-After": "120"}
    page.route("**/regenerate", lambda r: r.fulfill(status=429, json=body, headers=headers))
    provoked.append("status of 429")

    visible(page, "again").click()

    expect(part(page, "notice")).to_have_text(body["message"])
    expect(part(page, "words")).to_have_text(before, use_inner_text=True)
    expect(visible(page, "again")).to_have_count(1)
    page.unroute("**/regenerate")
    visible(page, "again").click()
    wait_for_answer(page)
    expect(part(page, "notice")).to_be_empty()
    expect(visible(page, "versions")).to_have_text("2 versions")


def test_what_was_sent_shows_placeholders_for_what_stays_here(browser_page, live_house):
    enter_as_guest(browser_page, live_house)
    say(browser_page, "My boss anna.lopez@example.com shouts at me and I am afraid of Monday.")
    wait_for_answer(browser_page)

    part(browser_page, "sent").click()

    sheet = browser_page.locator("[data-test=sheet]:visible")
    expect(sheet).to_contain_text("Nothing left the house")
    expect(sheet).to_contain_text("shouts at me")
    expect(sheet).not_to_contain_text("anna.lopez")
    expect(sheet).to_contain_text("1 × email")
    expect(part(browser_page, "sent")).to_have_attribute("aria-expanded", "true")


def test_a_step_is_taken_back(browser_page, live_house):
    enter_as_guest(browser_page, live_house)
    expect(part(browser_page, "undo")).to_be_hidden()
    say(browser_page, WORRY)
    wait_for_answer(browser_page)
    expect(part(browser_page, "step-clarify")).to_have_attribute("aria-current", "step")

    part(browser_page, "undo").click()

    expect(part(browser_page, "step-receive")).to_have_attribute("aria-current", "step")
    expect(part(browser_page, "said")).to_have_text(WORRY)
    expect(part(browser_page, "undo")).to_be_hidden()
    assert kept(browser_page, live_house)["current_step"] == "receive"


def test_search_marks_what_it_finds(browser_page, live_house):
    page = browser_page
    enter_as_guest(page, live_house)
    say(page, "🌧 <b>My sister</b> borrowed the old piano and never gave it back.")
    wait_for_answer(page)
    part(page, "new").click()
    say(page, WORRY)
    wait_for_answer(page)
    expect(part(page, "session")).to_have_count(2)

    part(page, "search").fill("piano")
    expect(part(page, "session")).to_have_count(1)

    expect(part(page, "found").first.locator("mark")).to_have_text("piano")
    expect(part(page, "found").first).to_contain_text("<b>My sister</b> borrowed the old piano")
    part(page, "search").fill("walrus")
    expect(part(page, "history")).to_have_text("Nothing was found.")
    part(page, "search").fill("")
    expect(part(page, "session")).to_have_count(2)


def test_a_check_in_that_is_due_asks_and_is_answered(browser_page, live_house):
    page = browser_page
    enter_as_guest(page, live_house)
    say(page, WORRY)
    wait_for_answer(page)
    expect(part(page, "check-in")).to_be_hidden()
    session = f"/sessions/{page.url.partition('#s=')[2]}"
    action = "Sort my notes for twenty minutes."
    written(page, live_house, "PATCH", session, {"first_step_action": action})
    due = {"due_at": "2026-01-05T09:00:00Z"}
    written(page, live_house, "PUT", f"{session}/check-in", due)

    page.reload()
    expect(part(page, "check-in")).to_contain_text(action)
    part(page, "check-in-done").click()

    expect(part(page, "check-in").get_by_role("status")).to_be_focused()
    found = kept(page, live_house)
    assert found["check_in"]["outcome"] == "done"
    assert found["action_completed"] is True
    page.reload()
    expect(part(page, "said")).to_have_text(WORRY)
    expect(part(page, "check-in")).to_be_hidden()


def test_a_refusal_is_a_sentence_and_the_words_are_not_lost(browser_page, live_house, provoked):
    page = browser_page
    enter_as_guest(page, live_house)
    say(page, WORRY)
    wait_for_answer(page)
    gone = f"/sessions/{page.url.partition('#s=')[2]}"
    written(page, live_house, "DELETE", gone, None)

    provoked.append("status of 404")
    say(page, "And another thing.")

    expect(part(page, "notice")).to_have_text("There is no such session.")
    expect(part(page, "message")).to_have_value("And another thing.")
    expect(part(page, "said")).to_have_count(1)


def test_help_comes_with_a_refusal_too(browser_page, live_house, provoked):
    page = browser_page
    talk_of_a_session_that_is_gone(page, live_house)
    provoked.append("status of 404")

    say(page, "I want to kill myself")

    expect(part(page, "notice")).to_contain_text("There is no such session.")
    helpline = part(page, "notice").locator("a").first
    expect(helpline).to_be_in_viewport()
    expect(helpline).to_have_attribute("href", "tel:988")


def test_narrow_screen_never_scrolls_sideways(browser_page, live_house):
    page = browser_page
    page.set_viewport_size({"width": 360, "height": 720})
    page.goto(f"{live_house.url}/play")
    expect(part(page, "guest")).to_be_visible()
    assert not scrolls_sideways(page)
    enter_as_guest(page, live_house)
    assert not scrolls_sideways(page)
    say(page, f"{WORRY} {'Donaudampfschifffahrt' * 9}")
    wait_for_answer(page)
    visible(page, "again").click()
    wait_for_answer(page)
    visible(page, "sent").click()
    expect(page.locator("[data-test=sheet]:visible")).to_be_visible()
    assert not scrolls_sideways(page)
    part(page, "edit").click()
    assert not scrolls_sideways(page)
