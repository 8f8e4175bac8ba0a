"""Synthetic jobs for the fixture server: what `openapi.yaml` describes, from seeded numbers."""
import datetime
import math
import random

import fixture_catalog as catalog
import fixture_cells as cells
import fixture_networks as networks
import fixture_trust as trust

START = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.timezone.utc)
MAKERS = {"nas-chain": cells.skip_chain, "nasnet-cell": cells.two_cells, "block-qnn": cells.layer_block,
          "eas-chain": cells.grown_chain, "darts-cell": cells.two_cells}
STATES = ("pending", "running", "completed", "stopped_early", "infeasible", "diverged", "failed", "cancelled")
NUMERICS = {"engine_version": "1", "isa": "avx512", "threads": 1, "supernet_threads": None}


def at(seconds):
    """A time so many seconds after the fixture's morning, as the API writes it."""
    return (START + datetime.timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Job:
    """One job with its trials, events and result, changed by `finish_trial` and its like."""

    def __init__(self, key, name, space="nasbench201-cell", dataset="digits", strategy="regularized-evolution",
                 state="running", budget=200, seed=7, seconds_a_trial=2.4, pruner=None, objectives=(), verdict=None):
        self.id, self.space, self.seconds_a_trial = f"job_{key}", space, seconds_a_trial
        self.pruner, self.verdict = pruner, verdict
        self.random = random.Random(seed)
        self.trials, self.events, self.architectures, self.final = [], [], {}, None
        self.supernets, self.fidelity, self.rank_verdict = [], trust.not_reached(self.id), None
        strategies = {"regularized-evolution": {"population": 20, "sample": 5}, "random": {},
                      "darts": {"epochs": 20, "rounds": 2, "watchdog": "warn"}, "enas": {"epochs": 20, "rounds": 1}}
        self.shares = strategy in ("darts", "enas")
        self.record = {
            "id": self.id, "name": name, "labels": [], "state": state,
            "phase": "searching" if state == "running" else None, "stop_reason": None, "failure": None,
            "dataset": dataset, "space": {"name": space, "params": {}},
            "strategy": {"name": strategy, "params": strategies[strategy]}, "best": None, "digest": None,
            "numerics": None if state == "queued" else {**NUMERICS, "supernet_threads": 2 if self.shares else None}, "final_plan": None,
            "created": at(0), "started": None if state == "queued" else at(2), "finished": None}
        self.record["request"] = {
            **{part: self.record[part] for part in ("name", "labels", "dataset", "space", "strategy")},
            "task": "classification", "pruner": pruner and catalog.choice(catalog.PRUNERS, pruner),
            "control": 0 if self.shares else 0.1, "objectives": [{"metric": "accuracy", "goal": "max", "limit": None}, *objectives],
            "budget": {"max_trials": budget, "max_seconds": None, "target_accuracy": None, "count_repeats": False},
            "parallelism": 4, "seed": seed, "priority": 0,
            "trial": {"samples_seen": 5390, "batch_size": 64, "optimizer": "sgd", "learning_rate": 0.1,
                      "momentum": 0.9, "nesterov": True, "weight_decay": 0.0005, "decay": "cosine",
                      "gradient_clip": None, "augmentation": []},
            "final": {"top": 3, "seeds": 3, "samples_seen": 32340, "controls": 19 if self.shares else 0},
            "fidelity": {"share": 0.2, "architectures": 24, "min_tau": None}, "proxies": [], "filter": None}
        self.spent, self.has_repeats, self.share_stopped = 0.0, True, 0.15 if pruner else 0.035

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
        elif self.space in MAKERS:
            architecture, score = MAKERS[self.space](draw.randrange(10 ** 6)), draw.gauss(0.95, 0.01)
        else:
            widths = [draw.choice((16, 32, 64, 128)) for _ in range(draw.randint(1, 4))]
            architecture, score = networks.perceptron(widths), draw.gauss(0.93, 0.02)
        return architecture, min(0.995, max(0.05, score))

    def start_trial(self, architecture=None):
        """A running trial, and what it will reach; evolution starts at random, every tenth draw is a control."""
        number = len(self.trials) + 1
        begin = 2 + (number - 1) * self.seconds_a_trial / 2
        architecture, score = (architecture, None) if architecture else self.choose()
        is_random = self.record["strategy"]["name"] == "random" or number <= 8 or number % 10 == 0
        key = f"arch_{self.id[4:]}{architecture['fingerprint'][3:15]}"
        record = self.architectures.setdefault(key, {
            "id": key, "job": self.id, "trials": [], **architecture,
            **dict(zip(("parameters", "macs"), networks.totals(architecture)))})
        record["trials"].append(number)
        trial = {
            "number": number, "state": "running", "attempt": 1, "code": architecture["code"],
            "genotype": [], "decisions": {}, "fingerprint": architecture["fingerprint"], "architecture": key,
            "fidelity": 1.0, "parent": None, "cached_from": None, "is_random": is_random, "is_probe": False, "estimator": "stand_alone", "weights_kept": False, "search_accuracy": None, "parameters": None, "macs": None, "metrics": {},
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
            timed = any(one["metric"] == "latency" for one in self.record["request"]["objectives"])
            trial.update(parameters=parameters, macs=macs,
                         metrics={"latency_ms": round(0.1 + macs * 4e-8, 4)} if timed else {})
            payload.update(parameters=parameters, macs=macs)
        if score is not None:
            score = round(score, 4)
            trial["search_accuracy"] = payload["search_accuracy"] = score
            best = self.record["best"]
            over = any(one["limit"] and trial.get(one["metric"], 0) > one["limit"] for one in self.record["request"]["objectives"])
            if not over and state == "completed" and (not best or score > best["search_accuracy"]):
                payload["is_best"] = trial["weights_kept"] = True
                self.record["best"] = {"trial": trial["number"], "search_accuracy": score, "parameters": parameters,
                                       "macs": macs, "architecture": trial["architecture"]}
        self.spent = 2 + trial["number"] * self.seconds_a_trial / 2
        self.emit("trial.finished", payload)

    def run_trial(self, state=None):
        """One whole trial; without a state mostly completed, now and then lost, stopped early or a repeat."""
        roll = self.random.random()
        if not state and len(self.trials) > 20 and self.has_repeats and self.random.random() < 0.1:
            return self.repeat_trial(self.random.choice(
                [trial for trial in self.trials if trial["state"] == "completed" and not trial["cached_from"]]))
        trial, score = self.start_trial()
        state = state or ("diverged" if roll < 0.02 else "failed" if roll < 0.03 else
                          "infeasible" if roll < 0.035 else "stopped_early" if roll < self.share_stopped else "completed")
        if state in ("completed", "stopped_early"):
            reached, pace = (score, 0.9) if state == "completed" else (score - 0.02, 1.4)
            for epoch in range(1, (5 if state == "completed" else 2) + 1):
                self.report_epoch(trial, epoch, round(reached * (1 - 0.5 * math.exp(-pace * epoch)), 4))
            last = trial["curve"][-1]["metrics"]["validation_accuracy"]
            # As the service does, a pruner's trial of the block space has no accuracy at the full budget.
            scored = state == "completed" or self.space != "block-qnn"
            self.finish_trial(trial, state, last if scored else None, None if state == "completed" else
                              f"after epoch 2 its best validation accuracy {last} is below {round(last + 0.0312, 4)}, "
                              f"the median of {trial['number'] - 1} completed trials")
        elif state == "diverged":
            self.report_epoch(trial, 1, 0.31)
            self.report_epoch(trial, 2, None, None)
            trial["curve"][-1]["metrics"]["train_loss"] = None
            self.finish_trial(trial, state, failure="the loss was NaN in epoch 2, step 14")
        else:
            reason = {"failed": "the worker ended with signal 11 three times on this trial",
                      "infeasible": "needs 1.9 GB; the limit of a worker is 1.5 GB"}[state]
            self.finish_trial(trial, state, failure=reason)

    def run_scored(self, is_random=False, is_probe=False):
        """A candidate that shared weights have scored: nothing is trained, there is no curve."""
        trial, score = self.start_trial()
        trial.update(is_random=is_random, is_probe=is_probe, estimator="shared_weights", started=None)
        self.finish_trial(trial, "completed", score)
        trial.update(measured={}, metrics={"search_loss": round(1.2 - score, 4)}, weights_kept=False)
        return trial

    # Supernets

    def start_supernet(self, number, state="running"):
        supernet = trust.supernet(number, state)
        self.supernets.append(supernet)
        if state == "running":
            self.emit("supernet.started", {"round": number, "attempt": 1})
        return supernet

    def report_supernet_epoch(self, number, metrics):
        supernet = self.supernets[number - 1]
        epoch = len(supernet["curve"]) + 1
        supernet["curve"].append({"epoch": epoch, "metrics": metrics, "seconds": 0.6 * epoch})
        self.emit("supernet.epoch", {"round": number, "epoch": epoch, "metrics": metrics})

    def finish_supernet(self, number, strengths, warnings=(), candidates=101, branches=None):
        supernet = self.supernets[number - 1]
        supernet.update(state="completed", strengths=strengths, branches=branches or {}, warnings=list(warnings), candidates=candidates,
                        measured={"train_seconds": round(0.6 * len(supernet["curve"]), 2)})
        for text in warnings:
            self.emit("supernet.warning", {"round": number, "level": "warning", "message": text})
        self.emit("supernet.finished", {"round": number, "state": "completed", "candidates": candidates, "failure": None})

    def repeat_trial(self, original):
        """A trial of a known network: the earlier result again, untrained."""
        trial, _ = self.start_trial(self.architectures[original["architecture"]])
        same = ("curve", "search_accuracy", "parameters", "macs", "state", "failure", "metrics")
        trial.update({name: original[name] for name in same}, cached_from=original["number"], started=None,
                     finished=at(2 + trial["number"] * self.seconds_a_trial / 2))
        self.emit("trial.finished", {"trial": trial["number"], "is_best": False, **{name: original[name] for name in same[1:5]}})

    # The job as a whole

    def emit(self, kind, payload):
        self.events.append({"sequence": len(self.events) + 1, "kind": kind,
                            "at": at(len(self.events)), "payload": payload})

    def set_state(self, state, phase=None, stop_reason=None, failure=None):
        self.record.update(state=state, phase=phase, stop_reason=stop_reason, failure=failure)
        if state in ("succeeded", "failed", "cancelled"):
            self.record.update(finished=at(self.spent + 3), digest="5f" * 32)
        self.emit("job.state", {"state": state, "phase": phase, "stop_reason": stop_reason, "failure": failure})

    def finalists(self, trials=None):
        """The best three completed trials with different architectures."""
        able = [t for t in self.trials if not (self.shares and (t["is_random"] or t["is_probe"]))]
        ranked = sorted((t for t in trials or able if t["state"] == "completed" and t["search_accuracy"]),
                        key=lambda t: -t["search_accuracy"])
        unique = {}
        for trial in ranked:
            unique.setdefault(trial["fingerprint"], trial)
        names = ("architecture", "fingerprint", "code", "parameters", "macs", "search_accuracy")
        return [{**{name: trial[name] for name in names}, "trial": trial["number"], "validation_accuracy": None,
                 "test_accuracy": None, "weights_kept": trial["weights_kept"], "is_random": trial["is_random"]}
                for trial in list(unique.values())[:3]]

    def conclude(self):
        """The final phase: the best three retrained, the winner by validation tested."""
        finalists = self.finalists()
        if not self.shares and not any(finalist["is_random"] for finalist in finalists):
            finalists += self.finalists([trial for trial in self.trials if trial["is_random"]])[:1]
        for finalist in finalists:
            finalist["validation_accuracy"] = estimate([
                round(finalist["search_accuracy"] + 0.006 + self.random.gauss(0, 0.002), 4) for _ in range(3)])
        finalists.sort(key=lambda finalist: -finalist["validation_accuracy"]["mean"])
        winner = finalists[0]
        winner["test_accuracy"] = estimate([round(v - 0.006, 4) for v in winner["validation_accuracy"]["values"]])
        winner["weights_kept"] = True
        self.final = finalists
        controls = [trial["number"] for trial in self.trials if trial["is_random"]][:19] if self.shares else []
        self.record["final_plan"] = {
            "top": 3, "seeds": 3, "samples_seen": 32340, "shrunk_because": None, "finalists": [one["trial"] for one in finalists],
            "probes": [], "probe_samples_seen": 32340, "probes_note": None, "controls": controls,
            "comparison": {"seeds": 3, "samples_seen": 32340}, "controls_note": None, "fell_back": self.fidelity["fell_back"]}

    def wire_result(self):
        """The result as far as it exists; None before the first completed trial."""
        finalists = self.final or self.finalists()
        if not finalists:
            return None
        return {
            "job": self.id, "state": self.record["state"], "stop_reason": self.record["stop_reason"],
            "reproducible": True, "digest": self.record["digest"], "seed": self.record["request"]["seed"],
            "numerics": NUMERICS, "final_plan": self.record["final_plan"], "finalists": finalists,
            "verdict": self.verdict, "rank_verdict": self.rank_verdict, "repeated_trials": self.repeated}

    def wire_pareto(self, cost):
        """The front of completed trials by accuracy and cost within the cost's limit, and the volume that it covers."""
        name = {"latency": "latency_ms"}.get(cost, cost)
        limit = next((one["limit"] for one in self.record["request"]["objectives"] if one["metric"] == cost), None)
        rows = [(trial.get(name) or trial["metrics"].get(name), -trial["search_accuracy"], trial) for trial in self.trials
                if trial["state"] == "completed" and trial["search_accuracy"] and not trial["cached_from"]]
        kept = sorted((row for row in rows if not limit or row[0] <= limit), key=lambda row: row[:2])
        dearest, volume, best, front = limit or max(row[0] for row in kept), 0, 0, []
        for price, worst, trial in kept:
            if -worst > best:
                volume += (-worst - best) * (dearest - price)
                best = -worst
                front.append({"trial": trial["number"], "architecture": trial["architecture"],
                              "search_accuracy": best, "cost": price})
        return {"cost": cost, "reference": {"search_accuracy": 0, "cost": dearest}, "hypervolume": volume,
                "trials_compared": len(rows), "data": front}

    @property
    def repeated(self):
        return sum(trial["cached_from"] is not None for trial in self.trials)

    def wire(self):
        """The job as `GET /v1/jobs/{id}` answers."""
        counts = dict.fromkeys(STATES, 0)
        for trial in self.trials:
            counts[trial["state"]] += 1
        done = len(self.trials) - counts["pending"] - counts["running"]
        budget = self.record["request"]["budget"]["max_trials"]
        spent = done - self.repeated
        if not budget:
            epochs = sum(len(one["curve"]) for one in self.supernets) / max(1, 20 * len(self.supernets))
            return {**self.record, "trial_counts": counts, "progress": {
                "trials_finished": done, "trials_repeated": self.repeated, "max_trials": None, "max_seconds": None,
                "fraction": 1 if self.record["state"] == "succeeded" else epochs, "seconds": self.spent, "seconds_left": None}}
        left = (budget - spent) * self.seconds_a_trial / 2 if self.record["state"] == "running" and done else None
        return {**self.record, "trial_counts": counts, "progress": {
            "trials_finished": done, "trials_repeated": self.repeated, "max_trials": budget,
            "fraction": 1 if self.record["state"] == "succeeded" else min(1, spent / budget), "seconds": self.spent,
            "max_seconds": None, "seconds_left": left}}


def estimate(values):
    """Mean and 95 % Student-t interval."""
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1))
    reach = 4.303 * spread / math.sqrt(len(values))
    return {"mean": round(mean, 5), "low": round(mean - reach, 5), "high": round(mean + reach, 5), "values": values}


def make_jobs():
    """All jobs of the fixture, newest first."""
    running = Job("running", "small cells", pruner="median",
                  objectives=[{"metric": "parameters", "goal": "min", "limit": None}, {"metric": "macs", "goal": "min", "limit": 500_000}])
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
    one.record["request"].update(proxies=["synflow"], filter={"proxy": "naswot", "keep": 0.5, "pool": 64})
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
    known = [many.choose() for _ in range(60)]
    many.has_repeats = False

    def another():
        architecture, score = many.random.choice(known)
        return {**architecture, "fingerprint": f"a1-{len(many.trials) + 1:012x}"}, score

    many.choose = another
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
    return {job.id: job for job in (running, done, *make_ends(), *trust.make_jobs(Job), one, nan, evil, deep, table, empty, lost, many)}


def verdict(answer, strategy, control, better, worse, effect, power):
    return {"answer": answer, "test": "mann-whitney", "strategy_trials": strategy, "control_trials": control,
            "p_better": better, "p_worse": worse, "effect": effect, "power": power}


def make_ends():
    """Jobs with a verdict on their strategy, on the spaces with other figures than one cell."""
    told = {
        "nasnet": ("normal and reduction", verdict("better", 15, 10, 0.00312, 0.9971, 0.861, 0.7089)),
        "block": ("one block", verdict("not_distinguishable", 15, 10, 0.2113, 0.8021, 0.5933, 0.7089)),
        "grown": ("grown chains", verdict("worse", 12, 10, 0.99987, 0.0000413, 0.1267, 0.6512))}
    spaces = {"nasnet": "nasnet-cell", "block": "block-qnn", "grown": "eas-chain"}
    jobs = []
    for key, (name, said) in told.items():
        timed = [{"metric": "latency", "goal": "min", "limit": None}] if key == "nasnet" else []
        job = Job(key, name, space=spaces[key], budget=36, seed=29, pruner="asha" if key == "block" else None,
                  objectives=timed, verdict=said)
        for _ in range(36):
            job.run_trial()
        if key == "nasnet":
            job.fidelity = trust.recorded(job)
        elif key == "block":
            job.fidelity = trust.skipped(job.id)
        job.conclude()
        job.set_state("succeeded", stop_reason="budget_trials")
        jobs.append(job)
    return jobs
