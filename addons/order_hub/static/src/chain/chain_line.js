import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useAnswer } from "../use_answer";

/** One line on top of a confirmed order: what it waits for. */
export class HubChainLine extends Component {
    static template = "order_hub.ChainLine";
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useAnswer("hub_chain", {
            isAsked: (record) => record.data.state === "sale",
        }).state;
    }

    get sentence() {
        return this.state.data?.waits_for;
    }

    get isLate() {
        return this.state.data.counts.late > 0;
    }
}

export const hubChainLine = {
    component: HubChainLine,
    additionalClasses: ["o_hub_why_line_slot"],
};
registry.category("view_widgets").add("hub_chain_line", hubChainLine);
