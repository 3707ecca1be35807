// Ids and passwords nobody can guess.

/** Return a random UUID (also on plain http, where the browser's own function is missing). */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Return random lower-case letters and digits. */
export function letters(count) {
  const alphabet = "abcdefghijkmnpqrstuvwxyz23456789"; // 32 of them: no bias
  const bytes = crypto.getRandomValues(new Uint8Array(count));
  return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join("");
}
