import { _t } from "@web/core/l10n/translation";

/** Icons of the kinds of documents; the word stands beside each. */
const KIND_ICONS = {
    sale: "fa-shopping-cart",
    delivery: "fa-truck",
    internal: "fa-exchange",
    receipt: "fa-sign-in",
    return: "fa-undo",
    dropship: "fa-paper-plane-o",
    manufacture: "fa-cogs",
    purchase: "fa-shopping-basket",
    invoice: "fa-file-text-o",
    refund: "fa-reply",
    bill: "fa-file-o",
    missing: "fa-question-circle",
};

/** Icon of how far a document is; that it is late is said beside its date. */
const STATE_ICONS = {
    open: "fa-hourglass-half",
    done: "fa-check",
    cancelled: "fa-ban",
};
const MONEY = ["invoice", "refund", "bill"];

/** From so many documents on, branches with nothing open are folded at first. */
export const MANY = 40;
/** So many lines are shown before somebody asks for more. */
export const PAGE = 100;
const MAX_NAMES = 3;

export function kindIcon(kind) {
    return KIND_ICONS[kind] || "fa-file-o";
}

export function stateIcon(row) {
    return row.kind === "missing" ? "fa-exclamation-triangle" : STATE_ICONS[row.state];
}

/** What is planned for the date of an open document: goods or money. */
export function isDue(row) {
    return MONEY.includes(row.kind);
}

/** What pressing the caret of a branch does. */
export function foldLabel(isFolded) {
    return isFolded ? _t("Unfold") : _t("Fold");
}

/** The names of documents, the first few of many. */
export function names(list) {
    const first = list.slice(0, MAX_NAMES).join(", ");
    const rest = list.length - MAX_NAMES;
    return rest > 0 ? _t("%(names)s and %(count)s more", { names: first, count: rest }) : first;
}

/** How late a document is, in words; nothing planned is late, too. */
export function lateness(row) {
    if (!row.is_late) {
        return "";
    }
    if (!row.days_late) {
        return row.kind === "missing" ? _t("no date") : _t("no date in sight");
    }
    return row.days_late === 1
        ? _t("1 day late")
        : _t("%(days)s days late", { days: row.days_late });
}

/** Keys of the rows that have rows below them. */
export function parents(rows) {
    return new Set(rows.map((row) => row.parent));
}

/** Keys of branches to fold at first: of many documents, those with nothing open. */
export function foldedAtFirst(rows) {
    if (rows.length < MANY) {
        return new Set();
    }
    const busy = withAbove(rows, (row) => row.state === "open" || row.is_late);
    return new Set(rows.filter((row) => row.depth && !busy.has(row.key)).map((row) => row.key));
}

/** Keys of the rows that pass a test and of everything above them. */
function withAbove(rows, test) {
    const byKey = new Map(rows.map((row) => [row.key, row]));
    const kept = new Set();
    for (let row of rows.filter(test)) {
        while (row && !kept.has(row.key)) {
            kept.add(row.key);
            row = byKey.get(row.parent);
        }
    }
    return kept;
}

const TESTS = {
    all: () => true,
    open: (row) => row.state === "open",
    late: (row) => row.is_late,
};

function hasWords(row, words) {
    const text = [row.name, row.kind_label, row.partner, row.goods, row.state_label]
        .join(" ")
        .toLowerCase();
    return words.every((word) => text.includes(word));
}

/**
 * The rows to show, in reading order.
 *
 * @param {Object[]} rows as `sale.order.hub_chain` returns them
 * @param {{filter: string, search: string, folded: Set<string>}} view what is looked
 *  for (rows above a hit stay, so that it is seen where it belongs) and which branches
 *  are folded; whoever looks for something sees it, folded or not
 */
export function visibleRows(rows, { filter, search, folded }) {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    if (filter !== "all" || words.length) {
        const kept = withAbove(rows, (row) => TESTS[filter](row) && hasWords(row, words));
        return rows.filter((row) => kept.has(row.key));
    }
    const hidden = new Set();
    return rows.filter((row) => {
        if (hidden.has(row.parent) || folded.has(row.parent)) {
            hidden.add(row.key);
        }
        return !hidden.has(row.key);
    });
}
