// The frame of a chart: horizontal grid, ticks, titles, and a strip for points without a value.

import { s, textWidth } from "./dom.js";
import { linear, ticks } from "./scale.js";

/** Draws the frame; returns its nodes, the two scales and the plot's box. */
export function axes({ x, y, lines = [], labelRoom = false }, width, height, withStrip) {
  const rows = ticks(y.domain, height > 200 ? 5 : 4);
  const left = Math.ceil(Math.max(24, withStrip ? textWidth("none") : 0, ...rows.map((value) => textWidth(y.format(value))))) + 10;
  const strip = withStrip ? 22 : 0;
  const names = labelRoom ? lines.map((line) => textWidth(line.label ?? "", 12, 600) + 10) : [];
  const right = width - Math.min(width / 3, Math.max(14, ...names));
  const box = { left, right, top: 26, bottom: height - 36 - strip };
  box.strip = box.bottom + 13;
  const toX = linear(x.domain, [box.left + 6, box.right]);
  const toY = linear(y.domain, [box.bottom, box.top]);
  const nodes = rows.flatMap((value) => [
    s("path", { class: "grid", d: `M${box.left} ${toY(value)}H${box.right}` }),
    s("text", { x: box.left - 8, y: toY(value) + 4, "text-anchor": "end" }, y.format(value)),
  ]);
  if (withStrip) {
    nodes.push(s("text", { x: box.left - 8, y: box.strip + 4, "text-anchor": "end" }, "none"));
  }
  const base = box.bottom + strip;
  nodes.push(s("path", { class: "axis", d: `M${box.left} ${base}H${box.right}` }));
  nodes.push(...columns(x, toX, box, base));
  nodes.push(
    s("text", { class: "title", x: box.left, y: 12 }, y.title),
    s("text", { class: "title", x: box.right, y: height - 3, "text-anchor": "end" }, x.title));
  return { nodes, x: toX, y: toY, box };
}

/** Ticks of the x axis, as many as fit without crowding. */
function columns(x, toX, box, base) {
  let values = [];
  for (let count = 8; count > 0; count -= 1) {
    values = ticks(x.domain, count, x.whole);
    const widest = Math.max(...values.map((value) => textWidth(x.format(value))));
    const step = values.length > 1 ? toX(values[1]) - toX(values[0]) : Infinity;
    if (step > widest + 16) break;
  }
  return values.map((value) => {
    const text = x.format(value);
    const half = textWidth(text) / 2;
    const at = Math.min(Math.max(toX(value), half), Math.max(box.right + 14 - half, half));
    return s("text", { x: at, y: base + 17, "text-anchor": "middle" }, text);
  });
}
