from ast import literal_eval

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class OrderHubCondition(models.AbstractModel):
    """A condition on orders that a key user writes in the domain editor."""

    _name = "order.hub.condition"
    _description = "Condition on an Order"

    @api.model
    def _order_domain(self, text, subject):
        """Return a stored condition as a domain on ``sale.order``.

        :param text: what the domain editor stored; empty is always true
        :param subject: whose condition it is, for the message
        :raise ValidationError: saying in words why it cannot be read
        """
        try:
            domain = Domain(literal_eval(text or "[]"))
            domain.validate(self.env["sale.order"])
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise ValidationError(
                self.env._(
                    "The condition of %(subject)s cannot be read: %(error)s",
                    subject=subject or "–",
                    error=error,
                )
            ) from error
        return domain
