import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { bars, filled, FLOOR, FRAME, points, ticks, upward, across } from "./reliability_shape";
import { binWords, count, percent, summary } from "./reliability_words";

let lastId = 0;

/**
 * What a model said against what happened: on the diagonal it keeps its word. The
 * same figures stand in a table below, for those who do not see the drawing.
 */
export class Reliability extends Component {
    static template = "order_hub_alerts.Reliability";
    static props = { bins: { type: Array, optional: true } };
    static defaultProps = { bins: [] };

    setup() {
        this.id = `o_hub_reliability_${++lastId}`;
        this.frame = FRAME;
        this.floor = FLOOR;
        this.count = count;
        this.percent = percent;
        this.binWords = binWords;
    }

    get summary() {
        return summary(this.props.bins);
    }

    get filled() {
        return filled(this.props.bins);
    }

    get points() {
        return points(this.props.bins);
    }

    get bars() {
        return bars(this.props.bins);
    }

    get ticks() {
        return ticks();
    }

    get viewBox() {
        return `0 0 ${FRAME.width} ${FRAME.height}`;
    }

    /** The line on which every model should lie. */
    get diagonal() {
        return { x1: across(0), y1: upward(0), x2: across(1), y2: upward(1) };
    }
}

/** The diagram of the metrics that a form has. */
export class ReliabilityField extends Component {
    static template = "order_hub_alerts.ReliabilityField";
    static components = { Reliability };
    static props = { ...standardFieldProps };

    get bins() {
        return this.props.record.data[this.props.name]?.bins || [];
    }
}

registry.category("fields").add("hub_reliability", {
    component: ReliabilityField,
    supportedTypes: ["json"],
});
