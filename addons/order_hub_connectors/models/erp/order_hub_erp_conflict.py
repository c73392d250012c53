from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class OrderHubErpConflict(models.Model):
    """One value that both sides have changed, and that a person decides about."""

    _name = "order.hub.erp.conflict"
    _description = "Conflict with an ERP"
    _order = "id desc"
    _rec_name = "column_name"

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
    key_id = fields.Many2one(
        "order.hub.erp.key",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    order_id = fields.Many2one(related="key_id.order_id", store=True, index=True)
    number = fields.Char("Number There", related="key_id.number")
    column_id = fields.Many2one(
        "order.hub.erp.column",
        "Mapped As",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    column_name = fields.Char("Column", related="column_id.column_name", store=True)
    base = fields.Char("Both Had", readonly=True)
    theirs = fields.Char(readonly=True)
    ours = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("theirs", "Theirs Taken"),
            ("ours", "Ours Kept"),
            ("over", "Over"),
        ],
        required=True,
        readonly=True,
        default="open",
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    decided_at = fields.Datetime("Decided On", readonly=True)

    _open_uniq = models.UniqueIndex(
        "(key_id, column_id) WHERE state = 'open'",
        "There is an open conflict about this value already.",
    )

    @api.model
    def _note(self, erp, key, column, base, theirs, ours):
        """Have one open conflict a value, with both sides as they are now."""
        values = {
            "base": _text(base),
            "theirs": _text(theirs),
            "ours": _text(ours),
        }
        found = self.search(
            [
                ("key_id", "=", key.id),
                ("column_id", "=", column.id),
                ("state", "=", "open"),
            ]
        )
        if found:
            found.write(values)
            return found
        return self.create(
            {
                "erp_id": erp.id,
                "company_id": erp.company_id.id,
                "key_id": key.id,
                "column_id": column.id,
                **values,
            }
        )

    def action_take_theirs(self):
        """Let the order follow the other system at the next reading."""
        for conflict in self._may_decide():
            key = conflict.key_id
            base = dict(key.base or {})
            base[conflict.column_name] = conflict.ours
            key.write({"base": base, "digest": False, "state": "again"})
        return self._decided("theirs")

    def action_keep_ours(self):
        """Write our value over theirs."""
        Write = self.env["order.hub.erp.write"].sudo()
        for conflict in self._may_decide():
            key, name = conflict.key_id, conflict.column_name
            base = {**(key.base or {}), name: conflict.theirs or None}
            key.base = base
            Write._queue(
                conflict.erp_id, key, {name: conflict.ours}, {name: base[name]}
            )
        return self._decided("ours")

    def _may_decide(self):
        """Return the conflicts (sudo) that the user may decide about."""
        self.check_access("read")
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._("Only operators of the Order Hub decide about conflicts.")
            )
        if any(conflict.state != "open" for conflict in self):
            raise UserError(
                self.env._("This has been decided already. Load the list again.")
            )
        return self.sudo()

    def _decided(self, state):
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        return True


def _text(value):
    return False if value is None else str(value)
