// Says when a polled page is out of date: a stale screen that looks live is the console's worst failure.
"use strict";
(() => {
  const stale = document.getElementById("stale");
  const polled = document.querySelector("[data-poll]");
  if (!polled) return;
  const patience = 12000;
  let good = Date.now();
  let paused = false;

  const group = (ms) => new Date(ms).toISOString().slice(11, 16) + "Z";
  const say = (text) => { if (stale.textContent !== text) stale.textContent = text; stale.hidden = text === ""; };
  const judge = () => {
    if (paused) return say("Updates are paused: what you see may be out of date.");
    if (Date.now() - good > patience) return say(`Connection lost: what you see may be out of date since ${group(good)}.`);
    return say("");
  };

  document.addEventListener("htmx:before:request", (event) => { if (paused && event.target.closest("[data-poll]")) event.preventDefault(); });
  document.addEventListener("htmx:after:request", (event) => {
    const response = event.detail && event.detail.ctx && event.detail.ctx.response;
    if (!response || !(response.status === 200 || response.status === 304)) {
      if (response && response.status === 401) say("You are signed out: reload the page to sign in.");
      return;
    }
    good = Date.now();
    const now = response.headers && response.headers.get("Desk-Now");
    if (now) document.dispatchEvent(new CustomEvent("desk:now", { detail: now }));
    judge();
  });
  setInterval(judge, 2000);

  const button = document.querySelector("[data-pause]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      paused = !paused;
      button.setAttribute("aria-pressed", String(paused));
      button.textContent = paused ? "Resume updates" : "Pause updates";
      if (!paused) good = Date.now();
      judge();
    });
  }
})();
