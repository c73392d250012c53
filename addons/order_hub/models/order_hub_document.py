from odoo import api, fields, models


class OrderHubDocument(models.AbstractModel):
    """A native document that was made for orders and carries their reference.

    A model says by ``_hub_order_path`` how it knows its orders. Nothing is stored:
    the reference is read through links that Odoo keeps anyway, so it costs nothing
    when documents are made by the thousand.
    """

    _name = "order.hub.document"
    _description = "Document of an Order"

    #: Dotted path from the document to its sale orders.
    _hub_order_path = None

    hub_ref = fields.Char(
        "Hub Reference",
        compute="_compute_hub_ref",
        search="_search_hub_ref",
        compute_sudo=True,
        help="The reference of the order this document was made for.",
    )

    def _hub_orders(self):
        """Return the orders the documents were made for (sudo)."""
        return self.sudo().mapped(self._hub_order_path)

    @api.depends(lambda self: self._hub_depends())
    def _compute_hub_ref(self):
        for document in self:
            refs = document._hub_orders().mapped("hub_ref")
            document.hub_ref = ", ".join(ref for ref in refs if ref)

    @api.model
    def _hub_depends(self):
        return (f"{self._hub_order_path}.hub_ref",) if self._hub_order_path else ()

    @api.model
    def _search_hub_ref(self, operator, value):
        orders = self.env["sale.order"].sudo()._search([("hub_ref", operator, value)])
        return [(self._hub_order_path, "in", orders)]

    def _hub_carry_on(self, document=None):
        """Carry the orders of these documents on as far as facts allow."""
        if self:
            self._hub_orders()._hub_sync(document=document or self[:1])
