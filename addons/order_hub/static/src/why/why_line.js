import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useWhy } from "./use_why";
import { headline, kindIcon } from "./why_words";

/** One line on top of the order: what matters most of what was decided, and why. */
export class HubWhyLine extends Component {
    static template = "order_hub.WhyLine";
    static props = { ...standardWidgetProps };

    setup() {
        this.kindIcon = kindIcon;
        this.state = useWhy().state;
    }

    get decision() {
        return this.state.data && headline(this.state.data.decisions);
    }
}

export const hubWhyLine = { component: HubWhyLine, additionalClasses: ["o_hub_why_line_slot"] };
registry.category("view_widgets").add("hub_why_line", hubWhyLine);
