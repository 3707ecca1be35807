// Cards the coach proposes under an answer: accept, change or discard each.

import { call } from "./api.js";
import { button, make } from "./dom.js";

/** Show proposed cards in ``place``; those shown already stay as they are. */
export function showCards(place, cards, talk) {
  const shown = new Set([...place.children].map((element) => element.dataset.card));
  for (const card of cards) {
    if (!shown.has(card.id)) place.append(new Proposal(card, talk).element);
  }
}

/** One proposed card. */
class Proposal {
  constructor(card, talk) {
    this.card = card;
    this.talk = talk;
    this.element = make("section", {
      className: "card",
      ariaLabel: "A proposed card",
      "data-card": card.id,
      "data-test": "proposal",
    });
    this.#offer();
  }

  #offer() {
    const act = (words, name, press, kind = "quiet") =>
      button(words, press, { className: kind, "data-test": name });
    this.#show(
      act("Keep", "accept", () => this.#accept({}), "soft"),
      act("Edit", "edit-card", () => this.#edit()),
      act("Discard", "discard", () => this.#discard()),
    );
  }

  #show(...acts) {
    this.element.replaceChildren(
      make("p", { className: "question", textContent: this.card.question, dir: "auto" }),
      make("p", { className: "answer", textContent: this.card.answer, dir: "auto" }),
      make("div", { className: "acts" }, ...acts),
    );
  }

  #edit() {
    const field = (name, words, most) => {
      const box = make("textarea", { rows: 2, maxLength: most, value: this.card[name], dir: "auto" });
      box.dataset.test = `card-${name}`;
      return [make("label", {}, words, box), box];
    };
    const [question, asked] = field("question", "Question", 500);
    const [answer, told] = field("answer", "Answer", 2000);
    const keep = () => this.#accept({ question: asked.value.trim(), answer: told.value.trim() });
    const back = () => {
      this.#offer();
      this.element.querySelector("[data-test=edit-card]").focus();
    };
    const acts = [
      button("Keep it like this", keep, { className: "soft", "data-test": "save-card" }),
      button("Cancel", back, { className: "quiet" }),
    ];
    this.element.replaceChildren(question, answer, make("div", { className: "acts" }, ...acts));
    asked.focus();
  }

  #accept(changes) {
    return this.talk.attempt(async () => {
      const body = { ...changes, state: "active" };
      this.card = await call("PATCH", `/learn/cards/${this.card.id}`, { body, why: "Keep a card" });
      this.#show(make("p", { className: "hint", textContent: "Kept. It is due for a first look." }));
      this.#goOn();
    });
  }

  #discard() {
    return this.talk.attempt(async () => {
      await call("DELETE", `/learn/cards/${this.card.id}`, { why: "Discard a proposed card" });
      this.element.replaceChildren(make("p", { className: "hint", textContent: "Discarded." }));
      this.#goOn();
    });
  }

  /** The pressed button is gone: the keyboard goes on to the next card, or to the box. */
  #goOn() {
    this.element.dataset.settled = "true";
    const next = this.element.parentElement?.querySelector("[data-test=accept]");
    (next ?? this.talk.composer.box).focus();
    this.talk.on.changed();
  }
}
