// What was asked for: the resolved request, which is itself a valid body to post again.

import { h, setText } from "../../lib/dom.js";
import { duration, moment, percent, plural, short, words } from "../../lib/format.js";

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
      ["Id", job.id], ...asked(job), ["Created", moment(job.created)], ["Started", job.started ? moment(job.started) : "not yet"],
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

/** What was asked for, line by line. */
function asked({ request, space, strategy, dataset, maxTrials, maxSeconds }) {
  const { budget, control, pruner, objectives, fidelity, final, proxies, filter, warm_start: start } = request;
  const amounts = [
    maxTrials && `${plural(maxTrials, "trial")}, repeats ${budget.count_repeats ? "counted" : "not counted"}`,
    maxSeconds && duration(maxSeconds), budget.target_accuracy && `until ${percent(budget.target_accuracy)} search accuracy`];
  return [
    ["Dataset", dataset], ["Space", component(request.space ?? { name: space })],
    ["Strategy", component(request.strategy ?? { name: strategy })],
    ["Pruner", pruner ? component(pruner) : "none"],
    ["Random control", control > 0 ? `${percent(control, 0)} of the trials` : "none"],
    ...(final?.controls > 0 ? [["Random controls", `${plural(final.controls, "architecture")} retrained beside the winner`]] : []),
    ["Trust in the score", fidelity?.share > 0 ? trust(fidelity) : "not measured"],
    ...(proxies?.length ? [["Proxies told", proxies.map(words).join(", ")]] : []),
    ...(filter ? [["Filter", `the best ${percent(filter.keep, 0)} of draws by ${words(filter.proxy)}`]] : []),
    ...(start ? [["Warm start", `the best ${start.keep} of ${start.draws} draws by ${words(start.proxy)}`]] : []),
    ["Objectives", (objectives ?? []).map(objective).join("; ") || "most accuracy"],
    ["Budget", amounts.filter(Boolean).join(", ") || "no limit"],
  ];
}

function trust({ share, architectures, min_tau: least }) {
  return `at most ${plural(architectures, "architecture")} trained alone, ${percent(share, 0)} of the work${Number.isFinite(least) ? `; below τ ${least} the finalists are chosen anew` : ""}`;
}

/** An entry of the catalog with its parameters: `median (startup trials 5)`. */
function component({ name, params }) {
  const list = Object.entries(params ?? {}).map(([key, value]) => `${words(key)} ${value}`);
  return list.length ? `${name} (${list.join(", ")})` : name;
}

function objective({ metric, goal, limit }) {
  const isMost = goal === "max";
  const bound = Number.isFinite(limit) ? `, ${isMost ? "at least" : "at most"} ${metric === "accuracy" ? percent(limit) : short(limit)}` : "";
  return `${isMost ? "most" : metric === "latency" ? "least" : "fewest"} ${metric}${bound}${bound && metric === "latency" ? " ms" : ""}`;
}
