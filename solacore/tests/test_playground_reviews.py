"""Cards on the playground: proposed, kept, and looked at by keyboard, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from solacore.tests.playground import (
    PATIENCE,
    enter_learn,
    fetched,
    kept_lesson,
    make_cards,
    part,
    scrolls_sideways,
    with_cards,
    written,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_proposed_cards_are_kept_changed_or_discarded(browser_page, live_house, provoked):
    page = browser_page
    with_cards(page, live_house)
    lesson = kept_lesson(page, live_house)["id"]
    listed = f"{live_house.url}/learn/cards?session_id={lesson}"
    proposed = fetched(page, f"{listed}&state=proposed")["total"]
    assert proposed >= 3
    expect(part(page, "proposal")).to_have_count(proposed)

    part(page, "accept").first.click()
    expect(part(page, "proposal").first).to_contain_text("Kept")
    expect(part(page, "accept").first).to_be_focused()
    part(page, "edit-card").first.click()
    expect(part(page, "card-question")).to_be_focused()
    provoked.append("status of 422")
    part(page, "card-question").fill("")
    part(page, "save-card").click()
    expect(part(page, "notice")).to_have_text(re.compile(r"question"))
    part(page, "card-question").fill("What colour is chlorophyll?")
    part(page, "card-answer").fill("Green.")
    part(page, "save-card").click()
    expect(part(page, "proposal").nth(1)).to_contain_text("What colour is chlorophyll?")
    part(page, "discard").first.click()
    expect(part(page, "proposal").nth(2)).to_have_text("Discarded.")
    expect(part(page, "due-count")).to_have_text("2")

    active = fetched(page, f"{listed}&state=active")["cards"]
    assert len(active) == 2
    assert ("What colour is chlorophyll?", "Green.") in [
        (c["question"], c["answer"]) for c in active
    ]
    assert fetched(page, listed)["total"] == proposed - 1
    page.reload()
    expect(part(page, "answer")).to_have_count(2)
    expect(part(page, "proposal")).to_have_count(proposed - 3)


def test_an_accepted_card_is_graded_by_keyboard_only(browser_page, live_house):
    page = browser_page
    with_cards(page, live_house)
    part(page, "accept").first.focus()
    page.keyboard.press("Enter")
    expect(part(page, "due-count")).to_have_text("1")
    part(page, "to-review").focus()
    page.keyboard.press("Enter")

    expect(part(page, "question")).to_be_focused()
    expect(part(page, "left")).to_have_text("1 left")
    expect(part(page, "card-shown")).to_have_count(0)
    page.keyboard.press("3")  # not before the answer is seen
    page.keyboard.press("Space")
    expect(part(page, "card-shown")).to_be_focused()
    with page.expect_request("**/grade") as graded:
        page.keyboard.press("3")

    assert graded.value.post_data_json == {"rating": "good"}
    assert graded.value.headers["idempotency-key"]
    expect(part(page, "left")).to_have_text("Nothing is due. Well done.")
    expect(part(page, "left")).to_be_focused()
    expect(part(page, "due-count")).to_have_text("0")
    [card] = fetched(page, f"{live_house.url}/learn/cards?state=active")["cards"]
    assert card["stability"] > 0


def test_the_last_grade_is_taken_back_with_u(browser_page, live_house):
    page = browser_page
    enter_learn(page, live_house)
    make_cards(page, live_house, 2)
    page.goto(f"{live_house.url}/play#review")
    page.reload()
    expect(part(page, "left")).to_have_text("2 left")
    first = part(page, "question").inner_text()
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    expect(part(page, "left")).to_have_text("1 left")
    expect(part(page, "question")).not_to_have_text(first)
    assert part(page, "call").filter(has_text="/grade").count() == 1

    page.keyboard.press("u")

    expect(part(page, "left")).to_have_text("2 left")
    expect(part(page, "question")).to_have_text(first)
    expect(part(page, "undo-grade")).to_be_hidden()
    assert fetched(page, f"{live_house.url}/learn/reviews/due")["total"] == 2


def test_forecast_is_drawn_day_by_day(browser_page, live_house):
    page = browser_page
    enter_learn(page, live_house)
    make_cards(page, live_house, 3)
    page.goto(f"{live_house.url}/play#review")
    bars = part(page, "forecast").locator("rect")
    expect(bars).to_have_count(30)
    expect(bars.first).to_have_attribute("data-count", "3")
    label = part(page, "forecast").get_attribute("aria-label") or ""
    assert label.startswith("3 cards in the next 30 days")
    page.keyboard.press("Space")
    page.keyboard.press("4")
    for _ in range(2):
        expect(part(page, "question")).to_be_focused()
        page.keyboard.press("Space")
        page.keyboard.press("4")
    expect(part(page, "left")).to_contain_text("Nothing is due", timeout=PATIENCE)
    expect(bars.first).to_have_attribute("data-count", "0")


def test_narrow_screen_never_scrolls_sideways(browser_page, live_house):
    page = browser_page
    page.set_viewport_size({"width": 360, "height": 720})
    with_cards(page, live_house)
    assert not scrolls_sideways(page)
    part(page, "edit-card").first.click()
    assert not scrolls_sideways(page)
    part(page, "learned").locator("summary").click()
    assert not scrolls_sideways(page)
    make_cards(page, live_house, 1)
    page.goto(f"{live_house.url}/play#review")
    expect(part(page, "question")).to_be_visible()
    page.keyboard.press("Space")
    assert not scrolls_sideways(page)
    page.goto(f"{live_house.url}/play#learn")
    expect(part(page, "path")).to_be_visible()
    assert not scrolls_sideways(page)


def test_a_card_that_is_gone_is_passed_over_with_a_sentence(browser_page, live_house, provoked):
    page = browser_page
    enter_learn(page, live_house)
    make_cards(page, live_house, 2)
    part(page, "to-review").click()
    expect(part(page, "left")).to_have_text("2 left")
    gone = part(page, "question").inner_text()
    for card in fetched(page, f"{live_house.url}/learn/cards")["cards"]:
        if card["question"] == gone:
            written(page, live_house, "DELETE", f"/learn/cards/{card['id']}", None)
    provoked.append("status of 404")

    page.keyboard.press("Space")
    page.keyboard.press("2")

    expect(part(page, "review-notice")).to_have_text("There is no such card.")
    expect(part(page, "left")).to_have_text("1 left")
    expect(part(page, "question")).not_to_have_text(gone)


def test_a_grade_whose_answer_got_lost_counts_once(browser_page, live_house, provoked):
    page = browser_page
    enter_learn(page, live_house)
    make_cards(page, live_house, 1)
    part(page, "to-review").click()
    expect(part(page, "question")).to_be_focused()
    lost: list[str] = []

    def lose(route) -> None:
        reply = route.fetch()  # it arrives, but the page never hears of it
        assert reply.ok
        lost.append(route.request.headers["idempotency-key"])
        route.abort()

    page.route("**/grade", lose, times=1)
    provoked.append("net::ERR_FAILED")
    page.keyboard.press("Space")
    page.keyboard.press("3")
    expect(part(page, "review-notice")).to_contain_text("cannot be reached")
    with page.expect_request("**/grade") as again:
        page.keyboard.press("3")

    expect(part(page, "left")).to_have_text("Nothing is due. Well done.")
    assert again.value.headers["idempotency-key"] == lost[0]
    assert fetched(page, f"{live_house.url}/learn/reviews/retention")["reviews"] == 0


def test_the_next_person_at_this_screen_reads_no_card(browser_page, live_house):
    page = browser_page
    enter_learn(page, live_house)
    make_cards(page, live_house, 1)
    part(page, "to-review").click()
    expect(part(page, "question")).to_have_text("What is 0 + 0?")

    part(page, "log-out").click()

    expect(part(page, "guest")).to_be_visible()
    assert "0 + 0" not in page.locator("body").inner_html()
