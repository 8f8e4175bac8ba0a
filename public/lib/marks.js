// The marks of a chart: shape as well as colour tells what a point is.

import { s } from "./dom.js";

/** Above this many points, dots that would cover one another are drawn once. */
export const dotLimit = 1200;

/** The mark of one placed point. */
export function glyph({ kind, px, py, key }) {
  const data = { "data-key": key };
  switch (kind) {
    case "front": return s("circle", { class: "front", cx: px, cy: py, r: 4.5, ...data });
    case "hollow": return s("circle", { class: "hollow", cx: px, cy: py, r: 3, ...data });
    case "low": return s("path", { class: "low", d: `M${px - 4} ${py - 3}h8l-4 7z`, ...data });
    case "lost": return s("path", { class: "lost", d: `M${px - 3.5} ${py - 3.5}l7 7m0 -7l-7 7`, ...data });
    default: return s("circle", { class: "dot", cx: px, cy: py, r: 2.75, ...data });
  }
}

/** One point for each cell of a fine grid; the front always stays. */
export function thinned(spots) {
  const seen = new Set();
  return spots.filter((spot) => {
    if (spot.kind === "front") return true;
    const cell = `${spot.kind} ${Math.round(spot.px / 3)} ${Math.round(spot.py / 3)}`;
    if (seen.has(cell)) return false;
    seen.add(cell);
    return true;
  });
}
