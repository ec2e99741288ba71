// Subscribes this browser to web push and puts the subscription into the form, which then is sent like any other.
"use strict";
(() => {
  const form = document.querySelector("[data-push]");
  if (!form) return;
  const button = form.querySelector("button[type=submit]");
  const field = form.querySelector("[name=value]");
  const said = document.getElementById("push-said");
  const say = (text) => { said.textContent = text; };

  const key = () => {
    const text = form.dataset.push.replace(/-/g, "+").replace(/_/g, "/");
    const padded = text + "=".repeat((4 - (text.length % 4)) % 4);
    return Uint8Array.from(atob(padded), (c) => c.charCodeAt(0));
  };

  if (!("serviceWorker" in navigator) || !("PushManager" in window)) {
    say("This browser cannot take pushes. On an iPhone or iPad: share this page, choose Add to Home Screen, and open the desk from there.");
    button.disabled = true;
    return;
  }

  form.addEventListener("submit", async (event) => {
    if (field.value) return;
    event.preventDefault();
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") {
        say("This browser does not let the desk notify you. Allow notifications for this site in its settings, then press the button again.");
        return;
      }
      const worker = await navigator.serviceWorker.register("/console/push-worker.js", { scope: "/console/" });
      await navigator.serviceWorker.ready;
      const known = await worker.pushManager.getSubscription();
      if (known) await known.unsubscribe();
      const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key() });
      field.value = JSON.stringify(made.toJSON());
      form.requestSubmit(button);
    } catch (error) {
      say("This browser could not subscribe: " + error.message);
    } finally {
      button.disabled = false;
    }
  });
})();
