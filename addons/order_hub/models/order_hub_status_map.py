from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import MILESTONES


class OrderHubStatusMap(models.Model):
    """One foreign word for a status and the stage it means here."""

    _name = "order.hub.status.map"
    _description = "External Status"
    _order = "channel_id, external_status"
    _rec_name = "external_status"
    _check_company_auto = True

    channel_id = fields.Many2one(
        "order.hub.channel", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    external_status = fields.Char(
        "Foreign Word",
        required=True,
        help="The status as the other system writes it; case and blanks around it "
        "do not matter.",
    )
    external_key = fields.Char(compute="_compute_external_key", store=True)
    stage_id = fields.Many2one(
        "order.hub.stage",
        check_company=True,
        ondelete="cascade",
        help="Stage for orders of that stage's flow.",
    )
    milestone = fields.Selection(
        MILESTONES,
        help="For orders of any other flow: their first stage with this milestone.",
    )

    _word_uniq = models.UniqueIndex(
        "(channel_id, external_key, COALESCE(stage_id, 0))",
        "This word is mapped to this stage already.",
    )

    @api.depends("external_status")
    def _compute_external_key(self):
        for row in self:
            row.external_key = self._key(row.external_status)

    @api.constrains("stage_id", "milestone")
    def _check_meaning(self):
        if any(not row.stage_id and not row.milestone for row in self):
            raise ValidationError(
                self.env._("Say which stage or which milestone the word means.")
            )

    @api.model
    def _key(self, word):
        return " ".join((word or "").split()).casefold()

    def _stage_for(self, order):
        """Return the stage that the words of self mean for one order."""
        exact = self.stage_id.filtered(lambda s: s.flow_id == order.hub_flow_id)
        if exact:
            return exact[0]
        milestones = {row.milestone for row in self if row.milestone}
        stages = order.hub_flow_id.stage_ids
        return stages.filtered(lambda s: s.milestone in milestones)[:1]
