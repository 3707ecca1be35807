// "How did it go?": asked when a first step's check-in is due.

import { call } from "./api.js";
import { button, make } from "./dom.js";

const ANSWERS = [
  { outcome: "done", words: "Done", thanks: "Well done. It is noted as finished." },
  { outcome: "not_yet", words: "Not yet", thanks: "That is all right. It is noted." },
  { outcome: "changed", words: "Things changed", thanks: "Good to know. It is noted." },
];

const isOpen = ({ check_in: asked }) =>
  asked && asked.outcome === null && new Date(asked.due_at) <= new Date();

/** Show the question of a session in ``place`` if it is due; hide it if not. */
export function showCheckIn(place, session, talk) {
  const answered = session && place.dataset.answered === session.id;
  if (answered) return; // the thanks stay in sight
  delete place.dataset.answered;
  place.hidden = !session || !isOpen(session);
  if (place.hidden) return place.replaceChildren();
  const choices = ANSWERS.map(({ outcome, words, thanks }) =>
    button(words, () => talk.attempt(() => answer(place, session, talk, { outcome, thanks })), {
      className: "soft",
      "data-test": `check-in-${outcome}`,
    }),
  );
  place.replaceChildren(
    make("h2", { textContent: "How did your first step go?" }),
    make("p", { className: "words", textContent: session.first_step_action ?? "", dir: "auto" }),
    make("div", { className: "acts" }, ...choices),
  );
}

async function answer(place, session, talk, { outcome, thanks }) {
  const why = "Say how the first step went";
  await call("POST", `/sessions/${session.id}/check-in`, { body: { outcome }, why });
  place.dataset.answered = session.id;
  const words = make("p", { textContent: thanks, tabIndex: -1, role: "status" });
  place.replaceChildren(words);
  words.focus();
  await talk.refresh();
}
