import { formatCurrency } from "@web/core/currency";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";

/**
 * How long an order has been in its stage, in the largest unit that says it.
 *
 * @param {number} hours
 */
export function formatHours(hours) {
    if (hours < 1) {
        return _t("%s min", Math.floor(hours * 60));
    }
    if (hours < 72) {
        return _t("%s h", Math.floor(hours));
    }
    return _t("%s d", Math.floor(hours / 24));
}

/**
 * When an order is promised, as somebody would say it.
 *
 * @param {string|false} promised UTC
 * @param {number} daysLeft days until then, negative when it is over
 */
export function formatPromise(promised, daysLeft) {
    if (!promised) {
        return _t("no promise");
    }
    if (daysLeft < 0) {
        return daysLeft === -1 ? _t("yesterday") : _t("%s days ago", -daysLeft);
    }
    if (daysLeft === 0) {
        return deserializeDateTime(promised).toLocaleString(luxon.DateTime.TIME_SIMPLE);
    }
    return daysLeft === 1 ? _t("tomorrow") : _t("in %s days", daysLeft);
}

/**
 * An amount for reading from afar: three to four digits.
 *
 * @param {number} value
 * @param {number} currencyId
 */
export function formatValue(value, currencyId) {
    const isLong = Math.abs(value) >= 1000;
    return formatCurrency(value, currencyId, { humanReadable: true, digits: [16, isLong ? 1 : 0] });
}

export const formatCount = (count) => formatInteger(count);
