import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const SIGNS = {
    ok: { icon: "fa-check-circle", color: "text-success" },
    warn: { icon: "fa-exclamation-triangle", color: "text-warning" },
    stop: { icon: "fa-times-circle", color: "text-danger" },
};

/** Old against new of a customer change, side by side: one row a figure. */
export class ChangeComparison extends Component {
    static template = "order_hub.ChangeComparison";
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }
}

/** What was looked at: a traffic light, its word, and what was found. */
export class ChangeChecks extends Component {
    static template = "order_hub.ChangeChecks";
    static props = { ...standardFieldProps };

    get checks() {
        const found = this.props.record.data[this.props.name] || [];
        return found.map((check) => ({ ...check, ...SIGNS[check.result] }));
    }
}

registry.category("fields").add("hub_change_comparison", {
    component: ChangeComparison,
    displayName: _t("Old against new"),
    supportedTypes: ["json"],
});
registry.category("fields").add("hub_change_checks", {
    component: ChangeChecks,
    displayName: _t("Checks of a change"),
    supportedTypes: ["json"],
});
