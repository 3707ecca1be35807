// What this page said to the API, remembered so that the panel can teach it.

const MOST_CALLS = 100;
export const MOST_FRAMES = 50;
const SECRET = /password|token|secret/i;
const HIDDEN = "••••••••";

/** Return a copy in which no password and no token can be read. */
export function masked(value) {
  if (Array.isArray(value)) return value.map(masked);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [
      key,
      SECRET.test(key) && typeof held === "string" ? HIDDEN : masked(held),
    ]),
  );
}

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** One request and what came of it. Only masked bodies are kept. */
export class Call extends EventTarget {
  constructor({ method, path, headers, body, why }) {
    super();
    Object.assign(this, { method, path, why, request: masked(body) });
    this.headers = masked(headers);
    this.status = null;
    this.response = undefined;
    this.frames = [];
    this.frameCount = 0;
    this.started = performance.now();
    this.milliseconds = null;
  }

  /** Note the status; for a stream this is only the beginning. */
  answered(status) {
    this.status = status;
    this.#changed();
  }

  /** Note the end, with a body unless it was a stream. */
  ended(body) {
    if (this.milliseconds !== null) return;
    this.response = masked(body);
    this.milliseconds = Math.round(performance.now() - this.started);
    this.#changed();
  }

  /** Note that no answer came, or that it broke off. */
  failed(reason) {
    this.broken = reason;
    this.ended();
  }

  /** Note a frame of a stream; only the last ones are kept. */
  frame(frame) {
    this.frames.push(frame);
    this.frameCount += 1;
    if (this.frames.length > MOST_FRAMES) this.frames.shift();
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  /** Return the call as a command. The jar stands for the cookies, the placeholder for secrets. */
  asCurl() {
    const parts = [`curl -N -b cookies.txt -c cookies.txt -X ${this.method}`];
    parts.push(quoted(location.origin + this.path));
    if (this.method !== "GET") parts.push(`-H ${quoted(`Origin: ${location.origin}`)}`);
    for (const [name, value] of Object.entries(this.headers)) {
      if (!SECRET.test(name)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
    }
    if (this.request !== undefined) {
      const body = JSON.stringify(this.request).replaceAll(HIDDEN, "YOUR-PASSWORD");
      parts.push(`-d ${quoted(body)}`);
    }
    return parts.join(" \\\n  ");
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** The calls of this visit, oldest first. */
export const calls = new (class extends EventTarget {
  kept = [];

  /** Begin to record a call. */
  begin(about) {
    const call = new Call(about);
    this.kept.push(call);
    if (this.kept.length > MOST_CALLS) this.kept.shift();
    this.dispatchEvent(new CustomEvent("begin", { detail: call }));
    return call;
  }

  /** Forget everything: the next person at this screen shall not read it. */
  clear() {
    this.kept = [];
    this.dispatchEvent(new Event("clear"));
  }
})();
