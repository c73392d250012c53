from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.order_hub.const import MILESTONES


class OrderHubStatusOut(models.Model):
    """The word that a channel is told when an order enters a stage."""

    _name = "order.hub.status.out"
    _inherit = ["order.hub.plan"]
    _description = "Status Word for a Channel"
    _order = "channel_id, stage_id, sequence, id"
    _rec_name = "word"
    _check_company_auto = True

    channel_id = fields.Many2one(
        "order.hub.channel", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    stage_id = fields.Many2one(
        "order.hub.stage",
        check_company=True,
        ondelete="cascade",
        help="Told when an order enters this very stage.",
    )
    milestone = fields.Selection(
        MILESTONES,
        help="Told when an order enters any other stage of this milestone.",
    )
    word = fields.Char(
        help="The status as the channel writes it. Ask its documentation.",
    )
    is_silent = fields.Boolean("Send Nothing", help="The channel is not told.")
    is_firm = fields.Boolean(
        "Always Told",
        help="Send it even when something later is known by then: for channels that "
        "want every step.",
    )
    is_default = fields.Boolean(
        readonly=True, help="Came with the platform and was not changed since."
    )

    _place_uniq = models.UniqueIndex(
        "(channel_id, COALESCE(stage_id, 0), COALESCE(milestone, ''))",
        "The channel has a word for this already.",
    )

    @api.constrains("stage_id", "milestone", "word", "is_silent")
    def _check_meaning(self):
        for row in self:
            if bool(row.stage_id) == bool(row.milestone):
                raise ValidationError(
                    self.env._(
                        "Say for which stage or for which milestone, one of both."
                    )
                )
            if not row.is_silent and not (row.word or "").strip():
                raise ValidationError(
                    self.env._("Write the channel's word, or tick Send Nothing.")
                )

    def write(self, vals):
        if {"word", "is_silent", "is_firm", "stage_id", "milestone"} & set(vals):
            vals = {"is_default": False, **vals}
        return super().write(vals)

    @api.model
    def _put_defaults(self, channel, statuses):
        """Give a channel the words of its platform where it has none of its own.

        An order received is what the channel told us; it is not told back unless
        somebody wants it to be.

        :param statuses: ``((word, milestone), …)``; the first of a milestone counts
        """
        rows = self.sudo().search([("channel_id", "=", channel.id)])
        rows.filtered("is_default").unlink()
        known = set(rows.exists().mapped("milestone"))
        first = {}
        for word, milestone in statuses:
            first.setdefault(milestone, word)
        order = [code for code, _label in MILESTONES]
        self.sudo().create(
            [
                {
                    "channel_id": channel.id,
                    "milestone": milestone,
                    "word": word,
                    "is_silent": milestone == "received",
                    "sequence": 10 * (order.index(milestone) + 1),
                    "is_default": True,
                }
                for milestone, word in first.items()
                if milestone in order and milestone not in known
            ]
        )
