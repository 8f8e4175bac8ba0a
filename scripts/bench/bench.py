#!/usr/bin/env python3
"""Ours against PyTorch, by turns, on this machine; prints Markdown tables of medians and ratios.

    make bench                                   # training steps, 1 and 2 threads, and two candidates at once
    WORKLOADS=tiny_cnn,mlp TURNS=5 make bench    # a part of it, more turns
    MODES=eager,cl,compile,compile_cl make bench # compiled PyTorch too: minutes for each network

Environment: TORCH_PYTHON (a Python with torch; else one is made under .build/torch), WORKLOADS, TURNS (3), SECONDS (2)
a measurement, MODES (eager,cl), THREADS (1,2), PAIR=0 to leave out the pairs, CURVES=1 for loss curves, MEMORY=1.
One thread is compared by CPU time on core 0; two by the tenth percentile of wall time on cores 0 and 1.
"""
import json, os, platform, statistics, subprocess, sys, time, venv

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PEER = os.path.join(ROOT, "scripts", "bench", "peer.py")
OURS = os.path.join(ROOT, ".build", "release", "atelier")
TURNS, SECONDS = int(os.environ.get("TURNS", "3")), os.environ.get("SECONDS", "2")
MODES = os.environ.get("MODES", "eager,cl").split(",")
THREADS = [int(t) for t in os.environ.get("THREADS", "1,2").split(",") if t]
ALL = ["nb201_digits", "nb201_conv", "nb201_mix", "darts_supernet", "tiny_cnn", "mlp"]
WORKLOADS = [w for w in ALL if any(o in w for o in os.environ.get("WORKLOADS", "_,mlp").split(","))]


def torch_python():
    """A Python that can import torch; made where none is named."""
    named = os.environ.get("TORCH_PYTHON")
    if named:
        return named
    folder = os.path.join(ROOT, ".build", "torch")
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(python):
        print("Making an environment with PyTorch from PyPI under .build/torch: about 5.5 GB on disk, most of it CUDA libraries "
              "that PyPI's wheel brings. Name a Python that has torch in TORCH_PYTHON to spare that.", file=sys.stderr, flush=True)
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "torch>=2.13", "numpy"], check=True)
    return python


def start(cores, command):
    return subprocess.Popen(["taskset", "-c", cores] + command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def lines(process):
    out = process.communicate()[0]
    if process.returncode != 0:
        sys.exit(f"'{' '.join(process.args)}' ended with status {process.returncode}")
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


def ours(name, threads, *more):
    return [OURS, "bench", "engine", "--only", name, "--threads", str(threads), "--seconds", SECONDS, *more]


def peer(name, mode, threads, *more):
    return [PYTHON, PEER, "--only", name, "--modes", mode, "--threads", str(threads), "--seconds", SECONDS, *more]


def median(values):
    return statistics.median(values)


def cell(ms):
    return f"{ms:.4f}" if ms < 0.1 else f"{ms:.3f}" if ms < 10 else f"{ms:.1f}"


def steps(threads):
    cores, key = ("0", "cpu_ms") if threads == 1 else ("0,1", "p10_ms")
    print(f"\n### Training steps, {threads} thread{'s' * (threads > 1)}, ms ({key}, medians of {TURNS} turns)\n")
    print("| workload | ours | " + " | ".join(f"PyTorch {m}" for m in MODES) + " | fastest PyTorch ÷ ours |")
    print("|---" * (3 + len(MODES)) + "|", flush=True)
    for name in WORKLOADS:
        mine, theirs = [], {m: [] for m in MODES}
        for _ in range(TURNS):
            mine.append(lines(start(cores, ours(name, threads)))[0][key])
            for mode in MODES:
                theirs[mode].append(lines(start(cores, peer(name, mode, threads)))[0][key])
        best = min(median(v) for v in theirs.values())
        print(f"| {name} | {cell(median(mine))} | " + " | ".join(cell(median(theirs[m])) for m in MODES)
              + f" | {best / median(mine):.2f}× |", flush=True)


def pairs():
    print(f"\n### Two candidates on one thread each, images/s together (medians of {TURNS} turns)\n")
    print("| workload | ours | PyTorch, two at once | PyTorch, one on 2 threads | ours ÷ PyTorch's better |")
    print("|---|---|---|---|---|", flush=True)
    rate = lambda processes: sum(lines(p)[0]["images_per_s"] for p in processes)
    for name in WORKLOADS:
        mine, two, one = [], [], []
        for _ in range(TURNS):
            mine.append(rate([start(c, ours(name, 1)) for c in "01"]))
            two.append(max(rate([start(c, peer(name, m, 1)) for c in "01"]) for m in MODES))
            one.append(max(rate([start("0,1", peer(name, m, 2))]) for m in MODES))
        a, b, c = median(mine), median(two), median(one)
        print(f"| {name} | {a:,.0f} | {b:,.0f} | {c:,.0f} | {a / max(b, c):.2f}× |", flush=True)


def curves():
    print("\n### Losses of 30 steps from the same start: largest differences\n")
    print("| workload | ours to PyTorch eager | PyTorch channels_last to eager |\n|---|---|---|", flush=True)
    gap = lambda a, b: max(abs(x - y) for x, y in zip(a, b))
    for name in WORKLOADS:
        mine = lines(start("0", ours(name, 1, "--curve")))[0]["losses"]
        eager, cl = (lines(start("0", peer(name, m, 1, "--curve")))[0]["losses"] for m in ("eager", "cl"))
        print(f"| {name} | {gap(mine, eager):.1e} | {gap(cl, eager):.1e} |", flush=True)


def memory():
    print("\n### Bytes beside parameters, gradients and momenta, MB\n")
    print("| workload | ours (arena) | PyTorch (peak of its allocator in a step, channels_last) | ratio |\n|---|---|---|---|", flush=True)
    for name in WORKLOADS:
        line = lines(start("0", ours(name, 1, "--seconds", "0.1")))[0]
        mine = line["arena_bytes"] - 12 * line["params"]
        theirs = lines(start("0", peer(name, "cl", 1, "--memory")))[0]["peak_bytes"]
        print(f"| {name} | {mine / 1e6:.2f} | {theirs / 1e6:.2f} | {mine / theirs:.2f} |", flush=True)


def conditions():
    model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    flags = next((l for l in open("/proc/cpuinfo") if l.startswith("flags")), "")
    version = subprocess.run([PYTHON, "-c", "import torch; print(torch.__version__)"], capture_output=True, text=True).stdout.strip()
    sets = [s for s in ("avx512f", "avx2") if s in flags.split()]
    print(f"{time.strftime('%Y-%m-%d')}; {model} ({', '.join(sets) or 'no AVX'}), {os.cpu_count()} cores; PyTorch {version}; "
          f"load at the start {os.getloadavg()[0]:.1f}; by turns, pinned; {SECONDS} s a measurement")


if __name__ == "__main__":
    PYTHON = torch_python()
    conditions()
    for count in THREADS:
        steps(count)
    if os.environ.get("PAIR") != "0":
        pairs()
    if os.environ.get("CURVES") == "1":
        curves()
    if os.environ.get("MEMORY") == "1":
        memory()
