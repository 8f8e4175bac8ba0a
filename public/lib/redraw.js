// Gathers changes into at most two redraws a second, and none while the page is hidden.

const interval = 500;

/** A function that asks for `draw` soon; many calls make one redraw. */
export function gathered(draw) {
  let timer = 0;
  let asked = false;
  let last = -Infinity;
  const run = () => {
    timer = 0;
    if (document.hidden) return;
    asked = false;
    last = performance.now();
    draw();
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && asked && !timer) run();
  });
  return () => {
    asked = true;
    if (!timer && !document.hidden) {
      timer = setTimeout(run, Math.max(0, last + interval - performance.now()));
    }
  };
}
