import { registry } from "@web/core/registry";

/** A difference with all of these texts: a row at a desk, a card on a phone. */
function difference(...texts) {
    const has = texts.map((text) => `:contains(${text})`).join("");
    const lines = ".o_field_widget[name=line_ids]";
    return `${lines} .o_data_row${has}, ${lines} .o_kanban_record${has}`;
}

registry.category("web_tour.tours").add("order_hub_trial_draft", {
    steps: () => [
        {
            content: "a draft says that it is not in use",
            trigger: ".alert:contains(Draft: not in use yet)",
        },
        { trigger: "button[name=action_try]", run: "click" },
        { trigger: ".o_field_widget[name=limit] input", run: "edit 1" },
        { trigger: "button[name=action_run]", run: "click" },
        {
            content: "order by order: what was, and what would be",
            trigger: difference("Priority", "Urgent", "Rule 1"),
        },
        { trigger: ".o_field_widget[name=changed_count]:contains(1)" },
        { trigger: ".o_field_widget[name=summary]:contains(1 × Priority)" },
        {
            content: "a draft is not applied to anything",
            trigger: "body:not(:has(button[name=action_apply]))",
        },
    ],
});

registry.category("web_tour.tours").add("order_hub_trial_apply", {
    steps: () => [
        {
            content: "the version that is in force",
            trigger:
                ".o_data_cell[name=name]:contains(Test rules), .o_kanban_record:contains(Test rules)",
            run: "click",
        },
        { trigger: "button[name=action_try]", run: "click" },
        { trigger: ".o_radio_item:contains(still wait) input", run: "click" },
        { trigger: "button[name=action_run]", run: "click" },
        { trigger: difference("Priority", "Urgent") },
        { trigger: "button[name=action_apply]", run: "click" },
        {
            content: "before anything is written, it is said what that means",
            trigger: ".modal:contains(What a person decided stays)",
        },
        { trigger: ".modal-footer .btn-primary:contains(Apply to These)", run: "click" },
        {
            content: "afterwards there is nothing left to be different",
            trigger: ".alert-success:contains(Not one of these orders)",
        },
        { trigger: "body:not(:has(button[name=action_apply]))" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
