// The page: who is here, what is open, and what happens when either changes.

import { guest, isGuest, register, signIn, signOut, whoIsHere } from "./account.js";
import { byId } from "./dom.js";
import { addressOf, namedInAddress, showHistory } from "./history.js";
import { showCalls } from "./panel.js";
import { Talk } from "./talk.js";
import { showTemplates } from "./templates.js";

const STARTERS = [
  "I lie awake at night thinking about my exam.",
  "I do not know whether to take the new job.",
  "I had a fight with my best friend.",
];

// Where a side panel would leave too little room, it lies over the middle (as in play.css).
const NARROW = { sessions: "(max-width: 800px)", calls: "(max-width: 1100px)" };

const talk = new Talk({
  started(id) {
    // Not a navigation: the conversation is already shown.
    history.pushState(null, "", addressOf(id));
  },
  changed: () => list(),
  refused,
  another: () => (location.hash = "#"),
});

/** Some refusals mean that one has to come in anew. */
function refused(error) {
  if (error.status === 401) leave("Your sign-in has run out. Please sign in again.");
  if (error.code === "DEVICE_NOT_FOUND") leave("This browser is new to your account. Sign in again.");
}

async function list() {
  const deleted = (id) => id === namedInAddress() && (location.hash = "#");
  await showHistory(byId("history"), { current: namedInAddress(), deleted }).catch(() => {});
}

/** Show what the address names: a session, or the start of a new one. */
async function route() {
  closeDrawers();
  const id = namedInAddress();
  if (!id) {
    talk.fresh();
    byId("starters").replaceChildren(...STARTERS.map(starter));
    showTemplates(byId("templates"), byId("hello"), (template) => (talk.template = template)).catch(
      () => {}, // one can talk without choosing whom with
    );
    talk.composer.box.focus({ preventScroll: true });
  }
  const listed = list();
  try {
    if (id) await talk.open(id);
  } catch (error) {
    talk.fresh();
    byId("notice").textContent = error.message;
    refused(error);
  }
  await listed;
}

function starter(text) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "starter", textContent: text });
  button.dataset.test = "starter";
  button.addEventListener("click", () => talk.composer.suggest(text));
  return button;
}

function enter(user) {
  document.body.dataset.view = "talk";
  byId("who").textContent = isGuest(user) ? "Guest" : user.email;
  byId("who").title = user.email;
  for (const [name, narrow] of Object.entries(NARROW)) {
    setDrawer(name, !matchMedia(narrow).matches);
  }
  return route();
}

function leave(reason = "") {
  document.body.dataset.view = "welcome";
  talk.fresh();
  history.replaceState(null, "", location.pathname);
  byId("refusal").textContent = reason;
  byId("password").value = "";
}

/** Run a way of signing in with its buttons at rest; say why if it is refused. */
async function admit(way) {
  const buttons = byId("door").querySelectorAll("button");
  byId("refusal").textContent = "";
  for (const button of buttons) button.disabled = true;
  try {
    await enter(await way());
  } catch (error) {
    byId("refusal").textContent = error.message;
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

function closeDrawers() {
  for (const [name, narrow] of Object.entries(NARROW)) {
    if (matchMedia(narrow).matches) setDrawer(name, false);
  }
}

function setDrawer(name, open) {
  byId(name).dataset.open = String(open);
  byId(`toggle-${name}`).setAttribute("aria-expanded", String(open));
}

function wire() {
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
  byId("guest").addEventListener("click", () => admit(guest));
  byId("credentials").addEventListener("submit", (event) => {
    event.preventDefault();
    const way = event.submitter?.value === "register" ? register : signIn;
    admit(() => way(byId("email").value.trim(), byId("password").value));
  });
  byId("log-out").addEventListener("click", () =>
    signOut().then(
      () => leave(),
      (error) => (byId("notice").textContent = error.message),
    ),
  );
  byId("new").addEventListener("click", () => (namedInAddress() ? (location.hash = "#") : route()));
  window.addEventListener("hashchange", () => document.body.dataset.view === "talk" && route());
  showCalls(byId("call-list"), byId("call-count"));
}

async function begin() {
  wire();
  try {
    const user = await whoIsHere();
    if (user) await enter(user);
    else document.body.dataset.view = "welcome";
  } catch (error) {
    leave(error.message);
  }
}

begin();
