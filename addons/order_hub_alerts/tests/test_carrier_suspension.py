"""A carrier line does not run: whom it hits, what else there is, who is told."""

from base64 import b64encode
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .warning_action_common import NOW, WarningActionCommon

#: What looking may cost more for 50 affected orders than for one.
MORE_QUERIES = 15
HEAD = "carrier,countries,states,zips,from,to,reason,reference\n"


class SuspensionCommon(WarningActionCommon):
    """Rail, lorry and plane into all of China; a courier for Shanghai only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["delivery.carrier"].search([]).active = False
        cls.china, cls.gansu = cls.env.ref("base.cn"), cls.env.ref("base.state_cn_GS")
        cls.shanghai = cls.env.ref("base.state_cn_SH")
        cls.rail = cls._carrier("Rail", 60, 5)
        cls.lorry = cls._carrier("Lorry", 90, 3)
        cls.plane = cls._carrier("Plane", 400, 1)
        cls.courier = cls._carrier("Courier", 12, 1, state_ids=cls.shanghai.ids)
        cls.lanzhou = cls.env["res.partner"].create(
            {
                "name": "Lanzhou Bus",
                "country_id": cls.china.id,
                "state_id": cls.gansu.id,
                "zip": "730000",
            }
        )

    @classmethod
    def _carrier(cls, name, price, days, **vals):
        product = cls.env["product.product"].create(
            {"name": name, "type": "service", "taxes_id": False}
        )
        return cls.env["delivery.carrier"].create(
            {
                "name": name,
                "product_id": product.id,
                "fixed_price": price,
                "hub_transit_days": days,
                **vals,
            }
        )

    @classmethod
    def _to_lanzhou(cls, count=1, days=4, **vals):
        vals = {"partner_id": cls.lanzhou.id, "carrier_id": cls.rail.id, **vals}
        orders = cls._orders(count, **vals)
        promised = {"hub_promised_date": NOW + timedelta(days=days)}
        cls.env["order.hub.writer"]._update(orders, dict.fromkeys(orders.ids, promised))
        return orders

    @classmethod
    def _suspension(cls, user=None, **vals):
        return (
            cls.env["order.hub.carrier.suspension"]
            .with_user(user or cls.supervisor)
            .create(
                {
                    "carrier_id": cls.rail.id,
                    "reason": "Snow on the line to Lanzhou",
                    "state_ids": cls.gansu.ids,
                    "date_from": NOW - timedelta(hours=2),
                    **vals,
                }
            )
        )

    def _look(self, suspension, now=NOW):
        suspension._look(now)
        return suspension.line_ids.filtered("is_open").order_id


@tagged("post_install", "-at_install")
class TestCarrierSuspension(SuspensionCommon):
    def test_it_finds_the_orders_that_must_leave_meanwhile_and_no_others(self):
        hit = self._to_lanzhou()
        self._to_lanzhou(carrier_id=self.lorry.id)
        self._to_lanzhou(partner_id=self.partner.id)
        self._to_lanzhou().action_cancel()
        late = self._to_lanzhou(days=20)
        suspension = self._suspension(date_to=NOW + timedelta(days=3))
        self.assertEqual(self._look(suspension), hit)
        suspension.date_to = False
        self.assertEqual(self._look(suspension), hit | late)

    def test_the_alternatives_come_with_price_and_time_the_best_first(self):
        self._to_lanzhou()
        suspension = self._suspension()
        self._look(suspension)
        rows = suspension.alternative_ids.sorted("rank")
        self.assertEqual(rows.carrier_id[:2], self.lorry | self.plane)
        self.assertEqual(rows.mapped("cost")[:2], [90, 400])
        self.assertEqual(rows.mapped("difference")[:2], [30, 340])
        self.assertEqual(rows.mapped("in_time")[:2], ["yes", "yes"])
        self.assertEqual(rows[0].arrives, NOW + timedelta(days=3))
        courier = rows.filtered(lambda row: row.carrier_id == self.courier)
        self.assertFalse(courier.fits)
        self.assertEqual(courier.missing, ["state"])
        self.assertIn("Lorry", suspension.line_ids.best_text)
        self.assertIn("in time", suspension.line_ids.best_text)

    def test_cold_goods_are_offered_cold_chains_only(self):
        glue = self._product("Glue", "JGJ-50", hub_needs_cold_chain=True)
        self.rail.hub_is_cold_chain = self.plane.hub_is_cold_chain = True
        line = Command.create({"product_id": glue.id, "product_uom_qty": 1})
        self._to_lanzhou(order_line=[line])
        suspension = self._suspension()
        self._look(suspension)
        able = suspension.alternative_ids.filtered("fits")
        self.assertEqual(able.carrier_id, self.plane)

    def test_another_suspended_line_is_no_alternative(self):
        self._to_lanzhou()
        self._suspension(carrier_id=self.lorry.id)
        suspension = self._suspension()
        self._look(suspension)
        lorry = suspension.alternative_ids.filtered(
            lambda row: row.carrier_id == self.lorry
        )
        self.assertEqual(lorry.missing, ["suspended"])
        self.assertIn("suspended", lorry.words)

    def test_time_on_the_way_is_measured_where_nobody_entered_it(self):
        self.plane.hub_transit_days = 0
        Carrier = self.env["delivery.carrier"]
        self.assertNotIn(self.plane.id, Carrier._hub_transit(self.plane, NOW))
        orders = self._to_lanzhou(3, carrier_id=self.plane.id)
        stages = {"shipped": 6, "delivered": 4}
        rows = [
            {
                "order_id": order.id,
                "stage_id": self.shipped.id,
                "milestone": milestone,
                "date": NOW - timedelta(days=days),
                "company_id": self.company.id,
            }
            for order in orders
            for milestone, days in stages.items()
        ]
        self.env["order.hub.writer"]._insert(self.env["order.hub.stage.event"], rows)
        self.assertEqual(Carrier._hub_transit(self.plane, NOW), {self.plane.id: 2.0})

    def test_whoever_sells_them_gets_one_to_do_with_the_comparison(self):
        orders = self._to_lanzhou(3)
        other = self._user(
            "hub_sales_two",
            "order_hub.order_hub_group_user,sales_team.group_sale_salesman",
        )
        mine = self._to_lanzhou(user_id=other.id)
        suspension = self._suspension()
        self._look(suspension)
        model = "order.hub.carrier.suspension"
        [todo] = self._todos(self.sales, model)
        self.assertIn("3", todo.summary)
        for order in orders:
            self.assertIn(order.name, todo.note)
        self.assertIn("Lorry", todo.note)
        self.assertIn("3 days", todo.note)
        [todo] = self._todos(other, model)
        self.assertIn(mine.name, todo.note)
        self.assertNotIn(orders[0].name, todo.note)
        self._look(suspension, NOW + timedelta(minutes=5))
        self.assertEqual(len(self._todos(self.sales, model)), 1)

    def test_new_orders_are_added_and_those_that_found_a_way_are_let_go(self):
        orders = self._to_lanzhou(2)
        suspension = self._suspension()
        self._look(suspension)
        orders[0].carrier_id = self.lorry
        new = self._to_lanzhou()
        self.assertEqual(self._look(suspension), orders[1] | new)
        todo = self._todos(self.sales, suspension._name)
        self.assertNotIn(orders[0].name, todo.note)
        self.assertIn(new.name, todo.note)
        (orders[1] | new).carrier_id = self.lorry
        self._look(suspension)
        self.assertFalse(self._todos(self.sales, suspension._name))

    def test_it_ends_by_itself_and_takes_its_to_dos_along(self):
        self._to_lanzhou()
        suspension = self._suspension(date_to=NOW + timedelta(days=1))
        self._job(NOW)
        self.assertTrue(self._todos(self.sales, suspension._name))
        self._job(NOW + timedelta(days=1))
        self.assertFalse(self._todos(self.sales, suspension._name))
        self.assertFalse(suspension.line_ids.filtered("is_open"))
        self.assertEqual(suspension._state_at(NOW + timedelta(days=1)), "over")

    def test_a_button_ends_it_and_one_that_has_not_begun_is_taken_back(self):
        suspension = self._suspension()
        self.assertTrue(suspension.action_end())
        self.assertEqual(suspension.state, "over")
        planned = self._suspension(date_from="2200-01-01 08:00:00")
        planned.action_end()
        self.assertFalse(planned.active)

    def test_no_order_is_changed(self):
        order = self._to_lanzhou()
        self._look(self._suspension())
        self.assertEqual(order.carrier_id, self.rail)
        self.assertFalse(order.hub_exception_ids)

    def test_what_makes_no_sense_is_refused(self):
        for vals in (
            {"date_to": NOW - timedelta(days=1)},
            {"date_to": NOW + timedelta(days=800)},
            {"country_ids": self.env.ref("base.us").ids},
            {"zips": ";".join(str(number) for number in range(300))},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._suspension(**vals)

    def test_fifty_orders_cost_little_more_than_one(self):
        self._to_lanzhou()
        one = self._suspension()
        few = self._queries(lambda: one._look(NOW))
        one.action_end()
        self._to_lanzhou(50)
        many = self._queries(lambda: self._suspension()._look(NOW))
        self.assertLess(many, few + MORE_QUERIES)


@tagged("post_install", "-at_install")
class TestSuspensionsFromElsewhere(SuspensionCommon):
    def _receive(self, *rows, user=None):
        Suspension = self.env["order.hub.carrier.suspension"]
        return Suspension.with_user(user or self.supervisor).receive(list(rows))

    def _row(self, **vals):
        return {
            "carrier": "rail",
            "from": "2026-03-03T08:00:00Z",
            "reason": "Snow",
            "reference": "TMS-7",
            **vals,
        }

    def _known(self):
        return self.env["order.hub.carrier.suspension"].search([])

    def test_another_system_enters_and_changes_them_by_reference(self):
        row = self._row(countries="CN", states="GS", zips="73;74")
        answer = self._receive(row)
        self.assertEqual((answer["ok"], answer["created"]), (True, 1))
        found = self._known()
        self.assertEqual(found.carrier_id, self.rail)
        self.assertEqual((found.state_ids, found.zips), (self.gansu, "73;74"))
        self.assertEqual(found.source, "api")
        answer = self._receive({**row, "to": "2026-03-05T08:00:00Z"})
        self.assertEqual((answer["created"], answer["changed"]), (0, 1))
        self.assertEqual(str(found.date_to), "2026-03-05 08:00:00")
        self.assertEqual(len(self._known()), 1)

    def test_one_wrong_row_and_nothing_is_taken_in(self):
        answer = self._receive(self._row(), self._row(carrier="Camel", reference="2"))
        self.assertFalse(answer["ok"])
        [error] = answer["errors"]
        self.assertEqual((error["line"], error["field"], error["code"]),
                         (2, "carrier", "unknown"))  # fmt: skip
        self.assertIn("Camel", error["message"])
        self.assertFalse(self._known())

    def test_a_province_that_nobody_knows_does_not_close_the_whole_country(self):
        for vals, code in (
            ({"countries": "CN", "states": "Atlantis"}, "unknown"),
            ({"countries": "US", "states": "GS"}, "unknown"),
            ({"countries": "XX"}, "unknown"),
        ):
            answer = self._receive(self._row(**vals))
            self.assertEqual(answer["errors"][0]["code"], code)
        self.env["res.country.state"].create(
            {"name": "Gansu", "code": "甘", "country_id": self.env.ref("base.de").id}
        )
        answer = self._receive(self._row(states="甘"))
        self.assertEqual(answer["errors"][0]["code"], "place")

    def test_twice_the_same_reference_or_carrier_is_refused(self):
        answer = self._receive(self._row(), self._row())
        self.assertEqual(answer["errors"][0]["code"], "twice")
        self._carrier("RAIL", 1, 1)
        answer = self._receive(self._row())
        self.assertEqual(answer["errors"][0]["code"], "several")

    def test_whatever_is_sent_is_answered(self):
        for rows in (None, "x", [None], [[]], [{"carrier": {}}], [{"x": 1}], 7):
            answer = self.env["order.hub.carrier.suspension"].receive(rows)
            self.assertFalse(answer["ok"])

    def test_carriers_of_another_company_are_not_known(self):
        other = self.env["res.company"].create({"name": "Abroad Ltd."})
        self.rail.company_id = other
        answer = self._receive(self._row())
        self.assertEqual(answer["errors"][0]["code"], "unknown")

    def _import(self, text, user=None):
        wizard = self.env["order.hub.carrier.suspension.import"].with_user(
            user or self.supervisor
        )
        return wizard.create({"file": b64encode(text.encode())}).action_import()

    def test_a_file_is_imported_and_shown(self):
        action = self._import(HEAD + "Rail,CN,GS,,2026-03-03 08:00,,大雪,R1\n")
        found = self._known().search(action["domain"])
        self.assertEqual((found.reason, found.source), ("大雪", "file"))

    def test_a_formula_in_a_file_stays_a_text(self):
        self._import(HEAD + 'Rail,CN,GS,,2026-03-03 08:00,,"=HYPERLINK(""x"")",R1\n')
        self.assertEqual(self._known().reason, '=HYPERLINK("x")')

    def test_a_wrong_file_says_line_and_column_and_leaves_nothing(self):
        with self.assertRaises(UserError) as caught:
            self._import(HEAD + "Rail,CN,GS,,soon,,Snow,R1\nRail,,,,2026-03-03,,,R2\n")
        self.assertIn("Line 1", str(caught.exception))
        self.assertIn("reason", str(caught.exception))
        self.assertFalse(self._known())

    def test_only_supervisors_enter_them_and_nobody_writes_the_comparison(self):
        with self.assertRaises(AccessError):
            self._receive(self._row(), user=self.sales)
        with self.assertRaises(AccessError):
            self._import(HEAD, user=self.sales)
        self._to_lanzhou()
        suspension = self._suspension()
        suspension._look(NOW)
        for record in (suspension.line_ids, suspension.alternative_ids[0]):
            with self.assertRaises(AccessError):
                record.with_user(self.manager).write({"company_id": self.company.id})
        for method in ("action_look", "action_end"):
            with self.assertRaises(AccessError):
                getattr(suspension.with_user(self.sales), method)()
        portal = self._user("hub_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            suspension.with_user(portal).read(["reason"])

    def test_another_company_neither_sees_nor_finds_them(self):
        other = self.env["res.company"].create({"name": "Abroad Ltd."})
        stranger = new_test_user(
            self.env,
            "hub_stranger",
            "order_hub.order_hub_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        suspension = self._suspension()
        with self.assertRaises(AccessError):
            suspension.with_user(stranger).read(["reason"])
        foreign = self.env["order.hub.carrier.suspension"].create(
            {
                "carrier_id": self.rail.id,
                "company_id": other.id,
                "reason": "Strike",
                "date_from": NOW,
            }
        )
        self._to_lanzhou()
        self.assertFalse(self._look(foreign))
