// Starts the page: marks where we are, the theme button, then the page's view.

import { h } from "./lib/dom.js";

const views = {
  jobs: () => import("./views/jobs.js"),
  job: () => import("./views/job.js"),
  new: () => import("./views/new.js"),
  datasets: () => import("./views/datasets.js"),
};

const pages = { jobs: "index.html", job: "index.html", new: "new.html", datasets: "datasets.html" };

function markPage(view) {
  document.querySelector(`nav a[href="${pages[view]}"]`)?.setAttribute("aria-current", "page");
}

function startTheme() {
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : system.matches;
  };
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    // Back at the system's own choice, follow the system again.
    if ((theme === "dark") === system.matches) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      const chosen = document.documentElement.dataset.theme;
      if (chosen) localStorage.setItem("atelier.theme", chosen);
      else localStorage.removeItem("atelier.theme");
    } catch {
      // Where storage is blocked the choice lasts as long as the page.
    }
    show();
  });
  system.addEventListener("change", show);
  show();
}

async function start() {
  const { view } = document.body.dataset;
  markPage(view);
  startTheme();
  const main = document.getElementById("main");
  try {
    const { show } = await views[view]();
    await show(main, new URLSearchParams(location.search));
  } catch (error) {
    main.replaceChildren(h("h1", {}, "This page cannot be shown"),
      h("section", { class: "card empty" },
        h("p", { role: "alert" }, error.message),
        h("p", {}, h("a", { class: "button", href: location.href }, "Try again"), " ",
          h("a", { class: "button", href: "index.html" }, "All jobs"))));
  }
  document.body.dataset.ready = "true";
}

start();
