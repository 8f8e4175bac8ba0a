// The objectives of a new search: accuracy always, size where it is asked for, each with a limit.

import { h } from "../../lib/dom.js";
import { Field } from "../../lib/fields.js";

/** What may count beside accuracy: how wanting less of it is called, how its limit, and what they mean. */
const costs = {
  parameters: ["fewer parameters", "most parameters", "Beside the accuracy, fewer are better"],
  macs: ["fewer multiply–accumulates", "most multiply–accumulates", "Beside the accuracy, fewer are better"],
  latency: ["less latency", "most latency, ms", "Measured milliseconds of one sample; such a search cannot be repeated exactly"],
};

export class Objectives {
  /** Fields by metric: whether it counts (not for accuracy, which always does) and its limit. */
  #counts = new Map();
  #limits = new Map();
  #original = null;

  constructor(changed) {
    this.#addLimit("accuracy", "least accuracy", {
      type: "number", minimum: 0, maximum: 1, description: "Below it a candidate is no finalist; empty: no limit",
    }, changed);
    for (const [metric, [less, most, description]] of Object.entries(costs)) {
      this.#counts.set(metric, new Field(`/objectives/${metric}`, less, {
        type: "boolean", default: false, description,
      }, { changed }));
      this.#addLimit(metric, most, { type: "number", description: "Beyond it a candidate is not feasible; empty: no limit" }, () => {
        // A limit is given on an objective, so a limit makes it one.
        if (this.#limits.get(metric).value() !== undefined) this.#counts.get(metric).set(true);
        changed();
      });
    }
    const always = h("div", { class: "field" }, h("p", { class: "label" }, "Accuracy"), h("p", { class: "hint" }, "Always counts, more is better."));
    this.element = h("div", { class: "pairs" }, always, this.fields.map((field) => field.element));
  }

  #addLimit(metric, title, schema, changed) {
    this.#limits.set(metric, new Field(`/objectives/${metric}/limit`, title, schema, { changed }));
  }

  /** All fields, as they stand in the form. */
  get fields() {
    return [...this.#limits].flatMap(([metric, limit]) => [this.#counts.get(metric), limit]).filter(Boolean);
  }

  /** Shows the objectives of a cloned request. */
  set(list) {
    this.#original = list;
    for (const { metric, limit } of list) {
      this.#counts.get(metric)?.set(true);
      this.#limits.get(metric)?.set(limit ?? undefined);
    }
  }

  /** The list for the request; undefined where it is accuracy alone, which goes unsaid. */
  value() {
    const list = [...this.#limits].filter(([metric]) => this.#counts.get(metric)?.value() ?? true).map(([metric, field]) => {
      const limit = field.value();
      const isKnown = this.#original?.some((one) => one.metric === metric && "limit" in one);
      return { metric, goal: metric === "accuracy" ? "max" : "min", ...(limit === undefined ? isKnown && { limit: null } : { limit }) };
    });
    return !this.#original && list.length === 1 && list[0].limit === undefined ? undefined : list;
  }

  /** The field that a fault at `/objectives/…` belongs to. */
  find(pointer) {
    const [, root, index, part] = pointer.split("/");
    if (root !== "objectives") return undefined;
    const metric = this.value()?.[Number(index)]?.metric ?? "parameters";
    return part === "limit" ? this.#limits.get(metric) : this.#counts.get(metric) ?? this.#limits.get(metric);
  }
}
