import { describe, expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { ScanChecks } from "@order_hub/scan/scan_checks";

describe.current.tags("desktop");
defineMailModels();

function check(id, more = {}) {
    return {
        id,
        name: `Check ${id}`,
        description: "Shake the carton.",
        needs_photo: false,
        has_photo: false,
        state: "open",
        source: "History",
        note: "",
        done_by: "",
        ...more,
    };
}

/** Mount checks; what is answered to a result are the checks that follow. */
function mountChecks(checks, { answer = undefined, mayCheck = true } = {}) {
    return mountWithCleanup(ScanChecks, {
        props: {
            checks,
            level: "Every piece",
            mayCheck,
            isBusy: false,
            onResult: (id, passed, { note }) => {
                expect.step([id, passed, note]);
                return answer;
            },
            onError: () => {},
        },
    });
}

test("the first check to do is open and passes with one tap", async () => {
    await mountChecks([check(1, { state: "passed" }), check(2), check(3)], {
        answer: [check(1, { state: "passed" }), check(2, { state: "passed" }), check(3)],
    });
    expect(".o_hub_scan_check_body").toHaveCount(1);
    expect("h2 .badge").toHaveText("Every piece");
    await contains(".o_hub_scan_pass").click();
    expect.verifySteps([[2, true, ""]]);
    expect(".o_hub_scan_check:eq(2) .o_hub_scan_check_body").toHaveCount(1);
});

test("a check fails with words only", async () => {
    await mountChecks([check(1)], { answer: [check(1, { state: "failed" })] });
    await contains(".o_hub_scan_failing").click();
    expect(".o_hub_scan_fail").not.toBeEnabled();
    await contains("textarea").edit("two cartons dented", { confirm: false });
    await contains(".o_hub_scan_fail").click();
    expect.verifySteps([[1, false, "two cartons dented"]]);
    expect(".o_hub_scan_check_body").toHaveCount(0);
});

test("a check that wants a photo waits for it", async () => {
    await mountChecks([check(1, { needs_photo: true })]);
    expect(".o_hub_scan_pass").not.toBeEnabled();
    expect("input[data-kind=check]").toHaveCount(1);
});

test("a photo that was given before is enough", async () => {
    await mountChecks([check(1, { needs_photo: true, has_photo: true })]);
    expect(".o_hub_scan_pass").toBeEnabled();
});

test("what the server refuses stays open with its words", async () => {
    await mountChecks([check(1)]);
    await contains(".o_hub_scan_failing").click();
    await contains("textarea").edit("dented", { confirm: false });
    await contains(".o_hub_scan_fail").click();
    expect.verifySteps([[1, false, "dented"]]);
    expect("textarea").toHaveValue("dented");
});

test("who may not check sees what is to be checked", async () => {
    await mountChecks([check(1)], { mayCheck: false });
    expect(".o_hub_scan_thumbs").toHaveCount(0);
    expect(".o_hub_scan_check_body").toHaveText(/Shake the carton/);
});
