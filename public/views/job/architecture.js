// The architecture of the chosen trial: its cells, or its layers where a space has none, and the
// network as a chain of blocks. Drawn again only for another architecture or another width.

import { get } from "../../lib/api.js";
import { cellGraph, cellNote, cellSentence, layerGraph, layerNote } from "../../lib/cell.js";
import { h, setText } from "../../lib/dom.js";
import { plural, short, words } from "../../lib/format.js";
import { drawGraph, fitted } from "../../lib/graph.js";
import { blockSentence, drawNetwork, networkBlocks } from "../../lib/network.js";

export class ArchitectureView {
  #page;
  #title = h("h2", { id: "architecture-title" });
  #best = h("button", { type: "button", onclick: () => this.#page.choose(null) }, "Show the best");
  #code = h("code", { class: "meta" });
  #host = h("div", { class: "stack" });
  #known = new Map();
  #shown = "";
  #width = 0;
  #block = null;

  constructor(page) {
    this.#page = page;
    this.element = h("section", { class: "card", "aria-labelledby": "architecture-title" },
      h("div", { class: "card-head" }, this.#title, h("span", { class: "grow" }), this.#best),
      h("p", { class: "code-line" }, this.#code), this.#host);
    new ResizeObserver(() => {
      if (Math.abs(this.#host.clientWidth - this.#width) > 1) this.#draw();
    }).observe(this.#host);
  }

  update() {
    const { selected: trial, job } = this.#page;
    const isBest = trial && trial.number === job.best?.trial;
    setText(this.#title, trial ? `Architecture of trial ${trial.number}${isBest ? " (best)" : ""}` : "Architecture");
    this.#best.hidden = !trial || isBest || !job.best;
    setText(this.#code, trial?.code ?? "");
    const id = trial?.architecture ?? (isBest ? job.best.architecture : null);
    if (!trial) this.#say("The best architecture is shown here; choose a trial in the table to see another.", "none");
    else if (!id) this.#say(trial.failure ?? `Trial ${trial.number} has no decoded architecture.`, `no ${trial.number}`);
    else if (id !== this.#shown) this.#load(id);
  }

  #say(text, key) {
    if (this.#shown === key) return;
    this.#shown = key;
    this.#host.replaceChildren(h("p", { class: "empty" }, text));
  }

  async #load(id) {
    this.#shown = id;
    this.#block = null;
    if (!this.#known.has(id)) {
      try {
        this.#known.set(id, await get(`v1/architectures/${encodeURIComponent(id)}`));
      } catch (error) {
        if (this.#shown === id) this.#say(`The architecture cannot be shown: ${error.message}`, `error ${id}`);
        return;
      }
    }
    if (this.#shown === id) this.#draw();
  }

  #draw() {
    const record = this.#known.get(this.#shown);
    const width = Math.floor(this.#host.clientWidth);
    this.#width = width;
    if (!record || width < 40) return;
    this.#host.replaceChildren(
      ...(record.cells.length ? this.#cells(record, width) : layers(record, width)),
      ...this.#network(record, width),
      seen(record));
  }

  /** The cells: side by side where both then fit, else one below the other. */
  #cells(architecture, width) {
    const isPair = architecture.cells.length > 1;
    const graphs = architecture.cells.map(cellGraph);
    const half = Math.floor((width - 16) / 2);
    const isBeside = isPair && width >= 700 && graphs.every((graph) => fitted(graph, half - 8, { packs: false }).width <= half - 8);
    const figures = architecture.cells.map((cell, i) => {
      const note = cellNote(cell);
      const title = cellTitle(cell);
      return h("figure", {},
        isPair ? h("h3", {}, title) : null,
        graphs[i].nodes.length
          ? h("div", { class: "figure", tabindex: 0, role: "region", "aria-label": `Figure of the ${title}` },
            drawGraph(graphs[i], (isBeside ? half : width) - 4, { label: `${title}: ${cellSentence(cell)}.` }))
          : h("p", { class: "empty" }, "No operation leads from the cell's input to its output."),
        note ? h("figcaption", { class: "note" }, note) : null);
    });
    return [h("div", { class: isBeside ? "figure-pair" : "stack" }, figures)];
  }

  #network(architecture, width) {
    if (!architecture.cells.length) return [];
    const blocks = networkBlocks(architecture);
    const detail = h("p", { class: "note", role: "status" });
    const describe = (index) => setText(detail, index === null ? "Choose a block for its shapes, parameters and macs." : blockSentence(blocks[index]));
    const host = h("div", { class: "figure" });
    const draw = () => {
      const index = [...host.querySelectorAll(".block")].indexOf(document.activeElement);
      host.replaceChildren(drawNetwork(blocks, width - 4, {
        label: `Network of ${plural(blocks.length, "block")}`, picked: this.#block,
        onPick: (block) => {
          this.#block = this.#block === block ? null : block;
          draw();
          describe(this.#block);
        },
      }));
      if (index >= 0) host.querySelectorAll(".block")[index].focus();
    };
    draw();
    describe(this.#block);
    return [h("figure", {}, h("h3", {}, "Network"), host, detail)];
  }
}

/** What a cell is called: `normal cell`, `block`. */
function cellTitle({ name }) {
  return /cell|block/.test(name) ? words(name) : `${words(name)} cell`;
}

function layers(architecture, width) {
  const graph = layerGraph(architecture);
  const note = layerNote(graph, architecture);
  return [h("figure", {},
    h("div", { class: "figure", tabindex: 0, role: "region", "aria-label": "Figure of the layers" },
      drawGraph(graph, width, { label: `Network of ${plural(graph.nodes.length, "layer")}: ${graph.nodes.map((node) => node.title).join(", ")}.` })),
    note ? h("figcaption", { class: "note" }, note) : null)];
}

function seen({ trials, parameters, macs }) {
  const parts = [];
  if (Number.isFinite(parameters)) parts.push(`${short(parameters)} parameters`, `${short(macs)} macs`);
  if (trials?.length > 1) parts.push(`seen in ${plural(trials.length, "trial")}: ${trials.slice(0, 12).join(", ")}${trials.length > 12 ? ", …" : ""}`);
  return h("p", { class: "note" }, parts.join(" · "));
}
