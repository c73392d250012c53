/** Longer than this on a bad line, and it counts as no network. */
const PATIENCE = 20000;
/** What Odoo's JSON-RPC calls a session that has ended. */
const SESSION_EXPIRED = 100;

/** The server could not be reached, or not now: try again later. */
export class Offline extends Error {}
/** Nobody is logged in any more. */
export class LoggedOut extends Error {}
/** The card does not open: not this user's, withdrawn, run out. */
export class Closed extends Error {}

export class CardServer {
    /**
     * @param {string} token
     * @param {{reached: Function, failed: Function}} listener told of each question
     */
    constructor(token, listener) {
        this.base = `/hub/card/${token}`;
        this.listener = listener;
    }

    /**
     * Return what the server answers to a question.
     *
     * @param {string} question last part of the address
     * @param {Object} params
     * @throws {Offline|LoggedOut|Closed}
     */
    async ask(question, params = {}) {
        try {
            const result = await this.result(question, params);
            this.listener.reached();
            return result;
        } catch (error) {
            this.listener.failed(error);
            throw error;
        }
    }

    async result(question, params) {
        const answer = await this.post(`${this.base}/${question}`, params);
        if (answer.error) {
            const isOver = answer.error.code === SESSION_EXPIRED;
            throw isOver ? new LoggedOut() : new Offline();
        }
        if (answer.result.error === "closed") {
            throw new Closed();
        }
        if (answer.result.error === "busy") {
            throw new Offline();
        }
        return answer.result;
    }

    async post(url, params) {
        try {
            const response = await fetch(url, {
                method: "POST",
                headers: {"Content-Type": "application/json"},
                body: JSON.stringify({ jsonrpc: "2.0", method: "call", id: 1, params }),
                signal: AbortSignal.timeout(PATIENCE),
            });
            return await response.json();
        } catch (error) {
            throw new Offline(error.message);
        }
    }
}
