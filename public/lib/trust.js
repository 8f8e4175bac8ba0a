// How far a cheap score can be trusted, in plain sentences.

import { percent, plural } from "./format.js";

/** A correlation or a share: two decimals, a true minus. */
export function figure(value) {
  return Number.isFinite(value) ? value.toFixed(2).replace("-", "−") : "–";
}

/** An interval in words: `−0.25 to 0.68`. */
export function interval({ low, high }, text = figure) {
  return `${text(low)} to ${text(high)}`;
}

/** What the interval of a rank correlation says: `better`, `worse` or `not_distinguishable` from chance. */
export function orderOf({ low, high }) {
  if (low > 0) return "better";
  return high < 0 ? "worse" : "not_distinguishable";
}

const answers = {
  better: { sign: "▲", title: "The score ranks better than chance" },
  worse: { sign: "▼", title: "The score ranks upside down" },
  not_distinguishable: { sign: "≈", title: "The score's order is not distinguishable from chance" },
};

/** The finding of a report: its answer, sign and title, and sentences for each part. */
export function trustWords(fidelity, isShared) {
  const { report, min_tau: least, fell_back: fellBack } = fidelity;
  const score = isShared ? "the score by shared weights" : "the score of a short training";
  const sentences = [];
  if (!report) {
    sentences.push(`Fewer than five architectures were trained alone, which says nothing of ${score}.`);
    if (Number.isFinite(least)) sentences.push("So there was nothing to fall back on: the finalists are those of the score.");
    return { answer: "unknown", sign: "·", title: "Not known", sentences };
  }
  const { tau, tau_of_top_half: half, regret } = report;
  const answer = orderOf(tau);
  const range = `Kendall τ ${figure(tau.value)}, 95 % interval ${interval(tau)}`;
  sentences.push({
    better: `${range}: it excludes 0, so ${score} puts architectures in an order like that of training them alone.`,
    worse: `${range}: it lies below 0, so what ${score} puts first tends to be worse when trained alone.`,
    not_distinguishable: `${range}: it does not exclude 0, so ${score} may order architectures no better than chance.`,
  }[answer]);
  if (answer === "better" && orderOf(half) !== "better") {
    sentences.push(`Among the better half alone the interval, ${interval(half)}, does not exclude 0: good is told from bad, but maybe not the best from the good.`);
  }
  sentences.push(regret.value > 0
    ? `The best by the score is ${points(regret.value)} below the best that was trained alone.`
    : "The best by the score is also the best that was trained alone.");
  if (Number.isFinite(least)) {
    sentences.push(fellBack
      ? `The lower bound of τ, ${figure(tau.low)}, is below the ${figure(least)} asked for, so the search fell back: its finalists were chosen by training alone, not by the score.`
      : `The lower bound of τ, ${figure(tau.low)}, reaches the ${figure(least)} asked for, so the finalists are those of the score.`);
  }
  return { answer, ...answers[answer], sentences };
}

/** A difference of accuracies. */
export function points(value) {
  return `${(value * 100).toFixed(2)} points`;
}

/** The rows of a report: name, value, interval, meaning. */
export function measures({ tau, tau_of_top_half: half, spearman, top_five: five, top_fifth: fifth, regret }) {
  const overlap = ({ k, share, by_chance: chance }, name) => [name, percent(share.value, 0), interval(share, (value) => percent(value, 0)), `of the best ${k} by score are among the best ${k} trained alone; chance gives ${percent(chance, 0)}`];
  return [
    ["Kendall τ", figure(tau.value), interval(tau), "1: same order, 0: chance, −1: reversed"],
    ["τ of the better half", figure(half.value), interval(half), "among those that are best when trained alone"],
    ["Spearman", figure(spearman.value), interval(spearman), "the same question by ranks"],
    overlap(five, "Top 5 overlap"), ...(fifth.k === five.k ? [] : [overlap(fifth, `Top ${fifth.k} overlap`)]),
    ["Regret", points(regret.value), `${(regret.low * 100).toFixed(2)} to ${points(regret.high)}`, "lost by choosing the best by score"],
  ];
}

/** The verdict of the winner beside random architectures, all retrained: sign, title and sentences. */
export function rankWords(verdict) {
  const { answer, p, p_floor: floor, above, controls } = verdict;
  const isBetter = answer === "better";
  const count = plural(controls.length, "random architecture");
  return {
    sign: isBetter ? "▲" : "≈",
    title: isBetter ? "Better than random architectures" : "Not distinguishable from random architectures",
    finding: `p = ${Number(p.toPrecision(3))}; ${above === 0 ? `none of ${count} is` : `${above} of ${count} ${above === 1 ? "is" : "are"}`} at or above the winner, all retrained with fresh seeds.`,
    floor: `With ${count} p cannot be smaller than ${Number(floor.toPrecision(3))}${floor > 0.05 ? ", so that no winner could have been called better" : ""}; better means p of at most 0.05.`,
  };
}
