// The data sets that searches can use, and the curl lines that add one.

import { allPages } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { bytes, plural, shape, sign, whole, words } from "../lib/format.js";
import { sortable } from "../lib/sorting.js";

const columns = [
  { key: "name", title: "Name", value: (set) => set.name.toLowerCase() },
  { key: "state", title: "State", value: (set) => set.state },
  { key: "rows", title: "Rows", number: true, value: (set) => rows(set) },
  { key: "test", title: "Of them test", number: true, value: (set) => set.content?.test_rows },
  { key: "classes", title: "Classes", number: true, value: (set) => set.content?.classes.length },
  { key: "shape", title: "Shape", value: (set) => shape(set.content?.shape) },
  { key: "size", title: "Size", number: true, value: (set) => set.content?.size_bytes },
  { key: "sha256", title: "SHA-256", value: (set) => set.content?.digest },
];

export async function show(main) {
  const { data } = await allPages("v1/datasets", { page_size: 500 });
  const body = h("tbody");
  const table = sortable(columns, null, () => draw());
  const draw = () => body.replaceChildren(...table.sorted(data).map(row));
  draw();
  main.replaceChildren(
    h("div", { class: "page-head" }, h("h1", {}, "Datasets")),
    h("section", { class: "card", "aria-label": "All datasets" },
      h("p", { class: "note" }, plural(data.length, "dataset")),
      data.length ? h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of datasets" },
        h("table", {}, h("caption", { class: "visually-hidden" }, "Datasets"), table.head, body))
        : h("p", { class: "empty" }, "There is no dataset yet. The three lines below add one.")),
    howTo());
}

function rows(set) {
  return set.content ? set.content.train_rows + set.content.test_rows : null;
}

function row(set) {
  const { content } = set;
  const digest = content?.digest ?? "";
  return h("tr", { "data-dataset": set.name },
    h("th", { scope: "row" }, set.state === "sealed"
      ? h("a", { href: `new.html?dataset=${encodeURIComponent(set.name)}`, title: "Start a search on it" }, set.name) : set.name),
    h("td", {}, h("span", { class: `state is-${set.state}` }, `${sign(set.state)} ${words(set.state)}`)),
    h("td", { class: "number" }, whole(rows(set))),
    h("td", { class: "number" }, whole(content?.test_rows)),
    h("td", { class: "number" }, whole(content?.classes.length)),
    h("td", { class: "nowrap" }, shape(content?.shape)),
    h("td", { class: "number" }, bytes(content?.size_bytes)),
    h("td", {}, digest ? h("code", { class: "digest" }, digest) : "–"));
}

function howTo() {
  const url = (path) => new URL(path, document.baseURI).href;
  const lines = [
    `curl -sS -H 'content-type: application/json' -d '{"name": "flowers", "format": "csv"}' '${url("v1/datasets")}'`,
    `curl -sS -T flowers.csv '${url("v1/datasets/flowers/files/train")}'`,
    `curl -sS -X POST '${url("v1/datasets/flowers/seal")}'`,
  ];
  return h("section", { class: "card stack", "aria-labelledby": "add-title" },
    h("h2", { id: "add-title" }, "Add a dataset"),
    h("p", { class: "note" }, "Create it, send each file, seal it: sealing checks every byte and row and says which is wrong. Files may be compressed with gzip."),
    h("pre", { tabindex: 0, "aria-label": "Three curl lines that add a dataset" }, lines.join("\n")),
    h("dl", { class: "facts" },
      h("dt", {}, "csv"), h("dd", {}, "numeric columns and a label; parts train and, if there is one, test"),
      h("dt", {}, "idx"), h("dd", {}, "as MNIST; parts train_images, train_labels, test_images, test_labels"),
      h("dt", {}, "cifar-binary"), h("dd", {}, "CIFAR's binary batches; parts train and test"),
      h("dt", {}, "nas-table"), h("dd", {}, "a benchmark table: architecture strings with measured accuracies; part table")));
}
