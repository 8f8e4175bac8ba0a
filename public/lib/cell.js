// What is drawn of an architecture: its cells as graphs of states and operations, and where a space
// has no cells, the graph of its layers. Reads only the fields of an architecture, never a space.

import { operationFamily, operationName, plural, shape, short, words } from "./format.js";

/** A cell as a graph for `drawGraph`: an operation's pill in the middle rank of its edge. */
export function cellGraph(cell) {
  const live = cell.edges.filter((edge) => edge.live && edge.operation !== "none");
  const used = new Set(live.flatMap((edge) => [edge.from, edge.to]));
  const ranks = stateRanks(cell.states.length, live);
  const states = cell.states.flatMap((title, i) => (
    used.has(i) ? [{ id: `s${i}`, title: words(title), kind: "state", rank: ranks[i] * 2 }] : []));
  const pills = live.map((edge, i) => ({
    id: `o${i}`, title: operationName(edge.operation), kind: "operation",
    family: operationFamily(edge.operation), rank: ranks[edge.from] + ranks[edge.to],
    hint: `${operationName(edge.operation)} from ${words(cell.states[edge.from])} to ${words(cell.states[edge.to])}`,
  }));
  const edges = live.flatMap((edge, i) => [
    { from: `s${edge.from}`, to: `o${i}` }, { from: `o${i}`, to: `s${edge.to}` }]);
  return { nodes: [...states, ...pills], edges };
}

/** Longest-path ranks of a cell's states. */
function stateRanks(count, edges) {
  const ranks = Array(count).fill(0);
  for (let round = 0; round < count; round += 1) {
    for (const { from, to } of edges) ranks[to] = Math.max(ranks[to], ranks[from] + 1);
  }
  return ranks;
}

/** A sentence on what a cell's figure leaves out; empty where nothing is. */
export function cellNote(cell) {
  const dead = cell.edges.filter((edge) => !edge.live && edge.operation !== "none").length;
  const none = cell.edges.filter((edge) => edge.operation === "none").length;
  const parts = [];
  if (none) parts.push(`${plural(none, "edge")} with no operation`);
  if (dead) parts.push(`${plural(dead, "operation")} on no path from input to output`);
  return parts.length ? `Left out: ${parts.join(" and ")}.` : "";
}

/** The cell in words, for those who cannot see it. */
export function cellSentence(cell) {
  const parts = cell.edges.filter((edge) => edge.live && edge.operation !== "none").map((edge) => (
    `${operationName(edge.operation)} from ${words(cell.states[edge.from])} to ${words(cell.states[edge.to])}`));
  return parts.length ? parts.join(", ") : "no live operation";
}

const trailing = new Set(["batch_norm", "relu", "dropout", "identity", "spatial_pad"]);

/** The operation of a node as one name: `conv 3×5`. */
export function layerName({ layer }) {
  const { operation, kernel } = layer;
  const size = Array.isArray(kernel) ? kernel : kernel ? [kernel, kernel] : null;
  const name = operationName(operation);
  return size ? `${name} ${size[0]}×${size[1]}` : name;
}

function layerFamily({ layer }) {
  const size = [layer.kernel ?? []].flat();
  if (layer.operation === "conv2d" && layer.groups > 1) return "separable";
  if (layer.operation === "conv2d" && size.every((side) => side === 1)) return "pointwise";
  return operationFamily(layer.operation);
}

/** The live nodes of an architecture. */
export function liveNodes(architecture) {
  const dead = new Set(architecture.dead);
  return architecture.nodes.filter((node) => !dead.has(node.id));
}

/**
 * The live layers as a graph: normalisation, activation and the like are folded into the layer
 * they follow where nothing else reads it.
 */
export function layerGraph(architecture) {
  const nodes = liveNodes(architecture);
  const live = new Set(nodes.map((node) => node.id));
  const readers = new Map();
  for (const node of nodes) for (const id of node.inputs) readers.set(id, (readers.get(id) ?? 0) + 1);
  const home = new Map();
  const groups = new Map();
  for (const node of nodes) {
    const [before] = node.inputs;
    const folds = node.inputs.length === 1 && trailing.has(node.layer.operation)
      && readers.get(before) === 1 && groups.get(home.get(before))?.inputs.length > 0;
    const key = folds ? home.get(before) : node.id;
    home.set(node.id, key);
    if (folds) groups.get(key).members.push(node);
    else groups.set(key, { inputs: node.inputs.filter((id) => live.has(id)), members: [node] });
  }
  const edges = [];
  const boxes = [...groups].map(([id, { inputs, members }]) => {
    for (const from of new Set(inputs.map((input) => home.get(input)))) edges.push({ from, to: id });
    const parameters = members.reduce((sum, node) => sum + node.parameters, 0);
    const isInput = inputs.length === 0;
    const family = layerFamily(members[0]);
    return {
      id, title: isInput ? "input" : layerName(members[0]), detail: shape(members.at(-1).shape),
      kind: isInput || family === "plain" ? "state" : "operation", family,
      hint: `${members.map(layerName).join(", ")}; ${short(parameters)} parameters`,
    };
  });
  return { nodes: boxes, edges };
}
