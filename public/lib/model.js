// The API's job and trial as the views read them: one place that knows the names on the wire.

import { plural, whole } from "./format.js";

/** States of a job and of a trial, in the order of their lives. */
export const jobStates = ["queued", "running", "pausing", "paused", "cancelling", "succeeded", "failed", "cancelled"];
export const trialStates = ["pending", "running", "completed", "stopped_early", "infeasible", "diverged", "failed", "cancelled"];

/** Kinds of a job's events. */
export const eventKinds = [
  "job.state", "job.phase", "trial.started", "trial.epoch", "trial.finished", "supernet.started", "supernet.epoch",
  "supernet.warning", "supernet.finished", "fidelity.finished", "final.started", "final.finished", "log",
];

/** A job of the API for the views. */
export function jobModel(job) {
  const { request, progress } = job;
  return {
    id: job.id, name: job.name || job.id, state: job.state, phase: job.phase, isFinal: isFinal(job.state),
    stopReason: job.stop_reason, failure: job.failure, created: job.created, started: job.started,
    finished: job.finished, spentSeconds: progress.seconds, secondsLeft: progress.seconds_left,
    maxTrials: progress.max_trials, maxSeconds: progress.max_seconds, done: progress.trials_finished,
    repeated: progress.trials_repeated,
    // What repeats a known network uses the budget up only where the request says so.
    spent: progress.trials_finished - (request.budget?.count_repeats ? 0 : progress.trials_repeated),
    share: progress.fraction, counts: job.trial_counts, best: bestModel(job.best), digest: job.digest,
    strategy: job.strategy.name, space: job.space.name, dataset: job.dataset, seed: request.seed,
    limits: limitsOf(request.objectives ?? []), request,
    // What trains a supernet is known from the job's start on; before it the list of supernets is empty.
    sharesWeights: Number.isFinite(job.numerics?.supernet_threads),
  };
}

/** The budget of trials and how much of it is used: `138 of 200 trials`. */
export function budgetWords(job) {
  return job.maxTrials ? `${whole(job.spent)} of ${plural(job.maxTrials, "trial")}` : plural(job.spent, "trial");
}

/** Trainings that known networks did not need: `12 trainings saved`; empty where there is none. */
export function savedWords(job) {
  return job.repeated ? `${plural(job.repeated, "training")} saved` : "";
}

/** True for states that a job does not leave. */
export function isFinal(state) {
  return ["succeeded", "failed", "cancelled"].includes(state);
}

function bestModel(best) {
  if (!best) return null;
  const { trial, architecture, parameters, macs } = best;
  return { trial, architecture, parameters, macs, accuracy: best.search_accuracy };
}

function limitsOf(objectives) {
  return Object.fromEntries(objectives.filter(({ limit }) => Number.isFinite(limit)).map(({ metric, limit }) => [metric, limit]));
}

/** A trial of the API for the views; `isWhole` where it came with the learning curve of its end. */
export function trialModel(trial) {
  const accuracy = trial.search_accuracy;
  const isFinished = !["pending", "running"].includes(trial.state);
  return {
    number: trial.number, state: trial.state, attempt: trial.attempt, isFinished,
    accuracy, isScored: Number.isFinite(accuracy), parameters: trial.parameters, macs: trial.macs,
    latency: trial.metrics?.latency_ms ?? null, code: trial.code, architecture: trial.architecture,
    parent: trial.parent, isKept: trial.weights_kept,
    original: trial.cached_from, isRandom: trial.is_random, isProbe: trial.is_probe, fidelity: trial.fidelity,
    // The score of shared weights is no accuracy of a network that was trained alone.
    isShared: trial.estimator === "shared_weights",
    seconds: trial.measured.train_seconds ?? null, failure: trial.failure,
    started: trial.started, finished: trial.finished,
    curve: trial.curve ?? [], isWhole: isFinished && Array.isArray(trial.curve),
  };
}

/** A training of shared weights for the views; the curve grows by events. */
export function supernetModel(supernet) {
  return {
    round: supernet.round, state: supernet.state, attempt: supernet.attempt, curve: supernet.curve,
    strengths: supernet.strengths, branches: supernet.branches, candidates: supernet.candidates, warnings: supernet.warnings,
    failure: supernet.failure, seconds: supernet.measured.train_seconds ?? supernet.curve.at(-1)?.seconds ?? null,
    isFinished: !["pending", "running"].includes(supernet.state),
  };
}

/** A trial of which only the start was told. */
export function startedTrial(number) {
  return trialModel({
    number, state: "running", attempt: 1, search_accuracy: null, parameters: null, macs: null, code: "",
    architecture: null, parent: null, cached_from: null, is_random: false, is_probe: false,
    estimator: null, fidelity: 1, weights_kept: false,
    measured: {}, failure: null, started: null, finished: null,
  });
}
