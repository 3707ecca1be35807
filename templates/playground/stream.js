// Answers as they are written: server-sent events, taken up again where a connection broke off.

import { open, Refused, Unreachable } from "./api.js";
import { pause } from "./dom.js";

const MOST_TRIES = 8;
const FIRST_PAUSE = 400; // milliseconds, doubled at each try
const LONGEST_PAUSE = 8000;
const SILENCE = 40000; // the server gives a sign of life every 15 s at the latest
const PASSES = [429, 502, 503, 504]; // asked too fast, or nobody is there to answer
const LONGEST_WAIT = 60; // seconds: who asks for more patience is believed to mean no

/** The connection broke more often than patience lasts. The answer itself is safe. */
export class Lost extends Error {
  constructor() {
    super("The connection is gone. Nothing is lost: what was said is kept.");
  }
}

/** Return the length as the server counts it: code points, not UTF-16 units. */
export const characters = (text) => [...text].length;

/** Yield the frames {id, event, data} of a response body until it ends, breaks or falls silent. */
export async function* frames(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const giveUp = () => reader.cancel().catch(() => {});
  let watch = setTimeout(giveUp, SILENCE);
  let rest = "";
  let frame = {};
  try {
    for (;;) {
      const { value, done } = await reader.read().catch(() => ({ done: true }));
      if (done) return;
      clearTimeout(watch);
      watch = setTimeout(giveUp, SILENCE);
      const lines = (rest + value).split(/\r?\n/);
      rest = lines.pop();
      for (const line of lines) {
        const [, field, content] = /^([^:]*):? ?(.*)$/.exec(line);
        if (line === "" && frame.data) yield { ...frame, data: JSON.parse(frame.data) };
        if (line === "") frame = {};
        else if (field) frame[field] = content; // no field name: a comment, the sign of life
      }
    }
  } finally {
    clearTimeout(watch);
    giveUp();
  }
}

function connect({ messages, post, key, signal }, { messageId, text }) {
  if (messageId === null) {
    const { to = "", body, why } = post;
    const headers = { "Idempotency-Key": key };
    return open("POST", messages + to, { body, headers, why, signal });
  }
  const why = "Take the answer up where it broke off";
  const headers = { "Last-Event-ID": String(characters(text)) };
  return open("GET", `${messages}/${messageId}/stream`, { headers, why, signal });
}

const passing = (error) =>
  error instanceof Unreachable ||
  (error instanceof Refused && PASSES.includes(error.status) && error.retryAfter <= LONGEST_WAIT);

/**
 * Follow one answer to its end, over as many connections as that takes.
 *
 * ``messages`` is where the conversation's messages are. ``post`` {to, body, why} is what opens
 * the answer: a message, or "again" or an edit of one (``to`` is the way from ``messages``).
 * ``key`` stays the same for every try, so that a retry never says it twice. Without them the
 * answer ``messageId`` is taken up behind ``text``. ``on`` is told opened(messageId),
 * text(all so far), waiting().
 * Returns {messageId, text, done, failure}. Raises Refused, Lost, and AbortError when left.
 */
export async function follow({ messageId = null, text = "", on, ...task }) {
  const answer = { messageId, text, failure: null };
  const { signal } = task;
  let patience = 0;
  for (let tries = 0; tries <= MOST_TRIES; tries += 1) {
    if (tries > 0) {
      on.waiting();
      await pause(Math.max(patience, Math.min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)), signal);
    }
    signal.throwIfAborted();
    let exchange;
    try {
      exchange = await connect(task, answer);
    } catch (error) {
      if (!passing(error)) throw error;
      patience = (error.retryAfter ?? 0) * 1000;
      continue;
    }
    if (answer.messageId === null) answer.text = ""; // a posted answer starts from its beginning
    answer.messageId = exchange.response.headers.get("X-Message-Id") ?? answer.messageId;
    on.opened(answer.messageId);
    for await (const frame of frames(exchange.response.body)) {
      exchange.call.frame(frame);
      if (frame.event === "error") answer.failure = frame.data;
      if (frame.event === "token") {
        answer.text += frame.data.content;
        on.text(answer.text);
        tries = 0;
      }
      if (frame.event === "done") {
        exchange.call.ended();
        return { ...answer, done: frame.data };
      }
    }
    exchange.call.failed(signal.aborted ? "left" : "broke off");
  }
  throw new Lost();
}
