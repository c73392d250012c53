from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from ..engine.bom import Pins


class BomCommon(TransactionCase):
    """A board of a module and parts, two work centers, nothing released."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.env.company
        cls.Bom = cls.env["mrp.bom"]
        cls.tree = cls.env["order.hub.bom.tree"]
        cls.manager = new_test_user(
            cls.env, "bom_manager", "mrp.group_mrp_manager,mrp.group_mrp_routings"
        )
        cls.worker = new_test_user(cls.env, "bom_worker", "mrp.group_mrp_user")
        cls.line_center, cls.test_center = cls.env["mrp.workcenter"].create(
            [
                {"name": "Soldering line", "costs_hour": 60.0},
                {"name": "Test bench", "costs_hour": 30.0},
            ]
        )
        cls.board = cls._product("Board", 0.0)
        cls.module = cls._product("Module", 0.0)
        cls.resistor = cls._product("Resistor", 1.0)
        cls.screw = cls._product("Screw", 2.0)
        cls.scrap = cls._product("Scrap", 0.5)
        cls.module_bom = cls._bom(
            cls.module, [(cls.resistor, 4.0)], product_qty=2.0, produce_delay=3
        )
        cls.bom = cls._bom(
            cls.board,
            [(cls.module, 1.0), (cls.screw, 3.0)],
            produce_delay=2,
            allow_operation_dependencies=True,
            operation_ids=[
                cls._operation("Solder", cls.line_center, 10.0, 1),
                cls._operation("Test", cls.test_center, 20.0, 2),
            ],
            byproduct_ids=[
                Command.create(
                    {"product_id": cls.scrap.id, "product_qty": 1.0, "cost_share": 10.0}
                )
            ],
        )
        cls.solder, cls.test = cls.bom.operation_ids
        cls.test.blocked_by_operation_ids = cls.solder
        cls.bom.bom_line_ids[0].operation_id = cls.solder
        cls.bom.byproduct_ids.operation_id = cls.test

    @classmethod
    def _product(cls, name, cost, **vals):
        return cls.env["product.product"].create(
            {"name": name, "is_storable": True, "standard_price": cost, **vals}
        )

    @classmethod
    def _bom(cls, product, components, **vals):
        return cls.Bom.create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in components
                ],
                **vals,
            }
        )

    @classmethod
    def _operation(cls, name, center, minutes, sequence):
        return Command.create(
            {
                "name": name,
                "workcenter_id": center.id,
                "time_cycle_manual": minutes,
                "sequence": sequence,
            }
        )

    def _found(self, product=None, **values):
        product = product or self.board
        return self.Bom._bom_find(product, company_id=self.company.id, **values)[
            product
        ]

    def _pinned(self, bom, product=None):
        product = product or self.board
        pins = Pins({product.id: bom.id})
        return self.Bom.with_context(order_hub_pins=pins)
