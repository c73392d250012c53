from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from .order_hub_warning_action import ACTION_KINDS

RUN_STATES = [
    ("waiting", "Waiting"),
    ("failed", "Tried in Vain"),
    ("done", "Done"),
    ("closed", "Over"),
    ("skipped", "Not Needed"),
]


class OrderHubWarningActionRun(models.Model):
    """One action for one warning: what was done for whom, and when it was over."""

    _name = "order.hub.warning.action.run"
    _description = "Action for a Warning"
    _order = "id desc"
    _rec_name = "warning_id"

    action_id = fields.Many2one(
        "order.hub.warning.action",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    warning_id = fields.Many2one(
        "order.hub.warning",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    kind = fields.Selection(ACTION_KINDS, required=True, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="set null", index="btree_not_null"
    )
    state = fields.Selection(RUN_STATES, required=True, readonly=True)
    attempts = fields.Integer("Tries", readonly=True, aggregator=None)
    asked_at = fields.Datetime("Asked For", readonly=True)
    next_try_at = fields.Datetime("Next Try", readonly=True)
    done_at = fields.Datetime("Done On", readonly=True)
    closed_at = fields.Datetime("Over Since", readonly=True)
    error = fields.Text("Why Not", readonly=True)
    kept_text = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    text = fields.Text("Text for the Customer", compute="_compute_text")
    attachment_id = fields.Many2one(
        "ir.attachment", "List", readonly=True, ondelete="set null"
    )
    activity_ids = fields.One2many(
        "mail.activity", "hub_action_run_id", "To-dos", readonly=True
    )

    _once_uniq = models.UniqueIndex(
        "(action_id, warning_id)", "This action was done for the warning already."
    )
    _due_idx = models.Index("(next_try_at, id) WHERE state IN ('waiting', 'failed')")
    _open_idx = models.Index("(warning_id) WHERE state = 'done'")

    @api.depends("kept_text", "order_id")
    @api.depends_context("uid")
    def _compute_text(self):
        """The text, for those who may read its order."""
        readable = self.order_id._filtered_access("read")
        for run in self:
            seen = run.order_id and run.order_id in readable
            run.text = run.sudo().kept_text if seen else False

    def _subject(self):
        """Return what the warning is about: the order and its customer."""
        self.ensure_one()
        order = self.order_id
        if order:
            return f"{order.name} · {order.partner_id.display_name}"
        record = self.env[self.warning_id.res_model].sudo()
        return record.browse(self.warning_id.res_id).exists().display_name or "–"

    def action_try_again(self):
        """Try actions that failed again at once."""
        if not self.env.user.has_group("order_hub.order_hub_group_supervisor"):
            raise AccessError(self.env._("Supervisors try actions of warnings again."))
        self.check_access("read")
        failed = self.sudo().filtered(lambda run: run.state == "failed")
        now = fields.Datetime.now()
        failed.write({"next_try_at": now})
        self.env["order.hub.warning.action.job"]._trigger(now)
        return True

    def action_write_to_customer(self):
        """Open a mail to the customer with the text, to be read before it is sent."""
        self.ensure_one()
        self.check_access("read")
        if not self.text or not self.order_id:
            raise UserError(self.env._("There is no text for a customer here."))
        self.order_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to the Customer"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": "sale.order",
                "default_res_ids": self.order_id.ids,
                "default_partner_ids": self.order_id.partner_id.ids,
                "default_subject": self.order_id.name,
                "default_body": Markup(plaintext2html(self.text)),
                "default_composition_mode": "comment",
            },
        }


class MailActivity(models.Model):
    _inherit = "mail.activity"

    hub_action_run_id = fields.Many2one(
        "order.hub.warning.action.run",
        "Action of a Warning",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
