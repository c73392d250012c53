import { Component, useState } from "@odoo/owl";
import { formatFloat } from "@web/core/utils/numbers";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";

/** Reasons that one tap gives; any other is typed. */
const REASONS = [_t("Miscounted"), _t("Damaged"), _t("Found elsewhere")];

/**
 * Correct a stock figure: one product, one place, what is really there, and why.
 *
 * The server counts by Odoo's own inventory and lets waiting orders find their
 * warehouse again.
 */
export class ScanStock extends Component {
    static template = "order_hub.ScanStock";
    static props = { found: Object, onNext: Function };

    setup() {
        this.orm = useService("orm");
        this.reasons = REASONS;
        this.state = useState({
            found: this.props.found,
            place: null,
            quantity: "",
            reason: "",
            error: "",
            isBusy: false,
            done: null,
        });
        this.choosePlaceIfOnly();
    }

    get place() {
        return this.state.found.places.find((place) => place.id === this.state.place);
    }

    get canSave() {
        const { place, quantity, reason, isBusy } = this.state;
        const isNumber = String(quantity).trim() !== "" && Number(quantity) >= 0;
        return Boolean(place && isNumber && reason.trim() && !isBusy);
    }

    choosePlaceIfOnly() {
        const places = this.state.found.places || [];
        if (places.length === 1) {
            this.state.place = places[0].id;
        }
    }

    choosePlace(place) {
        this.state.place = place.id;
    }

    chooseReason(reason) {
        this.state.reason = reason.toString();
    }

    /** Count one of the products that lie in a scanned location. */
    async openProduct(product) {
        const location = this.state.found.location;
        const found = await this.call("find", [product.scan]);
        if (found?.error) {
            this.state.error = found.error;
        } else if (found) {
            Object.assign(this.state, { found, place: location.id });
        }
    }

    async save() {
        if (!this.canSave) {
            return;
        }
        const { found, place, quantity, reason } = this.state;
        const args = [found.product.id, place, Number(quantity), reason];
        const done = await this.call("correct", args);
        if (done) {
            Object.assign(this.state, { found: done, done });
        }
    }

    async call(method, args) {
        Object.assign(this.state, { isBusy: true, error: "" });
        try {
            return await this.orm.call("order.hub.stock.correction", method, args);
        } catch (error) {
            this.state.error =
                error instanceof ConnectionLostError
                    ? _t("The connection was lost. Scan the product again to see what is on record.")
                    : error.data?.message || error.message;
        } finally {
            this.state.isBusy = false;
        }
    }

    number(quantity) {
        return formatFloat(quantity, { digits: [16, 2], trailingZeros: false });
    }

    ordersText() {
        const count = this.state.done.orders;
        if (!count) {
            return _t("No waiting order wants it.");
        }
        return count === 1
            ? _t("1 waiting order was decided again.")
            : _t("%s waiting orders were decided again.", count);
    }
}
