from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from ..engine import freeze as freeze_engine

STATES = [
    ("frozen", "Frozen"),
    ("switched", "Switched"),
    ("ended", "Ended"),
]
END_REASONS = [
    ("closed", "Order closed"),
    ("cancelled", "Order cancelled"),
    ("line", "Line changed or dropped"),
]


class OrderHubBomFreeze(models.Model):
    """What an order line was frozen on: one row, and a new one for every change."""

    _name = "order.hub.bom.freeze"
    _inherit = ["order.hub.append.only"]
    _description = "Frozen BOM of an Order"
    _order = "id desc"
    _rec_name = "product_id"
    _log_access = False

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="restrict", index=True
    )
    line_id = fields.Many2one(
        "sale.order.line",
        "Order Line",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="restrict", index=True
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True, ondelete="restrict")
    snapshot_id = fields.Many2one(
        "order.hub.bom.snapshot",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    bom_id = fields.Many2one(
        "mrp.bom", "BOM", required=True, readonly=True, ondelete="restrict", index=True
    )
    revision_label = fields.Char("Revision", readonly=True)
    content_hash = fields.Char("Hash", readonly=True, size=64)
    structure = fields.Html(
        compute="_compute_structure", sanitize=False, groups="mrp.group_mrp_user"
    )
    short_hash = fields.Char(compute="_compute_short_hash")
    pins = fields.Json(related="snapshot_id.pins")
    state = fields.Selection(STATES, required=True, readonly=True, index=True)
    end_reason = fields.Selection(END_REASONS, "Ended Because", readonly=True)
    reason = fields.Char("Why", readonly=True)
    frozen_at = fields.Datetime("Frozen On", required=True, readonly=True)
    ended_at = fields.Datetime("Until", readonly=True)
    user_id = fields.Many2one(
        "res.users", "Frozen By", readonly=True, ondelete="restrict"
    )

    _frozen_uniq = models.UniqueIndex(
        "(line_id) WHERE state = 'frozen'", "This order line is frozen already."
    )

    @api.depends("content_hash")
    def _compute_short_hash(self):
        for freeze in self:
            freeze.short_hash = freeze_engine.as_frozen(freeze.content_hash or "")

    @api.depends("snapshot_id", "quantity")
    @api.depends_context("lang")
    def _compute_structure(self):
        for freeze in self:
            freeze.structure = self.env["ir.qweb"]._render(
                "order_hub.bom_freeze_structure", {"rows": freeze._structure_rows()}
            )

    def _structure_rows(self):
        """Return the rows of the frozen structure as a reader sees them."""
        self.ensure_one()
        root = self.sudo().snapshot_id._node()
        pieces = self.uom_id._compute_quantity(
            self.quantity, self.product_id.uom_id, round=False
        )
        names = self._names_of({line.product for _level, line, _need in root.flat()})
        rows = [self._structure_row(0, root, self.product_id.display_name, 1.0, pieces)]
        rows += [
            {
                **self._structure_row(
                    level, line.child, names[line.product][0], need, need * pieces
                ),
                "unit": names[line.product][1],
            }
            for level, line, need in root.flat()
        ]
        rows[0]["unit"] = self.product_id.uom_id.name
        return rows

    def _names_of(self, product_ids):
        """Return ``{product id: (name, unit)}`` in the reader's language."""
        products = self.env["product.product"].sudo().browse(product_ids)
        return {
            product.id: (product.display_name, product.uom_id.name)
            for product in products
        }

    def _structure_row(self, level, node, name, piece, total):
        steps = node.operations if node else ()
        return {
            "level": level,
            "name": name,
            "piece": f"{piece:g}",
            "total": f"{total:.10g}",
            "label": node.label if node else "",
            "kit": bool(node) and node.kind == "phantom",
            "steps": " → ".join(
                f"{step.name} ({step.workcenter_name}, {step.minutes:g} min)"
                for step in steps
            ),
        }

    @api.depends("product_id", "revision_label")
    def _compute_display_name(self):
        for freeze in self:
            freeze.display_name = self.env._(
                "%(product)s, rev. %(revision)s",
                product=freeze.product_id.display_name,
                revision=freeze.revision_label or "–",
            )

    def _append_only_message(self):
        return self.env._(
            "What an order is frozen on is kept by the hub and cannot be written. An "
            "engineering change (ECN) gives an order another revision."
        )

    # === ASKED EVERYWHERE === #

    @api.model
    @ormcache()
    def _is_in_use(self):
        """Tell whether any stage freezes or any order is frozen; free when known."""
        Stage = self.env["order.hub.stage"].sudo().with_context(active_test=False)
        if Stage.search_count([("freezes_bom", "=", True)], limit=1):
            return True
        return bool(self.sudo().search_count([], limit=1))

    @api.model
    def _pins_of(self, order_ids):
        """Return ``{order id: Pins}`` of orders that are frozen now: one query."""
        if not order_ids or not self._is_in_use():
            return {}
        found = {}
        for order_id, pins in self.env.execute_query(
            SQL(
                """SELECT frozen.order_id, kept.pins
                     FROM order_hub_bom_freeze frozen
                     JOIN order_hub_bom_snapshot kept ON kept.id = frozen.snapshot_id
                    WHERE frozen.order_id = ANY(%s) AND frozen.state = 'frozen'
                 ORDER BY frozen.id""",
                list(order_ids),
            )
        ):
            found.setdefault(order_id, freeze_engine.Pins()).update(
                freeze_engine.from_json(pins)
            )
        return found

    @api.model
    def _by_pins(self, records, pins):
        """Yield records in groups that follow the same pins, these in the context.

        A group without pins has none in its context, whatever was there before.

        :param pins: ``{record id: Pins}``
        """
        groups = {}
        for record in records:
            of_record = pins.get(record._origin.id) or freeze_engine.Pins()
            key = frozenset(of_record.items())
            groups.setdefault(key, (of_record, []))[1].append(record.id)
        for of_group, ids in groups.values():
            found = records.browse(ids)
            if of_group or found.env.context.get("order_hub_pins"):
                found = found.with_context(order_hub_pins=of_group or None)
            yield found

    @api.model
    def _last_of(self, orders):
        """Return the rows that say what orders are or were built to, newest first.

        Rows of a cancelled order or of a line that is gone say nothing about what
        was built.
        """
        return self.sudo().search(
            [
                ("order_id", "in", orders.ids),
                "|",
                ("state", "=", "frozen"),
                "&",
                ("state", "=", "ended"),
                ("end_reason", "=", "closed"),
            ]
        )

    # === WRITTEN BY THE HUB === #

    @api.model
    def _append(self, rows):
        """Add rows; a line that somebody else froze meanwhile is left alone.

        :param rows: list of dicts without state, moment and user
        :return: the new rows
        """
        if not rows:
            return self.sudo()
        stamp = {
            "state": "frozen",
            "frozen_at": fields.Datetime.now(),
            "user_id": self.env.uid,
        }
        names = {name: None for row in rows for name in row}
        complete = [{**names, **row, **stamp} for row in rows]
        known = self._is_in_use()
        ids = self.env["order.hub.writer"]._insert(self, complete, skip_known=True)
        if not known:
            self.env.registry.clear_cache()
        self.env["sale.order"].invalidate_model(["hub_freeze_ids"], flush=False)
        return self.sudo().browse(ids)

    def _leave(self, state, end_reason=None):
        """Say that rows are frozen no more.

        :param state: ``switched`` or ``ended``
        """
        if not self:
            return
        self.env.execute_query(
            SQL(
                """UPDATE order_hub_bom_freeze
                      SET state = %s, end_reason = %s, ended_at = %s
                    WHERE id = ANY(%s) AND state = 'frozen'""",
                state,
                end_reason,
                fields.Datetime.now(),
                self.ids,
            )
        )
        self.invalidate_recordset(["state", "end_reason", "ended_at"], flush=False)

    @api.model
    def _switch(self, freezes, nodes, ecn=None):
        """Freeze lines on other trees; what they were frozen on stays on record.

        Manufacturing orders are not touched: see ``mrp.production._hub_rebuild``.

        :param freezes: frozen rows
        :param nodes: ``{freeze id: engine.bom.Node}``; a row without is left alone
        :param ecn: the engineering change that asks for it, where its model has one
        :return: the new rows
        """
        changing = freezes.sudo().filtered(
            lambda freeze: freeze.id in nodes and freeze.state == "frozen"
        )
        changing._leave("switched")
        rows = []
        for company, of_company in changing.grouped("company_id").items():
            wanted = [nodes[freeze.id] for freeze in of_company]
            kept = self.env["order.hub.bom.snapshot"]._keep(company.id, wanted)
            rows += [
                {
                    **freeze._columns_of(node),
                    "snapshot_id": kept[position],
                    **freeze._columns_of_change(ecn),
                }
                for position, (freeze, node) in enumerate(
                    zip(of_company, wanted, strict=True)
                )
            ]
        new = self._append(rows)
        new._watch_productions()
        return new

    def _columns_of(self, node):
        """Return the columns of a row like this one, frozen on a node."""
        self.ensure_one()
        return {
            "order_id": self.order_id.id,
            "line_id": self.line_id.id,
            "company_id": self.company_id.id,
            "product_id": self.product_id.id,
            "quantity": self.quantity,
            "uom_id": self.uom_id.id,
            "bom_id": node.bom,
            "revision_label": node.label,
            "content_hash": node.content_hash(),
        }

    def _columns_of_change(self, ecn):
        """Return what a change leaves on the rows that it brings."""
        return {"reason": ecn.display_name if ecn else None}

    def _watch_productions(self):
        """Look at the manufacturing orders of these rows' orders when all is done."""
        orders = self.order_id
        orders.sudo()._hub_productions()._hub_watch()

    # === ACTIONS === #

    def action_open_order(self):
        """Open the order that is frozen."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }
