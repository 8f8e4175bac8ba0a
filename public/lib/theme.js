// Applies the remembered colour scheme before the first paint, so that no page flashes; a classic
// script for that reason. Without a remembered choice the system's decides.
(() => {
  try {
    const theme = localStorage.getItem("atelier.theme");
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be blocked; the system's choice then holds.
  }
})();
