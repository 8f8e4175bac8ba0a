// The page of one job: what it is doing, its trials, the architecture of the chosen one, and what
// it found. Holds the data and the choice; the parts in job/ draw them.

import { allPages, get, Problem } from "../lib/api.js";
import { say } from "../lib/announce.js";
import { percent, sign, words } from "../lib/format.js";
import { follow, newestEvent } from "../lib/live.js";
import { eventKinds, jobModel, startedTrial, supernetModel, trialModel } from "../lib/model.js";
import { gathered } from "../lib/redraw.js";
import { ArchitectureView } from "./job/architecture.js";
import { FidelityView } from "./job/fidelity.js";
import { Final } from "./job/final.js";
import { Header } from "./job/header.js";
import { Learning } from "./job/learning.js";
import { Progress } from "./job/progress.js";
import { Settings } from "./job/settings.js";
import { Supernets } from "./job/supernets.js";
import { TradeOff } from "./job/tradeoff.js";
import { Trials } from "./job/trials.js";
import { h } from "../lib/dom.js";

export async function show(main, query) {
  const id = query.get("id");
  if (!id) throw new Error("This address names no job: it should end in job.html?id=….");
  const page = new JobPage(id, query);
  await page.load();
  page.build(main);
  page.follow();
}

class JobPage {
  id;
  query;
  path;
  job = null;
  trials = new Map();
  result = null;
  /** Trainings of shared weights by round, and how far the cheap score can be trusted. */
  supernets = [];
  fidelity = null;
  status = "";
  /** The trial that the user chose; null: the best. */
  chosen = null;
  /** Raised whenever job or trials change, but for epochs; charts are drawn once for each. */
  revision = 0;
  #after = 0;
  #parts = [];
  #stale = new Set();
  #isJobStale = false;
  #isResultStale = false;
  #areSupernetsStale = false;
  #isFidelityStale = false;
  #redraw = gathered(() => this.#freshen());

  constructor(id, query) {
    this.id = id;
    this.query = query;
    this.path = `v1/jobs/${encodeURIComponent(id)}`;
    const trial = Number(query.get("trial"));
    if (Number.isInteger(trial) && trial > 0) this.chosen = trial;
  }

  async load() {
    this.job = jobModel(await get(this.path));
    // First the place in the log, then the trials: what happens between the two is told again.
    if (!this.job.isFinal) this.#after = await newestEvent(`${this.path}/events`, this.job.done * 2);
    const { data } = await allPages(`${this.path}/trials`, { page_size: 500 });
    for (const trial of data.map(trialModel)) this.trials.set(trial.number, trial);
    await Promise.all([this.#loadResult(), this.#loadSupernets(), this.#loadFidelity()]);
  }

  build(main) {
    this.#parts = [
      new Header(this), new Progress(this), new TradeOff(this), new ArchitectureView(this),
      new Learning(this), new Final(this), new Trials(this), new Settings(this), new Supernets(this), new FidelityView(this)];
    const [header, progress, tradeOff, architecture, learning, final, trials, settings, supernets, fidelity] = this.#parts;
    main.replaceChildren(
      header.element,
      h("div", { class: "grid" }, progress.element, tradeOff.element),
      final.element, fidelity.element, supernets.element,
      h("div", { class: "grid beside" }, architecture.element, learning.element),
      trials.element, settings.element);
    this.#draw();
  }

  follow() {
    if (this.job.isFinal) return;
    follow(`${this.path}/events`, {
      after: this.#after,
      kinds: eventKinds,
      onEvents: (events) => this.#take(events),
      onStatus: (status) => {
        this.status = status;
        if (status === "live") this.#isJobStale = true;
        if (status === "reconnecting") say("Connection lost, reconnecting.");
        this.#redraw();
      },
    });
  }

  /** The trial that figure and curve show. */
  get selected() {
    return this.trials.get(this.chosen ?? this.job.best?.trial) ?? null;
  }

  /** Takes a trial as the server told it; an answer older than the events does not undo them. */
  put(trial) {
    const known = this.trials.get(trial.number);
    if (known?.isFinished && !trial.isFinished) return;
    const isLonger = (known?.curve.at(-1)?.epoch ?? 0) > (trial.curve.at(-1)?.epoch ?? 0);
    this.trials.set(trial.number, isLonger ? { ...trial, curve: known.curve, isWhole: known.isWhole } : trial);
    const isSame = known && ["state", "accuracy", "parameters", "macs", "code", "finished"].every((name) => known[name] === trial[name]);
    if (!isSame) this.revision += 1;
  }

  /** Chooses a trial everywhere; `null` goes back to the best. */
  choose(number) {
    this.chosen = number;
    this.remember({ trial: number });
    this.#draw();
    const trial = this.selected;
    if (trial) say(`Trial ${trial.number} selected, search accuracy ${percent(trial.accuracy)}.`, { now: true });
  }

  /** Keeps the view in the address, so that it can be sent to a colleague. */
  remember(values) {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(values)) {
      if (value === null || value === "") url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    history.replaceState(null, "", url);
  }

  /** Asks for job and result at once, after an action of the user. */
  async reload() {
    this.#isJobStale = true;
    await this.#freshen();
  }

  #take(events) {
    for (const { kind, at, payload } of events) {
      if (kind.startsWith("trial.")) this.#takeTrial(kind, at, payload);
      else if (kind.startsWith("supernet.")) this.#takeSupernet(kind, payload);
      else if (kind.startsWith("final.")) this.#isResultStale = true;
      // While probes are trained, each run of the final phase is one of theirs.
      if (kind.startsWith("fidelity.") || kind === "job.phase" || kind === "job.state"
        || (kind === "final.finished" && this.job.phase === "checking_fidelity")) this.#isFidelityStale = true;
      if (kind.startsWith("job.")) this.#isResultStale = true;
      if (!["trial.epoch", "supernet.epoch", "log"].includes(kind)) this.#isJobStale = true;
      if (kind === "job.state") say(`The search is now ${words(payload.state)}.`);
    }
    this.#redraw();
  }

  #takeTrial(kind, at, payload) {
    const known = this.trials.get(payload.trial);
    // Events from before the trials were loaded have nothing new to tell.
    if (known?.isFinished) return;
    const trial = { ...(known ?? startedTrial(payload.trial)) };
    if (kind === "trial.epoch") {
      const curve = trial.curve.filter((point) => point.epoch < payload.epoch);
      trial.curve = [...curve, { epoch: payload.epoch, metrics: payload.metrics }];
    }
    if (kind === "trial.finished") {
      trial.state = payload.state;
      trial.isFinished = true;
      trial.accuracy = payload.search_accuracy ?? trial.accuracy;
      trial.parameters = payload.parameters ?? trial.parameters;
      trial.macs = payload.macs ?? trial.macs;
      trial.isScored = Number.isFinite(trial.accuracy);
      trial.finished = at;
      if (payload.is_best) {
        say(`New best: search accuracy ${percent(trial.accuracy)} at trial ${trial.number}.`);
      }
    }
    if (kind !== "trial.epoch") this.#stale.add(payload.trial);
    this.trials.set(payload.trial, trial);
    if (kind !== "trial.epoch") this.revision += 1;
  }

  /** An epoch goes to its round's curve at once; all else about a round is asked for. */
  #takeSupernet(kind, payload) {
    if (kind === "supernet.warning") say(`Warning, supernet of round ${payload.round}: ${payload.message}.`);
    if (kind === "supernet.finished") say(`The supernet of round ${payload.round} is ${words(payload.state)}.`);
    const known = this.supernets.find(({ round }) => round === payload.round);
    if (kind !== "supernet.epoch" || !known) {
      this.#areSupernetsStale = true;
      return;
    }
    if (known.isFinished) return;
    const { epoch, metrics } = payload;
    const fresh = { ...known, state: "running", curve: [...known.curve.filter((point) => point.epoch < epoch), { epoch, metrics }] };
    this.supernets = this.supernets.map((one) => (one === known ? fresh : one));
  }

  /** Asks for what events have made stale, then draws; what cannot be had now is asked for again. */
  async #freshen() {
    this.#draw();
    try {
      await this.#loadTrials();
      if (this.#isJobStale) {
        this.#isJobStale = false;
        this.job = jobModel(await get(this.path));
        this.revision += 1;
      }
      if (this.#isResultStale) {
        this.#isResultStale = false;
        await this.#loadResult();
      }
      if (this.#areSupernetsStale) {
        this.#areSupernetsStale = false;
        await this.#loadSupernets();
      }
      if (this.#isFidelityStale) {
        this.#isFidelityStale = false;
        await this.#loadFidelity();
      }
    } catch (error) {
      this.#isJobStale = true;
      this.#areSupernetsStale ||= this.supernets.some((one) => !one.isFinished);
      this.#isFidelityStale = true;
      if (!(error instanceof Problem)) throw error;
    }
    this.#draw();
  }

  async #loadTrials() {
    if (!this.#stale.size) return;
    const wanted = [...this.#stale];
    this.#stale.clear();
    try {
      const newest = Math.max(...this.trials.keys());
      const reach = newest - Math.min(...wanted) + 1;
      const fresh = wanted.length <= 2 || reach > 500
        ? await Promise.all(wanted.slice(0, 8).map((number) => get(`${this.path}/trials/${number}`)))
        : (await get(`${this.path}/trials`, { order_by: "-number", page_size: reach })).data;
      for (const trial of fresh.map(trialModel)) this.put(trial);
      const got = new Set(fresh.map((trial) => trial.number));
      for (const number of wanted) if (!got.has(number)) this.#stale.add(number);
    } catch (error) {
      for (const number of wanted) this.#stale.add(number);
      throw error;
    }
  }

  /** Before the first completed trial there is no result to ask for. */
  async #loadResult() {
    if (!this.job.best) return;
    try {
      this.result = await get(`${this.path}/result`);
    } catch (error) {
      if (error.status !== 409 && error.status !== 404) throw error;
      this.result = null;
    }
  }

  /** An answer that is older than the epochs told since does not undo them. */
  async #loadSupernets() {
    const { data } = await get(`${this.path}/supernets`);
    this.supernets = data.map(supernetModel).map((fresh) => {
      const known = this.supernets.find(({ round }) => round === fresh.round);
      const isLonger = !fresh.isFinished && fresh.attempt === known?.attempt
        && (known.curve.at(-1)?.epoch ?? 0) > (fresh.curve.at(-1)?.epoch ?? 0);
      return isLonger ? { ...fresh, curve: known.curve } : fresh;
    });
  }

  async #loadFidelity() {
    this.fidelity = await get(`${this.path}/fidelity`);
  }

  #draw() {
    document.title = `${sign(this.job.state)} ${this.job.name}, ${words(this.job.state)} · Atelier`;
    for (const part of this.#parts) part.update();
  }
}
