from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import BATCH, FINAL_STATES, TICKETS


class OrderHubChannel(models.Model):
    """Jobs of a channel.

    A job is a ticket: "take the next messages". It carries no numbers of messages,
    so that a lost one loses nothing and a second one does no harm.
    """

    _inherit = "order.hub.channel"

    inbound_ids = fields.One2many("order.hub.inbound", "channel_id", "Inbound Orders")
    open_count = fields.Integer("Open", compute="_compute_open_count")

    def _compute_open_count(self):
        counts = dict(
            self.env["order.hub.inbound"]._read_group(
                [("channel_id", "in", self.ids), ("state", "not in", FINAL_STATES)],
                ["channel_id"],
                ["__count"],
            )
        )
        for channel in self:
            channel.open_count = counts.get(channel, 0)

    def _issue_tickets(self):
        """Have enough jobs for what waits; those that wait already count."""
        for channel in self.sudo().filtered(lambda c: c.intake_state == "on"):
            most = TICKETS * BATCH
            due = self.env["order.hub.inbound"]._count_due(channel, most)
            wanted = -(-due // BATCH)
            for slot in range(channel._waiting_tickets(), wanted):
                channel.with_delay(
                    description=f"Intake {channel.code} #{slot + 1}"
                )._job_intake()

    def _waiting_tickets(self):
        """Return how many jobs of the channel have not begun."""
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT count(*) FROM queue_job
                    WHERE state IN ('wait_dependencies', 'pending', 'enqueued')
                      AND model_name = 'order.hub.channel'
                      AND method_name = '_job_intake'
                      AND (records #>> '{}')::jsonb -> 'ids' = %s""",
                Json(self.ids),
            )
        )
        return count

    def _job_intake(self):
        """Work on the next messages (a job; one transaction).

        :return: a sentence for the list of jobs
        """
        self.ensure_one()
        if self.intake_state != "on":
            return self.env._("%s is not on.", self.name)
        rows = self.env["order.hub.inbound"].sudo()._claim(self)
        rows._process(self)
        self._issue_tickets()
        return self.env._("%s messages.", len(rows))

    @api.model
    def _cron_tickets(self):
        """Issue the tickets that a crash lost, wake what waits without a reason."""
        self.env["order.hub.inbound"]._wake()
        self.search([("intake_state", "=", "on")])._issue_tickets()

    def action_work_now(self):
        """Work on what waits, without a job."""
        self.check_access("write")
        for channel in self:
            rows = self.env["order.hub.inbound"].sudo()._claim(channel)
            rows._process(channel)
        return True

    def action_view_inbound(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_connectors.order_hub_inbound_action"
        )
        return {
            **action,
            "domain": [("channel_id", "=", self.id)],
            "context": {"search_default_open": 1},
        }
