import { describe, expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    makeMockEnv,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { Reliability } from "@order_hub_alerts/reliability/reliability";
import {
    across,
    apart,
    bars,
    filled,
    FLOOR,
    FRAME,
    points,
    upward,
} from "@order_hub_alerts/reliability/reliability_shape";
import { binWords, percent, summary } from "@order_hub_alerts/reliability/reliability_words";
import {
    comparison,
    RiskModelPanel,
    RiskModelScreen,
} from "@order_hub_alerts/reliability/risk_model_panel";

defineMailModels();

function bin(start, count, chance = start + 0.05, share = chance) {
    if (!count) {
        return { start, end: start + 0.1, count: 0, chance: null, share: null, low: null, high: null };
    }
    const low = Math.max(share - 0.1, 0);
    return { start, end: start + 0.1, count, chance, share, low, high: Math.min(share + 0.1, 1) };
}

const BINS = [bin(0, 400, 0.05, 0.04), bin(0.1, 100, 0.14, 0.2), bin(0.2, 0), bin(0.9, 25, 0.95, 0.8)];

const METRICS = {
    test: 525,
    late: 56,
    auc: 0.814,
    brier: 0.0712,
    calls: 40,
    hits: 30,
    misses: 26,
    precision: 0.75,
    recall: 30 / 56,
    rule: { calls: 34, hits: 24, misses: 32, precision: 24 / 34, recall: 24 / 56, brier: 0.08 },
    radar: { calls: 0, hits: 0, misses: 56, precision: null, recall: 0, brier: 0.1 },
    bins: BINS,
};

describe("shape", () => {
    test("who keeps his word lies on the diagonal", () => {
        for (const share of [0, 0.3, 1]) {
            const [point] = points([bin(share, 10, share, share)]);
            expect(point.x - FRAME.left).toBe(FRAME.top + FRAME.size - point.y);
        }
    });

    test("nothing is drawn outside the frame, whatever the figures are", () => {
        for (const wild of [-1, 2, NaN, null, undefined]) {
            expect(across(wild)).toBeWithin(FRAME.left, FRAME.left + FRAME.size);
            expect(upward(wild)).toBeWithin(FRAME.top, FRAME.top + FRAME.size);
        }
    });

    test("empty bins have a bar without height and no point", () => {
        expect(filled(BINS)).toHaveLength(3);
        expect(points(BINS)).toHaveLength(3);
        const all = bars(BINS);
        expect(all).toHaveLength(4);
        expect(all[2].height).toBe(0);
        expect(all[0].height).toBe(FRAME.strip);
        expect(all.every((bar) => bar.y + bar.height === FLOOR)).toBe(true);
    });

    test("more orders make a larger point", () => {
        const [most, fewer, least] = points(BINS);
        expect(most.r).toBeGreaterThan(fewer.r);
        expect(fewer.r).toBeGreaterThan(least.r);
    });

    test("the distance is a mean by count; without orders there is none", () => {
        expect(apart([bin(0, 30, 0.1, 0.2), bin(0.5, 10, 0.5, 0.1)])).toBeCloseTo(0.175);
        expect(apart([])).toBe(null);
        expect(apart(undefined)).toBe(null);
        expect(points(undefined)).toEqual([]);
    });
});

describe("words", () => {
    test("nothing known is a dash and not zero", () => {
        expect(percent(null)).toBe("–");
        expect(percent(undefined)).toBe("–");
        expect(percent(0)).toBe("0%");
        expect(percent(0.634)).toBe("63%");
    });

    test("a bin is said in one sentence", async () => {
        await makeMockEnv();
        expect(String(binWords(BINS[0]))).toBe(
            "Said 0% to 10%: 400 orders, 4% of them late (0% to 14%)."
        );
    });

    test("the diagram is said in one sentence", async () => {
        await makeMockEnv();
        expect(String(summary(BINS))).toMatch(/525 later orders.*2\.6% apart/);
        expect(String(summary([]))).toBe("No orders to compare yet.");
    });

    test("who called nothing has no precision", async () => {
        await makeMockEnv();
        const rows = comparison(METRICS);
        expect(rows.map((row) => row.name)).toEqual(["model", "rule", "radar"]);
        expect(rows.map((row) => row.precision)).toEqual(["75%", "71%", "–"]);
        expect(comparison({})).toEqual([]);
        expect(comparison(undefined)).toEqual([]);
    });
});

describe("drawing", () => {
    test("each filled bin has a point with its count and its words", async () => {
        await mountWithCleanup(Reliability, { props: { bins: BINS } });
        expect("svg[role=img]").toHaveCount(1);
        expect("circle").toHaveCount(3);
        expect(".o_hub_reliability_bars rect").toHaveCount(4);
        expect(".o_hub_reliability_bars text").toHaveCount(3);
        expect(".o_hub_reliability_points g:first title").toHaveText(/400 orders, 4% of them late/);
    });

    test("it is named by its sentence for those who hear it", async () => {
        await mountWithCleanup(Reliability, { props: { bins: BINS } });
        const id = document.querySelector(".o_hub_reliability_summary").id;
        expect("svg").toHaveAttribute("aria-labelledby", id);
        expect(".o_hub_reliability_summary").toHaveText(/525 later orders/);
    });

    test("the figures are in a table, too", async () => {
        await mountWithCleanup(Reliability, { props: { bins: BINS } });
        expect("details").not.toHaveAttribute("open");
        await contains("summary").click();
        expect("details tbody tr").toHaveCount(3);
        expect("details tbody tr:last").toHaveText(/25.*95%.*80%/s);
    });

    test("without orders it says so and draws nothing", async () => {
        await mountWithCleanup(Reliability, { props: { bins: [bin(0, 0)] } });
        expect(".o_hub_reliability").toHaveText("No orders to compare yet.");
        expect("svg").toHaveCount(0);
    });

    test("two diagrams on one page have names of their own", async () => {
        await mountWithCleanup(Reliability, { props: { bins: BINS } });
        await mountWithCleanup(Reliability, { props: { bins: BINS } });
        const ids = [...document.querySelectorAll("figcaption")].map((each) => each.id);
        expect(new Set(ids).size).toBe(2);
    });
});

describe("panel", () => {
    const model = { id: 3, is_on: true, name: "22 November", reason: "", metrics: METRICS };

    test("it says that the probability is on, with a word and a sign", async () => {
        await mountWithCleanup(RiskModelPanel, { props: { model } });
        expect(".badge").toHaveText("On");
        expect(".badge i.fa").toHaveCount(1);
        expect("tr[data-caller]").toHaveCount(3);
        expect("tr[data-caller=model]").toHaveText(/40.*30.*26.*75%.*54%.*0\.071/s);
        expect("svg").toHaveCount(1);
    });

    test("it says why the probability is off", async () => {
        const reason = "Only 80 orders are decided; 500 are needed.";
        await mountWithCleanup(RiskModelPanel, {
            props: { model: { ...model, is_on: false, reason, metrics: {} } },
        });
        expect(".badge").toHaveText("Off");
        expect(".o_hub_risk_model_state").toHaveText(new RegExp(reason));
        expect("svg").toHaveCount(0);
        expect(".o_hub_risk_comparison").toHaveText("Nothing was tried yet.");
    });

    test("before the first training it says what has to happen", async () => {
        await mountWithCleanup(RiskModelPanel);
        expect(".o_hub_risk_model").toHaveText(/No probability was trained yet/);
        expect(".badge").toHaveCount(0);
    });
});

describe("screen", () => {
    const name = "Trained on 22 November from 3,000 orders";
    const answer = { id: 3, is_on: true, name, reason: "", metrics: METRICS };

    test("it asks for the company that the screen is about", async () => {
        onRpc("order.hub.risk.model", "panel_data", ({ args }) => {
            expect.step(args[0]);
            return answer;
        });
        await mountWithCleanup(RiskModelScreen, { props: { companyId: 7, month: "2026-11" } });
        expect.verifySteps([7]);
        expect(".o_hub_risk_model_state").toHaveText(new RegExp(name));
        expect("svg").toHaveCount(1);
    });

    test("a failure does not take the rest of the screen with it", async () => {
        onRpc("order.hub.risk.model", "panel_data", () => {
            throw new Error("no");
        });
        await mountWithCleanup(RiskModelScreen, { props: { companyId: 7 } });
        expect("[role=alert]").toHaveText(/could not be read/);
    });
});

class RiskModel extends models.Model {
    _name = "order.hub.risk.model";

    metrics = fields.Json();

    _records = [
        { id: 1, metrics: METRICS },
        { id: 2, metrics: false },
    ];
}

describe("form", () => {
    const arch = `<form>
        <field name="metrics" widget="hub_reliability"/>
        <field name="metrics" widget="hub_risk_comparison"/>
    </form>`;

    test("a form shows the diagram and the comparison of its metrics", async () => {
        defineModels([RiskModel]);
        await mountView({ type: "form", resModel: "order.hub.risk.model", resId: 1, arch });
        expect("circle").toHaveCount(3);
        expect("tr[data-caller]").toHaveCount(3);
    });

    test("a training without a back-test shows neither", async () => {
        defineModels([RiskModel]);
        await mountView({ type: "form", resModel: "order.hub.risk.model", resId: 2, arch });
        expect("svg").toHaveCount(0);
        expect(".o_hub_risk_comparison").toHaveText("Nothing was tried yet.");
    });
});
