// The line above the box where one writes: why something could not be done.

import { byId } from "./dom.js";
import { helpCard } from "./help.js";

/** Say something there, or nothing. */
export function tell(words) {
  byId("notice").textContent = words;
}

/** Say why something was refused; help for somebody at risk comes with it. */
export function tellRefusal(error) {
  tell(error.message);
  if (error.body?.helplines) byId("notice").append(helpCard(error.body));
}
