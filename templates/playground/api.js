// Every request goes through here: cookies, CSRF, one refresh when a sign-in has run out, the log.

import { calls } from "./calls.js";

const UNREACHABLE = "The server cannot be reached. Check the connection and try again.";

/** What the API said no to: ``code`` for programs, ``message`` for people, ``body`` all of it. */
export class Refused extends Error {
  constructor(status, body, retryAfter = 0) {
    super(sentence(body) ?? `The server answered ${status}.`);
    this.status = status;
    this.code = body?.error ?? body?.detail?.error ?? null;
    this.retryAfter = retryAfter;
    this.body = body;
  }
}

/** The request never arrived, or its answer got lost. */
export class Unreachable extends Error {
  constructor() {
    super(UNREACHABLE);
  }
}

function sentence(body) {
  if (Array.isArray(body?.detail)) {
    return body.detail.map((fault) => `${fault.loc?.at(-1) ?? "input"}: ${fault.msg}`).join("; ");
  }
  if (typeof body?.message === "string") return body.message;
  return typeof body?.detail === "string" ? body.detail : null;
}

/** Return a cookie that scripts may read, or null. The tokens themselves are out of our reach. */
export function cookie(name) {
  const pairs = document.cookie.split("; ").map((pair) => pair.split("="));
  const found = pairs.find(([key]) => key === name);
  return found ? decodeURIComponent(found.slice(1).join("=")) : null;
}

async function send(method, path, { body, headers = {}, why, signal }) {
  const all = { ...headers };
  if (body !== undefined) all["Content-Type"] = "application/json";
  const token = method === "GET" ? null : cookie("csrf_token");
  if (token) all["X-CSRF-Token"] = token;
  const call = calls.begin({ method, path, headers: all, body, why });
  try {
    const response = await fetch(path, {
      method,
      headers: all,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
    call.answered(response.status);
    return { response, call };
  } catch (error) {
    call.failed(signal?.aborted ? "left" : "unreachable");
    throw signal?.aborted ? error : new Unreachable();
  }
}

async function read({ response, call }) {
  const text = await response.text().catch(() => "");
  let body;
  try {
    body = text ? JSON.parse(text) : undefined;
  } catch {
    body = undefined; // an HTML page of some proxy on the way
  }
  call.ended(body);
  if (response.ok) return body;
  throw new Refused(response.status, body, Number(response.headers.get("Retry-After")) || 0);
}

let renewal = null;

/** Trade the refresh cookie for a new sign-in; requests that run out together share one. */
function renew() {
  renewal ??= send("POST", "/auth/refresh", { why: "Renew a sign-in that ran out" })
    .then(read)
    .finally(() => (renewal = null));
  return renewal;
}

async function sendRenewing(method, path, about) {
  const first = await send(method, path, about);
  if (first.response.status !== 401 || about.signingIn) return first;
  const refusal = await read(first).catch((error) => error);
  try {
    await renew();
  } catch (error) {
    throw error instanceof Refused ? refusal : error;
  }
  return send(method, path, about);
}

/** Call the API and return the answer's JSON. Raises Refused, Unreachable. */
export async function call(method, path, about = {}) {
  return read(await sendRenewing(method, path, about));
}

/** Open a stream; return its response and its log entry. Raises Refused, Unreachable. */
export async function open(method, path, about = {}) {
  const exchange = await sendRenewing(method, path, about);
  const type = exchange.response.headers.get("Content-Type") ?? "";
  if (!exchange.response.ok || !type.startsWith("text/event-stream")) {
    await read(exchange);
    throw new Unreachable();
  }
  return exchange;
}
