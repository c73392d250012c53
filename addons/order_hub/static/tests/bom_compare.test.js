import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts, select } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    getService,
    makeServerError,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { movement, onlyDifferences, unfolded } from "@order_hub/bom_compare/bom_compare_words";

describe.current.tags("desktop");
defineMailModels();

function bill(id, label, state) {
    return {
        id,
        label,
        code: "",
        state,
        state_label: state,
        is_plain: false,
        from: "2026-03-01",
        until: false,
        hash: "0123456789",
    };
}

function side(quantity) {
    return {
        quantity,
        unit: "Units",
        total: quantity,
        cost: quantity * 2,
        where: "",
        after: "",
        label: "",
        bom: 0,
    };
}

function row(key, kind, more = {}) {
    return {
        level: 1,
        key,
        part: "line",
        product: 1,
        code: "",
        name: key,
        kind,
        old: kind === "added" ? null : side(1),
        new: kind === "removed" ? null : side(2),
        fields: kind === "changed" ? ["quantity"] : [],
        labels: kind === "changed" ? ["Quantity"] : [],
        is_made: false,
        deep: false,
        ...more,
    };
}

function answer(rows) {
    return {
        rows,
        count: { added: 1, removed: 1, changed: 1 },
        header: [],
        totals: {
            cost: { old: 10, new: 12 },
            days: { old: 3, new: 3 },
            minutes: { old: 5, new: 4 },
        },
        currency: false,
        digits: 2,
        old: bill(1, "A", "superseded"),
        new: bill(2, "B", "released"),
        choices: [bill(1, "A", "superseded"), bill(2, "B", "released"), bill(3, "C", "draft")],
        product: { id: 5, name: "Board" },
        variants: [],
    };
}

const ROWS = [
    row("screw", "same"),
    row("module", "same", { is_made: true, deep: true }),
    row("resistor", "changed", { level: 2 }),
    row("case", "added"),
    row("clip", "removed"),
];

async function open(reply = () => answer(ROWS)) {
    const calls = [];
    onRpc("mrp.bom", "hub_compare", ({ args }) => {
        calls.push(args);
        return reply(calls.length);
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "order_hub.bom_compare",
        params: { old: 1, new: 2 },
    });
    await animationFrame();
    return calls;
}

test("only what differs is shown, with words and not by colour alone", async () => {
    const calls = await open();
    expect(calls).toEqual([[[2], 1, false]]);
    expect(".o_hub_compare_row").toHaveCount(4);
    expect(queryAllTexts(".o_hub_compare_what .badge")).toEqual(["Changed", "Added", "Removed"]);
    expect(".o_hub_is_changed .o_hub_compare_what > .small").toHaveText("Quantity");
    expect(".o_hub_is_changed .o_hub_compare_mark").toHaveCount(2);
});

test("what is the same is shown on demand, and a part can be folded away", async () => {
    await open();
    await contains("#o_hub_compare_all").click();
    expect(".o_hub_compare_row").toHaveCount(5);
    await contains(".o_hub_compare_fold .fa-caret-down").click();
    expect(".o_hub_compare_row").toHaveCount(4);
});

test("another revision is compared as soon as it is chosen", async () => {
    const calls = await open();
    await click("select[data-side=new]");
    await select("3");
    await animationFrame();
    await contains(".o_hub_compare_swap").click();
    expect(calls.map(([ids, other]) => [ids[0], other])).toEqual([
        [2, 1],
        [3, 1],
        [1, 3],
    ]);
});

test("an error is told and can be tried again", async () => {
    await open((count) => {
        if (count === 1) {
            throw makeServerError({ type: "UserError", message: "Different products." });
        }
        return answer([]);
    });
    expect(".alert-danger").toHaveText(/^Different products/);
    await contains(".alert-danger button").click();
    expect(".alert-danger").toHaveCount(0);
    expect(".o_hub_compare_head h2").toHaveText("Board");
});

test("rows and figures, without a screen", () => {
    expect(onlyDifferences(ROWS).map((each) => each.key)).toEqual([
        "module",
        "resistor",
        "case",
        "clip",
    ]);
    expect(unfolded(ROWS, { module: true }).map((each) => each.key)).toEqual([
        "screw",
        "module",
        "case",
        "clip",
    ]);
    expect(movement({ old: 2, new: 2 })).toBe(null);
    expect(movement({ old: 4, new: 5 })).toEqual({ by: 1, isMore: true, percent: 25 });
    expect(movement({ old: 0, new: 5 }).percent).toBe(null);
});
