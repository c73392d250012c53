import { toRaw, useEnv, useState } from "@odoo/owl";
import { ConnectionLostError } from "@web/core/network/rpc";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useRecordObserver } from "@web/model/relational_model/utils";

/**
 * What the server answered, by method and by the values of the record it was asked
 * for: a line on top and the page below ask once between them.
 */
const answers = new Map();

/** What a reader is told when the server gave no answer. */
export function sentence(error) {
    if (error instanceof ConnectionLostError) {
        return _t("There is no connection to the server.");
    }
    const isMeant = error.exceptionName?.startsWith("odoo.exceptions.");
    return isMeant ? error.data.message : _t("The server could not answer.");
}

function ask(orm, method, { resModel, resId, values }) {
    if (!answers.has(method)) {
        answers.set(method, new WeakMap());
    }
    const known = answers.get(method);
    if (!known.has(values)) {
        const answer = orm.silent.call(resModel, method, [[resId]]);
        known.set(values, answer);
        answer.catch(() => known.delete(values));
    }
    return known.get(values);
}

/**
 * Keep what a method of the record says at hand: asked when the component is shown,
 * and again whenever the record was loaded or saved. Edits that are not saved change
 * nothing, and what was known stays on the screen until the answer is there.
 *
 * @param {string} method of the record's model, without arguments
 * @param {Object} [options]
 * @param {(record: Object) => void} [options.onChanged] called when the record was
 *  looked at again
 * @param {(record: Object) => boolean} [options.isAsked] for which records to ask
 * @returns {{state: Object, retry: () => Promise<void>}} state: `data` (null before
 *  the first answer), `error` (a sentence), `isNew` (the record is not saved)
 */
export function useAnswer(method, { onChanged = () => {}, isAsked = () => true } = {}) {
    // Not `useService`: an answer must outlive the component that asked first.
    const { orm } = useEnv().services;
    const keepLast = new KeepLast();
    const state = useState({ data: null, error: "", isNew: false });
    let shown = {};

    async function load() {
        state.error = "";
        try {
            state.data = await keepLast.add(ask(orm, method, shown));
        } catch (error) {
            state.error = sentence(error);
        }
    }

    useRecordObserver((record) => {
        const { resModel, resId } = record;
        const values = toRaw(record.data);
        if (resId === shown.resId && values === shown.values) {
            return;
        }
        const isOther = resId !== shown.resId;
        shown = { resModel, resId, values };
        state.isNew = !resId;
        const asks = resId && isAsked(record);
        if (isOther || !asks) {
            state.data = null;
        }
        if (asks) {
            load();
            onChanged(record);
        }
    });

    return { state, retry: load };
}
