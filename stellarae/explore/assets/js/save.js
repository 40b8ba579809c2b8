// What people take home: a picture, a table, a link.
import { note } from "./dom.js";
import { css } from "./colours.js";
import { state, wave, sample, moved, dropped, fragment } from "./state.js";
import { canvases, visible } from "./plot.js";
import { key } from "./key.js";
import * as api from "./api.js";

const stem = () => (state.spectrum.star || state.spectrum.id).replace(/[^\w.+-]+/g, "_");

function hand(blob, name) {
  const a = document.createElement("a");
  a.href = URL.createObjectURL(blob);
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10000);
}

const slidersInWords = () => moved().map((n) => `${state.session.nodes[n].name} at ${state.code[n].toPrecision(3)}`).join(", ");

// png puts the two plots under their title and key, in the colours of the page.
export function png() {
  const [flux, residual] = canvases();
  const px = devicePixelRatio;
  const head = 50 * px;
  const out = document.createElement("canvas");
  out.width = flux.width;
  out.height = head + flux.height + residual.height;
  const ctx = out.getContext("2d");
  ctx.fillStyle = css("--card");
  ctx.fillRect(0, 0, out.width, out.height);
  ctx.fillStyle = css("--text");
  ctx.font = `600 ${15 * px}px system-ui, sans-serif`;
  ctx.fillText(`${state.spectrum.star || state.spectrum.object || state.spectrum.id}, network ${state.session.name}`, 12 * px, 20 * px);
  ctx.font = `${12 * px}px system-ui, sans-serif`;
  let x = 12 * px;
  for (const { name, text, colour } of key()) {
    if (!visible[name] || (name === "moved" && !moved().length)) continue;
    ctx.fillStyle = css(colour);
    ctx.fillRect(x, 34 * px, 18 * px, 3 * px);
    ctx.fillStyle = css("--text");
    const words = name === "moved" ? slidersInWords() : text;
    ctx.fillText(words, x + 23 * px, 40 * px);
    x += 40 * px + ctx.measureText(words).width;
  }
  ctx.drawImage(flux, 0, head);
  ctx.drawImage(residual, 0, head + flux.height);
  out.toBlob((blob) => hand(blob, `${stem()}.png`), "image/png");
  note("PNG saved");
}

// csv has every sample in view, not only the points drawn.
export async function csv() {
  const [from, to] = inView();
  const code = moved().length ? state.code : null;
  const v = await api.view(state.spectrum, code, from, to, Math.min(1 << 20, to - from));
  const number = (x) => (Number.isNaN(x) ? "" : x);
  const names = ["wavelength_air_angstrom", "input", "reconstruction", "input_minus_reconstruction"];
  if (code) names.push("moved", "moved_minus_reconstruction");
  const lines = [`# ${state.spectrum.id}, network ${state.session.name}${code ? ", " + slidersInWords() : ""}`.replace(/[\r\n]/g, " "), names.join(",")];
  for (let i = 0; i < v.points; i++) {
    const row = [wave(from + i).toFixed(4), number(v.input[i]), number(v.reconstruction[i]), number(v.residual[i])];
    if (code) row.push(number(v.moved[i]), number(v.change[i]));
    lines.push(row.join(","));
  }
  hand(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }), `${stem()}.csv`);
  note(`CSV saved: ${v.points} samples`);
}

// inView are the samples of the present range: the first, and that after the last.
export function inView(margin = 0) {
  const clamp = (i) => Math.max(0, Math.min(state.session.grid.samples, i));
  const [lo, hi] = state.range;
  const wide = margin * (hi - lo);
  const from = clamp(Math.floor(sample(lo - wide) - 1e-6));
  const to = clamp(Math.ceil(sample(hi + wide) + 1e-6) + 1);
  return [Math.min(from, state.session.grid.samples - 2), Math.max(to, 2)];
}

// link copies the address; the fragment alone holds what is shown, no key.
export async function link() {
  history.replaceState(null, "", fragment());
  try {
    await navigator.clipboard.writeText(location.href);
    note(dropped() ? "Link copied; a dropped file is not part of it" : "Link copied: it works while this program runs on this port");
  } catch {
    note("The address bar holds the link");
  }
}
