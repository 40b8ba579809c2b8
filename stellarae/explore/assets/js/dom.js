// Small helpers around the document. Text goes in as text, never as HTML.

export const $ = (id) => document.getElementById(id);

// element makes a node: element("button", { class: "chip", onclick: f }, "Mg b").
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((c) => c != null));
  return node;
}

let alertTimer;

// complain shows an error until it has been read.
export function complain(error) {
  const box = $("alert");
  const close = element("button", { "aria-label": "Dismiss", onclick: () => box.replaceChildren() }, "\u00d7");
  box.replaceChildren(element("p", {}, String(error.message ?? error)), close);
  clearTimeout(alertTimer);
  alertTimer = setTimeout(() => box.replaceChildren(), 20000);
}

// say tells what happened to those who listen to the page instead of looking.
export function say(text) {
  $("status").textContent = text;
}

let noteTimer;

// note shows what was done for a moment.
export function note(text) {
  const box = $("alert");
  box.replaceChildren(element("p", { class: "note" }, text));
  clearTimeout(noteTimer);
  noteTimer = setTimeout(() => box.replaceChildren(), 2500);
  say(text);
}

// digits writes a number with so many figures, never as 1e-3, with a true minus.
export function digits(value, figures = 4) {
  if (value == null || Number.isNaN(value)) return "\u2013";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value).replace("-", "\u2212");
  const size = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.max(0, Math.min(4, figures - 1 - size))).replace("-", "\u2212");
}
