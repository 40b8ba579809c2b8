// What is marked on a spectrum beside its curves: ranges without data, bands of
// our own atmosphere, names of lines.
import { css } from "./colours.js";
import { state } from "./state.js";

const lightSpeed = 299792.458;
let more = []; // of the user's list, in the present range

export function setMore(lines) {
  more = lines;
}

// seen is where a line appears in a star of the chosen velocity.
export const seen = (line) => line.wave * (1 + state.velocity / lightSpeed);
export const rest = (w) => w / (1 + state.velocity / lightSpeed);

function across(u, from, to) {
  const left = Math.max(u.bbox.left, u.valToPos(from, "x", true));
  const right = Math.min(u.bbox.left + u.bbox.width, u.valToPos(to, "x", true));
  return right > left ? [left, right - left] : null;
}

export function drawBands(u) {
  const { ctx, bbox } = u;
  ctx.save();
  const shade = (from, to, colour) => {
    const at = across(u, from, to);
    if (!at) return;
    ctx.fillStyle = colour;
    ctx.fillRect(at[0], bbox.top, at[1], bbox.height);
  };
  for (const [from, to] of state.session.grid.masked) shade(from, to, css("--masked"));
  for (const b of state.session.telluric) shade(b.from, b.to, css("--telluric"));
  ctx.restore();
}

// nameBands writes what absorbs at the foot of every band that has room for it.
export function nameBands(u) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.fillStyle = css("--telluric-text");
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "bottom";
  for (const b of state.session.telluric) {
    const at = across(u, b.from, b.to);
    const name = ["telluric " + b.name, b.name].find((n) => at && ctx.measureText(n).width < at[1]);
    if (name) ctx.fillText(name, at[0] + at[1] / 2, bbox.top + bbox.height - 3 * devicePixelRatio);
  }
  ctx.restore();
}

// Names stand above ticks, in two rows; lines of one name that are close share
// theirs, and a name that has no room is left out.
export function drawNames(u) {
  const { ctx, bbox } = u;
  const px = devicePixelRatio;
  const known = [...state.session.strong, ...more.filter((l) => !state.session.strong.some((s) => Math.abs(s.wave - l.wave) < 0.05))]
    .map((l) => ({ ...l, x: u.valToPos(seen(l), "x", true), strong: state.session.strong.includes(l) }))
    .filter((l) => l.x >= bbox.left && l.x <= bbox.left + bbox.width)
    .sort((a, b) => a.x - b.x);
  ctx.save();
  ctx.font = `${11.5 * px}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  ctx.lineWidth = px;
  const groups = [];
  for (const l of known) {
    const last = groups.at(-1);
    if (last && last.name === l.name && l.x - last.lines.at(-1).x < 70 * px) last.lines.push(l);
    else groups.push({ name: l.name, strong: l.strong, lines: [l] });
  }
  const free = [-Infinity, -Infinity];
  const place = (g) => {
    const half = ctx.measureText(g.name).width / 2 + 3 * px;
    const middle = (g.lines[0].x + g.lines.at(-1).x) / 2;
    const at = Math.max(bbox.left + half, Math.min(middle, bbox.left + bbox.width - half));
    const row = free.findIndex((f) => at - half >= f);
    if (row >= 0) free[row] = at + half;
    return { at, row };
  };
  for (const g of groups) {
    const { at, row } = place(g);
    ctx.strokeStyle = css("--quiet");
    ctx.fillStyle = css(g.strong ? "--text" : "--quiet");
    if (row >= 0) ctx.fillText(g.name, at, bbox.top + (18 - 14 * row) * px);
    for (const l of g.lines) {
      const x = Math.round(l.x) + 0.5 * (px % 2);
      ctx.globalAlpha = row < 0 ? 0.4 : 1;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top + 33 * px);
      ctx.lineTo(x, bbox.top + 43 * px);
      ctx.stroke();
    }
  }
  ctx.restore();
}
