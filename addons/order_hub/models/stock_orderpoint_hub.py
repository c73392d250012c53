from odoo import api, models
from odoo.tools import SQL, ormcache


class StockWarehouseOrderpoint(models.Model):
    """Reordering rules that start at once when an order takes the safety stock.

    Odoo looks at automatic reordering rules itself when a transfer or a
    manufacturing order is confirmed. What it leaves to the nightly scheduler, the hub
    runs in the same transaction: a second rule of the same product in a part of the
    warehouse, and components that a changed bill of materials asks more of.
    """

    _inherit = "stock.warehouse.orderpoint"

    @api.model
    @ormcache()
    def _hub_has_automatic(self):
        """Tell whether any rule in the database starts by itself."""
        return self._hub_look_for_automatic()

    def _hub_look_for_automatic(self):
        self.flush_model(["trigger", "active"])
        rows = self.env.execute_query(
            SQL(
                """SELECT 1 FROM stock_warehouse_orderpoint
                    WHERE active AND trigger = 'auto' LIMIT 1"""
            )
        )
        return bool(rows)

    def _hub_forget_automatic(self):
        """Forget whether there are automatic rules, if it is not so any more.

        The cache is shared with all workers: one rule more does not empty it.
        """
        if self._hub_has_automatic() != self._hub_look_for_automatic():
            self.env.registry.clear_cache()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        points = super().create(vals_list)
        if any(point.trigger == "auto" for point in points):
            points._hub_forget_automatic()
        return points

    def write(self, vals):
        result = super().write(vals)
        if "trigger" in vals or "active" in vals:
            self._hub_forget_automatic()
        return result

    def unlink(self):
        result = super().unlink()
        self._hub_forget_automatic()
        return result

    # === REPLENISHMENT === #

    @api.model
    def _hub_replenish(self, moves):
        """Run the automatic rules whose minimum open moves have broken through.

        Nothing is asked where no rule is automatic, and nothing is started where the
        company has told Odoo to leave it to the scheduler. A rule that Odoo has run
        already has nothing to order any more.

        :param SQL moves: a query for the ids of the moves
        :return: the rules that were run (sudo)
        """
        points = self.sudo().browse()
        if not self._hub_has_automatic() or self._hub_waits_for_scheduler():
            return points
        points = points.browse(self._hub_breached(moves))
        points._compute_qty_to_order_computed()
        points = points.filtered(
            lambda point: point.product_uom.compare(point.qty_to_order, 0.0) > 0
        )
        for company, rules in points.grouped("company_id").items():
            rules._procure_orderpoint_confirm(
                company_id=company, raise_user_error=False
            )
        return points

    def _hub_waits_for_scheduler(self):
        """Tell whether Odoo was told to start rules by its scheduler only."""
        parameters = self.env["ir.config_parameter"].sudo()
        return bool(parameters.get_param("stock.no_auto_scheduler"))

    def _hub_breached(self, moves):
        """Return the ids of automatic rules with something to order for moves.

        The quantity to order is Odoo's own, kept up to date with every move.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT point.id
                     FROM stock_move move
                     JOIN stock_location src ON src.id = move.location_id
                     JOIN stock_location dest ON dest.id = move.location_dest_id
                     JOIN stock_warehouse_orderpoint point
                          ON point.product_id = move.product_id
                         AND point.company_id = move.company_id
                         AND point.active AND point.trigger = 'auto'
                         AND point.qty_to_order_computed > 0
                     JOIN stock_location place ON place.id = point.location_id
                    WHERE move.id IN (%s)
                      AND move.state NOT IN ('draft', 'done', 'cancel')
                      AND starts_with(src.parent_path, place.parent_path)
                      AND NOT starts_with(dest.parent_path, place.parent_path)
                 ORDER BY point.id""",
                moves,
            )
        )
        return [point for [point] in rows]
