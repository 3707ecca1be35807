// The list of conversations: reopen one, delete one.

import { call } from "./api.js";
import { day, make } from "./dom.js";
import { titleOf } from "./steps.js";

const SURE_SECONDS = 4;

/** Return the address of a session on this page. */
export const addressOf = (id) => `#s=${id}`;

/** Return the session the page's address names, or null. */
export const namedInAddress = () =>
  /^#s=([0-9a-f-]{32,36})$/i.exec(location.hash)?.[1] ?? null;

/** Read my sessions and list them; ``deleted`` is told the id of one that was. */
export async function showHistory(list, { current, deleted }) {
  const { sessions } = await call("GET", "/sessions", { why: "List my conversations" });
  list.replaceChildren(...sessions.map((session) => item(session, current, deleted)));
  if (!sessions.length) {
    list.append(make("li", { className: "none", textContent: "Nothing here yet." }));
  }
}

function item(session, current, deleted) {
  const where = session.status === "completed" ? "Finished" : titleOf(session.current_step);
  const words = session.first_message ?? "Nothing said yet";
  const link = make(
    "a",
    {
      href: addressOf(session.id),
      "aria-current": session.id === current ? "page" : null,
      "data-test": "session",
    },
    make("span", { className: "first", textContent: words, dir: "auto" }),
    make("small", { textContent: `${where} · ${day(session.created_at)}` }),
  );
  const entry = make("li", {}, link);
  entry.append(
    deleteButton(async () => {
      await call("DELETE", `/sessions/${session.id}`, { why: "Delete a conversation for good" });
      entry.remove();
      deleted(session.id);
    }),
  );
  return entry;
}

/** A button that asks once more before it acts. */
function deleteButton(act) {
  const button = make("button", { type: "button", className: "quiet delete" });
  const reset = () => {
    button.textContent = "×";
    button.ariaLabel = "Delete this conversation";
    delete button.dataset.sure;
  };
  button.addEventListener("click", () => {
    if (button.dataset.sure) return act().catch(reset);
    button.dataset.sure = "asked";
    button.textContent = "Delete?";
    button.ariaLabel = "Yes, delete this conversation";
    setTimeout(reset, SURE_SECONDS * 1000);
  });
  reset();
  return button;
}
