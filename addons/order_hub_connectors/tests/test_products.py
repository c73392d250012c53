import itertools

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ConnectorsCommon


class ProductsCommon(ConnectorsCommon):
    """Runs single steps on messages, to see lines and count queries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = itertools.count(1)
        cls.product.default_code = "ZXJ-OTHER"

    def _works(self, *messages, until="products"):
        """Return the works of messages after the steps up to one."""
        Inbound = self.env["order.hub.inbound"].sudo()
        rows = Inbound.browse(Inbound._receive(self.channel, list(messages))["new"])
        works = rows._works()
        acting = rows._acting(self.channel)
        for step in ("parse", "map", "customer", "products", "bundles", "duty"):
            acting._run_step(self.channel, step, works)
            if step == until:
                break
        return works

    def _lines(self, *lines, until="products", **values):
        """Return the lines of one message after a step, and what was said."""
        [work] = self._works(
            self._message(f"L-{next(self.numbers)}", lines=list(lines), **values),
            until=until,
        )
        return work.lines, {f"{f.step}.{f.code}" for f in work.findings}

    def _channel_product(self, sku, product=None, **vals):
        return self.env["order.hub.channel.product"].create(
            {
                "channel_id": self.channel.id,
                "sku": sku,
                "product_id": (product or self.products[0]).id,
                **vals,
            }
        )

    def _pack(self, name, factor, product=None, **vals):
        """Give a product a packaging."""
        unit = self.env["uom.uom"].create(
            {
                "name": name,
                "relative_factor": factor,
                "relative_uom_id": self.env.ref("uom.product_uom_unit").id,
                **vals,
            }
        )
        product = product or self.products[0]
        product.product_tmpl_id.uom_ids = [Command.link(unit.id)]
        return unit

    def _unit(self):
        return self.env.ref("uom.product_uom_unit")

    def _step_queries(self, step, count, **values):
        """Return how many queries a step costs for so many new orders."""
        messages = [
            self._message(f"Q-{next(self.numbers)}", **values) for _n in range(count)
        ]
        steps = ["parse", "map", "customer", "products", "bundles", "duty"]
        before = steps[steps.index(step) - 1]
        works = self._works(*messages, until=before)
        inbound = self.env["order.hub.inbound"].sudo()
        acting = inbound._acting(self.channel)
        return self._queries(lambda: acting._run_step(self.channel, step, works))


@tagged("post_install", "-at_install")
class TestProducts(ProductsCommon):
    """What channels call products, how they count, and what stays to the cent."""

    def test_a_box_of_twelve_becomes_twelve_pieces_for_the_same_money(self):
        self._channel_product("BOX-12", factor=12)
        inbound = self._take(
            self._message(
                "P-1", lines=[{"sku": " box-12", "quantity": 3, "unit_price": 10.0}]
            )
        )
        self.assertEqual(inbound.state, "done", inbound.trace)
        line = inbound.order_id.order_line
        self.assertEqual(
            (line.product_id, line.product_uom_qty), (self.products[0], 36)
        )
        self.assertEqual(inbound.order_id.amount_untaxed, 30.0)
        self.assertIn(("products", "converted"), self._codes(inbound))

    def test_a_box_that_is_a_unit_here_keeps_quantity_and_price(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        dozen.active = True
        self._channel_product("DZ", uom_id=dozen.id)
        [line], _said = self._lines({"sku": "DZ", "quantity": 3, "unit_price": 10.0})
        self.assertEqual(
            (line["quantity"], line["uom_id"], line["unit_price"]), (3, dozen.id, 10.0)
        )

    def test_what_the_channel_says_a_line_costs_is_what_it_costs(self):
        lines, _said = self._lines(
            {"sku": "ZXJ-0123", "quantity": 3, "unit_price": 4.0, "amount": 10.0},
            {"sku": "ZXJ-0123", "quantity": 3, "amount": 10.0},
            {
                "sku": "ZXJ-0123",
                "quantity": 2,
                "unit_price": 100.0,
                "discount": 10,
                "amount": 180.0,
            },
        )
        for line in lines[:2]:
            self.assertEqual(round(line["quantity"] * line["unit_price"], 2), 10.0)
        self.assertEqual((lines[2]["unit_price"], lines[2]["discount"]), (100.0, 10))

    def test_products_are_found_by_code_by_barcode_and_by_a_packagings_barcode(self):
        self.products[1].barcode = "6901234567892"
        box = self._pack("Box of 20", 20)
        self.env["product.uom"].create(
            {
                "product_id": self.products[0].id,
                "uom_id": box.id,
                "barcode": "16901234567899",
            }
        )
        lines, said = self._lines(
            {"sku": "ZXJ-0123", "quantity": 1},
            {"sku": "6901234567892", "quantity": 1},
            {"sku": "their own", "barcode": "16901234567899", "quantity": 2},
            {"sku": "zxj-０123", "quantity": 1},
        )
        self.assertEqual(
            [line.get("product_id") for line in lines],
            [self.products[n].id for n in (0, 1, 0, 0)],
        )
        self.assertEqual(lines[2]["uom_id"], box.id)
        self.assertEqual({s for s in said if "products" in s}, {"products.found"})

    def test_a_unit_that_nobody_here_uses_is_counted_in_the_products_own(self):
        self.env.ref("uom.product_uom_dozen").active = False
        [line], _said = self._lines(
            {"sku": "ZXJ-0123", "quantity": 2, "unit": "打", "unit_price": 10.0}
        )
        self.assertEqual((line["quantity"], line["uom_id"]), (24, self._unit().id))
        self.assertEqual(round(24 * line["unit_price"], 2), 20.0)

    def test_units_are_understood_in_chinese_and_english(self):
        self.env.ref("uom.product_uom_dozen").active = True
        box = self._pack("箱(24)", 24)
        lines, said = self._lines(
            {"sku": "ZXJ-0123", "quantity": 2, "unit": "打"},
            {"sku": "ZXJ-0123", "quantity": 2, "unit": "件"},
            {"sku": "ZXJ-0123", "quantity": 2, "unit": "箱"},
            {"sku": "ZXJ-0123", "quantity": 2, "unit": "Carton"},
        )
        self.assertFalse({s for s in said if "unit" in s}, lines)
        dozen, unit = (
            self.env.ref(f"uom.product_uom_{name}") for name in ("dozen", "unit")
        )
        self.assertEqual(
            [line["uom_id"] for line in lines], [dozen.id, unit.id, box.id, box.id]
        )
        self.assertFalse({s for s in said if "unit" in s})

    def test_a_unit_that_does_not_fit_or_says_nothing_waits_for_a_person(self):
        self._pack("Box of 6", 6)
        self._pack("Box of 8", 8)
        for word, code in (
            ("kg", "unit_differs"),
            ("box", "unit_several"),
            ("托盘", "unit_unknown"),
            ("parsec", "unit_unknown"),
        ):
            [line], said = self._lines({"sku": "ZXJ-0123", "quantity": 2, "unit": word})
            self.assertIn(f"products.{code}", said, word)
            self.assertNotIn("uom_id", line)

    # === UNKNOWN === #

    def test_an_unknown_code_names_similar_products(self):
        inbound = self._take(
            self._message("U-1", lines=[{"sku": "ZXJ-O123", "quantity": 1}])
        )
        self.assertEqual(inbound.state, "attention")
        problem = inbound.problem_ids.filtered(lambda p: p.step == "products")
        self.assertEqual(problem.code, "likely")
        self.assertIn("ZXJ-0123", problem.message)
        self.assertEqual(
            problem.figures["options"][0]["product_id"], self.products[0].id
        )

    def test_a_name_leads_to_the_product_where_the_code_does_not(self):
        line = {"sku": "??", "name": "Half shaft left", "quantity": 1}
        inbound = self._take(self._message("U-2", lines=[line]))
        problem = inbound.problem_ids.filtered(lambda p: p.step == "products")
        self.assertIn("BZ-0456", problem.message)

    def test_an_answer_for_always_takes_in_all_that_waited_and_the_next(self):
        lines = [{"sku": "THEIR-9", "quantity": 1, "unit_price": 24.0}]
        waiting = self._take(*(self._message(f"W-{n}", lines=lines) for n in range(3)))
        self.env.flush_all()
        codes = self.env["order.hub.unknown.sku"].with_user(self.operator)
        row = codes.search([("channel_id", "=", self.channel.id)])
        self.assertEqual((row.sku, row.message_count), ("THEIR-9", 3))
        wizard = self._wizard(row.action_resolve())
        wizard.line_ids.write({"product_id": self.products[2].id, "factor": 2})
        wizard.action_apply()
        waiting.invalidate_recordset()
        self.assertEqual(set(waiting.mapped("state")), {"done"})
        known = self.env["order.hub.channel.product"].search([("sku", "=", "THEIR-9")])
        self.assertEqual(known.learned_by_id, self.operator)
        again = self._take(self._message("W-9", lines=lines))
        self.assertEqual(again.state, "done")
        self.assertEqual(again.order_id.order_line.product_uom_qty, 2)
        self.assertEqual(again.order_id.amount_untaxed, 24.0)

    def test_an_answer_for_once_corrects_the_message_and_teaches_nothing(self):
        inbound = self._take(
            self._message("O-1", lines=[{"sku": "THEIR-8", "quantity": 1}])
        )
        problems = inbound.problem_ids.with_user(self.operator)
        problem = problems.filtered("is_product")
        wizard = self._wizard(problem.action_choose_product())
        wizard.line_ids.product_id = self.products[1]
        self.assertFalse(wizard.line_ids.is_always)
        wizard.action_apply()
        inbound.invalidate_recordset()
        self.assertEqual(inbound.order_id.order_line.product_id, self.products[1])
        self.assertEqual(inbound.correction_ids.field, "lines[0].sku")
        self.assertFalse(
            self.env["order.hub.channel.product"].search([("sku", "=", "THEIR-8")])
        )

    def test_a_product_without_code_can_only_be_answered_for_always(self):
        self.products[1].default_code = False
        inbound = self._take(
            self._message("O-2", lines=[{"sku": "THEIR-7", "quantity": 1}])
        )
        problem = inbound.problem_ids.filtered("is_product").with_user(self.operator)
        wizard = self._wizard(problem.action_choose_product())
        with self.assertRaises(UserError):
            wizard.action_apply()
        wizard.line_ids.product_id = self.products[1]
        with self.assertRaises(UserError):
            wizard.action_apply()

    def _wizard(self, action):
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        return wizard.with_user(self.operator)

    def test_a_code_that_two_products_have_is_not_guessed(self):
        self.products[1].default_code = "ZXJ-0123"
        [line], said = self._lines({"sku": "ZXJ-0123", "quantity": 1})
        self.assertIn("products.several", said)
        self.assertNotIn("product_id", line)

    def test_the_channels_stand_in_makes_it_a_doubt(self):
        with self._switched(fallback_product_id=self.products[2].id):
            inbound = self._take(
                self._message("F-1", lines=[{"sku": "??", "quantity": 1}])
            )
        self.assertEqual(inbound.state, "done", inbound.trace)
        self.assertTrue(inbound.order_id.hub_is_held)

    # === ABSURD === #

    def test_a_quantity_beyond_the_limit_waits_until_it_is_confirmed(self):
        line = {"sku": "ZXJ-0123", "quantity": 2_000_000, "unit_price": 1.0}
        inbound = self._take(self._message("H-1", lines=[line]))
        self.assertIn("absurd", inbound.problem_ids.mapped("code"))
        inbound.with_user(self.operator).correct({"lines[0].quantity": 2_000_000})
        self.assertEqual(inbound.order_id.order_line.product_uom_qty, 2_000_000)

    def test_a_factor_counts_before_the_limit_does(self):
        self._channel_product("PALLET", factor=1_000_000)
        _lines, said = self._lines({"sku": "PALLET", "quantity": 2})
        self.assertIn("products.absurd", said)
        with self._switched(max_line_quantity=0):
            _lines, said = self._lines({"sku": "PALLET", "quantity": 2})
        self.assertNotIn("products.absurd", said)

    def test_half_a_piece_is_asked_about_and_half_a_kilogram_is_not(self):
        self.products[1].uom_id = self.env.ref("uom.product_uom_kgm")
        _lines, said = self._lines({"sku": "ZXJ-0123", "quantity": 1.5})
        self.assertIn("products.fraction", said)
        _lines, said = self._lines({"sku": "BZ-0456", "quantity": 1.5})
        self.assertNotIn("products.fraction", said)

    def test_half_a_dozen_is_six_pieces(self):
        _lines, said = self._lines({"sku": "ZXJ-0123", "quantity": 0.5, "unit": "打"})
        self.assertNotIn("products.fraction", said)

    def test_a_price_of_nothing_stays_nothing(self):
        self._channel_product("GIFT", factor=3)
        [line], _said = self._lines({"sku": "GIFT", "quantity": 1, "unit_price": 0})
        self.assertEqual((line["quantity"], line["unit_price"]), (3, 0.0))

    # === FROM THE WRONG SIDE === #

    def test_salespeople_read_the_table_and_do_not_change_it(self):
        row = self._channel_product("X-1")
        mine = row.with_user(self.sales)
        self.assertEqual(mine.sku, "X-1")
        for change in (
            lambda: mine.write({"factor": 2}),
            lambda: mine.unlink(),
            lambda: mine.create(
                {
                    "channel_id": self.channel.id,
                    "sku": "X-2",
                    "product_id": self.products[0].id,
                }
            ),
            lambda: (
                self.env["order.hub.unknown.sku"]
                .with_user(self.sales)
                .action_resolve_all()
            ),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_another_companys_product_is_neither_found_nor_mapped(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self._product("Theirs", "THEIRS-1", company_id=other.id)
        _lines, said = self._lines({"sku": "THEIRS-1", "quantity": 1})
        self.assertTrue(said & {"products.unknown", "products.likely"})
        with self.assertRaises(UserError):
            self._channel_product("T-1", theirs)

    def test_another_company_does_not_see_the_channels_codes(self):
        other = self.env["res.company"].create({"name": "Other"})
        row = self._channel_product("X-3")
        self.configurator.write(
            {"company_ids": [Command.link(other.id)], "company_id": other.id}
        )
        rows = self.env["order.hub.channel.product"].with_user(self.configurator)
        rows = rows.with_context(allowed_company_ids=other.ids)
        self.assertNotIn(row, rows.search([]))

    def test_an_archived_product_is_named(self):
        self._channel_product("OLD")
        self.products[0].active = False
        _lines, said = self._lines({"sku": "OLD", "quantity": 1})
        self.assertIn("products.not_sold", said)

    @mute_logger("odoo.sql_db")
    def test_a_code_has_one_meaning_a_channel_whatever_its_spelling(self):
        self._channel_product("Abc 1")
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._channel_product("ＡＢＣ  1", self.products[1])

    def test_factors_and_units_that_cannot_be_are_refused(self):
        with self.assertRaises(ValidationError):
            self._channel_product("F-1", factor=1_000_001)
        with self.assertRaises(ValidationError):
            self._channel_product("F-2", uom_id=self.env.ref("uom.product_uom_kgm").id)
        with self.assertRaises(ValidationError):
            self._channel_product("  ")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                self._channel_product("F-3", factor=0)

    # === QUERIES === #

    def test_fifty_orders_cost_no_more_queries_than_one(self):
        self._channel_product("BOX-12", factor=12)
        lines = [
            {"sku": "BOX-12", "quantity": 1, "unit_price": 10.0, "unit": "box"},
            {"sku": "ZXJ-0123", "quantity": 1, "unit": "打"},
            {"sku": "NOBODY-KNOWS", "name": "Half shaft", "quantity": 1},
        ]
        self._step_queries("products", 1, lines=lines)
        one = self._step_queries("products", 1, lines=lines)
        fifty = self._step_queries("products", 50, lines=lines)
        self.assertLessEqual(fifty, one + 1)
        self.assertLessEqual(fifty, 20)
