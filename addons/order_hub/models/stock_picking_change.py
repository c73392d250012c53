from odoo import models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """Deliveries whose address changes before they leave."""

    _inherit = "stock.picking"

    def _hub_renew_label(self, request):
        """Void the label of deliveries that go elsewhere and get a new one.

        Asks the carrier through Odoo's own methods; where a carrier cannot take a
        label back, the warehouse gets a to-do. Hook for label printers of one's own.

        :param request: the ``order.hub.change.request`` that moved them
        """
        for picking in self.filtered("carrier_tracking_ref"):
            label = picking.carrier_tracking_ref
            try:
                with self.env.cr.savepoint():
                    picking.cancel_shipment()
                    picking.send_to_shipper()
            except (NotImplementedError, UserError):
                picking.carrier_tracking_ref = False
                body = self.env._(
                    "%(request)s: the address has changed. Void label %(label)s with "
                    "the carrier by hand and make a new one.",
                    request=request.name,
                    label=label,
                )
                request._give_todo(picking, body, picking.user_id)
