// What one may do with a turn besides reading it: again, edit, its versions, what was sent for it.

import { call } from "./api.js";
import { button, day, make } from "./dom.js";
import { showText } from "./text.js";

/** The quiet row under a turn, and the sheet that one of its buttons unfolds. */
export class Actions {
  constructor(turn, talk) {
    this.turn = turn;
    this.talk = talk;
    this.sheet = make("div", { className: "sheet", hidden: true, "data-test": "sheet" });
    this.versions = this.#unfolding("versions", "", () => this.#readVersions());
    const coach = turn.role === "assistant";
    const change = coach
      ? button("Answer again", () => this.#again())
      : button("Edit", () => turn.beginEdit());
    change.dataset.test = coach ? "again" : "edit";
    change.className = "quiet";
    this.change = change;
    this.sent = coach ? this.#unfolding("sent", "What was sent", () => this.#readSent()) : null;
    const row = [change, this.versions, this.sent].filter(Boolean);
    this.element = make("div", { className: "actions" }, make("div", { className: "acts" }, ...row));
    this.element.append(this.sheet);
  }

  /** Note how many earlier versions there are. */
  know(variants) {
    this.variants = variants;
    this.versions.textContent = `${variants + 1} versions`;
  }

  /** Show what can be done now: of the ``last`` turn more than of others, nothing while one runs. */
  settle({ idle, last }) {
    const { id, role } = this.turn;
    const known = idle && Boolean(id);
    this.change.hidden = !(known && last && (role === "assistant" || this.talk.product.edits));
    // A greeting answers nothing: it cannot be written anew, and nothing was sent for it.
    const greeting = role === "assistant" && this.talk.shown[0] === this.turn;
    if (greeting) this.change.hidden = true;
    this.versions.hidden = !known || !this.variants;
    if (this.sent) this.sent.hidden = !known || greeting;
    if (!known) this.#fold();
  }

  /** Bring the keyboard back to the row. */
  focus() {
    this.change.focus();
  }

  #again() {
    this.talk.composer.box.focus({ preventScroll: true }); // the button is about to go
    this.talk.again(this.turn);
  }

  #unfolding(name, words, read) {
    const toggle = button(words, () => this.#unfold(toggle, read), {
      className: "quiet",
      "data-test": name,
      "aria-expanded": "false",
    });
    return toggle;
  }

  async #unfold(toggle, read) {
    const open = toggle.getAttribute("aria-expanded") === "true";
    this.#fold();
    if (open) return;
    await this.talk.attempt(async () => {
      const content = await read();
      this.talk.scroller.following(() => {
        this.sheet.replaceChildren(...content);
        this.sheet.hidden = false;
      });
      toggle.setAttribute("aria-expanded", "true");
    });
  }

  #fold() {
    for (const toggle of [this.versions, this.sent]) toggle?.setAttribute("aria-expanded", "false");
    this.sheet.hidden = true;
    this.sheet.replaceChildren();
  }

  async #readVersions() {
    const path = `${this.talk.messages}/${this.turn.id}/variants`;
    const { variants } = await call("GET", path, { why: "All versions of this message" });
    const items = variants.map((variant, at) => {
      const words = make("div", { className: "words", dir: "auto" });
      showText(words, variant.content);
      const when = `${at + 1} · ${day(variant.created_at)}${variant.current ? " · shown above" : ""}`;
      return make("li", { "data-test": "version" }, make("small", { textContent: when }), words);
    });
    return [make("ol", {}, ...items)];
  }

  async #readSent() {
    const path = `${this.talk.messages}/${this.turn.id}/sent`;
    const sent = await call("GET", path, { why: "What left the house for this answer?" });
    const turns = sent.turns.map(({ role, content }) =>
      make(
        "li",
        {},
        make("small", { textContent: role === "user" ? "You" : "The coach" }),
        make("p", { className: "words", textContent: content, dir: "auto" }),
      ),
    );
    const notes = sent.notes.map((note) =>
      make(
        "li",
        {},
        make("small", { textContent: "Notes about you" }),
        make("p", { className: "words", textContent: note, dir: "auto" }),
      ),
    );
    return [
      make("p", { className: "where", textContent: whereTo(sent) }),
      make("ol", {}, ...notes, ...turns),
      make("p", { className: "hint", textContent: keptHere(sent.hidden) }),
    ];
  }
}

function whereTo({ left_the_house, provider, model, tokens_in, tokens_out }) {
  if (!left_the_house) return "Nothing left the house: the built-in coach read this here.";
  const count = tokens_in === null ? "" : ` ${tokens_in} tokens in, ${tokens_out} out.`;
  return `Sent to ${provider}${model ? ` (${model})` : ""}.${count}`;
}

function keptHere(hidden) {
  const kinds = Object.entries(hidden).map(
    ([kind, count]) => `${count} × ${kind.toLowerCase().replaceAll("_", " ")}`,
  );
  return kinds.length ? `Kept here, a placeholder went instead: ${kinds.join(", ")}.` : "";
}
