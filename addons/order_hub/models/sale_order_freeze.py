from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import UNATTENDED_SOURCES
from ..engine import freeze as freeze_engine
from .sale_order import INSIDE
from .sale_order_facts import CRON_BATCH


class SaleOrder(models.Model):
    """Freezing: an order keeps the bill of materials it has at a stage."""

    _inherit = "sale.order"

    hub_freeze_ids = fields.One2many(
        "order.hub.bom.freeze",
        "order_id",
        "Frozen BOMs",
        readonly=True,
        copy=False,
        groups=INSIDE,
    )
    hub_is_frozen = fields.Boolean(
        "BOM Frozen",
        copy=False,
        readonly=True,
        help="What is built for this order changes only by an engineering change.",
        groups=INSIDE,
    )
    hub_frozen_text = fields.Char(
        "Frozen On", compute="_compute_hub_frozen_text", groups=INSIDE
    )

    @api.depends("hub_freeze_ids", "hub_is_frozen")
    def _compute_hub_frozen_text(self):
        rows = self.env["order.hub.bom.freeze"]
        if self.ids and rows._is_in_use():
            rows = rows._last_of(self._origin)
        by_order = rows.grouped("order_id")
        for order in self:
            order.hub_frozen_text = ", ".join(
                f"{row.product_id.default_code or row.product_id.name} "
                f"{row.revision_label or '–'} · {row.short_hash}"
                for row in by_order.get(order._origin.sudo(), ())
            )

    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {"hub_is_frozen", "hub_freeze_ids"}

    def write(self, vals):
        rows = self.env["order.hub.bom.freeze"]
        if "stock_reference_ids" not in vals or not rows._is_in_use():
            return super().write(vals)
        with self._hub_productions()._hub_keeping_pins():
            return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        rows = self.env["order.hub.bom.freeze"].sudo()
        frozen = rows.search([("order_id", "in", self.ids)], limit=1)
        if frozen:
            raise UserError(
                self.env._(
                    "Order %s has been frozen on its bill of materials and cannot be "
                    "deleted. Cancel it instead.",
                    frozen.order_id.name,
                )
            )

    # === ASKED BY OTHERS === #

    def _hub_pins(self):
        """Return ``{order id: Pins}`` of frozen orders; one query, none if no stage
        freezes."""
        return self.env["order.hub.bom.freeze"]._pins_of(self.ids)

    def _hub_productions(self):
        """Return the manufacturing orders made for the orders, all levels (sudo)."""
        domain = Domain("reference_ids.sale_ids", "in", self.ids)
        domain |= Domain("sale_line_id.order_id", "in", self.ids)
        kinds = self.env["mrp.bom"]._fields["type"].get_values(self.env)
        if "subcontract" in kinds:  # a reference of their own, see _hub_all_orders
            path = "reference_ids.move_ids.reference_ids.sale_ids"
            domain |= Domain("bom_id.type", "=", "subcontract") & Domain(
                path, "in", self.ids
            )
        return self.env["mrp.production"].sudo().search(domain)

    # === WHEN === #

    def _hub_act(self, paths, source):
        if self and self.env["order.hub.bom.freeze"]._is_in_use():
            self._hub_freeze_on_way(paths, source)
        return super()._hub_act(paths, source)

    def _hub_record_entry(self, source, now):
        result = super()._hub_record_entry(source, now)
        if self and self.env["order.hub.bom.freeze"]._is_in_use():
            coming = self.sudo().filtered("hub_stage_id.freezes_bom")
            if coming:
                coming._hub_freeze_or_note(source)
        return result

    def _hub_freeze_on_way(self, paths, source):
        """Freeze what has come to a freezing stage; let go of what is over."""
        behind = {}
        for stage in self.env["order.hub.stage"].union(*paths.values()):
            behind[stage] = stage.freezes_bom or stage._freezes_behind()
        coming = self.filtered(
            lambda order: (
                not order.hub_is_frozen
                and any(behind[stage] for stage in paths[order.id])
                and paths[order.id][-1:].milestone != "cancelled"
            )
        )
        if coming:
            coming._hub_freeze_or_note(source)
        over = self.filtered(lambda order: paths[order.id][-1:].is_final)
        for milestone, orders in over.grouped(
            lambda order: paths[order.id][-1:].milestone
        ).items():
            orders._hub_end_freezes(milestone)

    def _hub_freeze_or_note(self, source):
        """Freeze; where nobody waits for an answer, a failure becomes a problem."""
        if source not in UNATTENDED_SOURCES:
            self._hub_freeze_boms()
            return
        try:
            with self.env.cr.savepoint():
                self._hub_freeze_boms()
        except UserError as error:
            if len(self) > 1:
                for order in self:
                    order._hub_freeze_or_note(source)
                return
            name = self.env._("The BOM could not be frozen")
            self.env["order.hub.exception"]._note("bom", {self: (name, str(error))})

    def _hub_cancelled(self):
        result = super()._hub_cancelled()
        self.sudo().filtered("hub_is_frozen")._hub_end_freezes("cancelled")
        return result

    def _hub_content_changed(self):
        result = super()._hub_content_changed()
        frozen = self.sudo().filtered("hub_is_frozen")
        if frozen:
            frozen._hub_end_dropped()
            frozen._hub_freeze_boms(self.env._("Order lines changed"))
        return result

    @api.model
    def _cron_hub_reconcile(self):
        result = super()._cron_hub_reconcile()
        noted = self.env["order.hub.exception"].search(
            [
                ("state", "=", "open"),
                ("is_automatic", "=", True),
                ("kind_id.code", "=", "bom"),
                ("order_id.hub_is_open", "=", True),
                ("order_id.hub_is_frozen", "=", False),
            ],
            order="id",
            limit=CRON_BATCH,
        )
        if noted:
            noted.order_id._hub_freeze_or_note("cron")
        return result

    # === FREEZE === #

    def _hub_freeze_boms(self, reason=None):
        """Freeze the orders' lines on what they would be built to now (sudo).

        A line that is frozen stays so; one that came, or whose product or quantity
        changed, is frozen on the revisions that its order is frozen on already.
        Lines whose product is not made are left out.

        :param reason: why lines are frozen later than their order
        :return: the new rows
        :raise UserError: when a product contains itself
        """
        orders = self._hub_lock()
        found = orders._hub_lines_to_freeze()
        rows = self.env["order.hub.bom.freeze"].sudo()
        if not found:
            return rows
        lines = self.env["sale.order.line"].sudo().browse(line for line, _old in found)
        nodes = lines._hub_nodes()
        rows.browse(old for _line, old in found if old)._leave("ended", "line")
        lines._hub_release_frozen(nodes)
        new = lines._hub_freeze(nodes, reason)
        orders._hub_mark_frozen()
        new.order_id._hub_after_freezing()
        return new

    def _hub_lines_to_freeze(self):
        """Return ``[(line id, row id or None)]`` of what is not frozen as it is."""
        self.env["sale.order.line"].flush_model(
            ["order_id", "product_id", "product_uom_qty", "display_type"]
        )
        self.env["mrp.bom"].flush_model(["active", "product_tmpl_id"])
        return self.env.execute_query(
            SQL(
                """SELECT line.id, frozen.id
                     FROM sale_order_line line
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                LEFT JOIN order_hub_bom_freeze frozen
                          ON frozen.line_id = line.id AND frozen.state = 'frozen'
                    WHERE line.order_id = ANY(%s) AND line.display_type IS NULL
                      AND (frozen.product_id != line.product_id
                           OR frozen.quantity != line.product_uom_qty
                           OR frozen.id IS NULL AND template.type = 'consu'
                              AND line.product_uom_qty > 0
                              AND EXISTS (SELECT FROM mrp_bom bom
                                           WHERE bom.product_tmpl_id = template.id
                                             AND bom.active))
                 ORDER BY line.id""",
                self.ids,
            )
        )

    def _hub_mark_frozen(self):
        """Write on the orders whether any of their lines is frozen."""
        frozen = set(self._hub_pins())
        changed = {
            order.id: {"hub_is_frozen": order.id in frozen}
            for order in self
            if order.hub_is_frozen != (order.id in frozen)
        }
        self.env["order.hub.writer"]._update(self, changed)

    def _hub_after_freezing(self):
        """Bring what is not started to what is frozen; look at the rest."""
        productions = self._hub_productions()
        pins = productions._hub_pins()
        stale = productions.filtered(
            lambda mo: (
                mo.state in ("draft", "confirmed")
                and (
                    mo.is_outdated_bom
                    or mo._hub_pinned_id(pins) not in (None, mo.bom_id.id)
                )
            )
        )
        stale._hub_rebuild()
        productions._hub_watch()

    # === END === #

    def _hub_end_freezes(self, end_reason):
        """Let go of orders that are over.

        :param end_reason: ``closed`` or ``cancelled``
        """
        rows = self.env["order.hub.bom.freeze"].sudo()
        rows = rows.search([("order_id", "in", self.ids), ("state", "=", "frozen")])
        rows._leave("ended", end_reason)
        self._hub_settle("bom")
        self._hub_mark_frozen()

    def _hub_end_dropped(self):
        """Let go of rows whose order line is gone."""
        rows = self.env["order.hub.bom.freeze"].sudo()
        rows = rows.search(
            [
                ("order_id", "in", self.ids),
                ("line_id", "=", False),
                ("state", "=", "frozen"),
            ]
        )
        if rows:
            rows._leave("ended", "line")
            self._hub_mark_frozen()

    # === ON WHAT === #

    def _hub_begun_pins(self):
        """Return ``{order id: Pins}``: what orders were built to so far.

        What an order is frozen on counts, or was until it was closed; then the
        bills of its manufacturing orders, if a new one may be made from them.
        """
        pins = {}
        for row in self.env["order.hub.bom.freeze"]._last_of(self).sorted("id"):
            of_order = pins.setdefault(row.order_id.id, freeze_engine.Pins())
            of_order.update(freeze_engine.from_json(row.pins))
        for order_id, product_id, bom_id in self._hub_begun_boms():
            of_order = pins.setdefault(order_id, freeze_engine.Pins())
            of_order.setdefault(product_id, bom_id)
        return pins

    def _hub_begun_boms(self):
        """Return rows ``(order id, product id, bom id)`` of open manufacturing."""
        self.env["mrp.production"].flush_model(["state", "bom_id", "product_id"])
        self.env["mrp.bom"].flush_model(
            ["active", "hub_revision_state", "hub_predecessor_id"]
        )
        return self.env.execute_query(
            SQL(
                """SELECT link.sale_id, production.product_id, production.bom_id
                     FROM stock_reference_sale_rel link
                     JOIN stock_reference_production_rel made
                          ON made.reference_id = link.reference_id
                     JOIN mrp_production production
                          ON production.id = made.production_id
                     JOIN mrp_bom bom ON bom.id = production.bom_id AND bom.active
                    WHERE link.sale_id = ANY(%s) AND production.state != 'cancel'
                      AND production.orderpoint_id IS NULL
                      AND (bom.hub_revision_state = 'released'
                           OR bom.hub_revision_state = 'draft'
                              AND bom.hub_predecessor_id IS NULL)
                 ORDER BY production.id""",
                self.ids,
            )
        )
