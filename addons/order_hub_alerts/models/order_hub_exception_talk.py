from odoo import api, fields, models


class OrderHubException(models.Model):
    """What to tell the customer about a problem that was met before."""

    _inherit = "order.hub.exception"

    talk_text = fields.Text(
        "Text for the Customer",
        compute="_compute_talk_text",
        help="The talk-track of the card with the facts of this order, to be copied.",
    )

    @api.depends("disposition_id.talk_track_id.body", "order_id")
    @api.depends_context("uid", "lang")
    def _compute_talk_text(self):
        """Fill in the facts of the order, where the reader may see it."""
        self.talk_text = False
        now = fields.Datetime.now()
        for track, holds in self.grouped(self._track_of).items():
            if not track:
                continue
            orders = holds.order_id._filtered_access("read")
            texts = track._render(orders, now)
            for hold in holds:
                hold.talk_text = texts.get(hold.order_id.id, False)

    def _track_of(self, hold):
        return hold.sudo().disposition_id.talk_track_id
