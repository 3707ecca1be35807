// The two side panels: conversations on one side, API calls on the other.

import { byId } from "./dom.js";

// Where a side panel would leave too little room, it lies over the middle (as in play.css).
const NARROW = { sessions: "(max-width: 800px)", calls: "(max-width: 1100px)" };

function setDrawer(name, open) {
  byId(name).dataset.open = String(open);
  byId(`toggle-${name}`).setAttribute("aria-expanded", String(open));
}

/** Close the panels that lie over the middle. */
export function closeDrawers() {
  for (const [name, narrow] of Object.entries(NARROW)) {
    if (matchMedia(narrow).matches) setDrawer(name, false);
  }
}

/** Open the panels there is room for. */
export function openDrawers() {
  for (const [name, narrow] of Object.entries(NARROW)) setDrawer(name, !matchMedia(narrow).matches);
}

/** Make their buttons work. */
export function wireDrawers() {
  for (const name of Object.keys(NARROW)) {
    const toggle = () => setDrawer(name, byId(name).dataset.open !== "true");
    byId(`toggle-${name}`).addEventListener("click", toggle);
    byId(`close-${name}`).addEventListener("click", () => {
      setDrawer(name, false);
      byId(`toggle-${name}`).focus();
    });
    setDrawer(name, false);
  }
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeDrawers());
}
