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
import { filterRules, headline, isNotable, MAX_RULES, origin } from "@order_hub/why/why_words";

describe.current.tags("desktop");
defineMailModels();

class SaleOrder extends models.Model {
    _name = "sale.order";

    name = fields.Char();

    _records = [{ id: 7, name: "S00007" }];
}
defineModels([SaleOrder]);

const VERSION = "Rules, version 2";

function decision(kind, more = {}) {
    return {
        id: 1,
        kind,
        kind_label: kind,
        chosen: "Chen Jianguo alone",
        because: "Rule “Rush and under 50,000”.",
        source: "rule",
        source_label: "Routing rule",
        date: "03/01/26 9:00",
        person: "",
        rule: { id: 1, name: "Rush and under 50,000", version: VERSION },
        overruled: null,
        reason: "",
        can_overrule: false,
        table: null,
        ...more,
    };
}

function rules(count) {
    return Array.from({ length: count }, (_, index) => ({
        id: index + 1,
        name: `Rule ${index + 1}`,
        fits: index === 0,
        why: index === 0 ? "amount below 50,000" : "It asks for grade: A; the order has B.",
        decides: "Priority: Urgent",
    }));
}

/** Mount an order with the page (and the line); `answer` says what the server does. */
async function mountOrder(answer, { resId = 7, withLine = false } = {}) {
    const calls = [];
    onRpc("sale.order", "hub_why", ({ args }) => {
        calls.push(args[0]);
        return answer(calls.length);
    });
    await mountView({
        type: "form",
        resModel: "sale.order",
        resId,
        arch: `<form>
            ${withLine ? '<widget name="hub_why_line"/>' : ""}
            <field name="name"/>
            <widget name="hub_why"/>
        </form>`,
    });
    await animationFrame();
    return calls;
}

function why(...decisions) {
    return { version: VERSION, decisions };
}

test("a decision says what, why and by whom, with words and not only colours", async () => {
    await mountOrder(() => why(decision("approval")));
    expect("[data-kind=approval] .o_hub_why_kind").toHaveText("approval");
    expect("[data-kind=approval] .o_hub_why_chosen").toHaveText("Chen Jianguo alone");
    expect("[data-kind=approval] .o_hub_why_because").toHaveText("Rule “Rush and under 50,000”.");
    expect("[data-kind=approval] .o_hub_why_badge").toHaveText("Routing rule");
    expect("[data-kind=approval] .o_hub_why_badge i.fa").toHaveCount(1);
    expect(".o_hub_why_change").toHaveCount(0);
    expect(".o_hub_why_origin").toHaveCount(0);
});

test("what a person overruled stays, struck through, with its reason", async () => {
    await mountOrder(() =>
        why(
            decision("owner", {
                source: "person",
                because: "Chen: she knows the drawing",
                overruled: { chosen: "Zhang Wei", because: "Rule “OEM”." },
            })
        )
    );
    expect(".o_hub_why_overruled del").toHaveText("Zhang Wei");
    expect(".o_hub_why_overruled").toHaveText(/instead of.*Rule “OEM”/s);
    expect(".o_hub_why_origin").toHaveText("03/01/26 9:00");
});

test("candidates are folded away until somebody asks", async () => {
    const table = {
        columns: ["Warehouse", "km"],
        rows: [
            { cells: ["East", "114"], chosen: true, note: "" },
            { cells: ["South", "1,200"], chosen: false, note: "beyond 300 km" },
        ],
    };
    await mountOrder(() => why(decision("sourcing", { table })));
    expect(".o_hub_why_table").toHaveCount(0);
    expect(".o_hub_why_candidates").toHaveAttribute("aria-expanded", "false");
    await contains(".o_hub_why_candidates").click();
    expect(".o_hub_why_table tbody tr").toHaveCount(2);
    expect(".o_hub_why_taken").toHaveText(/East/);
    expect(".o_hub_why_taken i[aria-label=Chosen]").toHaveCount(1);
    await contains(".o_hub_why_candidates").click();
    expect(".o_hub_why_table").toHaveCount(0);
});

test("a failure says so, hides what only programmers read, and can be tried again", async () => {
    await mountOrder((number) => {
        if (number === 1) {
            throw makeServerError({ errorName: "builtins.AttributeError", message: "no attribute 'x'" });
        }
        return why(decision("approval"));
    });
    expect(".o_hub_why_state[role=alert]").toHaveText(/could not be read/);
    expect(".o_hub_why_state").not.toHaveText(/attribute/);
    await contains(".o_hub_why_state button").click();
    await animationFrame();
    expect(".o_hub_why_row").toHaveCount(1);
    expect(".o_hub_why_state").toHaveCount(0);
});

test("nothing decided and no rules at all are told apart", async () => {
    await mountOrder((number) => (number === 1 ? why() : { version: "", decisions: [] }));
    expect(".o_hub_why_state").toHaveText(/Nothing out of the ordinary/);
    expect(".o_hub_why_tried").toHaveCount(1);
    await contains(".o_field_widget[name=name] input").edit("S00008");
    await contains(".o_form_button_save").click();
    await animationFrame();
    expect(".o_hub_why_state").toHaveText(/No rules are in force/);
    expect(".o_hub_why_tried").toHaveCount(0);
});

test("a new order is not asked about", async () => {
    const calls = await mountOrder(() => why(), { resId: false });
    expect(".o_hub_why_state").toHaveText(/before the order is saved/);
    expect(calls).toEqual([]);
});

test("typing asks nothing, saving asks again", async () => {
    const calls = await mountOrder((number) =>
        why(decision("owner", { chosen: `Answer ${number}` }))
    );
    await contains(".o_field_widget[name=name] input").edit("S00008");
    await animationFrame();
    expect(calls).toHaveLength(1);
    await contains(".o_form_button_save").click();
    await animationFrame();
    expect(calls).toHaveLength(2);
    expect(".o_hub_why_chosen").toHaveText("Answer 2");
});

test("the line on top and the page ask once between them", async () => {
    const calls = await mountOrder(() => why(decision("owner"), decision("approval")), {
        withLine: true,
    });
    expect(calls).toHaveLength(1);
    expect(".o_hub_why_line").toHaveText(/approval:\s*Chen Jianguo alone/);
});

test("the rules that were tried are asked for when they are unfolded", async () => {
    const calls = [];
    onRpc("sale.order", "hub_rules_explained", ({ args }) => {
        calls.push(args[0]);
        return { version: VERSION, rules: rules(2) };
    });
    await mountOrder(() => why(decision("approval")));
    expect(calls).toEqual([]);
    await contains(".o_hub_why_tried > button").click();
    await animationFrame();
    expect(calls).toEqual([[7]]);
    expect(".o_hub_why_rule").toHaveCount(2);
    expect(".o_hub_why_fits").toHaveText(/Rule 1\s*Fits: amount below 50,000/);
    expect(".o_hub_why_rule:last i[aria-label='Does not fit']").toHaveCount(1);
    expect(".o_hub_why_search").toHaveCount(0);
});

test("many rules can be searched", async () => {
    onRpc("sale.order", "hub_rules_explained", () => ({
        version: VERSION,
        rules: rules(MAX_RULES + 2),
    }));
    await mountOrder(() => why(decision("approval")));
    await contains(".o_hub_why_tried > button").click();
    await animationFrame();
    await contains(".o_hub_why_search").edit("rule 12", { confirm: false });
    await animationFrame();
    expect(".o_hub_why_rule").toHaveCount(1);
    await contains(".o_hub_why_search").edit("no such words", { confirm: false });
    await animationFrame();
    expect(".o_hub_why_rules").toHaveText(/No rule with these words/);
});

test("deciding otherwise saves what was typed and opens the form for that kind", async () => {
    onRpc("sale.order", "web_save", () => {
        expect.step("save");
    });
    mockService("action", {
        doActionButton: async ({ name, args, resId }) => expect.step([name, args, resId]),
    });
    await mountOrder(() => why(decision("owner", { can_overrule: true })));
    await contains(".o_field_widget[name=name] input").edit("S00008");
    await contains(".o_hub_why_change").click();
    await animationFrame();
    expect.verifySteps(["save", ["action_hub_overrule", '["owner"]', 7]]);
});

test("the line on top takes what a reader asks first", () => {
    const all = [decision("owner"), decision("approval"), decision("sourcing")];
    expect(headline(all).kind).toBe("approval");
    expect(headline([decision("tags")])).toBe(undefined);
});

test("the version is named when it is not the one in force", () => {
    const older = decision("owner", { rule: { id: 1, name: "x", version: "Rules, version 1" } });
    expect(isNotable(older, VERSION)).toBe(true);
    expect(isNotable(decision("owner"), VERSION)).toBe(false);
    expect(String(origin(decision("owner"), VERSION))).toBe("03/01/26 9:00");
});

test("a search finds rules by all of its words", () => {
    expect(filterRules(rules(3), "urgent grade")).toHaveLength(2);
    expect(filterRules(rules(3), " ")).toHaveLength(3);
});
