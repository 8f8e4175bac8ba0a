// From trials to what charts draw: points with their kind, the best so far, the front.

import { percent, words } from "./format.js";
import { lowFence } from "./scale.js";

/** One trial in words, for tips and for screen readers. */
export function trialText(trial) {
  return trial.isScored ? `trial ${trial.number}: ${percent(trial.accuracy)}`
    : `trial ${trial.number}: ${words(trial.state)}`;
}

/**
 * Points of finished trials in per cent. Low outliers are moved to the floor and counted; trials
 * without an accuracy become `lost` and are counted by state; `front` lists numbers to stress.
 */
export function scorePoints(trials, x, text, front = []) {
  const stressed = new Set(front);
  const fence = lowFence(trials.filter((trial) => trial.isScored).map((trial) => trial.accuracy));
  const lost = {};
  let low = 0;
  const points = trials.map((trial) => {
    let kind = trial.state === "stopped_early" ? "hollow" : "dot";
    if (stressed.has(trial.number)) kind = "front";
    if (!trial.isScored) {
      kind = "lost";
      lost[trial.state] = (lost[trial.state] ?? 0) + 1;
    } else if (trial.accuracy < fence) {
      kind = "low";
      low += 1;
    }
    return { key: trial.number, x: x(trial), y: trial.accuracy * 100, kind, text: text(trial) };
  });
  const kept = points.filter((point) => point.kind !== "low" && point.kind !== "lost");
  const floor = Math.min(...kept.map((point) => point.y));
  return { points, floor, low, lost };
}

/** Corners of the best search accuracy so far, in per cent; only completed trials count. */
export function bestSoFar(trials, x) {
  const order = trials.filter((trial) => trial.state === "completed" && trial.isScored)
    .map((trial) => [x(trial), trial.accuracy * 100]).sort((a, b) => a[0] - b[0]);
  const steps = [];
  for (const [at, value] of order) {
    if (!steps.length || value > steps.at(-1)[1]) steps.push([at, value]);
  }
  return steps;
}

/** Numbers of the completed trials that no other beats on accuracy and cost, by rising cost. */
export function paretoFront(trials, cost) {
  const order = trials.filter((trial) => trial.state === "completed" && trial.isScored)
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
