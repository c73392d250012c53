from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import FINAL_STATES, KINDS, STATES, STEPS


class OrderHubInbound(models.Model):
    """A raw thing received, kept as it came, and what became of it.

    Rows are made by ``_receive`` only, before anything is understood. The payload
    never changes; people correct what was understood, beside it, and replay.
    """

    _name = "order.hub.inbound"
    _description = "Inbound Order"
    _order = "id desc"
    _rec_name = "external_ref"
    _rec_names_search = ["external_ref", "order_id.name", "order_id.hub_ref"]

    channel_id = fields.Many2one(
        "order.hub.channel",
        required=True,
        ondelete="restrict",
        readonly=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", readonly=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    external_ref = fields.Char(
        "External Number", required=True, readonly=True, help="As the channel says it."
    )
    event_id = fields.Char("Delivery Number", readonly=True)
    version = fields.Char(readonly=True)
    payload = fields.Binary(
        attachment=False, prefetch=False, readonly=True, groups="base.group_user"
    )
    content_type = fields.Char(readonly=True)
    headers = fields.Json(readonly=True, prefetch=False)
    checksum = fields.Char(readonly=True, help="SHA-256 of the payload.")
    size = fields.Integer(readonly=True, help="Bytes of the payload.")
    received_at = fields.Datetime(required=True, readonly=True)
    state = fields.Selection(
        STATES, required=True, default="received", readonly=True, index=True
    )
    step = fields.Selection(STEPS, "Last Step", readonly=True)
    trace = fields.Json(readonly=True, prefetch=False)
    values = fields.Json(
        "Order as Understood", readonly=True, prefetch=False, copy=False
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, index="btree_not_null", ondelete="set null"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, ondelete="set null", prefetch=False
    )
    problem_ids = fields.One2many("order.hub.inbound.problem", "inbound_id")
    correction_ids = fields.One2many("order.hub.inbound.correction", "inbound_id")
    is_corrected = fields.Boolean(
        "Corrected by Hand", readonly=True, help="A person changed what was understood."
    )
    attempts = fields.Integer(readonly=True)
    error = fields.Char(readonly=True)
    processed_at = fields.Datetime(readonly=True)

    _order_uniq = models.UniqueIndex(
        "(channel_id, external_ref) WHERE kind = 'order'",
        "The channel has delivered this order already.",
    )
    _message_uniq = models.UniqueIndex(
        "(channel_id, kind, external_ref, checksum) WHERE kind <> 'order'",
        "The channel has delivered this message already.",
    )
    _event_uniq = models.UniqueIndex(
        "(channel_id, event_id) WHERE event_id IS NOT NULL",
        "The channel has made this delivery already.",
    )
    _open_index = models.Index(
        "(channel_id, id) WHERE state IN ('received', 'waiting', 'failed')"
    )
    _state_index = models.Index("(channel_id, state, received_at)")

    # === GUARD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "Inbound orders come through a channel and are not typed in. "
                    "Upload a file on the channel, or enter the order itself."
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "What was received stays as it came. Correct a value with "
                    "Correct, then replay."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        if self:
            raise UserError(
                self.env._("Inbound orders are kept: they prove what was received.")
            )

    # === PEOPLE === #

    def action_replay(self):
        """Run the steps again, now, for what has not become an order yet."""
        self._check_may_work()
        ready = self.filtered(lambda row: row.state not in FINAL_STATES)
        if not ready:
            raise UserError(
                self.env._("These have become orders or were put aside: nothing to do.")
            )
        ready.sudo()._process_now()
        return True

    def action_ignore(self):
        """Put messages aside that nobody wants to become orders."""
        self._check_may_work()
        rows = self.sudo().filtered(lambda row: row.state not in FINAL_STATES)
        rows.write({"state": "ignored", "processed_at": fields.Datetime.now()})
        return True

    def action_reopen(self):
        """Take back that messages were put aside."""
        self._check_may_work()
        rows = self.sudo().filtered(lambda row: row.state == "ignored")
        rows.write({"state": "received", "attempts": 0})
        rows.channel_id._issue_tickets()
        return True

    def correct(self, values):
        """Put values in the place of what was understood, and replay.

        :param dict values: ``{path: value}``, e.g. ``{"lines[0].sku": "ZXJ-0123"}``;
            paths are those of the order as understood
        :return: the state afterwards
        :raise UserError: a path that the order has not
        """
        self.ensure_one()
        self._check_may_work()
        self.env["order.hub.inbound.correction"]._add(self, values)
        self.action_replay()
        return self.state

    def _check_may_work(self):
        """Operators mend what arrives: their orders are everybody's."""
        self.check_access("read")
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._(
                    "Only operators of the Order Hub work on inbound orders. Ask "
                    "one of them, or your administrator for the group."
                )
            )

    def action_view_order(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }
