/* Opens the order form without a network: the empty form and its program are kept, never
 * an answer of the server. */

const KEPT = "order-hub-card-1";
/** Longer than this on a bad line, and the kept form opens. */
const PATIENCE = 4000;
const PAGE = /^\/hub\/card\/[\w-]+$/;
const PARTS = /^\/web\/assets\/|^\/order_hub_connectors\/static\//;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function takeOver() {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("order-hub-card-") && name !== KEPT);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== self.location.origin) {
        return;
    }
    if (request.mode === "navigate" && PAGE.test(url.pathname)) {
        event.respondWith(page(request, url.origin + url.pathname));
    } else if (PARTS.test(url.pathname)) {
        event.respondWith(part(request));
    }
});

/** The page: from the server if it answers in time, else as kept. */
async function page(request, address) {
    const kept = await caches.match(address);
    if (!kept) {
        return fetch(request);
    }
    const patience = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE));
    return Promise.race([fetch(request).catch(() => kept), patience]);
}

/** A part: its address says its version, so the kept one is right. */
async function part(request) {
    return (await caches.match(request)) || fetch(request);
}
