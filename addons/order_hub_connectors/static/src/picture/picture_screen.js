import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { PictureView } from "./picture_view";

/** A cent: what an amount may differ by because prices are rounded. */
const CENT = 0.011;
const MARKS = {
    certain: { icon: "fa-check", label: _t("certain") },
    look: { icon: "fa-eye", label: _t("look at it") },
    unknown: { icon: "fa-question", label: _t("unknown") },
    empty: { icon: "", label: _t("not on the paper") },
    typed: { icon: "fa-pencil", label: _t("corrected") },
};

/**
 * An order on paper: the picture with boxes on one side, the order on the other. What
 * is pointed at in one is marked in the other; values are put right in their place,
 * and sums are worked out while one types. One button says: I have looked.
 */
export class PictureScreen extends Component {
    static template = "order_hub_connectors.PictureScreen";
    static components = { PictureView };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        this.state = useState({
            data: null,
            typed: {},
            path: null,
            added: 0,
            isSaving: false,
        });
        this.onPoint = this.onPoint.bind(this);
        this.label = this.label.bind(this);
        const keepLast = new KeepLast();
        let shown = null;
        useRecordObserver(async (record) => {
            const key = `${record.resId}/${record.data.state}/${record.data.inbound_state}`;
            if (!record.resId || key === shown) {
                return;
            }
            shown = key;
            await this.load(record.resId, keepLast);
        });
    }

    async load(resId, keepLast = new KeepLast()) {
        this.state.data = await keepLast.add(
            this.orm.call("order.hub.picture", "screen", [[resId]])
        );
        this.state.typed = {};
        this.state.added = 0;
    }

    // --- values ---

    get cells() {
        const { fields, rows } = this.state.data;
        return [...fields, ...rows.flatMap((row) => (row.is_left_out ? [] : row.cells))];
    }

    get boxes() {
        return this.cells
            .filter((cell) => cell.page)
            .map((cell) => ({ ...cell, level: this.level(cell) }));
    }

    /** Lines as they are read, then those that a person adds. */
    get rows() {
        const { rows, columns } = this.state.data;
        const first = rows.length;
        const added = [...Array(this.state.added).keys()].map((n) => ({
            n: first + n,
            is_left_out: false,
            sum: "open",
            cells: columns.map(({ name, label }) => ({
                path: `lines[${first + n}].${name}`,
                label,
                value: "",
                level: "empty",
                page: 0,
                box: [],
                candidates: [],
            })),
        }));
        return [...rows, ...added];
    }

    value(cell) {
        return this.state.typed[cell.path] ?? cell.value;
    }

    level(cell) {
        return cell.path in this.state.typed ? "typed" : cell.level;
    }

    mark(cell) {
        return MARKS[this.level(cell)];
    }

    label(path) {
        const cell = this.cells.find((row) => row.path === path);
        return cell ? `${cell.label}: ${this.value(cell)}` : path;
    }

    isLeftOut(row) {
        return this.state.typed[`lines[${row.n}].left_out`] ?? row.is_left_out;
    }

    get openCount() {
        return this.cells.filter((cell) => ["look", "unknown"].includes(this.level(cell))).length;
    }

    // --- sums ---

    figure(row, name) {
        const cell = row.cells.find((each) => each.path.endsWith(`.${name}`));
        const text = String(cell ? this.value(cell) : "").replace(/[,¥￥\s]/g, "");
        return text === "" ? NaN : Number(text);
    }

    /** `holds`, `fails` or `open`, worked out from what stands there now. */
    sum(row) {
        const [quantity, price, amount] = ["quantity", "unit_price", "amount"].map((name) =>
            this.figure(row, name)
        );
        if ([quantity, price, amount].some(Number.isNaN)) {
            return "open";
        }
        return Math.abs(quantity * price - amount) < CENT ? "holds" : "fails";
    }

    computed(row) {
        return (this.figure(row, "quantity") * this.figure(row, "unit_price")).toFixed(2);
    }

    get total() {
        const rows = this.rows.filter((row) => !this.isLeftOut(row));
        const amounts = rows.map((row) => this.figure(row, "amount"));
        return amounts.some(Number.isNaN) ? null : amounts.reduce((a, b) => a + b, 0).toFixed(2);
    }

    get totalSaid() {
        const cell = this.state.data.fields.find((row) => row.path === "total");
        return cell ? this.value(cell) : "";
    }

    get totalDiffers() {
        const said = Number(String(this.totalSaid).replace(/[,¥￥\s]/g, "") || NaN);
        return this.total !== null && !Number.isNaN(said)
            ? Math.abs(said - Number(this.total)) > 0.02
            : false;
    }

    // --- people ---

    onPoint(path) {
        this.state.path = path;
        const field = this.root.el?.querySelector(`[data-path="${CSS.escape(path)}"]`);
        field?.scrollIntoView({ block: "nearest" });
        if (field && field !== document.activeElement) {
            field.focus({ preventScroll: true });
        }
    }

    onFocus(cell) {
        this.state.path = cell.path;
    }

    onInput(cell, ev) {
        this.type(cell, ev.target.value);
    }

    type(cell, value) {
        if (String(value) === cell.value) {
            delete this.state.typed[cell.path];
        } else {
            this.state.typed[cell.path] = String(value);
        }
    }

    onLeaveOut(row) {
        this.state.typed[`lines[${row.n}].left_out`] = !this.isLeftOut(row);
    }

    get typed() {
        return Object.fromEntries(
            Object.entries(this.state.typed).map(([path, value]) => [
                path,
                typeof value === "string" ? value.trim() : value,
            ])
        );
    }

    get hasTyped() {
        return Object.keys(this.state.typed).length > 0;
    }

    onSave() {
        return this.send("correct");
    }

    onConfirm() {
        return this.send("confirm");
    }

    async send(method) {
        this.state.isSaving = true;
        try {
            const { resId, model } = this.props.record;
            await this.orm.call("order.hub.picture", method, [[resId], this.typed]);
            await model.load();
            await this.load(resId);
        } finally {
            this.state.isSaving = false;
        }
    }
}

registry.category("view_widgets").add("order_hub_picture_screen", {
    component: PictureScreen,
});
