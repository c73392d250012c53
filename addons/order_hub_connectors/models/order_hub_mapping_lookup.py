from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.lookups import READABLE, fault_of


class OrderHubMapping(models.Model):
    """Look-ups of a batch: one query a table, whatever the number of orders."""

    _inherit = "order.hub.mapping"

    @api.model
    def _finder(self, channel):
        """Return the function that ``engine.mapping.resolve`` asks."""

        def find(lookup, keys):
            if fault_of(lookup):
                return {}
            if lookup.table in READABLE:
                return self._find_in_model(channel, lookup, keys)
            return self._find_in_table(channel, lookup.table, keys)

        return find

    def _find_in_model(self, channel, lookup, keys):
        """Return ``{key: value}``; a key that two records have is not found."""
        model = self.env[lookup.table]
        domain = Domain(lookup.by, "in", list(keys))
        if "company_id" in model._fields:
            domain &= Domain("company_id", "in", (False, channel.company_id.id))
        found, twice = {}, set()
        for record in model.search_fetch(domain, {lookup.by, lookup.give}):
            key = record[lookup.by]
            if key in found:
                twice.add(key)
            found[key] = record[lookup.give]
        return {key: value for key, value in found.items() if key not in twice}

    def _find_in_table(self, channel, code, keys):
        """Return ``{key: value}``; a channel's own table goes before the others."""
        rows = self.env.execute_query(
            SQL(
                """SELECT row.key, row.value
                     FROM order_hub_mapping_table_row row
                     JOIN order_hub_mapping_table tab ON tab.id = row.table_id
                    WHERE tab.code = %s AND row.key IN %s
                      AND COALESCE(tab.channel_id, %s) = %s
                      AND COALESCE(tab.company_id, %s) = %s
                 ORDER BY tab.channel_id NULLS FIRST, tab.company_id NULLS FIRST""",
                code,
                tuple(keys),
                channel.id,
                channel.id,
                channel.company_id.id,
                channel.company_id.id,
            )
        )
        return dict(rows)
