from odoo import fields, models

UNKNOWN_CUSTOMER = [
    ("make", "Make a new customer"),
    ("stand_in", "Take the customer for unknown ones and hold the order"),
    ("ask", "Wait until a person has chosen"),
]
UNSURE_ADDRESS = [
    ("hold", "Take the order in and hold it"),
    ("ask", "Wait until a person has looked"),
    ("accept", "Take the proposal"),
]


class OrderHubChannel(models.Model):
    """What to do with customers and addresses that are not known for sure."""

    _inherit = "order.hub.channel"

    unknown_customer = fields.Selection(
        UNKNOWN_CUSTOMER,
        "New Customers",
        default="make",
        required=True,
        help="For a customer whom neither number, tax number, e-mail address, "
        "telephone and name, nor company name finds. Where several are found a "
        "person always chooses.",
    )
    unsure_address = fields.Selection(
        UNSURE_ADDRESS,
        "Uncertain Addresses",
        default="hold",
        required=True,
        help="For an address of which a part is a guess, contradicts another one, is "
        "out of date or hidden by the marketplace.",
    )
