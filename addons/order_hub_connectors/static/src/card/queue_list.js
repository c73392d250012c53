import { Component, useState } from "@odoo/owl";
import { _t } from "./words";

/** What each state is called; never colour alone. */
const WORDS = {
    saved: () => _t("Saved on this phone"),
    sending: () => _t("Sending"),
    taken: () => _t("Sent"),
    waiting: () => _t("Arrived"),
    aside: () => _t("Put aside"),
    wrong: () => _t("Has to be changed"),
};

/** Orders entered on this phone, and what became of them. */
export class QueueList extends Component {
    static template = "order_hub_connectors.CardQueueList";
    static props = {
        entries: Array,
        latest: String,
        onChange: Function,
        onRemove: Function,
        onRetry: Function,
    };

    setup() {
        this.state = useState({ copied: "", asked: "" });
        this.canShare = Boolean(navigator.share);
    }

    word(entry) {
        return WORDS[entry.state]();
    }

    isOpen(entry) {
        return ["saved", "sending"].includes(entry.state);
    }

    async copy(entry) {
        try {
            await navigator.clipboard.writeText(entry.text);
        } catch {
            this.copyOld(entry.text);
        }
        this.state.copied = entry.form.key;
    }

    /** Copy where the browser keeps its clipboard for secure pages. */
    copyOld(text) {
        const area = document.createElement("textarea");
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
    }

    async share(entry) {
        try {
            await navigator.share({ text: entry.text });
        } catch {
            // The salesperson thought better of it.
        }
    }

    /** Take an order out that was not sent: asked once more. */
    remove(entry) {
        if (this.state.asked === entry.form.key) {
            this.props.onRemove(entry.form.key);
        } else {
            this.state.asked = entry.form.key;
        }
    }
}
