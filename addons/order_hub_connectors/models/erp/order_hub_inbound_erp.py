from odoo import models

from ...engine.evidence import Evidence


class OrderHubInbound(models.Model):
    """Where each value of an order from another system's database was read."""

    _inherit = "order.hub.inbound"

    def _step_map(self, channel, works):
        result = super()._step_map(channel, works)
        if channel.adapter == "erp":
            sources = self.env["order.hub.erp"].sudo()._sources(channel)
            for work in works:
                work.evidence = self._erp_evidence(work.values, sources)
        return result

    def _erp_evidence(self, values, sources):
        """Return ``{path: Evidence}`` of what was read from a column."""
        found = {}
        for target in values:
            self._add_evidence(found, target, target, sources)
        for group in ("customer", "ship_to"):
            for name in values.get(group) or {}:
                self._add_evidence(found, f"{group}.{name}", f"{group}.{name}", sources)
        for number, line in enumerate(values.get("lines") or ()):
            for name in line:
                self._add_evidence(
                    found, f"lines[{number}].{name}", f"lines[].{name}", sources
                )
        return found

    def _add_evidence(self, found, path, target, sources):
        if target in sources:
            table, column = sources[target]
            source = {"kind": "column", "table": table, "column": column}
            found[path] = Evidence(1.0, "read", source)
