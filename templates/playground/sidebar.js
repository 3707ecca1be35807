// The left panel: what there is of a product, a search in it, and how many cards are due.

import { call } from "./api.js";
import { byId } from "./dom.js";
import { showHistory } from "./history.js";

const TYPING = 250; // milliseconds after the last key

/** The list at the side. ``deleted`` is told the id of one that is gone. */
export class Sidebar {
  constructor({ deleted, another }) {
    this.deleted = deleted;
    this.search = byId("search");
    let timer;
    this.search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.list(), TYPING);
    });
    byId("new").addEventListener("click", another);
  }

  /** Show a product's side, with ``current`` marked. */
  show(product, current) {
    const learning = product.name === "learn";
    if (this.product !== product) {
      byId("history").replaceChildren();
      this.search.value = "";
    }
    Object.assign(this, { product, current });
    byId("sessions-title").textContent = learning ? "Lessons" : "Conversations";
    byId("new").textContent = learning ? "New lesson" : "New conversation";
    byId("searching").hidden = learning; // only what was said in Solve can be searched
    byId("to-review").hidden = !learning;
    return this.list();
  }

  /** Read the list anew. It is no loss if that fails: the middle says what is wrong. */
  async list() {
    const { product, current, deleted } = this;
    const words = product.name === "learn" ? "" : this.search.value.trim();
    const listed = showHistory(byId("history"), product, { current, words, deleted }).then(
      (count) => (byId("found").textContent = words ? `${count ?? "…"} found` : ""),
    );
    await Promise.allSettled([listed, product.name === "learn" ? this.#countDue() : null]);
  }

  /** How many cards are due, wherever that was learned. */
  set due(count) {
    byId("due-count").textContent = String(count);
  }

  async #countDue() {
    const { total } = await call("GET", "/learn/reviews/due?limit=1", { why: "How many are due?" });
    this.due = total;
  }
}
