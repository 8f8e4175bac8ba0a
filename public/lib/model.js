// The API's job and trial as the views read them: one place that knows the names on the wire.

/** States of a job and of a trial, in the order of their lives. */
export const jobStates = ["queued", "running", "pausing", "paused", "cancelling", "succeeded", "failed", "cancelled"];
export const trialStates = ["pending", "running", "completed", "stopped_early", "infeasible", "diverged", "failed", "cancelled"];

/** Kinds of a job's events. */
export const eventKinds = [
  "job.state", "job.phase", "trial.started", "trial.epoch", "trial.finished", "final.started", "final.finished", "log",
];

/** A job of the API for the views. */
export function jobModel(job) {
  const { request } = job;
  const counts = job.trial_counts ?? {};
  const isFinal = ["succeeded", "failed", "cancelled"].includes(job.state);
  const done = trialStates.slice(2).reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const maxTrials = request.budget?.max_trials ?? null;
  const share = job.state === "succeeded" ? 1 : maxTrials ? Math.min(1, done / maxTrials) : 0;
  return {
    id: job.id, name: request.name || job.id, state: job.state, phase: job.phase ?? null, isFinal,
    stopReason: job.stop_reason ?? null, failure: job.failure ?? null,
    created: job.created, started: job.started ?? null, finished: job.finished ?? null,
    spentSeconds: job.spent_seconds, secondsLeft: job.seconds_left ?? null,
    maxTrials, maxSeconds: request.budget?.max_seconds ?? null, done, counts, share,
    best: bestModel(job.best), digest: job.digest ?? null, lastEvent: job.last_event ?? 0,
    strategy: request.strategy.name, space: request.space.name, dataset: request.dataset, seed: request.seed,
    limits: limitsOf(request.objectives ?? []), request,
  };
}

function bestModel(best) {
  if (!best) return null;
  return {
    trial: best.trial, accuracy: best.search_accuracy, parameters: best.parameters, macs: best.macs,
    architecture: best.architecture ?? null,
  };
}

function limitsOf(objectives) {
  return Object.fromEntries(objectives.filter(({ limit }) => Number.isFinite(limit)).map(({ metric, limit }) => [metric, limit]));
}

/** A trial of the API for the views; `isWhole` where it came with its learning curve. */
export function trialModel(trial) {
  const accuracy = trial.search_accuracy ?? null;
  return {
    number: trial.number, state: trial.state, attempt: trial.attempt ?? 1,
    isFinished: !["pending", "running"].includes(trial.state),
    accuracy, isScored: Number.isFinite(accuracy),
    parameters: trial.parameters ?? null, macs: trial.macs ?? null,
    code: trial.code ?? "", architecture: trial.architecture ?? null, parent: trial.parent ?? null,
    seconds: trial.measured?.train_seconds ?? null, failure: trial.failure ?? null,
    started: trial.started ?? null, finished: trial.finished ?? null,
    curve: trial.curve ?? [], isWhole: Array.isArray(trial.curve),
  };
}
