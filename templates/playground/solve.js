// Solve: from a worry to a first step, in five steps.

import { fingerprint } from "./account.js";
import { call } from "./api.js";
import { showCheckIn } from "./checkin.js";
import { byId } from "./dom.js";
import { showStarters } from "./starters.js";
import { showStep, SOLVING } from "./steps.js";
import { showSummary } from "./summary.js";
import { showTemplates } from "./templates.js";

const STARTERS = [
  "I lie awake at night thinking about my exam.",
  "I do not know whether to take the new job.",
  "I had a fight with my best friend.",
];

/** The product as Conversation and the list of conversations use it. */
export const solve = {
  name: "solve",
  base: "/sessions",
  edits: true,
  longest: 8000,
  invitation: "Write here…",
  address: (id) => (id ? `#s=${id}` : "#"),

  /** Show or hide what stands where nothing has been said yet. */
  greet(shown) {
    byId("greeting").hidden = !shown;
    if (!shown) return;
    this.template = null;
    showStarters(byId("starters"), STARTERS);
    showTemplates(byId("templates"), byId("hello"), (template) => (this.template = template)).catch(
      () => {}, // one can talk without choosing whom with
    );
  },

  /** Open a session. Raises Refused. */
  async start() {
    const body = this.template ? { template_id: this.template } : undefined;
    const headers = { "X-Device-Fingerprint": fingerprint() };
    const started = await call("POST", "/sessions", { body, headers, why: "Begin a conversation" });
    return { ...started, id: started.session_id };
  },

  /** Read a session with its messages. Raises Refused. */
  read: (id, why) => call("GET", `/sessions/${id}?include_messages=true`, { why }),

  /** Return what is posted for a text. */
  message: (text, session) => ({ content: text, step: session.current_step }),

  /** Bring steps, summary and questions in line with a session, or with none. */
  settle(session, talk) {
    const finished = session?.status === "completed";
    const step = session?.current_step ?? SOLVING[0].name;
    for (const part of ["course", "lesson-end"]) byId(part).hidden = true;
    showStep(byId("steps"), byId("meaning"), SOLVING, step, finished);
    showSummary(byId("summary"), session, () => (location.hash = "#"));
    showCheckIn(byId("check-in"), talk.running ? null : session, talk);
    const undo = byId("undo");
    undo.hidden = Boolean(talk.running) || !session || (step === SOLVING[0].name && !finished);
    undo.onclick = () =>
      talk.attempt(async () => {
        await call("POST", `/sessions/${session.id}/undo`, { why: "Go back one step" });
        await talk.refresh("Where are we now?");
        talk.composer.box.focus();
        talk.on.changed();
      });
  },
};
