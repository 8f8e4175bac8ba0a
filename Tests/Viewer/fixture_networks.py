"""Architectures for the fixture server, in the form `atelier.architecture/1`."""
import hashlib

OPERATIONS = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"]
PAIRS = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]


class Builder:
    """Collects nodes in topological order, with shapes, parameters and macs."""

    def __init__(self, height, width, channels):
        self.nodes = []
        self.input = self.add({"operation": "identity"}, [], (height, width, channels), 0, 0, "input")

    def add(self, layer, inputs, size, parameters, macs, scope):
        self.nodes.append({
            "id": len(self.nodes), "layer": layer, "inputs": inputs,
            "shape": dict(zip(("height", "width", "channels"), size)),
            "parameters": parameters, "macs": macs, "scope": scope})
        return len(self.nodes) - 1

    def size(self, node):
        shape = self.nodes[node]["shape"]
        return shape["height"], shape["width"], shape["channels"]

    def conv(self, node, filters, kernel, scope, stride=1):
        height, width, channels = self.size(node)
        size = (height // stride, width // stride, filters)
        parameters = kernel[0] * kernel[1] * channels * filters
        layer = {"operation": "conv2d", "filters": filters, "kernel": list(kernel), "stride": [stride, stride],
                 "dilation": 1, "groups": 1, "padding": [kernel[0] // 2, kernel[1] // 2], "bias": False}
        return self.add(layer, [node], size, parameters, parameters * size[0] * size[1], scope)

    def plain(self, operation, inputs, scope, **attributes):
        return self.add({"operation": operation, **attributes}, inputs, self.size(inputs[0]), 0, 0, scope)

    def norm(self, node, scope):
        return self.add({"operation": "batch_norm", "affine": True}, [node], self.size(node),
                        2 * self.size(node)[2], 0, scope)

    def linear(self, node, units, scope):
        height, width, channels = self.size(node)
        count = height * width * channels
        return self.add({"operation": "linear", "units": units, "bias": True}, [node], (1, 1, units),
                        count * units + units, count * units, scope)

    def pooled(self, node, scope):
        return self.add({"operation": "global_average_pool"}, [node], (1, 1, self.size(node)[2]), 0, 0, scope)

    def architecture(self, space, code, classes, cells):
        live, waiting = set(), [len(self.nodes) - 1]
        while waiting:
            node = waiting.pop()
            if node not in live:
                live.add(node)
                waiting += self.nodes[node]["inputs"]
        return {
            "format": "atelier.architecture/1", "space": {"name": space, "params": {}}, "space_version": 1,
            "genotype": [], "code": code, "input": self.nodes[0]["shape"], "classes": classes,
            "nodes": self.nodes, "output": len(self.nodes) - 1, "cells": cells,
            "dead": [node["id"] for node in self.nodes if node["id"] not in live],
            "fingerprint": "a1-" + hashlib.sha256(code.encode()).hexdigest()[:32]}


def live_edges(choice):
    """Which of a cell's six edges lie on a path from input to output."""
    used = [(a, b) for (a, b), op in zip(PAIRS, choice) if op]
    fore, back = {0}, {3}
    for _ in range(4):
        fore |= {b for a, b in used if a in fore}
        back |= {a for a, b in used if b in back}
    return [bool(op) and a in fore and b in back for (a, b), op in zip(PAIRS, choice)]


def bench_cell(choice, width=8, size=8, channels=1, classes=10, repeats=1):
    """A network of the nasbench201-cell space for six operation numbers."""
    net = Builder(size, size, channels)
    node = net.norm(net.conv(net.input, width, (3, 3), "stem.conv"), "stem.norm")
    scopes = []
    for stage in range(3):
        if stage:
            node = reduction(net, node, width << stage, f"stages.{stage}.reduction")
        for index in range(repeats):
            scopes.append(f"stages.{stage}.cells.{index}")
            node = cell(net, node, choice, scopes[-1])
    node = net.plain("relu", [net.norm(node, "head.norm")], "head.relu")
    net.linear(net.pooled(node, "head.pool"), classes, "head.linear")
    code = "+".join("|" + "|".join(
        f"{OPERATIONS[op]}~{a}" for (a, b), op in zip(PAIRS, choice) if b == state) + "|" for state in (1, 2, 3))
    live = live_edges(choice)
    return net.architecture("nasbench201-cell", code, classes, [{
        "name": "cell", "states": ["input", "node 1", "node 2", "output"], "repeats": scopes,
        "edges": [{"from": a, "to": b, "operation": OPERATIONS[op], "live": alive}
                  for (a, b), op, alive in zip(PAIRS, choice, live)]}])


def cell(net, node, choice, scope):
    states = [node]
    for state in (1, 2, 3):
        parts = []
        for number, ((a, b), op) in enumerate(zip(PAIRS, choice)):
            if b != state or not op:
                continue
            edge = f"{scope}.edges.{number}"
            if OPERATIONS[op] == "skip_connect":
                parts.append(net.plain("identity", [states[a]], edge))
            elif OPERATIONS[op] == "avg_pool_3x3":
                parts.append(net.plain("average_pool", [states[a]], edge + ".pool", kernel=3, stride=1, padding=1))
            else:
                kernel = (1, 1) if "1x1" in OPERATIONS[op] else (3, 3)
                hot = net.plain("relu", [states[a]], edge + ".relu")
                made = net.conv(hot, net.size(hot)[2], kernel, edge + ".conv")
                parts.append(net.norm(made, edge + ".norm"))
        if parts:
            states.append(net.plain("add", parts, f"{scope}.states.{state}") if len(parts) > 1 else parts[0])
        else:
            states.append(net.plain("zero", [states[0]], f"{scope}.states.{state}", stride=1))
    return states[3]


def reduction(net, node, filters, scope):
    left = net.conv(net.plain("relu", [node], scope + ".relu"), filters, (3, 3), scope + ".conv_a", 2)
    left = net.norm(net.conv(net.norm(left, scope + ".norm_a"), filters, (3, 3), scope + ".conv_b"), scope + ".norm_b")
    height, width, channels = net.size(node)
    pool = net.add({"operation": "average_pool", "kernel": 2, "stride": 2, "padding": 0}, [node],
                   (height // 2, width // 2, channels), 0, 0, scope + ".pool")
    return net.plain("add", [left, net.conv(pool, filters, (1, 1), scope + ".shortcut")], scope + ".add")


def perceptron(widths=(64, 32), features=13, classes=3):
    """A network of the mlp space on a table."""
    net = Builder(1, 1, features)
    node = net.input
    for number, width in enumerate(widths):
        node = net.plain("relu", [net.linear(node, width, f"layers.{number}.linear")], f"layers.{number}.relu")
        node = net.plain("dropout", [node], f"layers.{number}.dropout", rate=0.2)
    net.linear(node, classes, "head.linear")
    return net.architecture("mlp", "-".join(map(str, widths)), classes, [])


def totals(architecture):
    """Parameters and macs of the live nodes."""
    dead = set(architecture["dead"])
    live = [node for node in architecture["nodes"] if node["id"] not in dead]
    return sum(node["parameters"] for node in live), sum(node["macs"] for node in live)
