// The head of the job page: name, state, what can be done, progress and the figures that matter.

import { address, post } from "../../lib/api.js";
import { arrange, h, setAttribute, setText } from "../../lib/dom.js";
import { duration, percent, plural, short, sign, words } from "../../lib/format.js";
import { budgetWords, savedWords } from "../../lib/model.js";

const reasons = {
  budget_trials: "the budget of trials is used up", budget_seconds: "the time is used up",
  target_reached: "the target accuracy is reached", space_exhausted: "no architecture is left to try",
  search_finished: "the search on shared weights is over",
  user: "stopped by the user", too_many_failures: "too many trials failed", error: "an error ended it",
};

export class Header {
  #page;
  #name = h("h1");
  #chip = h("span", { class: "chip" });
  #live = h("span", { class: "live" });
  #meta = h("p", { class: "meta" });
  #alert = h("p", { class: "alert", role: "alert", hidden: true });
  #confirm = h("div", { class: "alert tools", hidden: true });
  #pause = h("button", { type: "button", onclick: () => this.#act("pause") }, "Pause");
  #resume = h("button", { type: "button", onclick: () => this.#act("resume") }, "Resume");
  #stop = h("button", { type: "button", onclick: () => this.#ask() }, "Stop");
  #clone;
  #downloads = h("span", { class: "downloads spaced" });
  #actions = h("span", { class: "downloads" });
  #done = h("span");
  #bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of the search" });
  #left = h("span");
  #figures = h("dl", { class: "figures" });
  #fault = "";

  constructor(page) {
    this.#page = page;
    this.#clone = h("a", { class: "button", href: address("new.html", { clone: page.id }) }, "Clone");
    this.element = h("section", { class: "card", "aria-label": "Job" },
      h("div", { class: "page-head" }, this.#name, this.#chip, this.#live, h("span", { class: "grow" }),
        this.#actions),
      this.#meta, this.#confirm, this.#alert,
      h("div", { class: "progress-row" }, this.#done, this.#bar, this.#left),
      this.#figures, this.#downloads);
  }

  update() {
    const { job, status } = this.#page;
    setText(this.#name, job.name);
    setText(this.#chip, `${sign(job.state)} ${words(job.state)}${phase(job)}`);
    this.#chip.className = `chip is-${job.state}`;
    const isCut = status === "reconnecting";
    setText(this.#live, job.isFinal ? "" : isCut ? "reconnecting …" : status === "live" ? "live" : "");
    this.#live.className = `live is-${status}`;
    setText(this.#meta, meta(job));
    const text = this.#fault || (job.state === "failed" ? job.failure ?? "The job failed." : "");
    this.#alert.hidden = !text;
    setText(this.#alert, text);
    this.#updateProgress(job);
    this.#updateActions(job);
    arrange(this.#figures, figures(this.#page).map((figure, i) => this.#figure(i, figure)));
    this.#updateDownloads();
  }

  #updateProgress(job) {
    const shared = sharing(this.#page);
    setText(this.#done, shared?.text ?? [budgetWords(job), savedWords(job)].filter(Boolean).join(", "));
    this.#done.title = job.repeated && !job.request.budget.count_repeats ? "Trials that repeat a known network cost nothing and do not use the budget up." : "";
    setAttribute(this.#bar, "value", shared?.share ?? job.share);
    const ended = job.stopReason ? `Ended: ${reasons[job.stopReason] ?? words(job.stopReason)}` : "";
    setText(this.#left, job.isFinal ? ended
      : Number.isFinite(job.secondsLeft) ? `about ${duration(job.secondsLeft)} left` : "");
  }

  #updateActions(job) {
    const can = [];
    if (job.state === "running" || job.state === "queued") can.push(this.#pause);
    if (job.state === "paused") can.push(this.#resume);
    if (["queued", "running", "paused"].includes(job.state)) can.push(this.#stop);
    arrange(this.#actions, [...can, this.#clone]);
    if (!can.includes(this.#stop)) this.#confirm.hidden = true;
  }

  #figure(index, { title, value, note }) {
    let box = this.#figures.children[index];
    if (!box) box = h("div", {}, h("dt"), h("dd"), h("dd", { class: "note" }));
    setText(box.children[0], title);
    setText(box.children[1], value);
    setText(box.children[2], note ?? "");
    return box;
  }

  /** Links to the winner once it is tested, before that to the best so far. */
  #updateDownloads() {
    const { job, result, trials } = this.#page;
    const winner = result?.finalists.find((finalist) => finalist.test_accuracy);
    const { trial, architecture } = winner ?? job.best ?? {};
    const isKept = winner ? winner.weights_kept : trials.get(trial)?.isKept;
    const key = `${architecture} ${isKept} ${Boolean(winner)} ${job.isFinal}`;
    this.#downloads.hidden = !architecture;
    if (!architecture || this.#downloads.dataset.of === key) return;
    this.#downloads.dataset.of = key;
    const path = `v1/architectures/${encodeURIComponent(architecture)}/export`;
    const link = (format, title) => h("a", {
      class: "button", href: address(path, { format }), download: true,
    }, title);
    this.#downloads.replaceChildren(
      h("span", { class: "note" }, winner ? `Download the winner, trial ${trial}:` : `Download the best${job.isFinal ? "" : " so far"}, trial ${trial}:`),
      link("json", "Architecture (JSON)"), link("dot", "Graph (DOT)"),
      isKept ? link("safetensors", "Weights (safetensors)")
        : h("span", { class: "note" }, "its weights are not kept"));
  }

  #ask() {
    this.#confirm.replaceChildren(
      h("span", {}, "Stop this search? Its best so far stays, and can be downloaded."),
      h("button", { type: "button", class: "primary", onclick: () => this.#act("cancel") }, "Stop the search"),
      h("button", { type: "button", onclick: () => this.#close() }, "Keep it running"));
    this.#confirm.hidden = false;
    this.#confirm.querySelector("button").focus();
  }

  #close() {
    this.#confirm.hidden = true;
    if (this.#stop.isConnected) this.#stop.focus();
  }

  async #act(verb) {
    this.#close();
    try {
      this.#fault = "";
      await post(`${this.#page.path}/${verb}`);
    } catch (error) {
      this.#fault = `It could not be done: ${error.message}`;
    }
    await this.#page.reload();
  }
}

function phase(job) {
  return job.phase && job.state === "running" ? `: ${words(job.phase)}` : "";
}

/** How far the shared weights are before the first candidate; null for other searches and after it. */
function sharing({ job, supernets }) {
  if (job.isFinal || job.done || !supernets.length) return null;
  const at = supernets.find(({ state }) => state === "running") ?? supernets.findLast(({ curve }) => curve.length) ?? supernets[0];
  const epochs = job.request.strategy.params?.epochs;
  const done = supernets.reduce((sum, one) => sum + (one.isFinished ? epochs : one.curve.length), 0);
  return {
    text: `supernet ${at.round} of ${supernets.length}, epoch ${at.curve.at(-1)?.epoch ?? 0}${epochs ? ` of ${epochs}` : ""}`,
    share: epochs ? Math.min(1, done / (epochs * supernets.length)) : null,
  };
}

function meta(job) {
  return [words(job.strategy), job.space, job.dataset, `seed ${job.seed}`, job.id].join(" · ");
}

/** The figures; accuracy of the search and of the test never share a name. */
function figures({ job, result }) {
  const winner = result?.finalists.find((finalist) => finalist.test_accuracy);
  const test = winner?.test_accuracy;
  const lost = ["failed", "diverged", "infeasible"].map((state) => job.counts[state]);
  const best = job.best;
  return [
    { title: "Best search accuracy", value: percent(best?.accuracy), note: best ? `trial ${best.trial}, ${job.sharesWeights ? "by shared weights, on validation data" : "on validation data"}` : "no completed trial" },
    { title: "Test accuracy", value: percent(test?.mean), note: test ? `trial ${winner.trial} retrained, mean of ${plural(test.values.length, "seed")}` : job.isFinal ? "not measured" : "measured once, at the end" },
    { title: "Parameters of the best", value: short(best?.parameters), note: "" },
    { title: "Its multiply–accumulates", value: short(best?.macs), note: "for one sample" },
    { title: "Time spent", value: duration(job.spentSeconds), note: job.maxSeconds ? `of ${duration(job.maxSeconds)}` : "" },
    ...(job.counts.stopped_early ? [{ title: "Stopped early", value: String(job.counts.stopped_early), note: job.request.pruner ? `by ${words(job.request.pruner.name)}` : "" }] : []),
    { title: "Trials that failed", value: String(lost[0] + lost[1] + lost[2]), note: `${lost[0]} failed, ${lost[1]} diverged, ${lost[2]} infeasible` },
  ];
}
