// Sentences one may begin with; a click puts one into the box, where it may still be changed.

import { button, byId } from "./dom.js";

/** Show ``sentences`` in ``place``. */
export function showStarters(place, sentences) {
  const suggest = (text) => {
    const box = byId("message");
    box.value = text;
    box.dispatchEvent(new Event("input"));
    box.focus();
  };
  const chips = sentences.map((text) =>
    button(text, () => suggest(text), { className: "starter", "data-test": "starter" }),
  );
  place.replaceChildren(...chips);
}
