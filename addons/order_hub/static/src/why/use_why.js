import { toRaw, useEnv, useState } from "@odoo/owl";
import { ConnectionLostError } from "@web/core/network/rpc";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useRecordObserver } from "@web/model/relational_model/utils";

/**
 * What the server answered, by the values of the record it was asked for: the line
 * on top and the page below ask once between them.
 */
const answers = new WeakMap();

/** What a reader is told when the server gave no answer. */
export function sentence(error) {
    if (error instanceof ConnectionLostError) {
        return _t("There is no connection to the server.");
    }
    const isMeant = error.exceptionName?.startsWith("odoo.exceptions.");
    return isMeant ? error.data.message : _t("The server could not answer.");
}

function ask(orm, resId, values) {
    if (!answers.has(values)) {
        const answer = orm.silent.call("sale.order", "hub_why", [[resId]]);
        answers.set(values, answer);
        answer.catch(() => answers.delete(values));
    }
    return answers.get(values);
}

/**
 * Keep the decisions of an order at hand: asked when the component is shown, and
 * again whenever the record was loaded or saved. Edits that are not saved change
 * nothing, and what was known stays on the screen until the answer is there.
 *
 * @param {(record: Object) => void} [onChanged] called when the order was looked at
 *  again
 * @returns {{state: Object, retry: () => Promise<void>}} state: `data` (null before
 *  the first answer), `error` (a sentence), `isNew` (the order is not saved)
 */
export function useWhy(onChanged = () => {}) {
    // Not `useService`: an answer must outlive the component that asked first.
    const { orm } = useEnv().services;
    const keepLast = new KeepLast();
    const state = useState({ data: null, error: "", isNew: false });
    let shown = {};

    async function load() {
        state.error = "";
        try {
            state.data = await keepLast.add(ask(orm, shown.resId, shown.values));
        } catch (error) {
            state.error = sentence(error);
        }
    }

    useRecordObserver((record) => {
        const { resId } = record;
        const values = toRaw(record.data);
        if (resId === shown.resId && values === shown.values) {
            return;
        }
        if (resId !== shown.resId) {
            state.data = null;
        }
        shown = { resId, values };
        state.isNew = !resId;
        if (resId) {
            load();
            onChanged();
        }
    });

    return { state, retry: load };
}
