// Search progress: a dot for each trial and the best so far as a step line, by trial or by time.

import { Chart } from "../../lib/chart.js";
import { h } from "../../lib/dom.js";
import { percent, plural } from "../../lib/format.js";
import { bestSoFar, isPlaced, scoreLegend, scorePoints, scoreTitle, trialText } from "../../lib/points.js";
import { padded, roomy } from "../../lib/scale.js";
import { segments } from "../../lib/segments.js";

export class Progress {
  #page;
  #chart;
  #host = h("div");
  #empty = h("p", { class: "empty" });
  #axis;
  #drawn = "";

  constructor(page) {
    this.#page = page;
    const axis = page.query.get("x") === "time" ? "time" : "trial";
    this.#axis = segments("Horizontal axis", [["trial", "by trial"], ["time", "by time"]], axis, (x) => {
      page.remember({ x: x === "time" ? x : null });
      this.update();
    });
    this.element = h("section", { class: "card", "aria-labelledby": "progress-title" },
      h("div", { class: "card-head" },
        h("h2", { id: "progress-title" }, "Search progress"),
        h("p", { class: "note" }, "each mark a trial, the line is the best so far"),
        h("span", { class: "grow" }), this.#axis.element),
      this.#empty, this.#host);
    this.#chart = new Chart(this.#host, { onPick: (number) => page.choose(number) });
  }

  update() {
    const key = `${this.#page.revision} ${this.#axis.value()}`;
    this.#chart.select(this.#page.selected?.number);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const { job, trials, selected } = this.#page;
    const finished = [...trials.values()].filter((trial) => trial.isFinished);
    this.#host.hidden = finished.length === 0;
    this.#empty.hidden = finished.length > 0;
    if (!finished.length) {
      this.#empty.textContent = emptyText(job, trials.size);
      return;
    }
    const byTime = this.#axis.value() === "time";
    const start = Date.parse(job.started ?? job.created);
    const x = (trial) => (byTime ? (Date.parse(trial.finished) - start) / 60_000 : trial.number);
    const marks = scorePoints(finished, x, (trial) => trialText(trial));
    const { points } = marks;
    const steps = bestSoFar(finished, x, job.limits);
    const end = byTime ? Math.max(...points.map((point) => point.x), 0.1)
      : job.isFinal ? Math.max(...trials.keys()) : roomy(Math.max(...trials.keys()), job.maxTrials);
    if (steps.length) steps.push([Math.max(steps.at(-1)[0], ...points.map((point) => point.x)), steps.at(-1)[1]]);
    const shown = points.filter(isPlaced).map((point) => point.y);
    const label = job.best
      ? `Search progress: best search accuracy ${percent(job.best.accuracy)} at trial ${job.best.trial} of ${plural(finished.length, "finished trial")}.`
      : `Search progress: ${plural(finished.length, "finished trial")}, none with an accuracy.`;
    this.#chart.update({
      label, points, selected: selected?.number,
      lines: [{ points: steps, kind: "best", step: true, label: steps.length ? steps.at(-1)[1].toFixed(2) : "" }],
      x: { domain: [byTime ? 0 : 1, Math.max(end, 2)], title: byTime ? "minutes since the start" : "trial", format: String, whole: !byTime },
      y: { domain: padded(shown.length ? shown : [0, 100], 0.08, 0.05), title: scoreTitle(finished), format: (value) => String(value) },
      legend: scoreLegend(marks),
    });
  }
}

function emptyText(job, known) {
  if (job.isFinal) return "This search ended before a trial was finished.";
  if (job.state === "queued") return "The search waits for a free worker; no trial has started.";
  if (job.sharesWeights && !known) return "Shared weights are trained first, below; then candidates are scored by them.";
  return known ? `${plural(known, "trial")} running; the first dot appears when one is finished.` : "The first trial is being prepared.";
}
