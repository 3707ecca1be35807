// The side panel: what the page just said to the API, and what it was answered.

import { calls, MOST_FRAMES } from "./calls.js";
import { make } from "./dom.js";

const COPIED = 1500; // milliseconds

const pretty = (value) => JSON.stringify(value, null, 2);

/** Ids in full are in the title; here they would hide what is called. */
const shortened = (path) => path.replaceAll(/([0-9a-f]{4})[0-9a-f]{4}-[0-9a-f-]{27}/g, "$1…");

function section(title, text) {
  const name = make("h4", { textContent: title });
  return make("section", {}, name, make("pre", { textContent: text, tabIndex: 0 }));
}

function copyButton(call) {
  const button = make("button", { type: "button", className: "quiet", textContent: "Copy as curl" });
  button.dataset.test = "curl";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(call.asCurl());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed here";
    }
    setTimeout(() => (button.textContent = "Copy as curl"), COPIED);
  });
  return button;
}

/** The frames of a stream: the last ones, and how many came before. */
class FrameList {
  constructor(call) {
    this.call = call;
    this.earlier = make("p", { className: "earlier" });
    this.list = make("ol", { className: "frames", "data-test": "frames", tabIndex: 0 });
    const title = make("h4", { textContent: "Events" });
    this.element = make("section", { hidden: true }, title, this.earlier, this.list);
    call.addEventListener("frame", (event) => this.#add(event.detail));
  }

  #add({ id, event, data }) {
    const line = make(
      "li",
      { className: event },
      make("span", { className: "event", textContent: event }),
      make("span", { className: "id", textContent: id ?? "" }),
      make("code", { textContent: JSON.stringify(data) }),
    );
    this.element.hidden = false;
    this.list.append(line);
    while (this.list.children.length > MOST_FRAMES) this.list.firstChild.remove();
    const before = this.call.frameCount - this.list.children.length;
    this.earlier.textContent = before ? `${before} earlier events are not shown` : "";
    this.list.scrollTop = this.list.scrollHeight;
  }
}

function entry(call) {
  const status = make("span", { className: "status", textContent: "…" });
  const took = make("span", { className: "took" });
  const summary = make(
    "summary",
    {},
    make("span", { className: `method ${call.method}`, textContent: call.method }),
    make("span", { className: "path", textContent: shortened(call.path), title: call.path }),
    status,
    took,
    make("span", { className: "why", textContent: call.why ?? "" }),
  );
  const answer = make("div");
  const element = make("details", { "data-test": "call" }, summary);
  const headers = Object.entries(call.headers).map(([name, value]) => `${name}: ${value}`);
  if (headers.length) element.append(section("Request headers", headers.join("\n")));
  if (call.request !== undefined) element.append(section("Request body", pretty(call.request)));
  element.append(new FrameList(call).element, answer, copyButton(call));

  const follow = () => {
    status.textContent = call.status ?? (call.broken ? "—" : "…");
    const fine = call.status !== null && call.status < 400 && !call.broken;
    status.dataset.kind = call.status === null && !call.broken ? "open" : fine ? "good" : "bad";
    took.textContent = call.milliseconds === null ? "" : `${call.milliseconds} ms`;
    if (call.broken) took.textContent += ` · ${call.broken}`;
    element.classList.toggle("live", call.milliseconds === null);
    if (call.response === undefined || answer.childElementCount) return;
    answer.append(section("Response body", pretty(call.response)));
  };
  call.addEventListener("change", follow);
  // A stream opens itself, so that its events are seen as they come, and closes the one before.
  const unfold = () => {
    for (const older of element.parentElement?.querySelectorAll(".unfolded") ?? []) {
      older.open = false;
      older.classList.remove("unfolded");
    }
    element.open = true;
    element.classList.add("unfolded");
  };
  call.addEventListener("frame", unfold, { once: true });
  follow();
  return element;
}

/** Keep the panel's list in step with the log. */
export function showCalls(list, count) {
  const recount = () => (count.textContent = String(calls.kept.length));
  calls.addEventListener("begin", (event) => {
    list.prepend(entry(event.detail));
    while (list.children.length > calls.kept.length) list.lastChild.remove();
    recount();
  });
  calls.addEventListener("clear", () => {
    list.replaceChildren();
    recount();
  });
}
