"""Data sets, strategies, spaces and pruners for the fixture server, as the catalog of `openapi.yaml` lists them."""


def dataset(name, shape, rows, classes, key, state="sealed", built_in=False):
    test = rows // 5
    content = {
        "digest": key * 32, "kind": "tabular" if shape[0] * shape[1] == 1 else "image",
        "shape": dict(zip(("height", "width", "channels"), shape)), "classes": [str(i) for i in range(classes)],
        "train_rows": rows - test, "fitting_rows": rows - 2 * test, "validation_rows": test, "test_rows": test,
        "test_split": "held out", "validation_fraction": 0.25, "train_counts": [], "test_counts": [], "minimum": 0,
        "maximum": 16, "mean": 4.9, "deviation": 6.0, "size_bytes": rows * shape[0] * shape[1] * shape[2],
        "source": "UCI", "licence": "CC BY 4.0"}
    options = dict.fromkeys(("shape", "label_column", "class_names", "test_fraction", "test_seed"))
    return {"id": f"ds_{name}", "name": name, "built_in": built_in, "format": "csv", "options": options, "state": state,
            "files": [], "content": content if state == "sealed" else None, "created": "2026-11-23T09:00:00.000Z"}


DATASETS = [dataset("digits", (8, 8, 1), 1797, 10, "3c", built_in=True), dataset("wine", (1, 1, 13), 178, 3, "7d"),
            dataset("mnist", (28, 28, 1), 70000, 10, "a1"), dataset("half-sent", (1, 1, 1), 1, 1, "00", state="open")]


def integer(description, low, high, default):
    return {"type": "integer", "description": description, "minimum": low, "maximum": high, "default": default}


def entry(key, summary, paper, **properties):
    return {"id": key, "summary": summary, "paper": paper,
            "parameters": {"type": "object", "properties": properties, "additionalProperties": False}}


def choice(entries, key):
    """An entry with its default parameters, as a resolved request names it."""
    found = next(one for one in entries if one["id"] == key)
    return {"name": key, "params": {name: one["default"] for name, one in found["parameters"]["properties"].items()}}


def space(made, inputs, architectures, points=()):
    return {**made, "version": 1, "inputs": inputs, "architectures": architectures, "points": [
        {"name": name, "values": list(values), "ordered": False, "condition": None} for name, values in points]}


DARTS_OPERATIONS = ("max_pool_3x3", "avg_pool_3x3", "skip_connect", "sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3", "dil_conv_5x5")
DARTS_POINTS = [(f"{cell}.{node}.{part}", values) for cell in ("normal", "reduction") for node in (0, 1) for part, values in (
    ("inputs", ("0,1",) if node == 0 else ("0,1", "0,2", "1,2")), ("first_operation", DARTS_OPERATIONS), ("second_operation", DARTS_OPERATIONS))]


ONE_SHOT = {
    "epochs": integer("Epochs the shared weights are trained", 1, 10000, 20), "batch_size": integer("Samples of a batch", 2, 4096, 64),
    "draws": integer("Uniform draws scored by the shared weights in the end", 24, 1000, 100), "rounds": integer("Supernets trained", 1, 16, 2)}

STRATEGIES = [{**made, "tasks": ["classification"], "home_space": None, "supernets": False, "honours_objectives": True, "spaces": ["nasbench201-cell", "nasnet-cell", "block-qnn", "nas-chain", "eas-chain", "mlp"]} for made in (
    entry("random", "Draws genotypes uniformly.", "Li & Talwalkar 2019, arXiv:1902.07638"),
    entry("regularized-evolution", "Mutates the best of a sample; the oldest of the population dies.",
          "Real et al. 2019, arXiv:1802.01548",
          population=integer("Architectures alive", 2, 1000, 20), sample=integer("Drawn for each parent", 1, 1000, 5),
          mutation={"type": "string", "description": "Which points a child changes", "enum": ["one", "two"], "default": "one"},
          aging={"type": "boolean", "description": "The oldest dies, not the worst", "default": True}))]
STRATEGIES += [{**made, "tasks": ["classification"], "home_space": "darts-cell", "supernets": True, "honours_objectives": False, "spaces": ["darts-cell"]} for made in (
    entry("darts", "Mixes all operations, learns the mixture by gradients, keeps the strongest.", "Liu et al. 2019, arXiv:1806.09055", **ONE_SHOT,
          watchdog={"type": "string", "description": "What follows when the search seems to collapse", "enum": ["off", "warn", "stop"], "default": "warn"}),
    entry("enas", "A controller samples paths of one shared network.", "Pham et al. 2018, arXiv:1802.03268", **ONE_SHOT))]

SPACES = [
    space(entry("nasbench201-cell", "A cell of 4 states and 6 edges with 5 operations, repeated.",
                "Dong & Yang 2020, arXiv:2001.00326", width=integer("Channels of the first stage", 1, 64, 8),
                cells=integer("Cells in each stage", 1, 5, 1)), ["image"], "15625"),
    space(entry("nas-chain", "A chain of convolutions with skip connections.", "Zoph & Le 2017, arXiv:1611.01578",
                layers=integer("Layers of the chain", 1, 15, 6)), ["image"], "2^40"),
    space(entry("nasnet-cell", "A normal and a reduction cell of blocks with two inputs each.", "Zoph et al. 2017, arXiv:1707.07012",
                blocks=integer("Blocks of a cell", 1, 7, 5)), ["image"], "2^80"),
    space(entry("block-qnn", "A block of convolutions, pools, sums and concatenations, stacked in stages.",
                "Zhong et al. 2017, arXiv:1708.05552", layers=integer("Most layers of the block", 1, 23, 5)), ["image"], "2^30"),
    space(entry("eas-chain", "Plain networks on ladders of depth and width, which grow with their weights.",
                "Cai et al. 2017, arXiv:1707.04873", stages=integer("Stages of convolutions", 1, 6, 2)), ["image"], "2^31"),
    space(entry("darts-cell", "A normal and a reduction cell whose nodes read two earlier states.", "Liu et al. 2019, arXiv:1806.09055",
                nodes=integer("Nodes of a cell", 1, 4, 2)), ["image"], "(3 · 7^4)^2", DARTS_POINTS),
    space(entry("mlp", "Fully connected layers for tables.", "", layers=integer("Most hidden layers", 1, 6, 3)),
          ["image", "tabular"], "340")]

PRUNERS = [
    entry("asha", "Asynchronous successive halving: the best third at each rung go on.", "Li et al. 2018, arXiv:1810.05934",
          min_epochs=integer("Epochs at the first rung", 1, 10000, 1), reduction=integer("One of so many goes on", 2, 10, 3)),
    entry("hyperband", "Brackets of successive halving, from many short to few whole trials.", "Li et al. 2016, arXiv:1603.06560",
          reduction=integer("One of so many goes on", 2, 10, 3)),
    entry("median", "Ends a trial that is below the median of the completed ones.", "Golovin et al. 2017, Google Vizier, KDD",
          startup_trials=integer("Completed trials before any is judged", 1, 1000, 5),
          warmup_epochs=integer("Epochs in which no trial is judged", 0, 1000, 1))]
