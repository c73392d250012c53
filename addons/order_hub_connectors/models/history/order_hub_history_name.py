from odoo import fields, models


class OrderHubHistoryName(models.Model):
    """What a list calls a customer, as a person assigned it once."""

    _name = "order.hub.history.name"
    _description = "Customer Name in Old Lists"
    _order = "source_id, label"
    _rec_name = "label"
    _check_company_auto = True

    source_id = fields.Many2one(
        "order.hub.history.source",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="source_id.company_id", store=True, index=True)
    label = fields.Char("Name in the List", required=True)
    key = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        check_company=True,
        ondelete="cascade",
        index=True,
    )

    _key_uniq = models.UniqueIndex("(source_id, key)", "This name is assigned already.")

    def _assign(self, source, label, key, partner):
        """Remember who a name means from now on."""
        known = self.sudo().search([("source_id", "=", source.id), ("key", "=", key)])
        values = {"label": label, "partner_id": partner.id}
        if known:
            known.write(values)
        else:
            self.sudo().create({**values, "source_id": source.id, "key": key})
