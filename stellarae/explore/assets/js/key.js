// The key of the curves: what each colour is, and which are shown.
import { $, element, digits } from "./dom.js";
import { moved, state } from "./state.js";
import { setVisible, onCursor } from "./plot.js";

export const key = () => [
  { name: "input", text: "input", colour: "--input" },
  { name: "reconstruction", text: "reconstruction", colour: "--again" },
  { name: "moved", text: "with sliders moved", colour: "--moved" },
];

const values = {};

export function build() {
  for (const { name, text } of key()) {
    const box = element("input", { type: "checkbox", checked: true });
    box.addEventListener("change", () => setVisible(name, box.checked));
    values[name] = element("output", { class: "quiet number" });
    $("key").append(element("label", { id: `key-${name}` }, box, element("span", { class: `swatch ${name}` }), text, values[name]));
  }
  values.wave = element("output", { class: "quiet number wave" });
  $("key").append(element("span", { class: "grow" }), values.wave);
  onCursor((at) => {
    values.wave.textContent = at ? `${at.wave.toFixed(2)} \u212b` : "";
    for (const { name } of key()) values[name].textContent = at && Number.isFinite(at[name]) ? digits(at[name], 3) : "";
  });
}

export function refresh() {
  $("key-moved").classList.toggle("off", moved().length === 0);
  $("key-input").classList.toggle("off", !state.spectrum.has_input);
}
