from odoo import fields, models


class DeliveryCarrier(models.Model):
    """Carriers that come at an hour of their own."""

    _inherit = "delivery.carrier"

    hub_cut_off = fields.Float(
        "Cut-off",
        help="Hour of the day, in the warehouse's time zone, at which this carrier "
        "takes what leaves that day: from then on an order's address stays. 0: as the "
        "change rule says.",
    )

    _hub_cut_off_range = models.Constraint(
        "CHECK(hub_cut_off IS NULL OR hub_cut_off >= 0 AND hub_cut_off <= 24)",
        "The cut-off is an hour between 0 and 24.",
    )
