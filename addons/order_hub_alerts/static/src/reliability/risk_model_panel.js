import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Reliability } from "./reliability";
import { count, figure, percent } from "./reliability_words";

/** Callers in the order in which they are compared, with what they are called. */
const CALLERS = [
    ["model", _t("Probability")],
    ["rule", _t("Plain rule (mean × 1.3)")],
    ["radar", _t("Radar, red")],
];

/**
 * How the model, the plain rule and the radar's red ones did on the same later
 * orders.
 *
 * @param {Object} metrics as `engine/risk_backtest.py` makes them
 * @returns {Object[]} one row a caller; empty if there was no back-test
 */
export function comparison(metrics) {
    if (!metrics || !metrics.test) {
        return [];
    }
    return CALLERS.map(([name, label]) => {
        const of = name === "model" ? metrics : metrics[name] || {};
        return {
            name,
            label,
            calls: count(of.calls),
            hits: count(of.hits),
            misses: count(of.misses),
            precision: percent(of.precision),
            recall: percent(of.recall),
            brier: figure(of.brier),
        };
    });
}

/** How the back-test went, caller by caller. */
export class RiskComparison extends Component {
    static template = "order_hub_alerts.RiskComparison";
    static props = { metrics: { type: [Object, Boolean], optional: true } };

    get rows() {
        return comparison(this.props.metrics);
    }

    get facts() {
        const { metrics } = this.props;
        return _t("%(late)s of %(test)s orders were late; discrimination (AUC) %(auc)s.", {
            late: count(metrics.late),
            test: count(metrics.test),
            auc: figure(metrics.auc, 2),
        });
    }
}

/** The comparison of the metrics that a form has. */
export class RiskComparisonField extends Component {
    static template = "order_hub_alerts.RiskComparisonField";
    static components = { RiskComparison };
    static props = { ...standardFieldProps };

    get metrics() {
        return this.props.record.data[this.props.name] || {};
    }
}

registry.category("fields").add("hub_risk_comparison", {
    component: RiskComparisonField,
    supportedTypes: ["json"],
});

/**
 * The probability of a company: whether it is on and why, how it did, and the
 * diagram. Also shown while it is off, or before there is any.
 */
export class RiskModelPanel extends Component {
    static template = "order_hub_alerts.RiskModelPanel";
    static components = { Reliability, RiskComparison };
    static props = { model: { type: Object, optional: true } };
    static defaultProps = { model: {} };

    get bins() {
        return this.props.model.metrics?.bins || [];
    }
}

/** The same on the radar's own screen, which says only whose it is. */
export class RiskModelScreen extends Component {
    static template = "order_hub_alerts.RiskModelScreen";
    static components = { RiskModelPanel };
    static props = {
        companyId: { type: [Number, Boolean], optional: true },
        "*": true,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ model: {}, isBroken: false });
        onWillStart(() => this.load(this.props.companyId));
        onWillUpdateProps(({ companyId }) => {
            if (companyId !== this.props.companyId) {
                return this.load(companyId);
            }
        });
    }

    /** The rest of the screen goes on when this part cannot be read. */
    async load(companyId) {
        try {
            const model = await this.orm.call("order.hub.risk.model", "panel_data", [
                companyId || false,
            ]);
            Object.assign(this.state, { model, isBroken: false });
        } catch {
            this.state.isBroken = true;
        }
    }

    openTrainings() {
        return this.action.doAction("order_hub_alerts.order_hub_risk_model_action");
    }
}

registry
    .category("order_hub_radar_panels")
    .add("risk_model", { Component: RiskModelScreen, sequence: 50 });
