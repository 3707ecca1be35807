// Who is here: guests, registration, sign-in. The browser's cookies do the authentication.

import { call, cookie, Refused } from "./api.js";
import { calls } from "./calls.js";
import { letters, uuid } from "./random.js";

const KEPT = "solacore.device";

/** Return what this browser calls itself as a device; made up once, kept. */
export function fingerprint() {
  const kept = localStorage.getItem(KEPT);
  return kept ?? renewFingerprint();
}

function renewFingerprint() {
  const made = uuid();
  localStorage.setItem(KEPT, made);
  return made;
}

async function enter(path, email, password, why) {
  const attempt = () =>
    call("POST", path, {
      why,
      signingIn: true, // a 401 here means a wrong password, nothing to renew
      body: { email, password, device_fingerprint: fingerprint(), device_name: "Playground" },
    });
  try {
    return (await attempt()).user;
  } catch (error) {
    if (error.code !== "DEVICE_BOUND_TO_OTHER") throw error;
    renewFingerprint(); // someone else used this browser before: be another device
    return (await attempt()).user;
  }
}

/** Sign in with an account that exists. Raises Refused, Unreachable. */
export const signIn = (email, password) => enter("/auth/login", email, password, "Sign in");

/** Make an account. Raises Refused, Unreachable. */
export const register = (email, password) =>
  enter("/auth/register", email, password, "Make an account");

/** Make a throw-away account that nobody knows the password of. */
export async function guest() {
  const attempt = () =>
    enter(
      "/auth/register",
      `guest-${letters(12)}@guest.example`,
      `Guest-${letters(20)}-7`,
      "Make a throw-away account",
    );
  try {
    return await attempt();
  } catch (error) {
    if (error.code !== "EMAIL_ALREADY_EXISTS") throw error;
    return attempt();
  }
}

/** Return who is signed in, or null. */
export async function whoIsHere() {
  // The readable cookie lives as long as the refresh token: without it there is nobody to ask for.
  if (!cookie("csrf_token")) return null;
  try {
    return await call("GET", "/auth/me", { why: "Who is signed in?" });
  } catch (error) {
    if (error instanceof Refused && error.status < 500) return null;
    throw error;
  }
}

/** Sign out here; what the panel knows goes too. */
export async function signOut() {
  calls.clear();
  await call("POST", "/auth/logout", { why: "Sign out", signingIn: true });
}

/** True for accounts made by ``guest``. */
export const isGuest = (user) => user.email.endsWith("@guest.example");
