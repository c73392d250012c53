import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

const LIST = [
    "订单号,订单日期,客户名称,产品编码,数量,单价,金额",
    "XS-2019-0001,2019-05-06,太湖汽修,ZXJ-0123,12,160,1920",
    "XS-2019-0002,2019-05-07,太湖汽修,ZXJ-0123,2,160,320",
    "XS-2019-0003,2019-05-08,Nobody Ltd,ZXJ-0123,3,160,480",
].join("\n");

/** A list of old orders from its upload to orders, found again, and taken back. */
registry.category("web_tour.tours").add("order_hub_history", {
    steps: () => [
        {
            trigger: ".modal .o_field_many2many_binary",
            run: () =>
                inputFiles(".modal .o_field_many2many_binary input[type=file]", [
                    new File([LIST], "old orders.csv", { type: "text/csv" }),
                ]),
        },
        { trigger: ".modal .o_attachment:contains(old orders)" },
        { trigger: ".modal button[name=action_upload]", run: "click" },
        { trigger: ".o_data_row:contains(old orders.csv) .o_data_cell", run: "click" },
        {
            content: "the sheet as written, and beside it the orders as understood",
            trigger: ".o_hub_history_sides section:eq(1) td:contains(Nobody Ltd)",
        },
        { trigger: "button[name=action_confirm_columns]", run: "click" },
        { trigger: ".o_statusbar_buttons button:contains(Review Rows)", run: "click" },
        {
            content: "what is not certain says why",
            trigger: ".o_data_row:contains(XS-2019-0003):contains(Nobody knows)",
        },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_filter_menu .o_menu_item:contains(Certain)", run: "click" },
        { trigger: ".o_list_table:not(:has(.o_data_row:contains(XS-2019-0003)))" },
        { trigger: "thead .o_list_record_selector input", run: "click" },
        { trigger: "button[name=action_approve]", run: "click" },
        {
            content: "approved rows wait no longer",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(XS-2019-0001)))",
        },
        { trigger: ".o_breadcrumb a:contains(old orders.csv)", run: "click" },
        { trigger: "button[name=action_take_in]", run: "click" },
        {
            content: "two orders were made of it",
            trigger: ".oe_stat_button:contains(Orders):contains(2)",
        },
        { trigger: ".oe_stat_button:contains(Rows)", run: "click" },
        { trigger: ".o_data_row:contains(XS-2019-0003)" },
        {
            content: "an order is found by roughly its number",
            trigger: ".o_searchview_input",
            run: "edit xs 2019 0002",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Roughly)",
            run: "click",
        },
        { trigger: ".o_list_table:not(:has(.o_data_row:contains(XS-2019-0001)))" },
        { trigger: ".o_data_row:contains(XS-2019-0002):contains(Taken In)" },
        { trigger: ".o_breadcrumb a:contains(old orders.csv)", run: "click" },
        { trigger: "button[name=action_undo]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        {
            content: "the orders are gone, and the rows wait again",
            trigger: ".o_arrow_button_current:contains(To Review)",
        },
        { trigger: ".o_form_view:not(:has(.oe_stat_button:contains(Orders)))" },
    ],
});
