/** Icons and tones of verdicts and trends; the words come from the server. */
export const SIGNS = {
    good: { icon: "fa-check", tone: "good" },
    watch: { icon: "fa-eye", tone: "watch" },
    bad: { icon: "fa-exclamation-triangle", tone: "bad" },
    plain: { icon: "fa-minus", tone: "plain" },
    none: { icon: "fa-question", tone: "none" },
};

/** An arrow up for a rising figure, whether that is good or not. */
export function trendIcon(trend, direction) {
    if (trend === "same" || trend === "none") {
        return "fa-long-arrow-right";
    }
    if (trend === "rising" || trend === "falling") {
        return `fa-long-arrow-${trend === "rising" ? "up" : "down"}`;
    }
    const isRising = (trend === "better") === (direction === "up");
    return isRising ? "fa-long-arrow-up" : "fa-long-arrow-down";
}
