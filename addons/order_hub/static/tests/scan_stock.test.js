import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    makeServerError,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { ScanStock } from "@order_hub/scan/scan_stock";

describe.current.tags("desktop");
defineMailModels();

const PLACES = [
    { id: 8, name: "EAST/Stock", warehouse: "East", quantity: 8, reserved: 0 },
    { id: 9, name: "NORTH/Stock", warehouse: "North", quantity: 30, reserved: 0 },
];
const FOUND = {
    product: { id: 3, name: "Brake disc", code: "DISC", unit: "Units" },
    tracked: false,
    places: PLACES,
};

function mountStock(found = FOUND) {
    const onNext = () => expect.step("next");
    return mountWithCleanup(ScanStock, { props: { found, onNext } });
}

test("place, count and reason are wanted before anything is corrected", async () => {
    onRpc("order.hub.stock.correction", "correct", ({ args }) => {
        expect.step(args.join("|"));
        return { ...FOUND, places: [{ ...PLACES[0], quantity: 20 }, PLACES[1]], orders: 2 };
    });
    await mountStock();
    expect(".o_hub_scan_save").not.toBeEnabled();
    await contains(".o_hub_scan_place:first").click();
    await contains("#hub_count").edit("20");
    expect(".o_hub_scan_save").not.toBeEnabled();
    await contains(".o_hub_scan_reasons button:first").click();
    await contains(".o_hub_scan_save").click();
    await animationFrame();
    expect.verifySteps(["3|8|20|Miscounted"]);
    expect(".o_hub_scan_done").toHaveText(/20.*EAST\/Stock.*2 waiting orders/s);
    await contains(".o_hub_scan_main").click();
    expect.verifySteps(["next"]);
});

test("nothing counted is not zero counted", async () => {
    await mountStock({ ...FOUND, places: [PLACES[0]] });
    await contains("#hub_reason").edit("typed");
    expect(".o_hub_scan_save").not.toBeEnabled();
    await contains("#hub_count").edit("0");
    expect(".o_hub_scan_save").toBeEnabled();
});

test("what the server refuses stays on the screen in words", async () => {
    onRpc("order.hub.stock.correction", "correct", () => {
        throw makeServerError({ message: "Part of it lies in packages." });
    });
    await mountStock({ ...FOUND, places: [PLACES[0]] });
    await contains("#hub_count").edit("5");
    await contains("#hub_reason").edit("typed");
    await contains(".o_hub_scan_save").click();
    await animationFrame();
    expect(".o_hub_scan_error").toHaveText(/lies in packages/);
    expect("#hub_count").toHaveValue(5);
});

test("a scanned location offers what lies in it", async () => {
    onRpc("order.hub.stock.correction", "find", ({ args }) => {
        expect.step(`find ${args[0]}`);
        return FOUND;
    });
    await mountStock({
        location: { id: 9, name: "NORTH/Stock" },
        products: [{ ...FOUND.product, scan: "DISC", quantity: 30 }],
    });
    await contains(".o_hub_scan_place").click();
    await animationFrame();
    expect.verifySteps(["find DISC"]);
    expect(".o_hub_scan_place[aria-checked=true]").toHaveText(/NORTH/);
});

test("what is tracked by lots is not counted here", async () => {
    await mountStock({ ...FOUND, tracked: true });
    expect(".o_hub_scan_save").toHaveCount(0);
    expect(".o_hub_scan_warn").toHaveText(/lot by lot/);
});
