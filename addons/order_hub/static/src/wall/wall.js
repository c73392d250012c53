import { Component, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useLiveData } from "./use_live_data";
import { WallClock } from "./wall_clock";
import { formatCount, formatHours, formatPromise, formatValue } from "./wall_format";

const DARK_KEY = "order_hub.wall.dark";

/** Words and icons of the figures, in the order in which they are read. */
const FIGURES = {
    open: { label: _t("In flight"), icon: "fa-paper-plane" },
    held: { label: _t("On hold"), icon: "fa-hand-paper-o", tone: "bad" },
    overdue: { label: _t("Over time"), icon: "fa-bell", tone: "bad" },
    broken: { label: _t("Promise broken"), icon: "fa-calendar-times-o", tone: "warn" },
};

/**
 * The live board of office and workshop, to be read from three metres.
 *
 * Every figure comes with the domain that counted it and opens exactly these
 * orders; every order in the list opens its form.
 */
export class OrderHubWall extends Component {
    static template = "order_hub.Wall";
    static components = { WallClock };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Wall");
    static path = "order-wall";

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.figures = FIGURES;
        this.formatCount = formatCount;
        this.formatHours = formatHours;
        this.view = useState({
            isDark: browser.localStorage.getItem(DARK_KEY) === "1",
            flowId: this.props.state?.flowId ?? (Number(this.props.action.params?.flow) || false),
        });
        // Coming back from an order the wall shows the same flow as before.
        useSetupAction({ getLocalState: () => ({ flowId: this.view.flowId }) });
        const { state, refresh } = useLiveData(() => this.load(), {
            type: "order_hub/moved",
            accepts: ({ company_id }) => company_id === user.activeCompany.id,
        });
        this.live = state;
        this.refresh = refresh;
    }

    get isScreen() {
        return this.props.action.tag === "order_hub.wall_screen";
    }

    get data() {
        return this.live.data;
    }

    get urgentTitle() {
        return _t("Need somebody now");
    }

    get nobody() {
        return _t("nobody");
    }

    /** The figures of trouble, without the number of open orders. */
    get troubles() {
        return ["overdue", "held"];
    }

    load() {
        return this.orm.silent.call("order.hub.wall", "wall_data", [this.view.flowId]);
    }

    // --- words ---

    value(amount) {
        return formatValue(amount, this.data.currency_id);
    }

    promise(row) {
        return formatPromise(row.promised, row.days_left);
    }

    /** Time in stage against its limit, e.g. "26 h of 24 h". */
    time(row) {
        const spent = formatHours(row.hours);
        return row.limit
            ? _t("%(spent)s of %(limit)s", { spent, limit: formatHours(row.limit) })
            : spent;
    }

    /** The one word that says why an order is on the list. */
    reason(row) {
        for (const [name, applies] of [
            ["held", row.is_held],
            ["overdue", row.is_overdue],
            ["broken", row.is_broken],
        ]) {
            if (applies) {
                return FIGURES[name];
            }
        }
        return { label: _t("On time"), icon: "fa-check", tone: "good" };
    }

    figureTitle(name, label) {
        return label ? `${label}: ${FIGURES[name].label}` : FIGURES[name].label.toString();
    }

    // --- what people do ---

    onFlowChange(ev) {
        this.view.flowId = Number(ev.target.value) || false;
        this.props.updateActionState?.({ flow: this.view.flowId || undefined });
        this.refresh();
    }

    toggleDark() {
        this.view.isDark = !this.view.isDark;
        browser.localStorage.setItem(DARK_KEY, this.view.isDark ? "1" : "0");
    }

    /** Open the orders behind a figure. */
    async openFigure(figure, title) {
        const action = await this.action.loadAction("order_hub.sale_order_action_all");
        await this.action.doAction(
            { ...action, name: title, display_name: title, domain: figure.domain, context: {} },
            { viewType: "list" }
        );
    }

    openOrder(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sale.order",
            res_id: row.id,
            views: [[false, "form"]],
        });
    }

    /** Switch between the wall inside of the web client and the bare screen. */
    async toggleScreen() {
        const params = this.view.flowId ? { flow: this.view.flowId } : {};
        const tag = this.isScreen ? "order_hub.wall" : "order_hub.wall_screen";
        try {
            if (this.isScreen) {
                await (document.fullscreenElement && document.exitFullscreen());
            } else {
                await document.documentElement.requestFullscreen?.();
            }
        } catch {
            // The browser keeps its own frame; the bare screen is worth having anyway.
        }
        await this.action.doAction(
            { type: "ir.actions.client", tag, params },
            { clearBreadcrumbs: true }
        );
    }
}

/** The same without the web client's bar: for a screen on a wall, by its address. */
export class OrderHubWallScreen extends OrderHubWall {
    static path = "order-wall-screen";
    static target = "fullscreen";
}

registry.category("actions").add("order_hub.wall", OrderHubWall);
registry.category("actions").add("order_hub.wall_screen", OrderHubWallScreen);
