import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { OfferCard } from "./offer_card";

/** The cards of problems like this one, each of which closes it with one tap. */
export class OffersField extends Component {
    static template = "order_hub_alerts.OffersField";
    static components = { OfferCard };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.view = useState({ isBusy: false });
        this.onSolve = this.solve.bind(this);
    }

    get offers() {
        return this.props.record.data[this.props.name] || [];
    }

    get isOpen() {
        return this.props.record.data.state === "open";
    }

    /** Save what was typed, close the problem with the card, show what became of it. */
    async solve(offer) {
        const { record } = this.props;
        this.view.isBusy = true;
        try {
            if (await record.save()) {
                await this.orm.call(record.resModel, "action_solve_with", [
                    [record.resId],
                    offer.id,
                ]);
                await record.load();
            }
        } finally {
            this.view.isBusy = false;
        }
    }
}

export const offersField = {
    component: OffersField,
    displayName: _t("Similar problems"),
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "state", type: "selection" }],
};
registry.category("fields").add("hub_offers", offersField);
