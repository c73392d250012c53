from odoo import fields, models


class ReportDaily(models.AbstractModel):
    """The daily report on paper, read with the rights of whoever prints it."""

    _name = "report.order_hub_alerts.report_daily"
    _description = "Daily Report on Paper"

    def _get_report_values(self, docids, data=None):
        """Return what the template shows.

        :param data: ``now``: the moment it speaks of (UTC text); else the present
        :raise AccessError: for reports that the reader may not see
        """
        docs = self.env["order.hub.daily.report"].browse(docids)
        docs.check_access("read")
        now = fields.Datetime.to_datetime((data or {}).get("now"))
        now = now or fields.Datetime.now()
        return {
            "doc_ids": docs.ids,
            "doc_model": docs._name,
            "docs": docs,
            "now": now,
            "papers": {doc.id: doc._figures(now) for doc in docs},
            "days": {doc.id: doc._today(now) for doc in docs},
        }
