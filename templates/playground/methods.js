// The ten methods of learning, in the browser's language (the API reads what the browser says).

import { call } from "./api.js";

let asked = null;
let known = new Map();

/** Return the methods by their id, in their order. Asked once; a failure is not remembered. */
export function methods() {
  asked ??= call("GET", "/learn/tools", { why: "Which methods are there?" }).then(
    ({ tools }) => (known = new Map(tools.map((tool) => [tool.id, tool]))),
  );
  asked.catch(() => (asked = null));
  return asked;
}

/** Return a method's name, or its id while the names are not known; null for none. */
export const nameOf = (id) => (id ? (known.get(id)?.name ?? id) : null);

/** Return how many minutes these methods take together at most. */
export const minutesOf = (ids) =>
  ids.reduce((sum, id) => sum + (known.get(id)?.estimated_minutes ?? 0), 0);
