// The body of a new search and the curl line that posts it.

/** Sets the value at a JSON Pointer in a tree of objects, or removes it where it is undefined. */
export function put(tree, pointer, value) {
  const parts = pointer.slice(1).split("/");
  const last = parts.pop();
  let place = tree;
  for (const part of parts) {
    if (place[part] === null || typeof place[part] !== "object") {
      if (value === undefined) return;
      place[part] = {};
    }
    place = place[part];
  }
  if (value === undefined) delete place[last];
  else place[last] = value;
}

/** The value at a JSON Pointer, or undefined. */
export function pick(tree, pointer) {
  return pointer.slice(1).split("/").reduce((place, part) => place?.[part], tree);
}

/** A copy without empty objects. */
export function pruned(tree) {
  const entries = Object.entries(tree).map(([name, value]) => (
    [name, value && typeof value === "object" && !Array.isArray(value) ? pruned(value) : value]));
  return Object.fromEntries(entries.filter(([, value]) => (
    value !== undefined && !(value && typeof value === "object" && !Array.isArray(value) && !Object.keys(value).length))));
}

/** A word for a POSIX shell. */
export function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The curl line that posts a body as JSON. */
export function curlLine(path, body) {
  const url = new URL(path, document.baseURI);
  return `curl -sS -H 'content-type: application/json' \\\n  -d ${quoted(JSON.stringify(body))} \\\n  ${quoted(url.href)}`;
}

/** A key that lets the server tell a repeated request from a second one. */
export function requestKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
