// Draws a laid out graph as SVG: states as white boxes, operations as filled pills with their name.

import { s, textWidth } from "./dom.js";
import { layout } from "./layout.js";
import { packed } from "./packing.js";

/** The size a box needs for its words: `title`, and below it a smaller `detail`; tight: short names, small margins. */
export function sized(node, isTight = false) {
  const name = isTight && node.short ? node.short : node.title;
  const title = textWidth(name, 12, 600);
  const detail = node.detail ? textWidth(node.detail, 11) : 0;
  const margin = isTight ? 14 : 24;
  return { ...node, title: name, width: Math.ceil(Math.max(title, detail, 28)) + margin, height: node.detail ? 42 : 28 };
}

const normal = { rank: 30, node: 18 };
const close = { rank: 20, node: 12 };
const tight = { rank: 20, node: 8, isTight: true };
const narrow = { ...tight, rank: 30 };

/** A layout whose ranks stand so far apart that it fills the width, where it fits at all. */
function spreadOut(graph, gaps, width) {
  const plan = arranged(graph, "right", gaps);
  const ranks = Math.max(1, new Set(plan.nodes.map((node) => node.x)).size - 1);
  const spare = Math.floor((width - plan.width) / ranks);
  return spare > 0 ? arranged(graph, "right", { ...gaps, rank: gaps.rank + Math.min(spare, 40) }) : plan;
}

function arranged(graph, direction, { rank, node, isTight = false }, most) {
  const input = { nodes: graph.nodes.map((one) => sized(one, isTight)), edges: graph.edges };
  return layout(input, { direction, rankGap: rank, nodeGap: node, most });
}

/** Top to bottom with only so many boxes side by side as the width takes beside the edges that pass. */
function column(graph, width, room) {
  const nodes = packed({ nodes: graph.nodes.map((one) => sized(one, true)), edges: graph.edges }, width - room, tight.node);
  return layout({ nodes, edges: graph.edges }, {
    direction: "down", rankGap: tight.rank, nodeGap: tight.node, most: width,
  });
}

/**
 * The first layout that fits the width: left to right from 560 px on, else top to bottom, then
 * closer together, then with fewer boxes side by side (not where `packs` is false); where none
 * fits, the narrowest.
 */
export function fitted(graph, width, { packs = true } = {}) {
  const ways = [
    ...(width >= 560 ? [() => spreadOut(graph, normal, width), () => arranged(graph, "right", close)] : []),
    () => arranged(graph, "down", { rank: 26, node: 14 }, width), () => arranged(graph, "down", narrow, width),
    () => spreadOut(graph, tight, width),
    ...(packs ? [20, 60, 100, 140, 180] : []).map((room) => () => column(graph, width, room))];
  let narrowest = null;
  for (const way of ways) {
    const plan = way();
    if (plan.width <= width) return plan;
    if (!narrowest || plan.width < narrowest.width) narrowest = plan;
  }
  return narrowest;
}

/** A figure a little too wide is drawn smaller, down to 11 px for its words; a wider one scrolls. */
const leastScale = 11 / 12;

/**
 * Lays the graph out for a width and draws it; nodes `{id, title, short, detail, kind, family, hint}`.
 */
export function drawGraph(graph, width, { label }) {
  const plan = fitted(graph, width - 4);
  const size = [plan.width + 4, plan.height + 4];
  const scale = width / size[0] >= leastScale ? Math.min(1, width / size[0]) : 1;
  return s("svg", {
    class: "graph", role: "img", "aria-label": label,
    width: Math.floor(size[0] * scale), height: Math.ceil(size[1] * scale), viewBox: `-2 -2 ${size.join(" ")}`,
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
