// A job's events as they happen: one EventSource, and while it is cut, the list of events asked
// for by number every two seconds, backing off to fifteen. No event is missed or told twice.

import { address, get } from "./api.js";
import { isFinal } from "./model.js";

const firstPause = 2000;
const longestPause = 15_000;

/**
 * Follows `path` from the sequence `after` on. `onEvents` gets events in order,
 * `onStatus` one of `live`, `reconnecting` and `ended`.
 *
 * A browser opens six connections to a host at most, over all its tabs: so a page that is not seen
 * gives its stream back and asks now and then instead.
 */
export function follow(path, { after, kinds, onEvents, onStatus }) {
  let last = after;
  let source = null;
  let timer = 0;
  let pause = firstPause;
  let ended = false;

  function take(events) {
    const fresh = events.filter((event) => event.sequence > last);
    if (!fresh.length) return;
    last = fresh.at(-1).sequence;
    onEvents(fresh);
    if (fresh.some(isLast)) end();
  }

  function end() {
    ended = true;
    source?.close();
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", turn);
    removeEventListener("pagehide", rest);
    onStatus("ended");
  }

  function rest() {
    source?.close();
    clearTimeout(timer);
    timer = setTimeout(poll, longestPause);
  }

  function turn() {
    if (document.hidden) rest();
    else connect();
  }

  function connect() {
    clearTimeout(timer);
    source?.close();
    source = new EventSource(address(path, { after: last }));
    const read = (message) => {
      const event = JSON.parse(message.data);
      take([event]);
    };
    source.onopen = () => {
      pause = firstPause;
      onStatus("live");
    };
    source.onmessage = read;
    for (const kind of kinds) source.addEventListener(kind, read);
    source.onerror = () => {
      source.close();
      if (ended) return;
      onStatus("reconnecting");
      timer = setTimeout(poll, pause);
    };
  }

  async function poll() {
    try {
      for (let more = true; more && !ended;) {
        const page = await get(path, { after: last, page_size: 500 });
        take(page.data);
        if (page.ended && !ended) end();
        more = page.data.length === 500;
      }
      if (!ended) turn();
    } catch {
      pause = Math.min(pause * 1.6, longestPause);
      if (!ended) timer = setTimeout(poll, pause);
    }
  }

  document.addEventListener("visibilitychange", turn);
  addEventListener("pagehide", rest);
  turn();
}

function isLast({ kind, payload }) {
  return kind === "job.state" && isFinal(payload.state);
}

/**
 * The sequence of the newest event of `path`, found by halving; `atLeast` is a first guess from below.
 *
 * A page that has loaded the trials needs no event from before; a short log is read from its start.
 */
export async function newestEvent(path, atLeast) {
  if (atLeast < 200) return 0;
  const isBeyond = async (after) => (await get(path, { after, page_size: 1 })).data.length === 0;
  let low = 0;
  let high = atLeast;
  while (!await isBeyond(high)) [low, high] = [high, high * 2];
  while (high - low > 100) {
    const middle = Math.floor((low + high) / 2);
    if (await isBeyond(middle)) high = middle;
    else low = middle;
  }
  return low;
}
