// Choosing a spectrum: by name, the next one, any one, or a file of one's own.
import { $, element, complain } from "./dom.js";
import { state, dropped } from "./state.js";
import * as api from "./api.js";

let open = () => {};
let take = () => {};
let listed = [];
let active = -1;

export function build(onOpen, onFile) {
  [open, take] = [onOpen, onFile];
  const { spectra } = state.session;
  for (const id of ["previous", "next", "random", "search"]) $(id).disabled = spectra === 0;
  $("search").placeholder = spectra ? `Star or dp_id, of ${spectra.toLocaleString("en")} spectra` : "Drop a spectrum, or open a file";
  $("previous").addEventListener("click", () => step(-1));
  $("next").addEventListener("click", () => step(1));
  $("random").addEventListener("click", random);
  $("open").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => {
    if ($("file").files.length) file($("file").files[0]);
    $("file").value = "";
  });
  search();
  drop();
}

export function step(by) {
  const n = state.session.spectra;
  if (!n) return;
  const now = state.spectrum && !dropped() ? state.spectrum.index : by > 0 ? -1 : 0;
  open({ i: (now + by + n) % n });
}

export function random() {
  if (state.session.spectra) open({ i: Math.floor(Math.random() * state.session.spectra) });
}

// file checks a size before it is sent: the server refuses it too.
function file(f) {
  const most = state.session.uploads;
  if (f.size > most) return complain(`${f.name}: ${Math.round(f.size / 2 ** 20)} MiB; files up to ${most / 2 ** 20} MiB are taken`);
  take(f);
}

const ask = api.latest((q) => api.list(q), { failed: complain, done: show });

function search() {
  const box = $("search");
  box.addEventListener("input", () => ask(box.value));
  box.addEventListener("focus", () => {
    box.select();
    ask("");
  });
  box.addEventListener("blur", () => setTimeout(close, 150));
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && listed.length) {
      open({ i: listed[Math.max(0, active)].index });
      box.blur();
    } else if (event.key === "Escape") {
      box.blur();
    }
  });
}

function close() {
  $("found").hidden = true;
  $("search").setAttribute("aria-expanded", "false");
  $("search").removeAttribute("aria-activedescendant");
  name();
}

// name puts into the box what is shown.
export function name() {
  if (document.activeElement !== $("search") && state.spectrum) $("search").value = state.spectrum.star || state.spectrum.id;
}

function show(list) {
  if (document.activeElement !== $("search")) return;
  [listed, active] = [list, -1];
  const items = list.map((s, k) => element("li", {
    id: `found-${k}`, role: "option", "aria-selected": "false",
    onmousedown: (event) => event.preventDefault(), onclick: () => { open({ i: s.index }); $("search").blur(); },
  }, s.star ? element("b", {}, s.star, " ") : null, element("span", { class: "quiet" }, s.id)));
  $("found").replaceChildren(...(items.length ? items : [element("li", { class: "quiet", role: "option", "aria-disabled": "true" }, "none of that name")]));
  $("found").hidden = false;
  $("search").setAttribute("aria-expanded", "true");
}

function choose(k) {
  if (!listed.length) return;
  active = (k + listed.length) % listed.length;
  [...$("found").children].forEach((li, i) => li.setAttribute("aria-selected", String(i === active)));
  $("found").children[active].scrollIntoView({ block: "nearest" });
  $("search").setAttribute("aria-activedescendant", `found-${active}`);
}

function drop() {
  let depth = 0;
  const files = (event) => event.dataTransfer?.types.includes("Files");
  const over = (by) => (event) => {
    if (!files(event)) return;
    event.preventDefault();
    depth += by;
    $("drop").hidden = depth <= 0;
  };
  addEventListener("dragenter", over(1));
  addEventListener("dragleave", over(-1));
  addEventListener("dragover", over(0));
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    $("drop").hidden = true;
    if (event.dataTransfer.files.length) file(event.dataTransfer.files[0]);
  });
}
