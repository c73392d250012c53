import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("order_hub_why", {
    steps: () => [
        {
            content: "the line on top says who approves and why",
            trigger: ".o_hub_why_line:contains(Approval):contains(Small orders)",
        },
        { trigger: ".o_notebook .nav-link:contains(Why)", run: "click" },
        { trigger: "[data-kind=approval] .o_hub_why_badge:contains(Routing rule)" },
        { trigger: "[data-kind=owner] .o_hub_why_chosen:contains(hub_sales)" },
        {
            content: "which rules were tried: the one that fits and why the other does not",
            trigger: ".o_hub_why_tried > .o_hub_why_toggle",
            run: "click",
        },
        { trigger: ".o_hub_why_fits:contains(Small orders)" },
        {
            trigger:
                ".o_hub_why_rule:not(.o_hub_why_fits):contains(Large orders):contains(50,000):contains(1,600)",
        },
        {
            content: "somebody else shall have the order",
            trigger: "[data-kind=owner] .o_hub_why_change",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=current_text]:contains(hub_sales)" },
        { trigger: ".modal .o_field_widget[name=owner_id] input", run: "edit hub_operator" },
        { trigger: ".o-autocomplete--dropdown-item:contains(hub_operator)", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit She knows the drawing",
        },
        { trigger: ".modal button[name=action_overrule]", run: "click" },
        {
            content: "the panel shows the person's decision and, struck through, the rule's",
            trigger: "[data-kind=owner] .o_hub_why_chosen:contains(hub_operator)",
        },
        { trigger: "[data-kind=owner] .o_hub_why_because:contains(She knows the drawing)" },
        { trigger: "[data-kind=owner] .o_hub_why_overruled del:contains(hub_sales)" },
        { trigger: "[data-kind=owner] .o_hub_why_badge:contains(Person)" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
