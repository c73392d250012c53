import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { apart, total } from "./reliability_shape";

/**
 * A share as percent, in the reader's language.
 *
 * @param {number|null} share 0 to 1; nothing known is a dash, never zero
 * @param {number} [digits]
 */
export function percent(share, digits = 0) {
    if (typeof share !== "number") {
        return "–";
    }
    return new Intl.NumberFormat(user.lang, {
        style: "percent",
        maximumFractionDigits: digits,
    }).format(share);
}

/** A figure without a unit, such as the Brier score. */
export function figure(value, digits = 3) {
    if (typeof value !== "number") {
        return "–";
    }
    return new Intl.NumberFormat(user.lang, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
    }).format(value);
}

/** A number of orders. */
export function count(value) {
    return new Intl.NumberFormat(user.lang).format(value || 0);
}

/** What a bin says, for the tooltip and for those who hear it. */
export function binWords(bin) {
    return _t(
        "Said %(start)s to %(end)s: %(count)s orders, %(share)s of them late (%(low)s to %(high)s).",
        {
            start: percent(bin.start),
            end: percent(bin.end),
            count: count(bin.count),
            share: percent(bin.share),
            low: percent(bin.low),
            high: percent(bin.high),
        }
    );
}

/** The whole diagram in one sentence. */
export function summary(bins) {
    const distance = apart(bins);
    if (distance === null) {
        return _t("No orders to compare yet.");
    }
    return _t(
        "Tried on %(count)s later orders: what was said and what happened are %(apart)s apart on average.",
        { count: count(total(bins)), apart: percent(distance, 1) }
    );
}
