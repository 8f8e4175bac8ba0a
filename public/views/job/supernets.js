// The training of shared weights: its rounds, their curves by epoch, what the watchdog said, and how
// strong each branch of a choice became. Which metrics there are is the strategy's affair.

import { Chart } from "../../lib/chart.js";
import { arrange, h, setAttribute, setText } from "../../lib/dom.js";
import { duration, percent, plural, sign, words } from "../../lib/format.js";
import { padded } from "../../lib/scale.js";
import { segments } from "../../lib/segments.js";
import { strengthTables } from "./strengths.js";

/** Metrics in words, with what they mean and their fixed range; others are drawn under their own names. */
const known = {
  alpha_entropy: ["entropy of the choices", "1: all branches alike, 0: decided", [0, 1]],
  skip_share: ["share of skips", "among what would be chosen now", [0, 1]],
  alpha_curvature: ["curvature of the validation loss", "largest eigenvalue by the choices; a rise warns of collapse"],
  reward: ["reward", "mean accuracy of the policy's draws on a validation batch"],
  policy_entropy: ["entropy of the policy", "falls as the policy decides"],
};

/** Those of the curve that stand in the chart of accuracies and losses, and the mark of a warning. */
const isMain = (name) => /(accuracy|loss)$/.test(name) || name === "watchdog";

export class Supernets {
  #page;
  #note = h("p", { class: "note" });
  #body = h("tbody");
  #known = new Map();
  #chosen = null;
  #failure = h("p", { class: "alert", hidden: true });
  #warnings = h("ul", { class: "alert is-mild warnings", "aria-label": "Warnings" });
  #kind;
  #empty = h("p", { class: "empty" });
  #host = h("div");
  #chart = null;
  #small = h("div", { class: "small-charts" });
  #charts = new Map();
  #strengths = h("div", { class: "stack spaced" });
  #drawn = "";

  constructor(page) {
    this.#page = page;
    this.#kind = segments("Curve of the shared weights", [["accuracy", "accuracy"], ["loss", "loss"]], "accuracy", () => this.update());
    const head = ["Round", "State", "Epochs", "Train accuracy", "Validation accuracy", "Time", "Candidates"];
    this.element = h("section", { class: "card", "aria-labelledby": "supernets-title", hidden: true },
      h("div", { class: "card-head" }, h("h2", { id: "supernets-title" }, "Supernets"), this.#note,
        h("span", { class: "grow" }), this.#kind.element),
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of rounds" },
        h("table", {}, h("caption", { class: "visually-hidden" }, "Trainings of shared weights; the accuracies are of the shared weights, not of a network trained alone"),
          h("thead", {}, h("tr", {}, head.map((title, i) => h("th", { scope: "col", class: i > 1 ? "number" : null },
            title, title.endsWith("accuracy") ? h("span", { class: "sub" }, "of the shared weights") : null)))),
          this.#body)),
      this.#failure, this.#warnings,
      h("div", { class: "grid spaced" }, h("div", {}, this.#empty, this.#host), this.#small),
      this.#strengths);
  }

  update() {
    const { supernets } = this.#page;
    this.element.hidden = supernets.length === 0;
    if (!supernets.length) return;
    const key = JSON.stringify([supernets, this.#chosen, this.#kind.value()]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const round = supernets.find((one) => one.round === this.#chosen)
      ?? supernets.find((one) => one.state === "running") ?? supernets[0];
    setText(this.#note, "weights that all candidates share and are scored by; none of them is trained alone");
    arrange(this.#body, supernets.map((one) => this.#row(one, one.round === round.round)));
    // What went wrong in any round is said, whichever is shown.
    const failures = supernets.filter((one) => one.failure).map((one) => `Round ${one.round} failed: ${one.failure}.`);
    this.#failure.hidden = !failures.length;
    setText(this.#failure, failures.join(" "));
    const warnings = supernets.flatMap((one) => one.warnings.map((text) => `Warning, round ${one.round}, ${text}.`));
    this.#warnings.hidden = !warnings.length;
    this.#warnings.replaceChildren(...warnings.map((text) => h("li", {}, text)));
    this.#drawMain(round);
    this.#drawSmall(round);
    this.#drawStrengths(round);
  }

  #row(one, isChosen) {
    let row = this.#known.get(one.round);
    if (!row) {
      const button = h("button", { type: "button", class: "plain link nowrap", onclick: () => { this.#chosen = one.round; this.update(); } }, `round ${one.round}`);
      const state = h("span");
      const cells = Array.from({ length: 5 }, () => h("td", { class: "number" }));
      row = { button, state, cells, element: h("tr", { "data-round": one.round }, h("th", { scope: "row" }, button), h("td", {}, state), cells) };
      this.#known.set(one.round, row);
    }
    const last = one.curve.at(-1);
    setAttribute(row.button, "aria-pressed", String(isChosen));
    row.element.classList.toggle("selected", isChosen);
    setText(row.state, `${sign(one.state)} ${words(one.state)}${one.attempt > 1 ? `, attempt ${one.attempt}` : ""}`);
    row.state.className = `state is-${one.state}`;
    const texts = [
      String(last?.epoch ?? 0), percent(last?.metrics.train_accuracy), percent(last?.metrics.validation_accuracy),
      duration(one.seconds), one.isFinished ? String(one.candidates) : "not yet"];
    texts.forEach((text, i) => setText(row.cells[i], text));
    return row.element;
  }

  #drawMain(round) {
    const kind = this.#kind.value();
    const factor = kind === "accuracy" ? 100 : 1;
    const digits = kind === "accuracy" ? 1 : 3;
    const series = ["validation", "train"].map((name) => ({ name, values: valuesOf(round, `${name}_${kind}`, factor) }))
      .filter(({ values }) => values.length);
    this.#host.hidden = !series.length;
    this.#empty.hidden = series.length > 0;
    if (!series.length) {
      setText(this.#empty, round.curve.length ? `This strategy reports no ${kind} of the shared weights.`
        : round.isFinished ? "No epoch was reported." : "The first epoch is under way.");
      return;
    }
    const points = series.flatMap(({ name, values }, i) => values.map(([epoch, value]) => ({
      key: `${name} ${epoch}`, x: epoch, y: value, kind: i === 0 ? "front" : "hollow",
      text: `epoch ${epoch}: ${name} ${kind} of the shared weights ${value.toFixed(digits)}${factor === 100 ? " %" : ""}`,
    })));
    this.#chart ??= new Chart(this.#host, { height: 240 });
    this.#chart.update({
      label: `Shared weights of round ${round.round}: ${series.map(({ name, values }) => (
        `${name} ${kind} ${values.at(-1)[1].toFixed(digits)} at epoch ${values.at(-1)[0]}`)).join(", ")}.`,
      points, labelRoom: true,
      lines: series.map(({ name, values }, i) => ({ points: values, kind: i === 0 ? "best" : "second", label: `${name} ${values.at(-1)[1].toFixed(digits)}` })),
      x: epochs(round), y: {
        domain: padded(points.map((point) => point.y), 0.1, 0.001 * factor), format: String,
        title: kind === "accuracy" ? "accuracy of the shared weights %" : "loss of the shared weights" },
      notes: ["not the accuracy of a network that was trained alone"],
    });
  }

  /** A small chart for each metric that the strategy reports. */
  #drawSmall(round) {
    const names = [...new Set(round.curve.flatMap((point) => Object.keys(point.metrics)))].filter((name) => !isMain(name));
    const order = Object.keys(known);
    const place = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
    const drawn = names.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
      .filter((name) => valuesOf(round, name).length);
    for (const name of drawn) {
      if (this.#charts.has(name)) continue;
      const host = h("div");
      this.#charts.set(name, { element: h("div", { "data-metric": name }, host), chart: new Chart(host, { height: 150 }) });
    }
    arrange(this.#small, drawn.map((name) => this.#charts.get(name).element));
    for (const name of drawn) this.#drawMetric(round, name);
  }

  #drawMetric(round, name) {
    const [title, hint, range] = known[name] ?? [words(name), ""];
    const values = valuesOf(round, name);
    const warned = new Set(round.curve.filter((point) => point.metrics.watchdog > 0).map((point) => point.epoch));
    const last = values.at(-1);
    this.#charts.get(name).chart.update({
      label: `${title} of round ${round.round}: ${number(last[1])} at epoch ${last[0]}, first ${number(values[0][1])}${warned.size ? `; the watchdog spoke at epoch ${[...warned].join(", ")}` : ""}.`,
      points: values.map(([epoch, value]) => ({
        key: epoch, x: epoch, y: value, kind: warned.has(epoch) ? "warned" : "front",
        text: `epoch ${epoch}: ${title} ${number(value)}${warned.has(epoch) ? ", the watchdog warned" : ""}`,
      })),
      lines: [{ points: values, kind: "best", label: number(last[1]) }], labelRoom: true,
      x: epochs(round), y: { domain: range ?? padded(values.map(([, value]) => value), 0.12), title, format: String },
      notes: [hint].filter(Boolean),
      legend: warned.size ? [{ kind: "warned", isControl: false, text: "the watchdog warned" }] : [],
    });
  }

  #drawStrengths(round) {
    const hasAny = Object.keys(round.strengths).length > 0;
    this.#strengths.hidden = !hasAny;
    if (!hasAny) return;
    this.#strengths.replaceChildren(
      h("h3", {}, `How strong each branch of a choice became, round ${round.round}`),
      h("p", { class: "note" }, "★ the strongest branch of its choice. A space may keep fewer choices than are listed here, and pass a branch over that stands for no operation."),
      h("div", { class: "strengths" }, strengthTables(round.strengths, round.branches)));
  }
}

/** Finite values of a metric by epoch. */
function valuesOf(round, name, factor = 1) {
  return round.curve.filter((point) => Number.isFinite(point.metrics[name])).map((point) => [point.epoch, point.metrics[name] * factor]);
}

function epochs(round) {
  return { domain: [1, Math.max(2, round.curve.at(-1)?.epoch ?? 2)], title: "epoch", format: String, whole: true };
}

function number(value) {
  return String(Number(value.toPrecision(4)));
}
