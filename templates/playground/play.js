// The page: who is here, what is open, and what happens when either changes.

import { guest, isGuest, register, signIn, signOut, whoIsHere } from "./account.js";
import { Conversation } from "./conversation.js";
import { byId } from "./dom.js";
import { closeDrawers, openDrawers, wireDrawers } from "./drawers.js";
import { learn } from "./learn.js";
import { tellRefusal } from "./notice.js";
import { showCalls } from "./panel.js";
import { Review } from "./review.js";
import { Sidebar } from "./sidebar.js";
import { solve } from "./solve.js";

const NAMED = { s: solve, l: learn };

/** Return what the page's address names: {product, id, review}. */
function place() {
  const [, letter, id] = /^#([sl])=([0-9a-f-]{32,36})$/i.exec(location.hash) ?? [];
  if (id) return { product: NAMED[letter.toLowerCase()], id };
  if (location.hash === "#review") return { product: learn, id: null, review: true };
  return { product: location.hash === "#learn" ? learn : solve, id: null };
}

const talk = new Conversation(solve, {
  started(id) {
    // Not a navigation: the conversation is already shown.
    history.pushState(null, "", talk.product.address(id));
    sidebar.current = id;
  },
  changed: () => sidebar.list(),
  refused,
});
const sidebar = new Sidebar({
  deleted: (id) => id === place().id && (location.hash = talk.product.address(null)),
  another() {
    const beginning = talk.product.address(null);
    if ((location.hash || "#") === beginning) route();
    else location.hash = beginning;
  },
});
const review = new Review(byId("review"), { due: (count) => (sidebar.due = count), refused });

/** Some refusals mean that one has to come in anew. */
function refused(error) {
  if (error.status === 401) leave("Your sign-in has run out. Please sign in again.");
  if (error.code === "DEVICE_NOT_FOUND") leave("This browser is new to your account. Sign in again.");
}

/** Show what the address names: a session, the start of a new one, or the review queue. */
async function route() {
  closeDrawers();
  const { product, id, review: reviewing } = place();
  document.body.dataset.product = product.name;
  for (const [name, chosen] of Object.entries({ "to-solve": solve, "to-learn": learn })) {
    byId(name).setAttribute("aria-current", product === chosen ? "true" : "false");
  }
  byId("talk").hidden = Boolean(reviewing);
  byId("review").hidden = !reviewing;
  byId("to-review").setAttribute("aria-current", reviewing ? "page" : "false");
  if (!id) talk.fresh(product);
  const listed = sidebar.show(product, id);
  if (reviewing) await review.show();
  else if (id) await reopen(product, id);
  else talk.composer.box.focus({ preventScroll: true });
  await listed;
}

async function reopen(product, id) {
  try {
    await talk.open(product, id);
  } catch (error) {
    talk.fresh(product);
    tellRefusal(error);
    refused(error);
  }
}

function enter(user) {
  document.body.dataset.view = "talk";
  byId("who").textContent = isGuest(user) ? "Guest" : user.email;
  byId("who").title = user.email;
  openDrawers();
  return route();
}

function leave(reason = "") {
  document.body.dataset.view = "welcome";
  talk.close(solve);
  review.clear();
  byId("history").replaceChildren();
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

function wire() {
  wireDrawers();
  byId("guest").addEventListener("click", () => admit(guest));
  byId("credentials").addEventListener("submit", (event) => {
    event.preventDefault();
    const way = event.submitter?.value === "register" ? register : signIn;
    admit(() => way(byId("email").value.trim(), byId("password").value));
  });
  byId("log-out").addEventListener("click", () => signOut().then(() => leave(), tellRefusal));
  for (const name of ["to-solve", "to-learn", "to-review"]) {
    // Where one is already, a click begins anew: nothing else would, after a failure.
    byId(name).addEventListener("click", (event) => {
      if (event.currentTarget.getAttribute("href") === (location.hash || "#")) route();
    });
  }
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
