import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { InboundEvidence } from "./evidence";

const ICONS = {
    ok: "fa-check-circle text-success",
    doubt: "fa-exclamation-triangle text-warning",
    stop: "fa-hand-paper-o text-danger",
    idle: "fa-circle-thin text-muted",
};

/**
 * One inbound order: its steps with what each did, what is wrong in which field with
 * a place to put it right, the order as understood, and the payload as it came.
 */
export class InboundScreen extends Component {
    static template = "order_hub_connectors.InboundScreen";
    static components = { InboundEvidence };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({
            data: null,
            typed: {},
            added: 0,
            isSaving: false,
            tab: "order",
        });
        const keepLast = new KeepLast();
        let shown = null;
        useRecordObserver(async (record) => {
            const key = `${record.resId}/${record.data.state}/${record.data.processed_at}`;
            if (!record.resId || key === shown) {
                return;
            }
            shown = key;
            this.state.data = await keepLast.add(
                this.orm.call("order.hub.inbound", "screen", [[record.resId]])
            );
            this.state.typed = {};
            this.state.added = 0;
        });
    }

    icon(step) {
        return ICONS[step.state];
    }

    /** Whether a finding is about a value that can be typed here. */
    canCorrect(finding) {
        const isBeside = finding.field in (this.state.data.evidence || {});
        return (
            this.state.data.can_correct &&
            finding.is_problem &&
            Boolean(finding.field) &&
            !isBeside
        );
    }

    /** What the value may have meant: products by code, customers by number. */
    candidates(finding) {
        const { options, candidates } = finding.figures || {};
        if (Array.isArray(options)) {
            return options
                .filter((row) => row.code)
                .map((row) => ({ value: row.code, label: `${row.code} ${row.name}` }));
        }
        const rows = Array.isArray(candidates) ? candidates : [];
        return rows.map((row) => ({ value: row.id, label: row.name }));
    }

    onInput(finding, ev) {
        this.state.typed[finding.field] = ev.target.value;
    }

    /** A value typed or chosen beside its evidence. */
    onType = (path, value) => {
        this.state.typed[path] = value;
    };

    /** Values are right as they were understood. */
    onConfirm = async (paths) => {
        const { resId, model } = this.props.record;
        await this.orm.call("order.hub.inbound", "confirm_understood", [[resId], paths]);
        await model.load();
    };

    get hasEvidence() {
        return Object.keys(this.state.data.evidence || {}).length > 0;
    }

    onCandidate(finding, value) {
        this.state.typed[finding.field] = value;
    }

    typed(finding) {
        const value = this.state.typed[finding.field];
        return value === undefined ? finding.value : value;
    }

    /** Paths of the lines that a person adds, after those that are understood. */
    get added() {
        const first = (this.order.lines || []).length;
        return [...Array(this.state.added).keys()].map((n) => `lines[${first + n}]`);
    }

    onAdded(path, ev) {
        this.state.typed[path] = ev.target.value;
    }

    get hasTyped() {
        return Object.keys(this.state.typed).length > 0;
    }

    async onCorrect() {
        this.state.isSaving = true;
        try {
            const { resId, model } = this.props.record;
            const values = { ...this.state.typed };
            await this.orm.call("order.hub.inbound", "correct", [[resId], values]);
            await model.load();
        } finally {
            this.state.isSaving = false;
        }
    }

    get order() {
        return this.state.data.order || {};
    }

    address(name) {
        const row = this.order[name];
        if (!row) {
            return [];
        }
        const place = [row.street, row.street2, row.district, row.city, row.state, row.zip];
        return [
            row.company || row.name,
            row.address || place.filter(Boolean).join(", "),
            [row.phone || row.mobile, row.email].filter(Boolean).join(" · "),
        ].filter(Boolean);
    }
}

registry.category("view_widgets").add("order_hub_inbound_screen", {
    component: InboundScreen,
});
