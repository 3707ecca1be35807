// What is said, as it is shown: one turn is one message on the page.

import { make } from "./dom.js";
import { asMessage, split } from "./options.js";
import { titleOf } from "./steps.js";

const NOTHING_YET = "It ended before anything was said. You can just say it again.";
const NOTES = {
  stopped: "Stopped. What was said is kept.",
  interrupted: "Interrupted. What was said is kept.",
  reconnecting: "Reconnecting…",
};

/** Return what the person said. */
export function personTurn(text) {
  const words = make("p", { className: "words", textContent: text, dir: "auto" });
  return make("article", { className: "turn person", "data-test": "said", ariaLabel: "You" }, words);
}

/** The coach's turn. It grows while it streams; ``choose`` is called with a chosen option's text. */
export class CoachTurn {
  constructor({ text = "", state = "complete", step, choose }) {
    this.choose = choose;
    this.step = make("p", { className: "step", textContent: step ? titleOf(step) : "" });
    this.words = make("p", { className: "words", "data-test": "words", dir: "auto" });
    this.typing = make("span", { className: "typing", ariaLabel: "The coach is thinking" });
    this.typing.append(make("i"), make("i"), make("i"));
    this.typing.setAttribute("role", "img");
    this.options = make("div", { className: "options", role: "group", ariaLabel: "Ways forward" });
    this.note = make("p", { className: "note", "data-test": "note" });
    this.element = make(
      "article",
      { className: "turn coach", "data-test": "answer", ariaLabel: "The coach" },
      this.step,
      this.words,
      this.typing,
      this.options,
      this.note,
    );
    this.offering = false;
    this.show(text);
    this.become(state);
  }

  /** Show all the text there is so far. */
  show(text) {
    if (text === this.text) return;
    this.text = text;
    const { body, options } = split(text);
    this.words.textContent = body;
    this.options.replaceChildren(...options.map((option) => this.#card(option)));
    this.typing.hidden = text !== "";
  }

  /** Take on a message's state, or "reconnecting". Readers are told when it is whole. */
  become(state) {
    const running = state === "streaming" || state === "reconnecting";
    this.element.dataset.state = state;
    this.element.setAttribute("aria-busy", String(running));
    const ended = state === "stopped" || state === "interrupted";
    this.note.textContent = ended && !this.text ? NOTHING_YET : (NOTES[state] ?? "");
    this.typing.hidden = !running || this.text !== "";
  }

  /** Let the options be chosen, or not any more. */
  offer(open) {
    this.offering = open;
    for (const card of this.options.children) card.disabled = !open;
  }

  /** Mark the option that was chosen with this message, if it was one. */
  mark(message) {
    for (const card of this.options.children) {
      card.setAttribute("aria-pressed", String(card.dataset.message === message));
    }
  }

  /** Show where help is: at the end, which is what is in sight. */
  help(resources) {
    const regions = new Intl.DisplayNames(["en"], { type: "region" });
    const lines = Object.entries(resources).map(([region, number]) =>
      make(
        "a",
        { className: "helpline", href: `tel:${number.replaceAll(" ", "")}` },
        make("strong", { textContent: number }),
        make("span", { textContent: regions.of(region) }),
      ),
    );
    const card = make(
      "section",
      { className: "crisis", role: "alert", "data-test": "crisis" },
      make("h3", { textContent: "You do not have to carry this alone" }),
      make("p", { textContent: "People are there for you right now, day and night:" }),
      make("div", { className: "helplines" }, ...lines),
      make("p", { textContent: "In immediate danger, call your local emergency number." }),
    );
    this.note.before(card);
  }

  #card(option) {
    const message = asMessage(option);
    return make(
      "button",
      {
        type: "button",
        className: "option",
        disabled: !this.offering,
        "data-test": "option",
        "data-message": message,
        onclick: () => this.choose(message),
      },
      make("span", { className: "letter", textContent: option.letter, "aria-hidden": "true" }),
      make("span", { textContent: option.text, dir: "auto" }),
    );
  }
}
