import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Further panels below the figures: `{ Component, sequence }`. */
const panels = registry.category("order_hub_radar_panels");

/** A share as a person reads it; nothing was counted: a dash, never zero. */
export function percent(share) {
    return typeof share === "number" ? `${Math.round(100 * share)} %` : "–";
}

/** Hours as days once there are many of them. */
export function lead(hours) {
    if (typeof hours !== "number") {
        return "–";
    }
    return hours >= 72
        ? _t("%s days", Math.round(hours / 24))
        : _t("%s h", Math.round(hours));
}

/** Heights of the bars of a month, 0 to 100, with the same scale for all. */
export function bars(days) {
    const tops = days.map((day) => day.hits + day.false_alarms + day.misses);
    const most = Math.max(1, ...tops);
    return days.map((day) => ({
        ...day,
        number: day.day.slice(8),
        height: (count) => (100 * count) / most,
    }));
}

/**
 * How right the radar was last month, beside the plain 1.3 rule. Every number opens
 * the orders that it counted.
 */
export class RadarQuality extends Component {
    static template = "order_hub_alerts.RadarQuality";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.percent = percent;
        this.lead = lead;
        this.state = useState({ data: null, isLoading: true, error: "" });
        onWillStart(() => this.load());
    }

    get panels() {
        return panels
            .getEntries()
            .map(([name, panel]) => ({ name, ...panel }))
            .sort((one, other) => (one.sequence || 0) - (other.sequence || 0));
    }

    get bars() {
        return bars(this.state.data.days);
    }

    get hasFigures() {
        return this.state.data.callers.some(
            (caller) => caller.figures.judged || caller.figures.unseen
        );
    }

    get unseen() {
        return this.state.data.callers[0].figures.unseen;
    }

    async load(month = false) {
        this.state.isLoading = true;
        this.state.error = "";
        try {
            this.state.data = await this.orm.call(
                "order.hub.risk.quality",
                "quality_data",
                [month]
            );
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        }
        this.state.isLoading = false;
    }

    async open(caller, cell) {
        const { month } = this.state.data;
        const action = await this.orm.call("order.hub.risk.quality", "quality_orders", [
            month,
            caller,
            cell,
        ]);
        await this.action.doAction(action);
    }

    openRadar() {
        return this.action.doAction("order_hub_alerts.order_hub_risk_scheme_action");
    }
}

registry.category("actions").add("order_hub_alerts.radar_quality", RadarQuality);
