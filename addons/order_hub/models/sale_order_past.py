from odoo import api, fields, models
from odoo.exceptions import UserError

from .sale_order import INSIDE

#: What may still be said on an order of the past: notes and to-dos of people.
#: Everything else is as it was when it was taken from its file.
STILL_WRITTEN = frozenset({"access_token", "tag_ids"})
STILL_WRITTEN_PREFIXES = ("activity_", "message_", "rating_", "website_message_")


class SaleOrder(models.Model):
    """Orders of the time before the hub, taken from files: closed, and left alone.

    They are there for reports, grades and look-ups. No document follows from them,
    nothing waits for them, and nobody changes them; what they came from is undone as
    a whole (``order.hub.past``).
    """

    _inherit = "sale.order"

    hub_is_history = fields.Boolean(
        "History",
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="An order of the time before the hub, taken from a file: it is closed, "
        "and neither stock nor accounts know of it.",
    )

    _hub_history_idx = models.Index(
        "(company_id, date_order) WHERE hub_is_history IS TRUE"
    )

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {"hub_is_history"}

    def write(self, vals):
        if not all(map(_is_still_written, vals)):
            self._hub_check_no_history()
        return super().write(vals)

    def action_hub_adopt(self):
        self._hub_check_supervisor()
        self._hub_check_no_history()
        return super().action_hub_adopt()

    def _hub_history(self):
        """Return those of the orders that are history."""
        return self.filtered(lambda order: order.sudo().hub_is_history)

    def _hub_check_no_history(self):
        """Refuse to change orders of the past.

        :raise UserError: with the first of them
        """
        past = self._hub_history()
        if past:
            raise UserError(
                self.env._(
                    "Order %s is history: it stays as it was in the file it was taken "
                    "from. Copy it to order the same again; where the file was wrong, "
                    "undo the file and take it in again.",
                    past[0].name,
                )
            )


def _is_still_written(name):
    return name in STILL_WRITTEN or name.startswith(STILL_WRITTEN_PREFIXES)
