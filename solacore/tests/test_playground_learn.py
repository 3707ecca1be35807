"""Learn on the playground: lessons by methods and steps, in a real browser."""

import pytest
from playwright.sync_api import expect

from solacore.tests.playground import (
    TOLD,
    TOPIC,
    enter_learn,
    fetched,
    kept_lesson,
    part,
    pick,
    say,
    scrolls_sideways,
    shown_text,
    visible,
    wait_for_answer,
    wait_for_first_words,
    words_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_a_path_is_picked_and_a_lesson_streams(browser_page, live_house):
    page = browser_page
    enter_learn(page, live_house)
    expect(page.locator("h1:visible")).to_have_text("What do you want to understand?")
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
    expect(part(page, "learned")).to_contain_text("key concept")
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
