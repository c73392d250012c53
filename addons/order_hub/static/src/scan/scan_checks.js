import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { EvidenceFileError, shrinkPhoto } from "./evidence_files";

const STATES = {
    open: _t("To do"),
    passed: _t("Passed"),
    failed: _t("Failed"),
};

/**
 * The quality checks of an order: what to look at, a photo where one is wanted, a
 * thumb up or down. One check is open at a time, so that the thumb cannot miss.
 */
export class ScanChecks extends Component {
    static template = "order_hub.ScanChecks";
    static props = {
        checks: { type: Array, element: Object },
        level: String,
        mayCheck: Boolean,
        isBusy: Boolean,
        onResult: Function,
        onError: Function,
    };

    setup() {
        this.photoInput = useRef("photo");
        this.states = STATES;
        this.state = useState({
            openId: this.firstUndone(this.props.checks),
            isFailing: false,
            isReading: false,
            note: "",
            photo: null,
        });
    }

    /** The check to do next. */
    firstUndone(checks) {
        return checks.find((check) => check.state === "open")?.id ?? null;
    }

    get done() {
        return this.props.checks.filter((check) => check.state === "passed").length;
    }

    canPass(check) {
        return !check.needs_photo || check.has_photo || Boolean(this.state.photo);
    }

    toggle(check) {
        this.show(this.state.openId === check.id ? null : check.id);
    }

    show(openId) {
        Object.assign(this.state, { openId, isFailing: false, note: "", photo: null });
    }

    async onPhoto(ev) {
        const [file] = ev.target.files;
        ev.target.value = "";
        if (!file) {
            return;
        }
        this.props.onError("");
        this.state.isReading = true;
        try {
            this.state.photo = await shrinkPhoto(file);
        } catch (error) {
            if (!(error instanceof EvidenceFileError)) {
                throw error;
            }
            this.props.onError(error.message);
        } finally {
            this.state.isReading = false;
        }
    }

    async finish(check, passed) {
        const { note, photo } = this.state;
        const checks = await this.props.onResult(check.id, passed, { note, photo });
        if (checks) {
            this.show(this.firstUndone(checks));
        }
    }
}
