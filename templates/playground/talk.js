// One conversation: what was said, the answer that runs, and where we are among the steps.

import { call, Refused } from "./api.js";
import { fingerprint } from "./account.js";
import { byId } from "./dom.js";
import { Composer } from "./composer.js";
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
    this.#scroll(true);
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
    const said = personTurn(text);
    this.coach?.offer(false);
    this.coach?.mark(text);
    this.turns.append(said);
    const turn = this.#add({ role: "assistant", content: "", state: "streaming" });
    this.#scroll(true);
    const step = this.session.current_step;
    const sent = await this.#run(turn, { say: { content: text, step } });
    if (!sent) {
      said.remove();
      turn.element.remove();
      this.composer.suggest(text);
    }
  }

  async #start() {
    const body = this.template ? { template_id: this.template } : undefined;
    const headers = { "X-Device-Fingerprint": fingerprint() };
    const started = await call("POST", "/sessions", { body, headers, why: "Begin a conversation" });
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
        text: (text) => {
          turn.show(text);
          this.#scroll();
        },
      };
      const { done, failure } = await follow({ sessionId: id, ...task, on, signal });
      turn.become(done.stopped ? "stopped" : failure ? "interrupted" : "complete");
      if (done.blocked && done.reason === "CRISIS") turn.help(done.resources);
      const session = await this.#fetch(id, "What became of it: step, status, the whole text");
      if (signal.aborted) return true;
      this.session = session;
      const kept = session.messages.find((message) => message.id === running.messageId);
      if (kept) {
        turn.show(kept.content); // the server's word is the last one
        turn.become(kept.state);
      }
    } catch (error) {
      if (signal.aborted) return true;
      turn.become("interrupted");
      this.#refused(error);
    }
    this.running = null;
    this.#settle();
    this.#scroll();
    this.on.changed();
    return accepted;
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

  #scroll(always = false) {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    // With a stream growing by words, "near" is measured before the next frame is laid out.
    if (always || scrollHeight - scrollTop - clientHeight < NEAR) {
      this.scroller.scrollTop = this.scroller.scrollHeight;
    }
  }
}
