from odoo import api, fields, models
from odoo.tools import format_datetime


class OrderHubChange(models.Model):
    """One changed field of an accepted order or of one of its lines."""

    _name = "order.hub.change"
    _inherit = ["order.hub.append.only"]
    _description = "Order Change"
    _order = "id desc"
    _rec_name = "field_label"
    _log_access = False

    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="restrict", index=True
    )
    line_id = fields.Many2one(
        "sale.order.line", readonly=True, ondelete="set null", index="btree_not_null"
    )
    line_label = fields.Char("Line Text", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    field_name = fields.Char("Technical Field", readonly=True)
    field_label = fields.Char("Field", compute="_compute_field_label")
    old_value = fields.Char(readonly=True)
    new_value = fields.Char(readonly=True)
    old_text = fields.Char("Old", compute="_compute_texts")
    new_text = fields.Char("New", compute="_compute_texts")
    date = fields.Datetime("Changed On", readonly=True)
    user_id = fields.Many2one("res.users", "Who", readonly=True)
    reason = fields.Char("Why", readonly=True)
    voucher = fields.Char(readonly=True, help="The paper or message that asked for it.")

    @api.depends("field_name", "line_label")
    @api.depends_context("lang")
    def _compute_field_label(self):
        Order, Line = self.env["sale.order"], self.env["sale.order.line"]
        labels = {
            name: model._fields[name].get_description(self.env, ["string"])["string"]
            for model in (Order, Line)
            for name in model._hub_audited_fields()
        }
        labels["+"] = self.env._("Line added")
        labels["-"] = self.env._("Line removed")
        for change in self:
            change.field_label = labels.get(change.field_name, change.field_name)

    @api.depends("field_name", "old_value", "new_value")
    @api.depends_context("lang", "tz")
    def _compute_texts(self):
        for change in self:
            change.old_text = change._readable(change.old_value)
            change.new_text = change._readable(change.new_value)

    def _readable(self, value):
        """Return a stored value for a reader: moments in the reader's time zone."""
        field = self.env["sale.order"]._fields.get(self.field_name)
        if not value or self.line_label or not field or field.type != "datetime":
            return value
        return format_datetime(self.env, fields.Datetime.to_datetime(value))

    def _append_only_message(self):
        return self.env._("The change log is written by the hub and kept as it is.")

    @api.model
    def _append(self, rows):
        """Add changes in one query, stamped with who, when, why and the voucher.

        :param rows: list of dicts with order_id, company_id, line_id, line_label,
            field_name, old_value, new_value
        """
        if not rows:
            return
        context = self.env.context
        stamp = {
            "date": fields.Datetime.now(),
            "user_id": self.env.uid,
            "reason": (context.get("order_hub_reason") or "")[:500] or None,
            "voucher": (context.get("order_hub_voucher") or "")[:200] or None,
        }
        self.env["order.hub.writer"]._insert(self, [{**row, **stamp} for row in rows])
        self.env["sale.order"].invalidate_model(["hub_change_ids"], flush=False)
