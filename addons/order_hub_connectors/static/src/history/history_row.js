import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const LEVELS = {
    certain: { icon: "fa-check-circle text-success", label: _t("Certain") },
    look: { icon: "fa-exclamation-triangle text-warning", label: _t("Look at it") },
    unknown: { icon: "fa-question-circle text-danger", label: _t("Unknown") },
};

/** One row of an old list: as written, as understood, what is in doubt, put right. */
export class HistoryRow extends Component {
    static template = "order_hub_connectors.HistoryRow";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.levels = LEVELS;
        this.state = useState({ data: null, typed: {}, added: "", isSaving: false, column: 0 });
        const keepLast = new KeepLast();
        let shown = null;
        useRecordObserver(async (record) => {
            const key = `${record.resId}/${record.data.state}/${record.data.partner_id?.id}`;
            if (!record.resId || key === shown) {
                return;
            }
            shown = key;
            await keepLast.add(this.load(record.resId));
        });
    }

    async load(resId) {
        this.state.data = await this.orm.call("order.hub.history.row", "row_screen", [[resId]]);
        this.state.typed = {};
        this.state.added = "";
    }

    /** Targets the row says nothing about yet. */
    get missing() {
        const there = new Set(this.state.data.fields.map((field) => field.target));
        return this.state.data.targets.filter(([target]) => !there.has(target));
    }

    get isChanged() {
        return Object.keys(this.state.typed).length > 0;
    }

    /** Show which cell a value was read from, and the other way round. */
    point(column) {
        this.state.column = column;
    }

    percent(field) {
        return Math.round(field.confidence * 100);
    }

    async save() {
        this.state.isSaving = true;
        try {
            const { record } = this.props;
            await this.orm.call("order.hub.history.row", "correct", [
                [record.resId],
                { ...this.state.typed },
            ]);
            await record.load();
            await this.load(record.resId);
        } finally {
            this.state.isSaving = false;
        }
    }
}

export const historyRow = {
    component: HistoryRow,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "partner_id", type: "many2one" },
    ],
};

registry.category("view_widgets").add("order_hub_history_row", historyRow);
