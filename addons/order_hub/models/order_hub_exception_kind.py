from odoo import api, fields, models


class OrderHubExceptionKind(models.Model):
    """A kind of problem, with who looks after it and how long that may take."""

    _name = "order.hub.exception.kind"
    _description = "Kind of Exception"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    is_blocking = fields.Boolean(
        "Stops the Order", help="No stage is entered until the problem is solved."
    )
    hours_to_solve = fields.Float("Solved Within (h)", default=24)
    owner_id = fields.Many2one(
        "res.users", help="Who looks after it; empty: who has the order."
    )
    owner_ids = fields.One2many(
        "order.hub.exception.owner", "kind_id", "Owner by Order Type", copy=True
    )

    _code_company_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Another kind of exception has this code."
    )

    @api.model
    def _by_code(self, code, company):
        """Return the kind with a code, the company's own before the common one."""
        return self.sudo().search(
            [("code", "=", code), ("company_id", "in", (False, company.id))],
            order="company_id nulls last, id",
            limit=1,
        )

    def _owner_for(self, order):
        """Return the user who looks after this kind of problem on an order."""
        self.ensure_one()
        by_type = self.owner_ids.filtered(
            lambda row: row.order_type_id == order.hub_order_type_id
        )
        return (
            by_type[:1].user_id or self.owner_id or order.hub_owner_id or order.user_id
        )
