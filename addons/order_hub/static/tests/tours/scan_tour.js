import { registry } from "@web/core/registry";

let reference;

/** Give the photo input a picture larger than what is sent. */
async function choosePhoto() {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 2400, height: 1800 });
    canvas.getContext("2d").fillRect(200, 200, 900, 900);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    const chosen = new DataTransfer();
    chosen.items.add(new File([blob], "carton.png", { type: "image/png" }));
    const input = document.querySelector("input[data-kind=photo]");
    input.files = chosen.files;
    input.dispatchEvent(new Event("change"));
}

registry.category("web_tour.tours").add("order_hub_scan_step", {
    steps: () => [
        {
            content: "the address opens the order, the button waits for the evidence",
            trigger: ".o_hub_scan_do:disabled:contains(Approved)",
        },
        { trigger: ".o_hub_scan_lines:contains(Steering knuckle):contains(12)" },
        { trigger: ".o_hub_scan_text:contains(Count the pieces.)" },
        {
            content: "keep the reference for the hand scanner below",
            trigger: ".o_hub_scan_ref",
            run() {
                reference = this.anchor.textContent.trim();
            },
        },
        {
            content: "another order: what is no reference stays on the screen in words",
            trigger: ".o_hub_scan_title button",
            run: "click",
        },
        { trigger: "input[name=code]", run: "edit hello" },
        { trigger: ".o_hub_scan_type button", run: "click" },
        { trigger: ".o_hub_scan_error:contains(no hub reference)" },
        {
            content: "a hand scanner types the code into the field",
            trigger: "input[name=code]",
            run: (helpers) => helpers.edit(reference),
        },
        { trigger: ".o_hub_scan_type button", run: "click" },
        { trigger: ".o_hub_scan_wanted:contains(photo)", run: choosePhoto },
        { trigger: "img.o_hub_scan_photo" },
        { trigger: ".o_hub_scan_evidence textarea", run: "edit two pieces repacked" },
        { trigger: ".o_hub_scan_do:enabled", run: "click" },
        { trigger: ".o_hub_scan_done:contains(Approved) .o_hub_scan_tick" },
        {
            content: "the next step is somebody else's: no button for it",
            trigger: ".o_hub_scan_done:not(:contains(next step))",
        },
        { trigger: ".o_hub_scan_main:contains(Scan next)", run: "click" },
        { trigger: ".o_hub_scan_start input[name=code]" },
    ],
});
