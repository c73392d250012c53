from odoo.tests import tagged

from .common import OrderHubCommon


@tagged("post_install", "-at_install")
class TestPerformance(OrderHubCommon):
    """Query ceilings at 1 and at 50 orders: the proof that nothing runs per row."""

    def test_moving_orders_through_two_gates_costs_a_fixed_number_of_queries(self):
        self._gate(self.preparing, "stock_coverage", ratio=0.01)
        self._gate(self.preparing, "credit_headroom", ratio=1.2)
        orders = self._orders(52)
        orders.action_confirm()
        self._move(orders[0])  # warm up
        one = self._move(orders[1])
        fifty = self._move(orders[2:])
        self.assertEqual(one, fifty)
        self.assertLessEqual(fifty, 25)

    def _move(self, orders):
        count = self._queries(lambda: orders.write({"hub_stage_id": self.preparing.id}))
        self.assertEqual(orders.hub_stage_id, self.preparing)
        return count

    def test_every_kind_of_gate_costs_a_fixed_number_of_queries(self):
        field = self.env["ir.model.fields"]._get("sale.order", "partner_id")
        orders = self._orders(51)
        kinds = dict(self.env["order.hub.gate"]._fields["kind"].selection)
        for kind in kinds:
            gate = self._gate(
                self.preparing, kind, field_ids=field.ids, domain="[('id', '>', 0)]"
            )
            gate._evaluate({gate: orders[0]})
            one = self._queries(lambda g=gate: g._evaluate({g: orders[0]}))
            fifty = self._queries(lambda g=gate: g._evaluate({g: orders[1:]}))
            self.assertLessEqual(fifty, one + 1, kind)

    def test_looking_at_facts_costs_a_fixed_number_of_queries(self):
        orders = self._orders(51)
        orders.action_confirm()
        orders[0]._hub_facts()
        one = self._queries(lambda: orders[0]._hub_facts())
        fifty = self._queries(lambda: orders[1:]._hub_facts())
        self.assertLessEqual(fifty, one + 1)

    def test_hub_adds_a_fixed_number_of_queries_to_creating_orders(self):
        self._orders(1)
        of_hub = [self._hub_queries(count) for count in (1, 50)]
        self.assertLessEqual(of_hub[1], of_hub[0] + 1)
        self.assertLessEqual(of_hub[1], 20)

    def _hub_queries(self, count):
        """Return how many queries of creating orders touch the hub's tables."""
        statements = []
        execute = type(self.cr).execute

        def listen(cursor, query, *args, **kwargs):
            code = getattr(query, "code", query)
            statements.append(code)
            return execute(cursor, query, *args, **kwargs)

        self.env.flush_all()
        self.env.invalidate_all()
        self.patch(type(self.cr), "execute", listen)
        self._orders(count)
        self.env.flush_all()
        return sum("order_hub_" in code or "AS target" in code for code in statements)

    def test_the_columns_of_every_list_cost_a_fixed_number_of_queries(self):
        orders = self._orders(51)
        names = [
            "name",
            "hub_ref",
            "partner_id",
            "hub_order_type_id",
            "hub_stage_id",
            "hub_next_stage_id",
            "hub_promised_date",
            "hub_days_left",
            "hub_hours_in_stage",
            "hub_is_overdue",
            "hub_hold_count",
            "hub_hold_text",
            "hub_owner_id",
            "amount_total",
        ]
        orders[0].read(names)
        one = self._queries(lambda: orders[0].read(names))
        fifty = self._queries(lambda: orders[1:].read(names))
        self.assertLessEqual(fifty, one)

    def test_the_event_list_costs_a_fixed_number_of_queries(self):
        self._gate(self.preparing, "stock_coverage", ratio=0.01)
        orders = self._orders(51)
        orders.write({"hub_stage_id": self.preparing.id})
        names = ["date", "order_id", "stage_id", "user_id", "gate_summary"]
        events = orders.hub_event_ids
        events[0].read(names)
        one = self._queries(lambda: orders[0].hub_event_ids.read(names))
        fifty = self._queries(lambda: orders[1:].hub_event_ids.read(names))
        self.assertLessEqual(fifty, one + 1)

    def test_references_on_documents_cost_a_fixed_number_of_queries(self):
        orders = self._orders(51)
        orders.action_confirm()
        pickings = orders.picking_ids
        pickings[0].read(["hub_ref"])
        one = self._queries(lambda: pickings[0].read(["hub_ref"]))
        fifty = self._queries(lambda: pickings[1:].read(["hub_ref"]))
        self.assertLessEqual(fifty, one + 1)
