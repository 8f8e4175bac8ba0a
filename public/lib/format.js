// Numbers, times and words as people read them. Every function takes null for "not known".

const none = "–";

/** An accuracy in 0…1 as per cent with two decimals. */
export function percent(value, digits = 2) {
  return Number.isFinite(value) ? `${(value * 100).toFixed(digits)} %` : none;
}

/** A count with a unit prefix and three digits: 684, 12.3 k, 1.21 M. */
export function short(value) {
  if (!Number.isFinite(value)) return none;
  const steps = [[1e9, "G"], [1e6, "M"], [1e3, "k"]];
  for (const [size, unit] of steps) {
    if (Math.abs(value) >= size) return `${Number((value / size).toPrecision(3))} ${unit}`;
  }
  return String(Number(value.toPrecision(3)));
}

/** A whole number with thin separators. */
export function whole(value) {
  return Number.isFinite(value) ? value.toLocaleString("en-GB").replaceAll(",", "\u202f") : none;
}

/** A number of bytes in decimal units. */
export function bytes(value) {
  return Number.isFinite(value) ? `${short(value)}B`.replace(/(\d)B$/, "$1 B") : none;
}

/** A duration in seconds: 340 ms, 48 s, 12.4 min, 3 h 05 min. */
export function duration(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return none;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 5970) return `${(seconds / 60).toFixed(1)} min`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** A point in time in the reader's zone, to the minute. */
export function moment(text) {
  const date = new Date(text ?? "");
  if (Number.isNaN(date.getTime())) return none;
  return date.toLocaleString("en-GB", {
    day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
    year: date.getFullYear() === new Date().getFullYear() ? undefined : "numeric",
  });
}

/** A count and its noun. */
export function plural(count, one, many = `${one}s`) {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

/** A word of the API for reading: `stopped_early` becomes `stopped early`. */
export function words(text) {
  return String(text ?? "").replaceAll(/[_-]/g, " ");
}

/** A shape as height × width × channels, a row of features as its length. */
export function shape(value) {
  if (!value) return none;
  const { height, width, channels } = value;
  return height * width === 1 ? `${channels}` : `${height}×${width}×${channels}`;
}

const signs = {
  queued: "○", running: "●", pausing: "◐", paused: "‖", cancelling: "◐", succeeded: "✓",
  failed: "✕", cancelled: "–", pending: "○", completed: "✓", stopped_early: "◌",
  infeasible: "⊘", diverged: "≋", open: "○", sealed: "✓",
};

/** The sign of a state, so that it does not speak by colour alone. */
export function sign(state) {
  return signs[state] ?? "·";
}

/** The name of an operation as the papers write it: `nor_conv_3x3` becomes `conv 3×3`, `max 3` `max pool 3×3`. */
export function operationName(text) {
  return String(text)
    .replace(/^nor_/, "").replace(/^skip_connect$/, "skip").replace(/^identity$/, "skip")
    .replace(/^global_average_/, "global_").replace(/^average(?=[_ ])/, "avg").replace(/^conv2d/, "conv")
    .replace(/^(avg|max)(?=[_ ]\d)/, "$1 pool").replace(/ (\d+)$/, " $1×$1")
    .replaceAll(/(\d)x(\d)/g, "$1×$2").replaceAll("_", " ");
}

/** The same for narrow figures: `sep conv 3×3` becomes `sep 3×3`. */
export function shortOperationName(text) {
  return operationName(text).replace(/^(sep|dil|avg|max|depthwise)( \w+)? (conv|pool)(?= \d)/, "$1");
}

/** The family of an operation, which decides its colour. */
export function operationFamily(text) {
  const name = String(text).toLowerCase();
  if (/skip|identity|none|zero/.test(name)) return "skip";
  if (/pool|^(max|avg|average)(?![a-z])/.test(name)) return "pool";
  if (/sep|depthwise/.test(name)) return "separable";
  if (/dil/.test(name)) return "dilated";
  if (/1x1|1×1|^conv 1$|linear|dense/.test(name)) return "pointwise";
  return /conv/.test(name) ? "conv" : "plain";
}
