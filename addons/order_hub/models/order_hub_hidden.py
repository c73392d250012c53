from odoo import models

#: Models through which a document knows whose order it was made for.
INSIDE_MODELS = frozenset(
    (
        "sale.order",
        "sale.order.line",
        "stock.reference",
        "stock.move",
        "mrp.production",
        "mrp.production.group",
        "mrp.bom",
    )
)


class OrderHubHidden(models.AbstractModel):
    """Fields of a document that portal users never get, by RPC or search either.

    Odoo lets suppliers read their purchase orders, and with them what they were made
    for: the name and the reference of a customer's order. Pages and papers are made
    as superuser and are not touched by this; they name what they show.
    """

    _name = "order.hub.hidden"
    _description = "Fields Hidden from Portal Users"

    #: Names of fields that are only for employees.
    _hub_hidden = frozenset()
    #: Models that no field may lead a portal user to.
    _hub_hidden_models = frozenset()

    def _has_field_access(self, field, operation):
        if self.env.su or not self._hub_hides(field):
            return super()._has_field_access(field, operation)
        return self.env.user._is_internal() and super()._has_field_access(
            field, operation
        )

    def _hub_hides(self, field):
        return (
            field.name in self._hub_hidden
            or field.comodel_name in self._hub_hidden_models
        )
