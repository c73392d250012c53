import base64

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ConcurrencyError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..const import MAX_EVENTS_PAGE
from .common import PIXEL, OrderHubCommon


@tagged("post_install", "-at_install")
class TestApi(OrderHubCommon):
    """The API as its methods; transports are the matter of the end-to-end tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.integrator = cls._user(
            "hub_integrator",
            "order_hub.order_hub_group_operator,sales_team.group_sale_salesman,"
            "base.group_partner_manager",
        )
        cls.leader = cls._user(
            "hub_leader",
            "order_hub.order_hub_group_user,sales_team.group_sale_salesman",
        )
        cls.team = cls.env["crm.team"].create(
            {"name": "Shop", "user_id": cls.leader.id}
        )
        cls.channel = cls._channel("shop")
        cls.api = cls.env["order.hub.api"].with_user(cls.integrator)

    @classmethod
    def _channel(cls, code, **vals):
        return cls.env["order.hub.channel"].create(
            {
                "name": code.title(),
                "code": code,
                "team_id": cls.team.id,
                "status_map_ids": [
                    Command.create(
                        {"external_status": "In Arbeit", "stage_id": cls.preparing.id}
                    ),
                    Command.create({"external_status": "sent", "milestone": "shipped"}),
                ],
                **vals,
            }
        )

    def payload(self, number="1", **more):
        return {
            "channel": "shop",
            "external_ref": number,
            "customer": {"name": "Wuxi Repair", "email": "wuxi@example.com"},
            "lines": [{"sku": "ZXJ-0123", "quantity": 3, "unit_price": 150}],
            **more,
        }

    def submit(self, number="1", **more):
        answer = self.api.submit_order(self.payload(number, **more))
        self.assertTrue(answer["ok"], answer)
        return answer

    def order(self, answer):
        return self.env["sale.order"].browse(answer["id"])

    def codes(self, answer):
        self.assertFalse(answer["ok"])
        return [(error["code"], error["field"]) for error in answer["errors"]]

    # === SUBMIT === #

    def test_an_order_comes_in_as_it_was_sent(self):
        answer = self.submit(
            customer_ref="PO 7", note="a < b", promised_date="2031-01-02T03:04:05Z"
        )
        order = self.order(answer)
        self.assertEqual(order.hub_channel_id, self.channel)
        self.assertEqual(order.hub_external_ref, "1")
        self.assertEqual(order.client_order_ref, "PO 7")
        self.assertIn("a &lt; b", order.note)
        self.assertEqual(order.amount_total, 450)
        self.assertEqual(answer["promised_date"], "2031-01-02T03:04:05Z")
        self.assertEqual(self._stages(order), ["Received"])
        self.assertEqual(order.hub_event_ids.source, "api")

    def test_a_second_delivery_changes_nothing(self):
        first = self.submit()
        changed = self.payload(lines=[{"sku": "ZXJ-0123", "quantity": 99}])
        second = self.api.submit_order(changed)
        self.assertEqual(second, {**first, "created": False})
        self.assertEqual(self.order(first).order_line.product_uom_qty, 3)

    def test_the_same_number_of_another_channel_is_another_order(self):
        self._channel("other")
        answer = self.api.submit_order(self.payload(channel="other"))
        self.assertTrue(self.submit()["created"])
        self.assertTrue(answer["created"])

    def test_a_delivery_at_the_same_moment_starts_again(self):
        """The unique index speaks, not the search: the request is run again."""
        self.submit()
        Api = type(self.api)
        self.patch(Api, "_known", lambda api, channel, ref: api.env["sale.order"])
        with mute_logger("odoo.sql_db"), self.assertRaises(ConcurrencyError):
            self.api.submit_order(self.payload())

    def test_other_unique_indexes_are_no_second_delivery(self):
        error = UniqueViolation()
        self.assertIs(self.api._second_delivery(error), error)

    def test_the_leader_of_the_team_is_the_salesperson(self):
        self.assertEqual(self.order(self.submit()).user_id, self.leader)

    def test_a_known_customer_is_found_again(self):
        one = self.order(self.submit("1"))
        customer = {"name": "Wuxi", "email": "WUXI@example.com"}
        two = self.order(self.submit("2", customer=customer))
        self.assertEqual(one.partner_id, two.partner_id)

    def test_the_number_of_a_customer_belongs_to_its_channel(self):
        self._channel("other")
        one, two = (
            self.order(
                self.api.submit_order(
                    self.payload(
                        channel=channel, customer={"name": name, "external_ref": "5"}
                    )
                )
            )
            for channel, name in (("shop", "Wuxi Repair"), ("other", "Ningbo Parts"))
        )
        self.assertNotEqual(one.partner_id, two.partner_id)
        again = self.submit("9", customer={"name": "renamed", "external_ref": "5"})
        self.assertEqual(self.order(again).partner_id, one.partner_id)

    def test_a_delivery_address_is_made_once(self):
        address = {"name": "Hall 3", "street": "2 Lihu Avenue", "city": "Wuxi"}
        one = self.order(self.submit("1", ship_to=address))
        two = self.order(self.submit("2", ship_to=address))
        self.assertEqual(one.partner_shipping_id, two.partner_shipping_id)
        self.assertEqual(one.partner_shipping_id.parent_id, one.partner_id)

    def test_a_country_is_no_guess(self):
        for country, code in (("Atlantis", None), ("%", None), ("de", "DE")):
            address = {"street": "1", "country": country}
            answer = self.api.submit_order(self.payload(country, ship_to=address))
            if code:
                order = self.order(answer)
                self.assertEqual(order.partner_shipping_id.country_id.code, code)
            else:
                self.assertEqual(
                    self.codes(answer), [("unknown_country", "ship_to.country")]
                )

    def test_doubts_hold_the_order_until_somebody_has_looked(self):
        stand_in = self._product("Unknown", "UNKNOWN", stock=10)
        partner = self.env["res.partner"].create({"name": "Unknown"})
        self.channel.write(
            {
                "fallback_product_id": stand_in.id,
                "fallback_partner_id": partner.id,
            }
        )
        answer = self.submit(
            customer=None,
            lines=[{"sku": "NO-SUCH", "quantity": 1, "unit_price": 10}],
            total=11,
            prepaid_amount=10,
            confirm=True,
        )
        order = self.order(answer)
        kinds = set(order.hub_exception_ids.mapped("kind_id.code"))
        self.assertLessEqual({"customer", "product", "amount"}, kinds)
        self.assertEqual((order.state, answer["stage"]), ("draft", "Received"))
        self.assertTrue(order.hub_is_held)

    def test_a_paid_and_confirmed_order_is_a_sale(self):
        answer = self.submit(prepaid_amount=450, total=450, confirm=True)
        self.assertEqual((answer["state"], answer["stage"]), ("sale", "Approved"))
        self.assertEqual(answer["holds"], [])

    def test_a_gate_keeps_a_confirmed_order_a_quotation(self):
        self._gate(self.approved, "prepayment", ratio=1.0)
        answer = self.submit(confirm=True)
        self.assertEqual((answer["ok"], answer["state"]), (True, "draft"))
        self.assertTrue(answer["holds"])

    def test_refused_orders_leave_nothing(self):
        count = self.env["res.partner"].search_count([])
        answer = self.api.submit_order(
            self.payload(
                customer={"name": "Nobody Yet"}, lines=[{"sku": "?", "quantity": 1}]
            )
        )
        self.assertEqual(self.codes(answer), [("unknown_product", "lines[0].sku")])
        self.assertEqual(self.env["res.partner"].search_count([]), count)

    # === STATUS === #

    def test_an_order_is_found_by_either_name(self):
        answer = self.submit()
        answer.pop("created")
        named = {"channel": "shop", "external_ref": "1"}
        self.assertEqual(self.api.order_status(**named), answer)
        typed = answer["hub_ref"].lower().replace("-", " ")
        self.assertEqual(self.api.order_status(hub_ref=typed), answer)

    def test_foreign_words_mean_stages_or_milestones(self):
        answer = self.submit(confirm=True)
        named = {"hub_ref": answer["hub_ref"]}
        moved = self.api.push_status(" in  ARBEIT ", note="line 3", **named)
        self.assertEqual(moved["stage"], "Preparing")
        event = self.order(answer).hub_event_ids.sorted("id")[-1]
        self.assertEqual((event.source, event.note), ("api", "line 3"))
        self.assertEqual(self.api.push_status("sent", **named)["stage"], "Shipped")

    def test_a_late_word_moves_nothing_back(self):
        """Not even with the key of a supervisor, who may move orders back by hand."""
        named = {"hub_ref": self.submit(confirm=True)["hub_ref"]}
        self.api.push_status("sent", **named)
        api = self.env["order.hub.api"].with_user(self.supervisor)
        answer = api.push_status("In Arbeit", **named)
        self.assertEqual(self.codes(answer), [("behind", "status")])

    def test_words_of_another_channel(self):
        other = self._channel("erp", status_map_ids=[])
        other.status_map_ids = [
            Command.create({"external_status": "X", "stage_id": self.preparing.id})
        ]
        named = {"hub_ref": self.submit(confirm=True)["hub_ref"]}
        answer = self.api.push_status("X", **named)
        self.assertEqual(self.codes(answer), [("unknown_status", "status")])
        moved = self.api.push_status("X", channel="erp", **named)
        self.assertEqual(moved["stage"], "Preparing")

    # === EVIDENCE === #

    def test_evidence_opens_the_stage_that_wants_it(self):
        self.preparing.needs_photo = True
        named = {"hub_ref": self.submit(confirm=True)["hub_ref"]}
        refused = self.api.push_status("In Arbeit", **named)
        self.assertEqual(self.codes(refused), [("blocked", "")])
        for _delivery in range(2):
            given = self.api.attach_evidence("photo", PIXEL, "a.png", **named)
            self.assertTrue(given["ok"], given)
        self.assertEqual(len(self.env["order.hub.evidence"].search([])), 1)
        moved = self.api.push_status("In Arbeit", **named)
        self.assertEqual(moved["stage"], "Preparing")

    def test_evidence_is_internal_unless_said_otherwise(self):
        named = {"hub_ref": self.submit()["hub_ref"]}
        answer = self.api.attach_evidence(
            "file", base64.b64encode(b"certificate").decode(), **named
        )
        evidence = self.env["order.hub.evidence"].browse(answer["evidence_id"])
        self.assertFalse(evidence.is_public)
        self.assertFalse(evidence.attachment_id.public)

    # === EVENTS === #

    def test_pages_of_events_follow_each_other(self):
        page = self.api.list_events(0, 1)
        self.assertLessEqual(len(page["events"]), 1)
        self.assertEqual(page["more"], len(page["events"]) == 1)

    def test_a_page_has_bounds(self):
        for limit in (0, -1, MAX_EVENTS_PAGE + 1, "5", None, True):
            answer = self.api.list_events(0, limit)
            self.assertEqual(self.codes(answer), [("invalid", "limit")])

    # === RIGHTS === #

    def test_only_users_of_the_hub_may_call(self):
        for groups in ("base.group_user", "base.group_portal"):
            user = self._user(groups.replace(".", "_"), groups)
            api = self.env["order.hub.api"].with_user(user)
            for call in (
                lambda api: api.submit_order({}),
                lambda api: api.order_status(hub_ref="x"),
                lambda api: api.push_status("x", hub_ref="x"),
                lambda api: api.attach_evidence("note", hub_ref="x"),
                lambda api: api.list_events(),
            ):
                with self.assertRaises(AccessError):
                    call(api)

    def test_an_order_of_somebody_else_is_taken_but_not_told(self):
        order = self.order(self.submit())
        order.write({"user_id": self.sales.id, "team_id": False})
        stranger = self._user(
            "hub_stranger",
            "order_hub.order_hub_group_user,sales_team.group_sale_salesman",
        )
        api = self.env["order.hub.api"].with_user(stranger)
        self.assertEqual(
            self.codes(api.submit_order(self.payload())), [("taken", "external_ref")]
        )
        answer = api.order_status(hub_ref=order.hub_ref)
        self.assertEqual(self.codes(answer), [("not_found", "hub_ref")])

    def test_a_channel_of_another_company_is_unknown(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self._channel("abroad", company_id=company.id, team_id=False, status_map_ids=[])
        answer = self.api.submit_order(self.payload(channel="abroad"))
        self.assertEqual(self.codes(answer), [("unknown_channel", "channel")])
