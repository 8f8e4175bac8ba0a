// What the form of a new search asks beside its choices from the catalog, group by group.

/** Scores of untrained networks, and the two sizes to compare them with. */
const proxies = ["snip", "grad_norm", "synflow", "naswot", "jacov", "zen", "parameters", "macs"].map((id) => [id, id.replaceAll("_", " ")]);

/** A field: pointer, title, JSON Schema and, where it is one of a list, its options. */
export const budget = [
  ["/budget/max_trials", "max trials", { type: "integer", minimum: 1, default: 40, description: "Architectures to train during the search" }],
  ["/budget/max_seconds", "max seconds", { type: "number", minimum: 1, description: "Running time of the whole job, the final phase included; empty: no limit" }],
  ["/budget/target_accuracy", "target accuracy", { type: "number", minimum: 0, maximum: 1, description: "Search accuracy at which to stop; empty: none" }],
  ["/budget/count_repeats", "count repeats", { type: "boolean", default: false, description: "A network that is proposed again is not trained again, and uses the trials up only where this is ticked" }],
];

export const control = [
  ["/control", "control", { type: "number", minimum: 0, maximum: 0.5, default: 0.1, description: "Share of the trials drawn at random, to tell whether the strategy beats chance" }],
];

export const untrained = [
  ["/warm_start/proxy", "Begin with the best by", { type: "string", description: "The first trials are the best of uniform draws by this score of the untrained network; nothing: the strategy begins by itself" }, [["", "nothing"], ...proxies]],
  ["/warm_start/draws", "draws", { type: "integer", minimum: 2, maximum: 1000, default: 100, description: "Uniform draws that are scored" }],
  ["/warm_start/keep", "first trials", { type: "integer", minimum: 1, maximum: 100, default: 10, description: "How many of them, best first, are trained" }],
  ["/filter/proxy", "Leave out the worst by", { type: "string", description: "A candidate of the strategy whose score is low is not trained; nothing: every one is" }, [["", "nothing"], ...proxies]],
  ["/filter/keep", "share kept", { type: "number", minimum: 0, maximum: 1, default: 0.5, description: "A candidate has to score like the best so many of uniform draws" }],
];

export const training = [
  ["/trial/epochs", "epochs of a trial", { type: "number", description: "Short, for the search; empty: by the size of the data" }],
  ["/final/top", "finalists", { type: "integer", minimum: 1, maximum: 20, default: 3, description: "Best architectures to retrain at the end" }],
  ["/final/seeds", "seeds of the final runs", { type: "integer", minimum: 1, maximum: 20, default: 3, description: "Repetitions of each; an interval needs two or more" }],
  ["/final/epochs", "epochs of a final run", { type: "number", description: "Empty: by the size of the data" }],
  ["/final/controls", "random controls", { type: "integer", minimum: 0, maximum: 100, default: 19, description: "Random architectures retrained beside the winner; 19 are the fewest that allow p = 0.05" }],
];

export const fidelity = [
  ["/fidelity/share", "share", { type: "number", minimum: 0, maximum: 0.5, default: 0.2, description: "Share of the work spent on training architectures alone, to tell how far the search's score ranks as training does; 0: not measured" }],
  ["/fidelity/architectures", "architectures", { type: "integer", minimum: 5, maximum: 200, default: 24, description: "At most so many are trained alone" }],
  ["/fidelity/min_tau", "least τ", { type: "number", minimum: -1, maximum: 1, description: "Where the lower bound of Kendall's τ is below it, the finalists are the best of those trained alone; empty: never" }],
];

export const repeatability = [
  ["/seed", "Seed", { type: "integer", minimum: 0, default: 0, description: "The same request and seed give the same trials" }],
  ["/parallelism", "Parallelism", { type: "integer", minimum: 1, maximum: 64, default: 4, description: "Trials proposed ahead of what is learnt; part of the result, whatever the number of workers" }],
];
