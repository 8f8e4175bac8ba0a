#!/usr/bin/env python3
"""The same search in PyTorch: trains the NAS-Bench-201 cells of a file on the 8x8 digits, each from scratch.

    python search.py --cells cells.txt                    # 5 epochs, width 8, two processes of one thread
    python search.py --cells cells.txt --epochs 2 --procs 1

One cell a stage, three stages, channels_last. SGD with Nesterov momentum 0.9 and weight decay 5e-4; the rate falls
from 0.1 by a cosine, epoch by epoch; batches of 64, the rest of an epoch left out. Rows are split by class into 60 %
training, 20 % validation, 20 % kept apart. Prints one JSON object; trials per second are counted after the first
result, so that start-up is left out.
"""
import argparse, csv, gzip, json, math, multiprocessing, os, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DIGITS = os.path.join(ROOT, "Sources", "Datasets", "Builtin", "digits.csv.gz")


def edges(text):
    """The operation of every edge of an architecture string, as {(to, from): name}."""
    found = {}
    for to, node in enumerate(text.strip().split("+"), 1):
        for entry in node.strip("|").split("|"):
            name, source = entry.split("~")
            found[to, int(source)] = name
    return found


class Trainer:
    """What a process keeps from trial to trial: the rows, split."""

    def __init__(self, epochs, width):
        import torch
        torch.set_num_threads(1)
        self.torch, self.epochs, self.width = torch, epochs, width
        with gzip.open(DIGITS, "rt") as file:
            rows = [r for r in csv.reader(file) if r and r[0].lstrip("-").replace(".", "", 1).isdigit()]
        pixels = torch.tensor([[float(v) for v in r[:64]] for r in rows]) / 16
        self.x = pixels.view(-1, 1, 8, 8).contiguous(memory_format=torch.channels_last)
        self.y = torch.tensor([int(r[64]) for r in rows])
        order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(1))
        fit, held = [], []
        for label in range(10):
            mine = order[self.y[order] == label]
            fit.append(mine[:int(0.6 * len(mine))])
            held.append(mine[int(0.6 * len(mine)):int(0.8 * len(mine))])
        self.fit, self.held = torch.cat(fit), torch.cat(held)

    def network(self, text):
        torch, nn = self.torch, self.torch.nn
        plan = edges(text)

        def unit(inputs, outputs, kernel, stride=1):
            return nn.Sequential(nn.ReLU(), nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
                                 nn.BatchNorm2d(outputs))

        makers = {"nor_conv_3x3": lambda c: unit(c, c, 3), "nor_conv_1x1": lambda c: unit(c, c, 1),
                  "avg_pool_3x3": lambda c: nn.AvgPool2d(3, 1, 1, count_include_pad=False),
                  "skip_connect": lambda c: nn.Identity()}

        class Cell(nn.Module):
            def __init__(self, channels):
                super().__init__()
                self.parts = nn.ModuleDict({f"{to}_{source}": makers[name](channels)
                                            for (to, source), name in plan.items() if name in makers})

            def forward(self, x):
                nodes = [x]
                for to in (1, 2, 3):
                    terms = [self.parts[f"{to}_{source}"](nodes[source]) for source in range(to)
                             if f"{to}_{source}" in self.parts]
                    nodes.append(sum(terms[1:], terms[0]) if terms else torch.zeros_like(x))
                return nodes[3]

        class Reduction(nn.Module):
            def __init__(self, inputs, outputs):
                super().__init__()
                self.long = nn.Sequential(unit(inputs, outputs, 3, 2), unit(outputs, outputs, 3))
                self.short = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(inputs, outputs, 1, bias=False))

            def forward(self, x):
                return self.long(x) + self.short(x)

        w = self.width
        return nn.Sequential(
            nn.Conv2d(1, w, 3, 1, 1, bias=False), nn.BatchNorm2d(w), Cell(w), Reduction(w, 2 * w), Cell(2 * w),
            Reduction(2 * w, 4 * w), Cell(4 * w), nn.BatchNorm2d(4 * w), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            nn.Linear(4 * w, 10)).to(memory_format=torch.channels_last)

    def accuracy(self, text):
        torch = self.torch
        torch.manual_seed(0)
        net = self.network(text)
        descent = torch.optim.SGD(net.parameters(), 0.1, 0.9, weight_decay=5e-4, nesterov=True, fused=True)
        loss = torch.nn.CrossEntropyLoss()
        for epoch in range(self.epochs):
            for group in descent.param_groups:
                group["lr"] = 0.05 * (1 + math.cos(math.pi * epoch / self.epochs))
            for batch in self.fit[torch.randperm(len(self.fit))].split(64):
                if len(batch) < 64: break
                descent.zero_grad()
                loss(net(self.x[batch]), self.y[batch]).backward()
                descent.step()
        net.eval()
        with torch.no_grad():
            return (net(self.x[self.held]).argmax(1) == self.y[self.held]).float().mean().item()


def prepare(epochs, width):
    global TRAINER
    TRAINER = Trainer(epochs, width)


def train(text):
    return TRAINER.accuracy(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", required=True, help="file with an architecture string a line")
    for name, value in (("epochs", 5), ("width", 8), ("procs", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    given = parser.parse_args()
    cells = [line for line in open(given.cells) if line.strip()]
    began, first, accuracies = time.time(), None, []
    with multiprocessing.get_context("spawn").Pool(given.procs, prepare, (given.epochs, given.width)) as pool:
        for accuracy in pool.imap_unordered(train, cells):
            first = first or time.time()
            accuracies.append(accuracy)
        end = time.time()
    print(json.dumps({
        "trials": len(cells), "epochs": given.epochs, "width": given.width, "procs": given.procs,
        "seconds": round(end - began, 2), "seconds_after_first": round(end - first, 2),
        "trials_per_s": round((len(cells) - 1) / (end - first), 3), "best_valid": round(max(accuracies), 4)}))
