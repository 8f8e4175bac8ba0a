"""Figures of spaces with several cells, blocks whose states are layers, and chains with skips."""
import json

import fixture_cells
from layout_checks import LIBRARY


def run(checks):
    browser = checks.browser

    def work(script):
        if not checks.eval("location.href").startswith(checks.fixture.url):
            checks.open("datasets.html")
        return checks.eval("(" + LIBRARY.replace("WORK", script) + ")()")

    def new_spaces():
        cells = [one for seed in range(12) for one in fixture_cells.two_cells(seed)["cells"]]
        cells.append(fixture_cells.figure("normal", fixture_cells.PUBLISHED, [], outputs=[1, 2, 3, 4, 5, 6]))
        cells += [fixture_cells.layer_block(seed, layers=8)["cells"][0] for seed in range(12)]
        chains = [fixture_cells.skip_chain(seed, 4 + seed) for seed in range(8)] + [fixture_cells.grown_chain(seed) for seed in range(6)]
        found = work("""
          const found = []; const scrolls = {}; const widths = [338, 712];
          for (const [index, graph] of [...%s.map(cellGraph), ...%s.map(layerGraph)].entries()) {
            for (const width of widths) {
              const plan = fitted(graph, width);
              found.push(...faults(plan).map((fault) => `${index} at ${width}: ${fault}`));
              if (plan.nodes.length !== graph.nodes.length) found.push(`${index} lost a node`);
              if (plan.width > width) scrolls[width] = (scrolls[width] ?? 0) + 1;
            }
          }
          return { found: found.slice(0, 5), scrolls };""" % (json.dumps(cells), json.dumps(chains)))
        checks.equal(found["found"], [], "faults")
        checks.equal(found["scrolls"], {}, "figures wider than their column")

    def several_inputs():
        cell = fixture_cells.figure("normal", [[(0, "sep_3x3"), (1, "identity")], [(1, "max_3x3"), (1, "avg_3x3")],
                                               [(2, "dil_3x3"), (2, "conv_1x7_7x1")]], ["stages.0.cells.0"])
        found = work("""
          const one = %s; const graph = cellGraph(one);
          const rank = (title) => graph.nodes.find((node) => node.title === title).rank;
          return { titles: graph.nodes.map((node) => node.title), details: graph.nodes.filter((node) => node.detail).map((node) => [node.title, node.detail]),
            into: graph.edges.filter((edge) => edge.to === 's5').map((edge) => edge.from), short: graph.nodes.map((node) => node.short).filter(Boolean),
            ranks: ['previous', 'before', 'block 1', 'block 3', 'output'].map(rank), families: graph.nodes.map((node) => node.family).filter(Boolean),
            note: cellNote({ ...one, edges: one.edges.filter((edge) => edge.from !== 0) }), sentence: cellSentence(one) };""" % json.dumps(cell))
        checks.equal(found["titles"], ["previous", "before", "block 1", "block 2", "block 3", "output", "sep 3×3", "skip", "max pool 3×3",
                                       "avg pool 3×3", "dil 3×3", "conv 1×7 7×1"])
        checks.equal(found["details"], [["block 1", "add"], ["block 2", "add"], ["block 3", "add"], ["output", "concat"]], "how states join")
        checks.equal(found["into"], ["s3", "s4"], "plain edges of the blocks that no other reads")
        checks.equal(found["short"], ["sep 3×3", "skip", "max 3×3", "avg 3×3", "dil 3×3", "conv 1×7 7×1"], "names on a phone")
        checks.equal(found["families"], ["separable", "skip", "pool", "pool", "dilated", "conv"])
        checks.equal(found["ranks"], [0, 0, 2, 4, 6], "ranks")
        assert "Not read: previous." in found["note"] and "concat from block 2 (add) to output" in found["sentence"], found

    def layered():
        block = fixture_cells.block_network([("conv 3", [0]), ("max 3", [0]), ("add", [0, 1]), ("identity", [2]), ("conv 1", [3])])["cells"][0]
        found = work("""
          const one = %s; const graph = cellGraph(one);
          return { nodes: graph.nodes.map((node) => [node.title, node.detail ?? '', node.kind, node.family ?? '']), edges: graph.edges.length, listed: one.edges.length };"""
                     % json.dumps(block))
        checks.equal(found["nodes"], [["input", "", "state", ""], ["conv 3×3", "layer 1", "operation", "conv"], ["max pool 3×3", "layer 2", "operation", "pool"],
                                      ["add", "layer 3", "state", ""], ["skip", "layer 4", "operation", "skip"], ["conv 1×1", "layer 5", "operation", "pointwise"],
                                      ["output", "concat", "state", ""]])
        checks.equal(found["edges"], found["listed"], "edges")

    def joined_layers():
        chains = [fixture_cells.skip_chain(seed, 6) for seed in (3, 6)]
        found = work("""
          return %s.map((one) => { const graph = layerGraph(one); return { titles: graph.nodes.map((node) => node.title), note: layerNote(graph, one),
            most: Math.max(...graph.nodes.map((node) => graph.edges.filter((edge) => edge.to === node.id).length)), hints: graph.nodes.map((node) => node.hint).join() }; });"""
                     % json.dumps(chains))
        for one in found:
            assert not {"concat", "spatial pad"} & set(one["titles"]), one["titles"]
            checks.equal(sum(title.startswith("conv") for title in one["titles"]), 6, "convolutions")
            checks.equal(one["note"], "Several arrows into a layer: it reads their concatenation." if one["most"] > 1 else "")
        assert any(one["most"] > 1 for one in found) and "concat" in found[0]["hints"] + found[1]["hints"], found

    def packing():
        found = work("""
          const nodes = ['in', ...'abcdefgh', 'out'].map((id) => ({ id, width: 50, height: 20 }));
          const edges = [...'abcdefgh'].flatMap((id) => [{ from: 'in', to: id }, { from: id, to: 'out' }]);
          const plan = packed({ nodes, edges }, 170, 10); const count = {};
          for (const node of plan) count[node.rank] = (count[node.rank] ?? 0) + 1;
          return [count, faults(layout({ nodes: plan, edges }, { direction: 'down' })), packed({ nodes: [], edges: [] }, 10, 1)];""")
        checks.equal(found, [{"0": 1, "1": 2, "2": 3, "3": 3, "4": 1}, [], []], "boxes of a rank")

    def drawn():
        job = checks.fixture.jobs["job_nasnet"]
        record = job.architectures[job.record["best"]["architecture"]]
        checks.open("job.html?id=job_nasnet")
        checks.wait("document.querySelectorAll('.graph').length === 2", "both cells")
        checks.equal(checks.eval("[...document.querySelectorAll('figure h3')].map((title) => title.textContent)"), ["normal cell", "reduction cell", "Network"])
        pills = checks.eval("[...document.querySelectorAll('.graph')].map((graph) => graph.querySelectorAll('.pill').length)")
        checks.equal(pills, [sum(edge["operation"] != "concat" for edge in cell["edges"]) for cell in record["cells"]], "operations drawn")
        titles = checks.eval("[...document.querySelectorAll('.network .node-title')].map((one) => one.textContent)")
        checks.equal(titles, ["input", "stem", "normal ×2", "reduction", "normal ×2", "reduction", "normal ×2", "head"], "blocks")

    def on_a_phone():
        browser.resize(390, 800)
        for key in ("job_nasnet", "job_block", "job_grown", "job_chain"):
            for trial in checks.fixture.jobs[key].trials[:6]:
                checks.open(f"job.html?id={key}&trial={trial['number']}")
                checks.wait("!!document.querySelector('.graph')", "the figure")
                found = checks.eval("""[...document.querySelectorAll('.graph')].map((graph) => [graph.clientWidth, graph.closest('.figure').clientWidth,
                  Math.min(...[...graph.querySelectorAll('.node-title')].map((text) => parseFloat(getComputedStyle(text).fontSize) * graph.clientWidth / graph.viewBox.baseVal.width))])""")
                for width, room, size in found:
                    assert size >= 10.9, f"{key} {trial['number']}: words of {size:.1f} px"
                    assert width <= room, f"{key} {trial['number']}: {width} px in {room}"
        browser.resize(1360, 900)

    for name, check in [
            ("cells, blocks and chains of every space fit and have no overlap", new_spaces),
            ("a cell of two inputs joins its loose blocks by plain edges", several_inputs),
            ("a block whose states are layers shows each layer once", layered),
            ("concatenations are arrows into the layer that reads them", joined_layers),
            ("a layer takes only as many boxes as fit", packing),
            ("both cells of the best are drawn with their network", drawn),
            ("on a phone the figures keep words of 11 px and do not scroll", on_a_phone)]:
        checks.run("figures: " + name, check)
