from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import SEVERITIES

KINDS = [
    ("inbox", "Inbox"),
    ("activity", "To-Do"),
    ("mail", "E-Mail"),
    ("robot", "Group Chat"),
]
STATES = [
    ("waiting", "Waiting"),
    ("failed", "Tried in Vain"),
    ("sent", "Sent"),
    ("digested", "Told Together"),
    ("given_up", "Given Up"),
]
#: Still to be sent.
OPEN_STATES = ("waiting", "failed")
RANKS = {severity: rank for rank, (severity, _label) in enumerate(SEVERITIES)}


class OrderHubMessage(models.Model):
    """One message to people or to a group chat: an outbox.

    Written in the transaction of what it tells, sent by a job afterwards: nothing is
    told that was rolled back, nothing that happened is forgotten, and nothing waits
    for a messenger. The row keeps what came of it.
    """

    _name = "order.hub.message"
    _description = "Message"
    _order = "id desc"
    _rec_name = "subject"

    key = fields.Char(
        required=True,
        readonly=True,
        help="Shown at the end of a message to a group chat; the same at every try.",
    )
    kind = fields.Selection(KINDS, "By", required=True, readonly=True)
    subject = fields.Char(required=True, readonly=True)
    body = fields.Text(readonly=True, help="Markdown.")
    severity = fields.Selection(
        SEVERITIES, required=True, readonly=True, default="warning"
    )
    rank = fields.Integer(readonly=True, default=1, aggregator=None)
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    robot_id = fields.Many2one(
        "order.hub.robot", readonly=True, ondelete="set null", index="btree_not_null"
    )
    first_robot_id = fields.Many2one(
        "order.hub.robot",
        "Meant For",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The robot that could not deliver it.",
    )
    user_ids = fields.Many2many(
        "res.users",
        "order_hub_message_user_rel",
        "message_id",
        "user_id",
        string="People",
        readonly=True,
        help="Who gets it, or who is called by name in the group chat.",
    )
    warnings = fields.Json("Warning Numbers", readonly=True, prefetch=False)
    warning_count = fields.Integer("Warnings", readonly=True)
    digest = fields.Json(readonly=True, prefetch=False)
    digest_id = fields.Many2one(
        "order.hub.message",
        "Told By",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The message that tells this one together with others.",
    )
    is_test = fields.Boolean("Test", readonly=True)

    # === SENDING === #

    state = fields.Selection(
        STATES, required=True, readonly=True, default="waiting", index=True
    )
    attempts = fields.Integer("Tries", readonly=True)
    unsure = fields.Integer(
        "Unsure Tries",
        readonly=True,
        help="Tries of which it is not known whether "
        "they arrived: the messenger did not answer.",
    )
    parts_done = fields.Integer(
        "Parts Sent", readonly=True, help="A long message goes in several parts."
    )
    is_short = fields.Boolean(
        "Shortened", readonly=True, help="The messenger found it too long."
    )
    due_at = fields.Datetime("Due On", readonly=True, help="Its age counts from here.")
    next_try_at = fields.Datetime("Next Try", readonly=True)
    sending_since = fields.Datetime(
        "Being Sent Since",
        readonly=True,
        help="A worker is at it; if the worker dies, another one takes over after a "
        "while.",
    )
    sent_at = fields.Datetime("Sent On", readonly=True)
    answer = fields.Char(
        readonly=True, help="What the messenger said, or why it was not sent."
    )
    tries = fields.Json("What Was Tried", readonly=True, prefetch=False)
    tries_text = fields.Text("Tried So Far", compute="_compute_tries_text")

    _key_uniq = models.UniqueIndex("(key)", "This message exists already.")
    _due_idx = models.Index(
        "(robot_id, rank, next_try_at, id) WHERE state IN ('waiting', 'failed')"
    )

    @api.depends("tries")
    def _compute_tries_text(self):
        for message in self:
            message.tries_text = "\n".join(map(message._try_words, message.tries or ()))

    def _try_words(self, row):
        """Return one try as a line; the moment in the reader's time zone."""
        at = fields.Datetime.context_timestamp(
            self, fields.Datetime.to_datetime(row["at"])
        )
        words = (f"{at:%Y-%m-%d %H:%M:%S}", row["by"], row["kind"], row["code"])
        return " · ".join(filter(None, (*words, row["said"])))

    # === GUARD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_hub_writes()
        return super().create(vals_list)

    def write(self, vals):
        self._check_hub_writes()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(
            self.env._("What people were told is kept. Give the message up instead.")
        )

    def _check_hub_writes(self):
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "Messages follow from warnings; nobody writes them. Try a message "
                    "again, or give it up."
                )
            )

    # === PEOPLE === #

    def action_retry(self):
        """Try again now what did not get through."""
        rows = self._to_work_on(("failed", "given_up", "waiting"))
        now = fields.Datetime.now()
        rows.write(
            {
                "state": "waiting",
                "attempts": 0,
                "unsure": 0,
                "due_at": now,
                "next_try_at": now,
            }
        )
        rows.robot_id._go_on(now)
        return True

    def action_give_up(self):
        """Do not send the messages."""
        rows = self._to_work_on(OPEN_STATES)
        answer = self.env._("Given up by %s.", self.env.user.name)
        rows.write({"state": "given_up", "answer": answer})
        return True

    def _to_work_on(self, states):
        """Return those in some states that nobody sends right now (sudo)."""
        self.check_access("read")
        if not self.env.user.has_group("order_hub.order_hub_group_supervisor"):
            raise AccessError(
                self.env._(
                    "Only supervisors of the Order Hub do that. Ask one of them."
                )
            )
        rows = self.sudo().filtered(
            lambda row: row.state in states and not row.sending_since
        )
        if not rows:
            raise UserError(self.env._("There is nothing left to send here."))
        return rows

    def action_view_warnings(self):
        """Open the warnings that the message is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Warnings"),
            "res_model": "order.hub.warning",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.warnings or [])],
        }
