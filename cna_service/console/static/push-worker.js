// Shows a summons that came by web push, and opens it when it is tapped. It keeps nothing and answers nothing:
// a push is no acknowledgement.
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data ? event.data.json() : {}; } catch (error) { told = {}; }
  const words = { body: told.text || "Open the desk.", tag: told.tag || "cna", renotify: true, requireInteraction: true, data: { link: told.link || "/console/alerts" } };
  event.waitUntil(self.registration.showNotification(told.title || "Duty desk", words));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  // Only a page of this desk, whatever the push said.
  const asked = new URL(event.notification.data.link, self.location.origin);
  const link = asked.pathname.startsWith("/console/") ? self.location.origin + asked.pathname + asked.search : self.location.origin + "/console/alerts";
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    for (const window of open) {
      if ("navigate" in window) { await window.focus(); return window.navigate(link); }
    }
    return self.clients.openWindow(link);
  })());
});
