import { Closed, LoggedOut } from "./server";

/** Orders that are done with and still shown. */
const MOST_SHOWN = 20;
/** Milliseconds until the next try; longer each time, and then the last one. */
const PAUSES = [3000, 5000, 10000, 30000, 60000];

/** Return 32 hexadecimal digits that no other form has. */
export function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Orders on their way: kept on the phone until the server has said what became of them.
 *
 * An entry never changes once it is in the queue, so that sending it again, because the
 * answer was lost, is the same order. States: `saved`, `sending`, then what the server
 * says: `taken`, `waiting`, `aside`, or `wrong`.
 */
export class Queue {
    /**
     * @param {CardStore} store
     * @param {CardServer} server
     * @param {Function} changed called with the entries whenever they change
     */
    constructor(store, server, changed) {
        this.store = store;
        this.server = server;
        this.changed = changed;
        this.tries = 0;
        this.timer = null;
    }

    entries() {
        return this.store.get("queue", []);
    }

    /** Return the entries that the server has not answered. */
    open() {
        return this.entries().filter((each) => ["saved", "sending"].includes(each.state));
    }

    keep(entries) {
        const isOpen = (each) => ["saved", "sending", "wrong"].includes(each.state);
        const done = entries.filter((each) => !isOpen(each)).slice(0, MOST_SHOWN);
        const kept = entries.filter((each) => isOpen(each) || done.includes(each));
        this.store.set("queue", kept);
        this.changed(kept);
    }

    add(entry) {
        this.keep([{ ...entry, state: "saved" }, ...this.entries()]);
        return this.flush();
    }

    update(key, values) {
        const change = (each) => (each.form.key === key ? { ...each, ...values } : each);
        this.keep(this.entries().map(change));
    }

    remove(key) {
        this.keep(this.entries().filter((each) => each.form.key !== key));
    }

    /** Send what waits, oldest first, in one tab at a time. */
    async flush() {
        clearTimeout(this.timer);
        if (!navigator.locks) {
            return this.sendAll();
        }
        return navigator.locks.request(this.store.prefix, () => this.sendAll());
    }

    async sendAll() {
        for (const entry of this.open().reverse()) {
            try {
                await this.send(entry);
                this.tries = 0;
            } catch (error) {
                this.update(entry.form.key, { state: "saved" });
                this.stop(error);
                return;
            }
        }
    }

    async send(entry) {
        const key = entry.form.key;
        this.update(key, { state: "sending" });
        const answer = await this.server.ask("send", { form: entry.form });
        this.update(key, answer.wrong ? { state: "wrong", message: answer.wrong } : answer);
    }

    /** Ask again what became of orders that a person had to look at. */
    async refresh() {
        for (const entry of this.entries().filter((each) => each.state === "waiting")) {
            const answer = await this.server.ask("send", { form: entry.form });
            if (!answer.wrong) {
                this.update(entry.form.key, answer);
            }
        }
    }

    /** Try later, unless somebody has to do something first. */
    stop(error) {
        if (error instanceof LoggedOut || error instanceof Closed) {
            return;
        }
        const pause = PAUSES[Math.min(this.tries, PAUSES.length - 1)];
        this.tries += 1;
        this.timer = setTimeout(() => this.flush(), pause);
    }
}
