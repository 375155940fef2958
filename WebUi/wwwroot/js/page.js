// Runs before the first paint, so that no page flashes in the wrong colours.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const choice = () => localStorage.getItem("theme") ?? "system";
  const isDark = () => choice() === "dark" || (choice() === "system" && system.matches);
  const paint = () => { document.documentElement.dataset.theme = isDark() ? "dark" : "light"; };
  const listeners = new Set();
  const changed = () => {
    paint();
    for (const listener of listeners) {
      listener.invokeMethodAsync("ThemeChanged", isDark());
    }
  };
  system.addEventListener("change", changed);
  paint();
  globalThis.appliance = {
    timeZone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    theme: () => ({ choice: choice(), dark: isDark() }),
    chooseTheme: value => { localStorage.setItem("theme", value); changed(); },
    watchTheme: listener => listeners.add(listener),
    forgetTheme: listener => listeners.delete(listener),
  };
})();
