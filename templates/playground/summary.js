// What remains of a finished conversation.

import { day, make } from "./dom.js";

/** Show a finished session in ``place``; hide it for any other. */
export function showSummary(place, session, startAnother) {
  place.hidden = session?.status !== "completed";
  if (place.hidden) return place.replaceChildren();
  const said = session.messages.filter((message) => message.role === "user");
  const lines = [
    ["What you brought", said[0]?.content],
    ["Your next step", session.first_step_action ?? said.at(-1)?.content],
    ["Finished", session.completed_at ? day(session.completed_at) : null],
  ].filter(([, text]) => text);
  place.replaceChildren(
    make("h2", { textContent: "You walked all five steps." }),
    make(
      "dl",
      {},
      ...lines.flatMap(([name, text]) => [
        make("dt", { textContent: name }),
        make("dd", { textContent: text, dir: "auto" }),
      ]),
    ),
    make("button", {
      type: "button",
      className: "primary",
      "data-test": "another",
      textContent: "Start another",
      onclick: startAnother,
    }),
  );
}
