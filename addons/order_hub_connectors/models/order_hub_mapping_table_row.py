from odoo import fields, models


class OrderHubMappingTableRow(models.Model):
    """One word and what it is here."""

    _name = "order.hub.mapping.table.row"
    _description = "Row of a Lookup Table"
    _order = "table_id, key"
    _rec_name = "key"

    table_id = fields.Many2one(
        "order.hub.mapping.table", required=True, ondelete="cascade", index=True
    )
    key = fields.Char("Word There", required=True)
    value = fields.Char("Here", required=True)

    _key_uniq = models.UniqueIndex(
        "(table_id, key)", "The table has a row for this word already."
    )
