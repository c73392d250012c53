import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("order_hub_alerts_breaker", {
    steps: () => [
        {
            content: "the whole wall is red and names the work center",
            trigger: ".o_hub_wall_breaker b:contains(Stamping line)",
        },
        { trigger: ".o_hub_wall_breaker:contains(9 open orders, 8 allowed)" },
        {
            content: "red is said in a word, too",
            trigger: ".o_hub_wall_breaker_word:contains(Breaker tripped)",
            run: "click",
        },
        {
            content: "the record says which orders suffer",
            trigger: ".o_form_view [name=order_ids] .o_data_row:count(9)",
        },
        { trigger: ".o_back_button, .o_breadcrumb a:contains(Wall)", run: "click" },
        { trigger: ".o_hub_wall .o_hub_wall_breaker" },
    ],
});

registry.category("web_tour.tours").add("order_hub_alerts_breaker_closed", {
    steps: () => [
        {
            content: "eight orders are no trouble: the wall is calm again",
            trigger: ".o_hub_wall:not(:has(.o_hub_wall_breaker)) .o_hub_wall_milestones",
        },
    ],
});

registry.category("web_tour.tours").add("order_hub_alerts_talk_track", {
    steps: () => [
        {
            content: "the account manager opens his to-do's warning: it is written there",
            trigger: ".o_form_view .o-mail-Activity:contains(Brake disc)",
        },
        {
            trigger: ".o_form_view [name=action_run_ids] .o_data_row:contains(Text)",
        },
        {
            content: "the text goes into a mail, to be read before it is sent",
            trigger:
                ".o_form_view [name=action_run_ids] button[name=action_write_to_customer]",
            run: "click",
        },
        { trigger: ".modal .o_mail_composer_form_view:contains(Taihu Auto Repair)" },
        { trigger: ".modal .odoo-editor-editable:contains(Brake disc)" },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_form_view" },
    ],
});
