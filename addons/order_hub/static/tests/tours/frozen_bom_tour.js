import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("order_hub_frozen_bom_change", {
    steps: () => [
        {
            content: "a released revision says so, and offers no field to edit",
            trigger: ".alert:contains(does not change any more)",
        },
        {
            trigger: ".o_field_widget[name=bom_line_ids]:not(:has(.o_field_x2many_list_row_add))",
        },
        {
            content: "archiving it would change it too",
            trigger: ".o_cp_action_menus .dropdown-toggle:has(.fa-cog)",
            run: "click",
        },
        { trigger: ".o-dropdown--menu .o_menu_item:contains(Archive)", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        {
            content: "the answer names the orders, and what to do instead",
            trigger: ".modal:contains(1 orders are frozen on it)",
        },
        { trigger: ".modal-footer button:contains(Engineering Change)", run: "click" },
        {
            content: "a change of this very revision",
            trigger: ".o_field_widget[name=bom_ids] .o_data_row:contains(Board)",
        },
        {
            trigger: ".o_field_widget[name=title] input, .o_field_widget[name=title] textarea",
            run: "edit R4 to R13: twelve resistors",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "button[name=action_open_draft]", run: "click" },
        {
            content: "the draft of the next revision is edited like any bill",
            trigger: ".alert:contains(draft of a new revision)",
        },
        {
            trigger:
                ".o_field_widget[name=bom_line_ids] .o_data_row:contains(RESISTOR) [name=product_qty]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=bom_line_ids] .o_selected_row [name=product_qty] input",
            run: "edit 12",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved, .o_form_readonly, .o_form_status_indicator_buttons.invisible" },
        { trigger: ".o_back_button, .breadcrumb-item:last-of-type a", run: "click" },
        { trigger: "button[name=action_review]", run: "click" },
        {
            content: "before anybody approves: which orders, at what cost",
            trigger: ".o_arrow_button_current:contains(Review)",
        },
        { trigger: ".o_notebook .nav-link[name=orders]", run: "click" },
        { trigger: ".o_field_widget[name=order_ids] .o_data_row:contains(Switch)" },
    ],
});

registry.category("web_tour.tours").add("order_hub_frozen_bom_approve", {
    steps: () => [
        { trigger: ".o_notebook .nav-link[name=impact]", run: "click" },
        { trigger: ".o_form_statusbar button:contains(Approve)", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea, .modal .o_field_widget[name=reason] input",
            run: "edit Tried on ten boards",
        },
        { trigger: ".modal-footer button:contains(Approve)", run: "click" },
        {
            content: "it was the last one: the order follows at once",
            trigger: ".o_arrow_button_current:contains(Done)",
        },
        { trigger: ".o_notebook .nav-link[name=orders]", run: "click" },
        { trigger: ".o_field_widget[name=order_ids] .o_data_row:contains(Done)" },
    ],
});

registry.category("web_tour.tours").add("order_hub_frozen_bom_built", {
    steps: () => [
        {
            content: "the manufacturing order says what it is made from",
            trigger: "[name=hub_frozen]:contains(B)",
        },
        {
            content: "and takes twelve resistors a board",
            trigger:
                ".o_field_widget[name=move_raw_ids] .o_data_row:contains(RESISTOR):contains(60)",
        },
    ],
});
