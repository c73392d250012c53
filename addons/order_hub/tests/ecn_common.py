from odoo.fields import Command

from .freeze_common import FreezeCommon


class EcnCommon(FreezeCommon):
    """Two roles that approve, an engineer who asks, a board that is released.

    After *Preparing*, which freezes, comes *Soldering*, the point of no return.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = cls._user(
            "hub_design_engineer", "order_hub.order_hub_group_engineer"
        )
        cls.head = cls._user("hub_head", "order_hub.order_hub_group_user")
        cls.chief = cls._user("hub_chief", "order_hub.order_hub_group_operator")
        cls.env["order.hub.ecn.role"].search([]).active = False
        cls.design, cls.making = cls.env["order.hub.ecn.role"].create(
            [
                {"name": "Head of engineering", "user_ids": cls.head.ids, "hours": 24},
                {
                    "name": "Head of production",
                    "user_ids": cls.chief.ids,
                    "may_apply_first": True,
                    "hours": 4,
                },
            ]
        )
        cls.shipped.sequence, cls.signed.sequence = 6, 7
        cls.soldering = cls.env["order.hub.stage"].create(
            {
                "flow_id": cls.flow.id,
                "name": "Soldering",
                "milestone": "preparing",
                "sequence": 5,
                "no_return": True,
            }
        )
        cls.capacitor = cls._product("Capacitor", "C22", stock=100_000)
        cls.board_bom._hub_release()

    @classmethod
    def _change(cls, quantities, bom=None, user=None, **vals):
        """Make a draft change of a BOM; 0 takes a component out.

        :param quantities: ``{product: new quantity}``
        """
        ecns = cls.env["order.hub.ecn"].with_user(user or cls.engineer)
        bom = bom or cls._current(cls.board_bom)
        ecn = ecns.create(
            {
                "title": "Other capacitor",
                "bom_ids": [Command.create({"bom_id": bom.id})],
                **vals,
            }
        )
        cls._edit(ecn.bom_ids.draft_bom_id, quantities)
        return ecn

    @classmethod
    def _current(cls, bom):
        """Return the revision that is in force by now."""
        [(current, _number)] = bom._hub_heads().values()
        return current

    @classmethod
    def _edit(cls, draft, quantities):
        for product, quantity in quantities.items():
            line = draft.bom_line_ids.filtered(
                lambda row, p=product: row.product_id == p
            )
            if not quantity:
                line.unlink()
            elif line:
                line.product_qty = quantity
            else:
                vals = {"product_id": product.id, "product_qty": quantity}
                draft.bom_line_ids = [Command.create(vals)]

    @classmethod
    def _reviewed(cls, quantities, **vals):
        ecn = cls._change(quantities, **vals)
        ecn.action_review()
        return ecn

    def _approve(self, ecn, *users):
        """Let the approvers agree, by default those of both roles."""
        for user in users or (self.head, self.chief):
            result = ecn.with_user(user).action_approve()
            self.assertIs(result, True, result)
        ecn.invalidate_recordset()

    def _applied(self, quantities, **vals):
        ecn = self._reviewed(quantities, **vals)
        self._approve(ecn)
        return ecn

    def _in_force(self, order):
        """Return the BOM freezes of an order that hold now."""
        rows = self.env["order.hub.bom.freeze"].search(
            [("order_id", "=", order.id), ("state", "=", "frozen")]
        )
        return rows

    def _row(self, ecn, order):
        return ecn.sudo().order_ids.filtered(lambda row: row.order_id == order)

    def _run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("order_hub.ir_cron_ecn_apply").method_direct_trigger()
        self.env.invalidate_all()
