// A job's events as they happen: one EventSource, and while it is cut, the list of events asked
// for by number every two seconds, backing off to fifteen. No event is missed or told twice.

import { address, get } from "./api.js";

const firstPause = 2000;
const longestPause = 15_000;

/**
 * Follows `path` from the sequence `after` on. `onEvents` gets events in order,
 * `onStatus` one of `live`, `reconnecting` and `ended`. Returns a function that stops it.
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
    if (fresh.some(isLast)) stop("ended");
  }

  function stop(status) {
    ended = true;
    source?.close();
    clearTimeout(timer);
    if (status) onStatus(status);
  }

  function connect() {
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
        const { data } = await get(path, { after: last, page_size: 500 });
        take(data);
        more = data.length === 500;
      }
      if (!ended) connect();
    } catch {
      pause = Math.min(pause * 1.6, longestPause);
      if (!ended) timer = setTimeout(poll, pause);
    }
  }

  connect();
  return () => stop(null);
}

function isLast({ kind, payload }) {
  return kind === "job.state" && ["succeeded", "failed", "cancelled"].includes(payload?.state);
}
