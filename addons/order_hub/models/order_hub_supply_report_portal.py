from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderHubSupplyReport(models.Model):
    """Early reports on the supplier's page: plain values out, typed forms in."""

    _inherit = "order.hub.supply.report"

    @api.model
    def _hub_page_rows(self, order):
        """Return what was reported of an order, the latest first."""
        return [report._hub_page_row() for report in order.hub_report_ids]

    def _hub_page_row(self):
        self.ensure_one()
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "kind": labels[self.kind],
            "product": self.line_id.name.partition("\n")[0],
            "quantity": self.line_id._hub_quantity_words(self.quantity),
            "date": self.date,
            "reason": self.reason_id.name or "",
            "note": self.note or "",
            "at": self.at,
        }

    @api.model
    def _hub_page_reasons(self):
        return self.env["order.hub.answer.reason"]._choices()

    @api.model
    def _hub_page_report(self, order, form, user):
        """Report as the supplier typed it.

        :param form: dict of texts: ``kind_<line id>`` (delay, shortage or nothing),
            ``quantity_<line id>``, ``day_<line id>``, ``reason``, ``note``
        :return: the rows made
        :raise UserError: what is wrong, and what to do
        """
        reason = self._typed_reason(form)
        words = [
            {**word, "reason_id": reason, "note": form.get("note")}
            for line in order._hub_reportable()
            for word in self._typed_word(line, form)
        ]
        return self._report(order, words, fields.Datetime.now(), user)

    @api.model
    def _typed_reason(self, form):
        """Return the id of the chosen reason, of those the page offered."""
        for reason in self._hub_page_reasons():
            if str(reason["id"]) == form.get("reason"):
                return reason["id"]
        raise UserError(self.env._("Choose a reason from the list."))

    @api.model
    def _typed_word(self, line, form):
        """Return what was typed of one line: a list of none or one dict."""
        kind = form.get(f"kind_{line.id}")
        if kind not in ("delay", "shortage"):
            return []
        typed = (form.get(f"quantity_{line.id}") or "").strip()
        quantity = line._typed_quantity(typed or "0")
        day = self._typed_day(line, form.get(f"day_{line.id}"))
        return [{"line_id": line.id, "kind": kind, "quantity": quantity, "day": day}]

    @api.model
    def _typed_day(self, line, text):
        try:
            return fields.Date.to_date((text or "").strip()) or None
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(product)s: “%(typed)s” is no day. Choose one from the calendar.",
                    product=line.product_id.display_name,
                    typed=text[:32],
                )
            ) from error
