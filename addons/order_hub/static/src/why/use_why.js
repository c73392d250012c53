import { useAnswer } from "../use_answer";

export { sentence } from "../use_answer";

/**
 * Keep the decisions of an order at hand.
 *
 * @param {(record: Object) => void} [onChanged] called when the order was looked at
 *  again
 * @returns {{state: Object, retry: () => Promise<void>}} see `useAnswer`
 */
export function useWhy(onChanged) {
    return useAnswer("hub_why", { onChanged });
}
