import { Component, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/** Sign and colour of each degree of likeness; the word beside them says the same. */
const BANDS = {
    very: { icon: "fa-star", style: "text-bg-success" },
    similar: { icon: "fa-star-half-o", style: "text-bg-info" },
    somewhat: { icon: "fa-star-o", style: "text-bg-secondary" },
};

/**
 * A card of a problem that was solved before: why it is offered, what helped, and
 * what people think of it. Cause and prevention are folded away until asked for.
 */
export class OfferCard extends Component {
    static template = "order_hub_alerts.OfferCard";
    static props = {
        offer: Object,
        onSolve: { type: Function, optional: true },
        isBusy: { type: Boolean, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.view = useState({ isOpen: false, votes: {} });
    }

    get band() {
        return BANDS[this.props.offer.band];
    }

    /** What was voted: as the server said, or as it said after the last vote here. */
    get votes() {
        return this.view.votes[this.props.offer.id] || this.props.offer;
    }

    toggle() {
        this.view.isOpen = !this.view.isOpen;
    }

    async vote(isUseful) {
        const { id } = this.props.offer;
        this.view.votes[id] = await this.orm.call(
            "order.hub.disposition",
            "action_vote",
            [[id], isUseful]
        );
    }

    openCard() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "order.hub.disposition",
            res_id: this.props.offer.id,
            views: [[false, "form"]],
        });
    }
}
