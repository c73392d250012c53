from odoo import models
from odoo.tools import SQL

from ..const import INTERNAL
from ..engine.bom import Pins
from .order_hub_bom_tree import Root


class SaleOrderLine(models.Model):
    """Order lines are what is frozen; kits among them are delivered as frozen."""

    _inherit = "sale.order.line"

    # === FREEZE === #

    def _hub_nodes(self):
        """Return ``{line id: engine.bom.Node}`` of what lines would be built to.

        Lines whose product is not made, or of an empty bill, are left out. One
        round of queries a level of the structure for all lines of a company.
        """
        pins = self.order_id._hub_begun_pins()
        nodes = {}
        for company, lines in self.grouped("company_id").items():
            roots = {
                line.id: line._hub_root(pins.get(line.order_id.id, Pins()))
                for line in lines
            }
            unique = {root.key: root for root in roots.values()}
            found = self.env["order.hub.bom.tree"]._nodes(
                list(unique.values()), company
            )
            nodes |= {
                line: found[root.key]
                for line, root in roots.items()
                if root.key in found
            }
        return {
            line: node for line, node in nodes.items() if node.lines or node.operations
        }

    def _hub_root(self, pins):
        self.ensure_one()
        never = tuple(self.product_no_variant_attribute_value_ids.ids)
        key = (self.product_id.id, frozenset(pins.items()), never)
        bom = pins.get(self.product_id.id)
        return Root(key, self.product_id.id, bom, pins, never)

    def _hub_freeze(self, nodes, reason):
        """Freeze lines on nodes; return the new rows.

        :param nodes: ``{line id: Node}``; lines without are left out
        :param reason: kept with the rows
        """
        rows = []
        for company, lines in self.grouped("company_id").items():
            lines = lines.filtered(lambda line: line.id in nodes)
            kept = self.env["order.hub.bom.snapshot"]._keep(
                company.id, [nodes[line.id] for line in lines]
            )
            rows += [
                line._hub_freeze_row(nodes[line.id], kept[position], reason)
                for position, line in enumerate(lines)
            ]
        return self.env["order.hub.bom.freeze"]._append(rows)

    def _hub_freeze_row(self, node, snapshot_id, reason):
        self.ensure_one()
        return {
            "order_id": self.order_id.id,
            "line_id": self.id,
            "company_id": self.company_id.id,
            "product_id": self.product_id.id,
            "quantity": self.product_uom_qty,
            "uom_id": self.product_uom_id.id,
            "snapshot_id": snapshot_id,
            "bom_id": node.bom,
            "revision_label": node.label,
            "content_hash": node.content_hash(),
            "reason": reason,
        }

    def _hub_release_frozen(self, nodes):
        """Release the drafts that lines are frozen on: they may not change now.

        :param nodes: ``{line id: Node}``
        """
        order_of = {}
        for line in self.filtered(lambda line: line.id in nodes):
            for bom in nodes[line.id].pins().values():
                order_of.setdefault(bom, line.order_id)
        drafts = (
            self.env["mrp.bom"]
            .sudo()
            .browse(order_of)
            .filtered(
                lambda bom: (
                    bom.hub_revision_state == "draft"
                    and (bom.bom_line_ids or bom.operation_ids)
                )
            )
        )
        if not drafts:
            return
        # wait for who releases them at this moment instead of being refused
        drafts.env.execute_query(
            SQL(
                "SELECT id FROM mrp_bom WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                drafts.ids,
            )
        )
        drafts.with_context(order_hub_bom=INTERNAL)._hub_release()
        drafts._message_log_batch(
            bodies={
                bom.id: self.env._(
                    "Released because order %s was frozen on it.", order_of[bom.id].name
                )
                for bom in drafts
            }
        )

    # === KITS === #

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        pins = self._hub_pins()
        line = self.with_context(order_hub_pins=pins[self.id]) if pins else self
        return super(SaleOrderLine, line)._get_qty_procurement(
            previous_product_uom_qty=previous_product_uom_qty
        )

    def _prepare_qty_delivered(self):
        pins = self._hub_pins()
        if not pins:
            return super()._prepare_qty_delivered()
        delivered = {}
        for lines in self.env["order.hub.bom.freeze"]._by_pins(self, pins):
            found = super(SaleOrderLine, lines)._prepare_qty_delivered()
            delivered.update({line.with_env(self.env): q for line, q in found.items()})
        return delivered

    def _hub_pins(self):
        """Return ``{line id: Pins}`` of lines whose order is frozen."""
        if not self.env["order.hub.bom.freeze"]._is_in_use():
            return {}
        frozen = self.sudo().order_id.filtered("hub_is_frozen")
        pins = frozen._hub_pins() if frozen else {}
        return {
            line.id: pins[line.order_id.id] for line in self if line.order_id.id in pins
        }
