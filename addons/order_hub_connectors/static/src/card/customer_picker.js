import { Component, onWillUnmount, useState } from "@odoo/owl";
import { dayText } from "./words";

/** Milliseconds after the last letter before it is searched. */
const PAUSE = 300;

/** Whom an order is for: one's own customers first, found by a few letters. */
export class CustomerPicker extends Component {
    static template = "order_hub_connectors.CardCustomerPicker";
    static props = {
        customers: Array,
        drafted: Array,
        find: Function,
        onChoose: Function,
    };

    setup() {
        this.dayText = dayText;
        this.state = useState({ words: "", found: null, isSearching: false });
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get rows() {
        return this.state.found || this.props.customers;
    }

    hasDraft(row) {
        return this.props.drafted.includes(row.id);
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
        this.state.isSearching = true;
        const found = await this.props.find(words);
        if (words === this.state.words.trim()) {
            Object.assign(this.state, { found, isSearching: false });
        }
    }
}
