// Notes the desk's instant of the first keystroke of a call form; without JavaScript it stays unsaid.
"use strict";
(() => {
  const kept = document.querySelector("[data-first-keystroke]");
  if (!kept || kept.value) return;
  const { now, rate } = document.body.dataset;
  const begun = performance.now();
  // Counted from the time that the desk sent with the page, never from this machine's clock.
  const note = () => {
    const instant = Date.parse(now) + (performance.now() - begun) * Number(rate || "1");
    kept.value = new Date(instant).toISOString();
    kept.form.removeEventListener("input", note);
  };
  kept.form.addEventListener("input", note);
})();
