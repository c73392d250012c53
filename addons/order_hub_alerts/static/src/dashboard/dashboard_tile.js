import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { SIGNS, trendIcon } from "./dashboard_words";

/** One figure: value, unit, target, verdict in colour and word, sparkline. */
export class DashboardTile extends Component {
    static template = "order_hub_alerts.DashboardTile";
    static props = {
        tile: Object,
        verdicts: Object,
        trends: Object,
        onCounted: Function,
        onTrend: Function,
    };

    get sign() {
        return SIGNS[this.props.tile.verdict];
    }

    get trendIcon() {
        return trendIcon(this.props.tile.trend, this.props.tile.direction);
    }

    get hasTrend() {
        return this.props.tile.trend !== "none";
    }

    /** A day alone is a dot: lines of SVG need two points. */
    get lines() {
        return this.props.tile.strokes
            .filter((stroke) => stroke.length > 1)
            .map((stroke) => stroke.map((point) => point.join(",")).join(" "));
    }

    get dots() {
        const lonely = this.props.tile.strokes.filter((stroke) => stroke.length === 1);
        const last = this.props.tile.strokes.at(-1)?.at(-1);
        return last ? [...lonely.flat(), last] : [];
    }

    get openTitle() {
        return _t("Open the %s records counted", this.props.tile.samples);
    }
}
