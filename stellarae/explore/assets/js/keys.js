// Keyboard shortcuts, and the page that lists them.
import { $, element } from "./dom.js";

// build takes shortcuts [key, what it does, function].
export function build(shortcuts) {
  for (const [keys, text] of shortcuts) {
    $("keys").querySelector("dl").append(element("dt", {}, ...keys.flatMap((k, i) => [i ? " " : null, element("kbd", {}, k)])), element("dd", {}, text));
  }
  const help = () => ($("keys").open ? $("keys").close() : $("keys").showModal());
  $("help").addEventListener("click", help);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const at = event.target;
    const typing = at.matches("input:not([type=range]):not([type=checkbox]), select, textarea");
    if (typing || $("keys").open) return;
    for (const [keys, , f] of shortcuts) {
      const k = keys.indexOf(event.key);
      if (k < 0 || !f) continue;
      event.preventDefault();
      f(k);
      return;
    }
    if (event.key === "?") help();
  });
}
