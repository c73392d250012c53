from odoo import fields, models
from odoo.tools import SQL


class OrderHubInbound(models.Model):
    """How often the same thing was delivered again, and when the last time."""

    _inherit = "order.hub.inbound"

    repeats_added = fields.Integer(readonly=True, export_string_translation=False)
    seen_added_at = fields.Datetime(readonly=True, export_string_translation=False)
    repeat_count = fields.Integer(
        "Repeats",
        compute="_compute_repeats",
        help="How often the same thing was delivered again.",
    )
    last_seen_at = fields.Datetime("Last Delivered", compute="_compute_repeats")

    def _compute_repeats(self):
        rows = (
            self.env["order.hub.inbound.repeat"]
            .sudo()
            ._read_group(
                [("inbound_number", "in", self.ids)],
                ["inbound_number"],
                ["__count", "seen_at:max"],
            )
        )
        fresh = {number: (count, last) for number, count, last in rows}
        for inbound in self:
            count, last = fresh.get(inbound.id, (0, False))
            inbound.repeat_count = inbound.repeats_added + count
            inbound.last_seen_at = last or inbound.seen_added_at or inbound.received_at

    def _note_repeats(self, channel, pairs):
        """Note that messages came again.

        :param pairs: ``(kind, external number)``
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_hub_inbound_repeat
                       (inbound_number, company_id, seen_at)
                   SELECT id, company_id, %s FROM order_hub_inbound
                    WHERE channel_id = %s AND (kind, external_ref) IN (
                        SELECT * FROM unnest(%s::varchar[], %s::varchar[]))""",
                fields.Datetime.now(),
                channel.id,
                [kind for kind, _number in pairs],
                [number for _kind, number in pairs],
            )
        )
        self.invalidate_model(["repeat_count", "last_seen_at"], flush=False)
