from odoo import api, fields, models
from odoo.tools import SQL


class OrderHubErpKey(models.Model):
    """Which row there is which record here, and what was read of it last.

    A row that was read and could not be taken, half an order for example, is kept as
    *looked at again*: it is asked for by its key at each reading until it is whole.
    """

    _name = "order.hub.erp.key"
    _description = "Key of an ERP Record"
    _order = "erp_id, id desc"
    _rec_name = "number"

    erp_id = fields.Many2one(
        "order.hub.erp",
        "Connection",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    table_id = fields.Many2one(
        "order.hub.erp.table",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    role = fields.Char(readonly=True, required=True)
    foreign_key = fields.Char("Key There", readonly=True, required=True)
    raw_key = fields.Json(readonly=True)
    number = fields.Char("Number There", readonly=True, index="btree_not_null")
    digest = fields.Char(readonly=True)
    version = fields.Integer(readonly=True, help="Counts the changes that were read.")
    base = fields.Json(
        "Agreed On",
        readonly=True,
        help="What both sides had last, of the columns that are written.",
    )
    state = fields.Selection(
        [("known", "Known"), ("again", "Looked At Again")],
        required=True,
        readonly=True,
        default="known",
    )
    reason = fields.Char(readonly=True)
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner", readonly=True, ondelete="set null", index="btree_not_null"
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, ondelete="set null", index="btree_not_null"
    )
    read_at = fields.Datetime("Read On", readonly=True)
    compared_at = fields.Datetime("Compared On", readonly=True)

    _key_uniq = models.UniqueIndex(
        "(table_id, foreign_key)", "This row of the table is known already."
    )
    _again_idx = models.Index("(table_id, id) WHERE state = 'again'")

    @api.model
    def _known(self, table, keys):
        """Return ``{key there: record}`` of a table."""
        if not keys:
            return {}
        rows = self.search(
            [("table_id", "=", table.id), ("foreign_key", "in", list(keys))]
        )
        return {row.foreign_key: row for row in rows}

    @api.model
    def _put(self, table, rows, known):
        """Keep what was read, new or changed, in two queries.

        :param rows: ``{key there: values}``, the same names for each
        :param known: as :meth:`_known` gives it
        """
        writer = self.env["order.hub.writer"]
        now = fields.Datetime.now()
        erp = table.erp_id
        new = [
            {
                "erp_id": erp.id,
                "company_id": erp.company_id.id,
                "table_id": table.id,
                "role": table.role,
                "foreign_key": key,
                "read_at": now,
                **values,
            }
            for key, values in rows.items()
            if key not in known
        ]
        if new:
            writer._insert(self, new)
        writer._update(
            self,
            {
                known[key].id: {"read_at": now, **values}
                for key, values in rows.items()
                if key in known
            },
        )

    @api.model
    def _tie_orders(self, erp):
        """Tie keys to the orders that intake has made of them, in one query."""
        self.flush_model()
        self.env["sale.order"].flush_model(["hub_channel_id", "hub_external_ref"])
        self.env.cr.execute(
            SQL(
                """UPDATE order_hub_erp_key k SET order_id = s.id
                     FROM sale_order s
                    WHERE k.erp_id = %s AND k.role = 'order' AND k.order_id IS NULL
                      AND s.hub_channel_id = %s AND s.hub_external_ref = k.number""",
                erp.id,
                erp.channel_id.id or None,
            )
        )
        self.invalidate_model(["order_id"], flush=False)
