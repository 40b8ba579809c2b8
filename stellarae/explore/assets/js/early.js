// Set before anything is painted, so that no page flashes in the wrong colours.
const chosen = localStorage.getItem("stellarae-theme");
if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
