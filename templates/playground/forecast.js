// The days to come: how many cards fall due on each, as a small bar chart.

import { draw, make } from "./dom.js";

const HEIGHT = 56;
const FEW = 5; // so many fill the chart; a single card shall not look like a mountain
const STEP = 10; // units from bar to bar
const BAR = 7;

const dated = (day) =>
  new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" }).format(
    new Date(`${day}T00:00:00Z`),
  );

/** Make the chart of days [{date, count}] with its ends named. */
export function forecast(days) {
  const ends = [days.at(0), days.at(-1)].map(({ date }) => make("span", { textContent: dated(date) }));
  return [chart(days), make("p", { className: "ends", "aria-hidden": "true" }, ...ends)];
}

/** The bars; those who listen are told the sum and the fullest day. */
function chart(days) {
  const most = Math.max(...days.map(({ count }) => count));
  const full = Math.max(FEW, most);
  const sum = days.reduce((all, { count }) => all + count, 0);
  const fullest = days.find(({ count }) => count === most);
  const bars = days.map(({ date, count }, at) => {
    const height = count ? Math.max(3, (count / full) * HEIGHT) : 1;
    const box = { x: at * STEP, y: HEIGHT - height, width: BAR, height, rx: 1 };
    const title = draw("title", {}, `${dated(date)}: ${count}`);
    return draw("rect", { ...box, class: count ? "due" : "free", "data-count": count }, title);
  });
  const peak = most ? `, most on ${dated(fullest.date)}: ${most}` : "";
  return draw(
    "svg",
    {
      class: "chart",
      viewBox: `0 0 ${days.length * STEP - (STEP - BAR)} ${HEIGHT}`,
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": `${sum} cards in the next ${days.length} days${peak}`,
      "data-test": "forecast",
    },
    ...bars,
  );
}
