// The marks of a chart and its legend: shape as well as colour tells what a point is.

import { h, s } from "./dom.js";

/** Above this many points, dots that would cover one another are drawn once. */
export const dotLimit = 1200;

/**
 * The mark of one placed point: round for the strategy, a diamond for a random draw, a square for a
 * probe; filled, hollow where it was stopped early, a bar where it repeats an earlier trial.
 */
export function glyph({ kind, isControl, px, py, key }) {
  const data = { "data-key": key, class: isControl ? `${kind} control` : kind };
  const round = (r) => s("circle", { cx: px, cy: py, r, ...data });
  const diamond = (r) => s("path", { d: `M${px} ${py - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`, ...data });
  switch (kind) {
    case "front": return isControl ? diamond(6) : round(4.5);
    case "gone":
    case "hollow": return isControl ? diamond(4.5) : round(3.25);
    case "probe": return s("path", { d: `M${px - 3} ${py - 3}h6v6h-6z`, ...data });
    case "warned": return s("path", { d: `M${px - 5} ${py + 4}h10l-5 -9z`, ...data });
    case "repeat": return s("path", { d: `M${px - 4} ${py}h8`, ...data });
    case "low":
    case "hollow-low": return s("path", { d: `M${px - 4} ${py - 3}h8l-4 7z`, ...data });
    case "lost": return s("path", { d: `M${px - 3.5} ${py - 3.5}l7 7m0 -7l-7 7`, ...data });
    case "limit": return s("path", { d: `M${px - 8} ${py}h16`, ...data });
    default: return isControl ? diamond(4.25) : round(2.75);
  }
}

/** One point for each cell of a fine grid; the front always stays. */
export function thinned(spots) {
  const seen = new Set();
  return spots.filter((spot) => {
    if (spot.kind === "front") return true;
    const cell = `${spot.kind} ${spot.isControl} ${Math.round(spot.px / 3)} ${Math.round(spot.py / 3)}`;
    if (seen.has(cell)) return false;
    seen.add(cell);
    return true;
  });
}

/** What the marks mean, for entries `{kind, isControl, text}`. */
export function legendItems(entries) {
  return entries.map(({ kind, isControl, text }) => h("li", {},
    s("svg", { class: "key", width: 18, height: 14, "aria-hidden": "true" },
      s("g", {}, glyph({ kind, isControl, px: 9, py: 7 }))),
    text));
}
