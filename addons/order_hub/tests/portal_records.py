from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from ..const import INTERNAL
from .test_supply_portal import SupplyPortalCommon

#: Models whose methods people outside could call: each has a record to refuse.
VICTIMS = (
    "order.hub.answer.counter",
    "order.hub.certificate",
    "order.hub.next.supplier",
    "order.hub.next.supplier.option",
    "order.hub.shipment.notice",
    "order.hub.shipment.notice.line",
    "order.hub.supplier.answer",
    "order.hub.supplier.score",
    "order.hub.supply.report",
    "order.hub.survey.round",
    "order.hub.survey.scheme",
    "order.hub.vmi",
)


class PortalRecordsCommon(SupplyPortalCommon):
    """A supplier's order, and everything that can hang on it or on its supplier.

    A refusal proves nothing where there is nothing to refuse.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purchase = cls._purchase(cls.steel, cls.sheet, 20)
        cls._make_answer()
        cls._make_shipment()
        cls._make_certificate()
        cls._make_rest()

    @classmethod
    def _make_answer(cls):
        """A split that waits for the buyer, and a line that another could deliver."""
        line = cls.purchase.order_line
        day = line.date_planned.date() + timedelta(days=9)
        word = {
            "line_id": line.id,
            "kind": "split",
            "parts": [{"quantity": 20, "date": day}],
        }
        cls.purchase._hub_answer([word], "portal")
        Counter = cls.env["order.hub.answer.counter"]
        Counter.create({"order_id": cls.purchase.id})
        elsewhere = cls._purchase(cls.steel, cls.bolt, 5).order_line
        cls.env["order.hub.next.supplier"].create({"line_id": elsewhere.id})

    @classmethod
    def _make_shipment(cls):
        line = cls.purchase.order_line
        arrival = fields.Datetime.now() + timedelta(days=3)
        notice = cls.env["order.hub.shipment.notice"].create(
            {
                "order_id": cls.purchase.id,
                "expected_date": arrival,
                "line_ids": [
                    Command.create({"purchase_line_id": line.id, "quantity": 4})
                ],
            }
        )
        notice.action_announce()
        form = {f"kind_{line.id}": "shortage", f"quantity_{line.id}": "1"}
        reason = cls.env["order.hub.answer.reason"].search([], limit=1)
        form["reason"] = str(reason.id)
        cls.env["order.hub.supply.report"]._hub_page_report(
            cls.purchase, form, cls.supplier
        )

    @classmethod
    def _make_certificate(cls):
        kind = cls.env.ref("order_hub.certificate_kind_material")
        cls.env["order.hub.certificate"].create(
            {"partner_id": cls.steel.id, "kind_id": kind.id, "number": "MILL-77"}
        )

    @classmethod
    def _make_rest(cls):
        """A month's score, agreed stock, and a survey."""
        month = fields.Date.today().replace(day=1)
        company = {"company_id": cls.company.id}
        Score = cls.env["order.hub.supplier.score"].sudo()
        Score.with_context(order_hub_scoring=INTERNAL).create(
            {**company, "partner_id": cls.steel.id, "month": month, "score": 71.5}
        )
        cls.env["order.hub.vmi"].create(
            {
                "partner_id": cls.steel.id,
                "product_id": cls.sheet.id,
                "warehouse_id": cls.env["stock.warehouse"].search([], limit=1).id,
                "min_qty": 20,
                "max_qty": 100,
            }
        )
        Scheme = cls.env["order.hub.survey.scheme"]
        scheme = Scheme.search([], limit=1) or Scheme.create({"begins_on": month})
        cls.env["order.hub.survey.round"].sudo()._for_month(scheme, month)
