"""What shared weights and their trust add to the fixture's jobs: supernets, fidelity, rank verdicts."""
import math

# Architectures of a short search on the digits and what they had when trained alone, as a service answered.
RECORDED = [
    [0.7072, 1.816, 0.9641], [0.4171, 1.779, 0.9558], [0.7762, 1.533, 0.9613], [0.6105, 1.609, 0.9613], [0.6602, 1.469, 0.9365],
    [0.5912, 1.467, 0.9696], [0.7403, 1.735, 0.9669], [0.5608, 1.833, 0.9558], [0.826, 1.365, 0.9696], [0.5221, 1.796, 0.9475],
    [0.6547, 1.661, 0.9696], [0.7707, 1.809, 0.9558]]


def answer(key, state, asked=24, chosen=0, reached=0, note=None, min_tau=None, fell_back=False, report=None):
    return {"job": key, "state": state, "asked": asked, "chosen": chosen, "reached": reached, "note": note,
            "min_tau": min_tau, "fell_back": fell_back, "report": report}


def not_reached(key):
    return answer(key, "not_reached")


def skipped(key):
    return answer(key, "skipped", note="no architecture of 24 is trained for it: so many fit 20 % of the job's work, and fewer than 5 say nothing")


def estimate(value, low, high):
    return {"value": value, "low": low, "high": high}


def recorded(job):
    """A report as the service gave it, of a job that fell back, on this job's own trials."""
    completed = [trial for trial in job.trials if trial["state"] == "completed" and trial["search_accuracy"]]
    pairs = [{"trial": trial["number"], "search_accuracy": score, "search_loss": loss, "validation_accuracy": alone}
             for trial, (score, loss, alone) in zip(completed, RECORDED)]
    return answer(job.id, "finished", chosen=12, reached=12, note="12 of 24 architectures: so many fit 40 % of the job's work",
                  min_tau=0.2, fell_back=True, report={
                      "tau": estimate(0.2724, -0.2455, 0.6824), "tau_of_top_half": estimate(-0.2981, -0.9608, 1),
                      "spearman": estimate(0.3624, -0.301, 0.7903), "top_five": {"k": 5, "share": estimate(0.6, 0.2, 0.8), "by_chance": 0.3333},
                      "top_fifth": {"k": 3, "share": estimate(0.3333, 0, 1), "by_chance": 0.2}, "regret": estimate(0, 0, 0.0138), "pairs": pairs})


def trusted(job, reached=23):
    """A report of scores that mostly agree; one architecture could not be trained to the end."""
    probes = [trial for trial in job.trials if trial["is_probe"]][:reached]
    pairs = [{"trial": trial["number"], "search_accuracy": trial["search_accuracy"], "search_loss": trial["metrics"]["search_loss"],
              "validation_accuracy": round(0.9 + 0.8 * (trial["search_accuracy"] - 0.9) + job.random.gauss(0, 0.004), 4)} for trial in probes]
    return answer(job.id, "finished", chosen=24, reached=reached, note="1 of 24 could not be trained to the end", report={
        "tau": estimate(0.58, 0.31, 0.77), "tau_of_top_half": estimate(0.21, -0.19, 0.56), "spearman": estimate(0.74, 0.42, 0.9),
        "top_five": {"k": 5, "share": estimate(0.6, 0.2, 1), "by_chance": 0.3333}, "top_fifth": {"k": 5, "share": estimate(0.6, 0.2, 1), "by_chance": 0.3333},
        "regret": estimate(0.0083, 0, 0.0166), "pairs": pairs})


def supernet(number, state):
    return {"round": number, "state": state, "attempt": 0 if state == "pending" else 1, "metrics": {}, "measured": {}, "curve": [],
            "strengths": {}, "branches": {}, "candidates": 0, "warnings": [], "failure": None}


def relaxed_epoch(epoch, of=20, warned=False, learns=True):
    """Metrics of an epoch of a search by gradients; the curvature is none while the choices rest."""
    share = epoch / of
    return {"train_loss": round(2.2 * math.exp(-2.6 * share), 4), "train_accuracy": round(1 - 0.86 * math.exp(-4 * share), 4),
            "validation_loss": round(0.2 + 2 * math.exp(-2.4 * share), 4), "validation_accuracy": round(0.95 - 0.8 * math.exp(-4.2 * share), 4),
            "alpha_entropy": round(1 - 0.4 * share ** 2, 4), "skip_share": round(0.25 * (epoch // 6), 4),
            "alpha_curvature": round(0.2 + 0.9 * share ** 3, 4) if learns else None, "watchdog": 1 if warned else 0}


def sampled_epoch(epoch, of=20):
    """Metrics of an epoch of a search by a policy, which rests at first."""
    metrics = {"train_loss": round(2.2 * math.exp(-2 * epoch / of), 4), "train_accuracy": round(0.9 - 0.8 * math.exp(-3 * epoch / of), 4)}
    if epoch > 2:
        metrics.update(reward=round(0.85 - 0.7 * math.exp(-3 * epoch / of), 4), policy_entropy=round(9.2 - 2 * epoch / of, 4), skip_share=0.4)
    return metrics


def strengths(job, divided=False):
    """Strengths of the branches of two cells with two nodes: eight branches on each of five edges."""
    found = {}
    for cell in ("normal", "reduction"):
        for edge in range(5):
            weights = [math.exp(job.random.gauss(0, 0.8)) for _ in range(8)]
            found[f"{cell}.edges.{edge}"] = [round(one / sum(weights), 4) for one in weights]
        if divided:
            for node in range(2):
                found[f"{cell}.nodes.{node}"] = [round(1 / (node + 2), 4)] * (node + 2)
    return found


def branches(strengths):
    """Names of the branches; those of the reduction cell's nodes have none."""
    operations = ["none", "max_pool_3x3", "avg_pool_3x3", "skip_connect", "sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3", "dil_conv_5x5"]
    return {key: operations if ".edges." in key else [f"state {i}" for i in range(len(values))]
            for key, values in strengths.items() if not key.startswith("reduction.nodes")}


def make_jobs(job_class):
    """A finished search by gradients, one by a policy that is checked now, and one whose weights are in training."""
    return [finished(job_class), checked(job_class), training(job_class)]


def finished(job_class):
    job = job_class("shared", "cells by gradients", space="darts-cell", strategy="darts", budget=None, seed=31)
    warning = "epoch 18: skip connections are 3 of the 4 edges that would be derived"
    for number in (1, 2):
        job.start_supernet(number)
        for epoch in range(1, 21):
            job.report_supernet_epoch(number, relaxed_epoch(epoch, warned=number == 2 and epoch == 18, learns=epoch > 3))
        strong = strengths(job, divided=number == 2)
        job.finish_supernet(number, strong, [warning] if number == 2 else [], branches=branches(strong))
    for _ in range(5):
        job.run_scored()
    for number in range(100):
        job.run_scored(is_random=True, is_probe=number % 4 == 0 and number < 96)
    job.fidelity = trusted(job)
    job.conclude()
    winner = next(one for one in job.final if one["test_accuracy"])
    mean = winner["validation_accuracy"]["mean"]
    controls = sorted((round(mean - 0.011 + job.random.gauss(0, 0.006), 4) for _ in range(19)), reverse=True)
    above = sum(one >= mean for one in controls)
    job.rank_verdict = rank(winner["trial"], mean, controls, above)
    job.set_state("succeeded", stop_reason="search_finished")
    return job


def rank(trial, mean, controls, above):
    p = (1 + above) / (len(controls) + 1)
    return {"answer": "better" if p <= 0.05 else "not_distinguishable", "test": "rank", "trial": trial, "validation_accuracy": mean,
            "controls": controls, "above": above, "p": p, "p_floor": 1 / (len(controls) + 1)}


def checked(job_class):
    job = job_class("checked", "paths of a policy", space="darts-cell", strategy="enas", budget=None, seed=37)
    job.start_supernet(1)
    for epoch in range(1, 21):
        job.report_supernet_epoch(1, sampled_epoch(epoch))
    job.finish_supernet(1, {})
    for number in range(60):
        job.run_scored(is_random=number >= 10 and number % 2 == 1, is_probe=number >= 10 and number % 2 == 0)
    job.set_state("running", "checking_fidelity")
    job.fidelity = answer(job.id, "running", chosen=24, reached=7, min_tau=0.3)
    return job


def training(job_class):
    job = job_class("training", "weights in training", space="darts-cell", strategy="darts", budget=None, seed=41)
    job.start_supernet(1)
    for epoch in range(1, 4):
        job.report_supernet_epoch(1, relaxed_epoch(epoch, learns=False))
    job.start_supernet(2, "pending")
    return job
