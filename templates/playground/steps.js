// The steps of both products, in the words of this page, and the stepper that shows where we are.

import { make } from "./dom.js";

/** Solve's steps in order: the API's name, a friendly one, and what happens there. */
export const SOLVING = [
  { name: "receive", title: "Be heard", meaning: "Say what weighs on you, as it comes." },
  { name: "clarify", title: "Get clear", meaning: "Find out what it is really about." },
  { name: "reframe", title: "See it anew", meaning: "Turn the worry into a question you can answer." },
  { name: "options", title: "Find ways", meaning: "Look at two or three ways forward." },
  { name: "commit", title: "Take a step", meaning: "Choose one small thing to do soon." },
];

/** Learn's steps, likewise. */
export const LEARNING = [
  { name: "start", title: "Begin", meaning: "Say what you want to understand." },
  { name: "explore", title: "Explore", meaning: "Find the ideas that carry the rest." },
  { name: "practice", title: "Practise", meaning: "Explain it, use it, test it." },
  { name: "plan", title: "Plan", meaning: "Say when you come back to it. The next answer ends the lesson." },
];

/** Return the friendly name of a step. */
export const titleOf = (name) =>
  [...SOLVING, ...LEARNING].find((step) => step.name === name)?.title ?? name;

/** Show ``steps`` in ``list`` and the meaning of the current one in ``line``. */
export function showStep(list, line, steps, current, finished = false) {
  const at = finished ? steps.length : steps.findIndex((step) => step.name === current);
  list.dataset.count = steps.length;
  list.replaceChildren(
    ...steps.map(({ name, title, meaning }, index) =>
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
  // Narrow screens have no room for all titles; there the line names the current one.
  const done = { title: "Done", meaning: "All steps are behind you." };
  const { title, meaning } = steps[at] ?? done;
  const words = `${title}. ${meaning}`;
  if (line.textContent === words) return; // said once to those who listen
  line.replaceChildren(make("strong", { textContent: `${title}. ` }), meaning);
}
