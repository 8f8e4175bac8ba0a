// From trials to what charts draw: points with their kind, the best so far, the front.

import { percent, whole, words } from "./format.js";
import { lowFence } from "./scale.js";

/** One trial in words, for tips and for screen readers. */
export function trialText(trial) {
  const parts = [trial.isScored ? `trial ${trial.number}: ${percent(trial.accuracy)}` : `trial ${trial.number}: ${words(trial.state)}`];
  if (trial.isShared) parts.push("scored by shared weights");
  if (trial.isRandom) parts.push("random draw");
  if (trial.isProbe) parts.push("probe");
  if (trial.original) parts.push(`repeats trial ${trial.original}`);
  if (trial.state === "stopped_early") parts.push("stopped early");
  return parts.join(", ");
}

/** True where a trial is within the limits of the objectives: at least an accuracy, at most a cost. */
export function keepsLimits(trial, limits) {
  return Object.entries(limits).every(([metric, limit]) => (
    metric === "accuracy" ? trial.accuracy >= limit : !(trial[metric] > limit)));
}

/**
 * Points of finished trials in per cent. Low outliers are moved to the floor and counted; trials
 * without an accuracy become `lost` and are counted by state; `front` lists numbers to stress.
 */
export function scorePoints(trials, x, text, front = []) {
  const stressed = new Set(front);
  const fence = lowFence(trials.filter((trial) => trial.isScored).map((trial) => trial.accuracy));
  const lost = {};
  const points = trials.map((trial) => {
    const own = trial.isProbe && !trial.isRandom ? "probe" : "dot";
    let kind = trial.original ? "repeat" : trial.state === "stopped_early" ? "hollow" : own;
    if (stressed.has(trial.number)) kind = "front";
    if (!trial.isScored) {
      // A stopped trial was not lost: its curve is there, only no accuracy at the full budget.
      kind = trial.state === "stopped_early" ? "gone" : "lost";
      if (kind === "lost") lost[trial.state] = (lost[trial.state] ?? 0) + 1;
    } else if (trial.accuracy < fence) kind = kind === "hollow" ? "hollow-low" : "low";
    return { key: trial.number, x: x(trial), y: trial.accuracy * 100, kind, isControl: trial.isRandom, text: text(trial) };
  });
  return { points, floor: Math.min(...points.filter(isPlaced).map((point) => point.y)), lost };
}

/** True for a point that stands at its own height. */
export function isPlaced({ kind }) {
  return kind !== "low" && kind !== "hollow-low" && kind !== "lost" && kind !== "gone";
}

/** The legend of such points: one entry for each mark that is drawn, with how many there are. */
export function scoreLegend({ points, floor, lost }) {
  const count = (kind, isControl) => points.filter((point) => point.kind === kind && (isControl ?? point.isControl) === point.isControl).length;
  const lostWords = Object.entries(lost).map(([state, number]) => `${number} ${words(state)}`).join(", ");
  return [
    { kind: "dot", isControl: false, number: count("dot", false), text: "by the strategy" },
    { kind: "dot", isControl: true, number: count("dot", true), text: "at random, the control" },
    { kind: "probe", isControl: false, number: count("probe", false), text: "probes, to measure the score's worth" },
    { kind: "repeat", number: count("repeat"), text: "repeating an earlier trial, untrained" },
    { kind: "hollow", isControl: false, number: count("hollow", false), text: "stopped early" },
    { kind: "hollow", isControl: true, number: count("hollow", true), text: "at random, stopped early" },
    { kind: "low", number: count("low"), text: `completed below ${floor.toFixed(1)} %` },
    { kind: "hollow-low", number: count("hollow-low"), text: `stopped early below ${floor.toFixed(1)} %` },
    { kind: "gone", isControl: false, number: count("gone", false), text: "stopped early, without a search accuracy" },
    { kind: "gone", isControl: true, number: count("gone", true), text: "at random, stopped early, without one" },
    { kind: "lost", number: count("lost"), text: lostWords },
  ].filter((entry) => entry.number > 0)
    .map(({ kind, isControl, number, text }) => ({ kind, isControl, text: kind === "lost" ? text : `${whole(number)} ${text}` }));
}

/** Corners of the best search accuracy so far, in per cent; of completed trials within the limits. */
export function bestSoFar(trials, x, limits = {}) {
  const order = trials.filter((trial) => trial.state === "completed" && trial.isScored && keepsLimits(trial, limits))
    .map((trial) => [x(trial), trial.accuracy * 100]).sort((a, b) => a[0] - b[0]);
  const steps = [];
  for (const [at, value] of order) {
    if (!steps.length || value > steps.at(-1)[1]) steps.push([at, value]);
  }
  return steps;
}

/** Numbers of the completed trials within the limits that no other beats on accuracy and cost, by rising cost. */
export function paretoFront(trials, cost, limits = {}) {
  const order = trials.filter((trial) => trial.state === "completed" && trial.isScored && keepsLimits(trial, limits))
    .sort((a, b) => a[cost] - b[cost] || b.accuracy - a.accuracy || a.number - b.number);
  const front = [];
  let best = -Infinity;
  for (const trial of order) {
    if (trial.accuracy <= best) continue;
    best = trial.accuracy;
    front.push(trial.number);
  }
  return front;
}

/** The title of an axis of search accuracies, which says where they come from. */
export function scoreTitle(trials) {
  const shared = trials.filter((trial) => trial.isShared).length;
  const from = shared === 0 ? "" : shared === trials.length ? ", by shared weights" : ", some by shared weights";
  return `search accuracy %${from}`;
}
