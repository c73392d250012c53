import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    makeServerError,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {
    foldedAtFirst,
    lateness,
    MANY,
    names,
    PAGE,
    visibleRows,
} from "@order_hub/chain/chain_words";

describe.current.tags("desktop");
defineMailModels();

class SaleOrder extends models.Model {
    _name = "sale.order";

    name = fields.Char();
    state = fields.Selection({
        selection: [
            ["draft", "Quotation"],
            ["sale", "Sales Order"],
        ],
    });

    _records = [
        { id: 7, name: "S00007", state: "sale" },
        { id: 8, name: "S00008", state: "draft" },
    ];
}
defineModels([SaleOrder]);

const ORDER = "sale.order,7";
const WAITS = "Manufacturing order WH/MO/1 waits for Purchase order P1.";

function row(key, parent, depth, more = {}) {
    return {
        key,
        parent,
        depth,
        kind: "manufacture",
        kind_label: "Manufacturing order",
        name: key,
        model: "mrp.production",
        id: 1,
        state: "open",
        state_label: "Confirmed",
        partner: "",
        goods: "Knuckle",
        quantity: "10 Units",
        amount: "",
        planned: "03/20/2026",
        needed: "03/20/2026",
        expected: "03/20/2026",
        is_late: false,
        days_late: 0,
        is_blocking: false,
        is_refill: false,
        waits_for: [],
        also: [],
        ...more,
    };
}

const root = row(ORDER, "", 0, { kind: "sale", name: "S00007", model: "sale.order", id: 0 });

function tree() {
    return [
        root,
        row("WH/OUT/1", ORDER, 1, { kind: "delivery", waits_for: ["WH/MO/1"] }),
        row("WH/MO/1", "WH/OUT/1", 2, { waits_for: ["P1"], is_blocking: true }),
        row("P1", "WH/MO/1", 3, {
            kind: "purchase",
            model: "purchase.order",
            id: 42,
            partner: "Taihu Steel",
            is_late: true,
            days_late: 3,
            expected: "03/23/2026",
            is_blocking: true,
            also: ["WH/MO/2"],
        }),
        row("INV/1", ORDER, 1, { kind: "invoice", state: "done", state_label: "Paid" }),
    ];
}

function chain(rows = tree(), waits_for = WAITS) {
    const documents = rows.filter((each) => each.depth);
    return {
        rows,
        waits_for,
        counts: {
            documents: documents.length,
            open: documents.filter((each) => each.state === "open").length,
            done: documents.filter((each) => each.state === "done").length,
            late: documents.filter((each) => each.is_late).length,
        },
    };
}

/** Many documents: 3 open ones, the others done, ten below each delivery. */
function many(count) {
    const rows = [root];
    for (let number = 0; rows.length <= count; number++) {
        const delivery = `OUT${number}`;
        const state = number === 1 ? "open" : "done";
        rows.push(row(delivery, ORDER, 1, { kind: "delivery", state }));
        for (let part = 0; part < 9 && rows.length <= count; part++) {
            rows.push(row(`${delivery}-${part}`, delivery, 2, { state }));
        }
    }
    return rows;
}

async function mountOrder(answer, { resId = 7, withLine = false } = {}) {
    const calls = [];
    onRpc("sale.order", "hub_chain", ({ args }) => {
        calls.push(args[0]);
        return answer(calls.length);
    });
    await mountView({
        type: "form",
        resModel: "sale.order",
        resId,
        arch: `<form>
            ${withLine ? '<widget name="hub_chain_line"/>' : ""}
            <field name="name"/>
            <field name="state"/>
            ${withLine === "alone" ? "" : '<widget name="hub_chain"/>'}
        </form>`,
    });
    await animationFrame();
    return calls;
}

test("a document says what, how far and when, in words and with a sign", async () => {
    await mountOrder(() => chain());
    expect(".o_hub_chain_row").toHaveCount(5);
    expect(".o_hub_chain_wait").toHaveText(WAITS);
    const purchase = "[data-key=P1]";
    expect(`${purchase} .o_hub_chain_partner`).toHaveText("Taihu Steel");
    expect(`${purchase} .o_hub_chain_late`).toHaveText("3 days late");
    expect(`${purchase} .o_hub_chain_late i.fa`).toHaveCount(1);
    expect(`${purchase} .o_hub_chain_when`).toHaveText(/expected 03\/23\/2026/);
    expect(`${purchase} .o_hub_chain_badge i.fa`).toHaveCount(1);
    expect(`${purchase} .o_hub_chain_note:last`).toHaveText("also for WH/MO/2");
    expect("[data-key='WH/MO/1'] .o_hub_chain_note:last").toHaveText("waits for P1");
    expect("[data-key='WH/MO/1']").toHaveAttribute("aria-level", "3");
});

test("a branch folds and unfolds", async () => {
    await mountOrder(() => chain());
    const fold = "[data-key='WH/OUT/1'] button.o_hub_chain_fold";
    await contains(fold).click();
    expect(".o_hub_chain_row").toHaveCount(3);
    expect("[data-key='WH/OUT/1']").toHaveAttribute("aria-expanded", "false");
    await contains(fold).click();
    expect(".o_hub_chain_row").toHaveCount(5);
});

test("a click opens the document", async () => {
    mockService("action", {
        doAction: async ({ res_model, res_id }) => expect.step([res_model, res_id]),
    });
    await mountOrder(() => chain());
    await contains("[data-key=P1] .o_hub_chain_open").click();
    expect.verifySteps([["purchase.order", 42]]);
});

test("what the reader may not open is a number without a way to it", async () => {
    const closed = row("P1", ORDER, 1, { model: "", id: 0, goods: "", quantity: "" });
    await mountOrder(() => chain([root, closed]));
    expect("[data-key=P1]").toHaveText(/P1/);
    expect("[data-key=P1] .o_hub_chain_open").toHaveCount(0);
});

test("only what is late is shown, where it belongs, and then all again", async () => {
    await mountOrder(() => chain());
    await contains("[data-filter=late]").click();
    expect(".o_hub_chain_row").toHaveCount(4);
    expect("[data-key='INV/1']").toHaveCount(0);
    expect("[data-filter=late]").toHaveAttribute("aria-pressed", "true");
    await contains("[data-filter=late]").click();
    expect(".o_hub_chain_row").toHaveCount(5);
});

test("three hundred documents are folded, counted and found", async () => {
    await mountOrder(() => chain(many(300)));
    expect(".o_hub_chain_row").toHaveCount(1 + 30 + 9);
    expect(".o_hub_chain_filters").toHaveText(/Documents: 300/);
    await contains(".o_hub_chain_search").edit("OUT7-3", { confirm: false });
    await animationFrame();
    expect(".o_hub_chain_row").toHaveCount(3);
    await contains(".o_hub_chain_search").edit("no such thing", { confirm: false });
    await animationFrame();
    expect(".o_hub_chain_state").toHaveText(/No document with these words/);
});

test("a long list is shown in parts", async () => {
    const open = Array.from({ length: 250 }, (_, number) => row(`D${number}`, ORDER, 1));
    await mountOrder(() => chain([root, ...open]));
    expect(".o_hub_chain_row").toHaveCount(PAGE);
    expect(".o_hub_chain_more").toHaveText("Show more (151)");
    await contains(".o_hub_chain_more").click();
    expect(".o_hub_chain_row").toHaveCount(2 * PAGE);
});

test("no documents, a new order and a failure each say so", async () => {
    await mountOrder((number) => {
        if (number === 1) {
            throw makeServerError({ errorName: "builtins.KeyError", message: "'x'" });
        }
        return chain([root], "");
    });
    expect(".o_hub_chain_state[role=alert]").toHaveText(/could not be read/);
    expect(".o_hub_chain_state").not.toHaveText(/'x'/);
    await contains(".o_hub_chain_state button").click();
    await animationFrame();
    expect(".o_hub_chain_state").toHaveText(/No documents yet/);
});

test("a new order is not asked about", async () => {
    const calls = await mountOrder(() => chain(), { resId: false });
    expect(".o_hub_chain_state").toHaveText(/as soon as the order is saved/);
    expect(calls).toEqual([]);
});

test("the line on top and the page ask once between them", async () => {
    const calls = await mountOrder(() => chain(), { withLine: true });
    expect(calls).toHaveLength(1);
    expect(".o_hub_chain_line").toHaveText(WAITS);
});

test("the line asks nothing for a quotation", async () => {
    const calls = await mountOrder(() => chain(), { resId: 8, withLine: "alone" });
    expect(calls).toEqual([]);
    expect(".o_hub_chain_line").toHaveCount(0);
});

test("few documents are not folded; of many, those with nothing open", () => {
    expect([...foldedAtFirst(tree())]).toEqual([]);
    const folded = foldedAtFirst(many(MANY));
    expect(folded.has("OUT0")).toBe(true);
    expect(folded.has("OUT1")).toBe(false);
    expect(folded.has(ORDER)).toBe(false);
});

test("whoever looks for something sees it, folded or not", () => {
    const view = { filter: "all", search: "taihu", folded: new Set(["WH/OUT/1"]) };
    expect(visibleRows(tree(), view).map((each) => each.key)).toEqual([
        ORDER,
        "WH/OUT/1",
        "WH/MO/1",
        "P1",
    ]);
    expect(visibleRows(tree(), { ...view, search: "" })).toHaveLength(3);
});

test("names and days are told in words", async () => {
    await mountOrder(() => chain());
    expect(String(names(["a", "b", "c", "d", "e"]))).toBe("a, b, c and 2 more");
    expect(names(["a", "b"])).toBe("a, b");
    expect(String(lateness({ is_late: true, days_late: 1 }))).toBe("1 day late");
    expect(String(lateness({ is_late: true, kind: "missing" }))).toBe("no date");
    expect(lateness({ is_late: false })).toBe("");
});
