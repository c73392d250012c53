import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { formatFloat } from "@web/views/fields/formatters";

/** Two orders side by side; what differs is marked by a word and a colour. */
export class DuplicateField extends Component {
    static template = "order_hub_connectors.Duplicate";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get data() {
        return this.props.record.data[this.props.name];
    }

    /** A quantity as people write it; what one side lacks is a dash. */
    quantity(number) {
        return typeof number === "number" ? formatFloat(number, { trailingZeros: false }) : "–";
    }

    text(value) {
        return value || "–";
    }

    mark(row) {
        return row.same ? _t("same") : _t("differs");
    }

    get why() {
        return _t("Why %s of 100 points", this.data.score);
    }

    share(row) {
        return row.of ? Math.round((100 * row.points) / row.of) : 0;
    }

    open(side) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: side.model,
            res_id: side.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("order_hub_duplicate", {
    component: DuplicateField,
    displayName: _t("Side by Side"),
    supportedTypes: ["json", "jsonb"],
});
