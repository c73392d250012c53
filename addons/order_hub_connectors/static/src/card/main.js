import { App, whenReady } from "@odoo/owl";
import { getTemplate } from "@web/core/templates";
import { CardApp } from "./card_app";
import {_t} from "./words";

const KEPT = "order-hub-card-1";
const SCOPE = "/hub/card/";

/** Keep the empty form and its parts, and nothing of earlier versions. */
async function keepPage() {
    const parts = document.querySelectorAll("script[src], link[rel=stylesheet]");
    const urls = [...parts].map((part) => part.src || part.href);
    const page = location.origin + location.pathname;
    const kept = await caches.open(KEPT);
    await kept.addAll([page, ...urls]);
    const wanted = new Set([page, ...urls]);
    for (const request of await kept.keys()) {
        const isPage = new URL(request.url).pathname.startsWith(SCOPE);
        if (!wanted.has(request.url) && !isPage) {
            await kept.delete(request);
        }
    }
}

async function worksOffline() {
    if (!("serviceWorker" in navigator)) {
        return;
    }
    try {
        await navigator.serviceWorker.register(`${SCOPE}service-worker.js`, { scope: SCOPE });
        await navigator.serviceWorker.ready;
        await keepPage();
        document.body.dataset.offline = "ready";
    } catch {
        // Without a network the page does not open anew; what is open goes on.
        document.body.dataset.offline = "none";
    }
}

/** Open the form: once all of the program and its templates are there. */
async function start() {
    await whenReady();
    const root = document.getElementById("o_hub_card");
    const app = new App(CardApp, {
        getTemplate,
        translateFn: (text) => _t(text),
        props: { token: root.dataset.token },
    });
    await app.mount(root);
    await worksOffline();
}

start();
