from odoo import models
from odoo.fields import Command

from ..engine.bom import unique_keys


class MrpBom(models.Model):
    """Give a draft the content of a node: how a change is put on a newer revision."""

    _inherit = "mrp.bom"

    def _hub_take(self, node):
        """Make this draft say what the node says, for its own level.

        Rows that stay keep what a node does not know (instructions, computed
        durations). See ``order.hub.bom.tree._own`` for the node of a bill.

        :raise UserError: for a released revision
        """
        self.ensure_one()
        self._hub_refuse_change()
        self.write(
            {
                "product_qty": node.quantity,
                "product_uom_id": node.unit,
                "produce_delay": node.lead_days,
                "type": node.kind,
            }
        )
        steps = self._hub_take_operations(node.operations)
        self._hub_take_rows(self.bom_line_ids, node.lines, steps)
        self._hub_take_rows(self.byproduct_ids, node.byproducts, steps)

    def _hub_take_operations(self, operations):
        """Write, create and delete operations; return ``{key: operation}``."""
        rows = self._hub_keyed(self.operation_ids, "name")
        wanted = {step.key for step in operations}
        for key in rows.keys() - wanted:
            rows.pop(key).unlink()
        for number, step in enumerate(operations, 1):
            vals = {
                "name": step.name,
                "workcenter_id": step.workcenter,
                "time_cycle_manual": step.minutes,
                "sequence": number,
                **self._hub_variant_vals(step),
            }
            rows[step.key] = self._hub_put(self.operation_ids, rows.get(step.key), vals)
        for step in operations:
            before = [rows[key].id for key in step.after]
            rows[step.key].blocked_by_operation_ids = [Command.set(before)]
            self.allow_operation_dependencies |= bool(before)
        return rows

    def _hub_take_rows(self, lines, wanted, steps):
        """Write, create and delete components or by-products."""
        rows = self._hub_keyed(lines, "product_id")
        for key in rows.keys() - {line.key for line in wanted}:
            rows[key].unlink()
        for number, line in enumerate(wanted, 1):
            vals = {
                "product_id": line.product,
                "product_qty": line.quantity,
                "product_uom_id": line.unit,
                "sequence": number,
                "operation_id": steps[line.operation].id if line.operation else False,
                **self._hub_variant_vals(line),
            }
            if "cost_share" in lines._fields:
                vals["cost_share"] = line.share
            self._hub_put(lines, rows.get(line.key), vals)

    def _hub_keyed(self, rows, field):
        """Return ``{key: row}`` with the keys that nodes have."""
        if field == "name":
            names = [(row.name or "").strip().lower() for row in rows]
        else:
            names = [row[field].id for row in rows]
        return dict(zip(unique_keys(names), rows, strict=True))

    def _hub_put(self, rows, row, vals):
        """Write the row, or create it in this bill; return it."""
        if not row:
            return rows.create({"bom_id": self.id, **vals})
        row.write(vals)
        return row

    def _hub_variant_vals(self, item):
        variants = Command.set(item.variants)
        return {"bom_product_template_attribute_value_ids": [variants]}
