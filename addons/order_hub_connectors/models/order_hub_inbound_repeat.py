from odoo import api, fields, models
from odoo.tools import SQL


class OrderHubInboundRepeat(models.Model):
    """A delivery that said nothing new.

    Only inserted: counting on the message itself would make the platform wait for
    the job that works on it. Without a foreign key, for the same reason: checking
    one locks the message. Each night the rows are added to the messages.
    """

    _name = "order.hub.inbound.repeat"
    _description = "Repeated Delivery"
    _log_access = False
    _order = "id"
    _rec_name = "seen_at"

    inbound_number = fields.Integer("Inbound Order", required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    seen_at = fields.Datetime(required=True)

    @api.autovacuum
    def _fold(self):
        """Add the rows up on their messages; those in work are left for next time."""
        self.env.cr.execute(
            SQL(
                """WITH message AS (
                       SELECT id FROM order_hub_inbound
                        WHERE id IN (
                            SELECT inbound_number FROM order_hub_inbound_repeat)
                          FOR NO KEY UPDATE SKIP LOCKED),
                   gone AS (
                       DELETE FROM order_hub_inbound_repeat
                        WHERE inbound_number IN (SELECT id FROM message)
                    RETURNING inbound_number, seen_at),
                   counted AS (
                       SELECT inbound_number, count(*) AS times, max(seen_at) AS last
                         FROM gone GROUP BY 1)
                   UPDATE order_hub_inbound AS target
                      SET repeats_added = COALESCE(repeats_added, 0) + counted.times,
                          seen_added_at = counted.last
                     FROM counted WHERE counted.inbound_number = target.id"""
            )
        )
        self.env["order.hub.inbound"].invalidate_model(flush=False)
