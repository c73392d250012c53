const page = document.documentElement;
const terms = JSON.parse(document.getElementById("o_hub_card_terms").textContent);

/** Return a text in the language of the page, `%s` replaced one after the other. */
export function _t(text, ...values) {
    const words = terms[text] || text;
    return values.reduce((whole, value) => whole.replace("%s", () => value), words);
}

/** Return a day such as `2026-03-15` as people write it. */
export function dayText(day) {
    if (!day) {
        return "";
    }
    const [year, month, date] = day.split("-").map(Number);
    const format = new Intl.DateTimeFormat(page.lang, { dateStyle: "medium" });
    return format.format(new Date(year, month - 1, date));
}

/** Return a quantity as people write it. */
export function numberText(number) {
    return new Intl.NumberFormat(page.lang, { maximumFractionDigits: 3 }).format(number);
}

/** Return the day some days after another one, both as `2026-03-15`. */
export function dayAfter(day, days) {
    const moment = new Date(`${day}T00:00:00Z`);
    moment.setUTCDate(moment.getUTCDate() + days);
    return moment.toISOString().slice(0, 10);
}
