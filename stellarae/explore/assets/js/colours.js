// Viridis (van der Walt and Smith 2015, public domain), every fourth of 52
// colours: perceptually uniform and safe for colour-blind readers.
const viridis = [
  [68, 1, 84], [71, 23, 105], [71, 42, 122], [65, 65, 135], [56, 88, 140], [49, 104, 142], [43, 119, 142],
  [35, 137, 142], [31, 154, 138], [41, 175, 127], [78, 195, 107], [122, 209, 81], [173, 220, 48], [253, 231, 37],
];

const steps = 64;

// scale is a table of colours that all show on the page: without the lightest
// tenth on white, without the darkest sixth on black.
export function scale(dark) {
  const [lo, hi] = dark ? [0.18, 1] : [0, 0.9];
  return Array.from({ length: steps }, (_, i) => {
    const x = (lo + ((hi - lo) * i) / (steps - 1)) * (viridis.length - 1);
    const k = Math.min(Math.floor(x), viridis.length - 2);
    const mix = (c) => Math.round(viridis[k][c] + (x - k) * (viridis[k + 1][c] - viridis[k][c]));
    return `rgb(${mix(0)},${mix(1)},${mix(2)})`;
  });
}

// css is a colour of the page's theme.
export const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const system = matchMedia("(prefers-color-scheme: dark)");
export const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";

export function toggleTheme() {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  localStorage.setItem("stellarae-theme", document.documentElement.dataset.theme);
}

// onTheme hears of every change, the system's too.
export function onTheme(f) {
  system.addEventListener("change", f);
  new MutationObserver(f).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
