// How to learn: a quick path, all methods, or some of one's own choosing, in the order chosen.

import { make } from "./dom.js";
import { methods, minutesOf, nameOf } from "./methods.js";

const QUICK = ["pareto", "feynman", "grow"]; // what the API will plan, to be told before
const MODES = [
  { mode: "quick", words: "Quick" },
  { mode: "deep", words: "Deep" },
  { mode: "custom", words: "My own" },
];

/** Where a path is chosen; ``mode`` and ``tools`` say which it is. */
export class Picker {
  constructor(place) {
    this.place = place;
    this.mode = "quick";
    this.chosen = []; // in the order they were picked
    this.line = make("p", { className: "hello", role: "status", "data-test": "path" });
    this.list = make("ul", { className: "methods" });
  }

  /** The methods of the path, in order. */
  get tools() {
    if (this.mode === "custom") return this.chosen;
    return this.mode === "quick" ? QUICK : [...this.known.keys()];
  }

  /** Show the choice. Raises Refused, Unreachable. */
  async show() {
    this.known = await methods();
    const modes = MODES.map(({ mode, words }) => this.#mode(mode, words));
    this.place.replaceChildren(
      make("legend", { textContent: "How do you want to learn?" }),
      make("div", { className: "chips" }, ...modes),
      this.line,
      this.list,
    );
    this.list.replaceChildren(...[...this.known.values()].map((tool) => this.#method(tool)));
    this.#settle();
  }

  #mode(mode, words) {
    const radio = make("input", { type: "radio", name: "mode", checked: mode === this.mode });
    radio.addEventListener("change", () => {
      this.mode = mode;
      this.#settle();
    });
    const label = make("span", { textContent: words });
    return make("label", { className: "chip", "data-test": `mode-${mode}` }, radio, label);
  }

  #method({ id, name, description, estimated_minutes: minutes, scenarios }) {
    const box = make("input", { type: "checkbox", value: id, "data-test": `tool-${id}` });
    box.addEventListener("change", () => {
      // Whoever picks or drops one makes the path their own.
      const before = this.tools;
      this.chosen = box.checked ? [...before, id] : before.filter((tool) => tool !== id);
      this.mode = "custom";
      this.place.querySelector("[data-test=mode-custom] input").checked = true;
      this.#settle();
    });
    return make(
      "li",
      {},
      make(
        "label",
        { className: "method-card" },
        box,
        make("strong", { textContent: name, dir: "auto" }),
        make("small", { textContent: `${minutes} min` }),
        make("span", { textContent: description, dir: "auto" }),
        make("small", { className: "scenarios", textContent: scenarios.join(" · "), dir: "auto" }),
      ),
    );
  }

  #settle() {
    const { tools } = this;
    for (const box of this.list.querySelectorAll("input")) box.checked = tools.includes(box.value);
    const path = tools.map(nameOf).join(" → ");
    this.line.textContent = tools.length
      ? `${path} · ${minutesOf(tools)} minutes at most`
      : "Pick at least one method below.";
  }
}
