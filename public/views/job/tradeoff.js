// Search accuracy against size: the trials, and the steps of those that no other beats on both.

import { Chart } from "../../lib/chart.js";
import { h, setText } from "../../lib/dom.js";
import { percent, plural, short } from "../../lib/format.js";
import { paretoFront, scorePoints, trialText } from "../../lib/points.js";
import { padded } from "../../lib/scale.js";
import { segments } from "../../lib/segments.js";

const names = { parameters: "parameters", macs: "multiply–accumulates" };

export class TradeOff {
  #page;
  #chart;
  #host = h("div");
  #empty = h("p", { class: "empty" });
  #axis;
  #drawn = "";

  constructor(page) {
    this.#page = page;
    const cost = page.query.get("cost") === "macs" ? "macs" : "parameters";
    this.#axis = segments("Cost", [["parameters", "parameters"], ["macs", "macs"]], cost, (value) => {
      page.remember({ cost: value === "macs" ? value : null });
      this.update();
    });
    this.element = h("section", { class: "card", "aria-labelledby": "tradeoff-title" },
      h("div", { class: "card-head" }, h("h2", { id: "tradeoff-title" }, "Accuracy against size"),
        h("span", { class: "grow" }), this.#axis.element),
      this.#empty, this.#host);
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
    this.#empty.hidden = scored.length > 0;
    setText(this.#empty, job.isFinal ? "No trial has an accuracy." : "Appears with the first finished trial.");
    if (!scored.length) return;
    const text = (trial) => `${trialText(trial)}, ${short(trial[cost])} ${names[cost]}`;
    const front = paretoFront(scored, cost);
    const { points, floor, low } = scorePoints(scored, (trial) => trial[cost], text, front);
    const onFront = front.map((number) => trials.get(number));
    const steps = onFront.map((trial) => [trial[cost], trial.accuracy * 100]);
    const most = Math.max(...scored.map((trial) => trial[cost]));
    if (steps.length) steps.push([most, steps.at(-1)[1]]);
    const heights = points.filter((point) => point.kind !== "low").map((point) => point.y);
    const xDomain = padded(scored.map((trial) => trial[cost]), 0.04);
    const limit = job.limits[cost];
    this.#chart.update({
      label: `Search accuracy against ${names[cost]}: ${plural(front.length, "trial")} on the front, from ${short(onFront[0][cost])} with ${percent(onFront[0].accuracy)} to ${short(onFront.at(-1)[cost])} with ${percent(onFront.at(-1).accuracy)}.`,
      points, limit, selected: selected?.number,
      lines: [{ points: steps, kind: "best", step: true }],
      x: { domain: [Math.max(0, xDomain[0]), xDomain[1]], title: names[cost], format: short },
      y: { domain: padded(heights, 0.08, 0.05), title: "search accuracy %", format: (value) => String(value) },
      notes: [
        `● ${plural(front.length, "trial")} that no other beats on both`,
        low && `▾ ${plural(low, "trial")} below ${floor.toFixed(1)} %`,
        Number.isFinite(limit) && `dashed: the limit of ${short(limit)}`,
      ].filter(Boolean),
    });
  }
}
