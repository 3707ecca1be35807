// Where help is: shown to somebody at risk, whatever else happens.

import { make } from "./dom.js";

const dialled = (number) => number.replaceAll(/[^\d+*#]/g, "");

/** The newer answers name lines with hours and ways to reach them; older ones a number each. */
function linesOf({ helplines, resources = {} }) {
  if (helplines?.length) return helplines;
  return Object.entries(resources).map(([country, phone]) => ({ country, phone }));
}

function place(country) {
  if (country === "ZZ") return "anywhere";
  try {
    return new Intl.DisplayNames(undefined, { type: "region" }).of(country);
  } catch {
    return country; // not a country's code
  }
}

function line({ country, name, phone, sms, url, hours }) {
  const by = phone ? `tel:${dialled(phone)}` : sms ? `sms:${dialled(sms)}` : url;
  const number = phone || (sms ? `SMS ${sms}` : url.replace(/^https?:\/\//, ""));
  const where = [place(country), hours].filter(Boolean).join(" · ");
  return make(
    "a",
    { className: "helpline", href: by, dir: "auto" },
    make("strong", { textContent: number }),
    name ? make("span", { className: "name", textContent: name }) : null,
    make("span", { textContent: where }),
  );
}

/** Make the card for {helplines, resources} of a closing frame or a refusal. */
export const helpCard = (help) =>
  make(
    "section",
    { className: "crisis", role: "alert", "data-test": "crisis" },
    make("h3", { textContent: "You do not have to carry this alone" }),
    make("p", { textContent: "People are there for you right now:" }),
    make("div", { className: "helplines" }, ...linesOf(help).map(line)),
    make("p", { textContent: "In immediate danger, call your local emergency number." }),
  );
