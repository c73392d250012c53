import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("order_hub_intake_mend", {
    steps: () => [
        {
            content: "the monitor shows what waits for a person, by channel",
            trigger: "[data-channel='Paper Shop paper'] [data-figure=attention]:contains(1)",
            run: "click",
        },
        {
            content: "the figure opens the very orders that it counts",
            trigger: ".o_data_row:contains(M-1)",
        },
        { trigger: ".o_data_row:contains(M-1) .o_data_cell", run: "click" },
        {
            content: "the step that stopped says which code nobody knows",
            trigger: ".o_hub_inbound_step:contains(NO-SUCH)",
        },
        {
            trigger: ".o_hub_inbound_step:contains(NO-SUCH) .o_hub_inbound_input",
            run: "edit ZXJ-0123",
        },
        { trigger: "button:contains(Correct and Replay)", run: "click" },
        {
            content: "it became an order, which is one click away",
            trigger: "button[name=action_view_order]",
        },
        { trigger: ".o_arrow_button_current:contains(Taken In)" },
        {
            content: "what the channel had sent is kept as it came",
            trigger: ".nav-link:contains(Payload)",
            run: "click",
        },
        { trigger: ".o_hub_inbound_payload:contains(NO-SUCH)" },
    ],
});

registry.category("web_tour.tours").add("order_hub_intake_merge", {
    steps: () => [
        {
            content: "both orders side by side, and why they look alike",
            trigger: ".o_hub_pair:contains(C-1)",
        },
        { trigger: ".o_hub_pair_why summary", run: "click" },
        { trigger: ".o_hub_pair_points" },
        { trigger: "button[name=action_merge]", run: "click" },
        {
            content: "one tap, and this pair is decided: the next one, or the list",
            trigger: ".o_action_manager:not(:has(.o_hub_pair:contains(C-1)))",
        },
    ],
});

registry.category("web_tour.tours").add("order_hub_mapping_trial", {
    steps: () => [
        {
            content: "a stored order is tried before the mapping is used",
            trigger: "button[name=action_try]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=inbound_id] input",
            run: "edit T-1",
        },
        {
            trigger:
                ".ui-menu-item a:contains(T-1), .o-autocomplete--dropdown-item:contains(T-1)",
            run: "click",
        },
        {
            content: "source and result stand side by side",
            trigger: ".modal .o_field_widget[name=result]:contains(Taihu Auto Repair)",
        },
        { trigger: ".modal button:contains(Close)", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
