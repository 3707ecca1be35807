"""What the tests of the playground do by hand: come in, say something, wait, look."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

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
TOPIC = "I want to understand photosynthesis: plants turn light into sugar."
TOLD = (
    "Chlorophyll is a green pigment. The Calvin cycle makes sugar because it needs carbon dioxide."
)
PATIENCE = 30_000  # milliseconds; an answer of the slowed coach takes a few seconds


def part(page: Page, name: str) -> Locator:
    """Find a part of the page by its stable name."""
    return page.locator(f"[data-test={name}]")


def visible(page: Page, name: str) -> Locator:
    """Find those parts of a name that are shown."""
    return page.locator(f"[data-test={name}]:visible")


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
    return fetched(page, f"{house.url}/sessions/{session}?include_messages=true")


def kept_lesson(page: Page, house: Any) -> dict[str, Any]:
    """Return the lesson the address names, as the API holds it."""
    lesson = page.url.partition("#l=")[2]
    assert lesson, page.url
    return fetched(page, f"{house.url}/learn/{lesson}")


def fetched(page: Page, url: str) -> dict[str, Any]:
    """Return what the API answers to whoever is signed in on the page."""
    reply = page.request.get(url)
    assert reply.ok, reply.text()
    found: dict[str, Any] = reply.json()
    return found


def written(page: Page, house: Any, method: str, path: str, body: Any) -> None:
    """Write to the API as whoever is signed in on the page."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    headers = {"X-CSRF-Token": cookies["csrf_token"], "Origin": house.url}
    url = f"{house.url}{path}"
    reply = page.request.fetch(url, method=method, data=body, headers=headers)
    assert reply.ok, reply.text()


def scrolls_sideways(page: Page) -> bool:
    """Return whether anything makes the page, or its middle, wider than the window."""
    script = """() => [document.documentElement, ...document.querySelectorAll("main, main *")].some(
        part => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0
                && ["auto", "scroll"].includes(getComputedStyle(part).overflowX))
        || document.documentElement.scrollWidth > window.innerWidth
        || [...document.querySelectorAll("main *, header *")].some(
               part => part.checkVisibility() && part.getBoundingClientRect().right
                       > window.innerWidth + 1)"""
    found: bool = page.evaluate(script)
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
