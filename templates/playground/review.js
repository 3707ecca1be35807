// The review queue: a question, its answer, how it went; all by keyboard if one likes.

import { call } from "./api.js";
import { button, make } from "./dom.js";
import { forecast } from "./forecast.js";
import { uuid } from "./random.js";

const GRADES = ["again", "hard", "good", "easy"];
const AT_ONCE = 20;
const NOTHING_DUE = "Cards come back just before you would forget them.";
const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** The place where cards are looked at. ``on`` is told: due(how many), refused(error). */
export class Review {
  constructor(place, on) {
    this.place = place;
    this.on = on;
    this.left = make("p", { className: "left", role: "status", tabIndex: -1, "data-test": "left" });
    this.card = make("div", { className: "deck" });
    this.notice = make("p", { className: "notice", role: "alert", "data-test": "review-notice" });
    this.undoButton = button("Undo (U)", () => this.undo(), {
      className: "quiet",
      "data-test": "undo-grade",
    });
    this.days = make("div", { className: "days" });
    place.replaceChildren(
      make("h1", { textContent: "Review" }),
      this.left,
      this.card,
      this.notice,
      make("div", { className: "acts" }, this.undoButton),
      this.days,
    );
    this.clear();
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Show nothing: the next person at this screen shall not read it. */
  clear() {
    Object.assign(this, { last: null, current: null, queue: [] });
    for (const part of [this.card, this.days, this.left, this.notice]) part.replaceChildren();
    this.undoButton.hidden = true;
  }

  /** Read what is due and begin with the first. */
  async show() {
    this.clear();
    await this.#attempt(() => this.#read());
  }

  /** Say how the look at this card went, 1 (again) to 4 (easy). */
  async grade(number) {
    const { current } = this;
    if (!current?.answered || this.busy) return;
    await this.#attempt(async () => {
      const body = { rating: GRADES[number - 1] };
      const headers = { "Idempotency-Key": current.key }; // a second try grades it once
      const path = `/learn/reviews/${current.card.id}/grade`;
      await call("POST", path, { body, headers, why: `It went: ${body.rating}` });
      this.queue.shift();
      this.total -= 1;
      this.last = current.card;
      await this.#next();
    });
  }

  /** Take the last grade back; the card is asked again. */
  async undo() {
    if (!this.last || this.busy) return;
    await this.#attempt(async () => {
      const path = `/learn/reviews/${this.last.id}/undo`;
      const card = await call("POST", path, { why: "Take the last grade back" });
      this.queue = [card, ...this.queue.filter(({ id }) => id !== card.id)];
      this.total += 1;
      this.last = null;
      await this.#next();
    });
  }

  async #read() {
    const [due, { days }] = await Promise.all([
      call("GET", `/learn/reviews/due?limit=${AT_ONCE}`, { why: "What is due?" }),
      call("GET", "/learn/reviews/forecast", { why: "What is to come?" }),
    ]);
    this.queue = due.cards;
    this.total = due.total;
    const title = make("h2", { textContent: "Due in the next 30 days" });
    this.days.replaceChildren(title, ...forecast(days));
    this.#ask();
  }

  /** Go on with the queue; where it is at its end, ask for more and count the days anew. */
  async #next() {
    if (this.queue.length) this.#ask();
    else await this.#read();
  }

  #ask() {
    const [card] = this.queue;
    this.undoButton.hidden = !this.last;
    this.on.due(this.total);
    this.left.textContent = card ? `${this.total} left` : "Nothing is due. Well done.";
    if (!card) {
      this.current = null;
      this.card.replaceChildren(
        make("p", { className: "lead", textContent: NOTHING_DUE }),
        make("a", { href: "#learn", textContent: "Learn something new" }),
      );
      return this.left.focus();
    }
    this.current = { card, key: uuid(), answered: false };
    const question = make("p", { className: "question", textContent: card.question, dir: "auto",
      tabIndex: -1, "data-test": "question" }); // prettier-ignore
    this.reveal = button("Show the answer", () => this.#answer(), {
      className: "primary",
      "data-test": "show-answer",
    });
    this.card.replaceChildren(make("article", { className: "card" }, question, this.reveal));
    question.focus();
  }

  #answer() {
    const { card } = this.current;
    this.current.answered = true;
    const answer = make("p", { className: "answer", textContent: card.answer, dir: "auto",
      tabIndex: -1, "data-test": "card-shown" }); // prettier-ignore
    const grades = GRADES.map((name, at) => {
      const grade = button("", () => this.grade(at + 1), { className: `soft grade ${name}` });
      grade.dataset.test = name;
      grade.append(make("kbd", { textContent: at + 1 }), capital(name));
      return grade;
    });
    this.reveal.replaceWith(
      answer,
      make("div", { className: "grades", role: "group", ariaLabel: "How did it go?" }, ...grades),
    );
    answer.focus();
  }

  #key(event) {
    const { target, key } = event;
    if (this.place.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.closest("input, textarea, select")) return;
    if (key === "u" || key === "U") return void this.undo();
    if (!this.current) return;
    if (this.current.answered) {
      if (/^[1-4]$/.test(key)) this.grade(Number(key));
    } else if ((key === " " || key === "Enter") && !target.closest("button, a, summary")) {
      event.preventDefault(); // the space bar would scroll
      this.#answer();
    }
  }

  async #attempt(work) {
    this.notice.textContent = "";
    this.busy = true;
    try {
      await work();
    } catch (error) {
      this.notice.textContent = error.message;
      this.on.refused(error);
      // The card is gone or changed elsewhere: go on with what there is.
      if ([400, 404].includes(error.status)) await this.#read().catch(() => {});
    } finally {
      this.busy = false;
    }
  }
}
