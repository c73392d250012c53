from odoo import fields, models


class OrderHubChannel(models.Model):
    """Whether likely repeats are looked for, among what, and what is done then."""

    _inherit = "order.hub.channel"

    duplicate_mode = fields.Selection(
        [
            ("off", "Not looked for"),
            ("hold", "Taken in and held"),
            ("ask", "Wait until a person has decided"),
        ],
        "Likely Repeats",
        default="ask",
        required=True,
        help="What happens to an order that looks like one the hub has already.",
    )
    duplicate_scope = fields.Selection(
        [
            ("others", "Other channels and orders typed in"),
            ("all", "This channel too"),
        ],
        "Compared With",
        default="others",
        required=True,
        help="A shop numbers its orders itself and repeats none. In chat, e-mail and "
        "on the phone people repeat themselves: compare such a channel with itself.",
    )
    likeness_id = fields.Many2one(
        "order.hub.likeness",
        "Weights of Likeness",
        check_company=True,
        ondelete="restrict",
        help="How the score is made up. Empty: the standard weights, asked from 80.",
    )
