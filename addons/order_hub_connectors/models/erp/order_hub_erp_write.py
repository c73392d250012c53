from odoo import api, fields, models
from odoo.exceptions import AccessError

STATES = [
    ("waiting", "Waiting"),
    ("written", "Written"),
    ("known", "Was There"),
    ("conflict", "Changed There"),
    ("refused", "Not Written"),
]
SHOWN = ("conflict", "refused")


class OrderHubErpWrite(models.Model):
    """A few values to be written into one row of the other system, or a new order."""

    _name = "order.hub.erp.write"
    _description = "Written to an ERP"
    _order = "id desc"
    _rec_name = "number"

    erp_id = fields.Many2one(
        "order.hub.erp",
        "Connection",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    is_new = fields.Boolean("New Order", readonly=True)
    key_id = fields.Many2one(
        "order.hub.erp.key",
        readonly=True,
        ondelete="cascade",
        index=True,
        help="Empty while a new order is not there yet.",
    )
    order_id = fields.Many2one(
        "sale.order",
        compute="_compute_order_id",
        store=True,
        readonly=False,
        index=True,
        ondelete="cascade",
    )
    number = fields.Char("Number There", related="key_id.number", store=True)
    # not "values": that is a method of every mapping
    to_write = fields.Json("To Be Written", readonly=True)
    expected = fields.Json(readonly=True, help="What the hub knew to be there.")
    before = fields.Json(readonly=True)
    after = fields.Json("Read Back", readonly=True)
    summary = fields.Char("What", compute="_compute_summary")
    state = fields.Selection(STATES, required=True, readonly=True, default="waiting")
    attempts = fields.Integer("Tries", readonly=True)
    message = fields.Char(readonly=True)
    written_at = fields.Datetime("Written On", readonly=True)

    _waiting_idx = models.Index("(erp_id, id) WHERE state = 'waiting'")
    _waiting_uniq = models.UniqueIndex(
        "(key_id) WHERE state = 'waiting'", "This row waits to be written already."
    )

    _new_uniq = models.UniqueIndex(
        "(erp_id, order_id) WHERE is_new", "This order is put in already."
    )
    _key_check = models.Constraint(
        "CHECK (is_new OR key_id IS NOT NULL)", "Say which row is to be written."
    )

    @api.depends("key_id.order_id")
    def _compute_order_id(self):
        for row in self:
            row.order_id = row.key_id.order_id or row.order_id

    @api.depends("to_write", "before", "is_new")
    def _compute_summary(self):
        for row in self:
            if row.is_new:
                row.summary = self.env._("New order")
                continue
            before = row.before or {}
            row.summary = ", ".join(
                f"{name}: {before.get(name) or ''} → {value}"
                for name, value in (row.to_write or {}).items()
            )

    @api.model
    def _queue(self, erp, key, values, expected):
        """Have values wait to be written; what waits for the same row is joined.

        :param values: ``{column: value as JSON}``
        :param expected: ``{column: value as JSON}`` that the hub knows to be there
        """
        return self._queue_all(erp, [(key, values, expected)])

    @api.model
    def _queue_all(self, erp, rows):
        """As :meth:`_queue`, for many rows ``(key, values, expected)``."""
        keys = [key.id for key, _values, _expected in rows]
        waiting = self.search([("key_id", "in", keys), ("state", "=", "waiting")])
        by_key = {row.key_id.id: row for row in waiting}
        new = []
        for key, values, expected in rows:
            found = by_key.get(key.id)
            if found:
                found._join(values, expected)
                continue
            new.append(
                {
                    "erp_id": erp.id,
                    "company_id": erp.company_id.id,
                    "key_id": key.id,
                    "to_write": values,
                    "expected": expected,
                }
            )
        return waiting + self.create(new)

    def _join(self, values, expected):
        self.write(
            {
                "to_write": {**self.to_write, **values},
                "expected": {**expected, **(self.expected or {})},
            }
        )

    def action_try_again(self):
        """Try once more, with what is there now taken as known."""
        self.check_access("read")
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._("Only operators of the Order Hub have it tried again.")
            )
        rows = self.sudo().filtered(lambda row: row.state in SHOWN)
        rows.write({"state": "waiting", "expected": False, "message": False})
        for erp in rows.erp_id:
            erp._delay_write()
        return True
