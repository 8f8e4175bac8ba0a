// The learning curve of the chosen trial, with its best and its last epoch in words.

import { get } from "../../lib/api.js";
import { Chart } from "../../lib/chart.js";
import { h, setText } from "../../lib/dom.js";
import { duration, percent, plural, sign, words } from "../../lib/format.js";
import { trialModel } from "../../lib/model.js";
import { padded } from "../../lib/scale.js";
import { segments } from "../../lib/segments.js";

const kinds = {
  accuracy: { title: "accuracy %", factor: 100, digits: 1 },
  loss: { title: "loss", factor: 1, digits: 3 },
};

export class Learning {
  #page;
  #title = h("h2", { id: "learning-title" });
  #facts = h("p", { class: "note" });
  #failure = h("p", { class: "alert", hidden: true });
  #empty = h("p", { class: "empty" });
  #host = h("div");
  #chart;
  #kind;
  #asked = "";

  constructor(page) {
    this.#page = page;
    this.#kind = segments("Curve", [["accuracy", "accuracy"], ["loss", "loss"]], "accuracy", () => this.update());
    this.element = h("section", { class: "card", "aria-labelledby": "learning-title" },
      h("div", { class: "card-head" }, this.#title, h("span", { class: "grow" }), this.#kind.element),
      this.#facts, this.#failure, this.#empty, this.#host);
    this.#chart = new Chart(this.#host, { height: 230 });
  }

  update() {
    const trial = this.#page.selected;
    setText(this.#title, trial ? `Learning curve of trial ${trial.number}` : "Learning curve");
    setText(this.#facts, trial ? facts(trial) : "");
    this.#failure.hidden = !trial?.failure;
    setText(this.#failure, trial?.failure ?? "");
    if (trial) this.#load(trial);
    const curve = trial?.curve ?? [];
    const series = seriesOf(curve, this.#kind.value());
    this.#host.hidden = series.length === 0;
    this.#empty.hidden = series.length > 0;
    if (!series.length) {
      setText(this.#empty, !trial ? "Choose a trial in the table to see its epochs."
        : curve.length ? `No finite ${this.#kind.value()} was reported.` : "No epoch has been reported.");
      return;
    }
    this.#draw(trial, curve, series);
  }

  /** The list of trials comes without curves; the chosen trial's is asked for once. */
  async #load(trial) {
    const key = `${trial.number} ${trial.state}`;
    if (trial.isWhole || this.#asked === key) return;
    this.#asked = key;
    try {
      this.#page.put(trialModel(await get(`${this.#page.path}/trials/${trial.number}`)));
      if (this.#page.selected?.number === trial.number) this.update();
    } catch {
      this.#asked = "";
    }
  }

  #draw(trial, curve, series) {
    const { title, factor, digits } = kinds[this.#kind.value()];
    const lines = series.map(({ name, values }, i) => ({
      points: values, kind: i === 0 ? "best" : "second", label: `${words(name).replace(/ (accuracy|loss)$/, "")} ${values.at(-1)[1].toFixed(digits)}`,
    }));
    const [main] = series;
    const top = main.values.reduce((a, b) => ((title === "loss" ? b[1] < a[1] : b[1] > a[1]) ? b : a));
    const points = series.flatMap(({ name, values }, i) => values.map(([epoch, value]) => ({
      key: `${name} ${epoch}`, x: epoch, y: value, kind: i === 0 ? "front" : "hollow",
      text: `epoch ${epoch}: ${words(name)} ${value.toFixed(digits)}${factor === 100 ? " %" : ""}`,
    })));
    const lost = curve.length - main.values.length;
    this.#chart.update({
      label: `Learning curve of trial ${trial.number}: ${words(main.name)} ${main.values.at(-1)[1].toFixed(digits)} at epoch ${main.values.at(-1)[0]}, best ${top[1].toFixed(digits)} at epoch ${top[0]}.`,
      points, lines, labelRoom: true,
      x: { domain: [Math.min(1, curve[0].epoch), Math.max(2, curve.at(-1).epoch)], title: "epoch", format: String, whole: true },
      y: { domain: padded(points.map((point) => point.y), 0.1, 0.001 * factor), title, format: (value) => String(value) },
      notes: [
        `best ${top[1].toFixed(digits)} at epoch ${top[0]}`, `last ${main.values.at(-1)[1].toFixed(digits)} at epoch ${main.values.at(-1)[0]}`,
        lost > 0 && `${plural(lost, "epoch")} without a finite value`,
      ].filter(Boolean),
    });
  }
}

/** The curve's metrics of one kind, validation first; values that are not numbers are left out. */
function seriesOf(curve, kind) {
  const names = [...new Set(curve.flatMap((point) => Object.keys(point.metrics)))]
    .filter((name) => name.endsWith(kind))
    .sort((a, b) => Number(a.startsWith("train")) - Number(b.startsWith("train")) || (a < b ? -1 : 1));
  const { factor } = kinds[kind];
  return names.map((name) => ({
    name,
    values: curve.filter((point) => Number.isFinite(point.metrics[name]))
      .map((point) => [point.epoch, point.metrics[name] * factor]),
  })).filter(({ values }) => values.length > 0);
}

function facts(trial) {
  const parts = [`${sign(trial.state)} ${words(trial.state)}`];
  if (trial.isScored) parts.push(`search accuracy ${percent(trial.accuracy)}`);
  if (Number.isFinite(trial.seconds)) parts.push(`trained ${duration(trial.seconds)}`);
  if (trial.parent) parts.push(`weights from trial ${trial.parent}`);
  if (trial.attempt > 1) parts.push(`attempt ${trial.attempt}`);
  return parts.join(" · ");
}
