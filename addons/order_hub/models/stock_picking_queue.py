from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists


class StockPicking(models.Model):
    """A transfer carries the score of its order, so that lists can sort by it."""

    _inherit = "stock.picking"

    hub_queue_score = fields.Float(
        "Queue Score",
        default=0.0,
        readonly=True,
        copy=False,
        aggregator=None,
        help="Of the order it belongs to; the highest comes first.",
    )

    def _auto_init(self):
        """Add the column with its default at once: no row is written for it."""
        if not column_exists(self.env.cr, self._table, "hub_queue_score"):
            self.env.cr.execute(
                "ALTER TABLE stock_picking "
                "ADD COLUMN hub_queue_score double precision DEFAULT 0"
            )
        return super()._auto_init()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._hub_check_queue(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._hub_check_queue(vals)
        return super().write(vals)

    def _hub_check_queue(self, vals):
        if "hub_queue_score" in vals:
            raise UserError(
                self.env._(
                    "The queue score of a transfer follows from its order and cannot "
                    "be written. Change the priority of the order instead."
                )
            )
