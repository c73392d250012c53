import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const ICONS = { green: "fa-check-circle", yellow: "fa-exclamation-circle", red: "fa-bell" };
const CLASSES = {
    green: "text-bg-success",
    yellow: "text-bg-warning",
    red: "text-bg-danger",
};

/** The colour of the radar as an icon and a word: never colour alone. */
export class RiskField extends Component {
    static template = "order_hub_alerts.RiskField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get label() {
        const { selection } = this.props.record.fields[this.props.name];
        return selection.find(([value]) => value === this.value)?.[1] || "";
    }

    get icon() {
        return ICONS[this.value];
    }

    get badge() {
        return CLASSES[this.value];
    }
}

export const riskField = {
    component: RiskField,
    displayName: _t("Delivery Risk"),
    supportedTypes: ["selection"],
};
registry.category("fields").add("order_hub_risk", riskField);
