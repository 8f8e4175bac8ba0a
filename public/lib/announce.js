// One polite live region a page: news at most once every ten seconds, answers to a key at once.

const pause = 10_000;
let last = -Infinity;
let waiting = null;
let timer = 0;

/** Tells screen readers a sentence; of several within the pause the last is told. */
export function say(text, { now = false } = {}) {
  const region = document.getElementById("live");
  if (!region) return;
  if (now) {
    region.textContent = text;
    return;
  }
  waiting = text;
  if (timer) return;
  timer = setTimeout(() => {
    timer = 0;
    last = performance.now();
    region.textContent = waiting;
  }, Math.max(0, last + pause - performance.now()));
}
