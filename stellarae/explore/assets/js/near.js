// The spectra whose codes are nearest, with their labels.
import { $, element, digits, complain } from "./dom.js";
import { state, moved, dropped } from "./state.js";
import * as api from "./api.js";

let open = () => {};
let found = () => {};

// shownLabels are those that the nodes are named by, and a few more.
export function shownLabels(most = 4) {
  const all = state.session.labels.map((l) => l.name);
  const carried = state.session.nodes.filter((n) => n.informative).flatMap((n) => n.carries);
  const usual = ["radvel", "Teff", "logg", "[M/H]", "vsini"];
  return [...new Set([...carried, ...usual, ...all])].filter((n) => all.includes(n)).slice(0, most);
}

const unit = (name) => state.session.labels.find((l) => l.name === name)?.unit ?? "";
export const withUnit = (name) => (unit(name) ? `${name} (${unit(name)})` : name);

export function build(onOpen, onFound) {
  [open, found] = [onOpen, onFound];
  $("stars").checked = true;
  $("stars").addEventListener("change", refresh);
  $("near").querySelector("thead").append(element("tr", {},
    element("th", { scope: "col" }, "Spectrum", element("small")),
    element("th", { scope: "col", title: "in the latent space, over informative nodes, each in units of its spread (1.4826 MAD)" }, "Distance", element("small", {}, "spreads")),
    ...shownLabels().map((l) => element("th", { scope: "col" }, l, element("small", {}, unit(l))))));
}

const ask = api.latest(
  ({ code, i, stars }) => api.neighbours(code, i, stars),
  { wanted: (q) => q.code === state.code, failed: complain, done: show },
);

export function refresh() {
  if (state.session.coded === 0) {
    $("near-says").textContent = "No codes are known to compare with: give --data or --codes.";
    return;
  }
  ask({ code: state.code, i: state.spectrum.index, stars: $("stars").checked });
}

function row(name, distance, labels, more = {}) {
  return element("tr", more, element("th", { scope: "row" }, name), element("td", {}, distance), ...shownLabels().map((l) => element("td", {}, digits(labels[l], 4))));
}

function show(list) {
  $("near-says").textContent = moved().length ? "Nearest to where the sliders are." : "Nearest to this spectrum.";
  const self = row(dropped() ? state.spectrum.id : "this spectrum", "", state.spectrum.labels, { class: "self" });
  const rows = list.map((n) => {
    const go = element("button", { class: "plain", title: n.id, "data-index": n.index, onclick: () => open({ i: n.index }) }, n.star || n.id);
    return row(go, digits(n.distance, 3), n.labels);
  });
  $("near").querySelector("tbody").replaceChildren(self, ...rows);
  found(list);
}
