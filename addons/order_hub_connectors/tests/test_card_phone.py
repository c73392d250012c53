"""The order card in a real browser whose network is cut."""

from odoo.tests import HttpCase, tagged

from .test_card import CardCommon

#: Waits until something holds on the page, for ten seconds.
UNTIL = """
const until = async (work, what) => {
    for (let time = 0; time < 100; time++) {
        const found = work();
        if (found) { return found; }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`not there: ${what} in ${document.body.innerText}`);
};
const find = (selector, words = "") =>
    [...document.querySelectorAll(selector)].find((each) =>
        each.innerText.includes(words));
const fill = (input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", {bubbles: true}));
};
"""


@tagged("post_install", "-at_install")
class TestCardPhone(CardCommon, HttpCase):
    """Odoo's own browser; the network fails in the page itself."""

    browser_size = "390x844"
    touch_enabled = True

    def _play(self, steps):
        code = f"(async () => {{ {UNTIL} {steps}; console.log('test successful'); }})()"
        self.browser_js(
            f"/hub/card/{self.card.token}",
            f"{code}.catch((error) => console.error(error.message));",
            "Boolean(document.querySelector('.o_card_row'))",
            login="hub_seller",
            timeout=60,
        )

    def _orders(self):
        return self.env["sale.order"].search(
            [("hub_channel_id", "=", self.card_channel.id)]
        )

    def test_five_fields_and_the_number_is_there(self):
        self._play(
            """
            find(".o_card_row", "Wangwang Garage").click();
            const again = await until(() => find(".o_card_again", "30"), "last");
            again.click();
            fill(await until(() => find("#o_card_remark"), "remark"), "Call first");
            find(".o_card_send").click();
            await until(() => find(".o_card_is_taken"), "the number");
            const number = find(".o_card_number").innerText;
            if (!number.startsWith("OH-")) { throw new Error(number); }
            """
        )
        order = self._orders()
        self.assertEqual(order.order_line.product_uom_qty, 30)
        self.assertEqual(order.user_id, self.seller)

    def test_without_a_network_the_order_waits_on_the_phone_and_goes_out_once(self):
        self._play(
            """
            find(".o_card_row", "Wangwang Garage").click();
            fill(await until(() => find(".o_card_stepper input"), "row"), "40");
            const real = window.fetch;
            let lost = 0;
            // The network is cut: the second time only the answer is lost.
            window.fetch = async (url, options) => {
                if (String(url).endsWith("/send")) {
                    lost += 1;
                    if (lost === 2) { await real(url, options); }
                }
                throw new TypeError("cut");
            };
            find(".o_card_send").click();
            await until(() => find(".o_card_is_saved", "Saved on this phone"), "kept");
            await until(() => find(".o_card_net_off"), "no network");
            find(".o_card_actions button", "Send Now").click();
            await until(() => lost === 0 || find(".o_card_is_saved"), "kept again");
            window.fetch = real;
            window.dispatchEvent(new Event("online"));
            await until(() => find(".o_card_is_taken"), "the number");
            """
        )
        self.assertEqual(self._orders().order_line.product_uom_qty, 40)

    def test_a_draft_survives_the_page(self):
        self._play(
            """
            find(".o_card_row", "Wangwang Garage").click();
            fill(await until(() => find(".o_card_stepper input"), "row"), "17");
            find(".o_card_back").click();
            await until(() => find(".o_card_draft", "Draft"), "the draft's mark");
            find(".o_card_row", "Wangwang Garage").click();
            const input = await until(() => find(".o_card_stepper input"), "row");
            if (input.value !== "17") { throw new Error(input.value); }
            """
        )
        self.assertFalse(self._orders())

    def test_what_the_server_refuses_is_changed_and_sent_again(self):
        self._play(
            """
            find(".o_card_row", "Wangwang Garage").click();
            fill(await until(() => find(".o_card_stepper input"), "row"), "5");
            const real = window.fetch;
            // As an order of the day before yesterday, kept without a network.
            window.fetch = (url, options) => real(url, {
                ...options,
                body: options.body.replace('"day":""', '"day":"2020-01-01"'),
            });
            find(".o_card_send").click();
            await until(() => find(".o_card_is_wrong", "still to come"), "refusal");
            window.fetch = real;
            find(".o_card_actions button", "Change").click();
            const input = await until(() => find(".o_card_stepper input"), "row");
            if (input.value !== "5") { throw new Error(input.value); }
            find(".o_card_send").click();
            await until(() => find(".o_card_is_taken"), "the number");
            """
        )
        self.assertEqual(self._orders().order_line.product_uom_qty, 5)
