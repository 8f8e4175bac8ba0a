// Strengths of the branches of choices as heat tables: a row for each choice, a column for each branch.

import { h } from "../../lib/dom.js";
import { shortOperationName, words } from "../../lib/format.js";

/** Choices that stand together: those of one scope with as many branches, in the order of their numbers. */
function groups(strengths) {
  const found = new Map();
  for (const [key, values] of Object.entries(strengths)) {
    const scope = key.split(".").slice(0, -1).join(".");
    const name = `${scope}\n${values.length}`;
    if (!found.has(name)) found.set(name, { scope, width: values.length, rows: [] });
    found.get(name).rows.push({ key, row: key.split(".").at(-1), values });
  }
  const natural = (a, b) => a.localeCompare(b, "en", { numeric: true });
  for (const group of found.values()) group.rows.sort((a, b) => natural(a.row, b.row));
  return [...found.values()].sort((a, b) => natural(a.scope, b.scope) || a.width - b.width);
}

/** A heat table for each group of choices; names: of the branches, by the choice's key. */
export function strengthTables(strengths, names) {
  return groups(strengths).map(({ scope, rows }) => {
    const title = words(scope.replaceAll(".", " ")) || "choices";
    const digits = rows.some(({ values }) => isTied(values)) ? 3 : 2;
    const named = names[rows[0].key] ?? rows[0].values.map((_, i) => `branch ${i}`);
    const heads = named.map((name) => name.includes(" ") ? name : shortOperationName(name));
    return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Strengths of ${title}` },
      h("table", { class: "heat" }, h("caption", {}, title),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Choice"), heads.map((name) => h("th", { scope: "col", class: "number" }, name)))),
        h("tbody", {}, rows.map(({ key, row, values }) => h("tr", { "data-choice": key },
          h("th", { scope: "row", title: key }, row), cells(values, digits))))));
  });
}

/** True where two decimals do not tell the strongest branch from the next. */
function isTied(values) {
  const [first, second] = values.filter(Number.isFinite).sort((a, b) => b - a);
  return first !== second && first?.toFixed(2) === second?.toFixed(2);
}

function cells(values, digits) {
  const most = Math.max(...values.filter(Number.isFinite));
  const strongest = values.indexOf(most);
  return values.map((value, i) => {
    const isStrongest = i === strongest;
    const text = Number.isFinite(value) ? value.toFixed(digits) : "–";
    const cell = h("td", { class: isStrongest ? "number strongest" : "number" }, isStrongest ? `★ ${text}` : text,
      isStrongest ? h("span", { class: "visually-hidden" }, " strongest") : null);
    if (Number.isFinite(value)) cell.style.setProperty("--share", `${Math.round(Math.min(1, Math.max(0, value)) * 45)}%`);
    return cell;
  });
}
