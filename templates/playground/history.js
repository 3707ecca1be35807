// The list of conversations or lessons: find one, reopen one, delete one.

import { call } from "./api.js";
import { button, day, make } from "./dom.js";
import { titleOf } from "./steps.js";

const SURE_SECONDS = 4;

/** Return a fragment of a message with what was found in it marked; ranges count code points. */
function marked({ fragment, ranges }) {
  const letters = [...fragment];
  const line = make("span", { className: "found", dir: "auto", "data-test": "found" });
  let at = 0;
  for (const [start, end] of ranges) {
    line.append(letters.slice(at, start).join(""));
    line.append(make("mark", { textContent: letters.slice(start, end).join("") }));
    at = end;
  }
  line.append(letters.slice(at).join(""));
  return line;
}

/**
 * Read my sessions of a product and list them; ``words`` narrows them to those that say them.
 *
 * ``deleted`` is told the id of one that was. Returns how many there are. Raises Refused, Unreachable.
 */
export async function showHistory(list, product, { current, words = "", deleted }) {
  const asked = words ? `?q=${encodeURIComponent(words)}` : "";
  const why = words ? "Search what was said" : "List what there is";
  list.dataset.asked = product.base + asked;
  const { sessions, total } = await call("GET", product.base + asked, { why });
  if (list.dataset.asked !== product.base + asked) return; // another list was wanted meanwhile
  list.replaceChildren(...sessions.map((session) => item(session, product, current, deleted)));
  if (sessions.length) return total;
  const none = words ? "Nothing was found." : "Nothing here yet.";
  list.append(make("li", { className: "none", textContent: none }));
  return 0;
}

function item(session, product, current, deleted) {
  const where = session.status === "completed" ? "Finished" : titleOf(session.current_step);
  const words = session.first_message ?? "Nothing said yet";
  const link = make(
    "a",
    {
      href: product.address(session.id),
      "aria-current": session.id === current ? "page" : null,
      "data-test": "session",
    },
    make("span", { className: "first", textContent: words, dir: "auto" }),
    ...(session.highlights ?? []).map(marked),
    make("small", { textContent: `${where} · ${day(session.created_at)}` }),
  );
  const entry = make("li", {}, link);
  entry.append(
    deleteButton(async () => {
      await call("DELETE", `${product.base}/${session.id}`, { why: "Delete it for good" });
      entry.remove();
      deleted(session.id);
    }),
  );
  return entry;
}

/** A button that asks once more before it acts. */
function deleteButton(act) {
  const press = () => {
    if (remove.dataset.sure) return act().catch(reset);
    remove.dataset.sure = "asked";
    remove.textContent = "Delete?";
    remove.ariaLabel = "Yes, delete it for good";
    setTimeout(reset, SURE_SECONDS * 1000);
  };
  const remove = button("", press, { className: "quiet delete" });
  const reset = () => {
    remove.textContent = "×";
    remove.ariaLabel = "Delete this one";
    delete remove.dataset.sure;
  };
  reset();
  return remove;
}
