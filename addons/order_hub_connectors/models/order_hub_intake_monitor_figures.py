from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..const import FINAL_STATES
from .order_hub_intake_monitor import ACCURACY_DAYS, HOURS

#: States of jobs, by the figure that counts them.
JOBS = {
    "wait_dependencies": "waiting",
    "pending": "waiting",
    "enqueued": "waiting",
    "started": "running",
    "failed": "failed",
}


class OrderHubIntakeMonitor(models.AbstractModel):
    """The queries behind the figures: each one for all channels."""

    _inherit = "order.hub.intake.monitor"

    def _collect(self, channels, now):
        """Return ``{what: {channel id (jobs: code): figures}}``."""
        names = ("today", "open", "hours", "errors", "accuracy", "jobs")
        names += ("repeats", "differences")
        if not channels:
            return {**{name: {} for name in names}, "incomplete": set()}
        self.env["order.hub.inbound"].flush_model()
        self.env["order.hub.inbound.problem"].flush_model()
        found = {name: getattr(self, f"_count_{name}")(channels, now) for name in names}
        missing = channels.sudo().parameter_ids.filtered(
            lambda row: row.is_required and not row.is_set
        )
        return {**found, "incomplete": set(missing.channel_id.ids)}

    def _count_today(self, channels, now):
        """Return ``{(channel id, "received" or "processed"): count}``."""
        midnight = self._midnight(now)
        rows = self.env.execute_query(
            SQL(
                """SELECT channel_id, 'received', count(*) FROM order_hub_inbound
                    WHERE channel_id IN %(ids)s AND received_at >= %(midnight)s
                    GROUP BY channel_id
                    UNION ALL
                   SELECT channel_id, 'processed', count(*) FROM order_hub_inbound
                    WHERE channel_id IN %(ids)s AND processed_at >= %(midnight)s
                      AND state IN %(final)s
                    GROUP BY channel_id""",
                ids=tuple(channels.ids),
                midnight=midnight,
                final=FINAL_STATES,
            )
        )
        return {(channel_id, name): count for channel_id, name, count in rows}

    def _count_open(self, channels, _now):
        """Return ``{channel id: {state: (count, oldest)}}`` of what is not final."""
        rows = self.env.execute_query(
            SQL(
                """SELECT channel_id, state, count(*), min(received_at)
                     FROM order_hub_inbound
                    WHERE channel_id IN %s
                      AND state IN ('received', 'reading', 'waiting', 'attention',
                                    'failed')
                    GROUP BY channel_id, state""",
                tuple(channels.ids),
            )
        )
        found = {}
        for channel_id, state, count, oldest in rows:
            found.setdefault(channel_id, {})[state] = count, oldest
        return found

    def _count_hours(self, channels, now):
        """Return ``{channel id: [count of each hour, oldest first]}``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT channel_id,
                          floor(extract(epoch FROM %(now)s::timestamp - received_at)
                                / 3600)::int AS ago, count(*)
                     FROM order_hub_inbound
                    WHERE channel_id IN %(ids)s AND received_at > %(since)s
                      AND received_at <= %(now)s
                    GROUP BY channel_id, ago""",
                ids=tuple(channels.ids),
                now=now,
                since=now - timedelta(hours=HOURS),
            )
        )
        found = {}
        for channel_id, ago, count in rows:
            hours = found.setdefault(channel_id, [0] * HOURS)
            hours[HOURS - 1 - min(ago, HOURS - 1)] += count
        return found

    def _count_errors(self, channels, _now):
        """Return ``{channel id: [(step, code, messages)]}`` of what needs a person."""
        rows = self.env.execute_query(
            SQL(
                """SELECT message.channel_id, problem.step, problem.code,
                          count(DISTINCT message.id)
                     FROM order_hub_inbound message
                     JOIN order_hub_inbound_problem problem
                       ON problem.inbound_id = message.id
                    WHERE message.channel_id IN %s
                      AND message.state IN ('attention', 'failed')
                    GROUP BY message.channel_id, problem.step, problem.code""",
                tuple(channels.ids),
            )
        )
        found = {}
        for channel_id, step, code, count in rows:
            found.setdefault(channel_id, []).append((step, code, count))
        return found

    def _count_accuracy(self, channels, now):
        """Return ``{channel id: (orders taken in, of these corrected by hand)}``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT channel_id, count(*),
                          count(*) FILTER (WHERE is_corrected)
                     FROM order_hub_inbound
                    WHERE channel_id IN %s AND received_at >= %s
                      AND kind = 'order' AND state = 'done'
                    GROUP BY channel_id""",
                tuple(channels.ids),
                now - timedelta(days=ACCURACY_DAYS),
            )
        )
        return {channel_id: (done, corrected) for channel_id, done, corrected in rows}

    def _count_jobs(self, channels, _now):
        """Return ``{channel code: {"waiting", "running", "failed"}}``.

        Jobs of a channel are called after what they do and the channel's code.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT substring(name FROM '^[^ ]+ (.*)$'), state, count(*)
                     FROM queue_job
                    WHERE model_name IN ('order.hub.channel',
                                         'order.hub.reconciliation')
                      AND state IN %s GROUP BY 1, 2""",
                tuple(JOBS),
            )
        )
        found = {}
        codes = sorted(channels.mapped("code"), key=len, reverse=True)
        for rest, state, count in rows:
            code = next((c for c in codes if f"{rest or ''} ".startswith(f"{c} ")), "")
            counts = found.setdefault(code, {"waiting": 0, "running": 0, "failed": 0})
            counts[JOBS[state]] += count
        return found

    def _count_repeats(self, channels, _now):
        """Return ``{channel id: pairs to decide}``."""
        rows = self.env["order.hub.duplicate"]._read_group(
            [("channel_id", "in", channels.ids), ("state", "=", "open")],
            ["channel_id"],
            ["__count"],
        )
        return {channel.id: count for channel, count in rows}

    def _count_differences(self, channels, _now):
        """Return ``{channel id: differences to look at}``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT run.channel_id, count(*)
                     FROM order_hub_reconciliation_line line
                     JOIN order_hub_reconciliation run
                       ON run.id = line.reconciliation_id
                    WHERE run.channel_id IN %s AND line.state = 'open'
                    GROUP BY run.channel_id""",
                tuple(channels.ids),
            )
        )
        return dict(rows)
