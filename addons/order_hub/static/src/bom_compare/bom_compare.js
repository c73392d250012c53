import { Component, onWillStart, useState } from "@odoo/owl";
import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { sentence } from "@order_hub/why/use_why";
import {
    billName,
    kindStyle,
    movement,
    onlyDifferences,
    partIcon,
    unfolded,
} from "./bom_compare_words";

/**
 * Two revisions of a bill of materials side by side: on top what differs in cost,
 * time and number of rows, below every row of all levels with both values. Opened
 * with `params: { old, new }`, the ids of the two.
 */
export class BomCompare extends Component {
    static template = "order_hub.BomCompare";
    static path = "bom-compare";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        Object.assign(this, { billName, kindStyle, partIcon });
        const { old, new: now } = this.asked();
        this.state = useState({
            old,
            new: now,
            product: false,
            data: null,
            error: "",
            isLoading: false,
            isAll: false,
            folded: {},
        });
        onWillStart(() => this.load());
    }

    /** Ids of the two: of the button that led here, or of the address after a reload. */
    asked() {
        const params = this.props.action.params || {};
        return {
            old: Number(params.old || params.old_bom) || false,
            new: Number(params.new || params.new_bom) || false,
        };
    }

    async load() {
        const { old, new: now, product } = this.state;
        this.state.isLoading = true;
        this.state.error = "";
        this.props.updateActionState?.({ old_bom: old, new_bom: now });
        try {
            const answer = this.orm.silent.call("mrp.bom", "hub_compare", [[now], old, product]);
            this.state.data = await this.keepLast.add(answer);
        } catch (error) {
            this.state.error = sentence(error);
        }
        this.state.isLoading = false;
    }

    // --- what is shown ---

    get rows() {
        const { data, isAll, folded } = this.state;
        return unfolded(isAll ? data.rows : onlyDifferences(data.rows), folded);
    }

    get differs() {
        const { count, header } = this.state.data;
        return count.added + count.removed + count.changed + header.length > 0;
    }

    get figures() {
        const { totals } = this.state.data;
        return [
            { key: "cost", format: (value) => this.money(value), ...totals.cost },
            { key: "days", format: (value) => this.number(value, 0), ...totals.days },
            { key: "minutes", format: (value) => this.number(value, 1), ...totals.minutes },
        ].map((figure) => ({ ...figure, moved: movement(figure) }));
    }

    movedText({ moved, format }) {
        const by = `${moved.isMore ? "+" : "−"}${format(Math.abs(moved.by))}`;
        if (moved.percent === null) {
            return by;
        }
        const percent = formatFloat(Math.abs(moved.percent), { digits: [16, 1] });
        return `${by} (${moved.isMore ? "+" : "−"}${percent} %)`;
    }

    number(value, digits = this.state.data.digits) {
        return formatFloat(value, { digits: [16, digits], trailingZeros: digits < 2 });
    }

    money(value) {
        return formatMonetary(value, { currencyId: this.state.data.currency });
    }

    date(text) {
        return text ? formatDate(deserializeDate(text)) : "";
    }

    isMarked(row, ...names) {
        return row.kind === "changed" && names.some((name) => row.fields.includes(name));
    }

    // --- what the reader does ---

    choose(side, event) {
        this.state[side] = Number(event.target.value);
        return this.load();
    }

    chooseVariant(event) {
        this.state.product = Number(event.target.value);
        return this.load();
    }

    swap() {
        const { old, new: now } = this.state;
        Object.assign(this.state, { old: now, new: old });
        return this.load();
    }

    fold(row) {
        this.state.folded[row.key] = !this.state.folded[row.key];
    }

    open(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "mrp.bom",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("order_hub.bom_compare", BomCompare);
