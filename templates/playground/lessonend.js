// What remains of a finished lesson: its concepts, its summary, and when to come back.

import { conceptList } from "./course.js";
import { button, make } from "./dom.js";

const date = (moment) =>
  new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" }).format(new Date(moment));

/** Show a finished lesson in ``place``; hide it for any other. */
export function showEnd(place, session) {
  place.hidden = session?.status !== "completed";
  if (place.hidden) return place.replaceChildren();
  const dates = Object.values(session.review_schedule ?? {}).map((moment) =>
    make("li", {}, make("time", { dateTime: moment, textContent: date(moment) })),
  );
  const go = (hash) => () => (location.hash = hash);
  place.replaceChildren(
    make("h2", { textContent: "You finished this lesson." }),
    conceptList(session.key_concepts ?? []),
    make("p", { textContent: session.learning_summary ?? "", dir: "auto" }),
    dates.length ? make("p", { className: "hint", textContent: "Come back to it on:" }) : "",
    make("ul", { className: "concepts dates" }, ...dates),
    make(
      "div",
      { className: "acts" },
      button("Review cards", go("#review"), { className: "primary", "data-test": "to-cards" }),
      button("Another lesson", go("#learn"), { className: "soft", "data-test": "another-lesson" }),
    ),
  );
}
