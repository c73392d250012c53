from odoo.fields import Command

from .common import OrderHubCommon


class FreezeCommon(OrderHubCommon):
    """A board made to order from a module made to order, a kit and resistors.

    board: 2 modules, 1 screw set (kit), 10 resistors; soldering 6 minutes
    module: 3 chips; screw set: 4 screws, 2 washers
    The stage *Preparing* freezes.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.preparing.freezes_bom = True
        cls.engineer = cls._user(
            "hub_engineer",
            "order_hub.order_hub_group_operator,mrp.group_mrp_manager",
        )
        cls.maker = cls._user(
            "hub_maker", "order_hub.order_hub_group_operator,mrp.group_mrp_user"
        )
        cls.routes = cls.warehouse.mto_pull_id.route_id
        cls.routes.active = True
        cls.routes |= cls.warehouse.manufacture_pull_id.route_id
        cls.center = cls.env["mrp.workcenter"].create({"name": "Soldering line"})
        for name in ("resistor", "chip", "screw", "washer", "coil"):
            setattr(cls, name, cls._product(name.title(), name.upper(), stock=100_000))
        cls.screws = cls._product("Screw set", "SET", is_storable=False)
        cls.module = cls._product("Module", "MOD", route_ids=cls.routes.ids)
        cls.board = cls._product("Board", "BOARD", route_ids=cls.routes.ids)
        cls.kit_bom = cls._bom(
            cls.screws, {cls.screw: 4, cls.washer: 2}, type="phantom"
        )
        cls.module_bom = cls._bom(cls.module, {cls.chip: 3})
        cls.board_bom = cls._bom(
            cls.board,
            {cls.module: 2, cls.screws: 1, cls.resistor: 10},
            operation_ids=[
                Command.create(
                    {
                        "name": "Soldering",
                        "workcenter_id": cls.center.id,
                        "time_cycle_manual": 6,
                    }
                )
            ],
        )

    @classmethod
    def _bom(cls, product, lines, **vals):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in lines.items()
                ],
                **vals,
            }
        )

    @classmethod
    def _revise(cls, bom, quantities):
        """Release the next revision with other quantities; 0 takes a line out."""
        draft = bom._hub_new_revision()
        for product, quantity in quantities.items():
            line = draft.bom_line_ids.filtered(
                lambda row, p=product: row.product_id == p
            )
            if not quantity:
                line.unlink()
            elif line:
                line.product_qty = quantity
            else:
                draft.bom_line_ids = [
                    Command.create({"product_id": product.id, "product_qty": quantity})
                ]
        draft._hub_release()
        return draft

    @classmethod
    def _frozen(cls, quantity=5, product=None, **vals):
        order = cls._order(quantity, product=product or cls.board, **vals)
        order.action_confirm()
        order.hub_stage_id = cls.preparing
        return order

    @classmethod
    def _mos(cls, order, product=None):
        """Return the open manufacturing orders of an order for a product."""
        product = product or cls.board
        return order._hub_productions().filtered(
            lambda mo: mo.product_id == product and mo.state != "cancel"
        )

    def _taken(self, productions):
        """Return ``{product: quantity}`` that manufacturing orders are to take."""
        taken = {}
        for move in productions.move_raw_ids:
            if move.state != "cancel" and move.product_uom_qty:
                product = move.product_id
                taken[product] = taken.get(product, 0) + move.product_uom_qty
        return taken

    def _commit(self):
        """Do what is done right before a commit."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _problems(self, order):
        self._commit()
        return order.hub_exception_ids.filtered(
            lambda hold: hold.kind_id.code == "bom" and hold.state == "open"
        )
