import { Component, onMounted, onWillStart, useRef, useState } from "@odoo/owl";
import { scanBarcode } from "@web/core/barcode/barcode_dialog";
import { isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";
import { browser } from "@web/core/browser/browser";
import { hasTouch } from "@web/core/browser/feature_detection";
import { formatFloat } from "@web/core/utils/numbers";
import { _t } from "@web/core/l10n/translation";
import { formatList } from "@web/core/l10n/utils";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { ScanChecks } from "./scan_checks";
import { ScanEvidence } from "./scan_evidence";
import { ScanStock } from "./scan_stock";

const KINDS = {
    photo: _t("photo"),
    signature: _t("signature"),
    note: _t("note"),
    file: _t("file"),
};

/** Does the device have a camera at all? Whether it may be used is asked later. */
async function hasVideoInput() {
    const devices = await browser.navigator.mediaDevices.enumerateDevices();
    return devices.some((device) => device.kind === "videoinput");
}

/**
 * Scan first: one order, one step, one big button, for a thumb on a phone.
 *
 * Three screens: `start` (scan or type), `order` (what is next and what is wanted)
 * and `done`; for the code of a product or location `stock`, to count it. What may be done and what is missing is the server's word alone.
 */
export class OrderHubScan extends Component {
    static template = "order_hub.Scan";
    static components = { ScanChecks, ScanEvidence, ScanStock };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Scan");
    static path = "order-scan";

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.codeInput = useRef("code");
        this.kinds = KINDS;
        this.hasCamera = isBarcodeScannerSupported();
        this.state = useState({
            screen: "start",
            code: "",
            found: null,
            given: {},
            error: "",
            isUnsure: false,
            isBusy: false,
        });
        const { bus } = useService("barcode");
        useBus(bus, "barcode_scanned", ({ detail }) => this.open(detail.barcode));
        onWillStart(() => this.openGiven());
        onMounted(() => this.focusCode());
    }

    get order() {
        return this.state.found.order;
    }

    get step() {
        return this.state.found.step;
    }

    /** The evidence that is still to be given. */
    get missing() {
        return this.step.wanted.filter((kind) => !this.state.given[kind]);
    }

    get missingText() {
        const names = this.missing.map((kind) => this.kinds[kind].toString());
        return formatList(names);
    }

    get isBlocked() {
        return this.state.found.held || this.step.reasons.length > 0;
    }

    get canDo() {
        return !this.isBlocked && !this.missing.length && !this.state.isBusy;
    }

    // --- finding an order ---

    /** Start at the order that the address or the calling screen names. */
    async openGiven() {
        const { params, context } = this.props.action;
        const isOrder = !context?.active_model || context.active_model === "sale.order";
        if (params?.code) {
            await this.open(String(params.code));
        } else if (context?.active_id && isOrder) {
            await this.ask("hub_step", [[context.active_id]]);
        }
    }

    async scan() {
        this.state.error = "";
        if (!(await hasVideoInput())) {
            this.state.error = _t("This device has no camera. Use a hand scanner or type the number.");
            return this.focusCode();
        }
        try {
            await this.open(await scanBarcode(this.env));
        } catch (error) {
            this.state.error = error.message;
        }
    }

    onSubmit() {
        if (this.state.code.trim()) {
            return this.open(this.state.code);
        }
    }

    async open(code) {
        if (this.state.isBusy) {
            return;
        }
        this.state.code = code;
        await this.ask("hub_scan", [code]);
        if (this.state.screen === "start") {
            this.focusCode();
        }
    }

    lookAgain() {
        return this.ask("hub_step", [[this.order.id]]);
    }

    /** Show the order that the server answers with. */
    async ask(method, args) {
        const found = await this.call(method, args);
        if (found?.error) {
            this.state.error = found.error;
        } else if (found?.stock) {
            Object.assign(this.state, { screen: "stock", found });
        } else if (found?.action) {
            await this.action.doAction(found.action);
        } else if (found) {
            this.show("order", found);
        }
    }

    // --- the step ---

    async doStep() {
        if (!this.canDo) {
            return;
        }
        const evidence = this.step.wanted.map((kind) => {
            const { url, ...item } = this.state.given[kind];
            return item;
        });
        const args = [[this.order.id], this.step.id, evidence];
        const found = await this.call("hub_do_step", args, { mayHaveHappened: true });
        if (found) {
            this.show("done", found);
        }
    }

    /**
     * Give a check its result; the order stays on the screen.
     *
     * @param {number} checkId
     * @param {boolean} passed
     * @param {Object} given
     * @param {string} [given.note]
     * @param {Object} [given.photo] content (base64) and filename
     * @returns {Promise<Object[] | undefined>} the checks as they are by then
     */
    async doCheck(checkId, passed, { note, photo }) {
        const { url, ...item } = photo || {};
        const args = [[this.order.id], checkId, passed, note || "", photo ? item : false];
        const found = await this.call("hub_do_check", args, { mayHaveHappened: true });
        if (found) {
            Object.assign(this.state, { found, error: "", isUnsure: false });
        }
        return found?.checks;
    }

    goOn() {
        this.state.screen = "order";
    }

    next() {
        Object.assign(this.state, { screen: "start", code: "", error: "", found: null });
        this.props.updateActionState?.({ code: undefined });
        if (this.hasCamera && hasTouch()) {
            return this.scan();
        }
        this.focusCode();
    }

    openForm() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sale.order",
            res_id: this.order.id,
            views: [[false, "form"]],
        });
    }

    // --- shared ---

    show(screen, found) {
        Object.assign(this.state, { screen, found, given: {}, error: "", isUnsure: false });
        this.props.updateActionState?.({ code: found.order.ref });
    }

    /**
     * Call the server; what goes wrong stays on the screen in words.
     *
     * @param {string} method of sale.order
     * @param {any[]} args
     * @param {Object} [options]
     * @param {boolean} [options.mayHaveHappened] a lost answer leaves doubt
     */
    async call(method, args, { mayHaveHappened = false } = {}) {
        this.state.isBusy = true;
        this.state.error = "";
        try {
            return await this.orm.call("sale.order", method, args);
        } catch (error) {
            this.state.isUnsure = mayHaveHappened && error instanceof ConnectionLostError;
            this.state.error = this.sentence(error);
        } finally {
            this.state.isBusy = false;
        }
    }

    sentence(error) {
        if (this.state.isUnsure) {
            return _t("The connection was lost. Look again where the order is before you repeat the step.");
        }
        if (error instanceof ConnectionLostError) {
            return _t("No connection. Nothing was changed; try again.");
        }
        return error.data?.message || error.message;
    }

    setError(message) {
        this.state.error = message;
    }

    focusCode() {
        // On a phone the keyboard would cover the screen: there it waits for a tap.
        if (!hasTouch()) {
            Promise.resolve().then(() => this.codeInput.el?.focus());
        }
    }

    quantity(line) {
        return formatFloat(line.quantity, { digits: [16, 2], trailingZeros: false });
    }

    promise() {
        const days = this.order.days_left;
        if (days < 0) {
            return days === -1 ? _t("1 day late") : _t("%s days late", -days);
        }
        if (days === 0) {
            return _t("today");
        }
        return days === 1 ? _t("tomorrow") : _t("in %s days", days);
    }
}

registry.category("actions").add("order_hub.scan", OrderHubScan);
