import { Component, useRef, useState } from "@odoo/owl";
import { NameAndSignature } from "@web/core/signature/name_and_signature";
import { _t } from "@web/core/l10n/translation";
import { contentOf, EvidenceFileError, readFile, shrinkPhoto } from "./evidence_files";

/**
 * Asks for the evidence that a step wants, and for nothing else.
 *
 * Keeps what was given in `props.given`: kind → item as `hub_do_step` takes it.
 */
export class ScanEvidence extends Component {
    static template = "order_hub.ScanEvidence";
    static components = { NameAndSignature };
    static props = {
        wanted: { type: Array, element: String },
        given: Object,
        onError: Function,
    };

    setup() {
        this.photoInput = useRef("photo");
        this.fileInput = useRef("file");
        this.state = useState({ isReading: false });
        this.signature = useState({ name: "" });
    }

    wants(kind) {
        return this.props.wanted.includes(kind);
    }

    async onPhoto(ev) {
        await this.take("photo", ev.target, shrinkPhoto);
    }

    async onFile(ev) {
        await this.take("file", ev.target, readFile);
    }

    /** Read the file chosen in an input and keep it as evidence of a kind. */
    async take(kind, input, read) {
        const [file] = input.files;
        input.value = "";
        if (!file) {
            return;
        }
        this.props.onError("");
        this.state.isReading = true;
        try {
            this.props.given[kind] = { kind, ...(await read(file)) };
        } catch (error) {
            if (!(error instanceof EvidenceFileError)) {
                throw error;
            }
            this.props.onError(error.message);
        } finally {
            this.state.isReading = false;
        }
    }

    onNote(ev) {
        const note = ev.target.value;
        if (note.trim()) {
            this.props.given.note = { kind: "note", note };
        } else {
            delete this.props.given.note;
        }
    }

    onSignatureChange() {
        const { isSignatureEmpty, getSignatureImage, name } = this.signature;
        if (isSignatureEmpty || !name?.trim()) {
            delete this.props.given.signature;
            return;
        }
        this.props.given.signature = {
            kind: "signature",
            content: contentOf(getSignatureImage()),
            filename: _t("signature.png").toString(),
            signed_by: name.trim(),
        };
    }
}
