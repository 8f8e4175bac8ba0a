"""Synthetic jobs for the fixture server: what `openapi.yaml` describes, from seeded numbers."""
import datetime
import math
import random

import fixture_networks as networks

START = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.timezone.utc)
STATES = ("pending", "running", "completed", "stopped_early", "infeasible", "diverged", "failed", "cancelled")
NUMERICS = {"engine_version": "1", "isa": "avx512", "threads": 1}


def at(seconds):
    """A time so many seconds after the fixture's morning, as the API writes it."""
    return (START + datetime.timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Job:
    """One job with its trials, events and result, changed by `finish_trial` and its like."""

    def __init__(self, key, name, space="nasbench201-cell", dataset="digits", strategy="regularized-evolution",
                 state="running", budget=200, seed=7, seconds_a_trial=2.4):
        self.id, self.space, self.seconds_a_trial = f"job_{key}", space, seconds_a_trial
        self.random = random.Random(seed)
        self.trials, self.events, self.architectures, self.final = [], [], {}, None
        strategies = {"regularized-evolution": {"population": 20, "sample": 5}, "random": {}}
        self.record = {
            "id": self.id, "name": name, "labels": [], "state": state,
            "phase": "searching" if state == "running" else None, "stop_reason": None, "failure": None,
            "dataset": dataset, "space": {"name": space, "params": {}},
            "strategy": {"name": strategy, "params": strategies[strategy]}, "best": None, "digest": None,
            "numerics": None if state == "queued" else NUMERICS, "final_plan": None,
            "created": at(0), "started": None if state == "queued" else at(2), "finished": None}
        self.record["request"] = {
            **{part: self.record[part] for part in ("name", "labels", "dataset", "space", "strategy")},
            "task": "classification", "objectives": [{"metric": "accuracy", "goal": "max", "limit": None}],
            "budget": {"max_trials": budget, "max_seconds": None, "target_accuracy": None},
            "parallelism": 4, "seed": seed, "priority": 0,
            "trial": {"samples_seen": 5390, "batch_size": 64, "optimizer": "sgd", "learning_rate": 0.1,
                      "momentum": 0.9, "nesterov": True, "weight_decay": 0.0005, "decay": "cosine",
                      "gradient_clip": None, "augmentation": []},
            "final": {"top": 3, "seeds": 3, "samples_seen": 32340}}
        self.spent = 0.0

    # Making trials

    def choose(self):
        """An architecture and the accuracy that it would reach."""
        draw = self.random
        if self.space == "nasbench201-cell":
            choice = tuple(draw.choice((0, 1, 2, 3, 3, 4)) for _ in range(6))
            architecture = networks.bench_cell(choice)
            convs = sum(op in (2, 3) for op in choice)
            score = 0.90 + 0.011 * convs + draw.gauss(0, 0.008)
            if not any(networks.live_edges(choice)):
                score = 0.10
        elif self.space == "nas-chain":
            architecture, score = networks.chain(draw.randrange(10 ** 6)), draw.gauss(0.95, 0.01)
        else:
            widths = [draw.choice((16, 32, 64, 128)) for _ in range(draw.randint(1, 4))]
            architecture, score = networks.perceptron(widths), draw.gauss(0.93, 0.02)
        return architecture, min(0.995, max(0.05, score))

    def start_trial(self):
        number = len(self.trials) + 1
        begin = 2 + (number - 1) * self.seconds_a_trial / 2
        architecture, score = self.choose()
        key = f"arch_{self.id[4:]}{architecture['fingerprint'][3:15]}"
        record = self.architectures.setdefault(key, {
            "id": key, "job": self.id, "trials": [], **architecture,
            **dict(zip(("parameters", "macs"), networks.totals(architecture)))})
        record["trials"].append(number)
        trial = {
            "number": number, "state": "running", "attempt": 1, "code": architecture["code"],
            "genotype": [], "decisions": {}, "fingerprint": architecture["fingerprint"], "architecture": key,
            "fidelity": 1.0, "parent": None, "weights_kept": False, "search_accuracy": None, "parameters": None, "macs": None, "metrics": {},
            "measured": {}, "curve": [], "failure": None, "started": at(begin), "finished": None}
        self.trials.append(trial)
        self.emit("trial.started", {"trial": number, "attempt": 1})
        return trial, score

    def report_epoch(self, trial, epoch, accuracy, loss=None):
        metrics = {"train_loss": loss if loss is not None else round(1.6 * math.exp(-0.5 * epoch), 4),
                   "validation_accuracy": accuracy, "train_accuracy": accuracy and min(1.0, accuracy + 0.02)}
        trial["curve"].append({"epoch": epoch, "metrics": metrics, "seconds": 0.4 * epoch})
        self.emit("trial.epoch", {"trial": trial["number"], "epoch": epoch, "metrics": metrics})

    def finish_trial(self, trial, state="completed", score=None, failure=None):
        parameters, macs = (self.architectures[trial["architecture"]][name] for name in ("parameters", "macs"))
        trial.update(state=state, failure=failure, finished=at(2 + trial["number"] * self.seconds_a_trial / 2),
                     measured={"train_seconds": round(self.seconds_a_trial * self.random.uniform(0.8, 1.2), 3)})
        payload = {"trial": trial["number"], "state": state, "is_best": False}
        if state in ("completed", "stopped_early", "diverged"):
            trial.update(parameters=parameters, macs=macs)
            payload.update(parameters=parameters, macs=macs)
        if score is not None:
            score = round(score, 4)
            trial["search_accuracy"] = payload["search_accuracy"] = score
            best = self.record["best"]
            if state == "completed" and (not best or score > best["search_accuracy"]):
                payload["is_best"] = trial["weights_kept"] = True
                self.record["best"] = {"trial": trial["number"], "search_accuracy": score, "parameters": parameters,
                                       "macs": macs, "architecture": trial["architecture"]}
        self.spent = 2 + trial["number"] * self.seconds_a_trial / 2
        self.emit("trial.finished", payload)

    def run_trial(self, state=None):
        """One whole trial; without a state mostly completed, now and then lost."""
        trial, score = self.start_trial()
        roll = self.random.random()
        state = state or ("diverged" if roll < 0.02 else "failed" if roll < 0.03 else
                          "infeasible" if roll < 0.035 else "stopped_early" if roll < 0.06 else "completed")
        if state in ("completed", "stopped_early"):
            epochs = 5 if state == "completed" else 2
            for epoch in range(1, epochs + 1):
                self.report_epoch(trial, epoch, round(score * (1 - 0.5 * math.exp(-0.9 * epoch * 5 / epochs)), 4))
            self.finish_trial(trial, state, trial["curve"][-1]["metrics"]["validation_accuracy"])
        elif state == "diverged":
            self.report_epoch(trial, 1, 0.31)
            self.report_epoch(trial, 2, None, None)
            trial["curve"][-1]["metrics"]["train_loss"] = None
            self.finish_trial(trial, state, failure="the loss was NaN in epoch 2, step 14")
        else:
            reason = {"failed": "the worker ended with signal 11 three times on this trial",
                      "infeasible": "needs 1.9 GB; the limit of a worker is 1.5 GB"}[state]
            self.finish_trial(trial, state, failure=reason)

    # The job as a whole

    def emit(self, kind, payload):
        self.events.append({"sequence": len(self.events) + 1, "kind": kind,
                            "at": at(len(self.events)), "payload": payload})

    def set_state(self, state, phase=None, stop_reason=None, failure=None):
        self.record.update(state=state, phase=phase, stop_reason=stop_reason, failure=failure)
        if state in ("succeeded", "failed", "cancelled"):
            self.record.update(finished=at(self.spent + 3), digest="5f" * 32)
        self.emit("job.state", {"state": state, "phase": phase, "stop_reason": stop_reason, "failure": failure})

    def finalists(self):
        """The best three completed trials with different architectures."""
        ranked = sorted((t for t in self.trials if t["state"] == "completed" and t["search_accuracy"]),
                        key=lambda t: -t["search_accuracy"])
        unique = {}
        for trial in ranked:
            unique.setdefault(trial["fingerprint"], trial)
        names = ("architecture", "fingerprint", "code", "parameters", "macs", "search_accuracy")
        return [{**{name: trial[name] for name in names}, "trial": trial["number"], "validation_accuracy": None,
                 "test_accuracy": None, "weights_kept": trial["weights_kept"]} for trial in list(unique.values())[:3]]

    def conclude(self):
        """The final phase: the best three retrained, the winner by validation tested."""
        finalists = self.finalists()
        for finalist in finalists:
            finalist["validation_accuracy"] = estimate([
                round(finalist["search_accuracy"] + 0.006 + self.random.gauss(0, 0.002), 4) for _ in range(3)])
        finalists.sort(key=lambda finalist: -finalist["validation_accuracy"]["mean"])
        winner = finalists[0]
        winner["test_accuracy"] = estimate([round(v - 0.006, 4) for v in winner["validation_accuracy"]["values"]])
        winner["weights_kept"] = True
        self.final = finalists
        self.record["final_plan"] = {"top": 3, "seeds": 3, "samples_seen": 32340, "shrunk_because": None}

    def wire_result(self):
        """The result as far as it exists; None before the first completed trial."""
        finalists = self.final or self.finalists()
        if not finalists:
            return None
        return {
            "job": self.id, "state": self.record["state"], "stop_reason": self.record["stop_reason"],
            "reproducible": True, "digest": self.record["digest"], "seed": self.record["request"]["seed"],
            "numerics": NUMERICS, "final_plan": self.record["final_plan"], "finalists": finalists}

    def wire(self):
        """The job as `GET /v1/jobs/{id}` answers."""
        counts = dict.fromkeys(STATES, 0)
        for trial in self.trials:
            counts[trial["state"]] += 1
        done = len(self.trials) - counts["pending"] - counts["running"]
        budget = self.record["request"]["budget"]["max_trials"]
        left = (budget - done) * self.seconds_a_trial / 2 if self.record["state"] == "running" and done else None
        return {**self.record, "trial_counts": counts, "progress": {
            "trials_finished": done, "max_trials": budget, "fraction": min(1, done / budget), "seconds": self.spent,
            "max_seconds": None, "seconds_left": left}}


def estimate(values):
    """Mean and 95 % Student-t interval."""
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1))
    reach = 4.303 * spread / math.sqrt(len(values))
    return {"mean": round(mean, 5), "low": round(mean - reach, 5), "high": round(mean + reach, 5), "values": values}


def make_jobs():
    """All jobs of the fixture, newest first."""
    running = Job("running", "small cells")
    for _ in range(138):
        running.run_trial()
    done = Job("done", "digits, first try", budget=40, seed=3, strategy="random")
    for _ in range(40):
        done.run_trial()
    done.conclude()
    done.set_state("succeeded", stop_reason="budget_trials")
    empty = Job("empty", "waiting", state="queued")
    one = Job("one", "just begun", seed=5)
    one.run_trial("completed")
    lost = Job("lost", "all lost", budget=12, seed=9)
    for number in range(12):
        lost.run_trial(("failed", "diverged", "infeasible")[number % 3])
    lost.set_state("failed", stop_reason="too_many_failures", failure="12 of 12 trials failed; the last: the worker ended with signal 11 three times on this trial")
    nan = Job("nan", "numbers that are none", seed=11)
    for number in range(9):
        nan.run_trial("diverged" if number % 3 == 1 else "completed")
    nan.trials[3]["search_accuracy"] = None
    nan.trials[3]["parameters"] = None
    evil = Job("evil", '<img src=x onerror="window.hurt = 1">', seed=13)
    for _ in range(3):
        evil.run_trial("completed")
    evil.trials[0]["code"] = '<script>window.hurt = 2</script>'
    many = Job("many", "five thousand", budget=5000, seed=17, seconds_a_trial=0.4, strategy="random")
    cells = [many.choose() for _ in range(60)]
    many.choose = lambda: many.random.choice(cells)
    for _ in range(5000):
        many.run_trial()
    many.set_state("succeeded", stop_reason="budget_trials")
    deep = Job("chain", "a chain of layers", space="nas-chain", budget=20, seed=19)
    for _ in range(20):
        deep.run_trial("completed")
    table = Job("table", "wine", space="mlp", dataset="wine", budget=20, seed=23)
    for _ in range(14):
        table.run_trial("completed")
    table.set_state("paused")
    return {job.id: job for job in (running, done, one, nan, evil, deep, table, empty, lost, many)}


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
            "files": [], "content": content if state == "sealed" else None, "created": at(0)}


DATASETS = [dataset("digits", (8, 8, 1), 1797, 10, "3c", built_in=True), dataset("wine", (1, 1, 13), 178, 3, "7d"),
            dataset("mnist", (28, 28, 1), 70000, 10, "a1"), dataset("half-sent", (1, 1, 1), 1, 1, "00", state="open")]


def integer(description, low, high, default):
    return {"type": "integer", "description": description, "minimum": low, "maximum": high, "default": default}


def entry(key, summary, paper, **properties):
    return {"id": key, "summary": summary, "paper": paper,
            "parameters": {"type": "object", "properties": properties, "additionalProperties": False}}


def space(made, inputs, architectures):
    return {**made, "version": 1, "inputs": inputs, "architectures": architectures, "points": []}


STRATEGIES = [{**made, "tasks": ["classification"], "spaces": ["nasbench201-cell", "nas-chain", "mlp"]} for made in (
    entry("random", "Draws genotypes uniformly.", "Li & Talwalkar 2019, arXiv:1902.07638"),
    entry("regularized-evolution", "Mutates the best of a sample; the oldest of the population dies.",
          "Real et al. 2019, arXiv:1802.01548",
          population=integer("Architectures alive", 2, 1000, 20), sample=integer("Drawn for each parent", 1, 1000, 5),
          mutation={"type": "string", "description": "Which points a child changes", "enum": ["one", "two"], "default": "one"},
          aging={"type": "boolean", "description": "The oldest dies, not the worst", "default": True}))]

SPACES = [
    space(entry("nasbench201-cell", "A cell of 4 states and 6 edges with 5 operations, repeated.",
                "Dong & Yang 2020, arXiv:2001.00326", width=integer("Channels of the first stage", 1, 64, 8),
                cells=integer("Cells in each stage", 1, 5, 1)), ["image"], "15625"),
    space(entry("nas-chain", "A chain of convolutions with skip connections.", "Zoph & Le 2017, arXiv:1611.01578",
                layers=integer("Layers of the chain", 1, 15, 6)), ["image"], "2^40"),
    space(entry("mlp", "Fully connected layers for tables.", "", layers=integer("Most hidden layers", 1, 6, 3)),
          ["image", "tabular"], "340")]
