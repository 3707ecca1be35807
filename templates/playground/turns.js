// What is said, as it is shown: one turn is one message on the page.

import { Actions } from "./actions.js";
import { button, make } from "./dom.js";
import { helpCard } from "./help.js";
import { asMessage, split } from "./options.js";
import { titleOf } from "./steps.js";
import { showText } from "./text.js";

const NOTHING_YET = "It ended before anything was said. You can just say it again.";
const NOTES = {
  stopped: "Stopped. What was said is kept.",
  interrupted: "Interrupted. What was said is kept.",
  reconnecting: "Reconnecting…",
};

/** What the person said. The last one may be said differently, where the product lets them. */
export class PersonTurn {
  role = "user";

  constructor(message, talk) {
    this.talk = talk;
    this.words = make("p", { className: "words", dir: "auto", "data-test": "said" });
    this.bubble = make("div", { className: "bubble" }, this.words);
    this.actions = new Actions(this, talk);
    this.element = make(
      "article",
      { className: "turn person", ariaLabel: "You" },
      this.bubble,
      this.actions.element,
    );
    this.update(message);
  }

  /** Show the message as the server keeps it. */
  update({ id, content, variants = 0 }) {
    this.id = id;
    this.text = this.words.textContent = content;
    this.actions.know(variants);
  }

  /** Show other words, of which the server has not heard yet. */
  replace(text) {
    this.id = null;
    this.text = this.words.textContent = text;
  }

  /** Let the words be changed, in their place. */
  beginEdit() {
    const box = make("textarea", { value: this.text, maxLength: this.talk.product.longest, rows: 3,
      ariaLabel: "Your message", dir: "auto", "data-test": "edit-box" }); // prettier-ignore
    const close = () => {
      this.bubble.replaceChildren(this.words);
      this.actions.element.hidden = false;
    };
    const cancel = () => {
      close();
      this.actions.focus();
    };
    const send = () => {
      const text = box.value.trim();
      if (!text) return box.focus();
      if (text === this.text) return cancel();
      close();
      this.talk.composer.box.focus();
      this.talk.edit(this, text);
    };
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") cancel();
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      send();
    });
    this.bubble.replaceChildren(
      box,
      make(
        "div",
        { className: "acts" },
        button("Send", send, { className: "primary", "data-test": "edit-send" }),
        button("Cancel", cancel, { className: "quiet" }),
      ),
    );
    this.actions.element.hidden = true;
    box.focus();
  }
}

/** The coach's turn. It grows while it streams; a chosen option is said to ``talk``. */
export class CoachTurn {
  role = "assistant";

  constructor(message, talk) {
    this.talk = talk;
    this.step = make("p", { className: "step" });
    this.words = make("div", { className: "words", "data-test": "words", dir: "auto" });
    this.typing = make("span", { className: "typing", ariaLabel: "The coach is thinking" });
    this.typing.append(make("i"), make("i"), make("i"));
    this.typing.setAttribute("role", "img");
    this.options = make("div", { className: "options", role: "group", ariaLabel: "Ways forward" });
    this.extra = make("div", { className: "extra" }); // the product's: cards, say
    this.note = make("p", { className: "note", "data-test": "note" });
    this.actions = new Actions(this, talk);
    this.element = make(
      "article",
      { className: "turn coach", "data-test": "answer", ariaLabel: "The coach" },
      ...[this.step, this.words, this.typing, this.options, this.extra, this.note],
      this.actions.element,
    );
    this.offering = false;
    this.update(message);
  }

  /** Show the message as the server keeps it. */
  update({ id, content, state = "complete", step, tool, variants = 0 }) {
    this.id = id;
    this.step.textContent = this.talk.product.nameOf?.(tool) ?? (step ? titleOf(step) : "");
    this.show(content);
    this.become(state);
    this.actions.know(variants);
  }

  /** Be empty, for an answer that is written anew. */
  restart() {
    this.id = null;
    this.extra.replaceChildren();
    this.element.querySelector(".crisis")?.remove();
    this.show("");
    this.become("streaming");
  }

  /** Show all the text there is so far. */
  show(text) {
    if (text === this.text) return;
    this.text = text;
    const { body, options } = split(text);
    showText(this.words, body);
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

  /** Show where help is, and bring it into sight: the nearest line comes first. */
  help(done) {
    if (this.element.querySelector(".crisis")) return;
    const card = helpCard(done);
    this.note.before(card);
    card.scrollIntoView({ block: "start" });
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
        onclick: () => this.talk.say(message),
      },
      make("span", { className: "letter", textContent: option.letter, "aria-hidden": "true" }),
      make("span", { textContent: option.text, dir: "auto" }),
    );
  }
}
