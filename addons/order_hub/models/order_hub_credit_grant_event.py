from odoo import api, fields, models

KINDS = [
    ("asked", "Asked"),
    ("changed", "Terms changed"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("used", "Used"),
    ("expired", "Expired"),
    ("revoked", "Revoked"),
]


class OrderHubCreditGrantEvent(models.Model):
    """One thing that happened to a temporary credit, with its terms at that time."""

    _name = "order.hub.credit.grant.event"
    _inherit = ["order.hub.append.only"]
    _description = "Temporary Credit Event"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False

    grant_id = fields.Many2one(
        "order.hub.credit.grant", readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="grant_id.company_id")
    kind = fields.Selection(KINDS, "What Happened", readonly=True)
    date = fields.Datetime("When", readonly=True)
    user_id = fields.Many2one("res.users", "Who", readonly=True)
    amount = fields.Float(readonly=True)
    hours = fields.Float("Valid (h)", readonly=True)
    note = fields.Char(readonly=True)

    def _append_only_message(self):
        return self.env._("The trail of temporary credits is kept as it is.")

    @api.model
    def _append(self, grants, kind, note=None):
        """Add one row a grant in one query, stamped with who and when."""
        rows = [
            {
                "grant_id": grant.id,
                "kind": kind,
                "date": fields.Datetime.now(),
                "user_id": self.env.uid,
                "amount": grant.amount,
                "hours": grant.hours,
                "note": note,
            }
            for grant in grants.sudo()
        ]
        if rows:
            grants.sudo().flush_model()
            self.env["order.hub.writer"]._insert(self, rows)
            grants.invalidate_model(["event_ids"], flush=False)
