from odoo import fields, models


class OrderHubOrderCheckResult(models.TransientModel):
    """Takes the result of a check from the order form; the check decides."""

    _name = "order.hub.order.check.result"
    _description = "Result of a Check"

    order_check_id = fields.Many2one(
        "order.hub.order.check", "Check", required=True, readonly=True
    )
    description = fields.Text(related="order_check_id.description")
    needs_photo = fields.Boolean(related="order_check_id.needs_photo")
    note = fields.Text()
    photo = fields.Binary(attachment=False)
    photo_name = fields.Char()

    def action_pass(self):
        """The check holds."""
        return self._finish(True)

    def action_fail(self):
        """The check does not hold; the note says why."""
        return self._finish(False)

    def _finish(self, passed):
        self.ensure_one()
        content = self.with_context(bin_size=False).photo
        photo = content and {
            "content": content,
            "filename": self.photo_name or self.env._("photo.jpg"),
        }
        self.order_check_id._finish(passed, self.note, photo)
        return {"type": "ir.actions.act_window_close"}
