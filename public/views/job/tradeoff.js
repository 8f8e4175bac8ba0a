// Search accuracy against size: the trials, and the steps of those that no other beats on both.

import { get } from "../../lib/api.js";
import { Chart } from "../../lib/chart.js";
import { arrange, h, setText } from "../../lib/dom.js";
import { percent, plural, short } from "../../lib/format.js";
import { isPlaced, keepsLimits, paretoFront, scoreLegend, scorePoints, scoreTitle, trialText } from "../../lib/points.js";
import { padded } from "../../lib/scale.js";
import { segments } from "../../lib/segments.js";

const names = { parameters: "parameters", macs: "multiply–accumulates", latency: "ms of latency" };

export class TradeOff {
  #page;
  #chart;
  #host = h("div");
  #empty = h("p", { class: "empty" });
  #summary = h("summary");
  #costHead = h("th", { scope: "col", class: "number" });
  #rows = h("tbody");
  #known = new Map();
  #volume = h("p", { class: "note spaced" });
  #asked = "";
  #front;
  #axis;
  #drawn = "";

  constructor(page) {
    this.#page = page;
    // Latency is measured only where the job asks for it.
    const isTimed = (page.job.request.objectives ?? []).some(({ metric }) => metric === "latency");
    const costs = ["parameters", "macs", ...(isTimed ? ["latency"] : [])];
    const cost = costs.includes(page.query.get("cost")) ? page.query.get("cost") : costs[0];
    this.#axis = segments("Cost", costs.map((name) => [name, name]), cost, (value) => {
      page.remember({ cost: value === costs[0] ? null : value });
      this.update();
    });
    this.#front = h("details", { class: "spaced", hidden: true, ontoggle: () => this.#loadVolume() }, this.#summary,
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of the front" },
        h("table", {}, h("caption", { class: "visually-hidden" }, "Trials that no other beats on search accuracy and cost, the smallest first"),
          h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Trial"), h("th", { scope: "col", class: "number" }, "Search accuracy"), this.#costHead)),
          this.#rows)), this.#volume);
    this.element = h("section", { class: "card", "aria-labelledby": "tradeoff-title" },
      h("div", { class: "card-head" }, h("h2", { id: "tradeoff-title" }, "Accuracy against size"),
        h("span", { class: "grow" }), this.#axis.element),
      this.#empty, this.#host, this.#front);
    this.#chart = new Chart(this.#host, { onPick: (number) => page.choose(number) });
  }

  update() {
    const key = `${this.#page.revision} ${this.#axis.value()}`;
    this.#chart.select(this.#page.selected?.number);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const { trials, selected, job } = this.#page;
    const cost = this.#axis.value();
    const scored = [...trials.values()].filter((trial) => trial.isScored && Number.isFinite(trial[cost]));
    this.#host.hidden = scored.length === 0;
    this.#front.hidden = true;
    this.#empty.hidden = scored.length > 0;
    setText(this.#empty, job.isFinal ? "No trial has an accuracy." : "Appears with the first finished trial.");
    if (!scored.length) return;
    const front = paretoFront(scored, cost, job.limits).map((number) => trials.get(number));
    this.#chart.update({ ...this.#model(scored, front, cost, job), selected: selected?.number });
    this.#list(front, cost);
  }

  #model(scored, front, cost, job) {
    const text = (trial) => `${trialText(trial)}, ${short(trial[cost])} ${names[cost]}${keepsLimits(trial, job.limits) ? "" : ", beyond a limit"}`;
    const marks = scorePoints(scored, (trial) => trial[cost], text, front.map((trial) => trial.number));
    const steps = front.map((trial) => [trial[cost], trial.accuracy * 100]);
    const limit = job.limits[cost];
    const most = Math.max(...scored.map((trial) => trial[cost]));
    if (steps.length) steps.push([Number.isFinite(limit) ? Math.min(most, limit) : most, steps.at(-1)[1]]);
    const heights = marks.points.filter(isPlaced).map((point) => point.y);
    const xDomain = padded(scored.map((trial) => trial[cost]), 0.04);
    const ends = front.length
      ? `, from ${short(front[0][cost])} with ${percent(front[0].accuracy)} to ${short(front.at(-1)[cost])} with ${percent(front.at(-1).accuracy)}` : "";
    return {
      label: `Search accuracy against ${names[cost]}: ${plural(front.length, "trial")} on the front${ends}.`,
      points: marks.points, limit,
      lines: steps.length ? [{ points: steps, kind: "best", step: true }] : [],
      x: { domain: [Math.max(0, xDomain[0]), xDomain[1]], title: names[cost], format: short },
      y: { domain: padded(heights, 0.08, 0.05), title: scoreTitle(scored), format: (value) => String(value) },
      legend: [
        { kind: "front", text: `${plural(front.length, "trial")} that no other beats on both` },
        ...scoreLegend(marks),
        ...(Number.isFinite(limit) ? [{ kind: "limit", text: `the limit of ${short(limit)}` }] : []),
      ],
    };
  }

  /** The front as a table, from the smallest to the most accurate. */
  #list(front, cost) {
    setText(this.#summary, `The front: ${plural(front.length, "trial")}`);
    this.#front.hidden = front.length === 0;
    setText(this.#costHead, cost);
    arrange(this.#rows, front.map((trial) => this.#row(trial, cost)));
    this.#loadVolume();
  }

  /** The service's measure of the front, asked for while its table is open and for each new front. */
  async #loadVolume() {
    const cost = this.#axis.value();
    const key = `${cost} ${this.#rows.textContent}`;
    if (!this.#front.open || this.#asked === key) return;
    this.#asked = key;
    let text = "";
    try {
      const { hypervolume, reference, trials_compared: count } = await get(`${this.#page.path}/pareto`, { cost });
      text = `Hypervolume ${short(hypervolume)}: accuracy times ${names[cost]} saved, from ${percent(reference.search_accuracy, 0)} and ${short(reference.cost)}; ${plural(count, "trial")} compared.`;
    } catch {
      // The front stands without its measure; the next front asks again.
    }
    if (this.#asked === key) setText(this.#volume, text);
  }

  /** The row of a trial; a finished trial does not change, so that its row keeps the focus. */
  #row(trial, cost) {
    const key = `${trial.number} ${cost}`;
    if (!this.#known.has(key)) {
      const choose = h("button", { type: "button", class: "plain link", onclick: () => this.#page.choose(trial.number) }, `trial ${trial.number}`);
      this.#known.set(key, h("tr", {},
        h("th", { scope: "row" }, choose, trial.isRandom ? h("span", { class: "note" }, " ◆ random draw") : null),
        h("td", { class: "number" }, percent(trial.accuracy)), h("td", { class: "number" }, short(trial[cost]))));
    }
    return this.#known.get(key);
  }
}
