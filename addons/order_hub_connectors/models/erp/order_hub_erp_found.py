from odoo import api, fields, models


class OrderHubErpFound(models.Model):
    """A table or column that the other database has: what mappings are chosen from."""

    _name = "order.hub.erp.found"
    _description = "Found in an ERP Database"
    _order = "erp_id, table_name, id"
    _rec_name = "table_name"
    _rec_names_search = ["table_name", "column_name"]

    erp_id = fields.Many2one(
        "order.hub.erp", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="erp_id.company_id", store=True)
    table_name = fields.Char("Table", required=True)
    column_name = fields.Char("Column")
    kind = fields.Char("Type")
    is_key = fields.Boolean("Key")

    @api.depends("table_name", "column_name", "kind")
    def _compute_display_name(self):
        for row in self:
            column = f".{row.column_name} ({row.kind})" if row.column_name else ""
            row.display_name = f"{row.table_name}{column}"

    @api.model
    def _replace(self, erp, tables, columns):
        """Keep what a schema has, in place of what it had.

        :param tables: names
        :param columns: ``engine.erp.schema.Found`` of the tables that are mapped
        """
        self.search([("erp_id", "=", erp.id)]).unlink()
        rows = [{"erp_id": erp.id, "table_name": name} for name in tables]
        rows += [
            {
                "erp_id": erp.id,
                "table_name": row.table,
                "column_name": row.column,
                "kind": row.kind,
                "is_key": row.is_key,
            }
            for row in columns
        ]
        return self.create(rows)
