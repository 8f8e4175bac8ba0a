// The winner among random architectures of its space, all retrained: a mark for each on one axis.

import { h, s, setAttribute, textWidth } from "../../lib/dom.js";
import { percent, plural } from "../../lib/format.js";
import { glyph, legendItems } from "../../lib/marks.js";
import { linear, padded, ticks } from "../../lib/scale.js";
import { rankWords } from "../../lib/trust.js";

const radius = 5;

/** Draws the strip at the width it has. */
export class RankStrip {
  #svg = s("svg", { class: "ranks", role: "img" });
  #words = h("div", { class: "verdict" });
  #verdict = null;

  constructor() {
    this.element = h("div", { hidden: true, class: "rank" }, this.#words, h("div", { class: "chart-host" }, this.#svg),
      h("ul", { class: "legend", "aria-label": "Marks of the strip" }, legendItems([
        { kind: "front", isControl: false, text: "the winner, mean of its fresh runs" },
        { kind: "dot", isControl: true, text: "a random architecture, mean of its runs" }])));
    new ResizeObserver(() => this.#draw()).observe(this.#svg.parentElement);
  }

  update(verdict) {
    this.element.hidden = !verdict;
    if (!verdict) return;
    this.#verdict = verdict;
    const { sign, title, finding, floor } = rankWords(verdict);
    this.#words.replaceChildren(
      h("p", {}, h("strong", { class: `answer is-${verdict.answer}` }, `${sign} ${title}`), ": ", finding),
      h("p", { class: "note" }, floor));
    this.#draw();
  }

  #draw() {
    const width = Math.floor(this.#svg.parentElement.clientWidth);
    if (!this.#verdict || width < 40) return;
    const { validation_accuracy: winner, controls, trial, above } = this.#verdict;
    const values = [winner, ...controls].map((value) => value * 100);
    const scale = linear(padded(values, 0.06, 0.05), [12, width - 12]);
    const xs = controls.map((value) => scale(value * 100)).sort((a, b) => a - b);
    const heights = stacked(xs);
    const tall = Math.max(0, ...heights);
    const base = 32 + tall * radius * 2;
    const label = `trial ${trial}: ${percent(winner)}`;
    const half = textWidth(label, 12, 600) / 2;
    const at = scale(winner * 100);
    setAttribute(this.#svg, "width", width);
    setAttribute(this.#svg, "height", base + 44);
    setAttribute(this.#svg, "aria-label", `Validation accuracy, retrained: the winner has ${percent(winner)}; ${plural(controls.length, "random architecture")} from ${percent(Math.min(...controls))} to ${percent(Math.max(...controls))}, ${above} at or above it.`);
    this.#svg.replaceChildren(
      s("path", { class: "axis", d: `M4 ${base + 9}H${width - 4}` }),
      ...ticks(padded(values, 0.06, 0.05), Math.max(2, Math.floor(width / 70))).filter((value) => scale(value) > 14 && scale(value) < width - 14)
        .map((value) => s("text", { x: scale(value), y: base + 24, "text-anchor": "middle" }, String(value))),
      s("text", { class: "title", x: width - 4, y: base + 39, "text-anchor": "end" }, "validation accuracy %, retrained"),
      s("path", { class: "winner-line", d: `M${at} 20V${base + 9}` }),
      s("g", { class: "dots" }, xs.map((x, i) => glyph({ kind: "dot", isControl: true, px: x, py: base - heights[i] * radius * 2 }))),
      glyph({ kind: "front", isControl: false, px: at, py: base }),
      s("text", { class: "line-label", x: Math.min(Math.max(at, half + 2), width - half - 2), y: 13, "text-anchor": "middle" }, label));
  }
}

/** How high each mark stands, in marks, so that none covers another; places ascend. */
function stacked(places) {
  const ends = [];
  return places.map((x) => {
    let level = ends.findIndex((end) => x - end >= radius * 2);
    if (level < 0) level = ends.length;
    ends[level] = x;
    return level;
  });
}
