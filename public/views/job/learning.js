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
  #origin = h("p", { class: "note", hidden: true });
  #failure = h("p", { class: "alert", hidden: true });
  #empty = h("p", { class: "empty" });
  #host = h("div");
  #chart;
  #kind;
  #asked = "";
  /** Rows of an epoch; null before they are known. */
  #rows = null;

  constructor(page) {
    this.#page = page;
    this.#kind = segments("Curve", [["accuracy", "accuracy"], ["loss", "loss"]], "accuracy", () => this.update());
    this.element = h("section", { class: "card", "aria-labelledby": "learning-title" },
      h("div", { class: "card-head" }, this.#title, h("span", { class: "grow" }), this.#kind.element),
      this.#facts, this.#origin, this.#failure, this.#empty, this.#host);
    this.#chart = new Chart(this.#host, { height: 230 });
  }

  update() {
    const trial = this.#page.selected;
    setText(this.#title, trial ? `Learning curve of trial ${trial.number}` : "Learning curve");
    setText(this.#facts, trial ? facts(trial) : "");
    this.#tell(trial);
    if (trial) this.#load(trial);
    if (trial?.state === "stopped_early") this.#loadRows();
    const curve = trial?.curve ?? [];
    const series = seriesOf(curve, this.#kind.value());
    this.#host.hidden = series.length === 0;
    this.#empty.hidden = series.length > 0;
    if (!series.length) {
      setText(this.#empty, !trial ? "Choose a trial in the table to see its epochs."
        : trial.isShared ? "It was scored by weights that all candidates share, and not trained alone, so that it has no epochs of its own."
        : curve.length ? `No finite ${this.#kind.value()} was reported.` : "No epoch has been reported.");
      return;
    }
    this.#draw(trial, curve, series);
  }

  /** Where the trial comes from, with a way to the original of a repeat, and why it ended as it did. */
  #tell(trial) {
    const isStopped = trial?.state === "stopped_early";
    this.#failure.hidden = !trial?.failure;
    this.#failure.classList.toggle("is-mild", isStopped);
    setText(this.#failure, trial?.failure ? `${isStopped ? "Stopped early: " : ""}${trial.failure}` : "");
    const key = trial ? `${trial.number} ${trial.isRandom} ${trial.isProbe} ${trial.original ?? ""}` : "";
    if (this.#origin.dataset.of === key) return;
    this.#origin.dataset.of = key;
    this.#origin.hidden = !trial?.isRandom && !trial?.original && !trial?.isProbe;
    this.#origin.replaceChildren(...(this.#origin.hidden ? [] : [
      h("span", { class: trial.isRandom ? "is-control" : "note" }, trial.isRandom ? "◆ A random draw from the space, one of the control. " : ""),
      trial.isProbe ? "A probe, chosen to measure how far the score can be trusted; a finalist only where the search falls back on training alone. " : "",
      ...(trial.original ? ["A repeat: its network was known, so it was not trained again and has the result of ",
        h("button", { type: "button", class: "plain link", onclick: () => this.#page.choose(trial.original) }, `trial ${trial.original}`), "."] : [])]));
  }

  /** How long an epoch is, which tells how far a stopped trial would have gone. */
  async #loadRows() {
    if (this.#rows !== null) return;
    this.#rows = 0;
    try {
      const { content } = await get(`v1/datasets/${encodeURIComponent(this.#page.job.dataset)}`);
      this.#rows = content?.fitting_rows ?? 0;
      this.update();
    } catch {
      // Without it the curve ends at its own last epoch.
    }
  }

  /** The epochs that the trial was meant to have; 0 where that is not known. */
  #planned(trial) {
    const samples = this.#page.job.request.trial?.samples_seen * trial.fidelity;
    return this.#rows && Number.isFinite(samples) ? Math.ceil(samples / this.#rows) : 0;
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
    const last = curve.at(-1).epoch;
    const isStopped = trial.state === "stopped_early";
    const planned = isStopped ? this.#planned(trial) : 0;
    const lines = series.map(({ name, values }, i) => ({
      isCut: isStopped,
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
      label: `Learning curve of trial ${trial.number}${isStopped ? `, stopped after epoch ${last}` : ""}: ${words(main.name)} ${main.values.at(-1)[1].toFixed(digits)} at epoch ${main.values.at(-1)[0]}, best ${top[1].toFixed(digits)} at epoch ${top[0]}.`,
      points, lines, labelRoom: true,
      x: { domain: [Math.min(1, curve[0].epoch), Math.max(2, last, planned)], title: "epoch", format: String, whole: true },
      y: { domain: padded(points.map((point) => point.y), 0.1, 0.001 * factor), title, format: (value) => String(value) },
      notes: [
        `best ${top[1].toFixed(digits)} at epoch ${top[0]}`, `last ${main.values.at(-1)[1].toFixed(digits)} at epoch ${main.values.at(-1)[0]}`,
        isStopped && `stopped early after epoch ${last}${planned > last ? ` of ${planned}` : ""}`,
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
  if (trial.isScored) parts.push(`search accuracy ${percent(trial.accuracy)}${trial.isShared ? " by shared weights" : ""}`);
  if (trial.isShared) parts.push("not trained alone");
  else if (trial.original) parts.push("training saved");
  else if (Number.isFinite(trial.seconds)) parts.push(`trained ${duration(trial.seconds)}`);
  if (trial.parent) parts.push(`weights from trial ${trial.parent}`);
  if (trial.attempt > 1) parts.push(`attempt ${trial.attempt}`);
  return parts.join(" · ");
}
