// One slider a node. A slider shows where the codes of the survey lie, and
// where the encoder has this spectrum.
import { $, element, digits } from "./dom.js";
import { state, moved } from "./state.js";

const most = 16; // sliders at once; those of the largest MAD

let rows = []; // by node
let changed = () => {};

export function build(onChange) {
  changed = onChange;
  const { nodes, named } = state.session;
  const chosen = nodes.filter((n) => n.informative);
  const first = [...(chosen.length ? chosen : nodes)].sort((a, b) => b.mad - a.mad).slice(0, most).sort((a, b) => a.node - b.node);
  const rest = nodes.filter((n) => !first.includes(n));
  $("named").textContent = chosen.length ? `${chosen.length} of ${nodes.length} informative, by ${named}` : named;
  rows = [];
  for (const n of first) $("sliders").append(slider(n));
  $("others").hidden = rest.length === 0;
  $("others").querySelector("summary").textContent = `${rest.length} other nodes`;
  $("others").addEventListener("toggle", () => {
    const box = $("others").querySelector("div");
    if (!box.firstChild) box.append(...rest.map(slider));
    refresh();
  }, { once: true });
  $("reset").addEventListener("click", reset);
}

function slider(n) {
  const id = `node-${n.node}`;
  const input = element("input", { id, type: "range", "aria-describedby": `${id}-range` });
  const value = element("output", { for: id });
  const ticks = element("div", { class: "ticks", "aria-hidden": "true" });
  const here = element("span", { class: "encoded", title: "as encoded" });
  ["1 %", "16 %", "median", "84 %", "99 %"].forEach((name, k) => {
    const tick = element("span", { class: k === 2 ? "tick middle" : "tick", title: `${name} of the codes: ${digits(n.ticks[k])}` });
    tick.dataset.at = n.ticks[k];
    ticks.append(tick);
  });
  ticks.append(here);
  input.addEventListener("input", () => {
    state.code = Float32Array.from(state.code);
    state.code[n.node] = Number(input.value);
    refresh();
    changed();
  });
  const through = n.through.length ? element("span", { class: "quiet", title: "known only through that" }, ` (so also ${n.through.join(", ")})`) : null;
  const back = element("button", { class: "back", title: `Node ${n.node} back to its encoded value`, "aria-label": `Reset node ${n.node}`, onclick: () => set(n.node, state.spectrum.code[n.node]) }, "\u21ba");
  rows[n.node] = { n, input, value, ticks, here, back };
  return element("div", { class: "slider" },
    element("label", { for: id }, element("b", {}, n.name), through),
    value, back, input, ticks,
    element("span", { id: `${id}-range`, class: "hidden" }, `codes reach from ${digits(n.ticks[0], 3)} to ${digits(n.ticks[4], 3)}`));
}

// refresh shows the code. A slider reaches as far as the codes do, or as this
// one does.
export function refresh() {
  if (!state.spectrum) return;
  for (const row of rows) {
    if (!row) continue;
    const { n, input, value, ticks, here, back } = row;
    const encoded = state.spectrum.code[n.node];
    const now = state.code[n.node];
    let lo = Math.min(n.ticks[0], encoded, now);
    let hi = Math.max(n.ticks[4], encoded, now);
    if (!(hi > lo)) [lo, hi] = [lo - 1, hi + 1];
    input.min = lo;
    input.max = hi;
    input.step = (hi - lo) / 200;
    input.value = now;
    value.textContent = digits(now, 3);
    input.setAttribute("aria-valuetext", `${digits(now, 3)}, encoded ${digits(encoded, 3)}`);
    const place = (v) => (100 * (v - lo)) / (hi - lo) + "%";
    for (const t of ticks.querySelectorAll(".tick")) t.style.left = place(Number(t.dataset.at));
    here.style.left = place(encoded);
    back.classList.toggle("off", now === encoded);
  }
  $("reset").disabled = moved().length === 0;
}

export function set(node, value) {
  state.code = Float32Array.from(state.code);
  state.code[node] = value;
  refresh();
  changed();
}

export function reset() {
  state.code = state.spectrum.code;
  refresh();
  changed();
}

// focus puts the keys onto the k-th slider.
export function focus(k) {
  $("sliders").querySelectorAll("input")[k]?.focus();
}
