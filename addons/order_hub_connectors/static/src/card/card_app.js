import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { CustomerPicker } from "./customer_picker";
import { OrderForm } from "./order_form";
import { Queue } from "./queue";
import { QueueList } from "./queue_list";
import { CardServer, Closed, LoggedOut, Offline } from "./server";
import { CardStore } from "./store";
import { _t } from "./words";

/** What may stop a question; anything else is a mistake of the program. */
const KNOWN = [Closed, LoggedOut, Offline];
/** Milliseconds after which a server that was not reached is asked again. */
const AGAIN = 5000;

/** The phone form of one card: whom for, what, and what became of it. */
export class CardApp extends Component {
    static template = "order_hub_connectors.CardApp";
    static components = { CustomerPicker, OrderForm, QueueList };
    static props = { token: String };

    setup() {
        this.store = new CardStore(this.props.token);
        this.server = new CardServer(this.props.token, {
            reached: () => Object.assign(this.state, { network: "on" }),
            failed: (error) => this.failed(error),
        });
        const opened = this.store.get("opened", {});
        this.state = useState({
            ...{ user: "", company: "", today: "", is_on: true },
            ...opened,
            customers: this.store.customers(),
            customer: null,
            entries: [],
            network: navigator.onLine ? "on" : "off",
            latest: "",
        });
        this.queue = new Queue(this.store, this.server, (entries) =>
            Object.assign(this.state, { entries })
        );
        this.state.entries = this.queue.entries();
        this.wake = this.wake.bind(this);
        onMounted(() => this.start());
        onWillUnmount(() => this.end());
    }

    start() {
        window.addEventListener("online", this.wake);
        window.addEventListener("offline", this.wake);
        document.addEventListener("visibilitychange", this.wake);
        this.wake();
    }

    end() {
        clearTimeout(this.again);
        window.removeEventListener("online", this.wake);
        window.removeEventListener("offline", this.wake);
        document.removeEventListener("visibilitychange", this.wake);
    }

    /** The network or the page is back, or gone: a phone may only think it is online. */
    async wake() {
        clearTimeout(this.again);
        if (document.visibilityState !== "visible") {
            return;
        }
        if (!navigator.onLine) {
            this.state.network = "off";
            return;
        }
        await this.tried(() => this.open());
        if (this.state.network === "off") {
            this.again = setTimeout(this.wake, AGAIN);
        }
    }

    async open() {
        const opened = await this.server.ask("open");
        this.store.set("opened", { ...opened, customers: undefined });
        this.store.keepCustomers(opened.customers);
        Object.assign(this.state, { ...opened, customers: this.store.customers() });
        await this.queue.flush();
        await this.queue.refresh();
    }

    /**
     * Return what a question to the server answers; `null` when it cannot be asked.
     *
     * @param {Function} work
     */
    async tried(work) {
        try {
            return await work();
        } catch (error) {
            if (KNOWN.some((each) => error instanceof each)) {
                return null;
            }
            throw error;
        }
    }

    failed(error) {
        if (error instanceof Closed) {
            this.store.forgetAnswers();
            this.state.network = "closed";
        } else if (error instanceof LoggedOut) {
            this.state.network = "logged_out";
        } else {
            this.state.network = "off";
        }
    }

    get loginUrl() {
        const page = encodeURIComponent(location.pathname);
        return `/web/login?redirect=${page}`;
    }

    /** Return the present day: the company's, or the phone's where that is later. */
    get today() {
        const here = new Date();
        here.setMinutes(here.getMinutes() - here.getTimezoneOffset());
        const day = here.toISOString().slice(0, 10);
        return day > this.state.today ? day : this.state.today;
    }

    get isKept() {
        return this.store.isKept;
    }

    get title() {
        return this.state.customer ? this.state.customer.name : _t("New Order");
    }

    // --- whom for ---

    /** Return the customers that words find: of the server, else of those known. */
    async find(words) {
        const answer = await this.tried(() => this.server.ask("customers", { words }));
        if (answer) {
            this.store.keepCustomers(answer.customers);
            return answer.customers;
        }
        const wanted = words.toLowerCase().split(/\s+/);
        return this.store.customers().filter((row) => {
            const text = `${row.name} ${row.place}`.toLowerCase();
            return wanted.every((word) => text.includes(word));
        });
    }

    choose(customer) {
        Object.assign(this.state, { customer, latest: "" });
        window.scrollTo(0, 0);
    }

    leave() {
        this.state.customer = null;
        this.state.customers = this.store.customers();
    }

    get drafted() {
        return this.store.drafted();
    }

    // --- what ---

    /** Return what is filled in for a customer: of the server, else as kept. */
    async fillIn(customer) {
        const params = { customer: customer.id };
        const answer = await this.tried(() => this.server.ask("customer", params));
        if (answer && !answer.error) {
            this.store.keepOffer(answer);
            return answer;
        }
        return this.store.offer(customer.id) || null;
    }

    async findProducts(words) {
        const params = { customer: this.state.customer.id, words };
        const answer = await this.tried(() => this.server.ask("products", params));
        return answer && answer.products;
    }

    /** Put an order into the queue; it goes out at once if there is a network. */
    async send(entry) {
        this.state.latest = entry.form.key;
        this.store.forgetDraft(entry.customer.id);
        this.leave();
        window.scrollTo(0, 0);
        await this.queue.add(entry);
    }

    // --- what became of it ---

    /** Open an order that the server did not take, to change it: a new form. */
    change(entry) {
        this.store.keepDraft(entry.customer.id, entry.draft);
        this.queue.remove(entry.form.key);
        this.choose(entry.customer);
    }

    retry() {
        return this.wake();
    }
}
