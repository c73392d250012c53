import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { DashboardTile } from "./dashboard_tile";
import { SIGNS } from "./dashboard_words";

/**
 * Every indicator of the company as a tile, the ones off target first if wanted.
 *
 * Numbers and verdicts come ready from the server; each number opens the records
 * it counted.
 */
export class OrderHubDashboard extends Component {
    static template = "order_hub_alerts.Dashboard";
    static components = { DashboardTile };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Dashboard");
    static path = "order-dashboard";

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.signs = SIGNS;
        this.state = useState({ data: null, error: "", isLoading: true, only: "" });
        onWillStart(() => void this.load());
    }

    async load() {
        this.state.isLoading = true;
        try {
            this.state.data = await this.orm.call("order.hub.indicator", "dashboard_data", []);
            this.state.error = "";
        } catch (error) {
            this.state.error =
                error instanceof ConnectionLostError
                    ? _t("No connection. What you see are the last figures.")
                    : error.data?.message || error.message;
        }
        this.state.isLoading = false;
    }

    get data() {
        return this.state.data;
    }

    get isEmpty() {
        return !this.data.packs.length;
    }

    /** Verdicts that at least one tile has, gravest first. */
    get verdicts() {
        return ["bad", "watch", "good", "plain", "none"].filter((key) => this.data.counts[key]);
    }

    /** The packs with the tiles that the reader wants to see. */
    get packs() {
        const only = this.state.only;
        return this.data.packs
            .map((pack) => ({
                ...pack,
                tiles: pack.tiles.filter((tile) => !only || tile.verdict === only),
            }))
            .filter((pack) => pack.tiles.length);
    }

    get asOf() {
        const day = this.data.day && deserializeDate(this.data.day);
        const moment = this.data.measured_at && deserializeDateTime(this.data.measured_at);
        return day
            ? _t("%(day)s, measured at %(time)s", {
                  day: day.toLocaleString(luxon.DateTime.DATE_MED),
                  time: moment.toLocaleString(luxon.DateTime.TIME_SIMPLE),
              })
            : "";
    }

    toggle(verdict) {
        this.state.only = this.state.only === verdict ? "" : verdict;
    }

    configure() {
        return this.action.doAction("order_hub_alerts.order_hub_pack_action");
    }

    /** Open the records that the newest figure counted. */
    async openCounted(tile) {
        const action = await this.orm.call("order.hub.indicator.value", "action_open_counted", [
            [tile.value_id],
        ]);
        await this.action.doAction(action);
    }

    /** Open the figures of an indicator as a graph over time. */
    async openTrend(tile) {
        const action = await this.orm.call("order.hub.indicator", "action_show_values", [
            [tile.id],
        ]);
        await this.action.doAction({ ...action, name: tile.name, display_name: tile.name });
    }
}

registry.category("actions").add("order_hub_alerts.dashboard", OrderHubDashboard);
