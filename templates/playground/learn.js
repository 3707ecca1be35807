// Learn: a lesson by methods, in four steps; what it brings is kept as concepts and cards.

import { call } from "./api.js";
import { showCards } from "./cards.js";
import { showCourse } from "./course.js";
import { byId } from "./dom.js";
import { showEnd } from "./lessonend.js";
import { methods, nameOf } from "./methods.js";
import { tellRefusal } from "./notice.js";
import { Picker } from "./picker.js";
import { showStarters } from "./starters.js";
import { LEARNING, showStep } from "./steps.js";

const STARTERS = [
  "I want to understand how vaccines train the immune system.",
  "What does a derivative tell me?",
  "I am preparing for an exam on the French Revolution.",
];

const readProgress = (id) =>
  call("GET", `/learn/${id}/progress`, { why: "How far along is this lesson?" });

/** The product as Conversation and the list of lessons use it. */
export const learn = {
  name: "learn",
  base: "/learn",
  edits: false, // a lesson's messages are answered anew, not said anew
  longest: 4000,
  invitation: "Your topic or question…",
  address: (id) => (id ? `#l=${id}` : "#learn"),
  nameOf,
  byMethod: true, // or by the four steps alone

  /** Show or hide what stands where nothing has been said yet. */
  greet(shown) {
    byId("learn-greeting").hidden = !shown;
    if (!shown) return;
    this.byMethod = true;
    showStarters(byId("topics"), STARTERS);
    this.picker ??= new Picker(byId("picker"));
    this.picker.show().catch(tellRefusal);
  },

  /** Open a lesson on the path that was picked. Raises Refused. */
  async start() {
    const { mode, tools } = this.picker;
    if (mode === "custom" && !tools.length) throw new Error("Pick at least one method first.");
    const why = "Begin a lesson";
    const started = await call("POST", `/learn?mode=${mode}`, { why });
    const id = started.session_id;
    if (mode === "custom") {
      const body = { mode, selected_tools: tools };
      await call("POST", `/learn/${id}/path`, { body, why: "Choose the path" });
    }
    return { ...started, id, progress: await readProgress(id) };
  },

  /** Read a lesson, how far along it is, and the cards it proposes. Raises Refused. */
  async read(id, why) {
    const [lesson, progress, { cards }] = await Promise.all([
      call("GET", `/learn/${id}`, { why }),
      readProgress(id),
      call("GET", `/learn/cards?state=proposed&session_id=${id}&limit=100`, {
        why: "Which cards does the coach propose?",
      }),
      methods(),
    ]);
    return { ...lesson, progress, cards };
  },

  /** Return what is posted for a text: by a method the step is the learner's to move on. */
  message(text, { current_step: step, progress }) {
    const tool = this.byMethod ? progress.current_tool : null;
    return tool ? { content: text, tool } : { content: text, step };
  },

  /** Bring steps, course and cards in line with a lesson, or with none. */
  settle(session, talk) {
    const finished = session?.status === "completed";
    for (const part of ["undo", "summary", "check-in"]) byId(part).hidden = true;
    const step = session?.current_step ?? LEARNING[0].name;
    showStep(byId("steps"), byId("meaning"), LEARNING, step, finished);
    showCourse(byId("course"), session, talk, this);
    showEnd(byId("lesson-end"), session);
    if (talk.running) return;
    for (const turn of talk.shown) {
      if (turn.role !== "assistant" || !turn.id) continue;
      const mine = session?.cards?.filter((card) => card.source_id === turn.id) ?? [];
      showCards(turn.extra, mine, talk);
    }
  },
};
