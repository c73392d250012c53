import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    makeMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { user } from "@web/core/user";
import { OrderHubWall } from "@order_hub/wall/wall";

describe.current.tags("desktop");
defineMailModels();

const NAMES = ["open", "overdue", "held", "broken", "urgent"];

function wallData(breakers) {
    const figures = Object.fromEntries(NAMES.map((name) => [name, { count: 0, domain: [] }]));
    return {
        now: "2026-03-03 10:30:00",
        company_id: user.activeCompany.id,
        currency_id: 1,
        flows: [],
        totals: { figures, value: 0 },
        milestones: [],
        queue: [],
        breakers,
    };
}

async function mountWall(breakers) {
    onRpc("order.hub.wall", "wall_data", () => wallData(breakers));
    await makeMockEnv();
    const action = { tag: "order_hub.wall", params: {}, context: {} };
    await mountWithCleanup(OrderHubWall, { props: { action } });
    await animationFrame();
}

const STAMPING = {
    id: 3,
    name: "Stamping line",
    queue: 9,
    allowed: 8,
    since: "2026-03-03 09:00:00",
};

test("a calm wall shows no breaker", async () => {
    await mountWall([]);
    expect(".o_hub_wall").toHaveCount(1);
    expect(".o_hub_wall_breakers").toHaveCount(0);
});

test("a tripped breaker names the work center, its queue and for how long", async () => {
    await mountWall([STAMPING]);
    expect(".o_hub_wall_breaker b").toHaveText("Stamping line");
    expect(".o_hub_wall_breaker").toHaveText(/9 open orders, 8 allowed/);
    expect(".o_hub_wall_breaker_word").toHaveText("Breaker tripped");
    expect(".o_hub_wall_breaker_span").toHaveText(/1[.,]5 h/);
});

test("a tripped breaker opens its record", async () => {
    mockService("action", {
        doAction(action) {
            expect.step(`${action.res_model},${action.res_id}`);
        },
    });
    await mountWall([STAMPING]);
    await contains(".o_hub_wall_breaker").click();
    expect.verifySteps(["order.hub.breaker,3"]);
});

test("a wall whose server knows no breakers is calm", async () => {
    await mountWall(undefined);
    expect(".o_hub_wall_breakers").toHaveCount(0);
});
