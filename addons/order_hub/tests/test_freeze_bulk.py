from odoo.tests import tagged

from .freeze_common import FreezeCommon


@tagged("post_install", "-at_install")
class TestFreezeBulk(FreezeCommon):
    """Freezing is set-based, and free where no stage freezes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.panel = cls._product("Panel", "PANEL", route_ids=cls.routes.ids)
        cls._bom(cls.panel, {cls.screws: 1, cls.resistor: 10})

    def _confirmed(self, count, product=None):
        product = product or self.panel
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.partner.id,
                    "user_id": self.sales.id,
                    "order_line": [
                        (0, 0, {"product_id": product.id, "product_uom_qty": 1}),
                        (0, 0, {"product_id": self.screws.id, "product_uom_qty": 1}),
                    ],
                }
                for _number in range(count)
            ]
        )
        orders.action_confirm()
        return orders

    def test_freezing_fifty_orders_costs_what_freezing_one_costs(self):
        orders = self._confirmed(52)
        orders[0]._hub_freeze_boms()  # releases the drafts
        one = self._queries(lambda: orders[1]._hub_freeze_boms())
        fifty = self._queries(lambda: orders[2:]._hub_freeze_boms())
        self.assertTrue(all(orders.mapped("hub_is_frozen")))
        self.assertEqual(len(orders.hub_freeze_ids), 104)
        self.assertEqual(len(orders.hub_freeze_ids.snapshot_id), 2)
        self.assertLessEqual(fifty, one + 2)
        self.assertLessEqual(fifty, 75)

    def test_entering_the_stage_together_costs_a_fixed_number_of_queries(self):
        orders = self._confirmed(52)
        orders[0].hub_stage_id = self.preparing
        one = self._queries(lambda: orders[1].write({"hub_stage_id": self.preparing}))
        fifty = self._queries(
            lambda: orders[2:].write({"hub_stage_id": self.preparing.id})
        )
        self.assertLessEqual(fifty, one + 3)

    def test_asking_for_pins_costs_one_query_for_all(self):
        orders = self._confirmed(5)
        orders._hub_freeze_boms()
        ids = self.env["sale.order"].browse(orders.ids)
        self.assertEqual(self._queries(ids._hub_pins), 1)

    def test_a_list_of_manufacturing_orders_costs_a_fixed_number_of_queries(self):
        orders = self._confirmed(13, self.board)
        orders._hub_freeze_boms()
        boards = orders._hub_productions().sorted("id")
        names = ["hub_bom_label", "hub_bom_hash", "hub_bom_mismatch"]
        boards[0].read(names)
        one = self._queries(lambda: boards[0].read(names))
        many = self._queries(lambda: boards[1:].read(names))
        self.assertLessEqual(many, one + 2)

    def test_what_manufacturing_orders_follow_costs_a_fixed_number_of_queries(self):
        orders = self._confirmed(13, self.board)
        orders._hub_freeze_boms()
        ids = orders._hub_productions().ids
        every = self.env["mrp.production"].browse(ids)
        one = self._queries(lambda: every[0]._hub_pins())
        many = self._queries(lambda: every[1:]._hub_pins())
        self.assertLessEqual(many, one + 1)

    def test_comparing_costs_a_fixed_number_of_queries(self):
        orders = self._confirmed(13, self.board)
        orders._hub_freeze_boms()
        self._commit()
        look = type(orders)._hub_report_mismatch
        look(orders[0])
        one = self._queries(lambda: look(orders[0]))
        many = self._queries(lambda: look(orders[1:]))
        self.assertLessEqual(many, one + 2)

    def test_where_no_stage_freezes_nothing_is_asked(self):
        self.preparing.freezes_bom = False
        freeze = self.env["order.hub.bom.freeze"]
        self.assertFalse(freeze._is_in_use())
        orders = self._confirmed(2)
        boards = orders._hub_productions()
        rule = self.env["stock.rule"]
        moves = boards.move_raw_ids
        for work in (
            orders._hub_pins,
            boards._hub_pins,
            boards._hub_watch,
            boards._hub_parts,
            lambda: rule._hub_pins_of([None]),
            moves._hub_watch_productions,
        ):
            work()
            self.env.flush_all()
            before = self.cr.sql_log_count
            work()
            self.assertEqual(self.cr.sql_log_count, before)

    def test_the_last_stage_that_stops_freezing_thaws_nobody(self):
        order = self._frozen()
        self.preparing.freezes_bom = False
        self.assertTrue(self.env["order.hub.bom.freeze"]._is_in_use())
        self.assertTrue(order._hub_pins())

    def test_what_another_worker_froze_meanwhile_is_left_alone(self):
        """The unique index decides, not the search before."""
        order = self._confirmed(1)
        lines = order.order_line
        nodes = lines._hub_nodes()
        first = lines._hub_freeze(nodes, None)
        second = lines._hub_freeze(nodes, None)
        self.assertEqual(len(first), 2)
        self.assertFalse(second)
        self.assertEqual(order.hub_freeze_ids, first)
