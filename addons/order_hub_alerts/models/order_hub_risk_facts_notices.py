from odoo import models

from ..engine.radar_facts import Notice


class Weather:
    """Notices that are in force, found by where an order goes.

    Orders to one city by one carrier have the same notices: each way is looked up
    once.

    :param rows: ``order.hub.risk.notice`` records
    """

    def __init__(self, rows):
        self._rows = [
            (
                Notice(
                    row.id, row.severity, row.date_from or None, row.date_to or None
                ),
                frozenset(row.country_ids.ids),
                frozenset(row.state_ids.ids),
                row._city_names(),
                frozenset(row.carrier_ids.ids),
            )
            for row in rows
        ]
        self._known = {}

    def on(self, row):
        """Return the notices on the way of an order.

        :param row: with carrier, country, state, city, from_country …
        """
        ends = (
            (row.country, row.state, row.city),
            (row.from_country, row.from_state, row.from_city),
        )
        key = (row.carrier, ends)
        if key not in self._known:
            self._known[key] = tuple(
                notice
                for notice, *where, carriers in self._rows
                if (not carriers or row.carrier in carriers)
                and any(self._is_at(end, *where) for end in ends)
            )
        return self._known[key]

    @staticmethod
    def _is_at(end, countries, states, cities):
        """Tell whether a place is meant; the narrowest of what is named decides."""
        country, state, city = end
        if cities:
            found = any(name in (city or "") for name in cities)
            return found and (not states or state in states)
        if states:
            return state in states
        return not countries or country in countries


class OrderHubRiskFactsNotices(models.AbstractModel):
    """Notices of weather and logistics on the way to the customer."""

    _inherit = "order.hub.risk.facts"

    def _measure_notices(self, night):
        """Look up the notices in force for a company from now on."""
        Notice = self.env["order.hub.risk.notice"].sudo()
        rows = Notice.search(
            [
                ("company_id", "in", [night.company_id, False]),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", night.now),
            ]
        )
        night.notices = Weather(rows) if rows else None
