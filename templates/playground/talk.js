// One conversation: what was said, the answer that runs, and where we are among the steps.

import { call, Refused } from "./api.js";
import { fingerprint } from "./account.js";
import { Composer } from "./composer.js";
import { byId } from "./dom.js";
import { uuid } from "./random.js";
import { showStep } from "./steps.js";
import { follow } from "./stream.js";
import { showSummary } from "./summary.js";
import { CoachTurn, personTurn } from "./turns.js";

const NEAR = 120; // pixels from the end: who has scrolled up is left in peace

/** The middle of the page. ``on`` is told: started(id), changed(), refused(error), another(). */
export class Talk {
  constructor(on) {
    this.on = on;
    this.turns = byId("turns");
    this.scroller = byId("scroller");
    this.composer = new Composer(byId("composer"), {
      send: (text) => this.say(text),
      stop: () => this.#stop(),
    });
    this.leaving = new AbortController();
    this.fresh();
  }

  /** Be ready for a new conversation. Nothing is created before something is said. */
  fresh() {
    this.#leave();
    this.session = null;
    this.#settle();
    byId("greeting").hidden = false;
    this.template = null;
  }

  /** Show a session as it is kept, and take up an answer that still runs. */
  async open(id) {
    this.#leave();
    const signal = this.leaving.signal;
    const session = await this.#fetch(id, "Open a conversation");
    if (signal.aborted) return; // another one was opened meanwhile
    this.session = session;
    byId("greeting").hidden = true;
    for (const message of session.messages) this.#add(message);
    this.#settle();
    this.#toEnd();
    const last = session.messages.at(-1);
    if (last?.state === "streaming") {
      await this.#run(this.coach, { messageId: last.id, text: last.content });
    }
  }

  /** Say something, in a new session if there is none yet. */
  async say(text) {
    this.#note("");
    this.composer.busy = true;
    try {
      if (!this.session) await this.#start();
    } catch (error) {
      this.composer.busy = false;
      this.composer.suggest(text);
      return this.#refused(error);
    }
    if (!this.session) return; // gone elsewhere meanwhile
    const said = personTurn(text);
    const before = this.coach;
    this.coach?.offer(false);
    this.coach?.mark(text);
    this.turns.append(said);
    const turn = this.#add({ role: "assistant", content: "", state: "streaming" });
    this.#toEnd();
    const step = this.session.current_step;
    // What may have been lost on the way is said again under its old key: it counts once.
    const key = this.unsure?.text === text ? this.unsure.key : uuid();
    const sent = await this.#run(turn, { say: { content: text, step }, key });
    this.unsure = sent ? null : { text, key };
    if (sent) return;
    said.remove();
    turn.element.remove();
    this.coach = before;
    this.#settle();
    this.composer.suggest(text);
  }

  async #start() {
    const { signal } = this.leaving;
    const body = this.template ? { template_id: this.template } : undefined;
    const headers = { "X-Device-Fingerprint": fingerprint() };
    const started = await call("POST", "/sessions", { body, headers, why: "Begin a conversation" });
    if (signal.aborted) return;
    this.session = { ...started, id: started.session_id, messages: [] };
    byId("greeting").hidden = true;
    this.on.started(started.session_id);
  }

  /** Follow one answer. Returns false if what was to be said was refused. */
  async #run(turn, task) {
    const { id } = this.session;
    const { signal } = this.leaving;
    const running = (this.running = { messageId: task.messageId ?? null, stopping: false });
    this.composer.busy = true;
    let accepted = !task.say;
    try {
      const on = {
        opened: (messageId) => {
          accepted = true;
          running.messageId = messageId;
          turn.become("streaming");
          if (running.stopping) this.#stop();
        },
        waiting: () => turn.become("reconnecting"),
        text: (text) => this.#following(() => turn.show(text)),
      };
      const { done, failure } = await follow({ sessionId: id, ...task, on, signal });
      turn.become(done.stopped ? "stopped" : failure ? "interrupted" : "complete");
      if (done.blocked && done.reason === "CRISIS") this.#following(() => turn.help(done.resources));
      if (done.next_step) this.session.current_step = done.next_step;
    } catch (error) {
      if (signal.aborted) return true;
      turn.become("interrupted");
      this.#refused(error);
    }
    if (accepted) await this.#compare(turn, running.messageId, signal);
    if (signal.aborted) return true;
    this.running = null;
    this.#following(() => this.#settle());
    this.on.changed();
    return accepted;
  }

  /** Read the session again: the server's word on step, status and text is the last one. */
  async #compare(turn, messageId, signal) {
    try {
      const session = await this.#fetch(this.session.id, "What became of it: step, status, text");
      if (signal.aborted) return;
      this.session = session;
      const kept = session.messages.find((message) => message.id === messageId);
      if (!kept) return;
      this.#following(() => turn.show(kept.content));
      if (kept.state !== "streaming") turn.become(kept.state);
    } catch (error) {
      if (!signal.aborted) this.#refused(error);
    }
  }

  async #stop() {
    const running = this.running;
    if (!running) return;
    running.stopping = true;
    if (!running.messageId) return; // as soon as we know what to stop
    try {
      const path = `/sessions/${this.session.id}/messages/${running.messageId}/stop`;
      await call("POST", path, { why: "Stop; what was said is kept" });
    } catch (error) {
      running.stopping = false;
      this.composer.busy = true; // it may be pressed again
      this.#refused(error);
    }
  }

  #fetch(id, why) {
    return call("GET", `/sessions/${id}?include_messages=true`, { why });
  }

  /** Show one message; the coach's last turn is remembered. */
  #add({ role, content, state, step }) {
    if (role === "user") {
      this.coach?.mark(content);
      this.turns.append(personTurn(content));
      return null;
    }
    this.coach = new CoachTurn({ text: content, state, step, choose: (text) => this.say(text) });
    this.turns.append(this.coach.element);
    return this.coach;
  }

  /** Bring everything around the turns in line with the session. */
  #settle() {
    const finished = this.session?.status === "completed";
    this.composer.busy = Boolean(this.running);
    this.coach?.offer(!this.running && !finished);
    byId("composer").hidden = finished;
    showStep(byId("steps"), byId("meaning"), this.session?.current_step ?? "receive", finished);
    showSummary(byId("summary"), this.session, this.on.another);
  }

  /** Go away from what is shown. An answer that runs goes on without us. */
  #leave() {
    this.leaving.abort();
    this.leaving = new AbortController();
    this.running = null;
    this.coach = null;
    this.turns.replaceChildren();
    this.#note("");
  }

  #refused(error) {
    this.#note(error.message);
    if (error instanceof Refused) this.on.refused(error);
  }

  #note(text) {
    byId("notice").textContent = text;
  }

  /** Change what is shown, and stay at its end if we were there. */
  #following(change) {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const near = scrollHeight - scrollTop - clientHeight < NEAR;
    change();
    if (near) this.#toEnd();
  }

  #toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}
