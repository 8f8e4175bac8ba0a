// Draws a laid out graph as SVG: states as white boxes, operations as filled pills with their name.

import { s, textWidth } from "./dom.js";
import { layout } from "./layout.js";

/** The size a box needs for its words: `title`, and below it a smaller `detail`. */
export function sized(node) {
  const title = textWidth(node.title, 12, 600);
  const detail = node.detail ? textWidth(node.detail, 11) : 0;
  return { ...node, width: Math.ceil(Math.max(title, detail, 28)) + 24, height: node.detail ? 42 : 28 };
}

/**
 * Lays the graph out for a width and draws it; nodes `{id, title, detail, kind, family, hint}`.
 *
 * Left to right where that fits from 560 px on, else top to bottom. Returns the svg.
 */
export function drawGraph(graph, width, { label, gap = 18 }) {
  const nodes = graph.nodes.map(sized);
  const input = { nodes, edges: graph.edges };
  let plan = null;
  if (width >= 560) {
    plan = layout(input, { direction: "right", rankGap: 30, nodeGap: gap });
    const ranks = Math.max(1, new Set(plan.nodes.map((node) => node.x)).size - 1);
    const spare = Math.floor((width - 4 - plan.width) / ranks);
    if (spare < -8) plan = null;
    else {
      const rankGap = 30 + Math.max(-8, Math.min(spare, 40));
      plan = layout(input, { direction: "right", rankGap, nodeGap: gap });
    }
  }
  plan ??= layout(input, { direction: "down", rankGap: 26, nodeGap: Math.min(gap, 14) });
  return s("svg", {
    class: "graph", role: "img", "aria-label": label,
    width: plan.width + 4, height: plan.height + 4, viewBox: `-2 -2 ${plan.width + 4} ${plan.height + 4}`,
  }, plan.edges.map((edge) => edgeMark(edge, plan.direction)), plan.nodes.map(nodeMark));
}

function edgeMark({ d, tip, from, to }, direction) {
  const { x, y } = tip;
  const head = direction === "down"
    ? `M${x} ${y}l-4 -8h8z` : `M${x} ${y}l-8 -4v8z`;
  return s("g", { class: "edge", "data-from": from, "data-to": to },
    s("path", { class: "wire", d }), s("path", { class: "head", d: head }));
}

function nodeMark({ id, x, y, width, height, title, detail, kind, family, hint }) {
  const isPill = kind === "operation";
  return s("g", { class: isPill ? `pill family-${family}` : "state", "data-node": id },
    s("rect", {
      x: x - width / 2, y: y - height / 2, width, height,
      rx: isPill ? Math.min(14, height / 2) : 6,
    }),
    s("text", { class: "node-title", x, y: detail ? y - 3 : y + 4, "text-anchor": "middle" }, title),
    detail ? s("text", { class: "node-detail", x, y: y + 13, "text-anchor": "middle" }, detail) : null,
    hint ? s("title", {}, hint) : null);
}
