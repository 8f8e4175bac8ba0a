"""The layout as a pure function, run in the browser: no overlap, no edge under a node, no jumps."""
import json

import fixture_networks

LIBRARY = r"""
async () => {
  const [{ layout }, { cellGraph, cellNote, cellSentence, layerGraph, layerNote }, { fitted, sized }, { networkBlocks }, { packed }] = await Promise.all([
    import(new URL('lib/layout.js', document.baseURI)), import(new URL('lib/cell.js', document.baseURI)),
    import(new URL('lib/graph.js', document.baseURI)), import(new URL('lib/network.js', document.baseURI)),
    import(new URL('lib/packing.js', document.baseURI))]);
  const faults = (plan) => {
    const found = [];
    const inside = (node, x, y, slack) => Math.abs(x - node.x) < node.width / 2 - slack && Math.abs(y - node.y) < node.height / 2 - slack;
    plan.nodes.forEach((a, i) => plan.nodes.slice(i + 1).forEach((b) => {
      if (Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2) found.push(`${a.id} lies on ${b.id}`);
    }));
    for (const node of plan.nodes) {
      if (node.x - node.width / 2 < -0.2 || node.y - node.height / 2 < -0.2 || node.x + node.width / 2 > plan.width + 0.2
        || node.y + node.height / 2 > plan.height + 0.2) found.push(`${node.id} lies outside`);
    }
    for (const edge of plan.edges) {
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('d', edge.d);
      const length = path.getTotalLength();
      for (let at = 0; at <= length; at += 4) {
        const { x, y } = path.getPointAtLength(at);
        const hit = plan.nodes.find((node) => inside(node, x, y, 0.6));
        if (hit) { found.push(`edge ${edge.from} to ${edge.to} runs under ${hit.id}`); break; }
      }
    }
    return found;
  };
  const cell = (choice) => {
    const names = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'];
    const pairs = [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3], [2, 3]];
    return { states: ['input', 'node 1', 'node 2', 'output'], edges: pairs.map(([from, to], i) => ({
      from, to, operation: names[choice[i]], live: true })) };
  };
  let state = 12345;
  const draw = (n) => { state = (Math.imul(state, 1103515245) + 12345) >>> 0; return (state >>> 8) % n; };
  WORK
}
"""


def run(checks):
    def work(script):
        return checks.eval("(" + LIBRARY.replace("WORK", script) + ")()")

    def cells():
        found = work("""
          const found = []; let crossings = 0; let missing = 0;
          for (let n = 0; n < 60; n += 1) {
            const graph = cellGraph(cell([0, 0, 0, 0, 0, 0].map(() => draw(5))));
            for (const direction of ['right', 'down']) {
              const plan = layout({ nodes: graph.nodes.map((node) => sized(node)), edges: graph.edges }, { direction });
              found.push(...faults(plan)); crossings += plan.crossings;
              if (plan.nodes.length !== graph.nodes.length || plan.edges.length !== graph.edges.length) missing += 1;
            }
          }
          return { found: found.slice(0, 5), crossings, missing };""")
        checks.equal(found["found"], [], "faults")
        checks.equal(found["missing"], 0, "plans with other nodes or edges")
        assert found["crossings"] <= 2, f"{found['crossings']} crossings in 120 figures"

    def middle():
        found = work("""
          const plan = layout({ ...cellGraph(cell([3, 3, 3, 3, 3, 3])), nodes: cellGraph(cell([3, 3, 3, 3, 3, 3])).nodes.map((node) => sized(node)) });
          const x = (id) => plan.nodes.find((node) => node.id === id).x;
          return [x('o3') - x('s0'), x('s3') - x('o3'), x('s0') < x('s1'), x('s1') < x('s2'), x('s2') < x('s3')];""")
        assert abs(found[0] - found[1]) < 40 and all(found[2:]), f"pill of the long edge is not in its middle: {found}"

    def random_graphs():
        found = work("""
          const found = [];
          for (let n = 0; n < 20; n += 1) {
            const size = 3 + draw(16); const nodes = []; const edges = [];
            for (let i = 0; i < size; i += 1) {
              nodes.push({ id: i, width: 30 + draw(80), height: 24 + draw(20) });
              const ins = new Set(); for (let k = 0; i && k < 1 + draw(3); k += 1) ins.add(draw(i));
              for (const from of ins) edges.push({ from, to: i });
            }
            for (const direction of ['right', 'down']) found.push(...faults(layout({ nodes, edges }, { direction })));
          }
          return found.slice(0, 5);""")
        checks.equal(found, [], "faults")

    def same_twice():
        checks.holds(json.dumps(work("""
          const graph = cellGraph(cell([1, 2, 3, 4, 3, 2])); const input = { nodes: graph.nodes.map((node) => sized(node)), edges: graph.edges };
          return JSON.stringify(layout(input)) === JSON.stringify(layout(structuredClone(input)));""")))

    def refusals():
        found = work("""
          const node = (id) => ({ id, width: 10, height: 10 }); const said = [];
          for (const edges of [[{ from: 1, to: 2 }, { from: 2, to: 1 }], [{ from: 1, to: 1 }], [{ from: 1, to: 9 }]]) {
            try { layout({ nodes: [node(1), node(2)], edges }); said.push('taken'); } catch (error) { said.push(error.message); }
          }
          const empty = layout({ nodes: [], edges: [] });
          return [...said, empty.width, layout({ nodes: [node(1)], edges: [] }).nodes[0].x];""")
        checks.equal(found, ["the graph has a cycle", "the graph has a cycle", "edge 1 → 9 names no node", 0, 5])

    def dead_parts():
        found = work("""
          const made = cell([3, 0, 0, 0, 1, 0]); made.edges[0].live = false;
          return cellGraph(made).nodes.map((node) => node.title);""")
        checks.equal(found, ["node 1", "output", "skip"], "nodes drawn")

    def whole_networks():
        architectures = [next(iter(checks.fixture.jobs[key].architectures.values()))
                         for key in ("job_running", "job_chain", "job_table")]
        architectures.append(fixture_networks.bench_cell((3, 1, 0, 4, 2, 3), repeats=5))
        found = work("""
          const [bench, chain, table, deep] = %s;
          const titles = (one) => networkBlocks(one).map((block) => (block.count > 1 ? `${block.title} x${block.count}` : block.title));
          const plans = [bench, chain, table].map((one) => { const graph = layerGraph(one); return layout({ nodes: graph.nodes.map((node) => sized(node)), edges: graph.edges }, { direction: 'down' }); });
          return { deep: titles(deep), titles: titles(bench), faults: plans.flatMap(faults).slice(0, 4), folded: plans[2].nodes.map((node) => node.title) };"""
                     % json.dumps(architectures))
        checks.equal(found["faults"], [], "faults")
        checks.equal(found["titles"], ["input", "stem", "cell", "reduction", "cell", "reduction", "cell", "head"], "blocks")
        checks.equal(found["deep"], ["input", "stem", "cell x5", "reduction", "cell x5", "reduction", "cell x5", "head"], "stacks")
        assert set(found["folded"]) == {"input", "linear"}, found["folded"]

    for name, check in [
            ("60 cells in both directions have no overlap and no edge under a node", cells),
            ("an operation stands in the middle of its edge", middle),
            ("random graphs have no overlap and no edge under a node", random_graphs),
            ("the same graph is laid out the same twice", same_twice),
            ("a cycle and an unknown node are refused", refusals),
            ("dead and empty edges are left out", dead_parts),
            ("the blocks of a network are read off its scopes", whole_networks)]:
        checks.run("layout: " + name, check)
