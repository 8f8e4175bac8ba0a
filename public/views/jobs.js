// The list of jobs: newest first, filtered by state on the server and by name here.

import { allPages, get } from "../lib/api.js";
import { arrange, h, setText } from "../lib/dom.js";
import { duration, moment, percent, plural, short, sign, whole, words } from "../lib/format.js";
import { jobModel, jobStates } from "../lib/model.js";
import { gathered } from "../lib/redraw.js";
import { sortable } from "../lib/sorting.js";

const refreshSeconds = 4;
const columns = [
  { key: "name", title: "Name", value: (job) => job.name.toLowerCase() },
  { key: "state", title: "State", value: (job) => job.state },
  { key: "progress", title: "Trials", value: (job) => job.spent },
  { key: "accuracy", title: "Best search accuracy", number: true, value: (job) => job.best?.accuracy },
  { key: "parameters", title: "Its parameters", number: true, value: (job) => job.best?.parameters },
  { key: "strategy", title: "Strategy", value: (job) => job.strategy },
  { key: "dataset", title: "Dataset", value: (job) => job.dataset },
  { key: "started", title: "Started", value: (job) => job.started ?? job.created },
  { key: "left", title: "Time left", number: true, value: (job) => job.secondsLeft },
];

export async function show(main, query) {
  const page = new JobsPage(main, query);
  await page.load();
  page.watch();
}

class JobsPage {
  #main;
  #jobs = [];
  #next = null;
  #rows = new Map();
  #filter;
  #body = h("tbody");
  #count = h("p", { class: "note" });
  #trouble = h("p", { class: "alert", role: "alert", hidden: true });
  #table;
  #empty = h("div", { class: "empty" });
  #more = h("button", { type: "button", onclick: () => this.#showMore() }, "Show more");

  constructor(main, query) {
    this.#main = main;
    this.#filter = { state: query.get("state") ?? "", text: query.get("q") ?? "" };
    this.#table = sortable(columns, query.get("sort"), () => this.#changed());
    this.#build();
  }

  async load() {
    const { state } = this.#filter;
    const { data, next } = await allPages("v1/jobs", { state, page_size: 100 }, { limit: 100 });
    this.#jobs = data.map(jobModel);
    this.#next = next;
    this.#draw();
  }

  /** Asks again while the page is seen; a failure is said and cleared by the next answer. */
  watch() {
    const refresh = gathered(() => this.#refresh());
    setInterval(refresh, refreshSeconds * 1000);
  }

  async #refresh() {
    try {
      const { state } = this.#filter;
      const reply = await get("v1/jobs", { state, page_size: 100 });
      const fresh = reply.data.map(jobModel);
      const known = new Set(fresh.map((job) => job.id));
      const older = this.#jobs.slice(fresh.length).filter((job) => !known.has(job.id));
      this.#jobs = [...fresh, ...older];
      this.#trouble.hidden = true;
      this.#draw();
    } catch (error) {
      this.#trouble.hidden = false;
      setText(this.#trouble, `The list is not fresh: ${error.message} Trying again.`);
    }
  }

  async #showMore() {
    const { state } = this.#filter;
    const query = { state, page_size: 100, page_token: this.#next };
    const { data, next } = await allPages("v1/jobs", query, { limit: 100 });
    this.#jobs.push(...data.map(jobModel));
    this.#next = next;
    this.#draw();
  }

  #build() {
    const state = h("select", { id: "state", onchange: () => this.#setState(state.value) },
      h("option", { value: "" }, "any"),
      jobStates.map((name) => h("option", { value: name, selected: name === this.#filter.state }, words(name))));
    const search = h("input", {
      id: "search", type: "search", value: this.#filter.text, size: 16,
      oninput: () => { this.#filter.text = search.value; this.#changed(); },
    });
    this.#main.replaceChildren(
      h("div", { class: "page-head" }, h("h1", {}, "Jobs"), h("span", { class: "grow" }),
        h("a", { class: "button primary", href: "new.html" }, "Start a search")),
      h("section", { class: "card", "aria-label": "All jobs" },
        h("div", { class: "card-head" }, this.#count, h("span", { class: "grow" }),
          h("div", { class: "tools" },
            h("label", {}, "Name or data", search), h("label", {}, "State", state))),
        this.#trouble, this.#empty,
        h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of jobs" },
          h("table", {}, h("caption", { class: "visually-hidden" }, "Jobs, newest first unless sorted"),
            this.#table.head, this.#body)),
        h("p", { class: "pager" }, this.#more)));
  }

  #setState(state) {
    this.#filter.state = state;
    this.#changed();
    this.load().catch((error) => {
      this.#trouble.hidden = false;
      setText(this.#trouble, error.message);
    });
  }

  #changed() {
    const url = new URL(location.href);
    const set = (name, value) => (value ? url.searchParams.set(name, value) : url.searchParams.delete(name));
    set("state", this.#filter.state);
    set("q", this.#filter.text);
    set("sort", this.#table.order());
    history.replaceState(null, "", url);
    this.#draw();
  }

  #draw() {
    const text = this.#filter.text.trim().toLowerCase();
    const shown = this.#table.sorted(this.#jobs.filter((job) => (
      !text || `${job.name} ${job.id} ${job.dataset} ${job.strategy}`.toLowerCase().includes(text))));
    const rows = shown.map((job) => this.#row(job));
    arrange(this.#body, rows);
    const running = this.#jobs.filter((job) => job.state === "running").length;
    setText(this.#count, this.#jobs.length
      ? `${plural(shown.length, "job")} shown${running ? `, ${running} running` : ""}` : "");
    this.#more.parentElement.hidden = !this.#next;
    this.#body.closest(".scroll").hidden = shown.length === 0;
    this.#empty.hidden = shown.length > 0;
    if (shown.length === 0) this.#drawEmpty();
  }

  #drawEmpty() {
    if (this.#jobs.length > 0 || this.#filter.state) {
      this.#empty.replaceChildren(h("p", {}, "No job matches these filters."));
      return;
    }
    this.#empty.replaceChildren(
      h("p", {}, "No search has been started yet. A search needs a dataset; everything else has a default."),
      h("p", {}, h("a", { class: "button", href: "new.html" }, "Start a search")));
  }

  /** The row of a job: made once, then only its changed cells are written. */
  #row(job) {
    let row = this.#rows.get(job.id);
    if (!row) {
      row = makeRow(job);
      this.#rows.set(job.id, row);
    }
    row.update(job);
    return row.element;
  }
}

function makeRow(job) {
  const name = h("a", { href: `job.html?id=${encodeURIComponent(job.id)}` });
  const state = h("span", { class: "state" });
  const bar = h("progress", { max: 1, value: 0 });
  const trials = h("span", { class: "note nowrap" });
  const cells = columns.slice(3).map(({ number }) => h("td", { class: number ? "number" : "nowrap" }));
  const element = h("tr", { "data-job": job.id },
    h("th", { scope: "row" }, name), h("td", {}, state), h("td", {}, trials, bar), cells);
  const update = (now) => {
    setText(name, now.name);
    setText(state, `${sign(now.state)} ${words(now.state)}`);
    state.className = `state is-${now.state}`;
    bar.value = now.share;
    bar.setAttribute("aria-label", `Progress of ${now.name}`);
    setText(trials, now.maxTrials ? `${whole(now.spent)} of ${whole(now.maxTrials)}` : whole(now.spent));
    const texts = [
      `${percent(now.best?.accuracy)}${now.best && now.sharesWeights ? ", shared weights" : ""}`, short(now.best?.parameters), words(now.strategy), now.dataset,
      now.started ? moment(now.started) : "not yet", now.isFinal ? "–" : duration(now.secondsLeft),
    ];
    cells.forEach((cell, i) => setText(cell, texts[i]));
  };
  return { element, update };
}
