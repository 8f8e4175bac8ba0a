#!/usr/bin/env python3
"""Writes operations.json and curves.json: what PyTorch computes, for EngineTests to compare with.

    python make_golden.py        # in this folder; needs torch and numpy, any recent version

All numbers that go in come from a splitmix64 formula that Support/SplitMix.swift writes identically,
so the files hold only what came out. Images are NHWC here as in the engine; parameters are in
PyTorch's order. `made_with` says which version made a file.
"""
import json
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

MASK = (1 << 64) - 1


class SplitMix:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def values(self, count, scale=1.0):
        raw = np.array([(self.next() >> 40) * 2.0**-23 - 1 for _ in range(count)])
        return (raw * scale).astype(np.float32)

    def labels(self, count, classes):
        return [self.next() % classes for _ in range(count)]


def start(model):
    """Sets every learned parameter by the formula: the i-th from the stream 1000 + i."""
    for index, parameter in enumerate(model.parameters()):
        values = SplitMix(1000 + index).values(parameter.numel(), start_scale(parameter))
        if parameter.dim() == 1:  # biases and batch norm: around 1, so that no scale is zero
            values = values + np.float32(1)
        parameter.data = torch.from_numpy(values.reshape(parameter.shape)).to(parameter.dtype)


def start_scale(parameter):
    return 0.25 if parameter.dim() == 1 else 1 / math.sqrt(parameter[0].numel())


def batch(seed, rows, shape, classes):
    """NHWC values and labels, from one stream."""
    stream = SplitMix(seed)
    height, width, channels = shape
    x = stream.values(rows * height * width * channels).reshape(rows, height, width, channels)
    return torch.from_numpy(x), torch.tensor(stream.labels(rows, classes))


def flat(x):
    """NCHW to rows in NHWC order."""
    return x.permute(0, 2, 3, 1).flatten(1)


def numbers(tensor):
    return [float(f"{v:.7g}") for v in tensor.detach().flatten().tolist()]


# ----------------------------------------------------------------- single operations
class Subject(nn.Module):
    """One operation, then a linear head of 3 classes."""

    def __init__(self, modules, forward, shape, rows=3):
        super().__init__()
        self.parts, self.call, self.shape, self.rows = nn.ModuleDict(modules), forward, shape, rows
        probe = torch.zeros(2, shape[2], shape[0], shape[1])
        self.eval()  # so that the probe leaves no trace in running statistics
        width = flat(forward(self.parts, probe)).shape[1]
        self.head = nn.Linear(width, 3)

    def forward(self, x):
        return self.head(flat(self.call(self.parts, x)))


def only(module):
    return {"a": module}, lambda m, x: m["a"](x)


def cell(m, x):
    n0 = m["sn"](m["s"](x))
    edge = lambda key, n: m[key + "n"](m[key](F.relu(n)))
    n1 = edge("a", n0)
    n2 = edge("b", n0) + F.avg_pool2d(n1, 3, 1, 1, count_include_pad=False)
    return n0 + edge("c", n1) + F.max_pool2d(n2, 3, 1, 1)


def cell_parts():
    parts = {}
    for key in ("s", "a", "b", "c"):
        parts[key] = nn.Conv2d(2, 2, 3, padding=1, bias=False)
        parts[key + "n"] = nn.BatchNorm2d(2)
    return parts


def subjects():
    conv = nn.Conv2d
    return {
        "linear": Subject(*only(nn.Identity()), (2, 2, 2)),
        "conv2d": Subject(*only(conv(2, 3, 3, padding=1, bias=False)), (4, 4, 2)),
        "conv2d strided": Subject(*only(conv(2, 3, (3, 5), (2, 1), (1, 2))), (5, 4, 2)),
        "conv2d dilated, grouped": Subject(*only(conv(4, 4, 3, 1, 2, 2, 2, bias=False)), (5, 5, 4), 2),
        "depthwise": Subject(*only(conv(4, 4, 3, 2, 1, groups=4, bias=False)), (5, 5, 4), 2),
        "batch norm": Subject(*only(nn.BatchNorm2d(3)), (3, 3, 3)),
        "batch norm, plain": Subject(*only(nn.BatchNorm2d(3, affine=False)), (3, 3, 3)),
        "batch norm, relu": Subject({"a": nn.BatchNorm2d(3)}, lambda m, x: F.relu(m["a"](x)), (3, 3, 3)),
        "relu": Subject({}, lambda m, x: F.relu(x), (3, 2, 2)),
        "add": Subject({"a": conv(2, 2, 1, bias=False)}, lambda m, x: x + m["a"](x), (2, 3, 2)),
        "concat": Subject(
            {"a": conv(2, 3, 1, bias=False)}, lambda m, x: torch.cat([x, m["a"](x), x], 1), (2, 3, 2)),
        "max pool": Subject({}, lambda m, x: F.max_pool2d(x, 3, 2, 1), (5, 4, 2)),
        "average pool": Subject(
            {}, lambda m, x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), (5, 4, 2)),
        "global average pool": Subject({}, lambda m, x: F.adaptive_avg_pool2d(x, 1), (3, 4, 3)),
        "zero": Subject(
            {"a": conv(2, 2, 1, 2, bias=False)}, lambda m, x: m["a"](x) + x[:, :, ::2, ::2] * 0, (3, 3, 2)),
        "spatial pad": Subject(
            {"a": conv(2, 2, 3, bias=False)}, lambda m, x: m["a"](F.pad(x, (0, 2, 0, 1))), (3, 3, 2)),
        "cell": Subject(cell_parts(), cell, (4, 4, 2)),
    }


def run_subject(model):
    model.train()
    start(model)
    x, labels = batch(2000, model.rows, model.shape, 3)
    x.requires_grad_()
    logits = model(x.permute(0, 3, 1, 2))
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    name = lambda key: key.removeprefix("parts.")
    return {
        "loss": float(f"{loss.item():.7g}"),
        "logits": numbers(logits),
        "input_gradient": numbers(x.grad),
        "gradients": {name(k): numbers(p.grad) for k, p in model.named_parameters()},
        "statistics": {
            name(k): numbers(b) for k, b in model.named_buffers() if b.is_floating_point()
        },
    }


# ----------------------------------------------------------------- loss curves
def mlp():
    return nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10)), (1, 1, 64)


def tiny_cnn():
    def cbr(a, b):
        return [nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]

    return nn.Sequential(
        *cbr(1, 16), *cbr(16, 32), nn.MaxPool2d(2), *cbr(32, 48), nn.AdaptiveAvgPool2d(1),
        nn.Flatten(), nn.Linear(48, 10)), (8, 8, 1)


def sgd(p):
    return torch.optim.SGD(p, lr=0.01, momentum=0.9, weight_decay=5e-4)


def nesterov(p):
    return torch.optim.SGD(p, lr=0.01, momentum=0.9, weight_decay=5e-4, nesterov=True)


def adam(p):
    return torch.optim.Adam(p, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-4)


def curve(build, optimizer, clip=None, dtype=torch.float32):
    """30 steps over four batches of 64 by turns, then an evaluation of the first."""
    model, shape = build()
    model.to(dtype).train()
    start(model)
    rule = optimizer(model.parameters())
    batches = [batch(3000 + k, 64, shape, 10) for k in range(4)]
    view = lambda x: (x.permute(0, 3, 1, 2) if shape[0] > 1 else x.flatten(1)).to(dtype)
    losses = []
    for step in range(30):
        x, labels = batches[step % 4]
        rule.zero_grad()
        loss = F.cross_entropy(model(view(x)), labels)
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        rule.step()
        losses.append(round(loss.item(), 9))
    model.eval()
    with torch.no_grad():
        logits = model(view(batches[0][0]))
        loss = F.cross_entropy(logits, batches[0][1], reduction="sum")
    correct = int((logits.argmax(1) == batches[0][1]).sum())
    return {"losses": losses, "evaluation_loss_sum": round(loss.item(), 7), "evaluation_correct": correct}


def write(name, content):
    made = f"torch {torch.__version__}, python make_golden.py"
    with open(name, "w") as file:
        lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items()]
        file.write(f'{{"made_with": {json.dumps(made)}, "values": {{\n' + ",\n".join(lines) + "\n}}\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("operations.json", {name: run_subject(model) for name, model in subjects().items()})
    rules = {"sgd": (sgd, None), "nesterov clipped": (nesterov, 0.5), "adam": (adam, None)}
    write("curves.json", {
        f"{build.__name__} {name}, {precision}": curve(build, rule, clip, dtype)
        for build in (mlp, tiny_cnn)
        for name, (rule, clip) in rules.items()
        for precision, dtype in (("single", torch.float32), ("double", torch.float64))
    })
