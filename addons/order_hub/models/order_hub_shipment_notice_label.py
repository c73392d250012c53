from odoo import api, models
from odoo.fields import Domain


class OrderHubShipmentNotice(models.Model):
    """Labels for packages: the warehouse scans them and has the receipt open."""

    _inherit = "order.hub.shipment.notice"

    def _get_report_base_filename(self):
        """Return the name under which the supplier keeps the labels."""
        self.ensure_one()
        return self.env._("Labels %s", self.name)

    def _labels(self):
        """Return what the labels say, one for each package, as plain values."""
        self.ensure_one()
        numbers = dict.fromkeys(line.package or "" for line in self.line_ids)
        return [self._label(number) for number in numbers]

    def _label(self, number):
        lines = self.line_ids.filtered(lambda line: (line.package or "") == number)
        return {
            "code": f"{self.name}/{number}" if number else self.name,
            "order": self.order_id.name,
            "sender": self.partner_id.name,
            "receiver": self.company_id.name,
            "goods": [line._goods_words() for line in lines],
            "lots": [
                row.strip()
                for line in lines
                for row in (line.lots or "").splitlines()
                if row.strip()
            ][:12],
        }

    @api.model
    def _scanned(self, code):
        """Return the action that opens the receipt behind a label, or ``None``.

        :param str code: ``ASN-2026-00007`` or ``ASN-2026-00007/package``
        """
        name = code.strip()[:200].partition("/")[0].upper()
        notice = self.search(
            Domain("name", "=", name) & Domain("state", "=", "announced"), limit=1
        )
        if not name or not notice.picking_ids:
            return None
        action = notice.action_open_receipts()
        pickings = notice.picking_ids.ids
        if len(pickings) == 1:
            action.update(view_mode="form", res_id=pickings[0])
        views = [[False, mode] for mode in action["view_mode"].split(",")]
        return {**action, "views": views}
