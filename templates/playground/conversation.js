// One conversation of whichever product: what was said, the answer that runs, and its end.

import { call, Refused } from "./api.js";
import { Composer } from "./composer.js";
import { byId } from "./dom.js";
import { tell, tellRefusal } from "./notice.js";
import { uuid } from "./random.js";
import { Scroller } from "./scroller.js";
import { follow } from "./stream.js";
import { CoachTurn, PersonTurn } from "./turns.js";

/**
 * The middle of the page. ``on`` is told: started(id), changed(), refused(error).
 *
 * A product {base, edits, longest, invitation} also knows how to start(signal) a session, to
 * read(id, why) one with its messages, what to post for a text (message(text, session)), and to
 * settle(session, talk) everything around the turns; greet(shown) is what stands there before.
 */
export class Conversation {
  constructor(product, on) {
    this.on = on;
    this.turns = byId("turns");
    this.scroller = new Scroller(byId("scroller"));
    this.composer = new Composer(byId("composer"), {
      send: (text) => this.say(text),
      stop: () => this.#stop(),
    });
    this.leaving = new AbortController();
    this.close(product);
  }

  /** Where this conversation's messages are. */
  get messages() {
    return `${this.product.base}/${this.session.id}/messages`;
  }

  /** The coach's last turn, or undefined. */
  get coach() {
    return this.shown.findLast((turn) => turn.role === "assistant");
  }

  /** Show nothing, and greet nobody: somebody went away. */
  close(product) {
    this.#become(product);
    this.#settle();
  }

  /** Be ready for a new conversation. Nothing is created before something is said. */
  fresh(product) {
    this.close(product);
    product.greet(true);
  }

  /** Show a session as it is kept, and take up an answer that still runs. Raises Refused. */
  async open(product, id) {
    this.#become(product);
    const { signal } = this.leaving;
    const session = await product.read(id, "Open a conversation");
    if (signal.aborted) return; // another one was opened meanwhile
    this.#show(session);
    this.scroller.toEnd();
    const last = session.messages.at(-1);
    if (last?.state === "streaming") {
      await this.#run(this.coach, { messageId: last.id, text: last.content });
    }
  }

  /** Say something, in a new session if there is none yet. */
  async say(text) {
    tell("");
    this.composer.busy = true;
    const { signal } = this.leaving;
    try {
      if (!this.session) await this.#start(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.composer.busy = false;
      this.composer.suggest(text);
      return this.#refused(error);
    }
    if (signal.aborted) return; // gone elsewhere meanwhile
    this.coach?.mark(text);
    this.#add({ role: "user", content: text });
    const turn = this.#add({ role: "assistant", content: "", state: "streaming" });
    this.scroller.toEnd();
    // What may have been lost on the way is said again under its old key: it counts once.
    const key = this.unsure?.text === text ? this.unsure.key : uuid();
    const body = this.product.message(text, this.session);
    const why = "Say something; read the answer as it is written";
    const accepted = await this.#run(turn, { post: { body, why }, key });
    if (signal.aborted) return;
    this.unsure = accepted ? null : { text, key };
    if (accepted) return;
    for (const turn of this.shown.splice(-2)) turn.element.remove();
    this.#settle();
    this.composer.suggest(text);
  }

  /** Have the last answer written anew; the old one is kept as a version. */
  again(turn) {
    const to = `/${turn.id}/regenerate`;
    turn.restart();
    return this.#replace(turn, { to, why: "Answer again; the old answer is kept" });
  }

  /** Say the last message differently; what it was is kept as a version. */
  edit(turn, text) {
    const to = `/${turn.id}/edit`;
    turn.replace(text);
    const unanswered = this.shown.at(-1) === turn;
    const answer = unanswered ? this.#add({ role: "assistant", content: "" }) : this.coach;
    answer.restart();
    const why = "Say it differently; what it was is kept";
    return this.#replace(answer, { to, body: { content: text }, why });
  }

  /** Do something; say why if it is refused. Returns whether it was done. */
  async attempt(work) {
    const { signal } = this.leaving;
    tell("");
    try {
      await work();
      return true;
    } catch (error) {
      if (!signal.aborted) this.#refused(error);
      return false;
    }
  }

  /** Read the session again: the server's word on step, status and text is the last one. */
  async refresh(why = "What became of it: step, status, text") {
    const { signal } = this.leaving;
    const session = await this.product.read(this.session.id, why);
    if (signal.aborted) return;
    const kept = session.messages.slice(-this.shown.length);
    const same = ({ role, id }, at) => role === kept[at]?.role && (!id || id === kept[at].id);
    if (!this.shown.length || !this.shown.every(same)) return this.#show(session);
    this.session = session;
    this.scroller.following(() => {
      this.shown.forEach((turn, at) => turn.update(kept[at]));
      this.#settle();
    });
  }

  async #start(signal) {
    const session = await this.product.start(signal);
    signal.throwIfAborted();
    this.session = { ...session, messages: [] };
    this.product.greet(false);
    this.on.started(session.id);
  }

  async #replace(turn, post) {
    const { signal } = this.leaving;
    tell("");
    const accepted = await this.#run(turn, { post, key: uuid() });
    if (accepted || signal.aborted) return;
    // It may have happened although no answer came; without an answer we show what we knew.
    await this.refresh("What does the server hold?").catch(() => this.#show(this.session));
  }

  /** Follow one answer. Returns false if what was to be said was refused. */
  async #run(turn, task) {
    const { signal } = this.leaving;
    const running = (this.running = { messageId: task.messageId ?? null, stopping: false });
    let accepted = !task.post;
    this.#settle();
    try {
      const on = {
        opened: (messageId) => {
          accepted = true;
          running.messageId = turn.id = messageId;
          turn.become("streaming");
          if (running.stopping) this.#stop();
        },
        waiting: () => turn.become("reconnecting"),
        text: (text) => this.scroller.following(() => turn.show(text)),
      };
      const { done, failure } = await follow({ messages: this.messages, ...task, on, signal });
      turn.become(done.stopped ? "stopped" : failure ? "interrupted" : "complete");
      if (done.blocked) turn.help(done);
    } catch (error) {
      if (signal.aborted) return true;
      turn.become("interrupted");
      this.#refused(error);
    }
    this.running = null;
    if (accepted) await this.refresh().catch((error) => signal.aborted || this.#refused(error));
    if (signal.aborted) return true;
    this.#settle();
    this.on.changed();
    return accepted;
  }

  async #stop() {
    const running = this.running;
    if (!running) return;
    running.stopping = true;
    if (!running.messageId) return; // as soon as we know what to stop
    try {
      const path = `${this.messages}/${running.messageId}/stop`;
      await call("POST", path, { why: "Stop; what was said is kept" });
    } catch (error) {
      running.stopping = false;
      this.composer.busy = true; // it may be pressed again
      this.#refused(error);
    }
  }

  #show(session) {
    this.session = session;
    this.shown = [];
    this.turns.replaceChildren();
    for (const message of session.messages) {
      if (message.role === "user") this.coach?.mark(message.content);
      this.#add(message);
    }
    this.#settle();
  }

  #add(message) {
    const turn = new (message.role === "user" ? PersonTurn : CoachTurn)(message, this);
    this.shown.push(turn);
    this.turns.append(turn.element);
    return turn;
  }

  /** Bring everything around the turns in line with the session. */
  #settle() {
    const finished = this.session?.status === "completed";
    // The last answer, and what it answers, may be had differently.
    const exchange = [this.shown.at(-1), this.shown.findLast(({ role }) => role === "user")];
    this.composer.busy = Boolean(this.running);
    const { invitation, longest } = this.product;
    this.composer.invite(this.session ? "Write here…" : invitation, longest);
    this.coach?.offer(!this.running && !finished);
    byId("composer").hidden = finished;
    for (const turn of this.shown) {
      turn.actions.settle({ idle: !this.running, last: exchange.includes(turn) });
    }
    this.product.settle(this.session, this);
  }

  /** Go away from what is shown, to what is of ``product``. A running answer goes on alone. */
  #become(product) {
    this.leaving.abort();
    this.leaving = new AbortController();
    this.product?.greet(false);
    Object.assign(this, { product, session: null, running: null, shown: [] });
    this.turns.replaceChildren();
    tell("");
    product.greet(false);
  }

  #refused(error) {
    tellRefusal(error);
    if (error instanceof Refused) this.on.refused(error);
  }
}
