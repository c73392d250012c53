from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_change_requests import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeApi(ChangeCommon):
    """Customer changes over the API: asked, listed, accepted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.api = cls.env["order.hub.api"].with_user(cls.sales)

    def request(self, order, kind, **values):
        return self.api.request_change(kind, hub_ref=order.hub_ref, **values)

    def test_an_address_change_is_done_and_says_how_long_it_took(self):
        order = self.confirmed()
        address = {"name": "Gate 2", "street": "Lake Road 8", "city": "Suzhou"}
        answer = self.request(order, "address", address={**address, "country": "CN"})
        self.assertTrue(answer["ok"], answer)
        self.assertEqual(answer["change"]["state"], "done", answer)
        self.assertEqual(order.partner_shipping_id.street, "Lake Road 8")
        again = self.request(order, "address", address={**address, "country": "CN"})
        self.assertEqual(again["change"]["state"], "refused")

    def test_more_waits_for_the_customer_and_is_carried_out_with_the_yes(self):
        order = self.confirmed()
        lines = [{"sku": "ZXJ-0123", "quantity": 12}]
        change = self.request(order, "quantity", lines=lines)["change"]
        self.assertEqual(change["waits_for"], ["customer"])
        listed = self.api.change_requests(hub_ref=order.hub_ref, state="waiting")
        self.assertEqual([c["number"] for c in listed["changes"]], [change["number"]])
        done = self.api.accept_change(change["number"], note="by phone")
        self.assertEqual(done["change"]["state"], "done", done)
        self.assertEqual(self.line(order).product_uom_qty, 12)

    def test_what_is_refused_says_what_can_still_be_done_and_is_no_error(self):
        order = self.confirmed()
        self._deliver(order)
        answer = self.request(order, "drop", lines=[{"sku": "ZXJ-0123"}])
        self.assertTrue(answer["ok"])
        self.assertEqual(answer["change"]["state"], "refused")
        self.assertTrue(answer["change"]["possible"])

    def test_wrong_input_changes_nothing_and_says_where_it_is_wrong(self):
        order = self.confirmed()
        wrong = [
            ("colour", {}),
            ("address", {}),
            ("address", {"address": {"name": "x"}}),
            ("address", {"address": {"name": "x", "strange": 1}}),
            ("date", {"date": "tomorrow"}),
            ("quantity", {"lines": []}),
            ("quantity", {"lines": "many"}),
            ("quantity", {"lines": [3]}),
            ("quantity", {"lines": [{"sku": "ZXJ-0123", "quantity": "5"}]}),
            ("quantity", {"lines": [{"sku": "ZXJ-0123", "quantity": float("nan")}]}),
            ("quantity", {"lines": [{"sku": "ZXJ-0123", "quantity": True}]}),
            ("quantity", {"lines": [{"sku": "NONE", "quantity": 5}]}),
            ("add", {"lines": [{"sku": "NONE", "quantity": 5}]}),
            ("specification", {"lines": [{"sku": "ZXJ-0123"}]}),
        ]
        for kind, values in wrong:
            answer = self.request(order, kind, **values)
            self.assertFalse(answer["ok"], (kind, values))
            self.assertTrue(answer["errors"][0]["message"])
        self.assertFalse(order.hub_change_request_ids)
        for answer in (
            self.api.request_change("drop", hub_ref="0000", lines=[]),
            self.api.change_requests(limit=0),
            self.api.change_requests(state="asleep"),
            self.api.accept_change("CHG/1/1"),
            self.api.accept_change("CHG/1/1", role="king"),
        ):
            self.assertFalse(answer["ok"])

    def test_orders_of_others_are_not_found(self):
        order = self.confirmed(user=self.supervisor)
        answer = self.request(order, "drop", lines=[{"sku": "ZXJ-0123"}])
        self.assertEqual(answer["errors"][0]["code"], "not_found")
        change = self.ask(
            order,
            "quantity",
            user=self.supervisor,
            lines=[{"line_id": self.line(order).id, "quantity": 15}],
        )
        hidden = self.api.accept_change(change.name)
        self.assertEqual(hidden["errors"][0]["code"], "not_found")

    def test_an_integration_that_only_reads_cannot_say_yes(self):
        order = self.confirmed()
        lines = [{"sku": "ZXJ-0123", "quantity": 12}]
        change = self.request(order, "quantity", lines=lines)["change"]
        reader = self.env["order.hub.api"].with_user(self.operator)
        with self.assertRaises(AccessError):
            reader.accept_change(change["number"])
        with self.assertRaises(AccessError):
            self.api.accept_change(change["number"], role="supervisor")

    def test_answers_carry_no_none(self):
        order = self.confirmed()
        answer = self.request(order, "drop", lines=[{"sku": "ZXJ-0123"}])

        def walk(value):
            self.assertIsNotNone(value)
            for item in value.values() if isinstance(value, dict) else ():
                walk(item)
            for item in value if isinstance(value, list) else ():
                walk(item)

        walk(answer)
