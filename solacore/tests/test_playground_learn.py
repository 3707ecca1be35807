"""Learn on the playground: lessons, cards and the review queue, in a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from solacore.tests.playground import (
    PATIENCE,
    enter_as_guest,
    fetched,
    kept_lesson,
    part,
    say,
    scrolls_sideways,
    shown_text,
    visible,
    wait_for_answer,
    wait_for_first_words,
    words_of,
    written,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

TOPIC = "I want to understand photosynthesis: plants turn light into sugar."
TOLD = (
    "Chlorophyll is a green pigment. The Calvin cycle makes sugar because it needs carbon dioxide."
)


def enter_learn(page: Page, house: Any) -> None:
    """Come in and go to where a lesson is begun."""
    enter_as_guest(page, house)
    part(page, "to-learn").click()
    expect(part(page, "path")).to_contain_text("minutes")


def pick(page: Page, *tools: str) -> None:
    """Choose a path of one's own."""
    part(page, "mode-custom").click()
    for tool in tools:
        part(page, f"tool-{tool}").check()


def with_cards(page: Page, house: Any) -> None:
    """Begin a lesson whose second answer proposes cards."""
    enter_learn(page, house)
    pick(page, "spaced")
    say(page, TOPIC)
    wait_for_answer(page)
    say(page, TOLD)
    wait_for_answer(page)
    expect(part(page, "proposal").first).to_be_visible()


def make_cards(page: Page, house: Any, count: int) -> None:
    """Give whoever is signed in cards of their own."""
    for number in range(count):
        body = {"question": f"What is {number} + {number}?", "answer": f"It is {2 * number}."}
        written(page, house, "POST", "/learn/cards", body)


def test_a_path_is_picked_and_a_lesson_streams(browser_page, live_house):
    page = browser_page
    enter_learn(page, live_house)
    expect(part(page, "path")).to_contain_text("80/20 Principle → Feynman Technique → GROW Model")
    part(page, "mode-deep").click()
    expect(part(page, "picker").locator("input:checked[type=checkbox]")).to_have_count(10)
    pick(page, "feynman", "retrieval")
    expect(part(page, "path")).to_have_text(
        "Feynman Technique → Retrieval Practice · 14 minutes at most"
    )

    say(page, TOPIC)
    expect(part(page, "stop")).to_be_visible()
    wait_for_first_words(page)
    wait_for_answer(page)

    lesson = kept_lesson(page, live_house)
    assert words_of(shown_text(page)) == words_of(lesson["messages"][-1]["content"])
    assert lesson["messages"][-1]["tool"] == "feynman"
    expect(part(page, "step-start")).to_have_attribute("aria-current", "step")
    expect(part(page, "session")).to_contain_text("photosynthesis")
    expect(part(page, "learned")).to_contain_text("key concepts")
    progress = fetched(page, f"{live_house.url}/learn/{lesson['id']}/progress")
    assert progress["tool_plan"] == ["feynman", "retrieval"]


def test_methods_are_named_in_the_browsers_language(browser_page, live_house):
    browser_page.set_extra_http_headers({"Accept-Language": "es-ES,es;q=0.9"})
    enter_learn(browser_page, live_house)
    expect(part(browser_page, "path")).to_contain_text("Técnica de Feynman")
    expect(part(browser_page, "picker")).to_contain_text("Entender un concepto")


def test_a_path_without_methods_is_refused_with_a_sentence(browser_page, live_house):
    enter_learn(browser_page, live_house)
    part(browser_page, "mode-custom").click()
    say(browser_page, TOPIC)
    expect(part(browser_page, "notice")).to_have_text("Pick at least one method first.")
    expect(part(browser_page, "message")).to_have_value(TOPIC)


def test_an_answer_is_stopped_and_given_again(browser_page, live_house):
    page = browser_page
    enter_learn(page, live_house)
    say(page, TOPIC)
    wait_for_first_words(page)
    part(page, "stop").click()
    wait_for_answer(page)
    expect(part(page, "answer")).to_have_attribute("data-state", "stopped")

    visible(page, "again").click()
    expect(part(page, "stop")).to_be_visible()
    wait_for_answer(page)

    expect(part(page, "answer")).to_have_attribute("data-state", "complete")
    visible(page, "versions").click()
    expect(part(page, "version")).to_have_count(2)
    expect(visible(page, "edit")).to_have_count(0)  # Learn has no edit
    answer = kept_lesson(page, live_house)["messages"][-1]
    assert (answer["state"], answer["variants"]) == ("complete", 1)
    assert words_of(shown_text(page)) == words_of(answer["content"])


def test_reload_in_mid_answer_continues_it(browser_page, live_house):
    page = browser_page
    enter_learn(page, live_house)
    say(page, TOPIC)
    wait_for_first_words(page)

    page.reload()
    wait_for_first_words(page)
    wait_for_answer(page)

    answer = kept_lesson(page, live_house)["messages"][-1]
    assert answer["state"] == "complete"
    assert words_of(shown_text(page)) == words_of(answer["content"])
    expect(part(page, "answer")).to_have_count(1)
    expect(part(page, "call").filter(has_text="/stream")).to_have_count(1)


def test_a_lesson_goes_by_methods_and_steps_to_the_end(browser_page, live_house):
    page = browser_page
    enter_learn(page, live_house)
    say(page, TOPIC)
    wait_for_answer(page)
    expect(part(page, "progress")).to_have_attribute("value", "0")

    part(page, "method").select_option("feynman")
    expect(part(page, "progress")).to_have_attribute("value", "33")
    say(page, TOLD)
    wait_for_answer(page)
    assert kept_lesson(page, live_house)["messages"][-1]["tool"] == "feynman"
    part(page, "method").select_option("")  # the four steps alone: they move on by themselves
    say(page, "I know that leaves are green.")
    wait_for_answer(page)
    expect(part(page, "step-explore")).to_have_attribute("aria-current", "step")
    for step in ("practice", "plan"):
        part(page, "next-step").click()
        expect(part(page, f"step-{step}")).to_have_attribute("aria-current", "step")
    expect(part(page, "next-step")).to_have_count(0)
    say(page, "On Friday at six I draw the cycle from memory.")
    wait_for_answer(page)

    expect(part(page, "progress")).to_have_attribute("value", "100")
    expect(part(page, "lesson-end").locator("time")).to_have_count(5)
    expect(part(page, "message")).to_be_hidden()
    lesson = kept_lesson(page, live_house)
    assert lesson["status"] == "completed"
    expect(part(page, "lesson-end")).to_contain_text(lesson["key_concepts"][0])
    expect(part(page, "session")).to_contain_text("Finished")
    assert not scrolls_sideways(page)


def test_a_method_that_has_done_its_work_offers_the_next(browser_page, live_house):
    page = browser_page
    enter_learn(page, live_house)
    say(page, TOPIC)
    wait_for_answer(page)
    for _ in range(6):
        if part(page, "next-method").count():
            break
        say(page, TOLD)
        wait_for_answer(page)

    part(page, "next-method").click()

    expect(part(page, "method")).to_have_value("feynman")
    expect(part(page, "progress")).to_have_attribute("value", "33")


def test_a_diagram_is_shown_as_text_in_a_frame(browser_page, live_house):
    page = browser_page
    enter_learn(page, live_house)
    pick(page, "dual_coding")
    say(page, TOPIC)
    wait_for_answer(page)
    frame = page.locator("figure.frame")
    for _ in range(6):
        if frame.count():
            break
        say(page, TOLD)
        wait_for_answer(page)
    expect(frame.last.locator("figcaption")).to_have_text("mermaid")
    expect(frame.last.locator("pre")).to_contain_text("graph LR")
    expect(part(page, "words").last).not_to_contain_text("```")


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
    provoked.append(422)
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
