// Which members of a request apply to a strategy and its data, and what is said where they do not.

/** Why a part of the form is left out for a search on shared weights. */
export const explanations = {
  budget: "This strategy trains shared weights first and scores its candidates by them: its epochs, above, bound it, and the seconds where they are given. "
    + "Trials, a target and a pruner do not apply.",
  objectives: "Shared weights are trained for accuracy alone; sizes are told, not searched for.",
  control: "Instead of random trials, its winner is retrained beside random architectures at the end.",
};

const alone = ({ isShared }) => !isShared;
const sampled = ({ isTable }) => !isTable;
const untrained = (search) => alone(search) && sampled(search);
const scored = (part) => (search) => untrained(search) && Boolean(search.value(`/${part}/proxy`));

/** Members that only some searches take, by their pointer. */
const conditions = {
  "/budget/max_trials": alone, "/budget/target_accuracy": alone, "/budget/count_repeats": alone, "/control": alone,
  "/pruner/name": alone, "/trial/epochs": alone, "/final/controls": ({ isShared }) => isShared,
  "/filter/proxy": untrained, "/filter/keep": scored("filter"),
  "/warm_start/proxy": untrained, "/warm_start/draws": scored("warm_start"), "/warm_start/keep": scored("warm_start"),
  "/fidelity/share": sampled, "/fidelity/architectures": sampled, "/fidelity/min_tau": sampled,
};

/** True for a member that not every search takes. */
export function isConditional(pointer) {
  return pointer in conditions;
}

/** True where a search takes a member; `isShared`: it ranks by shared weights, `isTable`: its data are measured architectures. */
export function applies(pointer, search) {
  return conditions[pointer]?.(search) ?? true;
}
