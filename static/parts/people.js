// Comfort for people: a page that says so when there is no network. Nothing private is kept for it.
"use strict";
if ("serviceWorker" in navigator && window.isSecureContext) {
  const ours = window.trustedTypes
    ? window.trustedTypes.createPolicy("archipel-worker", { createScriptURL: (path) => (path === "/sw.js" ? path : "") })
    : null;
  navigator.serviceWorker.register(ours ? ours.createScriptURL("/sw.js") : "/sw.js", { scope: "/" }).catch(() => {});
}
for (const again of document.querySelectorAll("[data-again]")) {
  again.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  });
}
