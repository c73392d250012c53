/** What is kept of customers and products of whom one has seen: the newest. */
const MOST_OFFERS = 30;
const MOST_CUSTOMERS = 200;

/**
 * What the phone keeps of one card: customers, offers, drafts, the queue.
 *
 * Where the browser keeps nothing (private window, full), all goes on without, and
 * `isKept` says so, for the page to tell.
 */
export class CardStore {
    constructor(token) {
        this.prefix = `order_hub_card:${token}:`;
        this.isKept = true;
    }

    get(name, otherwise = null) {
        try {
            const text = localStorage.getItem(this.prefix + name);
            return text === null ? otherwise : JSON.parse(text);
        } catch {
            return otherwise;
        }
    }

    set(name, value) {
        try {
            localStorage.setItem(this.prefix + name, JSON.stringify(value));
            this.isKept = true;
        } catch {
            this.isKept = false;
        }
    }

    remove(name) {
        try {
            localStorage.removeItem(this.prefix + name);
        } catch {
            this.isKept = false;
        }
    }

    // --- drafts: one a customer ---

    draft(customerId) {
        return this.get(`draft:${customerId}`);
    }

    keepDraft(customerId, draft) {
        this.set(`draft:${customerId}`, draft);
    }

    forgetDraft(customerId) {
        this.remove(`draft:${customerId}`);
    }

    /** Return the ids of the customers with a draft. */
    drafted() {
        const start = `${this.prefix}draft:`;
        try {
            return Object.keys(localStorage)
                .filter((key) => key.startsWith(start))
                .map((key) => Number(key.slice(start.length)));
        } catch {
            return [];
        }
    }

    // --- what the server said, for when it cannot be asked ---

    customers() {
        return this.get("customers", []);
    }

    /** Keep customers just seen before those known, each once. */
    keepCustomers(rows) {
        const fresh = new Set(rows.map((row) => row.id));
        const others = this.customers().filter((row) => !fresh.has(row.id));
        this.set("customers", [...rows, ...others].slice(0, MOST_CUSTOMERS));
    }

    offer(customerId) {
        return this.get("offers", []).find((row) => row.customer.id === customerId);
    }

    keepOffer(offer) {
        const others = this.get("offers", []).filter(
            (row) => row.customer.id !== offer.customer.id
        );
        this.set("offers", [offer, ...others].slice(0, MOST_OFFERS));
    }

    /** Forget what the server said; what was typed here stays. */
    forgetAnswers() {
        for (const name of ["customers", "offers", "opened"]) {
            this.remove(name);
        }
    }
}
