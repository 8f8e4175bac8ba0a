// How far the score that the search ranked by can be trusted: that score against the accuracy of the
// same architectures trained alone. The two never share an axis or a column.

import { Chart } from "../../lib/chart.js";
import { arrange, h, setText } from "../../lib/dom.js";
import { percent, plural } from "../../lib/format.js";
import { padded } from "../../lib/scale.js";
import { figure, interval, measures, trustWords } from "../../lib/trust.js";

export class FidelityView {
  #page;
  #note = h("p", { class: "note" });
  #finding = h("div", { class: "verdict" });
  #host = h("div");
  #chart = null;
  #measures = h("tbody");
  #list = h("details", { class: "spaced" });
  #rows = h("tbody");
  #scoreHead = h("th", { scope: "col", class: "number" });
  #body = h("div", { class: "grid" });
  #drawn = "";

  constructor(page) {
    this.#page = page;
    this.#list.append(h("summary", {}, "The architectures as a table"),
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of architectures trained alone" },
        h("table", {}, h("caption", { class: "visually-hidden" }, "Architectures by their score, with the accuracy each has when trained alone"),
          h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Trial"), this.#scoreHead,
            h("th", { scope: "col", class: "number" }, "Validation accuracy", h("span", { class: "sub" }, "trained alone, one seed")))),
          this.#rows)));
    this.#body.append(h("div", {}, this.#host),
      h("div", {},
        h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Measures of trust" },
          h("table", {}, h("caption", { class: "visually-hidden" }, "Measures of agreement with their 95 % intervals"),
            h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Measure"),
              h("th", { scope: "col", class: "number" }, "Value", h("span", { class: "sub" }, "95 % interval")))),
            this.#measures)),
        this.#list));
    this.element = h("section", { class: "card", "aria-labelledby": "fidelity-title", hidden: true },
      h("div", { class: "card-head" }, h("h2", { id: "fidelity-title" }, "How far the score can be trusted"), this.#note),
      this.#finding, this.#body);
  }

  update() {
    const { fidelity, job, selected } = this.#page;
    this.element.hidden = !fidelity || !["skipped", "running", "finished"].includes(fidelity.state);
    if (this.element.hidden) return;
    this.#chart?.select(selected?.number);
    const key = JSON.stringify([fidelity, job.sharesWeights]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    setText(this.#note, progress(fidelity));
    this.#tell(fidelity, job);
    const { report } = fidelity;
    this.#body.hidden = !report;
    if (!report) return;
    this.#draw(report, job, selected);
    this.#measures.replaceChildren(...measures(report).map(([name, value, range, meaning]) => h("tr", {},
      h("th", { scope: "row" }, name, h("span", { class: "sub" }, meaning)),
      h("td", { class: "number" }, h("strong", {}, value), h("span", { class: "sub" }, range)))));
    this.#table(report, job);
  }

  #tell(fidelity, job) {
    if (fidelity.state === "running") {
      const least = Number.isFinite(fidelity.min_tau) ? ` If τ's lower bound is below ${figure(fidelity.min_tau)}, the finalists will be chosen by training alone.` : "";
      this.#finding.replaceChildren(h("p", {}, `Architectures are being trained alone, to see whether the score ranks them as training does.${least}`),
        ...noteOf(fidelity));
      return;
    }
    if (fidelity.state === "skipped") {
      this.#finding.replaceChildren(h("p", {}, "It was not measured, so nothing is known of the order that the search's score puts architectures in."), ...noteOf(fidelity));
      return;
    }
    const { answer, sign, title, sentences } = trustWords(fidelity, job.sharesWeights);
    this.#finding.replaceChildren(
      h("p", {}, h("strong", { class: `answer is-${answer}` }, `${sign} ${title}`), ": ", sentences.join(" ")),
      ...noteOf(fidelity));
  }

  #draw({ pairs, tau }, job, selected) {
    const score = scoreName(job);
    this.#chart ??= new Chart(this.#host, { height: 280, onPick: (number) => this.#page.choose(number) });
    this.#chart.update({
      label: `Accuracy trained alone against ${score} of ${plural(pairs.length, "architecture")}: Kendall τ ${figure(tau.value)}, ${interval(tau)}.`,
      selected: selected?.number,
      points: pairs.map((pair) => ({
        key: pair.trial, x: pair.search_accuracy * 100, y: pair.validation_accuracy * 100, kind: "dot", isControl: false,
        text: `trial ${pair.trial}: ${score} ${percent(pair.search_accuracy)}, trained alone ${percent(pair.validation_accuracy)}`,
      })),
      lines: [],
      x: { domain: padded(pairs.map((pair) => pair.search_accuracy * 100), 0.05, 0.05), title: `${score} %`, format: String },
      y: { domain: padded(pairs.map((pair) => pair.validation_accuracy * 100), 0.08, 0.05), title: "validation accuracy %, trained alone", format: String },
      notes: ["each dot an architecture; a click or Enter shows its trial"],
    });
  }

  #table({ pairs }, job) {
    this.#scoreHead.replaceChildren("Search accuracy", h("span", { class: "sub" }, job.sharesWeights ? "by shared weights" : "one short training"));
    const order = [...pairs].sort((a, b) => b.search_accuracy - a.search_accuracy || (a.search_loss ?? 0) - (b.search_loss ?? 0) || a.trial - b.trial);
    arrange(this.#rows, order.map((pair) => h("tr", {},
      h("th", { scope: "row" }, h("button", { type: "button", class: "plain link", onclick: () => this.#page.choose(pair.trial) }, `trial ${pair.trial}`)),
      h("td", { class: "number" }, percent(pair.search_accuracy)), h("td", { class: "number" }, percent(pair.validation_accuracy)))));
  }
}

function scoreName(job) {
  return job.sharesWeights ? "search accuracy by shared weights" : "search accuracy of a short training";
}

/** How many of the architectures asked for were trained. */
function progress({ state, reached, chosen, asked }) {
  if (state === "running") return `${reached} of ${plural(chosen, "architecture")} trained alone so far${chosen < asked ? `, ${asked} asked for` : ""}`;
  return `${reached} of ${plural(asked, "architecture")} asked for trained alone`;
}

/** Why they are fewer than asked. */
function noteOf({ note }) {
  return note ? [h("p", { class: "note" }, `${note[0].toUpperCase()}${note.slice(1)}.`)] : [];
}
