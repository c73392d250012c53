from odoo import api, fields, models

from ...const import HISTORY_ROW_STATES


class OrderHubHistoryRow(models.Model):
    """A row of an old list: as written, as understood, and what became of it.

    It stays after its order is made: whoever asks where a figure comes from finds file,
    sheet and row, who approved it and when.
    """

    _name = "order.hub.history.row"
    _description = "History Row"
    _order = "file_id desc, table_no, row_no, id"
    _check_company_auto = True

    file_id = fields.Many2one(
        "order.hub.history.file",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    source_id = fields.Many2one(
        "order.hub.history.source",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    table_no = fields.Integer("Table", readonly=True)
    sheet = fields.Char(readonly=True)
    row_no = fields.Integer("Row", readonly=True)
    number = fields.Char("Order Number", readonly=True, index="trigram")
    customer = fields.Char("Customer in the List", readonly=True, index="trigram")
    day = fields.Date("Order Date", readonly=True)
    article = fields.Char(readonly=True)
    subtotal = fields.Float("Amount", readonly=True, digits=(16, 2))
    raw = fields.Json("As Written", readonly=True)
    values = fields.Json("As Understood", readonly=True)
    sure = fields.Json(readonly=True)
    places = fields.Json(readonly=True)
    found = fields.Json(readonly=True)
    doubts = fields.Json(readonly=True)
    corrections = fields.Json("Corrected", readonly=True)
    confidence = fields.Float(readonly=True, digits=(5, 2))
    confidence_word = fields.Selection(
        [("certain", "Certain"), ("look", "Look at It"), ("unknown", "Unknown")],
        "Certainty",
        compute="_compute_confidence_word",
    )
    state = fields.Selection(
        HISTORY_ROW_STATES, default="new", required=True, readonly=True
    )
    problem = fields.Char("Code of the Doubt", readonly=True)
    problem_text = fields.Char("Doubt", compute="_compute_problem_text")
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        readonly=True,
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
    )
    product_id = fields.Many2one(
        "product.product",
        readonly=True,
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
    )
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True, ondelete="set null")
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
    )
    reviewed_by_id = fields.Many2one("res.users", readonly=True)
    reviewed_at = fields.Datetime("Reviewed On", readonly=True)
    look_up = fields.Char(
        "Number or Customer", compute="_compute_look_up", search="_search_look_up"
    )

    _place_uniq = models.UniqueIndex(
        "(file_id, table_no, row_no)", "This row of the file is there already."
    )
    _state_idx = models.Index("(file_id, state, confidence)")
    _number_idx = models.Index("(file_id, number, id)")

    # === COMPUTE === #

    @api.depends("file_id", "sheet", "row_no")
    def _compute_display_name(self):
        for row in self:
            row.display_name = self.env._(
                "%(file)s, %(sheet)s, row %(row)s",
                file=row.file_id.name or "",
                sheet=row.sheet or "",
                row=row.row_no,
            )

    @api.depends("confidence", "source_id.certain_from")
    def _compute_confidence_word(self):
        for row in self:
            if row.confidence >= (row.source_id.certain_from or 0.9):
                row.confidence_word = "certain"
            else:
                row.confidence_word = "look" if row.confidence > 0 else "unknown"

    @api.depends("doubts", "problem")
    @api.depends_context("lang")
    def _compute_problem_text(self):
        Words = self.env["order.hub.history.words"]
        for row in self:
            row.problem_text = Words._doubts_text(row.doubts, row.problem) or False

    @api.depends("number", "customer")
    def _compute_look_up(self):
        for row in self:
            row.look_up = " ".join(filter(None, [row.number, row.customer])) or False
