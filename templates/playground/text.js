// An answer's words. Blocks between ``` marks (code, diagrams) are shown as they are, in a frame.

import { make } from "./dom.js";

const MARK = /^\s*```\s*([\w-]*)\s*$/;

/** Split a text into blocks {kind, lines}; the kind of prose is null. An open block may follow. */
function blocks(text) {
  const found = [{ kind: null, lines: [] }];
  for (const line of text.split("\n")) {
    const mark = MARK.exec(line);
    if (!mark) found.at(-1).lines.push(line);
    else found.push({ kind: found.at(-1).kind === null ? mark[1] || "text" : null, lines: [] });
  }
  return found;
}

/** Show ``text`` in ``place``, as text only. */
export function showText(place, text) {
  const parts = blocks(text).map(({ kind, lines }) => {
    const words = lines.join("\n");
    if (kind === null) return words.trim() ? make("p", { textContent: words.trim() }) : null;
    return make(
      "figure",
      { className: "frame" },
      make("figcaption", { textContent: kind }),
      make("pre", { textContent: words, tabIndex: 0 }),
    );
  });
  place.replaceChildren(...parts.filter(Boolean));
}
