import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { sentence } from "./use_why";
import { filterRules, MAX_RULES } from "./why_words";

/** The rules in force against one order: which fit, and why the others do not. */
export class WhyRules extends Component {
    static template = "order_hub.WhyRules";
    static props = { resId: Number, looks: Number };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ data: null, error: "", search: "" });
        onWillStart(() => {
            this.load(this.props.resId);
        });
        onWillUpdateProps((next) => {
            if (next.resId !== this.props.resId || next.looks !== this.props.looks) {
                this.load(next.resId);
            }
        });
    }

    get hasSearch() {
        return this.state.data.rules.length > MAX_RULES;
    }

    get rules() {
        return filterRules(this.state.data.rules, this.hasSearch ? this.state.search : "");
    }

    async load(resId) {
        this.state.error = "";
        const answer = this.orm.silent.call("sale.order", "hub_rules_explained", [[resId]]);
        try {
            this.state.data = await this.keepLast.add(answer);
        } catch (error) {
            this.state.error = sentence(error);
        }
    }
}
