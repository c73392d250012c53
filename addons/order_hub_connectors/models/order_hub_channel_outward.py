from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..adapters.registry import ADAPTERS
from .order_hub_channel_adapter import Values

#: Things told by one job; then it makes room for others.
OUTBOX_BATCH = 200
#: What makes a channel one that is told, or what it is told.
TELLING_FIELDS = frozenset(
    {"adapter", "active", "intake_state", "is_status_sent", "is_stock_sent"}
)


class OrderHubChannel(models.Model):
    """What a channel is told about its orders, and the jobs that tell it."""

    _inherit = "order.hub.channel"

    is_status_sent = fields.Boolean(
        "Tell the Channel",
        default=True,
        help="Tell the channel where its orders stand, in its own words.",
    )
    status_out_ids = fields.One2many(
        "order.hub.status.out", "channel_id", "Status Words", copy=True
    )
    return_cause_id = fields.Many2one(
        "order.hub.complaint.cause",
        "Cause of Returns",
        check_company=True,
        help="A reason that comes with a return is recorded as a complaint of this "
        "cause, unless it is the code of another one.",
    )
    outbox_ids = fields.One2many("order.hub.outbox", "channel_id", "Told")
    outbox_open_count = fields.Integer(
        "To Be Told", compute="_compute_outbox_open_count"
    )

    def _compute_outbox_open_count(self):
        counts = dict(
            self.env["order.hub.outbox"]
            .sudo()
            ._read_group(
                [
                    ("channel_id", "in", self.ids),
                    ("state", "in", ("waiting", "failed", "given_up")),
                ],
                ["channel_id"],
                ["__count"],
            )
        )
        for channel in self:
            channel.outbox_open_count = counts.get(channel, 0)

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        self.env.registry.clear_cache()
        return channels

    def write(self, vals):
        result = super().write(vals)
        if TELLING_FIELDS.intersection(vals):
            self.env.registry.clear_cache()
        return result

    def _prepare_adapter(self):
        result = super()._prepare_adapter()
        for channel in self.sudo():
            adapter = ADAPTERS.get(channel.adapter)
            statuses = adapter.statuses if adapter else ()
            self.env["order.hub.status.out"]._put_defaults(channel, statuses)
            channel._put_incoming_words(statuses)
        return result

    def _put_incoming_words(self, statuses):
        """Add the platform's words to the status map, those it has not."""
        Word = self.env["order.hub.status.map"].sudo()
        known = set(self.status_map_ids.mapped("external_key"))
        missing = {}
        for word, milestone in statuses:
            if Word._key(word) not in known:
                missing.setdefault(Word._key(word), (word, milestone))
        Word.create(
            [
                {
                    "channel_id": self.id,
                    "external_status": word,
                    "milestone": milestone,
                }
                for word, milestone in missing.values()
            ]
        )

    # === WHO IS TOLD WHAT === #

    @api.model
    @tools.ormcache()
    def _telling(self):
        """Return what the channels are told, for those that are.

        :return: ``{channel id: ({stage id: (word, firm)}, {milestone: (word,
            firm)})}``; an empty word: nothing is sent
        """
        channels = self.sudo().search(
            [("is_status_sent", "=", True), ("intake_state", "!=", "off")]
        )
        found = {}
        for channel in channels.filtered(lambda channel: channel._tells()):
            rows = channel.status_out_ids
            word = {
                row: ("" if row.is_silent else row.word, row.is_firm) for row in rows
            }
            found[channel.id] = (
                {row.stage_id.id: word[row] for row in rows if row.stage_id},
                {row.milestone: word[row] for row in rows if row.milestone},
            )
        return found

    def _tells(self):
        """Tell whether there is anybody at the other end to be told."""
        self.ensure_one()
        adapter = ADAPTERS.get(self.adapter)
        texts = {row.name: row._text for row in self.parameter_ids}
        return bool(adapter and adapter.tells(Values(texts)))

    # === JOBS === #

    def _tell_soon(self):
        """Have a job tell these channels, once a transaction, when it is committed."""
        precommit = self.env.cr.precommit
        waiting = precommit.data.get("order_hub.outbox")
        if waiting is None:
            waiting = precommit.data["order_hub.outbox"] = set()
            precommit.add(self.sudo().browse()._issue_outbox_tickets)
        waiting.update(self.ids)

    def _issue_outbox_tickets(self):
        """Make the jobs asked for in this transaction (before it is committed)."""
        ids = self.env.cr.precommit.data.pop("order_hub.outbox", ())
        self.browse(sorted(ids))._delay_outbox()

    def _delay_outbox(self):
        for channel in self.sudo():
            channel.with_delay(
                description=f"Tell {channel.code}",
                identity_key=f"order_hub_outbox_{channel.id}",
            )._job_outbox()

    def _job_outbox(self):
        """Tell the channel what waits (a job; a transaction for each thing told).

        A job that dies has told at most one thing that is told again.

        :return: a sentence for the list of jobs
        """
        self.ensure_one()
        count, more = self.env["order.hub.outbox"]._send_due(
            self, OUTBOX_BATCH, self._keep
        )
        if more:
            self._delay_outbox()
        return self.env._("%s told.", count)

    def _keep(self):
        """End the transaction: what was told stays told."""
        self.env.flush_all()
        self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _cron_outbox(self):
        """Make jobs for what is due: second tries, and what a crash left."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT channel_id FROM order_hub_outbox
                    WHERE state IN ('waiting', 'failed') AND next_try_at <= %s""",
                fields.Datetime.now(),
            )
        )
        channels = self.sudo().browse(row[0] for row in rows)
        channels.filtered(lambda c: c.intake_state == "on")._delay_outbox()

    def action_tell_now(self):
        """Tell the channel what waits, without waiting for the next try."""
        self.check_access("write")
        for channel in self:
            if channel.intake_state != "on":
                raise UserError(
                    self.env._("Switch channel %s on first.", channel.display_name)
                )
            rows = channel.sudo().outbox_ids.filtered(
                lambda row: row.state in ("waiting", "failed")
            )
            rows.write({"next_try_at": fields.Datetime.now()})
            channel._delay_outbox()
        return True

    def action_view_outbox(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_connectors.order_hub_outbox_action"
        )
        return {**action, "domain": [("channel_id", "=", self.id)], "context": {}}
