import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, runAllTimers } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    makeMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { user } from "@web/core/user";
import { DEBOUNCE, JITTER, PERIOD } from "@order_hub/wall/use_live_data";
import { OrderHubWall } from "@order_hub/wall/wall";
import { formatHours, formatPromise } from "@order_hub/wall/wall_format";

describe.current.tags("desktop");
defineMailModels();

const NAMES = ["open", "overdue", "held", "broken", "urgent"];

function figures(counts = {}) {
    const entries = NAMES.map((name) => [
        name,
        { count: counts[name] || 0, domain: [["hub_is_open", "=", name]] },
    ]);
    return Object.fromEntries(entries);
}

function wallData(counts = {}, queue = []) {
    return {
        now: "2026-03-01 09:00:00",
        company_id: user.activeCompany.id,
        currency_id: 1,
        flows: [],
        totals: { figures: figures(counts), value: 48000 },
        milestones: [
            { key: "received", label: "Received", figures: figures(counts), value: 48000 },
        ],
        queue,
    };
}

const ROW = {
    id: 7,
    name: "S00007",
    ref: "OH-0000-0000-0000",
    customer: "Taihu Auto Repair",
    type: "Rush",
    stage: "Preparing",
    hours: 26.4,
    limit: 24,
    is_overdue: true,
    is_held: true,
    is_broken: false,
    problem: "Label printer down",
    owner: "",
    promised: false,
    days_left: 0,
};

/** Mount the wall; `answers` says what the server does at each call. */
async function mountWall(answer) {
    const calls = [];
    onRpc("order.hub.wall", "wall_data", ({ args }) => {
        calls.push(args[0]);
        return answer(calls.length);
    });
    await makeMockEnv();
    const action = { tag: "order_hub.wall", params: {}, context: {} };
    const wall = await mountWithCleanup(OrderHubWall, { props: { action } });
    await animationFrame();
    return { calls, wall };
}

/** What the bus service does when a message of the server arrives. */
function mockBus() {
    const listeners = new Map();
    mockService("bus_service", {
        workerState: "CONNECTED",
        start() {},
        addChannel() {},
        addEventListener: (name, listener) => listeners.set(name, listener),
        removeEventListener: (name) => listeners.delete(name),
        subscribe: (name, listener) => listeners.set(name, listener),
        unsubscribe: (name) => listeners.delete(name),
    });
    return listeners;
}

test("figures carry a word and an icon, not only a colour", async () => {
    mockBus();
    await mountWall(() => wallData({ open: 3, overdue: 2, held: 1, urgent: 2 }, [ROW]));
    expect("[data-milestone=received] .o_hub_wall_big").toHaveText("3");
    expect("[data-milestone=received] [data-figure=overdue]").toHaveText(/2\s*Over time/);
    expect("[data-milestone=received] [data-figure=overdue] i.fa").toHaveCount(1);
    expect("[data-order] .o_hub_wall_why").toHaveText("On hold");
    expect("[data-order] .o_hub_wall_hours").toHaveText("26 h of 24 h");
    expect("[data-order] .o_hub_wall_customer").toHaveText(/Label printer down/);
    expect("[data-order] .o_hub_wall_owner").toHaveText("nobody");
});

test("a figure opens the orders that were counted", async () => {
    mockBus();
    mockService("action", {
        loadAction: async (name) => ({ id: 3, xml_id: name, domain: [] }),
        doAction: async (action) => expect.step([action.display_name, action.domain]),
    });
    await mountWall(() => wallData({ open: 3, overdue: 2 }));
    await contains("[data-milestone=received] [data-figure=overdue]").click();
    await animationFrame();
    expect.verifySteps([["Received: Over time", [["hub_is_open", "=", "overdue"]]]]);
});

test("many moves within a second are one refresh, other companies none", async () => {
    const listeners = mockBus();
    const { calls } = await mountWall((number) => wallData({ open: number }));
    const moved = listeners.get("order_hub/moved");
    for (let i = 0; i < 50; i++) {
        moved({ company_id: user.activeCompany.id });
    }
    await advanceTime(DEBOUNCE + JITTER);
    await animationFrame();
    expect(calls).toHaveLength(2);
    expect("[data-milestone=received] .o_hub_wall_big").toHaveText("2");
    moved({ company_id: user.activeCompany.id + 1 });
    await advanceTime(DEBOUNCE + JITTER);
    expect(calls).toHaveLength(2);
});

test("a stream of moves does not put the refresh off for ever", async () => {
    const listeners = mockBus();
    const { calls } = await mountWall((number) => wallData({ open: number }));
    for (let i = 0; i < 20; i++) {
        listeners.get("order_hub/moved")({ company_id: user.activeCompany.id });
        await advanceTime(500);
    }
    expect(calls.length).toBeGreaterThan(4);
});

test("without any message it refreshes every minute", async () => {
    mockBus();
    const { calls } = await mountWall(() => wallData({ open: 1 }));
    await advanceTime(PERIOD + 1);
    expect(calls).toHaveLength(2);
});

test("a lost connection keeps the last figures, says so and recovers", async () => {
    const listeners = mockBus();
    await mountWall((number) => {
        if (number === 2) {
            return new Response("Bad gateway", { status: 502 });
        }
        return wallData({ open: number });
    });
    listeners.get("order_hub/moved")({ company_id: user.activeCompany.id });
    await advanceTime(DEBOUNCE + JITTER);
    await animationFrame();
    expect(".o_hub_wall_updated").toHaveText(/Offline/);
    expect(".o_hub_wall_notice").toHaveText(/last figures/);
    expect("[data-milestone=received] .o_hub_wall_big").toHaveText("1");
    listeners.get("BUS:RECONNECT")();
    await advanceTime(DEBOUNCE + JITTER);
    await animationFrame();
    expect(".o_hub_wall_updated").toHaveText(/Live/);
    expect("[data-milestone=received] .o_hub_wall_big").toHaveText("3");
});

test("without an order in flight it says so", async () => {
    mockBus();
    await mountWall(() => wallData());
    expect(".o_hub_wall_queue .o_hub_wall_empty").toHaveText(/No order in flight/);
});

test("when it is closed nothing asks the server any more", async () => {
    const listeners = mockBus();
    const { calls, wall } = await mountWall(() => wallData({ open: 1 }));
    wall.__owl__.app.destroy();
    expect([...listeners.keys()].filter((name) => name === "order_hub/moved")).toEqual([]);
    await runAllTimers();
    expect(calls).toHaveLength(1);
});

test("hours and promises are said as people say them", async () => {
    await makeMockEnv();
    expect(String(formatHours(0.5))).toBe("30 min");
    expect(String(formatHours(26.9))).toBe("26 h");
    expect(String(formatHours(100))).toBe("4 d");
    expect(String(formatPromise(false, 0))).toBe("no promise");
    expect(String(formatPromise("2026-03-01 09:00:00", -3))).toBe("3 days ago");
    expect(String(formatPromise("2026-03-01 09:00:00", 1))).toBe("tomorrow");
});
