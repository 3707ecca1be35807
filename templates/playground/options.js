// An answer that offers ways forward ends with lines "A) …", "B) …", "C) …".

const LETTERS = "ABCD";

/** Split an answer into what comes before its options, and the options {letter, text}. */
export function split(text) {
  const starts = [];
  for (const letter of LETTERS) {
    const from = starts.at(-1)?.index ?? 0;
    const found = new RegExp(`^[ \\t]*${letter}\\)[ \\t]+`, "m").exec(text.slice(from));
    if (!found) break;
    starts.push({ letter, index: from + found.index, length: found[0].length });
  }
  if (starts.length < 2) return { body: text, options: [] };
  const options = starts.map(({ letter, index, length }, at) => ({
    letter,
    text: text.slice(index + length, starts[at + 1]?.index).trim(),
  }));
  return { body: text.slice(0, starts[0].index).trimEnd(), options };
}

/** Return what choosing an option says to the coach. */
export const asMessage = (option) => `${option.letter}) ${option.text}`;
