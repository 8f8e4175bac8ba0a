// Form fields: label, hint and error tied together, each known by the JSON Pointer of its value.

import { h, setText } from "./dom.js";

/**
 * A field for `pointer`; `schema` is a JSON Schema (`type`, `enum`, `minimum`, `maximum`, `default`,
 * `description`). `options` replaces the schema's `enum` by `[value, title]` pairs.
 */
export class Field {
  #error = h("p", { class: "error", hidden: true });

  constructor(pointer, title, schema, { options = null, placeholder = "", changed }) {
    this.pointer = pointer;
    this.schema = schema;
    const id = `field${pointer.replaceAll("/", "-")}`;
    const hint = h("p", { class: "hint", id: `${id}-hint` }, describe(schema));
    this.#error.id = `${id}-error`;
    this.input = control(schema, options, { id, placeholder, "aria-describedby": `${hint.id} ${this.#error.id}`, "data-pointer": pointer });
    this.input.addEventListener("input", () => {
      this.fault("");
      changed();
    });
    this.element = h("div", { class: "field" }, h("label", { for: id }, title), this.input, hint, this.#error);
    this.set(schema.default);
  }

  /** The value for the request; undefined where the field is empty. */
  value() {
    const { type } = this.schema;
    if (type === "boolean") return this.input.checked;
    const text = this.input.value.trim();
    if (text === "") return undefined;
    if (type !== "integer" && type !== "number") return text;
    // What is no number goes to the server as it stands, which says what is wrong with it.
    return Number.isFinite(Number(text)) ? Number(text) : text;
  }

  set(value) {
    if (this.schema.type === "boolean") this.input.checked = Boolean(value);
    else if (value !== undefined || this.input.tagName !== "SELECT") this.input.value = value ?? "";
  }

  /** Shows a fault beside the field; an empty text clears it. */
  fault(text) {
    this.#error.hidden = !text;
    setText(this.#error, text);
    if (text) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }
}

function control(schema, options, attributes) {
  const choices = options ?? schema.enum?.map((value) => [value, String(value)]);
  if (choices) return h("select", attributes, choices.map(([value, title]) => h("option", { value }, title)));
  if (schema.type === "boolean") return h("input", { type: "checkbox", ...attributes, placeholder: null });
  if (schema.type === "integer" || schema.type === "number") {
    // A text field, not a number field: the server alone decides what is in range, and says so.
    return h("input", { type: "text", inputmode: schema.type === "integer" ? "numeric" : "decimal", autocomplete: "off", ...attributes });
  }
  return h("input", { type: "text", autocomplete: "off", ...attributes });
}

function describe({ description, minimum, maximum, default: standard }) {
  const parts = [];
  if (description) parts.push(`${description.replace(/\.$/, "")}.`);
  if (Number.isFinite(minimum) && Number.isFinite(maximum)) parts.push(`${minimum} to ${maximum}.`);
  else if (Number.isFinite(minimum)) parts.push(`${minimum} or more.`);
  if (standard !== undefined && standard !== "" && typeof standard !== "boolean") parts.push(`Default ${standard}.`);
  return parts.join(" ");
}

/** The fields of an object schema's properties, under a pointer. */
export function fieldsOf(schema, pointer, changed) {
  return Object.entries(schema?.properties ?? {}).map(([name, one]) => (
    new Field(`${pointer}/${name}`, name.replaceAll("_", " "), one, { changed })));
}
