// Above a lesson: how far along it is, by which method, what comes next, what it has brought.

import { call } from "./api.js";
import { button, make } from "./dom.js";
import { nameOf } from "./methods.js";
import { LEARNING } from "./steps.js";

/** Show the course of a lesson in ``place``; hide it for none. */
export function showCourse(place, session, talk, learn) {
  place.hidden = !session?.progress;
  if (place.hidden) return place.replaceChildren();
  if (session.status !== "active") return place.replaceChildren(bar(session.progress));
  const open = !talk.running;
  const held = place.contains(document.activeElement) && document.activeElement.dataset.test;
  const unfolded = place.querySelector("details")?.open ?? false;
  place.replaceChildren(
    bar(session.progress),
    make(
      "div",
      { className: "acts" },
      methodChoice(session, talk, learn, open),
      ...(open ? onward(session, talk, learn) : []),
    ),
    ...learned(session, unfolded),
  );
  // What was pressed is made anew: the keyboard stays where it was.
  if (held) (place.querySelector(`[data-test=${held}]`) ?? talk.composer.box).focus();
}

function bar({ progress_percentage: percent, tool_plan: plan, completed_tools: done }) {
  const methods = plan.length === 1 ? "1 method" : `${plan.length} methods`;
  const words = `${percent} % · ${done.length} of ${methods}`;
  return make(
    "label",
    { className: "progress" },
    make("progress", { max: 100, value: percent, "data-test": "progress", ariaLabel: "Progress" }),
    make("span", { textContent: words }),
  );
}

function methodChoice({ id, progress }, talk, learn, open) {
  const current = learn.byMethod ? progress.current_tool : null;
  const option = (tool) => {
    const done = progress.completed_tools.includes(tool) ? " ✓" : "";
    const words = tool ? `${nameOf(tool)}${done}` : "The four steps alone";
    return make("option", { value: tool ?? "", textContent: words, selected: tool === current });
  };
  const choice = make(
    "select",
    { "data-test": "method", disabled: !open },
    ...progress.tool_plan.map(option),
    option(null),
  );
  choice.addEventListener("change", () => switchTo(choice.value, id, talk, learn));
  const name = make("span", { textContent: "Method" });
  return make("label", { className: "method-choice" }, name, choice);
}

function switchTo(tool, id, talk, learn) {
  return talk.attempt(async () => {
    if (tool) {
      const body = { tool };
      await call("PATCH", `/learn/${id}/current-tool`, { body, why: "Go on with another method" });
    }
    learn.byMethod = Boolean(tool);
    await talk.refresh("Where are we now?");
  });
}

/** The next method when this one has done its work, and the next step. */
function onward({ id, current_step: step, progress }, talk, learn) {
  const { tool_plan: plan, current_tool: tool, completed_tools: done } = progress;
  const next = plan[plan.indexOf(tool) + 1];
  const buttons = [];
  if (learn.byMethod && next && done.includes(tool)) {
    const words = `Go on with ${nameOf(next)}`;
    const go = () => switchTo(next, id, talk, learn);
    buttons.push(button(words, go, { className: "soft", "data-test": "next-method" }));
  }
  const after = LEARNING[LEARNING.findIndex(({ name }) => name === step) + 1];
  if (after) {
    const go = () =>
      talk.attempt(async () => {
        const body = { current_step: after.name };
        await call("PATCH", `/learn/${id}`, { body, why: "Go on to the next step" });
        await talk.refresh("Where are we now?");
        talk.on.changed();
      });
    const words = `Next step: ${after.title}`;
    buttons.push(button(words, go, { className: "quiet", "data-test": "next-step" }));
  }
  return buttons;
}

function learned({ key_concepts: concepts, learning_summary: summary }, open) {
  if (!concepts?.length && !summary) return [];
  const count = concepts?.length ?? 0;
  const title = `What you have so far: ${count} key concept${count === 1 ? "" : "s"}`;
  return [
    make(
      "details",
      { className: "learned", "data-test": "learned", open },
      make("summary", { textContent: title }),
      conceptList(concepts ?? []),
      make("p", { textContent: summary ?? "", dir: "auto", "data-test": "learning-summary" }),
    ),
  ];
}

/** Make the list of a lesson's key concepts. */
export const conceptList = (concepts) =>
  make(
    "ul",
    { className: "concepts", ariaLabel: "Key concepts" },
    ...concepts.map((name) => make("li", { textContent: name, dir: "auto" })),
  );
