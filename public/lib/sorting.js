// A table's head with real buttons to sort by, and the order that they stand for.

import { h } from "./dom.js";

/**
 * A head for columns `{key, title, number, value}`. `start` is an order such as `-accuracy`
 * (minus: descending); `changed` is called after a click.
 */
export function sortable(columns, start, changed) {
  const known = columns.some((column) => column.key === start?.replace(/^-/, ""));
  let current = known ? start : "";
  const heads = columns.map((column) => {
    const button = h("button", { type: "button", class: "plain", onclick: () => turn(column) }, column.title);
    return h("th", { scope: "col", class: column.number ? "number" : null, "aria-sort": "none" }, button);
  });

  function mark() {
    columns.forEach((column, i) => {
      const sort = current === column.key ? "ascending" : current === `-${column.key}` ? "descending" : "none";
      heads[i].setAttribute("aria-sort", sort);
    });
  }

  /** Numbers start with the greatest, words with the first; a second click turns the order round. */
  function turn(column) {
    const first = column.number ? `-${column.key}` : column.key;
    const second = column.number ? column.key : `-${column.key}`;
    current = current === first ? second : first;
    mark();
    changed();
  }

  mark();
  return {
    head: h("thead", {}, h("tr", {}, heads)),
    order: () => current,
    sorted(rows) {
      if (!current) return rows;
      const column = columns.find(({ key }) => key === current.replace(/^-/, ""));
      const sign = current.startsWith("-") ? -1 : 1;
      const missing = (value) => value === null || value === undefined || Number.isNaN(value);
      // Rows without a value come last, whichever way the order runs.
      return rows.map((row, i) => [row, column.value(row), i]).sort(([, a, i], [, b, j]) => {
        if (missing(a) || missing(b)) return missing(a) - missing(b) || i - j;
        return sign * (a < b ? -1 : a > b ? 1 : 0) || i - j;
      }).map(([row]) => row);
    },
  };
}
