import { Component, onMounted, onWillUnmount, useState, xml } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

/** The time of day; renders itself once a second and nothing around it. */
export class WallClock extends Component {
    static template = xml`
        <time class="o_hub_wall_clock" t-att-datetime="state.now.toISO()">
            <t t-esc="time"/>
        </time>`;
    static props = {};

    setup() {
        this.state = useState({ now: luxon.DateTime.now() });
        let timer;
        onMounted(() => {
            timer = browser.setInterval(() => (this.state.now = luxon.DateTime.now()), 1000);
        });
        onWillUnmount(() => browser.clearInterval(timer));
    }

    get time() {
        return this.state.now.toLocaleString(luxon.DateTime.TIME_WITH_SECONDS);
    }
}
