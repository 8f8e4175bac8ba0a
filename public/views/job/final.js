// Final results: the finalists with search, validation and test accuracy in three columns, which
// are never mixed: each was measured on other rows or after other training.

import { h, s, setText } from "../../lib/dom.js";
import { percent, plural, short, words } from "../../lib/format.js";
import { noVerdict, verdictWords } from "../../lib/verdict.js";
import { RankStrip } from "./rank.js";

export class Final {
  #page;
  #note = h("p", { class: "note" });
  #verdict = h("div", { class: "verdict" });
  #rank = new RankStrip();
  #body = h("tbody");
  #hints = [];
  #foot = h("p", { class: "note" });
  #drawn = "";

  constructor(page) {
    this.#page = page;
    const head = ["Finalist", "Search accuracy", "Validation accuracy", "Test accuracy", "Parameters", "Macs", "Architecture"];
    const hints = ["", "one short training", "retrained, mean and 95 % interval", "winner only, retrained on train and validation", "", "", ""];
    this.element = h("section", { class: "card", "aria-labelledby": "final-title", hidden: true },
      h("div", { class: "card-head" }, h("h2", { id: "final-title" }, "Final results"), this.#note),
      this.#verdict, this.#rank.element,
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of final results" },
        h("table", {}, h("caption", { class: "visually-hidden" }, "Finalists, the winner first"),
          h("thead", {}, h("tr", {}, head.map((title, i) => h("th", { scope: "col", class: i > 0 && i < 6 ? "number" : null },
            title, this.#hints[i] = h("span", { class: "sub" }, hints[i]))))),
          this.#body)),
      this.#foot);
  }

  update() {
    const { result, job } = this.#page;
    const finalists = result?.finalists ?? [];
    const hasStarted = finalists.some((finalist) => finalist.validation_accuracy || finalist.test_accuracy);
    this.element.hidden = !hasStarted && job.phase !== "final_training" && !(job.isFinal && (result?.verdict || result?.rank_verdict));
    if (this.element.hidden) return;
    const key = JSON.stringify([result, job.state, job.phase]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    setText(this.#note, note(job, finalists));
    setText(this.#hints[1], job.sharesWeights ? "by shared weights, not trained alone" : "one short training");
    this.#rank.update(result?.rank_verdict);
    // One verdict speaks: that of the retrained winner, where the search shares weights.
    this.#verdict.hidden = Boolean(result?.rank_verdict);
    this.#drawVerdict(result?.verdict, job);
    this.#body.replaceChildren(...finalists.map((finalist) => this.#row(finalist, finalists, job)));
    setText(this.#foot, foot(result));
  }

  #drawVerdict(verdict, job) {
    if (!verdict) {
      this.#verdict.replaceChildren(h("p", { class: "note" }, noVerdict(job.request, job.sharesWeights, job.isFinal)));
      return;
    }
    const { sign, title, finding, power } = verdictWords(verdict);
    this.#verdict.replaceChildren(
      h("p", {}, h("strong", { class: `answer is-${verdict.answer}` }, `${sign} ${title}${job.isFinal ? "" : " so far"}`), ": ", finding),
      h("p", { class: "note" }, power));
  }

  #row(finalist, finalists, job) {
    const isWinner = Boolean(finalist.test_accuracy);
    const { trial } = finalist;
    return h("tr", { "data-trial": trial },
      h("th", { scope: "row" },
        h("button", { type: "button", class: "plain link", onclick: () => this.#page.choose(trial) }, `trial ${trial}`),
        isWinner ? h("span", { class: "note" }, " ★ winner") : null,
        finalist.is_random ? h("span", { class: "sub nowrap is-control" }, "◆ random control") : null),
      h("td", { class: "number" }, percent(finalist.search_accuracy)),
      h("td", { class: "number" }, estimate(finalist.validation_accuracy, finalists, "validation_accuracy", job)),
      h("td", { class: "number" }, estimate(finalist.test_accuracy, finalists, "test_accuracy", job)),
      h("td", { class: "number" }, short(finalist.parameters)),
      h("td", { class: "number" }, short(finalist.macs)),
      h("td", {}, h("code", { class: "clamped", title: finalist.code }, finalist.code)));
  }
}

/** Mean, interval and seeds of an estimate, with a mark for each seed. */
function estimate(value, finalists, field, job) {
  if (!value) return h("span", { class: "note" }, field === "test_accuracy" || job.isFinal ? "not measured" : "not yet");
  const interval = Number.isFinite(value.low) && Number.isFinite(value.high)
    ? `${percent(Math.max(0, value.low))} to ${percent(Math.min(1, value.high))}` : "no interval from one seed";
  const all = finalists.flatMap((finalist) => finalist[field]?.values ?? []);
  return h("div", { class: "estimate" },
    h("strong", {}, percent(value.mean)),
    h("span", { class: "sub" }, interval),
    strip(value, all),
    h("span", { class: "sub" }, `${plural(value.values.length, "seed")}: ${value.values.map((one) => (one * 100).toFixed(2)).join(", ")}`));
}

function strip(value, all) {
  const low = Math.min(...all, value.mean);
  const high = Math.max(...all, value.mean);
  const x = (number) => 6 + (high > low ? (number - low) / (high - low) : 0.5) * 108;
  return s("svg", { class: "strip", width: 120, height: 14, "aria-hidden": "true" },
    s("path", { d: "M2 7H118" }),
    value.values.map((one) => s("circle", { cx: x(one), cy: 7, r: 3 })),
    s("path", { class: "mean", d: `M${x(value.mean)} 1V13` }));
}

function note(job, finalists) {
  if (!job.isFinal && job.phase === "final_training") {
    return finalists.length ? "retraining; the winner by mean validation accuracy is tested at the end" : "retraining the best candidates";
  }
  return "the winner is chosen by mean validation accuracy; only it is tested";
}

function foot(result) {
  if (!result) return "";
  const { final_plan: plan, finalists } = result;
  const parts = [];
  if (plan) parts.push(`Best ${plan.top} retrained with ${plural(plan.seeds, "seed")} each.`);
  if (finalists.some((finalist) => finalist.is_random)) parts.push("The best random draw is retrained beside them with the same seeds.");
  if (plan?.controls?.length) parts.push(`The winner was retrained anew beside ${plural(plan.controls.length, "random architecture")}.`);
  if (plan?.controls_note) parts.push(`Controls: ${plan.controls_note}.`);
  if (plan?.fell_back) parts.push("The finalists were chosen by training alone, since the search's score was not trusted.");
  if (result.repeated_trials) parts.push(`${plural(result.repeated_trials, "trial")} repeated a known network: their trainings were saved.`);
  if (plan?.shrunk_because) parts.push(`Smaller than asked: ${plan.shrunk_because}.`);
  if (result.reproducible === false) parts.push("A time limit cut the search: another run agrees up to the cut.");
  if (result.numerics) parts.push(`Computed with ${words(result.numerics.isa)}, engine ${result.numerics.engine_version}.`);
  if (result.digest) parts.push(`Digest ${result.digest}.`);
  return parts.join(" ");
}
