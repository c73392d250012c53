import { Component, onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useLiveData } from "@order_hub/wall/use_live_data";
import { formatCount, formatHours } from "@order_hub/wall/wall_format";
import { formatPercentage } from "@web/views/fields/formatters";

/** How often the figures are asked for without anything having moved. */
export const PERIOD = 30_000;
/** Height of the tallest bar of the sparkline, in its own units. */
const SPARK = 20;

/** Words and icons of the figures, in the order in which they are read. */
const FIGURES = {
    received: { label: _t("Received today"), icon: "fa-inbox" },
    processed: { label: _t("Processed today"), icon: "fa-check" },
    waiting: { label: _t("Waiting"), icon: "fa-hourglass-half" },
    attention: { label: _t("Needs a person"), icon: "fa-hand-paper-o", tone: "warn" },
    failed: { label: _t("Failed"), icon: "fa-exclamation-triangle", tone: "bad" },
    repeats: { label: _t("Likely repeats"), icon: "fa-clone", tone: "warn" },
    differences: { label: _t("Differences"), icon: "fa-balance-scale", tone: "warn" },
};
const STATES = {
    on: { icon: "fa-bolt", tone: "good" },
    paused: { icon: "fa-pause", tone: "warn" },
    broken: { icon: "fa-plug", tone: "bad" },
    off: { icon: "fa-power-off", tone: "none" },
};

/**
 * What comes in, by channel: how much, what waits, what is wrong.
 *
 * Every figure comes with the domain that counted it and opens exactly these.
 */
export class IntakeMonitor extends Component {
    static template = "order_hub_connectors.IntakeMonitor";
    static props = { ...standardActionServiceProps };
    static displayName = _t("Intake Monitor");
    static path = "order-intake";

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.figures = FIGURES;
        this.states = STATES;
        this.formatCount = formatCount;
        this.formatHours = formatHours;
        const { state, refresh } = useLiveData(() => this.load(), {
            type: "order_hub/moved",
            accepts: ({ company_id }) => company_id === user.activeCompany.id,
        });
        this.live = state;
        this.refresh = refresh;
        let timer;
        onMounted(() => {
            timer = browser.setInterval(() => {
                if (document.visibilityState !== "hidden") {
                    refresh();
                }
            }, PERIOD);
        });
        onWillUnmount(() => browser.clearInterval(timer));
    }

    get data() {
        return this.live.data;
    }

    get names() {
        return Object.keys(FIGURES);
    }

    load() {
        return this.orm.silent.call("order.hub.intake.monitor", "monitor_data", []);
    }

    // --- words ---

    tone(name, figure) {
        if (!figure.count) {
            return "o_hub_none";
        }
        return `o_hub_${FIGURES[name].tone || "plain"}`;
    }

    share(accuracy) {
        return formatPercentage(accuracy.share, { digits: [16, 1] });
    }

    /** Of how many orders, in how many days. */
    ofOrders(accuracy) {
        return _t("of %(done)s in %(days)s days", {
            done: formatCount(accuracy.done),
            days: accuracy.days,
        });
    }

    jobs(jobs) {
        return _t("%(waiting)s waiting, %(running)s running", jobs);
    }

    failedJobs(jobs) {
        return _t("%s failed", jobs.failed);
    }

    updated(moment) {
        const time = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
        return _t("updated %s", moment.toLocaleString(time));
    }

    /** When something was, as a short local time. */
    moment(text) {
        return text ? deserializeDateTime(text).toRelative() : _t("never");
    }

    title(channel, name) {
        return `${channel.name}: ${FIGURES[name].label}`;
    }

    hoursTitle(channel) {
        const total = channel.hours.reduce((sum, count) => sum + count, 0);
        return _t("%s in the last 24 hours", formatCount(total));
    }

    /** Bars of the sparkline: place and height of each hour. */
    bars(hours) {
        const most = Math.max(...hours, 1);
        return hours.map((count, index) => {
            const height = count ? Math.max((SPARK * count) / most, 1) : 0;
            return { x: index * 4, y: SPARK - height, height, count };
        });
    }

    // --- what people do ---

    open(domain, title, model = "order.hub.inbound") {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: title,
            res_model: model,
            domain,
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    openFigure(figure, title) {
        return this.open(figure.domain, title, figure.model);
    }

    openChannel(channel) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "order.hub.channel",
            res_id: channel.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("order_hub_connectors.intake_monitor", IntakeMonitor);
