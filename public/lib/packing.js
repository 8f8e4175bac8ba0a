// Ranks for a graph that must not be wider than a column: a layer takes only so many boxes as fit,
// the rest go to the layer above. Each box stands as near as it can to what reads it.

/**
 * The nodes with a `rank` each, so that the boxes of a rank and the gaps between them take at most
 * `width` (a single box may be wider). Nodes need a `width`; edges must form no cycle. Nodes that
 * read nothing stand in the first rank.
 */
export function packed({ nodes, edges }, width, gap) {
  const at = new Map(nodes.map((node, i) => [node.id, i]));
  const readers = nodes.map(() => []);
  const isSource = nodes.map(() => true);
  for (const { from, to } of edges) {
    readers[at.get(from)].push(at.get(to));
    isSource[at.get(to)] = false;
  }
  const level = nodes.map(() => -1);
  const used = [];
  for (const i of readersFirst(readers)) {
    let wanted = readers[i].reduce((most, reader) => Math.max(most, level[reader] + 1), 0);
    const size = nodes[i].width + gap;
    while ((used[wanted] ?? 0) > 0 && used[wanted] + size - gap > width) wanted += 1;
    level[i] = wanted;
    used[wanted] = (used[wanted] ?? 0) + size;
  }
  const inner = level.filter((_, i) => !isSource[i]);
  const top = Math.max(0, ...inner.map((one) => one + 1), ...(inner.length ? [] : level));
  return nodes.map((node, i) => ({ ...node, rank: isSource[i] ? 0 : top - level[i] }));
}

/** Indices ordered so that all readers of a node come before it; the last nodes first. */
function readersFirst(readers) {
  const order = [];
  const seen = readers.map(() => false);
  const visit = (i) => {
    if (seen[i]) return;
    seen[i] = true;
    for (const reader of readers[i]) visit(reader);
    order.push(i);
  };
  for (let i = readers.length - 1; i >= 0; i -= 1) visit(i);
  return order;
}
