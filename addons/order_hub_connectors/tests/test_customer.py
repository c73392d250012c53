from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ConnectorsCommon

ADDRESS = {
    "country": "CN",
    "address": "浙江省杭州市西湖区西溪街道文三路90号5号楼",
    "name": "王小明",
    "mobile": "13812345678",
}
UNSURE = {"address": "朝阳区姚家园3楼", "name": "王小明", "mobile": "13812345678"}


@tagged("post_install", "-at_install")
class TestCustomer(ConnectorsCommon):
    """The customer step: whose order it is and where it goes."""

    def _order_of(self, number, customer=None, ship_to=None, **values):
        """Take in an order of a customer; return the inbound order."""
        payload = {"customer": customer or {}, **values}
        if ship_to:
            payload["ship_to"] = ship_to
        return self._take(self._message(number, **payload))

    def _partners(self):
        return self.env["res.partner"].with_context(active_test=False).search_count([])

    # === FOUND === #

    def test_a_customer_is_found_by_the_channels_number(self):
        first = self._order_of("C-1", {"external_ref": "b-77", "name": "Lake Garage"})
        again = self._order_of("C-2", {"external_ref": "b-77", "name": "Renamed"})
        self.assertEqual(first.order_id.partner_id.name, "Lake Garage")
        self.assertEqual(again.order_id.partner_id, first.order_id.partner_id)
        self.assertIn(("customer", "by_number"), self._codes(again))

    def test_a_customer_is_found_by_the_tax_number(self):
        self.customer.vat = "91320211MA1ABCDE12"
        inbound = self._order_of(
            "C-3", {"name": "Other Words", "vat": "91320211MA1ABCDE12"}
        )
        self.assertEqual(inbound.order_id.partner_id, self.customer)

    def test_a_customer_is_found_by_e_mail_in_any_case(self):
        inbound = self._order_of("C-4", {"email": " Buyer@TAIHU.example.com "})
        self.assertEqual(inbound.order_id.partner_id, self.customer)

    def test_a_customer_is_found_by_telephone_and_name_together(self):
        both = {"name": "Taihu  Auto repair", "phone": "0510-81234567"}
        inbound = self._order_of("C-5", both, ship_to={**ADDRESS, "name": "X"})
        self.assertEqual(inbound.order_id.partner_id, self.customer)
        other = self._order_of("C-6", {**both, "name": "Somebody Else"})
        self.assertNotEqual(other.order_id.partner_id, self.customer)

    def test_a_company_is_found_by_its_exact_name(self):
        self.customer.is_company = True
        inbound = self._order_of("C-7", {"company": "Taihu Auto Repair"})
        self.assertEqual(inbound.order_id.partner_id, self.customer)
        near = self._order_of("C-8", {"company": "Taihu Auto Repairs"})
        self.assertNotEqual(near.order_id.partner_id, self.customer)

    def test_a_customer_made_a_moment_ago_is_found(self):
        made = self.env["res.partner"].create({"name": "A", "email": "just@made.cn"})
        inbound = self._order_of("C-11", {"email": "just@made.cn"})
        self.assertEqual(inbound.order_id.partner_id, made)

    def test_who_is_named_only_in_the_address_is_the_customer(self):
        text = "浙江省杭州市西湖区文三路90号，韩梅梅，13500001111"
        inbound = self._order_of("C-12", ship_to={"address": text})
        partner = inbound.order_id.partner_id
        self.assertEqual((partner.name, partner.phone), ("韩梅梅", "13500001111"))
        again = self._order_of("C-13", {"name": "韩梅梅", "phone": "135 0000 1111"})
        self.assertEqual(again.order_id.partner_id, partner)

    def test_the_number_of_a_customer_found_otherwise_is_kept(self):
        email = self.customer.email
        self._order_of("C-9", {"external_ref": "b-9", "email": email})
        inbound = self._order_of("C-10", {"external_ref": "b-9", "name": "?"})
        self.assertEqual(inbound.order_id.partner_id, self.customer)

    # === NOT FOUND, FROM THE WRONG SIDE === #

    def test_several_that_fit_are_for_a_person_who_picks_one(self):
        other = self.customer.copy({"name": "Twin"})
        inbound = self._order_of("D-1", {"email": self.customer.email})
        self.assertEqual(inbound.state, "attention")
        problem = inbound.problem_ids.filtered(lambda row: row.code == "several")
        ids = {row["id"] for row in problem.figures["candidates"]}
        self.assertEqual(ids, {self.customer.id, other.id})
        self.assertIn("Twin", problem.message)
        inbound.with_user(self.operator).choose_customer(other.id)
        self.assertEqual(inbound.state, "done", inbound.trace)
        self.assertEqual(inbound.order_id.partner_id, other)

    def test_a_partner_of_another_company_is_not_matched(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.customer.company_id = other
        inbound = self._order_of("D-2", {"email": self.customer.email, "name": "N"})
        self.assertNotEqual(inbound.order_id.partner_id, self.customer)
        self.assertEqual(inbound.order_id.company_id, self.company)

    def test_a_partner_of_another_company_cannot_be_chosen(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["res.partner"].create({"name": "T", "company_id": other.id})
        self.customer.copy({"name": "Twin"})
        inbound = self._order_of("D-3", {"email": self.customer.email})
        with self.assertRaises(AccessError):
            inbound.with_user(self.operator).choose_customer(theirs.id)
        inbound.with_user(self.operator).correct({"customer.partner_id": theirs.id})
        self.assertEqual(inbound.state, "attention")
        self.assertIn(("customer", "chosen_gone"), self._codes(inbound))

    def test_a_channel_cannot_choose_the_customer_itself(self):
        customer = {"name": "N", "partner_id": self.customer.id}
        inbound = self._order_of("D-4", customer)
        self.assertEqual(inbound.state, "attention")
        self.assertIn("customer.partner_id", inbound.problem_ids.mapped("field"))

    def test_a_hidden_e_mail_or_telephone_finds_nobody(self):
        relay = "k3v9x2@marketplace.amazon.com"
        self.customer.write({"email": relay, "phone": "138****1234"})
        by_mail = self._order_of("D-5", {"email": relay, "name": "N"})
        by_phone = self._order_of(
            "D-6", {"name": self.customer.name, "phone": "138****1234"}
        )
        for inbound in (by_mail, by_phone):
            self.assertNotEqual(inbound.partner_id, self.customer)

    def test_an_employee_is_not_taken_for_a_customer(self):
        partner = self.sales.partner_id
        partner.email = "sales@hub.example.com"
        inbound = self._order_of("D-7", {"email": partner.email, "name": "N"})
        self.assertNotEqual(inbound.order_id.partner_id, partner)

    def test_who_logs_into_the_portal_is_not_taken_over_by_name_and_telephone(self):
        portal = self._user("portal_buyer", "base.group_portal").partner_id
        portal.write({"name": "李雷", "phone": "13900001111", "street": "Own Road"})
        inbound = self._order_of("D-8", {"name": "李雷", "phone": "13900001111"})
        self.assertNotEqual(inbound.order_id.partner_id, portal)
        self.assertEqual(portal.street, "Own Road")

    def test_an_order_changes_nothing_of_a_known_customer(self):
        fields = ["name", "phone", "street", "city", "vat", "company_id"]
        [before] = self.customer.read(fields)
        self._order_of(
            "D-9",
            {"email": self.customer.email, "name": "New", "phone": "1", "vat": "X123"},
            ship_to=ADDRESS,
        )
        self.assertEqual(self.customer.read(fields), [before])

    def test_who_receives_a_present_is_not_the_customer_who_gave_it(self):
        self._order_of("D-13", {"email": self.customer.email}, ship_to=ADDRESS)
        own = {"name": ADDRESS["name"], "phone": ADDRESS["mobile"]}
        inbound = self._order_of("D-14", own, ship_to=ADDRESS)
        self.assertNotEqual(inbound.order_id.partner_id, self.customer)

    def test_an_archived_customer_is_not_used(self):
        self.customer.active = False
        inbound = self._order_of("D-10", {"email": self.customer.email, "name": "N"})
        self.assertNotEqual(inbound.order_id.partner_id, self.customer)

    def test_very_long_and_odd_input_is_told_and_kept(self):
        for number, text in enumerate(
            ("x" * 300, "𠮷\x00\u202e", "%s %(a)s", "'); --")
        ):
            inbound = self._order_of(f"D-11{number}", {"name": text})
            self.assertIn(inbound.state, ("done", "attention"), text)
        address = self._order_of("D-12", ship_to={"address": "省" * 9000, "name": "N"})
        self.assertIn(("customer", "address_too_long"), self._codes(address))

    # === MADE === #

    def test_orders_of_one_new_customer_in_a_batch_make_one(self):
        ship_to = {**ADDRESS}
        messages = [
            self._message(f"E-{n}", customer={}, ship_to=ship_to) for n in "123"
        ]
        rows = self._take(*messages)
        self.assertEqual(set(rows.mapped("state")), {"done"}, rows.mapped("trace"))
        partner = rows.order_id.partner_id
        self.assertEqual(len(partner), 1)
        self.assertEqual((partner.name, partner.phone), ("王小明", "13812345678"))
        self.assertEqual(partner.state_id.name, "浙江省")
        self.assertEqual(partner.city, "杭州市")
        self.assertEqual(partner.street, "西湖区西溪街道文三路90号5号楼")
        self.assertEqual(rows.order_id.partner_shipping_id, partner)

    def test_the_next_order_of_a_new_customer_finds_it(self):
        first = self._order_of("E-4", ship_to=ADDRESS)
        before = self._partners()
        again = self._order_of("E-5", ship_to=ADDRESS)
        self.assertEqual(again.order_id.partner_id, first.order_id.partner_id)
        self.assertEqual(self._partners(), before)

    def test_a_company_is_made_a_company(self):
        inbound = self._order_of("E-6", {"company": "Lake Ltd", "name": "Li"})
        self.assertTrue(inbound.order_id.partner_id.is_company)

    def test_the_channel_may_ask_before_it_makes_a_customer(self):
        with self._switched(unknown_customer="ask"):
            inbound = self._order_of("E-7", {"name": "Newcomer"})
            self.assertEqual(inbound.state, "attention")
            self.assertIn(("customer", "unknown"), self._codes(inbound))
            inbound.with_user(self.operator).choose_customer(self.customer.id)
        self.assertEqual(inbound.order_id.partner_id, self.customer)

    def test_the_channel_may_take_its_stand_in_and_hold(self):
        stand_in = self.env["res.partner"].create({"name": "Walk-in"})
        with self._switched(
            unknown_customer="stand_in", fallback_partner_id=stand_in.id
        ):
            inbound = self._order_of("E-8", {"name": "Newcomer"}, ship_to=ADDRESS)
        order = inbound.order_id
        self.assertEqual(order.partner_id, stand_in)
        self.assertEqual(order.partner_shipping_id.parent_id, stand_in)
        self.assertTrue(order.hub_is_held)

    # === ADDRESSES === #

    def test_an_address_is_found_however_it_is_written(self):
        email = {"email": self.customer.email}
        first = self._order_of("F-1", email, ship_to=ADDRESS)
        shipping = first.order_id.partner_shipping_id
        self.assertEqual(shipping.parent_id, self.customer)
        self.assertEqual(shipping.type, "delivery")
        written = {
            "country": "China",
            "state": "浙江",
            "city": "杭州",
            "district": "西湖区",
            "street": "西溪街道 文三路９０号 5号楼",
            "name": "王小明",
            "phone": "+86 138-1234-5678",
        }
        again = self._order_of("F-2", email, ship_to=written)
        self.assertEqual(again.order_id.partner_shipping_id, shipping)
        self.assertIn(("customer", "address_found"), self._codes(again))

    def test_another_person_at_the_address_is_another_address(self):
        email = {"email": self.customer.email}
        first = self._order_of("F-3", email, ship_to=ADDRESS)
        other = self._order_of("F-4", email, ship_to={**ADDRESS, "name": "李雷"})
        self.assertNotEqual(
            first.order_id.partner_shipping_id, other.order_id.partner_shipping_id
        )

    def test_the_address_of_another_customer_is_not_used(self):
        first = self._order_of("F-5", {"email": self.customer.email}, ship_to=ADDRESS)
        other = self._order_of("F-6", {"email": "o@other.cn"}, ship_to=ADDRESS)
        self.assertNotEqual(
            first.order_id.partner_shipping_id, other.order_id.partner_shipping_id
        )

    def test_an_uncertain_address_is_taken_in_and_held(self):
        inbound = self._order_of("F-7", {"email": self.customer.email}, ship_to=UNSURE)
        self.assertEqual(inbound.state, "done", inbound.trace)
        self.assertTrue(inbound.order_id.hub_is_held)
        self.assertEqual(inbound.order_id.state, "draft")
        self.assertIn(("customer", "address_several"), self._codes(inbound))

    def test_an_uncertain_address_waits_until_a_person_has_put_it_right(self):
        with self._switched(unsure_address="ask"):
            inbound = self._order_of(
                "F-8", {"email": self.customer.email}, ship_to=UNSURE
            )
            self.assertEqual(inbound.state, "attention")
            summary = inbound.with_user(self.operator).address_summary
            self.assertFalse(summary["is_sure"])
            parts = {row["name"]: row["value"] for row in summary["parts"]}
            parts |= {"province": "北京市", "city": "北京市"}
            inbound.with_user(self.operator).correct_address(parts)
        self.assertEqual(inbound.state, "done", inbound.trace)
        shipping = inbound.order_id.partner_shipping_id
        self.assertEqual(shipping.state_id.name, "北京市")
        self.assertEqual(shipping.street, "朝阳区姚家园3楼")
        self.assertFalse(inbound.order_id.hub_is_held)

    def test_a_proposal_is_accepted_with_one_tap(self):
        ship_to = {"address": "浙江省杭州市下城区青云街40号3楼", "name": "王小明"}
        with self._switched(unsure_address="ask"):
            inbound = self._order_of("F-9", ship_to=ship_to)
            self.assertEqual(inbound.state, "attention")
            inbound.with_user(self.operator).accept_address()
        self.assertEqual(inbound.state, "done", inbound.trace)
        street = inbound.order_id.partner_shipping_id.street
        self.assertEqual(street, "拱墅区青云街40号3楼")

    def test_a_channel_may_take_proposals(self):
        with self._switched(unsure_address="accept"):
            inbound = self._order_of(
                "F-10", {"email": self.customer.email}, ship_to=UNSURE
            )
        self.assertEqual(inbound.order_id.state, "sale")

    def test_an_address_abroad_has_its_country_and_state(self):
        ship_to = {
            "country": "United States",
            "state": "Michigan",
            "city": "Detroit",
            "street": "1500 Woodward Ave",
            "street2": "Suite 200",
            "zip": "48226",
            "name": "Jane Doe",
        }
        email = {"email": self.customer.email}
        first = self._order_of("F-11", email, ship_to=ship_to)
        shipping = first.order_id.partner_shipping_id
        self.assertEqual(shipping.country_id.code, "US")
        self.assertEqual(shipping.state_id.code, "MI")
        self.assertEqual(shipping.street2, "Suite 200")
        coded = {**ship_to, "country": "US", "state": "MI"}
        again = self._order_of("F-12", email, ship_to=coded)
        self.assertEqual(again.order_id.partner_shipping_id, shipping)

    def test_an_unknown_country_is_told_with_its_field(self):
        ship_to = {"country": "Wakanda", "city": "Birnin", "street": "1 Road"}
        inbound = self._order_of(
            "F-13", {"email": self.customer.email}, ship_to=ship_to
        )
        self.assertEqual(inbound.state, "attention")
        self.assertIn("ship_to.country", inbound.problem_ids.mapped("field"))

    def test_without_an_address_the_customers_own_is_taken(self):
        child = self.env["res.partner"].create(
            {"name": "Gate 3", "type": "delivery", "parent_id": self.customer.id}
        )
        invoices = self.env["res.partner"].create(
            {"name": "Books", "type": "invoice", "parent_id": self.customer.id}
        )
        inbound = self._order_of("F-14", {"email": self.customer.email})
        self.assertEqual(inbound.order_id.partner_shipping_id, child)
        self.assertEqual(inbound.order_id.partner_invoice_id, invoices)

    def test_only_operators_answer(self):
        with self._switched(unsure_address="ask"):
            inbound = self._order_of(
                "F-15", {"email": self.customer.email}, ship_to=UNSURE
            )
        for answer in (
            lambda row: row.accept_address(),
            lambda row: row.correct_address({"city": "X"}),
            lambda row: row.choose_customer(self.customer.id),
        ):
            with self.assertRaises(AccessError):
                answer(inbound.with_user(self.user))
        as_operator = inbound.with_user(self.operator)
        for parts in ({}, {"planet": "Earth"}, {"city": 7}, {"city": "x" * 999}):
            with self.assertRaises(UserError):
                as_operator.correct_address(parts)

    # === COST === #

    def _cost(self, count, ship_to=None, customer=None):
        """Return the queries of the step for orders of different customers."""
        Inbound = self.env["order.hub.inbound"].sudo()
        messages = [
            self._message(
                f"Q-{count}-{n}",
                customer=customer(n),
                **({"ship_to": ship_to(n)} if ship_to else {}),
            )
            for n in range(count)
        ]
        rows = Inbound.browse(Inbound._receive(self.channel, messages)["new"])
        works = rows._works()
        acting = rows._acting(self.channel)
        for step in ("parse", "map"):
            acting._run_step(self.channel, step, works)
        return self._queries(lambda: acting._run_step(self.channel, "customer", works))

    def test_known_customers_cost_the_same_for_one_and_for_fifty(self):
        self.env["res.partner"].create(
            [
                {"name": f"K{n}", "email": f"k{n}@known.cn", "type": "contact"}
                for n in range(50)
            ]
        )
        known = {"customer": lambda n: {"email": f"k{n}@known.cn"}}
        one, fifty = self._cost(1, **known), self._cost(50, **known)
        self.assertLessEqual(one, 15)
        self.assertLessEqual(fifty, one + 2)

    def test_new_customers_and_addresses_cost_a_bounded_number_of_queries(self):
        new = {
            "customer": lambda n: {"external_ref": f"n-{n}", "name": f"N{n}"},
            "ship_to": lambda n: {**ADDRESS, "name": f"R{n}"},
        }
        one = self._cost(1, **new)
        new["customer"] = lambda n: {"external_ref": f"m-{n}", "name": f"M{n}"}
        fifty = self._cost(50, **new)
        self.assertLessEqual(one, 60)
        self.assertLessEqual(fifty, one + 20)
