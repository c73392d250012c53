from contextlib import suppress

import psycopg2

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

    def _issue_tickets(self, most=TICKETS, after=None):
        """Have enough jobs for what waits; those that wait already count.

        :param most: jobs, even where more messages wait than they can take
        :param after: seconds before they begin; at once if left out
        """
        most = min(most, TICKETS)
        for channel in self.sudo().filtered(lambda c: c.intake_state == "on"):
            due = self.env["order.hub.inbound"]._count_due(channel, most * BATCH)
            wanted = -(-due // BATCH)
            waiting = channel._waiting_tickets() if wanted else ()
            free = [key for key in channel._ticket_keys() if key not in waiting]
            for key in free[: max(wanted - len(waiting), 0)]:
                channel.with_delay(
                    description=f"Intake {channel.code}", identity_key=key, eta=after
                )._job_intake()

    def _ticket_keys(self):
        """Return what the tickets of the channel are called, so that they are found."""
        self.ensure_one()
        return [f"order_hub_intake_{self.id}_{slot}" for slot in range(TICKETS)]

    def _waiting_tickets(self):
        """Return the keys of the channel's jobs that have not begun."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT identity_key FROM queue_job WHERE %s",
                self._is_waiting_ticket(),
            )
        )
        return {key for [key] in rows}

    def _is_waiting_ticket(self):
        """Return the condition; queue_job has an index on just these columns."""
        return SQL(
            """identity_key = ANY(%s)
               AND state IN ('pending', 'enqueued', 'wait_dependencies')""",
            self._ticket_keys(),
        )

    def _lacks_ticket(self):
        """Return an expression: the channel is on, and no job of it waits."""
        return SQL(
            """(EXISTS (SELECT FROM order_hub_channel
                         WHERE id = %s AND intake_state = 'on')
                AND NOT EXISTS (SELECT FROM queue_job WHERE %s))""",
            self.id,
            self._is_waiting_ticket(),
        )

    def _job_intake(self):
        """Work on the next messages (a job; one transaction).

        :return: a sentence for the list of jobs
        """
        self.ensure_one()
        if self.intake_state != "on":
            return self.env._("%s is not on.", self.name)
        rows = self.env["order.hub.inbound"].sudo()._claim(self)
        rows._process(self)
        if len(rows) == BATCH:
            # Else the rest is being worked on by others: a job would find nothing,
            # and issue the next one that finds nothing.
            self._issue_tickets()
        self.env.cr.postcommit.add(self._issue_late_ticket)
        return self.env._("%s messages.", len(rows))

    def _issue_late_ticket(self):
        """Look once more, when a job has ended, for what its snapshot did not show.

        A delivery that saw this job wait, and was stored when it had begun, has
        issued no ticket. What fails here is left to ``_cron_tickets``.
        """
        with suppress(psycopg2.Error), self.env.registry.cursor() as cr:
            channel = self.with_env(self.env(cr=cr))
            if channel.env["order.hub.inbound"].sudo()._claim(channel, limit=1):
                channel._issue_tickets(most=1)

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
