import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A sign where something is wrong, with the sentence in its tooltip. */
export class ProblemField extends Component {
    static template = "order_hub.ProblemField";
    static props = { ...standardFieldProps };

    get problem() {
        return this.props.record.data[this.props.name] || "";
    }
}

export const problemField = {
    component: ProblemField,
    displayName: _t("Problem sign"),
    supportedTypes: ["char", "text"],
};
registry.category("fields").add("hub_problem", problemField);
