// The five steps, in the words of this page, and the stepper that shows where we are.

import { make } from "./dom.js";

/** The steps in order: the API's name, a friendly one, and what happens there. */
export const STEPS = [
  { name: "receive", title: "Be heard", meaning: "Say what weighs on you, as it comes." },
  { name: "clarify", title: "Get clear", meaning: "Find out what it is really about." },
  { name: "reframe", title: "See it anew", meaning: "Turn the worry into a question you can answer." },
  { name: "options", title: "Find ways", meaning: "Look at two or three ways forward." },
  { name: "commit", title: "Take a step", meaning: "Choose one small thing to do soon." },
];

/** Return the friendly name of a step. */
export const titleOf = (name) => STEPS.find((step) => step.name === name)?.title ?? name;

/** Show the steps in ``list`` and the meaning of the current one in ``line``. */
export function showStep(list, line, current, finished = false) {
  const at = finished ? STEPS.length : STEPS.findIndex((step) => step.name === current);
  list.replaceChildren(
    ...STEPS.map(({ name, title, meaning }, index) =>
      make(
        "li",
        {
          title: meaning,
          className: index < at ? "past" : index === at ? "now" : "",
          "aria-current": index === at ? "step" : null,
          "data-test": `step-${name}`,
        },
        make("span", { className: "dot", "aria-hidden": "true" }),
        make("span", { className: "title", textContent: title }),
        make("code", { textContent: name }),
      ),
    ),
  );
  // Narrow screens have no room for five titles; there the line names the current one.
  const { title, meaning } = STEPS[at] ?? { title: "Done", meaning: "All five steps are behind you." };
  line.replaceChildren(make("strong", { textContent: `${title}. ` }), meaning);
}
