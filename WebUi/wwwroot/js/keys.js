// Keys that work on every page, except where text is typed.
const PAGES = { d: "/", a: "/alerts", f: "/flows", c: "/chains" };
const GO_MS = 1200;
let goUntil = 0;

function rows() {
  return [...document.querySelectorAll("[data-rows] [data-row-link]")];
}

function step(by) {
  const all = rows();
  const now = all.indexOf(document.activeElement);
  const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + by));
  all[next]?.focus();
}

addEventListener("keydown", event => {
  const typed = event.target.closest("input, textarea, select, [contenteditable]");
  if (typed || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  if (performance.now() < goUntil && PAGES[event.key]) {
    goUntil = 0;
    Blazor.navigateTo(PAGES[event.key]);
  } else if (event.key === "g") {
    goUntil = performance.now() + GO_MS;
  } else if (event.key === "j") {
    step(1);
  } else if (event.key === "k") {
    step(-1);
  } else if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
});
