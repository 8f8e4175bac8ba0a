// The two hard parts of a layered layout: the order within each layer (few crossings) and the
// place across it (straight edges). Works on vertices `{ins, outs, across, node}` and layers of
// vertex indices; a vertex without a node stands for an edge that passes through its layer.

/**
 * Orders and places the vertices; returns their centres across the layers and the crossings. No
 * vertex stands beyond `breadth`, but in layers that are wider than it by themselves.
 */
export function place(vertices, layers, gap, breadth = Infinity) {
  const random = generator(1);
  const starts = vertices.length <= 60 ? 40 : Math.max(2, Math.floor(2400 / vertices.length));
  let best = null;
  for (let start = 0; start < starts; start += 1) {
    const order = layers.map((layer) => (start === 0 ? [...layer] : shuffled(layer, random)));
    untangle(vertices, order);
    const crossings = countCrossings(vertices, order);
    if (best && crossings > best.crossings) continue;
    const across = settle(vertices, order, gap, breadth);
    const { bends, length } = roughness(vertices, across);
    const better = !best || crossings < best.crossings || bends < best.bends
      || (bends === best.bends && length < best.length - 0.5);
    if (better) best = { crossings, bends, length, across };
    if (crossings === 0 && bends === 0) break;
  }
  return best ?? { across: [], crossings: 0 };
}

/** A small seeded generator (mulberry32): the same figure on every machine. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffled(list, random) {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/** Barycentre sweeps down and up, then swaps of neighbours while they help. */
function untangle(vertices, order) {
  const slot = vertices.map(() => 0);
  const number = (layer) => layer.forEach((v, i) => { slot[v] = i; });
  order.forEach(number);
  const sweep = (layer, side) => {
    const keys = new Map(layer.map((v) => {
      const near = vertices[v][side];
      return [v, near.length ? near.reduce((sum, u) => sum + slot[u], 0) / near.length : slot[v]];
    }));
    layer.sort((a, b) => keys.get(a) - keys.get(b) || slot[a] - slot[b]);
    number(layer);
  };
  for (let round = 0; round < 6; round += 1) {
    for (const layer of order) sweep(layer, "ins");
    for (const layer of [...order].reverse()) sweep(layer, "outs");
  }
  const cost = (a, b) => pairCrossings(vertices[a].ins, vertices[b].ins, slot)
    + pairCrossings(vertices[a].outs, vertices[b].outs, slot);
  for (let round = 0, moved = true; moved && round < 12; round += 1) {
    moved = false;
    for (const layer of order) {
      for (let i = 1; i < layer.length; i += 1) {
        const [a, b] = [layer[i - 1], layer[i]];
        if (cost(b, a) >= cost(a, b)) continue;
        [layer[i - 1], layer[i]] = [b, a];
        number(layer);
        moved = true;
      }
    }
  }
}

/** Crossings between the edges of two neighbours, the first standing above the second. */
function pairCrossings(above, below, slot) {
  let count = 0;
  for (const a of above) for (const b of below) if (slot[a] > slot[b]) count += 1;
  return count;
}

function countCrossings(vertices, order) {
  const slot = vertices.map(() => 0);
  order.forEach((layer) => layer.forEach((v, i) => { slot[v] = i; }));
  let count = 0;
  for (const layer of order) {
    for (let i = 0; i < layer.length; i += 1) {
      for (let j = i + 1; j < layer.length; j += 1) {
        count += pairCrossings(vertices[layer[i]].outs, vertices[layer[j]].outs, slot);
      }
    }
  }
  return count;
}

function separation(vertices, a, b, gap) {
  const both = vertices[a].node && vertices[b].node;
  return (vertices[a].across + vertices[b].across) / 2 + (both ? gap : gap * 0.75);
}

/** Places every layer: weighted least squares against the neighbours, kept apart, then straightened. */
function settle(vertices, order, gap, breadth) {
  const across = vertices.map(() => 0);
  const push = (layer, sides) => {
    const wishes = layer.map((v) => wish(vertices, across, v, sides));
    spaced(layer, wishes, vertices, gap, breadth).forEach((y, i) => { across[layer[i]] = y; });
  };
  for (const layer of order) push(layer, []);
  for (let round = 0; round < 10; round += 1) {
    for (const layer of order) push(layer, ["ins"]);
    for (const layer of [...order].reverse()) push(layer, ["outs"]);
  }
  for (const layer of order) push(layer, ["ins", "outs"]);
  straighten(vertices, order, across, gap, breadth);
  const low = Math.min(...vertices.map((vertex, i) => across[i] - vertex.across / 2));
  return across.map((y) => y - low);
}

function half(vertices, v) {
  return vertices[v].across / 2;
}

/** Where a vertex would like to be, and how strongly. */
function wish(vertices, across, v, sides) {
  let sum = 0;
  let weight = 0;
  for (const side of sides) {
    for (const u of vertices[v][side]) {
      const strength = (vertices[v].node ? 1 : 3) * (vertices[u].node ? 1 : 3);
      sum += across[u] * strength;
      weight += strength;
    }
  }
  return weight ? { y: sum / weight, weight } : { y: across[v], weight: 0.1 };
}

/** The places closest to the wishes that keep their order and distances (pool adjacent violators). */
function spaced(layer, wishes, vertices, gap, breadth) {
  const offsets = [0];
  for (let i = 1; i < layer.length; i += 1) {
    offsets.push(offsets[i - 1] + separation(vertices, layer[i - 1], layer[i], gap));
  }
  const pools = [];
  wishes.forEach(({ y, weight }, i) => {
    let pool = { sum: (y - offsets[i]) * weight, weight, count: 1 };
    while (pools.length && pools.at(-1).sum / pools.at(-1).weight > pool.sum / pool.weight) {
      const last = pools.pop();
      pool = { sum: pool.sum + last.sum, weight: pool.weight + last.weight, count: pool.count + last.count };
    }
    pools.push(pool);
  });
  const means = pools.flatMap((pool) => Array(pool.count).fill(pool.sum / pool.weight));
  const [least, most] = Number.isFinite(breadth) && layer.length
    ? [half(vertices, layer[0]), breadth - half(vertices, layer.at(-1)) - offsets.at(-1)] : [-Infinity, Infinity];
  return means.map((y, i) => (least <= most ? Math.min(most, Math.max(least, y)) : y) + offsets[i]);
}

/** Moves each unbranched run of vertices to one line wherever its neighbours leave room. */
function straighten(vertices, order, across, gap, breadth) {
  const above = new Map();
  const below = new Map();
  for (const layer of order) {
    for (let i = 1; i < layer.length; i += 1) {
      above.set(layer[i], layer[i - 1]);
      below.set(layer[i - 1], layer[i]);
    }
  }
  const runs = unbranchedRuns(vertices);
  for (let round = 0; round < 6; round += 1) {
    for (const run of round % 2 ? [...runs].reverse() : runs) {
      let [low, high] = Number.isFinite(breadth)
        ? [Math.max(...run.map((v) => half(vertices, v))), breadth - Math.max(...run.map((v) => half(vertices, v)))] : [-Infinity, Infinity];
      for (const v of run) {
        const [a, b] = [above.get(v), below.get(v)];
        if (a !== undefined) low = Math.max(low, across[a] + separation(vertices, a, v, gap));
        if (b !== undefined) high = Math.min(high, across[b] - separation(vertices, v, b, gap));
      }
      if (low > high) continue;
      const ends = [...vertices[run[0]].ins, ...vertices[run.at(-1)].outs];
      const near = ends.length ? ends : run;
      const y = near.reduce((sum, v) => sum + across[v], 0) / near.length;
      for (const v of run) across[v] = Math.min(high, Math.max(low, y));
    }
  }
}

function unbranchedRuns(vertices) {
  const joins = (a, b) => vertices[a].outs.length === 1 && vertices[b].ins.length === 1;
  const runs = [];
  vertices.forEach((vertex, v) => {
    if (vertex.ins.length === 1 && joins(vertex.ins[0], v)) return;
    const run = [v];
    for (let end = v; vertices[end].outs.length === 1 && joins(end, vertices[end].outs[0]);) {
      [end] = vertices[end].outs;
      run.push(end);
    }
    runs.push(run);
  });
  return runs;
}

function roughness(vertices, across) {
  let bends = 0;
  let length = 0;
  vertices.forEach((vertex, v) => vertex.outs.forEach((u) => {
    const step = Math.abs(across[u] - across[v]);
    if (step > 0.5) bends += 1;
    length += step;
  }));
  return { bends, length };
}
