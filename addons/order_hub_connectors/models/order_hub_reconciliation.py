from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError

#: What is done one after the other, each in its own job.
PHASES = [
    ("list", "Asking the channel"),
    ("compare", "Comparing"),
    ("fetch", "Fetching what is missing"),
    ("check", "Asking after what the channel did not list"),
    ("done", "Done"),
]
COUNTED = (
    "missing_here",
    "missing_there",
    "amount",
    "cancelled_there",
    "cancelled_here",
    "waiting",
)


class OrderHubReconciliation(models.Model):
    """One day of one channel: what the channel says against what the hub has."""

    _name = "order.hub.reconciliation"
    _description = "Reconciliation"
    _order = "day desc, channel_id, id desc"
    _rec_name = "day"

    channel_id = fields.Many2one(
        "order.hub.channel",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    day = fields.Date(required=True, readonly=True)
    since = fields.Datetime(required=True, readonly=True)
    until = fields.Datetime(required=True, readonly=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("unsupported", "Not Possible"),
        ],
        default="running",
        required=True,
        readonly=True,
        index=True,
    )
    phase = fields.Selection(PHASES, default="list", required=True, readonly=True)
    listed_until = fields.Datetime(readonly=True)
    tries = fields.Integer(readonly=True)
    error = fields.Char("What Happened", readonly=True)
    moved_at = fields.Datetime("Last Step", readonly=True)
    finished_at = fields.Datetime(readonly=True)
    there_count = fields.Integer("Orders There", readonly=True)
    here_count = fields.Integer("Orders Here", readonly=True)
    line_ids = fields.One2many("order.hub.reconciliation.line", "reconciliation_id")
    total_ids = fields.One2many("order.hub.reconciliation.total", "reconciliation_id")
    missing_here = fields.Integer("Were Missing Here", compute="_compute_counts")
    missing_there = fields.Integer("Not There", compute="_compute_counts")
    amount = fields.Integer("Other Amount", compute="_compute_counts")
    cancelled_there = fields.Integer(compute="_compute_counts")
    cancelled_here = fields.Integer(compute="_compute_counts")
    waiting = fields.Integer("Waiting Here", compute="_compute_counts")
    open_count = fields.Integer("To Look At", compute="_compute_counts")

    _day_uniq = models.UniqueIndex(
        "(channel_id, day)", "This day of the channel was reconciled already."
    )

    @api.depends("line_ids.kind", "line_ids.state")
    def _compute_counts(self):
        rows = self.env["order.hub.reconciliation.line"]._read_group(
            [("reconciliation_id", "in", self.ids), ("state", "!=", "settled")],
            ["reconciliation_id", "kind", "state"],
            ["__count"],
        )
        for record in self:
            mine = [row[1:] for row in rows if row[0] == record]
            for name in COUNTED:
                record[name] = sum(n for kind, _state, n in mine if kind == name)
            record.open_count = sum(n for _kind, state, n in mine if state == "open")

    @api.depends("channel_id", "day")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.channel_id.name} {record.day}"

    # === WHO MAY === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Reconcile a day with the button on the channel.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise AccessError(
                self.env._("What was found stays as it is. Reconcile the day again.")
            )
        return super().write(vals)

    # === STARTING === #

    @api.model
    def _start(self, channel, day):
        """Begin, or begin anew, one day of a channel; the work is done in jobs.

        :param date day: a day of the company's time zone
        :return: the record (sudo)
        """
        since, until = self._window(channel, day)
        values = {
            "state": "running" if channel.can_list else "unsupported",
            "phase": "list" if channel.can_list else "done",
            "since": since,
            "until": until,
            "listed_until": since,
            "tries": 0,
            "error": False if channel.can_list else self._cannot_list(channel),
            "moved_at": fields.Datetime.now(),
            "finished_at": False,
            "there_count": 0,
            "here_count": 0,
        }
        mine = [("channel_id", "=", channel.id), ("day", "=", day)]
        record = self.sudo().search(mine)
        if record:
            record._forget()
            record.write(values)
        else:
            keys = {"channel_id": channel.id, "company_id": channel.company_id.id}
            record = self.sudo().create({**keys, "day": day, **values})
        if channel.can_list:
            record._enqueue()
        return record

    def _cannot_list(self, channel):
        return self.env._(
            "The platform of %s cannot list its orders, so there is nothing to compare "
            "with. Compare by a file of the platform, or by its own daily report.",
            channel.name,
        )

    def _window(self, channel, day):
        """Return beginning and end of a day of the company, naive UTC."""
        zone = pytz.timezone(channel.company_id.partner_id.tz or "UTC")
        ends = (datetime.combine(day + timedelta(days=n), time.min) for n in (0, 1))
        return tuple(
            zone.localize(end).astimezone(pytz.utc).replace(tzinfo=None) for end in ends
        )

    def _forget(self):
        """Forget what an earlier run of the same day found."""
        self.line_ids.unlink()
        self.total_ids.unlink()
        self._drop_items()

    def _drop_items(self):
        items = self.env["order.hub.reconciliation.item"].sudo()
        items.search([("reconciliation_id", "in", self.ids)]).unlink()

    def action_again(self):
        """Reconcile the same day again."""
        self.env["order.hub.inbound"]._check_may_work()
        for record in self:
            self._start(record.channel_id, record.day)
        return True

    def action_view_open(self):
        """Open the differences that somebody has to look at."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "order.hub.reconciliation.line",
            "views": [(False, "list")],
            "domain": [("reconciliation_id", "=", self.id), ("state", "!=", "settled")],
            "context": {"search_default_by_kind": 1},
        }
