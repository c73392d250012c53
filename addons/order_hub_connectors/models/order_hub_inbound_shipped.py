from odoo import models
from odoo.exceptions import UserError

#: Longest piece of foreign text in a note.
MAX_TEXT = 200


class OrderHubInbound(models.Model):
    """Goods that somebody else has sent: the marketplace's own warehouse.

    The order goes to the stage that the channel's word means, with a note of what
    was said as evidence. Gates and roles hold as for every hand-over.
    """

    _inherit = "order.hub.inbound"

    def _inbound_words(self):
        words = super()._inbound_words()
        words["submit.shipped"] = self.env._("Order %(name)s is in stage “%(stage)s”.")
        return words

    def _submit_shipped(self, channel, works):
        self._follow(channel, works, type(self)._do_ship)

    def _do_ship(self, work, order, key):
        if not self._apply_once(work, order, key):
            return
        stage = self._shipped_meaning(work, order)
        path = order._hub_path(order, stage)
        if not path or not order._hub_goes_forward(path):
            work.note("submit", "nothing", name=order.name)
            return
        note = self._shipped_note(work)
        Evidence = self.env["order.hub.evidence"].sudo()
        Evidence._add(order, stage, [{"kind": "note", "note": note}])
        order._hub_request_stage(stage, source="api", note=note)
        work.note("submit", "shipped", name=order.name, stage=stage.name)

    def _shipped_meaning(self, work, order):
        """Return the stage that the channel's word means, else *shipped* itself.

        :raise UserError: the flow has no such stage
        """
        word = work.values.get("status")
        stages = order.hub_flow_id.stage_ids
        key = self.env["order.hub.status.map"]._key(word)
        words = order.hub_channel_id.status_map_ids.filtered(
            lambda row: row.external_key == key
        )
        stage = word and words._stage_for(order)
        stage = stage or stages.filtered(lambda s: s.milestone == "shipped")[:1]
        if not stage:
            raise UserError(
                self.env._(
                    "The goods have left, but flow “%s” has no stage for that. Give "
                    "one of its stages the milestone Shipped.",
                    order.hub_flow_id.name or "–",
                )
            )
        return stage

    def _shipped_note(self, work):
        """Return what the channel said, as a note."""
        values = work.values
        said = [
            self.env._("Sent by %s, not from our stock.", self._channel_name(work)),
            values.get("carrier") and self.env._("Carrier: %s", values["carrier"]),
            values.get("tracking") and self.env._("Tracking: %s", values["tracking"]),
            values.get("reason"),
        ]
        return "\n".join(text[:MAX_TEXT] for text in said if text)

    def _channel_name(self, work):
        return self.sudo().browse(work.inbound_id).channel_id.name or ""
