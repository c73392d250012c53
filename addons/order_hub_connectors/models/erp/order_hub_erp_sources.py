from odoo import models


class OrderHubErp(models.Model):
    """Which column each value of an order comes from."""

    _inherit = "order.hub.erp"

    def _sources(self, channel):
        """Return ``{target: (table, column)}`` of the connection of a channel."""
        erp = self.search([("channel_id", "=", channel.id)], limit=1)
        found = {}
        for table in erp.table_ids:
            group = self._group(table)
            for column in table.column_ids.filtered("target"):
                if group == "line" and column.target != "promised_date":
                    target = f"lines[].{column.target}"
                else:
                    target = column.target
                if group:
                    found.setdefault(target, (table.table_name, column.column_name))
        return found

    def _group(self, table):
        """Return ``order`` or ``line``: what a table or its look-ups belong to."""
        while table.role == "lookup" and table.parent_id:
            table = table.parent_id
        return table.role if table.role in ("order", "line") else ""
