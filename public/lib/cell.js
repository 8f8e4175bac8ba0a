// What is drawn of an architecture: its cells as graphs of states and operations, and where a space
// has no cells, the graph of its layers. Reads only the fields of an architecture, never a space.

import { operationFamily, operationName, plural, shape, short, shortOperationName, words } from "./format.js";

/** Operations that only join what enters a state: drawn as plain edges into it. */
const joining = new Set(["add", "sum", "concat"]);

/** The edges of a cell that are drawn. */
function liveEdges(cell) {
  return cell.edges.filter((edge) => edge.live && edge.operation !== "none");
}

/**
 * True for a cell whose states are layers: all that enters a state enters one and the same
 * operation, so that the state is that operation.
 */
function isLayered(cell) {
  const entering = cell.states.map((_, i) => cell.edges.filter((edge) => edge.to === i));
  return cell.edges.length > 0 && entering.every((edges) => (
    edges.length < 2 || edges.every(({ operation }) => operation === edges[0].operation && joining.has(operation))));
}

/** A cell as a graph for `drawGraph`: states and, in the middle rank of its edge, each operation. */
export function cellGraph(cell) {
  return isLayered(cell) ? layeredGraph(cell) : stateGraph(cell);
}

/** The operation that joins all that enters a state, or an empty text. */
function joint(edges) {
  return edges.length && edges.every(({ operation }) => joining.has(operation)) ? edges[0].operation : "";
}

function stateGraph(cell) {
  const live = liveEdges(cell);
  const used = new Set(live.flatMap((edge) => [edge.from, edge.to]));
  const ranks = stateRanks(cell.states.length, live);
  const joints = cell.states.map((_, i) => joint(live.filter((edge) => edge.to === i)));
  const nodes = cell.states.flatMap((title, i) => (
    used.has(i) ? [{ id: `s${i}`, ...stateWords(title, joints[i]), kind: "state", rank: ranks[i] * 2 }] : []));
  const edges = [];
  live.forEach((edge, i) => {
    if (joints[edge.to]) {
      edges.push({ from: `s${edge.from}`, to: `s${edge.to}` });
      return;
    }
    nodes.push({ ...operationNode(`o${i}`, edge.operation), rank: ranks[edge.from] + ranks[edge.to],
      hint: `${operationName(edge.operation)} from ${words(cell.states[edge.from])} to ${words(cell.states[edge.to])}` });
    edges.push({ from: `s${edge.from}`, to: `o${i}` }, { from: `o${i}`, to: `s${edge.to}` });
  });
  return { nodes, edges };
}

/** A state's name and how it joins what enters it: `block 1 (add)` stands in two lines. */
function stateWords(name, join) {
  const [, title, detail] = name.match(/^(.+) \((.+)\)$/) ?? [null, name, join];
  return { title: words(title), detail };
}

function operationNode(id, operation) {
  return { id, title: operationName(operation), short: shortOperationName(operation), kind: "operation", family: operationFamily(operation) };
}

/** Every layer one box with its operation and its name in the code; input and output as states. */
function layeredGraph(cell) {
  const live = liveEdges(cell);
  const nodes = cell.states.flatMap((name, i) => {
    const entering = live.filter((edge) => edge.to === i);
    const isLast = !live.some((edge) => edge.from === i);
    if (!entering.length && isLast) return [];
    const join = joint(entering);
    if (!entering.length || isLast) return [{ id: `s${i}`, ...stateWords(name, join), kind: "state" }];
    const from = entering.map((edge) => words(cell.states[edge.from])).join(" and ");
    const hint = `${words(name)}: ${operationName(entering[0].operation)} of ${from}`;
    if (join) return [{ id: `s${i}`, title: join, detail: words(name), kind: "state", hint }];
    return [{ ...operationNode(`s${i}`, entering[0].operation), detail: words(name), hint }];
  });
  return { nodes, edges: live.map(({ from, to }) => ({ from: `s${from}`, to: `s${to}` })) };
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
  const unread = cell.states.filter((_, i) => !cell.edges.some(({ from, to, operation }) => to === i || (from === i && operation !== "none")));
  const sentences = [parts.length && `Left out: ${parts.join(" and ")}.`, unread.length && `Not read: ${unread.map(words).join(", ")}.`];
  return sentences.filter(Boolean).join(" ");
}

/** The cell in words, for those who cannot see it. */
export function cellSentence(cell) {
  const parts = liveEdges(cell).map((edge) => (
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

/** Layers that only bring inputs together, drawn as arrows into the layer that reads them. */
const leading = new Set(["concat", "spatial_pad"]);

/**
 * The live layers as a graph: normalisation, activation and the like are folded into the layer
 * they follow where nothing else reads it, a concatenation into the layer that alone reads it.
 */
export function layerGraph(architecture) {
  const nodes = liveNodes(architecture);
  const readers = new Map();
  for (const node of nodes) for (const id of node.inputs) readers.set(id, (readers.get(id) ?? 0) + 1);
  const gathered = new Map();
  const home = new Map();
  const groups = new Map();
  for (const node of nodes) {
    const inputs = node.inputs.flatMap((id) => gathered.get(id)?.inputs ?? [id]);
    const before = node.inputs.flatMap((id) => gathered.get(id)?.members ?? []);
    if (leading.has(node.layer.operation) && readers.get(node.id) === 1) {
      gathered.set(node.id, { inputs, members: [...before, node] });
      continue;
    }
    const [only] = node.inputs;
    const folds = node.inputs.length === 1 && trailing.has(node.layer.operation)
      && readers.get(only) === 1 && groups.get(home.get(only))?.inputs.length > 0;
    const key = folds ? home.get(only) : node.id;
    home.set(node.id, key);
    if (folds) groups.get(key).members.push(node);
    else groups.set(key, { inputs, main: node, members: [...before, node] });
  }
  const edges = [];
  const boxes = [...groups].map(([id, { inputs, main, members }]) => {
    for (const from of new Set(inputs.map((input) => home.get(input)))) edges.push({ from, to: id });
    const parameters = members.reduce((sum, node) => sum + node.parameters, 0);
    const isInput = inputs.length === 0;
    const family = layerFamily(main);
    return {
      id, title: isInput ? "input" : layerName(main), detail: shape(members.at(-1).shape),
      kind: isInput || family === "plain" ? "state" : "operation", family, isJoining: members[0] !== main,
      hint: `${members.map(layerName).join(", ")}; ${short(parameters)} parameters`,
    };
  });
  return { nodes: boxes, edges };
}

/** What a figure of layers leaves unsaid. */
export function layerNote(graph, { dead }) {
  const parts = [];
  if (graph.nodes.some((node) => node.isJoining)) parts.push("Several arrows into a layer: it reads their concatenation.");
  if (dead.length) parts.push(`Left out: ${plural(dead.length, "layer")} on no path from input to output.`);
  return parts.join(" ");
}
