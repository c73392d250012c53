import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { newKey } from "./queue";
import { Scanner, canScan } from "./scanner";
import { _t, dayAfter, dayText, numberText } from "./words";

const PAUSE = 300;
/** In the list of addresses: one that is typed in. */
const OTHER = "other";

/** Products, date, address and remark for one customer; kept at every letter. */
export class OrderForm extends Component {
    static template = "order_hub_connectors.CardOrderForm";
    static components = { Scanner };
    static props = {
        customer: Object,
        today: String,
        store: Object,
        fillIn: Function,
        findProducts: Function,
        onSend: Function,
    };

    setup() {
        Object.assign(this, { dayText, numberText, OTHER, canScan: canScan() });
        this.state = useState({
            products: [],
            addresses: [],
            isLoading: true,
            isUnknown: false,
            words: "",
            found: null,
            isScanning: false,
            trouble: "",
            draft: this.emptyDraft(),
        });
        onWillStart(() => this.start());
        onWillUnmount(() => clearTimeout(this.timer));
    }

    emptyDraft() {
        return { quantities: {}, added: [], day: "", ship_to: 0, address: "", note: "" };
    }

    /** Show what is kept at once; what the server fills in follows. */
    start() {
        const { customer, store } = this.props;
        const draft = store.draft(customer.id);
        if (draft) {
            this.state.draft = { ...this.emptyDraft(), ...draft };
        }
        const kept = store.offer(customer.id);
        if (kept) {
            this.take(kept);
        }
        this.load();
    }

    async load() {
        const offer = await this.props.fillIn(this.props.customer);
        if (offer) {
            this.take(offer);
        }
        Object.assign(this.state, { isLoading: false, isUnknown: !offer });
    }

    take({ products, addresses }) {
        Object.assign(this.state, { products, addresses, isLoading: false });
    }

    // --- products ---

    /** Return the rows shown: those added here on top, then those bought before. */
    get rows() {
        const { added } = this.state.draft;
        const ids = new Set(added.map((row) => row.id));
        return [...added, ...this.state.products.filter((row) => !ids.has(row.id))];
    }

    get ordered() {
        return this.rows.filter((row) => this.quantity(row) > 0);
    }

    quantity(row) {
        const text = this.state.draft.quantities[row.id] || "";
        return Number(String(text).replace(",", ".")) || 0;
    }

    setQuantity(row, text) {
        this.state.draft.quantities[row.id] = text;
        this.state.trouble = "";
        this.keep();
    }

    step(row, by) {
        const quantity = Math.max(0, this.quantity(row) + by);
        this.setQuantity(row, quantity ? String(quantity) : "");
    }

    again(row) {
        this.setQuantity(row, String(row.last_quantity));
    }

    lastText(row) {
        return _t(
            "Last: %s on %s, at %s",
            `${numberText(row.last_quantity)} ${row.unit}`,
            dayText(row.last_date),
            row.last_price_text
        );
    }

    type(event) {
        this.state.words = event.target.value;
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.search(), PAUSE);
    }

    async search() {
        const words = this.state.words.trim();
        if (!words) {
            this.state.found = null;
            return;
        }
        const found = (await this.props.findProducts(words)) || this.known(words);
        if (words === this.state.words.trim()) {
            this.state.found = found;
        }
    }

    /** Return those of the rows shown that words or a bar code find. */
    known(words) {
        const wanted = words.toLowerCase().split(/\s+/);
        return this.rows.filter((row) => {
            const text = `${row.code} ${row.barcode} ${row.name}`.toLowerCase();
            return wanted.every((word) => text.includes(word));
        });
    }

    /** Put a product on top of the list, one piece of it if none yet. */
    add(row) {
        const { draft } = this.state;
        draft.added = [row, ...draft.added.filter((each) => each.id !== row.id)];
        Object.assign(this.state, { words: "", found: null });
        this.setQuantity(row, draft.quantities[row.id] || "1");
    }

    async scanned(code) {
        Object.assign(this.state, { isScanning: false, words: code });
        await this.search();
        if (this.state.found?.length === 1) {
            this.add(this.state.found[0]);
        }
    }

    // --- the rest ---

    set(name, value) {
        this.state.draft[name] = value;
        this.state.trouble = "";
        this.keep();
    }

    chooseAddress(value) {
        this.set("ship_to", value === OTHER ? OTHER : Number(value));
    }

    get days() {
        const { today } = this.props;
        return [
            { label: _t("Today"), day: today },
            { label: _t("Tomorrow"), day: dayAfter(today, 1) },
            { label: _t("In a Week"), day: dayAfter(today, 7) },
        ];
    }

    /** Keep the draft on the phone; an empty one is forgotten. */
    keep() {
        const { customer, store } = this.props;
        const { draft } = this.state;
        const isEmpty = !this.ordered.length && !draft.note && !draft.day;
        if (isEmpty) {
            store.forgetDraft(customer.id);
        } else {
            store.keepDraft(customer.id, draft);
        }
    }

    get countText() {
        const count = this.ordered.length;
        return count === 1 ? _t("1 product") : _t("%s products", count);
    }

    get wrong() {
        const { draft } = this.state;
        if (!this.ordered.length) {
            return _t("Enter a quantity for at least one product.");
        }
        if (draft.day && draft.day < this.props.today) {
            return _t("Choose a delivery date that is still to come.");
        }
        if (draft.ship_to === OTHER && !draft.address.trim()) {
            return _t("Type the address in, or choose one.");
        }
        return "";
    }

    send() {
        this.state.trouble = this.wrong;
        if (!this.state.trouble) {
            this.props.onSend(this.entry());
        }
    }

    /** Return what goes into the queue; it is never changed any more. */
    entry() {
        const draft = JSON.parse(JSON.stringify(this.state.draft));
        const isOther = draft.ship_to === OTHER;
        const lines = this.ordered.map((row) => ({
            product: row.id,
            quantity: String(this.quantity(row)),
        }));
        const goods = this.ordered.map(
            (row) => `${numberText(this.quantity(row))} × ${row.code} ${row.name}`
        );
        return {
            customer: { id: this.props.customer.id, name: this.props.customer.name },
            goods,
            draft,
            form: {
                key: newKey(),
                customer: this.props.customer.id,
                lines,
                ship_to: isOther ? 0 : draft.ship_to,
                address: isOther ? draft.address : "",
                day: draft.day,
                note: draft.note,
            },
        };
    }
}
