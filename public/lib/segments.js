// A small set of buttons of which one is pressed: the choice of an axis.

import { h } from "./dom.js";

/** Buttons for `choices` of `[value, title]`; `changed` gets the new value. */
export function segments(name, choices, start, changed) {
  let current = start;
  const buttons = choices.map(([value, title]) => h("button", {
    type: "button", "aria-pressed": String(value === current), "data-value": value,
    onclick: () => {
      current = value;
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.value === value));
      changed(value);
    },
  }, title));
  return { element: h("div", { class: "segments", role: "group", "aria-label": name }, buttons), value: () => current };
}
