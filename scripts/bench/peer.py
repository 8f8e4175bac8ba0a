#!/usr/bin/env python3
"""PyTorch CPU reference timings for the workloads a NAS service trains.

Every workload is one full training step (zero-grad, forward, loss, backward, SGD with
momentum 0.9 and weight decay 5e-4) on one fixed synthetic batch, except `op_*`, which
time one operator (`_fwd`, or `_fb` = forward + backward) and `gemm_*`.

    python peer.py                               # all step workloads, 1 and 2 threads, eager
    python peer.py --modes eager,cl,compile,compile_cl --threads 1,2
    python peer.py --only tiny_cnn --seconds 5
    python peer.py --ops                         # the single operators
    python peer.py --pair                        # 2 candidates x 1 thread vs 1 candidate x 2 threads
    python peer.py --curve                       # losses of 30 steps from starts that both sides know
    python peer.py --memory                      # bytes that a training step holds at its peak

Modes: eager = NCHW; cl = channels_last (NHWC); compile / compile_cl = torch.compile of the
forward and loss (the backward is compiled with it). The optimizer is SGD(fused=True).

One JSON object per line:
  name, mode, threads, median_ms, p10_ms, min_ms, cpu_ms, images_per_s, gflops, flops_per_step, params, loss, torch
median/p10/min are wall time; cpu_ms is the median process CPU time of a step (all threads). On a
shared machine being preempted inflates the wall median: with 1 thread compare cpu_ms, with 2
p10_ms. Compare in alternation (peer and ours by turns, pinned with `taskset`), not across days.
gflops counts 2*MAC of convolutions and linears: forward + grad-weight + grad-input (no
grad-input for a layer fed by the data). Element-wise work counts as 0.
Seeds are fixed; `loss` is the loss after the warm-up steps, so a run can be told to be the same.
"""
import argparse, json, os, statistics, subprocess, sys, time

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--threads", default="1,2")
ap.add_argument("--modes", default="eager")
ap.add_argument("--only", default="", help="comma list of substrings of workload names")
ap.add_argument("--seconds", type=float, default=3.0, help="time budget of one measurement")
ap.add_argument("--warmup", type=int, default=10)
ap.add_argument("--ops", action="store_true", help="time single operators in place of steps")
ap.add_argument("--pair", action="store_true", help="2 candidates x 1 thread vs 1 x 2 threads")
ap.add_argument("--curve", action="store_true", help="losses of 30 steps from a formula's start")
ap.add_argument("--memory", action="store_true", help="peak bytes of activations of one step")
ap.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
args = ap.parse_args()

import torch
import torch.nn as nn
import torch.nn.functional as F


# ----------------------------------------------------------------- models
def relu_conv_bn(ci, co, k, stride=1, affine=True):
    return nn.Sequential(nn.ReLU(), nn.Conv2d(ci, co, k, stride, k // 2, bias=False), nn.BatchNorm2d(co, affine=affine))


class NB201Cell(nn.Module):
    """4 nodes, 6 edges, ops given as NAS-Bench-201 names in the order 1<-0, 2<-0, 2<-1, 3<-0, 3<-1, 3<-2."""
    def __init__(self, c, arch):
        super().__init__()
        def op(n):
            if n == "nor_conv_3x3": return relu_conv_bn(c, c, 3)
            if n == "nor_conv_1x1": return relu_conv_bn(c, c, 1)
            if n == "avg_pool_3x3": return nn.AvgPool2d(3, 1, 1, count_include_pad=False)
            if n == "skip_connect": return nn.Identity()
            return None
        self.ops = nn.ModuleList([op(n) or nn.Identity() for n in arch])
        self.live = [n != "none" for n in arch]

    def forward(self, x):
        nodes, e = [x], 0
        for i in range(1, 4):
            s = None
            for j in range(i):
                if self.live[e]:
                    y = self.ops[e](nodes[j]); s = y if s is None else s + y
                e += 1
            nodes.append(s)
        return nodes[-1]


class NB201ResBlock(nn.Module):
    def __init__(self, ci, co):
        super().__init__()
        self.a, self.b = relu_conv_bn(ci, co, 3, 2), relu_conv_bn(co, co, 3)
        self.down = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(ci, co, 1, bias=False))

    def forward(self, x):
        return self.down(x) + self.b(self.a(x))


class NB201Net(nn.Module):
    def __init__(self, arch, c=16, n=1, classes=10, cin=3):
        super().__init__()
        layers = [nn.Conv2d(cin, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c)]
        for s in range(3):
            if s: layers.append(NB201ResBlock(c, 2 * c)); c *= 2
            layers += [NB201Cell(c, arch) for _ in range(n)]
        self.body = nn.Sequential(*layers, nn.BatchNorm2d(c), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(c, classes)

    def forward(self, x):
        return self.head(self.body(x))


class FactorizedReduce(nn.Module):
    def __init__(self, ci, co, affine):
        super().__init__()
        self.a = nn.Conv2d(ci, co // 2, 1, 2, bias=False); self.b = nn.Conv2d(ci, co // 2, 1, 2, bias=False)
        self.bn = nn.BatchNorm2d(co, affine=affine)

    def forward(self, x):
        x = F.relu(x)
        return self.bn(torch.cat([self.a(x), self.b(F.pad(x, (0, 1, 0, 1))[:, :, 1:, 1:])], 1))


class Zero(nn.Module):
    def __init__(self, stride):
        super().__init__(); self.stride = stride

    def forward(self, x):
        return (x if self.stride == 1 else x[:, :, ::2, ::2]) * 0.0


def dw_pw(c, k, stride, dil):
    return [nn.ReLU(), nn.Conv2d(c, c, k, stride, dil * (k // 2), dil, groups=c, bias=False),
            nn.Conv2d(c, c, 1, bias=False), nn.BatchNorm2d(c, affine=False)]


DARTS_OPS = ["none", "max_pool_3x3", "avg_pool_3x3", "skip_connect", "sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3", "dil_conv_5x5"]


def darts_op(name, c, s):
    if name == "none": return Zero(s)
    if name == "max_pool_3x3": return nn.Sequential(nn.MaxPool2d(3, s, 1), nn.BatchNorm2d(c, affine=False))
    if name == "avg_pool_3x3": return nn.Sequential(nn.AvgPool2d(3, s, 1, count_include_pad=False), nn.BatchNorm2d(c, affine=False))
    if name == "skip_connect": return nn.Identity() if s == 1 else FactorizedReduce(c, c, False)
    k = int(name[-1])
    if name.startswith("sep"): return nn.Sequential(*dw_pw(c, k, s, 1), *dw_pw(c, k, 1, 1))
    return nn.Sequential(*dw_pw(c, k, s, 2))


class MixedOp(nn.Module):
    def __init__(self, c, s):
        super().__init__(); self.ops = nn.ModuleList([darts_op(n, c, s) for n in DARTS_OPS])

    def forward(self, x, w):
        return sum(w[i] * op(x) for i, op in enumerate(self.ops))


class DartsCell(nn.Module):
    def __init__(self, cpp, cp, c, reduction, reduction_prev, nodes=4):
        super().__init__()
        self.p0 = FactorizedReduce(cpp, c, False) if reduction_prev else relu_conv_bn(cpp, c, 1, 1, False)
        self.p1 = relu_conv_bn(cp, c, 1, 1, False)
        self.nodes, self.reduction = nodes, reduction
        self.edges = nn.ModuleList([MixedOp(c, 2 if reduction and j < 2 else 1) for i in range(nodes) for j in range(2 + i)])

    def forward(self, s0, s1, w):
        st, e = [self.p0(s0), self.p1(s1)], 0
        for _ in range(self.nodes):
            st.append(sum(self.edges[e + j](h, w[e + j]) for j, h in enumerate(st))); e += len(st) - 1
        return torch.cat(st[-self.nodes:], 1)


class DartsSupernet(nn.Module):
    def __init__(self, c=8, layers=4, nodes=4, classes=10, cin=1):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(cin, 3 * c, 3, padding=1, bias=False), nn.BatchNorm2d(3 * c))
        cpp = cp = 3 * c; self.cells = nn.ModuleList(); prev = False
        for l in range(layers):
            red = l in (layers // 3, 2 * layers // 3)
            if red: c *= 2
            self.cells.append(DartsCell(cpp, cp, c, red, prev, nodes)); prev = red; cpp, cp = cp, nodes * c
        e = sum(2 + i for i in range(nodes))
        self.an, self.ar = (nn.Parameter(1e-3 * torch.randn(e, len(DARTS_OPS))) for _ in range(2))
        self.head = nn.Linear(cp, classes)

    def forward(self, x):
        s0 = s1 = self.stem(x); wn, wr = F.softmax(self.an, -1), F.softmax(self.ar, -1)
        for cell in self.cells: s0, s1 = s1, cell(s0, s1, wr if cell.reduction else wn)
        return self.head(s1.mean((2, 3)))


def tiny_cnn():
    def cbr(a, b): return [nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]
    return nn.Sequential(*cbr(1, 16), *cbr(16, 32), nn.MaxPool2d(2), *cbr(32, 48), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(48, 10))


ARCH_CONV = ["nor_conv_3x3"] * 3 + ["skip_connect", "nor_conv_3x3", "nor_conv_3x3"]
ARCH_MIX = ["nor_conv_3x3", "nor_conv_1x1", "avg_pool_3x3", "skip_connect", "nor_conv_3x3", "nor_conv_1x1"]
STEPS = {  # name: (builder, input shape)
    "nb201_digits": (lambda: NB201Net(ARCH_MIX, c=8, cin=1), (64, 1, 8, 8)),
    "nb201_conv": (lambda: NB201Net(ARCH_CONV), (64, 3, 32, 32)),
    "nb201_mix": (lambda: NB201Net(ARCH_MIX), (64, 3, 32, 32)),
    "darts_supernet": (lambda: DartsSupernet(), (32, 1, 28, 28)),
    "tiny_cnn": (tiny_cnn, (64, 1, 8, 8)),
    "mlp": (lambda: nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10)), (64, 64)),
}


# ----------------------------------------------------------------- measuring
def train_flops(model, x):
    total, first = 0, [True]
    def hook(m, i, o):
        nonlocal total
        mac = o.numel() * (m.weight.numel() // m.weight.shape[0])
        total += 2 * mac * (2 if first[0] else 3); first[0] = False
    hs = [m.register_forward_hook(hook) for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    with torch.no_grad(): model(x)
    for h in hs: h.remove()
    return total


def timed(fn, seconds, warmup):
    for _ in range(warmup): fn()
    ts, cs, end = [], [], time.perf_counter() + seconds
    while len(ts) < 7 or (time.perf_counter() < end and len(ts) < 100000):
        c, t = time.process_time(), time.perf_counter(); fn()
        ts.append((time.perf_counter() - t) * 1e3); cs.append((time.process_time() - c) * 1e3)
    ts.sort()
    return {"median_ms": round(statistics.median(ts), 5), "p10_ms": round(ts[len(ts) // 10], 5), "min_ms": round(ts[0], 5),
            "cpu_ms": round(statistics.median(cs), 5), "n": len(ts)}


def emit(name, mode, threads, t, images, flops, **more):
    m = t["median_ms"] / 1e3
    print(json.dumps({"name": name, "mode": mode, "threads": threads, **t, "images_per_s": round(images / m, 1),
                      "gflops": round(flops / m / 1e9, 2), "flops_per_step": flops, **more, "torch": torch.__version__}), flush=True)


def make_step(name, mode):
    torch.manual_seed(0)
    build, shape = STEPS[name]
    model, x, y = build(), torch.randn(shape), torch.randint(0, 10, (shape[0],))
    flops, params = train_flops(model, x), sum(p.numel() for p in model.parameters())
    torch.manual_seed(0); model = build().train()
    if "cl" in mode.split("_") and x.dim() == 4:
        model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    opt = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4, fused=True)
    def loss_of(x, y): return F.cross_entropy(model(x), y)
    f = torch.compile(loss_of) if "compile" in mode else loss_of
    last = [None]
    def step():
        opt.zero_grad(set_to_none=True)
        loss = f(x, y); loss.backward(); opt.step(); last[0] = loss
    return step, shape[0], flops, params, last


def bench_steps(threads, mode, only):
    for name in STEPS:
        if only and not any(o in name for o in only): continue
        step, images, flops, params, last = make_step(name, mode)
        t0 = time.perf_counter()
        for _ in range(args.warmup): step()
        warm, loss = time.perf_counter() - t0, last[0].item()
        t = timed(step, args.seconds, 0)
        emit(name, mode, threads, t, images, flops, params=params, loss=round(loss, 5), warmup_s=round(warm, 2))


def bench_ops(threads, mode, only):
    cl = "cl" in mode
    def rnd(*s): return torch.randn(*s)
    def fmt(t): return t.contiguous(memory_format=torch.channels_last) if cl and t.dim() == 4 else t
    cases = {}
    def conv(name, n, ci, co, h, k, groups=1):
        mac = n * h * h * co * (ci // groups) * k * k
        cases[name] = ([fmt(rnd(n, ci, h, h)), fmt(rnd(co, ci // groups, k, k))],
                       lambda x, w: F.conv2d(x, w, padding=k // 2, groups=groups), 2 * mac, n)
    conv("op_conv3x3_16_32x32_b64", 64, 16, 16, 32, 3); conv("op_conv3x3_32_16x16_b64", 64, 32, 32, 16, 3)
    conv("op_conv3x3_64_8x8_b64", 64, 64, 64, 8, 3); conv("op_conv1x1_16_32x32_b64", 64, 16, 16, 32, 1)
    conv("op_conv1x1_64_8x8_b64", 64, 64, 64, 8, 1); conv("op_dw3x3_16_32x32_b64", 64, 16, 16, 32, 3, 16)
    conv("op_dw3x3_64_8x8_b64", 64, 64, 64, 8, 3, 64); conv("op_dw5x5_16_28x28_b32", 32, 16, 16, 28, 5, 16)
    for n, c, h in ((64, 16, 32), (64, 64, 8)):
        s = f"{c}_{h}x{h}_b{n}"; x = lambda: fmt(rnd(n, c, h, h))
        cases["op_batchnorm_" + s] = ([x(), torch.ones(c), torch.zeros(c)], lambda x, g, b: F.batch_norm(x, None, None, g, b, True), 0, n)
        cases["op_relu_" + s] = ([x()], F.relu, 0, n)
        cases["op_maxpool3_" + s] = ([x()], lambda x: F.max_pool2d(x, 3, 1, 1), 0, n)
        cases["op_avgpool3_" + s] = ([x()], lambda x: F.avg_pool2d(x, 3, 1, 1), 0, n)
    for name, (ins, f, flops, n) in cases.items():
        if only and not any(o in name for o in only): continue
        with torch.no_grad(): emit(name + "_fwd", mode, threads, timed(lambda: f(*ins), args.seconds, 5), n, flops)
        gi = [t.clone(memory_format=torch.preserve_format).requires_grad_() for t in ins]
        g = torch.ones_like(f(*ins))
        emit(name + "_fb", mode, threads, timed(lambda: torch.autograd.grad(f(*gi), gi, g), args.seconds, 5), n, 3 * flops)
    if not cl:
        for n in (64, 128, 256, 512, 1024):
            name = f"gemm_{n}"
            if only and not any(o in name for o in only): continue
            a, b, c = rnd(n, n), rnd(n, n), rnd(n, n)
            with torch.no_grad(): emit(name, mode, threads, timed(lambda: torch.mm(a, b, out=c), args.seconds, 5), n, 2 * n ** 3)


def bench_pair(mode, only):
    """Aggregate images/s of two single-threaded candidates at once, against one candidate with two threads."""
    for name in STEPS:
        if only and not any(o in name for o in only): continue
        def start(threads, cpus):
            cmd = [sys.executable, os.path.abspath(__file__), "--worker", "--only", name, "--threads", str(threads),
                   "--modes", mode, "--seconds", str(args.seconds)]
            return subprocess.Popen(["taskset", "-c", cpus] + cmd, stdout=subprocess.PIPE, text=True)
        def rate(ps): return sum(json.loads(p.communicate()[0].splitlines()[-1])["images_per_s"] for p in ps)
        one2, two1 = [], []
        for _ in range(3):
            one2.append(rate([start(2, "0,1")])); two1.append(rate([start(1, "0"), start(1, "1")]))
        a, b = statistics.median(one2), statistics.median(two1)
        print(json.dumps({"name": name, "mode": mode, "one_candidate_2_threads_images_per_s": a,
                          "two_candidates_1_thread_images_per_s": b, "ratio": round(b / a, 3), "torch": torch.__version__}), flush=True)


# ----------------------------------------------------------------- curves and memory
class SplitMix:
    """The stream that `atelier bench engine --curve` draws the same starts and batches from."""
    MASK = (1 << 64) - 1

    def __init__(self, seed): self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & self.MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & self.MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & self.MASK
        return z ^ (z >> 31)

    def values(self, count, scale=1.0):
        return torch.tensor([((self.next() >> 40) * 2.0**-23 - 1) * scale for _ in range(count)], dtype=torch.float32)


def curve(name, mode):
    """Weights by name: the i-th in sorted order from the stream 1000 + i; batches of stream 3000, NHWC, then labels."""
    build, shape = STEPS[name]
    model = build().train()
    named = {k: p for k, p in model.named_parameters() if k not in ("an", "ar")}
    with torch.no_grad():
        for p in model.parameters(): p.zero_()
        for i, key in enumerate(sorted(named)):
            p = named[key]
            scale = 0.25 if p.dim() == 1 else 1 / (p[0].numel() ** 0.5)
            p.copy_((SplitMix(1000 + i).values(p.numel(), scale) + (1 if p.dim() == 1 else 0)).view(p.shape))
    stream = SplitMix(3000)
    x = stream.values(torch.Size(shape).numel())
    x = x.view(shape[0], *shape[2:], shape[1]).permute(0, 3, 1, 2).contiguous() if len(shape) == 4 else x.view(shape)
    y = torch.tensor([stream.next() % 10 for _ in range(shape[0])])
    if "cl" in mode and x.dim() == 4:
        model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    opt = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    losses = []
    for _ in range(30):
        opt.zero_grad()
        loss = F.cross_entropy(model(x), y); loss.backward(); opt.step(); losses.append(loss.item())
    print(json.dumps({"name": name, "mode": mode, "losses": losses, "torch": torch.__version__}), flush=True)


def memory(name, mode):
    """Peak of the allocator's bytes in one step, from the profiler's events; parameters, their gradients and momenta left out."""
    step, _, _, params, _ = make_step(name, mode)
    for _ in range(2): step()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as prof: step()
    held = peak = 0
    for e in prof.profiler.kineto_results.events():
        if e.name() == "[memory]": held += e.nbytes(); peak = max(peak, held)
    # The step frees last step's gradients first and allocates new ones: they are not activations.
    print(json.dumps({"name": name, "mode": mode, "peak_bytes": peak, "params": params, "torch": torch.__version__}), flush=True)


if __name__ == "__main__":
    only = [o for o in args.only.split(",") if o]
    if args.curve or args.memory:
        torch.set_num_threads(1)
        for mode in args.modes.split(","):
            for name in STEPS:
                if not only or any(o in name for o in only): (curve if args.curve else memory)(name, mode)
    elif args.pair:
        for mode in args.modes.split(","): bench_pair(mode, only)
    else:
        for threads in [int(t) for t in args.threads.split(",")]:
            torch.set_num_threads(threads)
            for mode in args.modes.split(","):
                torch.compiler.reset()
                (bench_ops if args.ops else bench_steps)(threads, mode, only)
