import { onMounted, onWillStart, onWillUnmount, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

/** Many moves in a second are one refresh … */
export const DEBOUNCE = 1000;
/** … and a hundred screens do not ask in the same instant. */
export const JITTER = 1000;
export const PERIOD = 60_000;
export const RETRY = 10_000;

/**
 * Keep what the server says fresh without a reload: when a message comes over the
 * bus, every minute, and as soon as a lost connection is back. A hidden page asks
 * for nothing; it catches up when it is looked at again.
 *
 * @param {() => Promise<any>} load asks the server
 * @param {Object} options
 * @param {string} options.type of the bus message
 * @param {(payload: any) => boolean} [options.accepts] is the message about us?
 * @returns {{state: Object, refresh: () => Promise<void>}} state: `data` (null before
 *  the first answer), `error` (a sentence), `isOffline`, `isLive` (the bus is
 *  connected), `updatedAt`
 */
export function useLiveData(load, { type, accepts = () => true }) {
    const bus = useService("bus_service");
    const keepLast = new KeepLast();
    const state = useState({
        data: null,
        error: "",
        isOffline: false,
        isLive: bus.workerState !== "DISCONNECTED",
        updatedAt: null,
    });
    let timer = null;
    let isSoon = false;

    async function refresh() {
        schedule(PERIOD);
        try {
            const data = await keepLast.add(load());
            Object.assign(state, { data, error: "", isOffline: false });
            state.updatedAt = luxon.DateTime.now();
        } catch (error) {
            fail(error);
        }
    }

    function fail(error) {
        if (error instanceof ConnectionLostError) {
            state.isOffline = true;
            schedule(RETRY);
        } else {
            state.error = error.data?.message || error.message;
        }
    }

    function schedule(delay) {
        browser.clearTimeout(timer);
        isSoon = false;
        timer = browser.setTimeout(look, delay);
    }

    /** Refresh shortly; further messages until then change nothing. */
    function soon() {
        if (!isSoon) {
            schedule(DEBOUNCE + Math.random() * JITTER);
            isSoon = true;
        }
    }

    function look() {
        if (document.visibilityState === "hidden") {
            schedule(PERIOD);
        } else {
            refresh();
        }
    }

    const onMessage = (payload) => accepts(payload) && soon();
    const onConnect = () => {
        state.isLive = true;
        soon();
    };
    const onDisconnect = () => (state.isLive = false);

    onWillStart(() => void refresh());
    onMounted(() => {
        bus.subscribe(type, onMessage);
        bus.addEventListener("BUS:CONNECT", onConnect);
        bus.addEventListener("BUS:RECONNECT", onConnect);
        bus.addEventListener("BUS:DISCONNECT", onDisconnect);
        bus.start();
    });
    onWillUnmount(() => {
        browser.clearTimeout(timer);
        bus.unsubscribe(type, onMessage);
        bus.removeEventListener("BUS:CONNECT", onConnect);
        bus.removeEventListener("BUS:RECONNECT", onConnect);
        bus.removeEventListener("BUS:DISCONNECT", onDisconnect);
    });
    useExternalListener(window, "offline", () => (state.isOffline = true));
    useExternalListener(window, "online", soon);
    useExternalListener(document, "visibilitychange", soon);

    return { state, refresh };
}
