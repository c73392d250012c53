import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useWhy } from "./use_why";
import { WhyRules } from "./why_rules";
import { hasCandidates, isNotable, kindIcon, origin, sourceStyle } from "./why_words";

/**
 * Why an order is where it is: one row a decision, in reading order, each with what
 * was chosen, because of what, and by whom. Candidates and the rules that were tried
 * are folded away until somebody asks.
 */
export class HubWhy extends Component {
    static template = "order_hub.Why";
    static components = { WhyRules };
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.kindIcon = kindIcon;
        this.sourceStyle = sourceStyle;
        this.hasCandidates = hasCandidates;
        this.view = useState({ tables: {}, isRulesOpen: false, looks: 0 });
        const { state, retry } = useWhy(() => this.view.looks++);
        this.state = state;
        this.retry = retry;
    }

    get resId() {
        return this.props.record.resId;
    }

    get decisions() {
        return this.state.data.decisions;
    }

    isNotable(decision) {
        return isNotable(decision, this.state.data.version);
    }

    origin(decision) {
        return origin(decision, this.state.data.version);
    }

    toggleTable(kind) {
        this.view.tables[kind] = !this.view.tables[kind];
    }

    toggleRules() {
        this.view.isRulesOpen = !this.view.isRulesOpen;
    }

    /** Open the form that decides otherwise; what was typed on the order is saved first. */
    async overrule(kind) {
        const { record } = this.props;
        if ((await record.isDirty()) && !(await record.save())) {
            return;
        }
        await this.action.doActionButton({
            type: "object",
            name: "action_hub_overrule",
            args: JSON.stringify([kind]),
            resModel: record.resModel,
            resId: record.resId,
            resIds: [record.resId],
            context: record.context,
            onClose: () => record.load(),
        });
    }
}

export const hubWhy = { component: HubWhy, additionalClasses: ["w-100"] };
registry.category("view_widgets").add("hub_why", hubWhy);
