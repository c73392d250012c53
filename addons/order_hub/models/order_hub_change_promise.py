from odoo import api, fields, models
from odoo.tools import format_datetime


class OrderHubChange(models.Model):
    """Changes of the promised date, told as promises: from when to when.

    The first promise of many orders is the date that was expected when they were
    confirmed: it is on their first version, and no change.
    """

    _inherit = "order.hub.change"

    promise_old = fields.Char("Promised Before", compute="_compute_promises")
    promise_new = fields.Char("Promised Then", compute="_compute_promises")

    @api.depends("field_name", "old_value", "new_value")
    @api.depends_context("lang", "tz")
    def _compute_promises(self):
        moments = self._promise_moments()
        for change in self:
            old, new = moments.get(change.id, (False, False))
            change.promise_old = self._promise_text(old)
            change.promise_new = self._promise_text(new)

    def _promise_text(self, moment):
        return format_datetime(self.env, moment, dt_format="short") if moment else ""

    def _promise_moments(self):
        """Return ``{change id: (promised before, promised then)}``; one query.

        Moments are naive UTC, or ``False`` where nothing was promised. An agreed date
        that is taken back leaves the promise as it was.
        """
        promises = self.filtered(lambda change: change.field_name == "commitment_date")
        unsaid = promises.filtered(lambda change: not self._moment(change.old_value))
        expected = self._expected_first(unsaid.order_id)
        moments = {}
        for change in promises:
            first = expected.get(change.order_id.id, False)
            old = self._moment(change.old_value) or first
            moments[change.id] = (old, self._moment(change.new_value) or old)
        return moments

    @api.model
    def _expected_first(self, orders):
        """Return ``{order id: what was promised with the first version}`` (sudo)."""
        versions = (
            self.env["order.hub.order.version"]
            .sudo()
            .search_fetch(
                [("order_id", "in", orders.ids), ("number", "=", 1)],
                ["order_id", "promised_date"],
            )
        )
        return {version.order_id.id: version.promised_date for version in versions}

    @api.model
    def _moment(self, text):
        """Return a moment of the change log, or ``False`` for what is none."""
        try:
            return fields.Datetime.to_datetime(text)
        except ValueError:
            return False
