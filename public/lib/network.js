// The network as a chain of blocks, read off the scopes of its nodes: a cell's repeats are one
// block each, everything else is grouped by the shallowest scope that holds no cell. Equal blocks
// that follow one another are stacked.

import { s, textWidth } from "./dom.js";
import { layerName, liveNodes } from "./cell.js";
import { plural, shape, short, words } from "./format.js";

/** The blocks of an architecture in order: `{title, count, shape, input, parameters, macs, layers, isCell}`. */
export function networkBlocks(architecture) {
  const cells = architecture.cells.flatMap((cell) => (
    cell.repeats.map((scope) => ({ scope, name: words(cell.name) }))));
  const blocks = [];
  let before = null;
  for (const node of liveNodes(architecture)) {
    if (!node.inputs.length) {
      before = node;
      blocks.push({ title: "input", count: 1, shape: node.shape, layers: [], parameters: 0, macs: 0 });
      continue;
    }
    const key = blockKey(node.scope, cells);
    const last = blocks.at(-1);
    if (last?.key === key.scope) add(last, node);
    else {
      const block = {
        key: key.scope, title: key.title, isCell: key.isCell, count: 1, input: before?.shape,
        layers: [], parameters: 0, macs: 0,
      };
      add(block, node);
      blocks.push(block);
    }
    before = node;
  }
  return stacked(blocks.map(named));
}

function add(block, node) {
  block.layers.push(layerName(node));
  block.parameters += node.parameters;
  block.macs += node.macs;
  block.shape = node.shape;
}

function inside(scope, outer) {
  return scope === outer || scope.startsWith(`${outer}.`);
}

function blockKey(scope, cells) {
  const cell = cells.find((one) => inside(scope, one.scope));
  if (cell) return { scope: cell.scope, title: cell.name, isCell: true };
  const parts = scope.split(".");
  let depth = 1;
  while (depth < parts.length && cells.some((one) => inside(one.scope, parts.slice(0, depth).join(".")))) {
    depth += 1;
  }
  while (depth < parts.length && /^\d+$/.test(parts[depth])) depth += 1;
  const key = parts.slice(0, depth);
  const title = [...key].reverse().find((part) => !/^\d+$/.test(part)) ?? scope;
  return { scope: key.join("."), title: words(title), isCell: false };
}

/** A block of one layer is called after it. */
function named(block) {
  return block.layers.length === 1 && !block.isCell ? { ...block, title: block.layers[0] } : block;
}

function stacked(blocks) {
  const result = [];
  for (const block of blocks) {
    const last = result.at(-1);
    const same = last && last.title === block.title && last.isCell === block.isCell
      && shape(last.shape) === shape(block.shape) && last.layers.join() === block.layers.join();
    if (same && block.key) {
      last.count += 1;
      last.parameters += block.parameters;
      last.macs += block.macs;
    } else result.push({ ...block });
  }
  return result;
}

/** What a block is, in one sentence. */
export function blockSentence(block) {
  const repeat = block.count > 1 ? `${block.count} times, ` : "";
  const from = block.input ? `${shape(block.input)} in, ` : "";
  return `${block.title}: ${repeat}${from}${shape(block.shape)} out, ${short(block.parameters)} parameters, `
    + `${short(block.macs)} macs${block.layers.length ? `; ${layerList(block)}` : ""}.`;
}

function layerList({ layers, count }) {
  const counts = new Map();
  for (const layer of layers) counts.set(layer, (counts.get(layer) ?? 0) + 1);
  const list = [...counts].map(([layer, n]) => (n > 1 ? `${n} ${layer}` : layer)).join(", ");
  return `${plural(layers.length, "layer")}${count > 1 ? " each" : ""}: ${list}`;
}

const height = 32;
const rowHeight = 74;
const gap = 24;

/** Draws the chain for a width, in rows where it is longer; `onPick` gets the index of a block. */
export function drawNetwork(blocks, width, { label, picked, onPick }) {
  let x = 2;
  let row = 0;
  const placed = blocks.map((block) => {
    const title = block.count > 1 ? `${block.title} ×${block.count}` : block.title;
    const size = Math.max(textWidth(title, 12, 600) + 20, textWidth(shape(block.shape), 11) + 6, 44);
    const stack = block.count > 1 ? 8 : 0;
    if (x > 2 && x + size + stack > width) {
      x = 2;
      row += 1;
    }
    const place = { block, title, x, y: 10 + row * rowHeight, size, row };
    x += size + stack + gap;
    return place;
  });
  const svg = s("svg", {
    class: "network", role: "group", "aria-label": label, width, height: (row + 1) * rowHeight - 6,
  });
  placed.forEach((place, i) => {
    const next = placed[i + 1];
    if (next) svg.append(link(place, next, width));
    svg.append(blockMark(place, i === picked, () => onPick(i)));
  });
  return svg;
}

function link(from, to, width) {
  const start = from.x + from.size + (from.block.count > 1 ? 8 : 0);
  const y = from.y + height / 2;
  if (from.row === to.row) {
    return s("g", { class: "edge" },
      s("path", { class: "wire", d: `M${start} ${y}H${to.x - 7}` }),
      s("path", { class: "head", d: `M${to.x} ${y}l-8 -4v8z` }));
  }
  const end = Math.min(width - 2, start + 10);
  return s("g", { class: "edge" }, s("path", { class: "wire", d: `M${start} ${y}H${end}` }));
}

function blockMark({ block, title, x, y, size }, isPicked, onPick) {
  const layers = block.count > 1 ? [8, 4, 0] : [0];
  const key = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onPick();
  };
  return s("g", {
    class: `block${block.isCell ? " is-cell" : ""}${isPicked ? " picked" : ""}`, role: "button", tabindex: 0,
    "aria-pressed": isPicked ? "true" : "false", "aria-label": blockSentence(block), onclick: onPick, onkeydown: key,
  },
  layers.map((shift) => s("rect", { x: x + shift, y: y - shift, width: size, height, rx: 6 })),
  s("text", { class: "node-title", x: x + size / 2, y: y + height / 2 + 4, "text-anchor": "middle" }, title),
  s("text", { class: "shape", x: x + size / 2, y: y + height + 16, "text-anchor": "middle" }, shape(block.shape)));
}
