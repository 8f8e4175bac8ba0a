#!/usr/bin/env python3
"""Ours against PyTorch, by turns, on this machine; prints Markdown tables of medians and ratios.

    make bench                                   # steps on 1 and 2 threads, two candidates at once, operators, a search
    WORKLOADS=tiny_cnn,mlp TURNS=5 make bench    # a part of it, more turns
    MODES=eager,cl,compile,compile_cl make bench # compiled PyTorch too: minutes for each network

Environment: TORCH_PYTHON (a Python with torch; else one is made under .build/torch), WORKLOADS, TURNS (3), SECONDS (2)
a measurement, MODES (eager,cl), THREADS (1,2; empty: no steps), LIMIT (900 s: what a measurement of theirs may take, compiling
included). Each part can be left out or asked for: PAIR=0, OPS=0, SEARCH=0, CURVES=1 (losses), MEMORY=1. OPS_ONLY: parts of names of
operators. CELLS: a file of architecture strings for the search; else ../shared/bench/search_cells.txt where it is, else 40
drawn at random.
One thread is compared by CPU time on core 0; two by the tenth percentile of wall time on cores 0 and 1.
"""
import json, math, os, platform, random, statistics, subprocess, sys, time, venv

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PEER = os.path.join(ROOT, "scripts", "bench", "peer.py")
SEARCH = os.path.join(ROOT, "scripts", "bench", "search.py")
OURS = os.environ.get("ATELIER") or os.path.join(ROOT, ".build", "release", "atelier")
LIMIT = float(os.environ.get("LIMIT", "900"))
TURNS, SECONDS = int(os.environ.get("TURNS", "3")), os.environ.get("SECONDS", "2")
MODES = os.environ.get("MODES", "eager,cl").split(",")
THREADS = [int(t) for t in os.environ.get("THREADS", "1,2").split(",") if t]
OP_MODES = [m for m in MODES if "compile" not in m]
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
    """What a process prints, line by line; nothing when it takes longer than LIMIT."""
    try:
        out = process.communicate(timeout=LIMIT)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return []
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
    return "no result" if ms == math.inf else f"{ms:.4f}" if ms < 0.1 else f"{ms:.3f}" if ms < 10 else f"{ms:.1f}"


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
                # What gave no result once is not asked again.
                if math.inf in theirs[mode]: continue
                found = lines(start(cores, peer(name, mode, threads)))
                theirs[mode].append(found[0][key] if found else math.inf)
        best = min(median(v) for v in theirs.values())
        print(f"| {name} | {cell(median(mine))} | " + " | ".join(cell(median(theirs[m])) for m in MODES)
              + f" | {best / median(mine):.2f}× |", flush=True)


def pairs():
    print(f"\n### Two candidates on one thread each, images/s together (medians of {TURNS} turns)\n")
    print("| workload | ours | PyTorch, two at once | PyTorch, one on 2 threads | ours ÷ PyTorch's better |")
    print("|---|---|---|---|---|", flush=True)
    rate = lambda processes: sum(l[0]["images_per_s"] if l else 0 for l in [lines(p) for p in processes])
    for name in WORKLOADS:
        mine, two, one = [], [], []
        for _ in range(TURNS):
            mine.append(rate([start(c, ours(name, 1)) for c in "01"]))
            two.append(max(rate([start(c, peer(name, m, 1)) for c in "01"]) for m in MODES))
            one.append(max(rate([start("0,1", peer(name, m, 2))]) for m in MODES))
        a, b, c = median(mine), median(two), median(one)
        print(f"| {name} | {a:,.0f} | {b:,.0f} | {c:,.0f} | {a / max(b, c):.2f}× |", flush=True)


def operators():
    print(f"\n### Single operators, 1 thread, CPU ms (medians of {TURNS} turns; fb: forward and backward)\n")
    print("| operator | ours | of peak | x floor | " + " | ".join(f"PyTorch {m}" for m in OP_MODES) + " | fastest PyTorch ÷ ours |")
    print("|---" * (5 + len(OP_MODES)) + "|", flush=True)
    only = os.environ.get("OPS_ONLY", "")
    seconds = str(min(float(SECONDS), 0.5))
    mine, theirs = {}, {}
    for _ in range(TURNS):
        for line in lines(start("0", [OURS, "bench", "engine", "--ops", "--only", only, "--seconds", seconds])):
            mine.setdefault((line["name"], line["mode"]), []).append(line)
        for mode in OP_MODES:
            for line in lines(start("0", [PYTHON, PEER, "--ops", "--only", only, "--modes", mode, "--threads", "1", "--seconds", seconds])):
                theirs.setdefault((line["name"], mode), []).append(line["cpu_ms"])
    for (name, mode), found in mine.items():
        of = lambda key: median([line[key] for line in found])
        peers = [median(theirs[name, m]) if (name, m) in theirs else None for m in OP_MODES]
        best = min([p for p in peers if p is not None], default=None)
        moves = not (name.startswith("gemm") or "conv" in name)
        print(f"| {name}{' direct' if mode.endswith('direct') else ''} | {cell(of('cpu_ms'))} | "
              + (f"{of('of_peak'):.0%}" if of("flops_per_step") else "–") + " | " + (f"{of('over_floor'):.1f}" if moves else "–") + " | "
              + " | ".join("–" if p is None else cell(p) for p in peers)
              + (f" | {best / of('cpu_ms'):.2f}× |" if best else " | – |"), flush=True)
    peak = median([l["peak_gflops"] for found in mine.values() for l in found])
    print(f"\nPeak measured here: {peak:.0f} GF/s. Floor: every tensor of the operation read or written once, at the speed of a triad here.")


def cells_file():
    """The cells to search: named, shared, or drawn at random."""
    shared = os.path.join(ROOT, "..", "shared", "bench", "search_cells.txt")
    if os.environ.get("CELLS"): return os.environ["CELLS"]
    if os.path.exists(shared): return shared
    draw = random.Random(0)
    names = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"]
    path = os.path.join(ROOT, ".build", "search_cells.txt")
    with open(path, "w") as file:
        for _ in range(40):
            nodes = ["|" + "|".join(f"{draw.choice(names)}~{source}" for source in range(to)) + "|" for to in (1, 2, 3)]
            file.write("+".join(nodes) + "\n")
    return path


def search():
    cells = cells_file()
    count = sum(1 for line in open(cells) if line.strip())
    print(f"\n### A whole search: {count} cells, width 8, 5 epochs, digits, 2 cores, trials/s (medians of {TURNS} turns)\n")
    print("| ours | PyTorch, two processes | ratio |\n|---|---|---|", flush=True)
    mine, theirs, failures = [], [], 0
    for _ in range(TURNS):
        line = lines(start("0,1", [OURS, "bench", "trials", "--cells", cells, "--trials", str(count), "--workers", "2"]))[0]
        # What could not be trained is no trial.
        failures = line["failures"]
        mine.append((count - 1 - failures) / line["seconds_after_first"])
        theirs.append(lines(start("0,1", [PYTHON, SEARCH, "--cells", cells]))[0]["trials_per_s"])
    print(f"| {median(mine):.1f} | {median(theirs):.2f} | {median(mine) / median(theirs):.1f}× |", flush=True)
    if failures: print(f"\nOf ours {failures} cell(s) could not be trained (no path from input to output) and are not counted; PyTorch trains them.")


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
    if os.environ.get("OPS") != "0":
        operators()
    if os.environ.get("SEARCH") != "0":
        search()
    if os.environ.get("CURVES") == "1":
        curves()
    if os.environ.get("MEMORY") == "1":
        memory()
