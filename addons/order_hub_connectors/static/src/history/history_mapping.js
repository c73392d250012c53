import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** From this confidence on a choice needs no second look. */
const CERTAIN = 0.9;
/** States in which a job is at work, and how often the screen looks how far it is. */
const WORKING = ["waiting", "reading", "taking", "undoing"];
const LOOK_AGAIN = 3000;
const LEVELS = {
    certain: { icon: "fa-check-circle text-success", label: _t("Certain") },
    look: { icon: "fa-exclamation-triangle text-warning", label: _t("Look at it") },
    out: { icon: "fa-minus-circle text-muted", label: _t("Left out") },
};

/**
 * What the columns of an old list are taken for: the sheet as written on the left,
 * the orders that come of it on the right, a choice above every column.
 */
export class HistoryMapping extends Component {
    static template = "order_hub_connectors.HistoryMapping";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ data: null, table: 0, isSaving: false });
        const keepLast = new KeepLast();
        let shown = null;
        useRecordObserver(async (record) => {
            const key = `${record.resId}/${record.data.state}`;
            if (!record.resId || key === shown) {
                return;
            }
            shown = key;
            this.state.data = await keepLast.add(
                this.orm.call("order.hub.history.file", "mapping_screen", [[record.resId]])
            );
        });
        let timer = null;
        onMounted(() => {
            timer = browser.setInterval(() => this.lookAgain(), LOOK_AGAIN);
        });
        onWillUnmount(() => browser.clearInterval(timer));
    }

    /** Show how far a job is, as long as one is at work. */
    async lookAgain() {
        const { record } = this.props;
        if (WORKING.includes(record.data.state) && !document.hidden) {
            await record.load();
        }
    }

    get table() {
        return this.state.data.tables[this.state.table];
    }

    get labels() {
        return Object.fromEntries(this.state.data.targets);
    }

    /** Columns of the sheet with what each is taken for. */
    get columns() {
        return this.table.choices
            .map((choice, number) => ({ ...choice, number }))
            .filter((choice) => choice.column)
            .map((choice) => ({
                ...choice,
                ...this.table.columns.find((each) => each.index === choice.column),
                level: this.level(choice),
            }));
    }

    /** Labels of a form above the table. */
    get fields() {
        return this.table.choices
            .map((choice, number) => ({ ...choice, number, level: this.level(choice) }))
            .filter((choice) => !choice.column);
    }

    get resultTargets() {
        const chosen = new Set(this.table.choices.map((choice) => choice.target));
        return this.state.data.targets.filter(([target]) => chosen.has(target));
    }

    level(choice) {
        if (!choice.target) {
            return LEVELS.out;
        }
        return choice.confidence >= CERTAIN ? LEVELS.certain : LEVELS.look;
    }

    value(row, column) {
        const at = this.table.columns.findIndex((each) => each.index === column);
        return row.values[at] ?? "";
    }

    async choose(choice, target) {
        this.state.isSaving = true;
        try {
            this.state.data = await this.orm.call(
                "order.hub.history.file",
                "choose_target",
                [[this.props.record.resId], this.state.table, choice.number, target]
            );
        } finally {
            this.state.isSaving = false;
        }
    }
}

export const historyMapping = {
    component: HistoryMapping,
    fieldDependencies: [{ name: "state", type: "selection" }],
};

registry.category("view_widgets").add("order_hub_history_mapping", historyMapping);
