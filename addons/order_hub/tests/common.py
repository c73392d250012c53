"""Builders that every test of the add-on uses."""

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class OrderHubCommon(TransactionCase):
    """A company with one flow (received → approved → preparing → shipped → signed).

    The flow has no gates: tests add the one they are about.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                tracking_disable=True,
                mail_create_nolog=True,
                no_reset_password=True,
            )
        )
        cls.company = cls.env.company
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls._forget_policies()
        cls.user = cls._user("hub_user", "order_hub.order_hub_group_user")
        cls.sales = cls._user(
            "hub_sales",
            "order_hub.order_hub_group_user,sales_team.group_sale_salesman",
        )
        cls.operator = cls._user(
            "hub_operator",
            "order_hub.order_hub_group_operator,stock.group_stock_user",
        )
        cls.supervisor = cls._user(
            "hub_supervisor",
            "order_hub.order_hub_group_supervisor,"
            "sales_team.group_sale_salesman_all_leads,stock.group_stock_user",
        )
        cls.order_type = cls.env["order.hub.order.type"].create(
            {"name": "Stock", "code": "test_stock", "is_default": True, "sequence": 5}
        )
        cls.flow = cls._flow(
            "Test flow",
            [
                ("Received", "received", {}),
                ("Approved", "approved", {"trigger": "sale_confirmed"}),
                ("Preparing", "preparing", {}),
                ("Shipped", "shipped", {"trigger": "delivered"}),
                ("Signed", "closed", {"trigger": "signed"}),
            ],
        )
        cls.received, cls.approved, cls.preparing, cls.shipped, cls.signed = (
            cls.flow.stage_ids
        )
        cls.partner = cls.env["res.partner"].create({"name": "Taihu Auto Repair"})
        cls.product = cls._product("Steering knuckle", "ZXJ-0123", stock=100)

    @classmethod
    def _forget_policies(cls):
        """Take rules and policies of the database out of use: tests make their own."""
        for model in ("order.hub.sourcing.policy", "order.hub.approval.policy"):
            cls.env[model].search([]).active = False
        live = cls.env["order.hub.routing.ruleset"].search([("state", "=", "live")])
        live.action_retire()

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(cls.env, login=login, groups=groups)

    @classmethod
    def _flow(cls, name, stages, **vals):
        """Create a flow; stages are ``(name, milestone, other values)``."""
        return cls.env["order.hub.flow"].create(
            {
                "name": name,
                "sequence": 1,
                "order_type_ids": [Command.link(cls.order_type.id)],
                "stage_ids": [
                    Command.create(
                        {
                            "name": stage,
                            "milestone": milestone,
                            "sequence": number,
                            **more,
                        }
                    )
                    for number, (stage, milestone, more) in enumerate(stages, 1)
                ],
                **vals,
            }
        )

    @classmethod
    def _product(cls, name, code, stock=0.0, **vals):
        product = cls.env["product.product"].create(
            {
                "name": name,
                "default_code": code,
                "is_storable": True,
                "list_price": 160.0,
                "taxes_id": False,
                **vals,
            }
        )
        if stock:
            cls._stock(product, stock)
        return product

    @classmethod
    def _stock(cls, product, quantity):
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.warehouse.lot_stock_id, quantity
        )

    @classmethod
    def _order(cls, quantity=10, user=None, product=None, **vals):
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.partner.id,
                "user_id": (user or cls.sales).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or cls.product).id,
                            "product_uom_qty": quantity,
                        }
                    )
                ],
                **vals,
            }
        )

    @classmethod
    def _orders(cls, count, **vals):
        """Create several orders in one batch."""
        return cls.env["sale.order"].create(
            [
                {
                    "partner_id": cls.partner.id,
                    "user_id": cls.sales.id,
                    "order_line": [
                        Command.create(
                            {"product_id": cls.product.id, "product_uom_qty": 1}
                        )
                    ],
                    **vals,
                }
                for _number in range(count)
            ]
        )

    @classmethod
    def _gate(cls, stage, kind, **vals):
        return cls.env["order.hub.gate"].create(
            {"stage_id": stage.id, "kind": kind, **vals}
        )

    @classmethod
    def _deliver(cls, order, quantity=None):
        """Deliver what is open of an order, or a part of it with a backorder."""
        picking = order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )[:1]
        picking.action_assign()
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty if quantity is None else quantity
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    @classmethod
    def _say_what_was_learned(cls, hold):
        """Write what an add-on may want to know of a problem before it is solved."""
        asked = {"root_cause", "steps", "prevention"} & set(hold._fields)
        hold.write(dict.fromkeys(asked, "Known"))

    def _stages(self, order):
        """Return the names of the stages entered, oldest first."""
        self.env.flush_all()
        events = order.hub_event_ids.sorted("id")
        return events.mapped("stage_id.name")

    def _queries(self, work):
        """Return how many queries some work costs on a cold cache, writes included."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.cr.sql_log_count - before
