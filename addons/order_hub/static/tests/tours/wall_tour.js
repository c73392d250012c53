import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

function call(method, args) {
    const params = { model: "sale.order", method, args, kwargs: {} };
    return rpc(`/web/dataset/call_kw/sale.order/${method}`, params);
}

/** Move one of the two orders on, as somebody else would. */
async function moveOn() {
    const [id] = await call("search", [[["client_order_ref", "=", "WALL-TOUR"]]]);
    const { step } = await call("hub_step", [[id]]);
    await call("hub_do_step", [[id], step.id]);
}

registry.category("web_tour.tours").add("order_hub_wall_live", {
    steps: () => [
        { trigger: "[data-milestone=received] .o_hub_wall_big:contains(2)" },
        { trigger: "[data-milestone=approved] .o_hub_wall_big:contains(0)" },
        {
            content: "somebody moves an order: the wall follows by itself",
            trigger: ".o_hub_wall_updated:contains(Live)",
            run: moveOn,
        },
        { trigger: "[data-milestone=received] .o_hub_wall_big:contains(1)" },
        { trigger: "[data-milestone=approved] .o_hub_wall_big:contains(1)" },
        {
            content: "the figure opens exactly its orders",
            trigger: "[data-milestone=approved] .o_hub_wall_count",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:count(1)" },
        {
            content: "back on the wall, an order of the list opens its form",
            trigger: ".o_breadcrumb a:contains(Wall)",
            run: "click",
        },
        { trigger: ".o_hub_wall_table [data-order]:first .o_hub_wall_link", run: "click" },
        { trigger: ".o_form_view .o_hub_band:contains(OH-)" },
    ],
});
