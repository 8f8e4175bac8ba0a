// Scales and ticks of charts: plain arithmetic.

/** A linear scale from a domain to pixels. */
export function linear([from, to], [start, end]) {
  const factor = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * factor;
}

/** Round tick values within a domain, about `count` of them. */
export function ticks([from, to], count, wholeOnly = false) {
  if (!(to > from)) return [from];
  const rough = (to - from) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  if (wholeOnly) step = Math.max(1, Math.round(step));
  const list = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i += 1) {
    list.push(Number((i * step).toPrecision(12)));
  }
  return list;
}

/** A domain with a margin on both sides, never empty. */
export function padded(values, share = 0.06, least = 0) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (!Number.isFinite(low)) return [0, 1];
  const margin = Math.max((high - low) * share, least) || Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}

/** A round number a little above `value`, at most `limit`: an axis that grows in few steps. */
export function roomy(value, limit) {
  const wanted = Math.max(20, value * 1.1);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const end = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= wanted);
  return Math.max(value, Math.min(end, limit ?? end));
}

/** The value below which a number counts as a low outlier: three quartile distances down. */
export function lowFence(values) {
  if (values.length < 8) return -Infinity;
  const sorted = [...values].sort((a, b) => a - b);
  const quantile = (share) => sorted[Math.floor(share * (sorted.length - 1))];
  const spread = Math.max(quantile(0.75) - quantile(0.25), 0.005);
  return quantile(0.25) - 3 * spread;
}
