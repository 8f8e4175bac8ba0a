// What a search would cost, asked of the service before it is started: it trains a few drawn networks
// for some steps, so it is asked for by a button and not at every key.

import { post } from "../../lib/api.js";
import { say } from "../../lib/announce.js";
import { h, setText } from "../../lib/dom.js";
import { bytes, duration, plural, whole } from "../../lib/format.js";

export class CostEstimate {
  #body;
  #fail;
  #ask = h("button", { type: "button", onclick: () => this.#load() }, "Estimate");
  #note = h("p", { class: "note" });
  #fault = h("p", { class: "error", role: "alert", hidden: true });
  #rows = h("tbody");
  #table;
  #foot = h("p", { class: "note", hidden: true });
  #isShared = null;
  /** The body that the shown numbers are of. */
  #of = "";

  /** `body` gives the request as it stands, `fail` shows its faults beside their fields. */
  constructor(body, fail) {
    this.#body = body;
    this.#fail = fail;
    this.#table = h("div", { class: "scroll spaced", tabindex: 0, role: "region", "aria-label": "Estimated cost", hidden: true },
      h("table", {}, h("caption", { class: "visually-hidden" }, "Likely cost with the band from cheap to dear networks"),
        h("thead", {}, h("tr", {}, ["What", "Likely", "Low to high"].map((title, i) => h("th", { scope: "col", class: i ? "number" : null }, title)))),
        this.#rows));
    this.element = h("section", { class: "card", "aria-labelledby": "cost-title" },
      h("div", { class: "card-head" }, h("h2", { id: "cost-title" }, "What it would cost"), h("span", { class: "grow" }), this.#ask),
      this.#note, this.#fault, this.#table, this.#foot);
  }

  setShared(isShared) {
    if (isShared === this.#isShared) return;
    this.#isShared = isShared;
    this.#forget();
    setText(this.#note, isShared
      ? "The service trains a supernet and a few drawn networks for some steps, which takes some seconds, on large images more. Nothing is stored."
      : "The service trains a few drawn networks for some steps, which takes up to some seconds. Nothing is stored.");
  }

  /** Numbers of another request are not shown as this one's. */
  changed(body) {
    if (this.#of && this.#of !== JSON.stringify(body)) {
      this.#forget();
      setText(this.#foot, "The request has changed since the last estimate.");
      this.#foot.hidden = false;
    }
  }

  #forget() {
    this.#of = "";
    this.#table.hidden = true;
    this.#foot.hidden = true;
    this.#fault.hidden = true;
  }

  async #load() {
    const body = this.#body();
    const text = JSON.stringify(body);
    this.#forget();
    this.#fail(null);
    this.#ask.disabled = true;
    setText(this.#ask, "Estimating …");
    try {
      const estimate = await post("v1/jobs/estimate", body);
      // An answer to what has been changed meanwhile is of no use.
      if (text === JSON.stringify(this.#body())) this.#show(estimate, text);
      else this.changed(this.#body());
    } catch (error) {
      if (error.faults?.length) this.#fail(error);
      this.#fault.hidden = false;
      setText(this.#fault, `It could not be estimated: ${error.message}`);
    } finally {
      this.#ask.disabled = false;
      setText(this.#ask, "Estimate");
    }
  }

  #show(estimate, text) {
    this.#of = text;
    const { trials, slots, search_seconds: search, final_seconds: final } = estimate;
    const total = { low: search.low + final.low, likely: search.likely + final.likely, high: search.high + final.high };
    const rows = [
      ["The whole job", total, duration], ["Search", search, duration], ["Final phase, with the trust in the score", final, duration],
      [this.#isShared ? "One path scored" : "One trial", estimate.trial_seconds, duration],
      [this.#isShared ? "Paths scored" : "Trials", trials, (value) => whole(Math.round(value))],
      ["Memory at its fullest", estimate.peak_memory_bytes, bytes]];
    this.#rows.replaceChildren(...rows.map(([name, band, show]) => h("tr", {}, h("th", { scope: "row" }, name),
      h("td", { class: "number" }, h("strong", {}, show(band.likely))), h("td", { class: "number" }, `${show(band.low)} to ${show(band.high)}`))));
    this.#table.hidden = false;
    const lost = estimate.networks_infeasible ? `, ${plural(estimate.networks_infeasible, "further one")} of those drawn cannot be trained on this data` : "";
    setText(this.#foot, `From ${plural(estimate.networks_measured, "network")} drawn at random${lost}; ${plural(slots, "trial")} at once. A busy machine makes them look dearer.`);
    this.#foot.hidden = false;
    say(`Estimated: the whole job ${duration(total.likely)}, memory ${bytes(estimate.peak_memory_bytes.likely)}.`, { now: true });
  }
}
