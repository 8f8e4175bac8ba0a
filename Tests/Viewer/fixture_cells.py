"""Architectures of spaces with several cells, a block as a graph, and chains, for the fixture server."""
import random

from fixture_networks import Builder

CELL_OPERATIONS = ["identity", "conv_1x1", "conv_3x3", "sep_3x3", "sep_5x5", "sep_7x7", "dil_3x3", "conv_1x3_3x1",
                   "conv_1x7_7x1", "avg_3x3", "max_3x3", "max_5x5", "max_7x7"]
# The normal cell of NASNet-A (arXiv:1707.07012): its output also holds states that blocks read.
PUBLISHED = [[(0, "sep_5x5"), (1, "sep_3x3")], [(1, "sep_5x5"), (1, "sep_3x3")], [(0, "avg_3x3"), (1, "identity")],
             [(1, "avg_3x3"), (1, "avg_3x3")], [(0, "sep_3x3"), (0, "identity")]]
ORDINARY = {"conv": "conv2d", "max": "max_pool", "average": "average_pool"}


def draw_cell(draw, blocks):
    """Per block two earlier states (0 and 1 are the inputs) and an operation on each, added."""
    return [[(draw.randrange(2 + number), draw.choice(CELL_OPERATIONS)) for _ in range(2)] for number in range(blocks)]


def two_cells(seed, blocks=5, repeats=2, width=8):
    """A network of the nasnet-cell space: a normal and a reduction cell, each with two inputs and a concat."""
    draw = random.Random(seed)
    chosen = {"normal": draw_cell(draw, blocks), "reduction": draw_cell(draw, blocks)}
    net = Builder(16, 16, 3)
    before = now = net.norm(net.conv(net.input, width, (3, 3), "stem.conv"), "stem.norm")
    scopes = {"normal": [], "reduction": []}
    for stage in range(3):
        kinds = (["reduction"] if stage else []) + ["normal"] * repeats
        for index, kind in enumerate(kinds):
            scope = f"reductions.{stage - 1}" if kind == "reduction" else f"stages.{stage}.cells.{index - (stage > 0)}"
            scopes[kind].append(scope)
            before, now = now, place_cell(net, chosen[kind], before, now, scope, width << stage, kind == "reduction")
    net.linear(net.pooled(net.plain("relu", [now], "head.relu"), "head.pool"), 10, "head.linear")
    code = " | ".join(" ".join(f"{x}({a})+{y}({b})" for (a, x), (b, y) in chosen[kind]) for kind in chosen)
    return net.architecture("nasnet-cell", code, 10, [figure(kind, chosen[kind], scopes[kind]) for kind in chosen])


def figure(kind, chosen, scopes, outputs=None):
    """What `cells` says: two edges into each block, the outputs (those that no block reads) joined in the last state."""
    read = {source for block in chosen for source, _ in block}
    last = 2 + len(chosen)
    edges = [(source, 2 + number, operation) for number, block in enumerate(chosen) for source, operation in block]
    edges += [(state, last, "concat") for state in outputs or range(last) if outputs or state not in read]
    return {"name": kind, "states": ["previous", "before", *(f"block {n + 1} (add)" for n in range(len(chosen))), "output"],
            "edges": [{"from": a, "to": b, "operation": op, "live": True} for a, b, op in edges], "repeats": scopes}


def place_cell(net, chosen, before, now, scope, width, is_reduction):
    states = []
    for name, node in (("before", before), ("previous", now)):
        stride = net.size(before)[0] // net.size(now)[0] if name == "before" else 1
        states.insert(0, net.norm(net.conv(node, width, (1, 1), f"{scope}.{name}.conv", stride), f"{scope}.{name}.norm"))
    for number, block in enumerate(chosen):
        parts = []
        for side, (source, operation) in enumerate(block):
            stride = 2 if is_reduction and source < 2 else 1
            part = f"{scope}.blocks.{number}.{side}"
            if operation.startswith(("avg", "max")):
                height, wide, channels = net.size(states[source])
                kind = "max_pool" if operation.startswith("max") else "average_pool"
                parts.append(net.add({"operation": kind, "kernel": 3, "stride": stride, "padding": 1}, [states[source]],
                                     (height // stride, wide // stride, channels), 0, 0, part + ".pool"))
            elif operation == "identity" and stride == 1:
                parts.append(net.plain("identity", [states[source]], part + ".identity"))
            else:
                size = int(operation[-1]) if operation[-1].isdigit() and "x7_" not in operation else 1
                hot = net.plain("relu", [states[source]], part + ".relu")
                parts.append(net.norm(net.conv(hot, width, (size, size), part + ".conv", stride), part + ".norm"))
        states.append(net.plain("add", parts, f"{scope}.blocks.{number}.add"))
    loose = [states[2 + n] for n in range(len(chosen)) if all(source != 2 + n for block in chosen for source, _ in block)]
    height, wide, _ = net.size(loose[0])
    return net.add({"operation": "concat"}, loose, (height, wide, width * len(loose)), 0, 0, scope + ".concat")


def layer_block(seed, layers=5, stages=2, width=8):
    """A network of the block-qnn space: one block whose every layer is a state, stacked in stages."""
    draw = random.Random(seed)
    block = []
    for index in range(1, draw.randint(3, layers) + 1):
        word = draw.choice(["conv 3", "conv 3", "conv 1", "max 3", "average 3", "identity", "add", "concat"])
        if index < 2 and word in ("add", "concat"):
            word = "conv 3"
        block.append((word, sorted(draw.sample(range(index), 2 if word in ("add", "concat") else 1))))
    return block_network(block, stages, width)


def block_network(block, stages=2, width=8):
    loose = [n for n in range(len(block) + 1) if all(n not in inputs for _, inputs in block)]
    net = Builder(8, 8, 1)
    node = net.norm(net.conv(net.input, width, (3, 3), "stem.conv"), "stem.norm")
    for stage in range(stages):
        scope = f"stages.{stage}.blocks.0"
        if stage:
            height, wide, channels = net.size(node)
            node = net.add({"operation": "max_pool", "kernel": 2, "stride": 2, "padding": 0}, [node],
                           (height // 2, wide // 2, channels), 0, 0, f"stages.{stage}.pool")
        values = [node]
        for number, (word, inputs) in enumerate(block):
            values.append(place_layer(net, word, [values[n] for n in inputs], width << stage, f"{scope}.layers.{number + 1}"))
        node = joined(net, [values[n] for n in loose], scope + ".output")
        node = net.norm(net.conv(node, width << stage, (1, 1), scope + ".output.conv"), scope + ".output.norm")
    net.linear(net.pooled(net.plain("relu", [node], "head.relu"), "head.pool"), 10, "head.linear")
    types = {"conv": 1, "max": 2, "average": 3, "identity": 4, "add": 5, "concat": 6}
    code = " ".join(f"({n + 1},{types[word.split()[0]]},{(word.split() + ['0'])[1]},{inputs[0]},{(inputs + [0])[1]})"
                    for n, (word, inputs) in enumerate(block)) + f" ({len(block) + 1},7,0,0,0)"
    last, join = len(block) + 1, "concat" if len(loose) > 1 else "identity"
    edges = [(source, n + 1, word) for n, (word, inputs) in enumerate(block) for source in inputs]
    return net.architecture("block-qnn", code, 10, [{
        "name": "block", "states": ["input", *(f"layer {n + 1}" for n in range(len(block))), "output"],
        "edges": [{"from": a, "to": b, "operation": op, "live": True} for a, b, op in edges + [(n, last, join) for n in loose]],
        "repeats": [f"stages.{stage}.blocks.0" for stage in range(stages)]}])


def place_layer(net, word, sources, width, scope):
    kind, _, size = word.partition(" ")
    if kind == "conv":
        hot = net.plain("relu", sources, scope + ".relu")
        return net.norm(net.conv(hot, width, (int(size), int(size)), scope + ".conv"), scope + ".norm")
    if kind in ("max", "average"):
        return net.plain(ORDINARY[kind], sources, scope + ".pool", kernel=int(size), stride=1, padding=1)
    if kind == "concat":
        made = net.conv(joined(net, sources, scope), width, (1, 1), scope + ".conv")
        return net.norm(made, scope + ".norm")
    return net.plain(kind, sources, f"{scope}.{kind}")


def joined(net, values, scope):
    """One value of all: smaller maps padded to the largest, then concatenated."""
    if len(values) == 1:
        return values[0]
    height, wide = (max(net.size(value)[side] for value in values) for side in (0, 1))
    padded = [value if net.size(value)[:2] == (height, wide) else
              net.add({"operation": "spatial_pad", "height": height, "width": wide}, [value],
                      (height, wide, net.size(value)[2]), 0, 0, f"{scope}.pad.{n}") for n, value in enumerate(values)]
    return net.add({"operation": "concat"}, padded, (height, wide, sum(net.size(one)[2] for one in padded)), 0, 0,
                   scope + ".concat")


def skip_chain(seed, layers=6):
    """A network of the nas-chain space: every layer reads any earlier ones, or the image."""
    draw = random.Random(seed)
    net = Builder(8, 8, 1)
    outputs, read = [], set()
    for number in range(layers):
        picked = [n for n in range(number) if draw.random() < (0.7 if n == number - 1 else 0.3)]
        read.update(picked)
        scope = f"layers.{number}"
        node = joined(net, [outputs[n] for n in picked] or [net.input], scope)
        kernel = (draw.choice((1, 3, 5)), draw.choice((1, 3, 5)))
        made = net.conv(node, draw.choice((24, 36, 48)), kernel, scope + ".conv", 2 if number == 1 and seed % 3 == 0 else 1)
        outputs.append(net.plain("relu", [net.norm(made, scope + ".norm")], scope + ".relu"))
    node = joined(net, [outputs[n] for n in range(layers) if n not in read], "head")
    net.linear(net.pooled(node, "head.pool"), 10, "head.linear")
    return net.architecture("nas-chain", f"chain-{seed}-{layers}", 10, [])


def grown_chain(seed, stages=2):
    """A network of the eas-chain space: stages of convolutions with pooling between, then linear layers."""
    draw = random.Random(seed)
    net = Builder(8, 8, 1)
    node, words = net.input, []
    for stage in range(stages):
        if stage:
            height, wide, channels = net.size(node)
            node = net.add({"operation": "max_pool", "kernel": 2, "stride": 2, "padding": 0}, [node],
                           (height // 2, wide // 2, channels), 0, 0, f"stages.{stage}.pool")
        for layer in range(draw.randint(1, 3)):
            scope, size, width = f"stages.{stage}.layers.{layer}", draw.choice((1, 3, 5)), draw.choice((4, 8, 12, 16, 24))
            node = net.plain("relu", [net.norm(net.conv(node, width, (size, size), scope + ".conv"), scope + ".norm")], scope + ".relu")
            words.append(f"{width}x{size}")
    for layer in range(draw.randint(1, 2)):
        scope, units = f"dense.layers.{layer}", draw.choice((8, 16, 24, 32, 48))
        node = net.plain("relu", [net.norm(net.linear(node, units, scope + ".linear"), scope + ".norm")], scope + ".relu")
        words.append(str(units))
    net.linear(node, 10, "head.linear")
    return net.architecture("eas-chain", "-".join(words), 10, [])
