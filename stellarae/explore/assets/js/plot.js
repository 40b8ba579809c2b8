// The two plots of a spectrum: flux above, differences below, on one axis of
// wavelengths. uPlot draws them; the server sends what fits into their width.
import { $ } from "./dom.js";
import { css } from "./colours.js";
import { state, wave, whole } from "./state.js";
import { drawBands, drawNames, nameBands } from "./marks.js";

const uPlot = window.uPlot;

export const visible = { input: true, reconstruction: true, moved: true };

let flux;
let residual;
let view = null; // the last answer
const listeners = { range: [], cursor: [] };

export const onRange = (f) => listeners.range.push(f);
export const onCursor = (f) => listeners.cursor.push(f);

const axisFont = "12px system-ui, sans-serif";

function axis(label, size, more = {}) {
  return {
    label, labelSize: 20, size, labelFont: axisFont, font: axisFont,
    stroke: () => css("--text"), grid: { stroke: () => css("--grid"), width: 1 }, ticks: { stroke: () => css("--grid"), width: 1, size: 4 },
    ...more,
  };
}

function series(label, colour, shown, width = 1.25) {
  return { label, stroke: () => css(colour), width, points: { show: false }, spanGaps: false, show: shown };
}

function options(width, height, lines, yLabel, hooks, isFlux) {
  return {
    width, height, legend: { show: false }, padding: [8, 18, 0, 0],
    scales: { x: { time: false, range: () => state.range }, y: { range: () => (isFlux ? fluxRange() : residualRange()) } },
    axes: [
      axis(isFlux ? null : "Wavelength in air (\u212b)", isFlux ? 8 : 30, { values: (u, at) => at.map((w) => (isFlux ? "" : String(Number(w.toFixed(6))))), ...(isFlux ? { labelSize: 0 } : {}) }),
      axis(yLabel, 52),
    ],
    series: [{}, ...lines],
    // one plot shows where the cursor is in the other, but not what is dragged there
    cursor: { sync: { key: "spectrum", filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } }, drag: { x: true, y: false, setScale: false }, points: { show: false }, y: false },
    hooks: {
      ...hooks,
      setSelect: [(u) => {
        if (u.select.width > 3) setRange(u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x"));
        u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
      }],
    },
  };
}

// Between these shares of the points an axis is drawn, so that a cosmic ray or
// a gap does not make a line of all the rest.
const [low, high] = [0.0003, 0.999];

function spread(curves, shares = [low, high]) {
  const all = [];
  const masked = state.session.grid.masked;
  for (const c of curves) {
    c?.forEach((v, i) => {
      const w = xs[i];
      if (Number.isFinite(v) && w >= state.range[0] && w <= state.range[1] && !masked.some(([a, b]) => w >= a && w <= b)) all.push(v);
    });
  }
  if (all.length === 0) return [0, 1];
  all.sort((a, b) => a - b);
  return shares.map((p) => all[Math.round(p * (all.length - 1))]);
}

let xs = [];

function fluxRange() {
  if (!view) return [0, 1];
  const [lo, hi] = spread([visible.input && view.input, visible.reconstruction && view.reconstruction, visible.moved && view.moved].map((c) => c || null));
  const room = Math.max(hi - lo, 1e-3);
  return [lo - 0.06 * room, hi + 0.22 * room]; // names of lines stand above
}

function residualRange() {
  if (!view) return [-0.1, 0.1];
  const [lo, hi] = spread([view.residual, visible.moved && view.change].map((c) => c || null));
  const most = Math.max(-lo, hi, 1e-3) * 1.15;
  return [-most, most];
}

function size() {
  const width = $("plot").clientWidth;
  const tall = Math.max(300, Math.min(520, innerHeight * 0.43));
  return { width, top: Math.round(tall * 0.68), bottom: Math.round(tall * 0.42) };
}

export function build() {
  const { width, top, bottom } = size();
  const hooks = { drawClear: [drawBands] };
  flux = new uPlot(
    options(width, top, [series("input", "--input", true), series("reconstruction", "--again", true), series("moved", "--moved", true, 1.5)],
      "Flux / scale", { ...hooks, draw: [nameBands, drawNames], setCursor: [(u) => cursor(u)] }, true),
    [[0], [null], [null], [null]], $("flux"));
  residual = new uPlot(
    options(width, bottom, [series("residual", "--residual", true), series("change", "--moved", true, 1.5)],
      "Difference", { ...hooks, draw: [zero] }, false),
    [[0], [null], [null]], $("residual"));
  new ResizeObserver(() => requestAnimationFrame(() => {
    const now = size();
    if (now.width === flux.width && now.top === flux.height) return;
    flux.setSize({ width: now.width, height: now.top });
    residual.setSize({ width: now.width, height: now.bottom });
    listeners.range.forEach((f) => f()); // another width wants other points
  })).observe($("plot"));
  $("plot").addEventListener("wheel", wheel, { passive: false });
  for (const u of [flux, residual]) u.over.addEventListener("dblclick", () => setRange(...whole()));
}

// bins is how many the plot's width has room for.
export const bins = () => Math.max(200, Math.round((flux.bbox.width / devicePixelRatio) * Math.min(2, devicePixelRatio)));

function zero(u) {
  const y = Math.round(u.valToPos(0, "y", true)) + 0.5;
  u.ctx.save();
  u.ctx.strokeStyle = css("--quiet");
  u.ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  u.ctx.beginPath();
  u.ctx.moveTo(u.bbox.left, y);
  u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
  u.ctx.stroke();
  u.ctx.restore();
}

// show draws an answer of the server.
export function show(answer) {
  view = answer;
  const { first, last, stride, points } = answer;
  xs = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    // two points a bin, a quarter and three quarters through it
    xs[i] = stride === 1 ? wave(first + i) : wave(Math.min(first + (i + 0.5) * (stride / 2) - 0.5, last - 1));
  }
  const gap = (c) => c ?? new Float32Array(0);
  const clean = (c) => Array.from(gap(c), (v) => (Number.isNaN(v) ? null : v));
  const empty = new Array(points).fill(null);
  flux.setData([xs, clean(answer.input), clean(answer.reconstruction), answer.moved ? clean(answer.moved) : empty]);
  residual.setData([xs, clean(answer.residual), answer.change ? clean(answer.change) : empty]);
}

export function setVisible(name, on) {
  visible[name] = on;
  const at = { input: 1, reconstruction: 2, moved: 3 }[name];
  flux.setSeries(at, { show: on });
  if (name === "moved") residual.setSeries(2, { show: on });
  redraw();
}

export function redraw() {
  flux?.redraw(true, true);
  residual?.redraw(true, true);
}

// rescale draws what is there on the present range, until more has come.
export function rescale() {
  for (const u of [flux, residual]) u.setScale("x", { min: state.range[0], max: state.range[1] });
}

// setRange shows from one wavelength to another, as far as there are any.
export function setRange(from, to) {
  const [lo, hi] = whole();
  const least = 8 * state.session.grid.step;
  if (!(to - from >= least)) {
    const middle = (from + to) / 2;
    [from, to] = [middle - least / 2, middle + least / 2];
  }
  const width = Math.min(to - from, hi - lo);
  from = Math.max(lo, Math.min(from, hi - width));
  state.range = [from, from + width];
  requestAnimationFrame(() => [flux, residual].forEach((u) => u.setCursor({ left: -10, top: -10 }))); // it stood at another wavelength
  rescale();
  listeners.range.forEach((f) => f());
}

export function pan(share) {
  const width = state.range[1] - state.range[0];
  setRange(state.range[0] + share * width, state.range[1] + share * width);
}

export function zoom(factor, at = (state.range[0] + state.range[1]) / 2) {
  setRange(at - (at - state.range[0]) * factor, at + (state.range[1] - at) * factor);
}

// The wheel zooms with Ctrl, as pinching does, and moves with Shift or sideways;
// alone it scrolls the page.
function wheel(event) {
  const box = flux.over.getBoundingClientRect();
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    zoom(Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY * 0.004))), flux.posToVal(event.clientX - box.left, "x"));
  } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    event.preventDefault();
    pan((event.deltaX || event.deltaY) / box.width);
  }
}

function cursor(u) {
  const i = u.cursor.idx;
  const at = i == null || !view ? null : { wave: xs[i], input: view.input[i], reconstruction: view.reconstruction[i], moved: view.moved?.[i] };
  listeners.cursor.forEach((f) => f(at));
}

export const canvases = () => [flux.ctx.canvas, residual.ctx.canvas];
