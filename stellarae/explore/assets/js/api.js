// What the page asks the server. Numbers come as little-endian 32-bit words.

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (cause) {
    if (cause.name === "AbortError") throw cause;
    throw new Error("stellarae explore does not answer: has it ended?", { cause });
  }
  if (answer.ok) return answer;
  let why = answer.statusText;
  try {
    why = (await answer.json()).error;
  } catch {
    // no words from the server: its status must do
  }
  throw new Error(why);
}

const json = async (path, options) => (await ask(path, options)).json();
const query = (values) => new URLSearchParams(Object.entries(values).filter(([, v]) => v != null && v !== "")).toString();

export const session = () => json("/api/session");
export const list = (q, from = 0) => json("/api/spectra?" + query({ q, from }));
export const lines = (from, to) => json("/api/lines?" + query({ from, to }));

function withCode(spectrum) {
  spectrum.code = Float32Array.from(spectrum.code ?? []);
  return spectrum;
}

// spectrum gets one by { id } or { i }.
export const spectrum = async (which) => withCode(await json("/api/spectrum?" + query(which)));

// upload has a file parsed; the server forgets it, so the samples stay here.
export async function upload(file) {
  const answer = await ask("/api/upload?" + query({ name: file.name }), { method: "POST", body: file });
  const bytes = await answer.arrayBuffer();
  const length = new DataView(bytes).getUint32(0, true);
  const about = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  about.samples = new Float32Array(bytes, 4 + length);
  return withCode(about);
}

// view gets the curves of samples from to before to, in at most 2 x bins points:
// input, reconstruction, residual, and with moved also moved and change.
export async function view(spectrum, moved, from, to, bins) {
  const parts = [spectrum.code];
  if (moved) parts.push(moved);
  if (spectrum.samples) parts.push(spectrum.samples);
  const i = spectrum.index >= 0 ? spectrum.index : null;
  const answer = await ask("/api/view?" + query({ i, from, to, bins }), { method: "POST", body: new Blob(parts) });
  const bytes = await answer.arrayBuffer();
  const [first, last, stride, points, series] = new Uint32Array(bytes, 0, 5);
  const curves = [];
  for (let s = 0; s < series; s++) curves.push(new Float32Array(bytes, 32 + 4 * s * points, points));
  const [input, reconstruction, residual, movedTo, change] = curves;
  return { first, last, stride, points, input, reconstruction, residual, moved: movedTo, change };
}

export const neighbours = (code, i, stars, k = 12) =>
  json("/api/neighbours?" + query({ k, i: i >= 0 ? i : null, stars: stars ? 1 : null }), { method: "POST", body: code });

export async function points(x, y, label) {
  const bytes = await (await ask("/api/points?" + query({ x, y, label }))).arrayBuffer();
  const n = new Uint32Array(bytes, 0, 1)[0];
  const floats = (k) => new Float32Array(bytes, 4 + 4 * n * k, n);
  return { n, index: new Uint32Array(bytes, 4, n), x: floats(1), y: floats(2), colour: floats(3) };
}

// latest runs work for the newest question only: while one is under way the
// others wait, and of those that wait the last one wins. An answer that came
// too late, because wanted says so, is dropped.
export function latest(work, { done, wanted = () => true, failed }) {
  let running = false;
  let next = null;
  async function pump() {
    running = true;
    while (next) {
      const question = next.question;
      next = null;
      try {
        const answer = await work(question);
        if (wanted(question)) done(answer, question);
      } catch (error) {
        if (wanted(question)) failed(error);
      }
    }
    running = false;
  }
  return (question) => {
    next = { question };
    if (!running) pump();
  };
}
