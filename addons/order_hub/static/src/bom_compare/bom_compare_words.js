import { _t } from "@web/core/l10n/translation";

/** Icon and colour of each kind of row; the word stands beside the icon. */
const KINDS = {
    added: { icon: "fa-plus-circle", color: "success", word: _t("Added") },
    removed: { icon: "fa-minus-circle", color: "danger", word: _t("Removed") },
    changed: { icon: "fa-pencil", color: "warning", word: _t("Changed") },
};

const PART_ICONS = { line: "fa-cube", operation: "fa-cog", byproduct: "fa-recycle" };

export function kindStyle(kind) {
    return KINDS[kind];
}

export function partIcon(row) {
    return row.part === "line" && row.is_made ? "fa-cubes" : PART_ICONS[row.part];
}

/** Rows that differ, with the rows above that lead to them. */
export function onlyDifferences(rows) {
    return rows.filter((row) => row.kind !== "same" || row.deep);
}

/** Rows that are not inside of a folded one. */
export function unfolded(rows, folded) {
    const open = [];
    let level = Infinity;
    for (const row of rows) {
        if (row.level > level) {
            continue;
        }
        level = folded[row.key] ? row.level : Infinity;
        open.push(row);
    }
    return open;
}

/**
 * What a revision is called: its letter and state, a plain bill its reference.
 *
 * @param {Object} bill as `mrp.bom.hub_compare` describes it
 */
export function billName(bill) {
    const name = _t("Rev. %(label)s · %(state)s", {
        label: bill.label,
        state: bill.state_label,
    });
    return bill.code ? `${name} · ${bill.code}` : name;
}

/** How a figure moved: `null` where it did not. */
export function movement({ old, new: now }) {
    const by = now - old;
    if (Math.abs(by) < 1e-9) {
        return null;
    }
    return { by, isMore: by > 0, percent: old ? (by / Math.abs(old)) * 100 : null };
}
