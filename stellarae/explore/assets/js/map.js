// The latent map: two nodes of all codes, coloured by a label. uPlot draws the
// axes, the points and marks are drawn onto its canvas and one above it.
import { $, element, digits, complain } from "./dom.js";
import { css, scale, isDark } from "./colours.js";
import { state, moved, remember } from "./state.js";
import { withUnit } from "./near.js";
import * as api from "./api.js";

const uPlot = window.uPlot;

let plot;
let marks; // canvas of what changes with every slider
let data = null;
let limits = null; // of the axes: {x: [lo, hi], y: [lo, hi]}
let span = [0, 1]; // of the colours
let near = []; // indices of the nearest spectra
let over = -1; // point under the cursor
let open = () => {};

const tickFont = "12px system-ui, sans-serif";

function axis(label, labelSize, size) {
  return { label, labelSize, size, font: tickFont, labelFont: tickFont, stroke: () => css("--text"), grid: { stroke: () => css("--grid"), width: 1 }, ticks: { stroke: () => css("--grid"), width: 1, size: 4 } };
}

export function build(onOpen) {
  open = onOpen;
  const { nodes, labels, coded } = state.session;
  const some = nodes.filter((n) => n.informative);
  const [x, y] = some.length > 1 ? some.slice(-2) : [nodes[0], nodes[1] ?? nodes[0]];
  const label = labels.find((l) => some.some((n) => n.carries.includes(l.name))) ?? labels[0];
  Object.assign(state.map, { x: x.node, y: y.node, label: y.carries[0] ?? label?.name ?? "" });
  const byUse = [...some, ...nodes.filter((n) => !n.informative)];
  for (const id of ["map-x", "map-y"]) {
    $(id).append(...byUse.map((n) => element("option", { value: n.node }, n.name)));
  }
  $("map-label").append(element("option", { value: "" }, "none"), ...labels.map((l) => element("option", { value: l.name }, withUnit(l.name))));
  for (const [id, key] of [["map-x", "x"], ["map-y", "y"], ["map-label", "label"]]) {
    $(id).addEventListener("change", () => {
      state.map[key] = key === "label" ? $(id).value : Number($(id).value);
      load();
      remember();
    });
  }
  if (coded === 0) {
    $("map-plot").replaceChildren(element("p", { class: "quiet" }, "No codes are known: give --data or --codes."));
    return;
  }
  plot = new uPlot({
    ...size(), legend: { show: false }, padding: [8, 8, 0, 0],
    scales: { x: { time: false, range: () => limits?.x ?? [0, 1] }, y: { range: () => limits?.y ?? [0, 1] } },
    axes: [axis(" ", 20, 28), axis(" ", 20, 46)],
    series: [{}, { show: false }],
    cursor: { drag: { x: true, y: true, uni: 20, setScale: false }, points: { show: false }, x: false, y: false },
    hooks: {
      draw: [drawPoints],
      setCursor: [(u) => hover(closest(u.cursor.left, u.cursor.top, 12))],
      setSelect: [(u) => {
        const { left, top, width, height } = u.select;
        if (width > 4 && height > 4) {
          limits = { x: [u.posToVal(left, "x"), u.posToVal(left + width, "x")], y: [u.posToVal(top + height, "y"), u.posToVal(top, "y")] };
          u.redraw(true, true);
          fit();
        }
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      }],
    },
  }, [[0, 1], [null, null]], $("map-plot"));
  marks = element("canvas", { class: "marks" });
  plot.over.append(marks);
  plot.over.addEventListener("click", (event) => {
    const box = plot.over.getBoundingClientRect();
    const k = closest(event.clientX - box.left, event.clientY - box.top, 12);
    if (k >= 0) open({ i: data.index[k] });
  });
  plot.over.addEventListener("dblclick", () => { limits = whole(); plot.redraw(true, true); fit(); });
  $("map-plot").addEventListener("keydown", key);
  new ResizeObserver(() => requestAnimationFrame(() => {
    const now = size();
    if (now.width === plot.width && now.height === plot.height) return;
    plot.setSize(now);
    fit();
  })).observe($("map-plot"));
  fit();
}

function size() {
  const width = Math.max(240, $("map-plot").clientWidth);
  return { width, height: Math.round(Math.min(380, Math.max(260, width * 0.72))) };
}

const ask = api.latest(({ x, y, label }) => api.points(x, y, label), {
  failed: complain,
  wanted: (q) => q.x === state.map.x && q.y === state.map.y && q.label === state.map.label,
  done: (answer) => {
    data = answer;
    limits = whole();
    const known = Array.from(answer.colour).filter(Number.isFinite).sort((a, b) => a - b);
    span = known.length ? [known[Math.floor(0.02 * (known.length - 1))], known[Math.ceil(0.98 * (known.length - 1))]] : [0, 1];
    hover(-1);
    redraw();
    $("map").dataset.shown = [state.map.x, state.map.y, state.map.label].join(",");
  },
});

// load gets the points for the chosen axes.
export function load() {
  for (const [id, key] of [["map-x", "x"], ["map-y", "y"], ["map-label", "label"]]) $(id).value = state.map[key];
  if (plot) ask({ ...state.map });
}

function whole() {
  const reach = (values) => {
    let [lo, hi] = [Infinity, -Infinity];
    for (const v of values) [lo, hi] = [Math.min(lo, v), Math.max(hi, v)];
    const room = 0.04 * (hi - lo || 1);
    return [lo - room, hi + room];
  };
  return { x: reach(data.x), y: reach(data.y) };
}

export function redraw() {
  if (!plot || !data) return;
  const name = (n) => state.session.nodes[n].name;
  plot.axes[0].label = name(state.map.x);
  plot.axes[1].label = name(state.map.y);
  plot.redraw(true, true);
  fit();
  bar();
}

function colourOf(table) {
  const missing = css("--missing");
  return (v) => {
    if (!Number.isFinite(v)) return missing;
    const t = (v - span[0]) / (span[1] - span[0] || 1);
    return table[Math.max(0, Math.min(table.length - 1, Math.floor(t * table.length)))];
  };
}

function drawPoints(u) {
  if (!data) return;
  const { ctx, bbox } = u;
  const colour = colourOf(scale(isDark()));
  const r = devicePixelRatio * Math.max(1.1, Math.min(3, 60 / Math.sqrt(data.n)));
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.globalAlpha = 0.85;
  for (let k = 0; k < data.n; k++) {
    ctx.fillStyle = colour(data.colour[k]);
    ctx.beginPath();
    ctx.arc(u.valToPos(data.x[k], "x", true), u.valToPos(data.y[k], "y", true), r, 0, 7);
    ctx.fill();
  }
  ctx.restore();
}

// fit gives the canvas of the marks the size of the plot.
function fit() {
  marks.width = plot.over.clientWidth * devicePixelRatio;
  marks.height = plot.over.clientHeight * devicePixelRatio;
  drawMarks();
}

// drawMarks rings the spectrum that is shown and its nearest, and leads from it
// to where the sliders are.
export function drawMarks(nearest) {
  if (nearest) near = nearest.map((n) => n.index);
  if (!plot || !data || !state.spectrum) return;
  const ctx = marks.getContext("2d");
  ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  ctx.clearRect(0, 0, marks.width, marks.height);
  const at = (code) => [plot.valToPos(code[state.map.x], "x"), plot.valToPos(code[state.map.y], "y")];
  const ring = (x, y, r, colour, width) => {
    for (const [c, w] of [[css("--card"), width + 2], [colour, width]]) {
      ctx.strokeStyle = c;
      ctx.lineWidth = w;
      ctx.beginPath();
      ctx.arc(x, y, r, 0, 7);
      ctx.stroke();
    }
  };
  const wanted = new Set(near);
  for (let k = 0; k < data.n; k++) {
    if (wanted.has(data.index[k])) ring(plot.valToPos(data.x[k], "x"), plot.valToPos(data.y[k], "y"), 4, css("--text"), 1.25);
  }
  const [x, y] = at(state.spectrum.code);
  if (moved().length) {
    const [mx, my] = at(state.code);
    ctx.strokeStyle = css("--moved");
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(mx, my);
    ctx.stroke();
    ring(mx, my, 5, css("--moved"), 2.5);
  }
  ring(x, y, 6.5, css("--again"), 2.5);
  if (over >= 0) ring(plot.valToPos(data.x[over], "x"), plot.valToPos(data.y[over], "y"), 5.5, css("--focus"), 2);
}

function closest(left, top, within) {
  if (!data || left < 0) return -1;
  let [best, d2] = [-1, within * within];
  for (let k = 0; k < data.n; k++) {
    const [dx, dy] = [plot.valToPos(data.x[k], "x") - left, plot.valToPos(data.y[k], "y") - top];
    if (dx * dx + dy * dy < d2) [best, d2] = [k, dx * dx + dy * dy];
  }
  return best;
}

let naming;

function hover(k) {
  if (k === over) return;
  over = k;
  plot.over.classList.toggle("hit", k >= 0);
  drawMarks();
  clearTimeout(naming);
  if (k < 0) {
    $("map-says").textContent = `${data.n.toLocaleString("en")} spectra. Click one to see it; drag to zoom, double-click for all.`;
    return;
  }
  const value = state.map.label ? `, ${withUnit(state.map.label)} ${digits(data.colour[k])}` : "";
  const where = `${digits(data.x[k], 3)}, ${digits(data.y[k], 3)}${value}`;
  $("map-says").textContent = where;
  naming = setTimeout(async () => {
    const [s] = await api.list("", data.index[k]);
    if (over === k && s) $("map-says").textContent = `${s.star || s.id}: ${where}`;
  }, 120);
}

// Arrow keys go to the nearest point that way, beginning at the spectrum shown.
function key(event) {
  const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.key === "Enter" && over >= 0) open({ i: data.index[over] });
  if (event.key === "Escape") hover(-1);
  if (!way || !data) return;
  event.preventDefault();
  event.stopPropagation();
  const from = over >= 0 ? [data.x[over], data.y[over]] : [state.spectrum.code[state.map.x], state.spectrum.code[state.map.y]];
  const [x, y] = [plot.valToPos(from[0], "x"), plot.valToPos(from[1], "y")];
  let [best, least] = [-1, Infinity];
  for (let k = 0; k < data.n; k++) {
    const [dx, dy] = [plot.valToPos(data.x[k], "x") - x, plot.valToPos(data.y[k], "y") - y];
    const along = dx * way[0] + dy * way[1];
    const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    const cost = along + 2 * aside;
    if (along > 3 && cost < least) [best, least] = [k, cost];
  }
  if (best >= 0) hover(best);
}

function bar() {
  const canvas = $("bar").querySelector("canvas");
  const table = scale(isDark());
  canvas.height = table.length;
  const ctx = canvas.getContext("2d");
  table.forEach((colour, k) => {
    ctx.fillStyle = colour;
    ctx.fillRect(0, table.length - 1 - k, 1, 1);
  });
  $("bar").hidden = !state.map.label;
  $("bar-name").textContent = withUnit(state.map.label);
  $("bar-low").textContent = digits(span[0], 3);
  $("bar-high").textContent = digits(span[1], 3);
}
