import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .test_bundles import BundlesCommon


@tagged("post_install", "-at_install")
class TestDuty(BundlesCommon):
    """Duty with the rule it comes from, or words for what is missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = cls.env.ref("base.cn")
        cls.us = cls.env.ref("base.us")
        cls.usd, cls.cny = cls.env.ref("base.USD"), cls.env.ref("base.CNY")
        cls.products.write({"hs_code": "8708.30.50", "country_of_origin": cls.home.id})
        cls.table = cls._table(
            {"hs_code": "8708", "percent": 2.5},
            {"hs_code": "8708", "percent": 27.5, "origin_id": cls.home.id},
            threshold=800,
        )
        cls.table.action_publish()

    @classmethod
    def _table(cls, *rates, **vals):
        return cls.env["order.hub.duty.table"].create(
            {
                "name": "USA (test)",
                "country_ids": [Command.set(cls.us.ids)],
                "currency_id": cls.usd.id,
                "valid_from": "2020-01-01",
                "source": "Invented for tests",
                "rate_ids": [Command.create(rate) for rate in rates],
                **vals,
            }
        )

    def _export(self, number, price=1000.0, **values):
        lines = [{"sku": "ZXJ-0123", "quantity": 1, "unit_price": price}]
        return self._message(
            number,
            **{
                "lines": lines,
                "customer": {
                    **self._abroad(),
                    "name": "Detroit Garage",
                    "email": f"{number}@detroit.example.com",
                },
                "ship_to": {**self._abroad(), "name": "Detroit Garage"},
                **values,
            },
        )

    def _duty(self, number="D-1", price=1000.0, **values):
        [work] = self._works(self._export(number, price, **values), until="duty")
        return work

    def test_an_order_that_leaves_shows_duty_and_its_rule(self):
        work = self._duty()
        self.assertEqual(work.extra["hub_duty_amount"], 275.0)
        self.assertEqual(work.extra["hub_duty_state"], "complete")
        self.assertEqual(work.extra["hub_duty_table_id"], self.table.id)
        [line] = work.extra["hub_duty"]["lines"]
        self.assertEqual((line["prefix"], line["percent"]), ("8708", 27.5))
        [said] = [f for f in work.findings if f.code == "calculated"]
        self.assertIn("HS 8708: 27.5 %", said.figures["rules"])

    def test_the_order_keeps_and_explains_what_was_calculated(self):
        work = self._duty()
        order = self._order(quantity=1, product=self.products[0], **work.extra)
        text = order.hub_duty_explanation
        for word in ("87083050", "27.5 %", "version 1", "275.00"):
            self.assertIn(word, text)
        self.assertFalse(order.copy().hub_duty_state)

    def test_at_home_nothing_is_said_about_duty(self):
        home = {"country": "CN", "city": "Wuxi", "street": "1 Lihu Road"}
        [work] = self._works(self._message("H-1", ship_to=home), until="duty")
        self.assertNotIn("hub_duty_state", work.extra)

    def test_below_the_threshold_nothing_is_due(self):
        work = self._duty("T-1", 100.0)
        self.assertEqual(work.extra["hub_duty_amount"], 0.0)
        self.assertEqual(work.extra["hub_duty"]["lines"][0]["state"], "below")

    def test_the_threshold_is_that_of_the_currency_on_the_orders_day(self):
        self.cny.active = True
        own = self.company.currency_id
        for currency, rate in ((self.cny, 7.0), (self.usd, 1.0)):
            self.env["res.currency.rate"].search(
                [("currency_id", "=", currency.id)]
            ).unlink()
            if currency != own:
                self.env["res.currency.rate"].create(
                    {"currency_id": currency.id, "name": "2026-01-01", "rate": rate}
                )
        below = self._duty("C-1", 5000.0, currency="CNY", date="2026-03-01T00:00:00Z")
        above = self._duty("C-2", 5700.0, currency="CNY", date="2026-03-01T00:00:00Z")
        self.assertEqual(below.extra["hub_duty"]["lines"][0]["state"], "below")
        self.assertEqual(above.extra["hub_duty_amount"], 1567.5)

    def test_a_missing_code_origin_rate_or_table_says_so_and_stops_nothing(self):
        cases = (
            ({"hs_code": False}, "no_code"),
            ({"country_of_origin": False}, "no_origin"),
            ({"hs_code": "9999"}, "no_rate"),
        )
        for number, (vals, code) in enumerate(cases):
            self.products[0].write({"hs_code": "87083050", **vals})
            work = self._duty(f"M-{number}")
            self.assertIn(code, [f.code for f in work.problems])
            self.assertFalse(any(f.blocking for f in work.findings if f.step == "duty"))
            self.assertEqual(work.extra["hub_duty_state"], "incomplete")
        self.table.action_retire()
        work = self._duty("M-9")
        self.assertEqual(work.extra["hub_duty_state"], "no_table")
        self.assertIn("no_table", [f.code for f in work.problems])

    def test_duty_is_charged_only_where_the_channel_says_so(self):
        fee = self._product("Duty", "DUTY", type="service", is_storable=False)
        with self._switched(duty_product_id=fee.id):
            work = self._duty("F-1", total=1000.0)
        self.assertEqual(work.lines[-1]["product_id"], fee.id)
        self.assertEqual(work.lines[-1]["unit_price"], 275.0)
        self.assertEqual(work.values["total"], 1275.0)

    def test_a_kit_for_detroit_is_three_lines_with_duty_to_the_cent(self):
        kit = self._product("Axle kit", "KIT-1")
        self._kit(kit, *((product, 1) for product in self.products))
        lines = [{"sku": "KIT-1", "quantity": 1, "unit_price": 1000.01}]
        work = self._duty("S-8", lines=lines)
        self.assertEqual(len(work.lines), 3)
        self.assertEqual(self._total(work.lines), 1000.01)
        self.assertEqual(len(work.extra["hub_duty"]["lines"]), 3)
        # 27.5 % of 528.06, 313.53 and 158.42, each rounded
        self.assertEqual(work.extra["hub_duty_amount"], 275.01)

    def test_the_order_can_be_calculated_again_as_it_is(self):
        garage = self.env["res.partner"].create(
            {"name": "Detroit Garage", "country_id": self.us.id}
        )
        order = self._order(10, product=self.products[0], partner_id=garage.id)
        order.order_line.price_unit = 100.0
        order.action_hub_duty()
        self.assertEqual(order.hub_duty_amount, 275.0)
        garage.country_id = self.home
        with self.assertRaises(UserError):
            order.action_hub_duty()

    # === VERSIONS === #

    def test_a_published_version_stays_as_it_is(self):
        for change in (
            lambda: self.table.write({"threshold": 0}),
            lambda: self.table.rate_ids[0].write({"percent": 0}),
            lambda: self.table.rate_ids[0].unlink(),
            lambda: self.table.unlink(),
            lambda: self.table.write({"state": "draft"}),
            lambda: self.env["order.hub.duty.rate"].create(
                {"table_id": self.table.id, "hs_code": "9401", "percent": 1}
            ),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()

    def test_a_rate_is_not_moved_into_a_published_version(self):
        draft = self._table({"hs_code": "9401", "percent": 1})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            draft.rate_ids.write({"table_id": self.table.id})

    def test_a_new_version_takes_over_from_its_first_day(self):
        action = self.table.action_new_version()
        draft = self.env["order.hub.duty.table"].browse(action["res_id"])
        self.assertEqual((draft.version, len(draft.rate_ids)), (2, 2))
        self.assertEqual(self.table.action_new_version()["res_id"], draft.id)
        draft.valid_from = "2026-03-01"
        draft.rate_ids.filtered("origin_id").percent = 10
        draft.action_publish()
        for number, (day, amount) in enumerate(
            (("2026-02-27", 275.0), ("2026-03-02", 100.0))
        ):
            work = self._duty(f"V-{number}", date=f"{day}T12:00:00Z")
            self.assertEqual(work.extra["hub_duty_amount"], amount)

    def test_a_table_without_source_or_rates_is_not_published(self):
        with self.assertRaises(ValidationError):
            self._table({"hs_code": "9401", "percent": 1}, source=" ").action_publish()
        with self.assertRaises(ValidationError):
            self._table().action_publish()
        with self.assertRaises(ValidationError):
            self._table({"hs_code": "x", "percent": 1})

    def test_salespeople_read_tables_and_do_not_change_them(self):
        draft = self._table({"hs_code": "9401", "percent": 1})
        mine = draft.with_user(self.sales)
        self.assertTrue(mine.rate_ids.percent)
        for change in (
            lambda: mine.write({"threshold": 1}),
            lambda: mine.action_publish(),
            lambda: mine.rate_ids.write({"percent": 0}),
            lambda: self.table.with_user(self.operator).action_retire(),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_another_companys_table_is_not_used(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self._table(
            {"hs_code": "8708", "percent": 99.0},
            company_id=other.id,
            valid_from="2025-01-01",
        )
        theirs.action_publish()
        self.assertEqual(self._duty("O-1").extra["hub_duty_amount"], 275.0)

    # === SCREENS === #

    def test_a_trial_says_the_rule_before_anything_is_ordered(self):
        form = Form(self.env["order.hub.duty.trial"])
        form.country_id = self.us
        form.hs_code = "8708.30"
        form.origin_id = self.home
        form.amount = 1000
        form.currency_id = self.usd
        self.assertIn("27.5 % on HS 8708", form.result)
        form.hs_code = "0101"
        self.assertIn("no rate", form.result)
        form.country_id = self.env.ref("base.br")
        self.assertIn("No duty table", form.result)

    def test_rates_come_from_a_file_whole_or_not_at_all(self):
        draft = self._table({"hs_code": "9401", "percent": 1})
        good = "hs_code,rate,origin,note\n8708,2.5,,Parts\n8708,27.5,CN,Parts\n"
        bad = good + "8709,x,,\n8710,1,ZZ,\n"
        with self.assertRaises(UserError) as caught:
            self._import(draft, bad)
        self.assertIn("Row 4", str(caught.exception))
        self.assertEqual(draft.rate_ids.mapped("hs_code"), ["9401"])
        with self.assertRaises(UserError):
            self._import(draft, good + "8710,1,ZZ,\n")
        self._import(draft, good)
        self.assertEqual(draft.rate_ids.mapped("percent"), [2.5, 27.5])
        with self.assertRaises(UserError):
            self._import(self.table, good)

    def _import(self, table, text):
        wizard = self.env["order.hub.duty.import"].create(
            {"table_id": table.id, "file": base64.b64encode(text.encode())}
        )
        return wizard.action_import()

    # === QUERIES === #

    def test_fifty_orders_cost_no_more_queries_than_one(self):
        values = {
            "lines": [
                {"sku": product.default_code, "quantity": 1, "unit_price": 900.0}
                for product in self.products
            ],
            "ship_to": {**self._abroad(), "name": "Detroit Garage"},
        }
        self._step_queries("duty", 1, **values)
        one = self._step_queries("duty", 1, **values)
        fifty = self._step_queries("duty", 50, **values)
        self.assertLessEqual(fifty, one + 1)
        self.assertLessEqual(fifty, 20)
