import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    makeMockEnv,
    makeServerError,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import {
    contentOf,
    EvidenceFileError,
    fitWithin,
    readFile,
    shrinkPhoto,
} from "@order_hub/scan/evidence_files";
import { OrderHubScan } from "@order_hub/scan/scan";

describe.current.tags("desktop");
defineMailModels();

const REF = "OH-0000-0000-0000";

function answer(step = {}, more = {}) {
    return {
        order: {
            id: 7,
            name: "S00007",
            ref: REF,
            customer: "Taihu Auto Repair",
            promised: "03/01/26 9:00",
            days_left: -2,
            type: "Rush",
        },
        stage: "Preparing",
        held: false,
        holds: [],
        lines: [{ product: "Steering knuckle", code: "ZXJ-0123", quantity: 300, unit: "Units" }],
        step: {
            id: 4,
            name: "Picked",
            description: "",
            wanted: [],
            allowed: true,
            forbidden: "",
            reasons: [],
            warnings: [],
            ...step,
        },
        ...more,
    };
}

async function mountScan(found) {
    onRpc("sale.order", "hub_scan", ({ args }) => {
        expect.step(`scan ${args[0]}`);
        return found;
    });
    const action = { tag: "order_hub.scan", params: { code: REF }, context: {} };
    const scan = await mountWithCleanup(OrderHubScan, { props: { action } });
    expect.verifySteps([`scan ${REF}`]);
    return scan;
}

test("the address of an order opens it with its one step", async () => {
    await mountScan(answer());
    expect(".o_hub_scan_head").toHaveText(/Taihu Auto Repair/);
    expect(".o_hub_scan_late").toHaveText(/2 days late/);
    expect(".o_hub_scan_lines").toHaveText(/300/);
    expect(".o_hub_scan_do").toHaveText("Picked");
    expect(".o_hub_scan_do").toBeEnabled();
});

test("the button waits for the evidence and sends it", async () => {
    onRpc("sale.order", "hub_do_step", ({ args }) => {
        expect.step(args);
        return answer({ id: 5, name: "Shipped" }, { stage: "Picked" });
    });
    await mountScan(answer({ wanted: ["note"] }));
    expect(".o_hub_scan_do").not.toBeEnabled();
    expect(".o_hub_scan_wanted").toHaveText(/note/);
    await contains(".o_hub_scan_evidence textarea").edit("two pieces repacked");
    await contains(".o_hub_scan_do").click();
    await animationFrame();
    expect.verifySteps([[[7], 4, [{ kind: "note", note: "two pieces repacked" }]]]);
    expect(".o_hub_scan_done h1").toHaveText("Picked");
    expect(".o_hub_scan_tick").toHaveCount(1);
});

test("what a gate says stops the button, in words", async () => {
    await mountScan(answer({ reasons: ["Not enough stock: 40 of 300."], warnings: ["No signature."] }));
    expect(".o_hub_scan_do").toHaveCount(0);
    expect(".o_hub_scan_bad").toHaveText(/Not enough stock/);
    expect(".o_hub_scan_warn").toHaveText(/No signature/);
    expect(".o_hub_scan_foot").toHaveText(/Look again/);
});

test("a held order says why and has no button", async () => {
    await mountScan(answer({}, { held: true, holds: ["Label printer down"] }));
    expect(".o_hub_scan_bad").toHaveText(/On hold:.*Label printer down/);
    expect(".o_hub_scan_do").toHaveCount(0);
});

test("somebody else's step is said instead of a button", async () => {
    await mountScan(answer({ allowed: false, forbidden: "It is done by: Supervisor." }));
    expect(".o_hub_scan_do").toHaveCount(0);
    expect(".o_hub_scan_forbidden").toHaveText(/It is done by: Supervisor/);
});

test("an unknown code stays on the screen in words", async () => {
    await mountScan({ error: "No order of yours has this number." });
    expect(".o_hub_scan_error").toHaveText(/No order of yours/);
    expect("input[name=code]").toHaveValue(REF);
});

test("a refused step keeps the evidence that was given", async () => {
    onRpc("sale.order", "hub_do_step", () => {
        throw makeServerError({ message: "Order S00007 cannot go on." });
    });
    await mountScan(answer({ wanted: ["note"] }));
    await contains(".o_hub_scan_evidence textarea").edit("kept");
    await contains(".o_hub_scan_do").click();
    await animationFrame();
    expect(".o_hub_scan_error").toHaveText(/cannot go on/);
    expect(".o_hub_scan_evidence textarea").toHaveValue("kept");
    expect(".o_hub_scan_do").toBeEnabled();
});

test("a lost answer leaves doubt and offers to look again", async () => {
    onRpc("sale.order", "hub_do_step", () => new Response("Bad gateway", { status: 502 }));
    onRpc("sale.order", "hub_step", () => answer({ id: 5, name: "Shipped" }, { stage: "Picked" }));
    await mountScan(answer());
    await contains(".o_hub_scan_do").click();
    await animationFrame();
    expect(".o_hub_scan_error").toHaveText(/Look again where the order is/);
    await contains(".o_hub_scan_error button").click();
    await animationFrame();
    expect(".o_hub_scan_way").toHaveText(/Picked.*Shipped/s);
});

test("a device without a camera is told what to do instead", async () => {
    patchWithCleanup(browser.navigator, {
        mediaDevices: { getUserMedia() {}, enumerateDevices: async () => [{ kind: "audioinput" }] },
    });
    await mountScan({ error: "No order of yours has this number." });
    await contains(".o_hub_scan_main").click();
    await animationFrame();
    expect(".o_hub_scan_error").toHaveText(/no camera/);
});

test("photos become at most 1600 pixels long and keep their shape", async () => {
    expect(fitWithin(4000, 3000)).toEqual({ width: 1600, height: 1200 });
    expect(fitWithin(3000, 4000)).toEqual({ width: 1200, height: 1600 });
    expect(fitWithin(800, 600)).toEqual({ width: 800, height: 600 });
    expect(fitWithin(9000, 1)).toEqual({ width: 1600, height: 1 });
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 2000, height: 500 });
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    const photo = await shrinkPhoto(new File([blob], "carton.png", { type: "image/png" }));
    expect(photo.filename).toBe("carton.jpg");
    expect(atob(photo.content).slice(0, 3)).toBe("\xFF\xD8\xFF");
    const image = await createImageBitmap(await (await fetch(photo.url)).blob());
    expect([image.width, image.height]).toEqual([1600, 400]);
});

test("a file that cannot be sent is refused in a sentence", async () => {
    await makeMockEnv();
    await expect(readFile(new File([], "empty.pdf"))).rejects.toThrow(EvidenceFileError);
    await expect(shrinkPhoto(new File(["hello"], "a.jpg"))).rejects.toThrow(EvidenceFileError);
    expect(contentOf("data:image/png;base64,AAAA")).toBe("AAAA");
});
