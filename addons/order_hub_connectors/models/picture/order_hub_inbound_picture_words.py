from odoo import models


class OrderHubInbound(models.Model):
    """What reading a paper finds, in words; where the picture is shown."""

    _inherit = "order.hub.inbound"

    def _inbound_words(self):
        reasons = self.env["order.hub.picture"]._error_words()
        return {
            **super()._inbound_words(),
            "parse.picture_waits": self.env._("The picture is being read."),
            "parse.picture_read": self.env._(
                "Read off the picture: %(lines)s lines on %(pages)s pages."
            ),
            "parse.picture_sum": self.env._(
                "Line %(line)s: quantity × price is not the amount on the paper. The "
                "three values are marked."
            ),
            "parse.picture_total": self.env._(
                "The amounts of the lines do not make the total on the paper."
            ),
            **{f"parse.picture_{code}": words for code, words in reasons.items()},
            "map.no_lines_left": self.env._(
                "All lines have been left out. Take one back, or put the order aside."
            ),
        }

    def _place_names(self):
        return {
            **super()._place_names(),
            "picture": self.env._("Picture"),
            "left_out": self.env._("left out"),
        }

    def _source_shown(self):
        """Show the pages beside the values of an order on paper."""
        picture = self.sudo().picture_ids[:1]
        if not picture:
            return super()._source_shown()
        return {"kind": "picture", "pages": picture._pages_shown()}

    def action_view_picture(self):
        """Open the picture with the order beside it."""
        self.ensure_one()
        self.check_access("read")
        return self.picture_ids[:1].action_open()
