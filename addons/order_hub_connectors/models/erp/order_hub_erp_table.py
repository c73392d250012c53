from odoo import api, fields, models
from odoo.exceptions import ValidationError

ROLES = [
    ("order", "Orders"),
    ("line", "Lines of Orders"),
    ("lookup", "Look-Up"),
    ("customer", "Customers"),
    ("product", "Products"),
    ("status", "States of Orders"),
    ("counter", "Numbers for New Rows"),
]


class OrderHubErpTable(models.Model):
    """One table or view of the other database and what it holds."""

    _name = "order.hub.erp.table"
    _description = "Table of an ERP Connection"
    _order = "erp_id, sequence, id"
    _rec_name = "table_name"

    erp_id = fields.Many2one(
        "order.hub.erp", "Connection", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="erp_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    role = fields.Selection(ROLES, "Holds", required=True, default="lookup")
    table_name = fields.Char(
        "Table",
        required=True,
        help="As the other database calls it. It is looked up there, never sent as "
        "it is typed.",
    )
    found_id = fields.Many2one(
        "order.hub.erp.found",
        "Choose",
        store=False,
        compute="_compute_found_id",
        inverse="_inverse_found_id",
        domain="[('erp_id', '=', erp_id), ('column_name', '=', False)]",
        help="Tables of the other database, once its schema has been read.",
    )
    parent_id = fields.Many2one(
        "order.hub.erp.table",
        "Belongs To",
        domain="[('erp_id', '=', erp_id), ('id', '!=', id)]",
        index="btree_not_null",
        ondelete="cascade",
        help="For lines: the orders. For a look-up: the table it adds columns to. "
        "For numbers: the table whose rows get them.",
    )
    creates = fields.Boolean(
        "Make New Ones",
        help="Customers and products that are not found here are made. Otherwise "
        "only those that are found are tied.",
    )
    column_ids = fields.One2many(
        "order.hub.erp.column", "table_id", "Columns", copy=True
    )
    mark = fields.Json("Read Up To", readonly=True, copy=False)
    mark_text = fields.Char("Up To", compute="_compute_mark_text")

    @api.depends("mark")
    def _compute_mark_text(self):
        for table in self:
            mark = table.mark
            table.mark_text = mark[1] if isinstance(mark, list) else False

    def _compute_found_id(self):
        self.found_id = False

    def _inverse_found_id(self):
        for table in self.filtered("found_id"):
            table.table_name = table.found_id.table_name

    @api.onchange("found_id")
    def _onchange_found_id(self):
        if self.found_id:
            self.table_name = self.found_id.table_name

    @api.depends("table_name", "role", "parent_id.table_name")
    def _compute_display_name(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        for table in self:
            table.display_name = f"{table.table_name} ({labels.get(table.role, '')})"

    @api.constrains("parent_id", "erp_id")
    def _check_parent(self):
        for table in self:
            if table.parent_id and table.parent_id.erp_id != table.erp_id:
                raise ValidationError(
                    self.env._(
                        "Table %s belongs to a table of another connection.",
                        table.table_name,
                    )
                )
        if self._has_cycle("parent_id"):
            raise ValidationError(self.env._("Tables belong to each other in a ring."))

    def _alias(self):
        """Return what the table is called in queries: nothing that a person typed."""
        self.ensure_one()
        return f"t{self.id}"
