// Calls of the HTTP API, all by relative addresses so that a path prefix in front of it is no matter.

/** An answer that is not a success: the server's problem document, or a connection that failed. */
export class Problem extends Error {
  constructor(status, document) {
    const { title, detail } = document ?? {};
    super(detail || title || (status ? `The server answered ${status}.` : "The server cannot be reached."));
    this.status = status;
    /** Faults of single fields: `{pointer, detail}`. */
    this.faults = Array.isArray(document?.errors) ? document.errors : [];
  }
}

/** The address of a resource with its query; empty values are left out. */
export function address(path, query = {}) {
  const pairs = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(pairs).toString();
  return text ? `${path}?${text}` : path;
}

async function call(method, path, { query, body, headers } = {}) {
  let reply;
  try {
    reply = await fetch(address(path, query), {
      method,
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Problem(0, null);
  }
  const text = await reply.text();
  let document = null;
  try {
    document = text ? JSON.parse(text) : null;
  } catch {
    // An answer of something between us and the server; its status says enough.
  }
  if (!reply.ok) throw new Problem(reply.status, document);
  return document;
}

/** The JSON of a resource. */
export function get(path, query) {
  return call("GET", path, { query });
}

/** Posts a body, or nothing, and returns the answer. */
export function post(path, body, headers) {
  return call("POST", path, { body, headers });
}

/** Rows of a list over its pages, up to `limit`; `next` is the token of what follows. */
export async function allPages(path, query, { limit = Infinity } = {}) {
  const data = [];
  let next = query?.page_token ?? null;
  do {
    const reply = await get(path, { ...query, page_token: next });
    data.push(...reply.data);
    next = reply.next_page_token ?? null;
  } while (next && data.length < limit);
  return { data, next };
}
