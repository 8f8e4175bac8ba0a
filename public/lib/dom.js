// Small helpers that make elements. Text always goes in as text nodes; nothing here parses markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : String(child));
  }
}

/** An HTML element with attributes (`onclick` and the like are listeners) and children. */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element, the same way. */
export function s(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Sets an element's text where it differs, so that selections and readers are left alone. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets or removes an attribute where it differs. */
export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, String(value));
  }
}

/**
 * Makes `parent` hold exactly `children`, in order, and gives the focus back to what had it.
 * Children that stay in place are not touched.
 */
export function arrange(parent, children) {
  const now = [...parent.childNodes];
  if (now.length === children.length && now.every((node, i) => node === children[i])) return;
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  // Only what changes is touched: rows that all go and come again would lose the table's scroll.
  const wanted = new Set(children);
  for (const node of now) if (!wanted.has(node)) node.remove();
  children.forEach((child, i) => {
    const there = parent.childNodes[i] ?? null;
    if (there !== child) parent.insertBefore(child, there);
  });
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

const canvas = document.createElement("canvas").getContext("2d");
let family = "";

/** Width in pixels of a text in the interface's font. */
export function textWidth(text, size = 12, weight = 400) {
  family ||= getComputedStyle(document.body).fontFamily;
  canvas.font = `${weight} ${size}px ${family}`;
  return canvas.measureText(text).width;
}
