// Shows one page when there is no network. It keeps that page and what it looks like, nothing else: no answer
// to anybody who is signed in ever comes to rest here.
"use strict";
const PAGE = "/offline";
const SHELF = "archipel-offline-1";

const fetched = async () => {
  const shelf = await caches.open(SHELF);
  const page = await fetch(PAGE, { credentials: "omit", cache: "reload" });
  if (!page.ok) return;
  const text = await page.clone().text();
  await shelf.put(PAGE, page);
  const parts = [...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((found) => found[1]);
  await Promise.all(parts.map((part) => shelf.add(new Request(part, { credentials: "omit" }))));
};

self.addEventListener("install", (event) => {
  event.waitUntil(fetched().then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const others = (names) => Promise.all(names.filter((name) => name !== SHELF).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(others).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(PAGE).then((page) => page || Response.error())));
  } else if (new URL(request.url).pathname.startsWith("/static/")) {
    event.respondWith(fetch(request).catch(() => caches.match(request).then((kept) => kept || Response.error())));
  }
});
