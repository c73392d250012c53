import { _t } from "@web/core/l10n/translation";

/** Icons of the kinds of decisions; the word stands beside each. */
const KIND_ICONS = {
    order_type: "fa-tag",
    flow: "fa-random",
    priority: "fa-flag",
    owner: "fa-user",
    team: "fa-users",
    tags: "fa-tags",
    approval: "fa-gavel",
    credit: "fa-credit-card",
    policy: "fa-map-signs",
    sourcing: "fa-cubes",
    quality: "fa-eye",
    checks: "fa-check-square-o",
    shipping: "fa-umbrella",
    carrier: "fa-truck",
    follow_up: "fa-phone",
    hold: "fa-hand-paper-o",
};

/** Icon and colour of who decided. */
const SOURCES = {
    rule: { icon: "fa-code-fork", color: "primary" },
    policy: { icon: "fa-book", color: "secondary" },
    default: { icon: "fa-circle-o", color: "secondary" },
    history: { icon: "fa-history", color: "info" },
    person: { icon: "fa-user", color: "warning" },
};

/** What a reader asks first, for the one line on top of the order. */
const HEADLINES = ["hold", "approval", "sourcing", "priority", "order_type", "owner"];

export const MAX_RULES = 10;

export function kindIcon(kind) {
    return KIND_ICONS[kind] || "fa-circle-o";
}

export function sourceStyle(source) {
    return SOURCES[source] || SOURCES.default;
}

/** The decision for the one line on top, or `undefined` when there is none. */
export function headline(decisions) {
    const byKind = Object.fromEntries(decisions.map((each) => [each.kind, each]));
    return HEADLINES.map((kind) => byKind[kind]).find(Boolean);
}

/** Is the table behind a decision a list to choose from, or are they figures? */
export function hasCandidates(kind) {
    return ["sourcing", "carrier"].includes(kind);
}

/** Was it decided by a version of the rules that is not the one in force? */
function isOlder(decision, version) {
    return Boolean(decision.rule?.version) && decision.rule.version !== version;
}

/** Does a reader have to know when it was decided, without asking? */
export function isNotable(decision, version) {
    return decision.source === "person" || isOlder(decision, version);
}

/**
 * When a decision was taken, and by which version of the rules when it is not the
 * one in force.
 *
 * @param {Object} decision as `sale.order.hub_why` returns it
 * @param {string} version in force
 */
export function origin(decision, version) {
    return isOlder(decision, version)
        ? _t("%(version)s · %(date)s", { version: decision.rule.version, date: decision.date })
        : decision.date;
}

/** Rules whose name, reason or decisions contain all words of a search. */
export function filterRules(rules, search) {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    return rules.filter((rule) => {
        const text = `${rule.name} ${rule.why} ${rule.decides}`.toLowerCase();
        return words.every((word) => text.includes(word));
    });
}
