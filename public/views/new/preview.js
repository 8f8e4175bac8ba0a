// What will be sent, to read and to copy.

import { h, setText } from "../../lib/dom.js";

/** A card that shows a text, with a button that copies it where the browser lets it. */
export function preview(title, pre) {
  const copy = h("button", {
    type: "button",
    onclick: async () => {
      await navigator.clipboard.writeText(pre.textContent);
      setText(copy, "Copied");
      setTimeout(() => setText(copy, "Copy"), 1500);
    },
  }, "Copy");
  return h("section", { class: "card" },
    h("div", { class: "card-head" }, h("h2", {}, title), h("span", { class: "grow" }),
      navigator.clipboard ? copy : null),
    pre);
}
