// Layered layout of a small directed acyclic graph: a pure function of its input, so that a figure
// never jumps between two updates. Longest-path ranks; an edge that passes through a layer gets a
// place of its own there; barycentre sweeps and adjacent swaps from seeded starts, best by
// crossings, then bends. Edges run straight through a layer and curve only between layers.

import { place } from "./placement.js";

/**
 * Lays a graph out.
 *
 * Nodes: `{id, width, height, rank?}` (ranks given for all or for none); edges: `{from, to}`.
 * Direction `right` runs left to right, `down` top to bottom. Gaps: `rank` between layers, `node`
 * between neighbours in a layer; `most`: how far to spread across the layers at most. Returns
 * `{width, height, crossings, nodes, edges}`: nodes by centre (`x`, `y`), edges with an SVG path
 * `d` and the `tip` of their arrow.
 */
export function layout(graph, { direction = "right", rankGap = 36, nodeGap = 18, most = Infinity } = {}) {
  const down = direction === "down";
  const real = graph.nodes.map((node) => ({
    node, rank: 0, ins: [], outs: [],
    along: down ? node.height : node.width, across: down ? node.width : node.height,
  }));
  const at = new Map(real.map((vertex, i) => [vertex.node.id, i]));
  const links = graph.edges.map(({ from, to }) => {
    if (!at.has(from) || !at.has(to)) throw new Error(`edge ${from} → ${to} names no node`);
    return [at.get(from), at.get(to)];
  });
  assignRanks(real, links);

  const vertices = [...real];
  const chains = links.map(([a, b]) => chain(vertices, a, b));
  const layers = [];
  vertices.forEach((vertex, i) => (layers[vertex.rank] ??= []).push(i));
  for (let i = 0; i < layers.length; i += 1) layers[i] ??= [];

  const { across, crossings } = place(vertices, layers, nodeGap, most);
  const ranks = spread(vertices, layers, rankGap);
  const breadth = Math.max(0, ...vertices.map((v, i) => across[i] + v.across / 2));
  const depth = ranks.length ? ranks.at(-1).end : 0;
  const point = (x, y) => (down ? `${round(y)} ${round(x)}` : `${round(x)} ${round(y)}`);
  const position = (x, y) => (down ? { x: round(y), y: round(x) } : { x: round(x), y: round(y) });

  return {
    direction, crossings,
    width: Math.ceil(down ? breadth : depth), height: Math.ceil(down ? depth : breadth),
    nodes: real.map((vertex, i) => ({
      ...vertex.node, ...position(ranks[vertex.rank].middle, across[i]),
    })),
    edges: graph.edges.map((edge, e) => {
      const path = route(chains[e], vertices, ranks, across);
      return { ...edge, d: trace(path, point), tip: position(...path.tip) };
    }),
  };
}

function round(value) {
  return Math.round(value * 10) / 10;
}

/** Longest-path ranks, or the given ones; a cycle is refused. */
function assignRanks(vertices, links) {
  const given = vertices.every((vertex) => Number.isInteger(vertex.node.rank));
  const waiting = vertices.map(() => 0);
  const next = vertices.map(() => []);
  for (const [a, b] of links) {
    waiting[b] += 1;
    next[a].push(b);
  }
  const ready = waiting.flatMap((count, i) => (count === 0 ? [i] : []));
  let seen = 0;
  for (let i; (i = ready.shift()) !== undefined; seen += 1) {
    for (const j of next[i]) {
      vertices[j].rank = Math.max(vertices[j].rank, vertices[i].rank + 1);
      waiting[j] -= 1;
      if (waiting[j] === 0) ready.push(j);
    }
  }
  if (seen < vertices.length) throw new Error("the graph has a cycle");
  if (!given) return;
  for (const vertex of vertices) vertex.rank = vertex.node.rank;
  for (const [a, b] of links) {
    if (vertices[a].rank >= vertices[b].rank) throw new Error("an edge does not lead to a later rank");
  }
}

/** Joins two vertices, with a vertex in every layer that the edge passes; returns the whole chain. */
function chain(vertices, from, to) {
  const path = [from];
  for (let rank = vertices[from].rank + 1; rank < vertices[to].rank; rank += 1) {
    vertices.push({ node: null, rank, ins: [], outs: [], along: 0, across: 0 });
    path.push(vertices.length - 1);
  }
  path.push(to);
  for (let i = 1; i < path.length; i += 1) {
    vertices[path[i - 1]].outs.push(path[i]);
    vertices[path[i]].ins.push(path[i - 1]);
  }
  return path;
}

/** Where each layer starts and ends along the main axis. */
function spread(vertices, layers, gap) {
  let start = 0;
  return layers.map((layer) => {
    const size = Math.max(0, ...layer.map((i) => vertices[i].along));
    const rank = { start, middle: start + size / 2, end: start + size };
    start += size + gap;
    return rank;
  });
}

/** The corners of an edge: straight from its node to the layer's end, through layers, into the next. */
function route(path, vertices, ranks, across) {
  const first = vertices[path[0]];
  const last = vertices[path.at(-1)];
  const pieces = [];
  let x = ranks[first.rank].middle + first.along / 2;
  for (let i = 1; i < path.length; i += 1) {
    const from = path[i - 1];
    const to = path[i];
    const leave = ranks[vertices[from].rank].end;
    const enter = ranks[vertices[to].rank].start;
    pieces.push({ x, leave, y: across[from], enter, next: across[to] });
    x = enter;
  }
  const tip = [ranks[last.rank].middle - last.along / 2, across[path.at(-1)]];
  return { pieces, tip };
}

const arrow = 7;

function trace({ pieces, tip }, point) {
  const first = pieces[0];
  let d = `M${point(first.x, first.y)}`;
  for (const piece of pieces) {
    const isLast = piece === pieces.at(-1);
    // The curve ends where the arrow begins, at the latest; it stays in the gap between two layers.
    const enter = isLast ? piece.enter - arrow : piece.enter;
    if (piece.leave > piece.x) d += `L${point(piece.leave, piece.y)}`;
    if (Math.abs(piece.y - piece.next) < 0.1) d += `L${point(enter, piece.next)}`;
    else {
      const half = (piece.leave + enter) / 2;
      d += `C${point(half, piece.y)} ${point(half, piece.next)} ${point(enter, piece.next)}`;
    }
  }
  return `${d}L${point(tip[0] - arrow, tip[1])}`;
}
