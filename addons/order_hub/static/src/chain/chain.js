import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useAnswer } from "../use_answer";
import {
    foldedAtFirst,
    foldLabel,
    isDue,
    kindIcon,
    lateness,
    MANY,
    names,
    PAGE,
    parents,
    stateIcon,
    visibleRows,
} from "./chain_words";

/**
 * The documents behind an order as one tree: what waits stands above what it waits
 * for. On top the one sentence that matters, below it as much as somebody unfolds.
 */
export class HubChain extends Component {
    static template = "order_hub.Chain";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        Object.assign(this, { foldLabel, isDue, kindIcon, lateness, names, stateIcon });
        this.view = useState({ filter: "all", search: "", folds: {}, limit: PAGE });
        const { state, retry } = useAnswer("hub_chain", {
            onChanged: () => {
                this.view.limit = PAGE;
            },
        });
        this.state = state;
        this.retry = retry;
    }

    get rows() {
        return this.state.data.rows;
    }

    get isEmpty() {
        return this.rows.length < 2;
    }

    get isMany() {
        return this.rows.length >= MANY;
    }

    get isLookingFor() {
        return this.view.filter !== "all" || Boolean(this.view.search.trim());
    }

    /** Keys of folded branches: those folded at first, and what the reader changed. */
    get folded() {
        const folded = foldedAtFirst(this.rows);
        for (const [key, isFolded] of Object.entries(this.view.folds)) {
            folded[isFolded ? "add" : "delete"](key);
        }
        return folded;
    }

    /** What the template needs, looked up once a rendering. */
    get shown() {
        const { filter, search, limit } = this.view;
        const folded = this.folded;
        const found = visibleRows(this.rows, { filter, search, folded });
        return {
            rows: found.slice(0, limit),
            more: Math.max(found.length - limit, 0),
            parents: parents(this.rows),
            folded: this.isLookingFor ? new Set() : folded,
        };
    }

    get filters() {
        const { open, late } = this.state.data.counts;
        return { open, late };
    }

    setFilter(filter) {
        this.view.filter = this.view.filter === filter ? "all" : filter;
        this.view.limit = PAGE;
    }

    toggle(key) {
        this.view.folds[key] = !this.folded.has(key);
    }

    showMore() {
        this.view.limit += PAGE;
    }

    open(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.model,
            res_id: row.id,
            views: [[false, "form"]],
            target: "current",
        });
    }
}

export const hubChain = { component: HubChain, additionalClasses: ["w-100"] };
registry.category("view_widgets").add("hub_chain", hubChain);
