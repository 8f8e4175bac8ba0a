// The table of trials: sorted, filtered by state, fifty a page, with a way to go to one trial.

import { arrange, h, setAttribute, setText } from "../../lib/dom.js";
import { duration, percent, plural, short, sign, whole, words } from "../../lib/format.js";
import { trialStates } from "../../lib/model.js";
import { paretoFront } from "../../lib/points.js";
import { sortable } from "../../lib/sorting.js";

const pageSize = 50;
const columns = [
  { key: "number", title: "Trial", value: (trial) => trial.number },
  { key: "state", title: "State", value: (trial) => trial.state },
  { key: "accuracy", title: "Search accuracy", number: true, value: (trial) => trial.accuracy },
  { key: "origin", title: "Drawn by", value: (trial) => `${drawnBy(trial)}${trial.original ? ` ${String(trial.original).padStart(7, "0")}` : ""}` },
  { key: "parameters", title: "Parameters", number: true, value: (trial) => trial.parameters },
  { key: "macs", title: "Macs", number: true, value: (trial) => trial.macs },
  { key: "time", title: "Training time", number: true, value: (trial) => trial.seconds },
  { key: "code", title: "Architecture", value: (trial) => trial.code },
];

/** What the filter by origin lets through. */
const origins = {
  strategy: { title: "by the strategy", has: (trial) => !trial.isRandom && !trial.isProbe },
  random: { title: "at random", has: (trial) => trial.isRandom },
  probe: { title: "as probes", has: (trial) => trial.isProbe },
  repeats: { title: "repeats only", has: (trial) => trial.original },
  trained: { title: "no repeats", has: (trial) => !trial.original },
};

export class Trials {
  #page;
  #table;
  #rows = new Map();
  #cache = { key: "", shown: [], front: new Set() };
  #body = h("tbody");
  #count = h("p", { class: "note" });
  #where = h("span");
  #empty = h("p", { class: "empty" });
  #state;
  #origin;
  #goto = h("input", { id: "goto", type: "number", min: 1, step: 1, size: 6, inputmode: "numeric" });
  #missing = h("span", { class: "error", role: "status" });
  #index;
  #previous = h("button", { type: "button", onclick: () => this.#turn(-1) }, "Previous");
  #next = h("button", { type: "button", onclick: () => this.#turn(1) }, "Next");

  constructor(page) {
    this.#page = page;
    const { query } = page;
    this.#index = Math.max(0, (Number(query.get("page")) || 1) - 1);
    this.#table = sortable(columns, query.get("sort") ?? "-accuracy", () => this.#changed());
    const filter = query.get("state") ?? "";
    this.#state = h("select", { id: "trial-state", onchange: () => this.#changed() },
      h("option", { value: "" }, "any"),
      trialStates.map((name) => h("option", { value: name, selected: name === filter }, words(name))));
    this.#origin = h("select", { id: "trial-origin", onchange: () => this.#changed() },
      h("option", { value: "" }, "any"),
      Object.entries(origins).map(([value, { title }]) => h("option", { value, selected: value === query.get("origin") }, title)));
    this.element = h("section", { class: "card", "aria-labelledby": "trials-title" },
      h("div", { class: "card-head" }, h("h2", { id: "trials-title" }, "Trials"), this.#count,
        h("span", { class: "grow" }),
        h("form", { class: "tools", onsubmit: (event) => this.#jump(event) },
          h("label", {}, "State", this.#state), h("label", {}, "Drawn", this.#origin), h("label", {}, "Go to trial", this.#goto),
          h("button", { type: "submit" }, "Go"), this.#missing)),
      this.#empty,
      h("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": "Table of trials" },
        h("table", {}, h("caption", { class: "visually-hidden" }, "Trials; a star marks those that no other beats on accuracy and parameters"),
          this.#table.head, this.#body)),
      h("div", { class: "pager" }, this.#previous, this.#where, this.#next));
  }

  #changed() {
    this.#index = 0;
    this.#remember();
    this.update();
  }

  #turn(step) {
    this.#index += step;
    this.#remember();
    this.update();
  }

  #remember() {
    this.#page.remember({
      sort: this.#table.order(), state: this.#state.value, origin: this.#origin.value, page: this.#index ? this.#index + 1 : null,
    });
  }

  /** The rows of all pages, and which trials are on the front; made anew only for new data. */
  #ordered() {
    const { revision, trials, job } = this.#page;
    const [state, origin] = [this.#state.value, origins[this.#origin.value]];
    const key = `${revision} ${state} ${this.#origin.value} ${this.#table.order()}`;
    if (this.#cache.key !== key) {
      const all = [...trials.values()].sort((a, b) => a.number - b.number);
      const shown = this.#table.sorted(all.filter((trial) => (!state || trial.state === state) && (!origin || origin.has(trial))));
      this.#cache = { key, shown: shown.map((trial) => trial.number), front: new Set(paretoFront(all, "parameters", job.limits)) };
    }
    return this.#cache;
  }

  /** Chooses a trial by number and turns to its page, dropping the filter where it hides it. */
  #jump(event) {
    event.preventDefault();
    const number = Number(this.#goto.value);
    const trial = this.#page.trials.get(number);
    setText(this.#missing, trial ? "" : `There is no trial ${this.#goto.value}.`);
    if (!trial) return;
    if (this.#state.value && this.#state.value !== trial.state) this.#state.value = "";
    if (this.#origin.value && !origins[this.#origin.value].has(trial)) this.#origin.value = "";
    this.#index = Math.floor(this.#ordered().shown.indexOf(number) / pageSize);
    this.#remember();
    this.#page.choose(number);
    this.#rows.get(number)?.scrollIntoView({ block: "center" });
  }

  update() {
    const { trials, selected } = this.#page;
    const { shown, front } = this.#ordered();
    const pages = Math.max(1, Math.ceil(shown.length / pageSize));
    this.#index = Math.min(this.#index, pages - 1);
    const start = this.#index * pageSize;
    const slice = shown.slice(start, start + pageSize);
    arrange(this.#body, slice.map((number) => this.#row(trials.get(number), front.has(number), number === selected?.number)));
    setText(this.#count, trials.size ? `${plural(shown.length, "trial")} of ${whole(trials.size)}${this.#filterWords()}` : "");
    setText(this.#where, `${slice.length ? start + 1 : 0} to ${start + slice.length} of ${whole(shown.length)}`);
    setAttribute(this.#previous, "disabled", this.#index === 0);
    setAttribute(this.#next, "disabled", this.#index >= pages - 1);
    this.#previous.parentElement.hidden = shown.length <= pageSize;
    this.#body.closest(".scroll").hidden = shown.length === 0;
    this.#empty.hidden = shown.length > 0;
    setText(this.#empty, trials.size ? "No trial passes these filters." : "No trial has been started yet.");
  }

  #filterWords() {
    const origin = origins[this.#origin.value];
    return [this.#state.value && words(this.#state.value), origin && (this.#origin.value === "repeats" || this.#origin.value === "trained" ? origin.title : `drawn ${origin.title}`)]
      .filter(Boolean).map((text) => `, ${text}`).join("");
  }

  #row(trial, isOnFront, isSelected) {
    let row = this.#rows.get(trial.number);
    if (!row) {
      row = makeRow(trial.number, (number) => this.#page.choose(number));
      this.#rows.set(trial.number, row);
    }
    row.update(trial, isOnFront, isSelected);
    return row;
  }
}

/** Who drew a trial; a random draw may be a probe too. */
function drawnBy({ isRandom, isProbe }) {
  if (isRandom) return isProbe ? "random, probe" : "random";
  return isProbe ? "probe" : "strategy";
}

function makeRow(number, choose) {
  const button = h("button", { type: "button", class: "plain link", onclick: () => choose(number) });
  const state = h("span", { class: "state" });
  const drawn = h("span");
  const original = h("button", { type: "button", class: "plain link", hidden: true });
  const cells = columns.slice(2).filter(({ key }) => key !== "origin").map((column) => h("td", { class: column.number ? "number" : null }));
  const code = h("code");
  const by = h("span", { class: "sub" });
  const values = cells.slice(0, -1).map((cell) => cell.appendChild(h("span")));
  cells[0].append(by);
  cells.at(-1).className = "code";
  cells.at(-1).append(code);
  const element = h("tr", { "data-trial": number }, h("th", { scope: "row" }, button), h("td", {}, state), cells[0],
    h("td", { class: "nowrap" }, drawn, original), cells.slice(1));
  element.update = (trial, isOnFront, isSelected) => {
    setText(button, `${number}${isOnFront ? " ★" : ""}`);
    setAttribute(button, "aria-label", `Trial ${number}${isOnFront ? ", on the front" : ""}`);
    setAttribute(button, "aria-pressed", String(isSelected));
    element.classList.toggle("selected", isSelected);
    const doing = trial.state === "running" && trial.curve.length ? `, epoch ${trial.curve.at(-1).epoch}` : "";
    setAttribute(state, "title", trial.failure);
    setText(state, `${sign(trial.state)} ${words(trial.state)}${doing}`);
    state.className = `state is-${trial.state}`;
    setText(drawn, `${trial.isRandom ? "◆" : trial.isProbe ? "◻" : "●"} ${drawnBy(trial)}${trial.original ? ", repeats " : ""}`);
    drawn.className = trial.isRandom ? "is-control" : "state";
    original.hidden = !trial.original;
    setText(original, trial.original ? `trial ${trial.original}` : "");
    original.onclick = () => choose(trial.original);
    const time = trial.isShared ? "not trained" : trial.original ? "saved" : duration(trial.seconds);
    const texts = [percent(trial.accuracy), short(trial.parameters), short(trial.macs), time];
    texts.forEach((text, i) => setText(values[i], text));
    setText(by, trial.isShared && trial.isScored ? "by shared weights" : "");
    setText(code, trial.code ?? "");
    setAttribute(cells.at(-1), "title", trial.code);
  };
  return element;
}
