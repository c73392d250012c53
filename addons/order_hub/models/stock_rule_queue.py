from odoo import models

from ..const import INTERNAL


class StockRule(models.Model):
    """The scheduler and new manufacturing orders follow the queue."""

    _inherit = "stock.rule"

    def _run_scheduler_tasks(self, use_new_cursor=False, company_id=False):
        queued = self.with_context(order_hub_scheduler=INTERNAL)
        return super(StockRule, queued)._run_scheduler_tasks(
            use_new_cursor=use_new_cursor, company_id=company_id
        )

    def _prepare_mo_vals(
        self,
        product_id,
        product_qty,
        product_uom,
        location_dest_id,
        name,
        origin,
        company_id,
        values,
        bom,
    ):
        vals = super()._prepare_mo_vals(
            product_id,
            product_qty,
            product_uom,
            location_dest_id,
            name,
            origin,
            company_id,
            values,
            bom,
        )
        references = values.get("reference_ids")
        if references and self.env["order.hub.queue.scheme"]._is_in_use():
            if references.sudo().sale_ids._hub_urgent():
                vals["priority"] = "1"
        return vals
