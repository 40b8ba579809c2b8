// The page: gets what is known of the run, and leads from one part to another.
import { $, element, complain, digits, say } from "./dom.js";
import { onTheme, toggleTheme } from "./colours.js";
import { state, whole, moved, dropped, remember, parse } from "./state.js";
import * as api from "./api.js";
import * as plot from "./plot.js";
import * as marks from "./marks.js";
import * as key from "./key.js";
import * as sliders from "./sliders.js";
import * as near from "./near.js";
import * as map from "./map.js";
import * as picker from "./picker.js";
import * as keys from "./keys.js";
import { png, csv, link, inView } from "./save.js";

// Only the newest view counts: the sliders ask faster than the network decodes.
const askView = api.latest(
  ({ spectrum, code, range }) => api.view(spectrum, code === spectrum.code ? null : code, ...range, plot.bins()),
  {
    failed: complain,
    wanted: (q) => q.spectrum === state.spectrum,
    done: (answer, q) => {
      plot.show(answer);
      $("spectrum").dataset.shown = JSON.stringify([q.spectrum.id, Array.from(q.code), q.range]);
    },
  },
);

// A fifth more than is seen, so that moving on shows something at once.
function refreshView() {
  askView({ spectrum: state.spectrum, code: state.code, range: inView(0.2) });
}

const askLines = api.latest(({ range }) => api.lines(...range), {
  failed: complain,
  wanted: (q) => q.range.join() === state.range.map(marks.rest).join(),
  done: (lines) => {
    marks.setMore(lines);
    plot.redraw();
  },
});

// Beyond this range, in Angstrom, names of a whole list would cover each other.
const readable = 120;

function nameLines() {
  if (state.range[1] - state.range[0] < readable) return askLines({ range: state.range.map(marks.rest) });
  marks.setMore([]);
}

function rangeChanged() {
  if (!state.spectrum) return;
  refreshView();
  if (state.session.lines) nameLines();
  $("from").value = state.range[0].toFixed(2);
  $("to").value = state.range[1].toFixed(2);
  remember();
}

let settling;

function codeChanged() {
  key.refresh();
  refreshView();
  map.drawMarks();
  clearTimeout(settling);
  settling = setTimeout(near.refresh, 150); // a list that changes with every step cannot be read
  remember();
}

function facts(s) {
  const parts = [];
  if (s.star || s.object) parts.push(s.id);
  if (s.date) parts.push(s.date.slice(0, 10));
  if (s.snr != null) parts.push(`S/N ${digits(s.snr, 3)}`);
  if (s.berv != null) parts.push(`BERV ${digits(s.berv, 3)} km/s`);
  if (s.medium === "vacuum") parts.push("from vacuum wavelengths");
  if (!s.has_input) parts.push("its file is not at hand: only what its code decodes to is shown");
  if (s.index < 0) parts.push("dropped here, kept by this page alone");
  return parts.join(" \u00b7 ");
}

function show(s, { moves = [], velocity = null } = {}) {
  state.spectrum = s;
  state.code = Float32Array.from(s.code);
  for (const [n, v] of moves) state.code[n] = v;
  if (moved().length === 0) state.code = s.code;
  state.velocity = velocity ?? s.labels.radvel ?? s.rv ?? 0;
  $("velocity").value = Number(state.velocity.toFixed(2));
  $("title").textContent = s.star || s.object || s.id;
  $("facts").textContent = facts(s);
  const names = state.session.labels.map((l) => l.name).filter((n) => n in s.labels);
  $("labels").replaceChildren(...(names.length
    ? names.flatMap((n) => [element("dt", {}, near.withUnit(n)), element("dd", {}, digits(s.labels[n], 4))])
    : [element("dd", { class: "quiet" }, "none are known of this spectrum")]));
  picker.name();
  sliders.refresh();
  key.refresh();
  plot.rescale();
  rangeChanged();
  near.refresh();
  map.drawMarks([]);
  say(`${$("title").textContent} shown`);
}

let asked = 0;

// open shows the spectrum asked for last, whichever answer comes first.
async function open(which, more) {
  const mine = ++asked;
  try {
    const s = which instanceof File ? await api.upload(which) : await api.spectrum(which);
    if (mine === asked) show(s, more);
    return true;
  } catch (error) {
    if (mine === asked) complain(error);
    return false;
  }
}

function chips() {
  const strong = state.session.strong;
  const [lo, hi] = whole();
  const groups = Map.groupBy(strong.filter((l) => l.wave > lo && l.wave < hi), (l) => (l.name === "Fe I" ? `Fe I ${Math.round(l.wave)}` : l.name));
  const go = (lines) => () => {
    const at = lines.map(marks.seen);
    const room = Math.max(6, 0.004 * at[0]) / 2;
    plot.setRange(Math.min(...at) - room, Math.max(...at) + room);
  };
  $("chips").append(element("button", { class: "chip", id: "whole", title: "All of the spectrum (w)", onclick: () => plot.setRange(...whole()) }, "All"),
    ...[...groups].map(([name, lines]) => element("button", { class: "chip", title: lines.map((l) => `${l.wave} \u212b`).join(", "), onclick: go(lines) }, name)));
}

function fields() {
  for (const id of ["from", "to"]) {
    $(id).addEventListener("change", () => {
      const [from, to] = [Number($("from").value), Number($("to").value)];
      if (to > from) plot.setRange(from, to);
      else rangeChanged();
    });
  }
  $("velocity").addEventListener("change", () => {
    state.velocity = Math.max(-3000, Math.min(3000, Number($("velocity").value) || 0));
    plot.redraw();
    rangeChanged();
  });
  $("plot").addEventListener("keydown", (event) => {
    const act = { ArrowLeft: () => plot.pan(-0.15), ArrowRight: () => plot.pan(0.15), ArrowUp: () => plot.zoom(0.7), ArrowDown: () => plot.zoom(1 / 0.7) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function shortcuts() {
  const safely = (f) => () => state.spectrum && Promise.resolve(f()).catch(complain);
  for (const [id, f] of [["png", png], ["csv", csv], ["link", link]]) $(id).addEventListener("click", safely(f));
  $("theme").addEventListener("click", toggleTheme);
  keys.build([
    [["j"], "next spectrum", () => picker.step(1)],
    [["k"], "spectrum before", () => picker.step(-1)],
    [["r"], "any spectrum", picker.random],
    [["/"], "find a spectrum", () => $("search").focus()],
    [["o"], "open a file", () => $("open").click()],
    [["1", "2", "3", "4", "5", "6", "7", "8", "9"], "go to a slider; arrows move it", sliders.focus],
    [["0"], "sliders back to the encoded values", sliders.reset],
    [["w"], "the whole spectrum", () => plot.setRange(...whole())],
    [["+", "="], "zoom in", () => plot.zoom(0.7)],
    [["-"], "zoom out", () => plot.zoom(1 / 0.7)],
    [[",", "."], "move left, right", (i) => plot.pan(i ? 0.15 : -0.15)],
    [["m"], "go to the map; arrows walk, Enter opens", () => $("map-plot").focus()],
    [["i"], "save a PNG", safely(png)],
    [["c"], "save a CSV", safely(csv)],
    [["l"], "copy a link to this view", safely(link)],
    [["t"], "light or dark", toggleTheme],
    [["?"], "this list", null],
  ]);
}

// follow shows what the address says.
async function follow() {
  const wanted = parse(location.hash);
  if (wanted.map) Object.assign(state.map, wanted.map);
  state.range = whole();
  if (wanted.range) plot.setRange(...wanted.range);
  map.load();
  const { first } = state.session;
  if (wanted.id && (await open({ id: wanted.id }, wanted))) return;
  if (first && !state.spectrum) await open({ id: first }, wanted.id ? {} : wanted);
}

async function start() {
  state.session = await api.session();
  const { name, network } = state.session;
  $("run").textContent = `${name} \u00b7 ${network} network`;
  document.title = `${name} \u2013 stellarae explore`;
  state.range = whole();
  plot.build();
  plot.onRange(rangeChanged);
  key.build();
  sliders.build(codeChanged);
  near.build((which) => open(which), (found) => map.drawMarks(found));
  map.build((which) => open(which));
  picker.build((which) => open(which), (file) => open(file));
  chips();
  fields();
  shortcuts();
  onTheme(() => {
    plot.redraw();
    map.redraw();
  });
  addEventListener("hashchange", follow);
  await follow();
  if (!state.spectrum && !state.session.spectra) {
    $("title").textContent = "Drop a spectrum here";
    $("facts").textContent = "FITS (HARPS Phase 3, s1d, other 1-D images and tables) or text of two columns; Open file does the same.";
  }
  document.body.dataset.ready = "yes";
}

start().catch(complain);
