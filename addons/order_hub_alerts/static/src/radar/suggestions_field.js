import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const ICONS = {
    switch_supplier: "fa-exchange",
    transfer: "fa-truck",
    split: "fa-scissors",
    tell_customer: "fa-comment-o",
};

/** What helps an order at risk: one card a suggestion, one button a card. */
export class SuggestionsField extends Component {
    static template = "order_hub_alerts.SuggestionsField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ isBusy: false });
    }

    get suggestions() {
        return this.props.record.data[this.props.name] || [];
    }

    icon(kind) {
        return ICONS[kind] || "fa-lightbulb-o";
    }

    /** Open what a suggestion needs, and show what has changed when it is closed. */
    async take(number) {
        const { record } = this.props;
        this.state.isBusy = true;
        try {
            const action = await this.orm.call(record.resModel, "action_take", [
                [record.resId],
                number,
            ]);
            await this.action.doAction(action, { onClose: () => record.load() });
        } finally {
            this.state.isBusy = false;
        }
    }
}

export const suggestionsField = {
    component: SuggestionsField,
    displayName: _t("What Helps"),
    supportedTypes: ["json"],
};
registry.category("fields").add("order_hub_suggestions", suggestionsField);
