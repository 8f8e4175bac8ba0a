// The form of a new search. Parameters of strategies and spaces come from the API's JSON Schemas;
// the JSON and the curl line beside the form are what will be sent.

import { allPages, get, post } from "../lib/api.js";
import { h, setText } from "../lib/dom.js";
import { Field, fieldsOf } from "../lib/fields.js";
import { shape, whole, words } from "../lib/format.js";
import { curlLine, pick, pruned, put, requestKey } from "../lib/request.js";
import { applies, explanations, isConditional } from "./new/applies.js";
import { CostEstimate } from "./new/estimate.js";
import * as groups from "./new/groups.js";
import { Objectives } from "./new/objectives.js";
import { preview } from "./new/preview.js";

export async function show(main, query) {
  const clone = query.get("clone");
  const [datasets, strategies, spaces, pruners, original] = await Promise.all([
    allPages("v1/datasets", { page_size: 500 }), allPages("v1/strategies"), allPages("v1/spaces"), allPages("v1/pruners"),
    clone ? get(`v1/jobs/${encodeURIComponent(clone)}`) : null]);
  const form = new SearchForm({
    datasets: datasets.data.filter((one) => one.state === "sealed"),
    strategies: strategies.data, spaces: spaces.data, pruners: pruners.data, original: original?.request ?? null,
  });
  form.build(main, query.get("dataset"));
}

/** Parts of a request that are an entry of the catalog with its parameters. */
const choices = ["strategy", "space", "pruner"];

/** The strategy that the service takes where none is named. */
const usualStrategy = "gaussian-process";

class SearchForm {
  #known;
  #original;
  #fields = new Map();
  #params = Object.fromEntries(choices.map((kind) => [kind, []]));
  #places = Object.fromEntries(choices.map((kind) => [kind, h("div", { class: "fields" })]));
  #hints = Object.fromEntries([...choices, "dataset"].map((kind) => [kind, h("p", { class: "hint" })]));
  #objectives = new Objectives(() => this.#refresh());
  #shared = Object.fromEntries(Object.entries(explanations)
    .map(([name, text]) => [name, h("p", { class: "note", "data-explains": name, hidden: true }, text)]));
  #cost = new CostEstimate(() => this.#body(), (error) => this.#showFaults(error));
  #json = h("pre", { tabindex: 0, "aria-label": "Request as JSON" });
  #curl = h("pre", { tabindex: 0, "aria-label": "Request as a curl line" });
  #summary = h("div", { class: "alert", role: "alert", tabindex: -1, hidden: true });
  #send = h("button", { type: "submit", class: "primary" }, "Start the search");
  #key = { body: "", value: "" };

  constructor({ datasets, strategies, spaces, pruners, original }) {
    this.#known = { dataset: datasets, strategy: strategies, space: spaces, pruner: pruners };
    this.#original = original;
  }

  build(main, dataset) {
    const parts = [
      ["What", [this.#text("/name", "Name", "For the list of jobs; empty: after strategy and data"), this.#choice("dataset", "/dataset", "Dataset", "name")], this.#hints.dataset],
      ["Strategy", [this.#choice("strategy", "/strategy/name", "Strategy", "id")], this.#hints.strategy, this.#places.strategy],
      ["Search space", [this.#choice("space", "/space/name", "Space", "id")], this.#hints.space, this.#places.space],
      ["Objectives", [], this.#shared.objectives, this.#objectives.element],
      ["Budget", this.#group(groups.budget), this.#shared.budget],
      ["Control and early stopping", [...this.#group(groups.control), this.#choice("pruner", "/pruner/name", "Pruner", "id", "none: every trial runs to its end")],
        this.#hints.pruner, this.#places.pruner, this.#shared.control],
      ["Untrained networks", this.#group(groups.untrained)],
      ["Training", this.#group(groups.training)],
      ["Trust in the score", this.#group(groups.fidelity)],
      ["Repeatability", this.#group(groups.repeatability)],
    ];
    main.replaceChildren(
      h("div", { class: "page-head" }, h("h1", {}, this.#original ? `New search like ${this.#original.name || "the chosen one"}` : "New search")),
      h("form", { class: "form", novalidate: true, onsubmit: (event) => this.#submit(event) },
        h("div", { class: "card" }, this.#summary,
          parts.map(([title, fields, ...rest]) => h("fieldset", { "data-group": title }, h("legend", {}, title),
            h("div", { class: "stack" }, fields.length ? h("div", { class: "fields" }, fields.map((field) => field.element)) : null, rest))),
          h("p", { class: "pager" }, this.#send)),
        h("div", { class: "sticky stack" }, this.#cost.element, preview("Request", this.#json), preview("The same with curl", this.#curl))));
    this.#start(dataset);
    if (!this.#known.dataset.length) setText(this.#hints.dataset, "There is no usable dataset yet; see Datasets.");
  }

  #add(pointer, title, schema, options = null) {
    const field = new Field(pointer, title, schema, { options, changed: () => this.#changed(pointer) });
    this.#fields.set(pointer, field);
    return field;
  }

  #group(fields) {
    return fields.map((field) => this.#add(...field));
  }

  /** A cloned search tells its lengths in samples; they stay, shown in epochs, until others are given. */
  #showLengths() {
    const original = this.#original;
    const rows = this.#known.dataset.find(({ name }) => name === original?.dataset)?.content.fitting_rows;
    for (const part of ["trial", "final"]) {
      const epochs = pick(original ?? {}, `/${part}/samples_seen`) / rows;
      this.#fields.get(`/${part}/epochs`).input.placeholder = epochs ? `${Number(epochs.toPrecision(3))}` : "";
    }
  }

  #text(pointer, title, description) {
    return this.#add(pointer, title, { type: "string", description });
  }

  #choice(kind, pointer, title, key, none) {
    const options = this.#known[kind].map((one) => [one[key], one[key]]);
    return this.#add(pointer, title, { type: "string" }, none ? [["", none], ...options] : options);
  }

  /** Fills the form from the cloned request, or with the first choices that suit the data. */
  #start(dataset) {
    const original = this.#original;
    this.#showLengths();
    if (original) {
      for (const [pointer, field] of this.#fields) {
        const value = pick(original, pointer);
        // What did not apply to the original has no value of its own to take over.
        if (value !== undefined || !isConditional(pointer)) field.set(value);
      }
      if (this.#isSharedOriginal) {
        for (const pointer of ["/budget/max_trials", "/control"]) this.#fields.get(pointer).set(this.#fields.get(pointer).schema.default);
      } else this.#fields.get("/final/controls").set(this.#fields.get("/final/controls").schema.default);
      this.#objectives.set(original.objectives ?? []);
    } else if (dataset) this.#fields.get("/dataset").set(dataset);
    if (!original) {
      if (this.#known.strategy.some(({ id }) => id === usualStrategy)) this.#fields.get("/strategy/name").set(usualStrategy);
      this.#suit();
    }
    for (const kind of choices) this.#showParams(kind);
    this.#describeDataset();
    this.#refresh();
  }

  #chosen(kind) {
    const pointer = kind === "dataset" ? "/dataset" : `/${kind}/name`;
    const value = this.#fields.get(pointer).value();
    return this.#known[kind].find((one) => (kind === "dataset" ? one.name : one.id) === value);
  }

  /** True where the chosen strategy ranks by shared weights. */
  get isShared() {
    return Boolean(this.#chosen("strategy")?.supernets);
  }

  /** True where the chosen data is a table of measured architectures. */
  get isTable() {
    return Boolean(this.#chosen("dataset")?.content.table);
  }

  /** The value of a field. */
  value(pointer) {
    return this.#fields.get(pointer).value();
  }

  get #isSharedOriginal() {
    return Boolean(this.#known.strategy.find(({ id }) => id === this.#original?.strategy?.name)?.supernets);
  }

  /** Shows what applies to the strategy and the data, and says why the rest is left out. */
  #showWhatApplies() {
    for (const [pointer, field] of this.#fields) field.element.hidden = !applies(pointer, this);
    for (const note of Object.values(this.#shared)) note.hidden = !this.isShared;
    this.#objectives.element.hidden = this.isShared;
    this.#places.pruner.hidden = this.isShared || !this.#params.pruner.length;
    this.#hints.pruner.hidden = this.isShared || !this.#chosen("pruner");
    for (const [group, isHidden] of [["Trust in the score", this.isTable], ["Untrained networks", this.isTable || this.isShared]]) {
      document.querySelector(`[data-group="${group}"]`).hidden = isHidden;
    }
    this.#cost.setShared(this.isShared);
  }

  /** Picks a space that the strategy runs on and that reads the chosen data set's kind of sample. */
  #suit() {
    const kind = this.#chosen("dataset")?.content.kind;
    const takers = this.#chosen("strategy")?.spaces;
    const fits = (space) => (!kind || space?.inputs.includes(kind)) && (!takers || takers.includes(space?.id));
    if (fits(this.#chosen("space"))) return;
    const home = this.#known.space.find(({ id }) => id === this.#chosen("strategy")?.home_space);
    const space = fits(home) ? home : this.#known.space.find(fits);
    if (space) this.#fields.get("/space/name").set(space.id);
  }

  #changed(pointer) {
    if (pointer === "/dataset" || pointer === "/strategy/name") {
      const before = this.#chosen("space");
      this.#suit();
      this.#describeDataset();
      if (before !== this.#chosen("space")) this.#showParams("space");
    }
    for (const kind of choices) if (pointer === `/${kind}/name`) this.#showParams(kind);
    this.#refresh();
  }

  #describeDataset() {
    const content = this.#chosen("dataset")?.content;
    if (!content) return;
    const { train_rows: train, test_rows: test, fitting_rows: fitting } = content;
    setText(this.#hints.dataset, `${whole(train + test)} rows of ${shape(content.shape)}, ${content.classes.length} classes; an epoch of the search is ${whole(fitting)} rows.`);
  }

  /** Shows the parameters of the chosen entry, filled from the clone where it has them. */
  #showParams(kind) {
    const entry = this.#chosen(kind);
    this.#hints[kind].hidden = !entry;
    setText(this.#hints[kind], [entry?.summary, entry?.architectures && `${entry.architectures} architectures`, entry?.paper].filter(Boolean).join(" · "));
    this.#params[kind] = fieldsOf(entry?.parameters, `/${kind}/params`, () => this.#refresh());
    const same = pick(this.#original ?? {}, `/${kind}/name`) === entry?.id;
    for (const field of this.#params[kind]) {
      const value = same ? pick(this.#original, field.pointer) : undefined;
      if (value !== undefined) field.set(value);
    }
    this.#places[kind].replaceChildren(...this.#params[kind].map((field) => field.element));
    this.#places[kind].hidden = !this.#params[kind].length;
  }

  #all() {
    return [...this.#fields.values(), ...choices.flatMap((kind) => this.#params[kind])];
  }

  /** The body: what the clone asked for beyond the form stays; defaults of parameters go unsaid. */
  #body() {
    const body = this.#original ? structuredClone(this.#original) : {};
    for (const kind of choices) if (body[kind]) body[kind].params = {};
    // A cloned request of the same kind has what such a request resolves to, also where it is not shown.
    const isSameKind = this.#original && this.isShared === this.#isSharedOriginal;
    for (const field of this.#all()) {
      if (!applies(field.pointer, this)) {
        if (!isSameKind) put(body, field.pointer, undefined);
        continue;
      }
      if (this.isShared && field.pointer.startsWith("/pruner/")) continue;
      const value = field.value();
      const isUnsaid = field.pointer.includes("/params/") || field.schema.type === "boolean";
      put(body, field.pointer, isUnsaid && value === field.schema.default ? undefined : value);
    }
    put(body, "/objectives", this.isShared ? undefined : this.#objectives.value());
    if (this.isShared) delete body.pruner;
    if (this.isShared || this.isTable) {
      // Untrained networks are scored where trials are trained alone.
      delete body.proxies;
    }
    for (const part of ["filter", "warm_start"]) if (!body[part]?.proxy) delete body[part];
    if (this.isTable) delete body.fidelity;
    for (const part of ["trial", "final"]) {
      if (body[part]?.epochs !== undefined) delete body[part].samples_seen;
    }
    return pruned(body);
  }

  #refresh() {
    this.#showWhatApplies();
    const body = this.#body();
    this.#cost.changed(body);
    setText(this.#json, JSON.stringify(body, null, 2));
    setText(this.#curl, curlLine("v1/jobs", body));
  }

  async #submit(event) {
    event.preventDefault();
    const body = this.#body();
    const text = JSON.stringify(body);
    // The same body under the same key: a repeated click after a lost answer starts no second job.
    if (this.#key.body !== text) this.#key = { body: text, value: requestKey() };
    this.#send.disabled = true;
    this.#showFaults(null);
    try {
      const job = await post("v1/jobs", body, { "idempotency-key": this.#key.value });
      location.assign(`job.html?id=${encodeURIComponent(job.id)}`);
    } catch (error) {
      this.#key = { body: "", value: "" };
      this.#showFaults(error);
    } finally {
      this.#send.disabled = false;
    }
  }

  /** Puts each fault beside the field of its pointer; the rest goes to the top. */
  #showFaults(error) {
    for (const field of [...this.#all(), ...this.#objectives.fields]) field.fault("");
    this.#summary.hidden = !error;
    if (!error) return;
    const rest = [];
    let first = null;
    for (const { pointer, detail } of error.faults ?? []) {
      const shown = this.#all().filter((one) => !one.element.hidden);
      const field = shown.find((one) => one.pointer === pointer)
        ?? shown.find((one) => pointer && one.pointer.startsWith(`${pointer}/`)) ?? (this.isShared ? null : this.#objectives.find(pointer ?? ""));
      if (field) field.fault(detail);
      else rest.push(`${pointer || "request"}: ${detail}`);
      first ??= field?.input ?? null;
    }
    this.#summary.replaceChildren(h("p", {}, error.message), ...rest.map((line) => h("p", {}, line)));
    (first ?? this.#summary).focus();
  }
}
