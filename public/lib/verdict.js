// What a job says of its strategy beside its own random draws, in plain words with the numbers.

import { plural, words } from "./format.js";

const answers = {
  better: { sign: "▲", title: "Better than random search" },
  worse: { sign: "▼", title: "Worse than random search" },
  not_distinguishable: { sign: "≈", title: "Not distinguishable from random search" },
};

/** A chance of error for reading: `p = 0.003`, `p < 0.001`. */
export function chance(value) {
  if (!Number.isFinite(value)) return "p unknown";
  if (value < 0.001) return "p < 0.001";
  // Rounding must not carry a value over the level that decided.
  return `p = ${Number(value.toPrecision(value > 0.045 && value < 0.055 ? 3 : value < 0.1 ? 1 : 2))}`;
}

const share = (value) => `${Math.round(value * 100)} %`;

/** A verdict in words: its sign, its title and the sentences with its numbers. */
export function verdictWords(verdict) {
  const { answer, test, strategy_trials: ours, control_trials: theirs, p_better: better, p_worse: worse, effect, power } = verdict;
  const { sign, title } = answers[answer] ?? { sign: "·", title: words(answer) };
  const p = answer === "better" ? chance(better) : answer === "worse" ? chance(worse)
    : `${chance(better)} for better, ${chance(worse)} for worse`;
  return {
    sign, title,
    finding: `${p}; ${plural(ours, "trial")} of the strategy against ${theirs} random; the strategy's is ahead in ${share(effect)} of the pairs.`,
    power: `This comparison would have seen a strategy that is ahead in 3 of 4 pairs with a chance of ${share(power)}. `
      + `Compared are the second half of the strategy's completed trials and the random ones, repeats once, by ${name(test)}.`,
  };
}

function name(test) {
  return test === "mann-whitney" ? "a one-sided Mann–Whitney test" : words(test);
}

/** Why there is no verdict, or not yet. */
export function noVerdict(request, isShared = false, isFinal = true) {
  if (isShared) {
    if (request.final?.controls === 0) return "No verdict: this search was asked to retrain no random architectures beside its winner.";
    return isFinal ? "No verdict: the winner was not retrained beside random architectures."
      : "No verdict yet: the winner is retrained beside random architectures at the end.";
  }
  if (request.strategy?.name === "random") return "No verdict: the strategy is random search itself.";
  if (request.control === 0) return "No verdict: this search was asked to draw no random trials to compare with.";
  return "No verdict: the strategy or the random control has no completed trial.";
}
