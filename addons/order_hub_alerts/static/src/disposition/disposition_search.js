import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { sentence } from "@order_hub/use_answer";
import { OfferCard } from "./offer_card";

/** Milliseconds after the last key until the cards are asked. */
const PAUSE = 300;

/** Has this happened before? One field, the best cards below it. */
export class DispositionSearch extends Component {
    static template = "order_hub_alerts.DispositionSearch";
    static components = { ControlPanel, OfferCard };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.kinds = [];
        this.search = useState({
            text: "",
            kindId: 0,
            offers: [],
            isBusy: false,
            error: "",
        });
        this.findSoon = useDebounced(() => this.find(), PAUSE);
        useAutofocus();
        onWillStart(async () => {
            this.kinds = await this.orm.searchRead(
                "order.hub.exception.kind",
                [],
                ["display_name"]
            );
        });
    }

    /** Wait for the end of the sentence; the page says that it will look. */
    typed() {
        this.search.isBusy = Boolean(this.search.text.trim());
        this.findSoon();
    }

    async find() {
        const text = this.search.text.trim();
        this.search.error = "";
        this.search.isBusy = Boolean(text);
        if (!text) {
            this.search.offers = [];
            return;
        }
        const asked = this.orm.silent.call("order.hub.disposition", "hub_find", [
            text,
            this.search.kindId,
        ]);
        try {
            this.search.offers = await this.keepLast.add(asked);
        } catch (error) {
            this.search.error = sentence(error);
        }
        this.search.isBusy = false;
    }
}

registry
    .category("actions")
    .add("order_hub_alerts.disposition_search", DispositionSearch);
