from odoo import api, fields, models


class OrderHubMappingRows(models.Model):
    """A list in the payload whose items become lines of the order."""

    _name = "order.hub.mapping.rows"
    _description = "Lines in a Field Mapping"
    _order = "mapping_id, sequence, id"

    mapping_id = fields.Many2one(
        "order.hub.mapping", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(
        required=True, translate=True, help="What the list holds: products, fees …"
    )
    source = fields.Char(
        "List in the Payload",
        help="Path to the list, for example line_items, or "
        "line_items[?quantity != `0`] for some of it. Empty for a table: all rows.",
    )
    line_ids = fields.One2many(
        "order.hub.mapping.line", "rows_id", "Fields of a Line", copy=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._changed()
        return rows

    def write(self, vals):
        self.mapping_id._check_own()
        result = super().write(vals)
        self._changed()
        return result

    def unlink(self):
        mappings = self.mapping_id
        mappings._check_own()
        result = super().unlink()
        mappings._touch()
        return result

    def _changed(self):
        self.mapping_id._check_own()
        self.mapping_id._check_lines()
        self.mapping_id._touch()
