import { patch } from "@web/core/utils/patch";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { OrderHubWall } from "@order_hub/wall/wall";
import { formatHours } from "@order_hub/wall/wall_format";

/** The wall turns red while a breaker is tripped, and says where, since when and why. */
patch(OrderHubWall.prototype, {
    /** The tripped breakers, the longest tripped first. */
    get breakers() {
        return this.data?.breakers || [];
    },

    /** How many orders wait, e.g. "9 open orders, 8 allowed". */
    breakerQueue(row) {
        return _t("%(queue)s open orders, %(allowed)s allowed", row);
    },

    /** For how long, counted to the moment of the figures, e.g. "1.5 h". */
    breakerSpan(row) {
        const until = deserializeDateTime(this.data.now);
        const hours = until.diff(deserializeDateTime(row.since), "hours").hours;
        return formatHours(Math.max(0, hours));
    },

    openBreaker(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "order.hub.breaker",
            res_id: row.id,
            views: [[false, "form"]],
        });
    },
});
