// Ticks the spans of a page against the desk's time, never the machine's: a wrong laptop clock lengthens no deadline.
"use strict";
(() => {
  const body = document.body;
  let rate = Number(body.dataset.rate || "1");
  let desk = Date.parse(body.dataset.now);
  let read = performance.now();

  // Every poll tells the desk's time anew (freshness.js).
  document.addEventListener("desk:now", (event) => {
    const told = Date.parse(event.detail);
    if (!Number.isNaN(told)) { desk = told; read = performance.now(); }
  });
  // While a phone sleeps, the page's own clock may stand: what is shown then is as of the last poll.
  const now = () => desk + (performance.now() - read) * rate;

  const span = (ms, withSeconds) => {
    const all = Math.floor(Math.abs(ms) / 1000);
    const minutes = Math.floor(all / 60), days = Math.floor(minutes / 1440), hours = Math.floor(minutes / 60) % 24;
    const two = (n) => String(n).padStart(2, "0");
    if (days) return `${days} d ${hours} h`;
    if (hours) return `${hours} h ${two(minutes % 60)} min`;
    if (withSeconds) return `${minutes} min ${two(all % 60)} s`;
    return minutes ? `${minutes} min` : "under 1 min";
  };
  const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
  const group = (ms) => {
    const t = new Date(ms), two = (n) => String(n).padStart(2, "0");
    return `${two(t.getUTCDate())}${two(t.getUTCHours())}${two(t.getUTCMinutes())}Z ${months[t.getUTCMonth()]} ${String(t.getUTCFullYear()).slice(2)}`;
  };

  const said = new Set();
  const announce = (element, left) => {
    for (const minutes of [30, 10, 5]) {
      const key = `${element.dataset.deadline} ${minutes}`;
      if (left <= minutes * 60000 && left > (minutes - 1) * 60000 && !said.has(key)) {
        said.add(key);
        const row = element.closest("tr, article, section");
        const which = row && row.querySelector(".ref") ? row.querySelector(".ref").textContent : "A clock";
        document.getElementById("announce").textContent = `${which}: ${minutes} minutes left.`;
      }
    }
  };

  const tick = () => {
    const at = now();
    for (const e of document.querySelectorAll("[data-deadline]")) {
      const left = Date.parse(e.dataset.deadline) - at;
      write(e, left > 0 ? `in ${span(left, true)}` : `${span(left, false)} ago`);
      announce(e, left);
    }
    for (const e of document.querySelectorAll("[data-since]")) write(e, span(at - Date.parse(e.dataset.since), false));
    for (const e of document.querySelectorAll("[data-ago]")) write(e, `${span(at - Date.parse(e.dataset.ago), false)} ago`);
    for (const e of document.querySelectorAll("[data-clock]")) write(e, group(at));
  };
  tick();
  setInterval(tick, 1000);
})();
