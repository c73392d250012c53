from odoo import api, fields, models


class OrderHubMappingTable(models.Model):
    """Words of a channel and what they are here, for look-ups in mappings."""

    _name = "order.hub.mapping.table"
    _description = "Lookup Table"
    _order = "code, id"
    _rec_name = "name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="What a mapping calls it, for example units. Without a point.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        help="Empty: for all companies.",
    )
    channel_id = fields.Many2one(
        "order.hub.channel",
        check_company=True,
        ondelete="cascade",
        index="btree_not_null",
        help="For this channel only. It goes before a table of the same code for all.",
    )
    row_ids = fields.One2many("order.hub.mapping.table.row", "table_id", copy=True)

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(channel_id, 0), COALESCE(company_id, 0))",
        "There is another table with this code.",
    )
    _code_check = models.Constraint(
        "CHECK (code <> '' AND code !~ '[.=;[:space:]]')",
        "The code of a table is one word without a point.",
    )

    @api.depends("channel_id")
    def _compute_company_id(self):
        for table in self:
            table.company_id = table.channel_id.company_id or table.company_id
