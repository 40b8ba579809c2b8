// What the page shows, and its text in the address: #s=dp_id&n=5:0.21&x=5160-5190&m=5,11,Teff&v=12

export const state = {
  session: null,
  spectrum: null, // as the server gave it; samples where it was dropped
  code: null, // of the sliders
  range: [0, 0], // Angstrom
  velocity: 0, // km/s, of the lines' names
  map: { x: 0, y: 0, label: "" },
};

// wave is the wavelength of sample i of the axis without padding, in Angstrom.
export const wave = (i) => state.session.grid.start + i * state.session.grid.step;

// sample is the sample at a wavelength, a fraction between samples.
export const sample = (w) => (w - state.session.grid.start) / state.session.grid.step;

export const whole = () => [wave(0), wave(state.session.grid.samples - 1)];

// moved lists the nodes that are not where the encoder has them.
export function moved() {
  const nodes = [];
  state.code?.forEach((v, n) => {
    if (v !== state.spectrum.code[n]) nodes.push(n);
  });
  return nodes;
}

export const dropped = () => state.spectrum?.index < 0;

const short = (v) => String(Number(v.toPrecision(7)));

export function fragment() {
  const parts = [];
  const put = (key, value) => parts.push(key + "=" + encodeURIComponent(value).replaceAll("%3A", ":").replaceAll("%2C", ","));
  if (state.spectrum && !dropped()) put("s", state.spectrum.id);
  if (moved().length) put("n", moved().map((n) => n + ":" + String(state.code[n])).join(","));
  const [lo, hi] = whole();
  if (state.range[0] > lo || state.range[1] < hi) put("x", state.range.map((w) => w.toFixed(3)).join("-"));
  put("m", [state.map.x, state.map.y, state.map.label].join(","));
  if (state.velocity) put("v", short(state.velocity));
  return "#" + parts.join("&");
}

// parse reads a fragment; what makes no sense in it is left out.
export function parse(text) {
  const found = {};
  for (const part of text.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    if (at < 0) continue;
    try {
      found[part.slice(0, at)] = decodeURIComponent(part.slice(at + 1));
    } catch {
      // a broken link shows what of it is whole
    }
  }
  const { nodes, labels } = state.session;
  const out = { id: found.s || null, moves: [], range: null, map: null, velocity: null };
  for (const move of (found.n ?? "").split(",")) {
    const [n, v] = move.split(":").map(Number);
    if (Number.isInteger(n) && n < nodes.length && move.includes(":") && Number.isFinite(v)) out.moves.push([n, v]);
  }
  const range = (found.x ?? "").split("-").map(Number);
  if (range.length === 2 && range.every(Number.isFinite)) out.range = range;
  const [x, y, ...label] = (found.m ?? "").split(",");
  if (nodes[x] && nodes[y]) out.map = { x: +x, y: +y, label: labels.some((l) => l.name === label.join(",")) ? label.join(",") : "" };
  if (found.v && Number.isFinite(Number(found.v))) out.velocity = Number(found.v);
  return out;
}

let timer;

// remember puts the state into the address, not more often than browsers bear.
export function remember() {
  clearTimeout(timer);
  timer = setTimeout(() => history.replaceState(null, "", fragment()), 120);
}
