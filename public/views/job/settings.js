// What was asked for: the resolved request, which is itself a valid body to post again.

import { h, setText } from "../../lib/dom.js";
import { moment } from "../../lib/format.js";

export class Settings {
  #page;
  #facts = h("dl", { class: "facts" });
  #request = h("pre", { tabindex: 0, "aria-label": "The request as JSON" });
  #drawn = "";

  constructor(page) {
    this.#page = page;
    this.element = h("details", { class: "card" },
      h("summary", {}, "Settings of this search"),
      h("div", { class: "stack" }, this.#facts, this.#request));
  }

  update() {
    const { job } = this.#page;
    const rows = [
      ["Id", job.id], ["Created", moment(job.created)], ["Started", job.started ? moment(job.started) : "not yet"],
      ["Finished", job.finished ? moment(job.finished) : "not yet"],
      ...(job.digest ? [["Digest", job.digest]] : []),
    ];
    const key = JSON.stringify(rows);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#facts.replaceChildren(...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
    setText(this.#request, JSON.stringify(job.request, null, 2));
  }
}
