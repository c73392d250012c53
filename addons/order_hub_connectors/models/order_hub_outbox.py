from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.order_hub.const import MILESTONES

STATES = [
    ("waiting", "Waiting"),
    ("failed", "Tried in Vain"),
    ("sent", "Told"),
    ("overtaken", "Not Needed"),
    ("given_up", "Given Up"),
]
#: Still to be told.
OPEN_STATES = ("waiting", "failed")


class OrderHubOutbox(models.Model):
    """One thing a channel is told about one of its orders.

    Written in the transaction of what it tells, sent by a job afterwards: nothing
    is told that was rolled back, nothing that happened is forgotten, and no order
    waits for a channel.
    """

    _name = "order.hub.outbox"
    _description = "Told to a Channel"
    _order = "id desc"
    _rec_name = "external_ref"
    _log_access = False

    channel_id = fields.Many2one(
        "order.hub.channel",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="set null", index="btree_not_null"
    )
    hub_ref = fields.Char("Hub Reference", readonly=True)
    external_ref = fields.Char(
        "External Number", required=True, readonly=True, help="As the channel says it."
    )
    kind = fields.Selection(
        [("status", "Status"), ("tracking", "Shipment")], required=True, readonly=True
    )
    milestone = fields.Selection(MILESTONES, readonly=True)
    word = fields.Char(
        "Told As", required=True, readonly=True, help="The channel's own word."
    )
    part = fields.Char(
        "Delivery", readonly=True, help="Which delivery of the order it is about."
    )
    is_firm = fields.Boolean("Always Told", readonly=True)
    key = fields.Char(
        required=True,
        readonly=True,
        help="The same at every try, so that a channel can recognise a second one.",
    )
    payload = fields.Json("What Is Sent", readonly=True, prefetch=False)
    payload_text = fields.Text("Sent", compute="_compute_payload_text")
    state = fields.Selection(
        STATES, required=True, readonly=True, default="waiting", index=True
    )
    attempts = fields.Integer("Tries", readonly=True)
    next_try_at = fields.Datetime("Next Try", readonly=True)
    answer = fields.Char(readonly=True, help="What the channel said, or why not sent.")
    happened_at = fields.Datetime("Happened On", readonly=True)
    sent_at = fields.Datetime("Told On", readonly=True)

    _key_uniq = models.UniqueIndex(
        "(channel_id, key)", "The channel is told this already."
    )
    _due_idx = models.Index(
        "(channel_id, next_try_at) WHERE state IN ('waiting', 'failed')"
    )
    _order_idx = models.Index("(channel_id, external_ref, id)")

    # === GUARD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_hub_writes()
        return super().create(vals_list)

    def write(self, vals):
        self._check_hub_writes()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(
            self.env._("What a channel was told is kept. Give it up instead.")
        )

    def _check_hub_writes(self):
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "What channels are told follows from what happens to the order; "
                    "nobody writes it. Try it again, or give it up."
                )
            )

    # === PEOPLE === #

    @api.depends("payload")
    def _compute_payload_text(self):
        for row in self:
            payload = row.payload or {}
            row.payload_text = "\n".join(
                f"{name}: {value}" for name, value in sorted(payload.items()) if value
            )

    def action_retry(self):
        """Try again now what was not told; the order of an order's news stays."""
        rows = self._to_work_on(("failed", "given_up", "waiting"))
        rows.write(
            {"state": "waiting", "attempts": 0, "next_try_at": fields.Datetime.now()}
        )
        rows.channel_id._delay_outbox()
        return True

    def action_give_up(self):
        """Do not tell the channel; what came later goes on."""
        rows = self._to_work_on(OPEN_STATES)
        rows.write(
            {
                "state": "given_up",
                "answer": self.env._("Given up by %s.", self.env.user.name),
            }
        )
        return True

    def _to_work_on(self, states):
        """Return those in some states, for operators (sudo)."""
        self.check_access("read")
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._("Only operators of the Order Hub do that. Ask one of them.")
            )
        rows = self.sudo().filtered(lambda row: row.state in states)
        if not rows:
            raise UserError(self.env._("There is nothing left to tell here."))
        return rows

    def action_view_order(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }
