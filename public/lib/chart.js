// A chart of dots and lines in SVG, drawn at its real width. It takes the focus: arrow keys walk
// its points in x order and are announced, Enter selects, as a click does.

import { h, s, setAttribute, setText, textWidth } from "./dom.js";
import { axes } from "./axes.js";
import { say } from "./announce.js";
import { dotLimit, glyph, legendItems, thinned } from "./marks.js";

/**
 * One chart in a host element. `update` takes
 * `{label, points, lines, x, y, notes, limit, selected, lost}`:
 * points `{key, x, y, kind, isControl, text}` (kind: dot, probe, warned, hollow, repeat, front, low, hollow-low, lost, gone; `text`
 * is read out), lines `{points: [[x, y]], kind, label, step, isCut}` (isCut: a bar at its end),
 * x and y `{domain, title, format, whole}`, legend: entries `{kind, isControl, text}`, notes: words
 * under the plot, limit: an x value that must not be passed, labelRoom: true where
 * lines reach the right end and need room for their names there.
 */
export class Chart {
  #host;
  #svg = s("svg", { class: "chart", role: "application", "aria-roledescription": "chart", tabindex: 0 });
  #tip = h("div", { class: "tip", hidden: true });
  #legend = h("ul", { class: "legend", "aria-label": "Marks of the chart" });
  #note = h("p", { class: "note" });
  #onPick;
  #height;
  #model = null;
  #spots = [];
  #cursor = null;

  constructor(host, { height = 250, onPick = null } = {}) {
    this.#host = host;
    this.#height = height;
    this.#onPick = onPick;
    host.classList.add("chart-host");
    host.append(this.#svg, this.#tip, this.#legend, this.#note);
    new ResizeObserver(() => this.#draw()).observe(host);
    this.#svg.addEventListener("pointermove", (event) => this.#hover(event));
    this.#svg.addEventListener("pointerleave", () => this.#point(null));
    this.#svg.addEventListener("click", (event) => this.#pick(this.#nearest(event)));
    this.#svg.addEventListener("keydown", (event) => this.#key(event));
    this.#svg.addEventListener("blur", () => this.#point(null));
  }

  update(model) {
    this.#model = model;
    this.#legend.replaceChildren(...legendItems(model.legend ?? []));
    this.#legend.hidden = !model.legend?.length;
    this.#draw();
  }

  /** Moves the mark of the selected point; the rest stays as it is drawn. */
  select(key) {
    if (!this.#model || this.#model.selected === key) return;
    this.#model.selected = key;
    this.#svg.querySelector(".selected")?.replaceChildren(...this.#selected());
  }

  #selected() {
    return this.#spots.filter((spot) => spot.key === this.#model.selected)
      .map((spot) => s("circle", { cx: spot.px, cy: spot.py, r: 6 }));
  }

  #draw() {
    const model = this.#model;
    const width = Math.floor(this.#host.clientWidth);
    if (!model || width < 40) return;
    const height = this.#height;
    const lost = model.points.some((point) => point.kind === "lost" || point.kind === "gone");
    setAttribute(this.#svg, "width", width);
    setAttribute(this.#svg, "height", height);
    setAttribute(this.#svg, "aria-label", model.label);
    setText(this.#note, (model.notes ?? []).join(" · "));
    const { nodes, x, y, box } = axes(model, width, height, lost);
    this.#spots = model.points
      .map((point) => ({ ...point, px: x(point.x), py: place(point, y, box) }))
      .filter((spot) => Number.isFinite(spot.px) && Number.isFinite(spot.py))
      .sort((a, b) => a.px - b.px || b.py - a.py);
    const isDense = this.#spots.length > dotLimit;
    const shown = isDense ? thinned(this.#spots) : this.#spots;
    const limit = model.limit >= model.x.domain[0] && model.limit <= model.x.domain[1]
      ? s("path", { class: "limit", d: `M${x(model.limit)} ${box.top}V${box.bottom}` }) : null;
    this.#svg.replaceChildren(
      ...nodes,
      ...[limit].filter(Boolean),
      s("g", { class: isDense ? "dots dense" : "dots" }, shown.filter((spot) => spot.kind !== "front")
        .sort((a, b) => (b.kind === "repeat") - (a.kind === "repeat")).map(glyph)),
      ...model.lines.map((line) => drawLine(line, x, y, box)),
      s("g", { class: "dots" }, shown.filter((spot) => spot.kind === "front").map(glyph)),
      ...lineLabels(model.lines, x, y, box, width),
      s("g", { class: "selected" }, this.#selected()),
      this.#ring());
    const again = this.#cursor && this.#spots.find((spot) => spot.key === this.#cursor.key);
    this.#point(again ?? null);
  }

  #ring() {
    return s("circle", { class: "cursor", r: 9, cx: -99, cy: -99 });
  }

  #nearest(event, reach = 28) {
    const rect = this.#svg.getBoundingClientRect();
    const [mx, my] = [event.clientX - rect.left, event.clientY - rect.top];
    let best = null;
    let least = reach;
    for (const spot of this.#spots) {
      const distance = Math.hypot(spot.px - mx, spot.py - my);
      if (distance < least) [best, least] = [spot, distance];
    }
    return best;
  }

  #hover(event) {
    if (event.pointerType !== "touch") this.#point(this.#nearest(event));
  }

  #pick(spot) {
    if (!spot) return;
    this.#point(spot);
    this.#onPick?.(spot.key);
  }

  #point(spot) {
    this.#cursor = spot;
    const ring = this.#svg.querySelector(".cursor");
    if (ring) {
      setAttribute(ring, "cx", spot ? spot.px : -99);
      setAttribute(ring, "cy", spot ? spot.py : -99);
    }
    this.#tip.hidden = !spot;
    if (!spot) return;
    setText(this.#tip, spot.text);
    const half = this.#tip.offsetWidth / 2;
    const left = Math.min(Math.max(spot.px, half), this.#host.clientWidth - half);
    this.#tip.style.setProperty("left", `${left}px`);
    this.#tip.style.setProperty("top", `${Math.max(0, spot.py - 14)}px`);
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const last = this.#spots.length - 1;
    const key = this.#cursor?.key ?? this.#model?.selected;
    const now = this.#spots.findIndex((spot) => spot.key === key);
    const moves = { ArrowRight: Math.min(last, now + 1), ArrowLeft: Math.max(0, now - 1), Home: 0, End: last };
    if (event.key in moves && last >= 0) {
      const spot = this.#spots[moves[event.key]];
      this.#point(spot);
      say(spot.text, { now: true });
    } else if (event.key === "Enter" && this.#cursor) this.#pick(this.#cursor);
    else if (event.key === "Escape") this.#point(null);
    else return;
    event.preventDefault();
  }
}

function place(point, y, box) {
  if (point.kind === "lost" || point.kind === "gone") return box.strip;
  if (point.kind === "low" || point.kind === "hollow-low") return box.bottom - 5;
  return y(point.y);
}

function clamped(value, y, box) {
  return Math.min(box.bottom, Math.max(box.top, y(value)));
}

/** A line, clipped to the plot. */
function drawLine({ points, kind, step, isCut }, x, y, box) {
  let d = "";
  for (const [px, py] of points) {
    const at = clamped(py, y, box);
    if (!d) d = `M${x(px)} ${at}`;
    else d += step ? `H${x(px)}V${at}` : `L${x(px)} ${at}`;
  }
  if (isCut) {
    const [endX, endY] = points.at(-1);
    d += `M${x(endX)} ${clamped(endY, y, box) - 9}v18`;
  }
  return s("path", { class: `line ${kind}`, d });
}

/** The names or values at the lines' ends, in their order, moved apart where they would cover one another. */
function lineLabels(lines, x, y, box, width) {
  const labels = lines.filter(({ points, label }) => points.length && label).map(({ points, label, kind }) => {
    const [endX, endY] = points.at(-1);
    const hasRoom = width - x(endX) >= 9.5 + textWidth(label, 12, 600);
    const at = clamped(endY, y, box) + (hasRoom ? 4 : -8);
    return { label, kind, end: clamped(endY, y, box), at, x: hasRoom ? x(endX) + 7 : width - 2, anchor: hasRoom ? "start" : "end" };
  }).sort((a, b) => a.end - b.end);
  for (let i = 1; i < labels.length; i += 1) labels[i].at = Math.max(labels[i].at, labels[i - 1].at + 14);
  return labels.map(({ label, kind, at, x: left, anchor }) => (
    s("text", { class: `line-label ${kind}`, x: left, y: at, "text-anchor": anchor }, label)));
}
