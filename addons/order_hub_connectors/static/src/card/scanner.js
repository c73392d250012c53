import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import {_t} from "./words";

const FORMATS = ["qr_code", "code_128", "code_39", "ean_13", "ean_8", "itf", "data_matrix"];
/** Milliseconds between two looks at the picture. */
const PAUSE = 200;

/** Whether this browser reads codes with the camera. */
export function canScan() {
    return "BarcodeDetector" in window && Boolean(navigator.mediaDevices);
}

/** The camera, until it has read a code. */
export class Scanner extends Component {
    static template = "order_hub_connectors.CardScanner";
    static props = { onCode: Function, onClose: Function };

    setup() {
        this.video = useRef("video");
        this.state = useState({ trouble: "" });
        onMounted(() => this.start());
        onWillUnmount(() => this.stop());
    }

    async start() {
        try {
            this.stream = await navigator.mediaDevices.getUserMedia({
                video: { facingMode: "environment" },
            });
            this.video.el.srcObject = this.stream;
            await this.video.el.play();
            this.detector = new window.BarcodeDetector({ formats: FORMATS });
            this.timer = setInterval(() => this.look(), PAUSE);
        } catch {
            this.state.trouble = _t(
                "The camera does not open. Allow it in the browser, or type the code."
            );
        }
    }

    async look() {
        const [code] = await this.detector.detect(this.video.el).catch(() => []);
        if (code) {
            this.stop();
            this.props.onCode(code.rawValue);
        }
    }

    stop() {
        clearInterval(this.timer);
        for (const track of this.stream?.getTracks() || []) {
            track.stop();
        }
    }
}
